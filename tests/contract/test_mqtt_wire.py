"""A stream of bytes is cut into the same packets, however it came in pieces."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.broker import Incoming
from contract.errors import LinkError
from contract.mqtt_wire import PacketReader, acknowledgements


def length(value: int) -> bytes:
    """Write a variable byte integer (MQTT 5, 1.5.5)."""
    digits = b""
    while True:
        value, digit = divmod(value, 128)
        digits += bytes([digit | (0x80 if value else 0)])
        if not value:
            return digits


def publish(message: Incoming, *, version_5: bool, properties: bytes = b"") -> bytes:
    """Write a PUBLISH packet."""
    topic = message.topic.encode()
    body = len(topic).to_bytes(2, "big") + topic
    if message.qos:
        body += message.mid.to_bytes(2, "big")
    if version_5:
        body += length(len(properties)) + properties
    body += message.payload
    return bytes([0x30 | message.qos << 1 | message.retain]) + length(len(body)) + body


topics = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
messages = st.one_of(
    st.builds(Incoming, topics, st.binary(max_size=300), st.just(0), st.booleans(), st.just(0)),
    st.builds(Incoming, topics, st.binary(max_size=300), st.just(1), st.booleans(), st.integers(1, 65535)),
)
pubacks = st.integers(1, 65535).map(lambda mid: b"\x40\x02" + mid.to_bytes(2, "big"))


@given(st.lists(messages | pubacks, max_size=8), st.booleans(), st.binary(max_size=200), st.data())
def test_pieces_make_no_difference(
    packets: list[Incoming | bytes], version_5: bool, properties: bytes, data: st.DataObject
) -> None:
    stream = b"".join(
        publish(each, version_5=version_5, properties=properties) if isinstance(each, Incoming) else each
        for each in packets
    )
    reader = PacketReader(version_5=version_5)
    read = []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        read += list(reader.packets(stream[:size]))
        stream = stream[size:]
    assert read == packets


@given(st.lists(st.binary(max_size=50), max_size=5), st.booleans())
def test_any_bytes_are_packets_or_an_end(pieces: list[bytes], version_5: bool) -> None:
    reader = PacketReader(version_5=version_5)
    with contextlib.suppress(LinkError):
        for piece in pieces:
            for packet in reader.packets(piece):
                assert isinstance(packet, Incoming) or packet in b"".join(pieces)


@pytest.mark.parametrize(
    "broken",
    [
        "30 01 00",  # no room for a topic's length
        "30 03 00 05 74",  # a topic longer than the packet
        "32 03 00 01 74",  # no packet identifier
        "34 06 00 01 74 00 01 00",  # QoS 2, which nobody subscribed to
        "36 06 00 01 74 00 01 00",  # QoS 3, which does not exist
        "30 04 00 01 74 7f",  # properties longer than the packet
        "30 ff ff ff ff 01",  # a length of five bytes
        "30 ff ff ff 7f",  # 256 MiB
    ],
)
def test_a_malformed_packet_ends_the_link(broken: str) -> None:
    with pytest.raises(LinkError):
        list(PacketReader(version_5=True).packets(bytes.fromhex(broken)))


def test_only_qos_1_is_acknowledged() -> None:
    taken = [
        Incoming("t", b"", 1, False, 258),
        Incoming("t", b"", 0, False, 0),
        Incoming("t", b"", 1, False, 3),
    ]
    assert acknowledgements(taken) == bytes.fromhex("40 02 01 02 40 02 00 03")
