"""What goes over an OSDP line: frames, noise, cards, keys, addresses. No socket.

Frames are golden from libosdp 3.2.9's peripheral device; card numbers from HID's H10301 (26 bits), and for
34 bits counted by hand, for want of another source.
"""

import asyncio
import ctypes
import sys
from binascii import crc_hqx
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.errors import DeviceError
from drivers.door import frames
from drivers.door import line as line_module
from drivers.door.frames import Deframer, Frame, Handshake, read
from drivers.door.key import DEFAULT_KEY, Key, load_key
from drivers.door.member import Member, Status
from drivers.door.sharing import SharedLine
from drivers.door.wiegand import Card, parse_number, read_card, write_card
from drivers.door.wire import Endpoint, parse_wire
from tests.drivers.door.third_party import KEY, readers
from tests.waiting import eventually

ACK = bytes.fromhex("53 81 0e 00 0f 02 16 40 a8 fc 03 28 61 18")
POLL_ANSWERED = Frame(
    address=1, reply=True, sequence=3, code=0x40, block=b"\x02\x16", data=b"\xa8\xfc\x03\x28", raw=ACK
)
CHALLENGED = bytes.fromhex(
    "53 81 2b 00 0e 03 12 01 76 be ba 01 00 af be ad de d7 64 c8 cc e9 32 55 c4 7d 25 bd 59 86 2e d2 90"
    "af 37 03 9d 9b b5 b2 b7 41 76"
)


def frame(code: int, data: bytes = b"", *, address: int = 0x81, crc: bool = True) -> bytes:
    """Make a frame with the right check."""
    length = 6 + len(data) + (2 if crc else 1)
    body = bytes([0x53, address, length & 0xFF, length >> 8, 0x04 if crc else 0, code]) + data
    if crc:
        return body + crc_hqx(body, frames.CRC_START).to_bytes(2, "little")
    return body + bytes([-sum(body) & 0xFF])


def test_a_frame_of_libosdp() -> None:
    assert read(ACK) == POLL_ANSWERED
    assert list(Deframer().feed(b"\xff" + ACK)) == [POLL_ANSWERED]
    handshake = Handshake()
    for challenged in Deframer().feed(CHALLENGED):
        handshake.see(challenged)
    assert handshake.default_key is False
    assert handshake.fault()[0] == "wrong-key"


@pytest.mark.parametrize("at", range(len(ACK)))
def test_a_flipped_bit_is_no_frame(at: int) -> None:
    broken = bytearray(ACK)
    broken[at] ^= 0x10
    deframer = Deframer()
    assert not [*deframer.feed(bytes(broken)), *deframer.cut()]
    assert deframer.noise == 1


quiet = st.binary(max_size=40).map(lambda noise: noise.replace(b"\x53", b"\x52"))
codes = st.integers(0, 255)
valid = st.builds(frame, codes, st.binary(max_size=60), crc=st.booleans())


@given(st.lists(st.tuples(quiet, valid), max_size=8), st.integers(1, 17))
def test_every_frame_is_found_between_noise(parts: list[tuple[bytes, bytes]], size: int) -> None:
    stream = b"".join(noise + whole for noise, whole in parts)
    deframer = Deframer()
    found = [each for at in range(0, len(stream), size) for each in deframer.feed(stream[at : at + size])]
    assert [each.raw for each in found] == [whole for _, whole in parts]
    assert deframer.noise == sum(1 for noise, _ in parts if noise.strip(b"\xff"))


@given(st.lists(st.binary(max_size=300), max_size=10), valid)
def test_after_any_noise_and_a_pause_the_next_frame_is_found(chunks: list[bytes], whole: bytes) -> None:
    deframer = Deframer()
    for chunk in chunks:
        list(deframer.feed(chunk))
    list(deframer.cut())
    assert [each.raw for each in deframer.feed(whole)] == [whole]


@given(st.lists(st.binary(max_size=80), max_size=6))
def test_a_handshake_makes_something_of_any_answers(answers: list[bytes]) -> None:
    handshake = Handshake()
    for answer in answers:
        for code in (frames.PDCAP, frames.CCRYPT, frames.NAK, frames.RMAC_I):
            handshake.see(Frame(address=1, reply=True, sequence=0, code=code, data=answer, block=answer[:3]))
    assert all(handshake.fault())


class Sink:
    """A stream that leads nowhere."""

    def write(self, data: bytes) -> None:
        """Lose it."""

    def close(self) -> None:
        """Do nothing."""


rubbish = st.one_of(
    st.binary(max_size=120), valid, st.builds(frame, st.sampled_from([0x45, 0x46, 0x76, 0x41]))
)


@settings(max_examples=60, deadline=None)
@given(st.lists(rubbish, max_size=12))
def test_whatever_a_reader_answers_the_panel_lives_and_trusts_nobody(answers: list[bytes]) -> None:
    async def play() -> None:
        counted: list[str] = []
        line = SharedLine(Endpoint(kind="tcp", host="127.0.0.1", port=1))
        member = Member(1, Key(bytes(range(16))), counted.append, install=False)
        line.enrol(member)
        line._channel._stream = Sink()
        line._build()
        member.start(asyncio.get_running_loop().time())
        for answer in answers:
            for _ in range(3):
                line._turn()
            line._channel._hear(answer)
        assert member.status is not Status.SECURE
        assert not member.news
        line._leave(member)

    asyncio.run(play())


@pytest.mark.parametrize("kept", [False, True])
def test_what_the_binding_keeps_is_let_go(kept: bool) -> None:
    event = {"event": 1}
    if kept:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(event))
    line_module._let_go(event)
    assert sys.getrefcount(event) == 2, "this variable and the parameter"
    assert not event


async def test_the_binding_keeps_every_event(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, the library has been mended, and `_let_go` may go."""
    references: list[int] = []
    monkeypatch.setattr(line_module, "_let_go", lambda event: references.append(sys.getrefcount(event)))
    async with readers({"address": 1, "key": KEY}) as found:
        line = SharedLine(Endpoint(kind="tcp", host="127.0.0.1", port=found.port))
        member = Member(1, Key(bytes.fromhex(KEY)), lambda what: None, install=False)
        async with line.joined(member):
            await asyncio.wait_for(line.connect(member), 60)
            await eventually(lambda: len(references) >= 2)
    assert set(references) == {4}, "the caller's, the parameter, getrefcount's, and the one that is kept"


@pytest.mark.parametrize(
    ("bits", "value", "card"),
    [
        (26, 0x2020002, Card("w26", 1 << 16 | 1)),
        (34, 0x200020002, Card("w34", 1 << 16 | 1)),
        (32, 0xDEADBEEF, Card("raw32", 0xDEADBEEF)),
    ],
)
def test_cards(bits: int, value: int, card: Card) -> None:
    size = (bits + 7) // 8
    data = (value << (8 * size - bits)).to_bytes(size, "big")
    assert read_card(bits, data) == card
    assert write_card(card) == (bits, data)


@given(st.sampled_from([("w26", 24), ("w34", 32)]), st.data())
def test_a_card_survives_the_way_and_one_wrong_bit_does_not(
    kind: tuple[str, int], data: st.DataObject
) -> None:
    card = Card(kind[0], data.draw(st.integers(0, 2 ** kind[1] - 1)))
    bits, sent = write_card(card)
    assert read_card(bits, sent) == card
    flipped = int.from_bytes(sent, "big") ^ 1 << (8 * len(sent) - 1 - data.draw(st.integers(0, bits - 1)))
    with pytest.raises(DeviceError):
        read_card(bits, flipped.to_bytes(len(sent), "big"))


@given(st.integers(-5, 2000), st.binary(max_size=40))
def test_any_card_data_is_a_card_or_refused(bits: int, data: bytes) -> None:
    try:
        card = read_card(bits, data)
    except DeviceError:
        return
    assert write_card(card)[0] == bits


def test_an_unknown_card_shows_only_its_end() -> None:
    assert Card("w34", 3_456_789_012).ending == "9012"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (8101234, (None, 8101234)),
        ("123,45678", (None, 123 << 16 | 45678)),
        ("w34:8101234", ("w34", 8101234)),
        ("raw56:5", ("raw56", 5)),
    ],
)
def test_card_numbers_as_people_write_them(written: int | str, meant: tuple[str | None, int]) -> None:
    assert parse_number(written) == meant


@pytest.mark.parametrize("written", [-1, "", "w27:1", "1,2,3", "1,70000", "card"])
def test_other_card_numbers_are_refused(written: int | str) -> None:
    with pytest.raises(ValueError, match="card"):
        parse_number(written)


@pytest.mark.parametrize(
    "text", ["", KEY[:-2], KEY + "00", "zz" * 16, DEFAULT_KEY.hex(), bytes.fromhex(KEY).decode("latin1")]
)
def test_a_key_that_is_none_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    file = tmp_path / "site.key"
    file.write_bytes(text.encode("latin1"))
    with pytest.raises(ValueError, match="key_file") as wrong:
        load_key(str(file))
    assert not text or text not in str(wrong.value)
    file.write_text(KEY + "\n")
    assert KEY not in repr(load_key(str(file)))
    with pytest.raises(ValueError, match="cannot be read"):
        load_key(str(tmp_path / "none.key"))


def test_wires() -> None:
    serial = parse_wire("osdp-serial:///dev/ttyUSB0?address=3&baudrate=115200")
    assert (serial.address, serial.endpoint.host, serial.endpoint.baudrate) == (3, "/dev/ttyUSB0", 115200)
    assert parse_wire("osdp-tcp://192.0.2.1:4001?address=0").endpoint.key == "osdp:192.0.2.1:4001"


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("osdp-tcp://192.0.2.1?address=1", "host and port"),
        ("osdp-tcp://192.0.2.1:4001", "address must be one of 0 to 126"),
        ("osdp-tcp://192.0.2.1:4001?address=127", "address must be one of 0 to 126"),
        ("osdp-serial://ttyUSB0?address=1", "three slashes"),
        ("osdp-serial:///dev/ttyUSB0?address=1&baudrate=1200", "baudrate must be one of 9600"),
        ("osdp-tcp://192.0.2.1:4001?address=1&parity=N", "unknown parity"),
        ("modbus-tcp://192.0.2.1:502?unit=1", "must start with"),
    ],
)
def test_wrong_wires_are_named(url: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_wire(url)
