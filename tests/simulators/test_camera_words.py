"""What pretend cameras read and write, without a socket: H.264 in RTP, RTSP, Digest, SOAP; and any bytes."""

import base64
import contextlib
import hashlib
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.camera import soap
from simulators.camera.digest import Account, admits, challenge, parameters
from simulators.camera.h264 import kind, nal_units, payloads
from simulators.camera.rtp import interleaved, packet, sender_report
from simulators.camera.rtsp import (
    BadRequest,
    Datagrams,
    Interleaved,
    Request,
    Requests,
    answer,
    sdp,
    transport,
)
from simulators.errors import BadOptions

MUFASA = Account("Mufasa", "Circle Of Life")


def test_a_byte_stream_is_split_at_its_start_codes() -> None:
    stream = b"\x00\x00\x00\x01\x67\x42\x00\x00\x01\x68\xce\x00\x00\x00\x01\x65\x88"
    assert nal_units(stream) == [b"\x67\x42", b"\x68\xce", b"\x65\x88"]


def test_a_long_unit_travels_in_fragments() -> None:
    """RFC 6184 §5.8: the indicator keeps F and NRI; the header has the type, S first and E last."""
    first, middle, last = payloads(b"\x65" + bytes(range(20)), mtu=10)
    assert (first[:2], middle[:2], last[:2]) == (b"\x7c\x85", b"\x7c\x05", b"\x7c\x45")
    assert first[2:] + middle[2:] + last[2:] == bytes(range(20))


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=400), st.integers(3, 60))
def test_payloads_put_together_are_the_unit(unit: bytes, mtu: int) -> None:
    made = list(payloads(unit, mtu))
    assert all(len(each) <= mtu for each in made)
    if len(made) == 1:
        assert made == [unit]
    else:
        again = bytes((made[0][0] & 0xE0 | kind(made[0][1:]),)) + b"".join(each[2:] for each in made)
        assert again == unit


def test_rtp_is_as_rfc_3550_draws_it() -> None:
    made = packet(b"\x65", last=True, sequence=0x10002, timestamp=0x1_0000_0003, ssrc=4)
    assert made == bytes.fromhex("80e00002 00000003 00000004 65")
    assert interleaved(1, b"ab") == b"$\x01\x00\x02ab"


def test_a_sender_report_says_which_timestamp_the_time_has() -> None:
    made = sender_report(ssrc=9, unix_s=1_767_225_600.5, timestamp=7, packets=2, octets=3)
    assert struct.unpack("!BBHIIIIII", made[:28]) == (0x80, 200, 6, 9, 3976214400, 1 << 31, 7, 2, 3)
    assert made[28:30] == b"\x81\xca"
    assert len(made) % 4 == 0
    assert int.from_bytes(made[30:32]) == len(made[28:]) // 4 - 1


def test_requests_come_in_pieces_and_between_packets() -> None:
    requests = Requests()
    said = (
        b"$\x01\x00\x03abcSETUP rtsp://h/a RTSP/1.0\r\nCSeq: 3\r\nContent-Length: 2\r\n\r\nxy"
        b"OPTIONS * RTSP/1.0\r\n\r\n"
    )
    found = [request for at in range(len(said)) for request in requests.feed(said[at : at + 1])]
    assert found == [
        Request("SETUP", "rtsp://h/a", {"cseq": "3", "content-length": "2"}, b"xy"),
        Request("OPTIONS", "*", {}, b""),
    ]


@pytest.mark.parametrize(
    "nonsense",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"OPTIONS * RTSP/1.0\r\nno colon\r\n\r\n",
        b"OPTIONS * RTSP/1.0\r\nContent-Length: -1\r\n\r\n",
        b"OPTIONS * RTSP/1.0\r\nContent-Length: 999999\r\n\r\n",
        b"OPTIONS " + b"x" * 20_000,
    ],
)
def test_what_is_no_request_is_refused(nonsense: bytes) -> None:
    with pytest.raises(BadRequest):
        list(Requests().feed(nonsense))


@settings(deadline=None)
@given(st.lists(st.binary(max_size=60)))
def test_any_bytes_are_requests_or_refused(pieces: list[bytes]) -> None:
    requests = Requests()
    try:
        for piece in pieces:
            for request in requests.feed(piece):
                answer(request, 200)
                transport(request.headers.get("transport", ""))
    except BadRequest:
        pass


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("RTP/AVP/TCP;unicast;interleaved=2-3", Interleaved(2, 3)),
        ("RTP/AVP;unicast;client_port=5000-5001", Datagrams(5000, 5001)),
        ("RTP/AVP;multicast, RTP/AVP/UDP;unicast;client_port=7000", Datagrams(7000, 7001)),
        ("RTP/SAVP;unicast;client_port=5000-5001", None),
        ("RTP/AVP;unicast;client_port=0-1", None),
        ("RTP/AVP/TCP;interleaved=255", None),
    ],
)
def test_the_first_transport_that_a_camera_has_is_chosen(header: str, chosen: object) -> None:
    assert transport(header) == chosen


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_transport_is_survived(header: str) -> None:
    transport(header)


def test_the_description_names_profile_and_parameter_sets() -> None:
    text = sdp(host="192.0.2.1", title="lane", sps=b"\x67\x4d\x40\x1e\x01", pps=b"\x68\xee", fps=10).decode()
    assert "profile-level-id=4D401E;sprop-parameter-sets=Z01AHgE=,aO4=\r\n" in text


def test_digest_is_that_of_rfc_2617() -> None:
    """The example of RFC 2617 §3.5 with our realm, its response computed by hand from the RFC's formula."""

    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    secret, asked = md5("Mufasa:IP Camera:Circle Of Life"), md5("GET:/dir/index.html")
    plain = 'Digest username="Mufasa", realm="IP Camera", nonce="dcd98b", uri="/dir/index.html"'
    counted = plain + ', qop=auth, nc=00000001, cnonce="0a4f113b"'
    old, new = md5(f"{secret}:dcd98b:{asked}"), md5(f"{secret}:dcd98b:00000001:0a4f113b:auth:{asked}")
    assert admits(MUFASA, "digest", "dcd98b", "GET", f'{plain}, response="{old}"')
    assert admits(MUFASA, "digest", "dcd98b", "GET", f'{counted}, response="{new}"')
    for method, nonce, response in (("PUT", "dcd98b", old), ("GET", "other", old), ("GET", "dcd98b", new)):
        assert not admits(MUFASA, "digest", nonce, method, f'{plain}, response="{response}"')


def test_basic_is_taken_only_where_it_is_asked_for() -> None:
    said = "Basic " + base64.b64encode(b"Mufasa:Circle Of Life").decode()
    assert admits(MUFASA, "basic", "", "GET", said)
    assert not admits(MUFASA, "digest", "", "GET", said)
    assert challenge("basic", "", qop=False).startswith("Basic ")


@settings(deadline=None)
@given(st.text(max_size=120))
def test_any_authorization_is_refused_or_read(text: str) -> None:
    parameters(text)
    assert not admits(MUFASA, "digest", "n", "GET", text)


def test_an_account_file_without_a_password_is_refused_and_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "account"
    file.write_text("only-a-secret")
    with pytest.raises(BadOptions, match="user:password") as caught:
        Account.read(file)
    assert "only-a-secret" not in str(caught.value)
    assert "Circle" not in repr(MUFASA)


def token(password: str, created: str) -> soap.Token:
    digest = hashlib.sha1(b"nonce" + created.encode() + password.encode(), usedforsecurity=False).digest()
    return soap.Token(
        user="Mufasa",
        digest=base64.b64encode(digest).decode(),
        nonce=base64.b64encode(b"nonce").decode(),
        created=created,
    )


def test_a_username_token_proves_the_password_for_five_minutes() -> None:
    made = token("Circle Of Life", "2026-01-01T00:00:00Z")
    now_s = 1_767_225_600.0
    assert made.proves(MUFASA, now_s + 299)
    assert not made.proves(MUFASA, now_s + 301)
    assert not token("other", "2026-01-01T00:00:00Z").proves(MUFASA, now_s)
    assert not token("Circle Of Life", "yesterday").proves(MUFASA, now_s)


def test_a_call_is_read_by_local_names() -> None:
    body = (
        b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Header/><e:Body>'
        b'<x:PullMessages xmlns:x="urn:x"><x:Timeout>PT1M30S</x:Timeout></x:PullMessages>'
        b"</e:Body></e:Envelope>"
    )
    call = soap.read(body)
    assert (call.operation, call.arguments, call.token) == ("PullMessages", {"Timeout": "PT1M30S"}, None)
    assert soap.seconds("PT1M30S", 0) == 90
    assert soap.seconds("P1D", 7) == 7


ENTITY = b'<!DOCTYPE a [<!ENTITY b "c">]><Envelope><Body><a>&b;</a></Body></Envelope>'


@pytest.mark.parametrize("nonsense", [b"", b"<", b"<Envelope/>", b"<Envelope><Body/></Envelope>", ENTITY])
def test_what_is_no_call_is_refused(nonsense: bytes) -> None:
    with pytest.raises(soap.Malformed):
        soap.read(nonsense)


@settings(deadline=None)
@given(
    st.one_of(st.binary(max_size=100), st.text(alphabet='<>/&;!?"= aeBdnopvy', max_size=80).map(str.encode))
)
def test_any_body_is_a_call_or_refused(body: bytes) -> None:
    with contextlib.suppress(soap.Malformed):
        soap.read(body)
