"""OSDP frames and sessions without a wire, and whatever else comes along one: nothing kills a reader."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.door.family import Door
from simulators.osdp.frame import EVERYBODY, LONGEST, Deframer, Frame, has_mac
from simulators.osdp.secure import DEFAULT_KEY, BadMac, Handshake, Session
from simulators.osdp.words import Block, Command, Reply
from tests.simulators.thresholds import DoorOnBench

# As libosdp 3.2.9 and `osdp` 1.6 put them on the line.
ID_OF_LIBOSDP = "ff 53 01 09 00 04 61 00 60 23"
POLL_OF_OSDP = "ff 53 01 0a 00 0c 02 15 60 39 6d"

frames = st.builds(
    Frame,
    address=st.integers(0, 255),
    sequence=st.integers(0, 3),
    code=st.sampled_from([*Command, 0x00, 0x80, 0xFF]),
    data=st.binary(max_size=40),
    block=st.one_of(
        st.just(b""),
        st.tuples(st.sampled_from([*Block, 0x00]), st.binary(max_size=2)).map(lambda b: bytes([b[0]]) + b[1]),
    ),
    crc=st.booleans(),
)


def with_mac(frame: Frame) -> Frame:
    return replace(frame, mac=b"mac!") if has_mac(frame.block) else frame


@pytest.mark.parametrize(("wire", "code"), [(ID_OF_LIBOSDP, Command.ID), (POLL_OF_OSDP, Command.POLL)])
def test_what_panels_really_send_is_read(wire: str, code: Command) -> None:
    [frame] = Deframer().feed(bytes.fromhex(wire))
    assert (frame.address, frame.sequence, frame.code) == (1, 0, code)


@given(frames.map(with_mac), st.binary(max_size=30).filter(lambda noise: 0x53 not in noise))
def test_a_frame_comes_back_as_it_was_whatever_stood_before_it(frame: Frame, noise: bytes) -> None:
    deframer = Deframer()
    [read] = deframer.feed(noise + frame.encode())
    assert (read.address, read.sequence, read.code, read.data) == (
        frame.address,
        frame.sequence,
        frame.code,
        frame.data,
    )
    assert (read.block, read.mac, read.crc, read.signed) == (frame.block, frame.mac, frame.crc, frame.head())
    assert deframer.skipped == sum(byte != 0xFF for byte in noise)


@given(st.lists(frames.map(with_mac), max_size=5), st.integers(1, 20))
def test_frames_may_come_in_pieces(sent: list[Frame], size: int) -> None:
    deframer, wire = Deframer(), b"".join(frame.encode() for frame in sent)
    pieces = [wire[at : at + size] for at in range(0, len(wire), size)]
    assert [frame.code for piece in pieces for frame in deframer.feed(piece)] == [
        frame.code for frame in sent
    ]


@given(frames.map(with_mac), st.integers(0), st.integers(1, 255))
def test_a_frame_with_a_wrong_byte_is_none(frame: Frame, at: int, by: int) -> None:
    wire = bytearray(frame.encode())[1:]
    wire[at % len(wire)] ^= by
    found = list(Deframer().feed(bytes(wire) + bytes(LONGEST)))
    assert all(other.signed != frame.head() for other in found)


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_what_is_kept_of_garbage_is_bounded(pieces: list[bytes]) -> None:
    deframer = Deframer()
    for piece in pieces:
        list(deframer.feed(piece))
        assert len(deframer._heard) <= LONGEST + 200
    deframer.clear()
    assert not deframer._heard


class SecurePanel:
    """A panel's half of a session, of the reader's own parts, which other people's panels have proven."""

    def __init__(self, door: Door, key: bytes = DEFAULT_KEY) -> None:
        self.hear = door.reader.hear
        self.sequence = 0
        shown = self.ask(Command.CHLNG, b"panel's!", bytes([Block.CHALLENGE, key != DEFAULT_KEY])).data
        handshake = Handshake(key, b"panel's!", shown[8:16])
        self.accepted = self.ask(Command.SCRYPT, handshake.cp_cryptogram(), bytes([Block.CRYPTOGRAM, 1]))
        self.session = handshake.session(handshake.cp_cryptogram())

    def ask(self, code: int, data: bytes, block: bytes = b"") -> Frame:
        frame = Frame(address=1, sequence=self.sequence, code=code, data=data, block=block)
        self.sequence = self.sequence % 3 + 1
        return answered(self.hear(frame))

    def make(self, code: int, data: bytes = b"") -> Frame:
        """Make the next command of the session."""
        assert self.session
        block = Block.COMMAND_HIDDEN if data else Block.COMMAND
        hidden = self.session.encipher(data) if data else b""
        bare = Frame(address=1, sequence=self.sequence, code=code, data=hidden, block=bytes([block]))
        self.sequence = self.sequence % 3 + 1
        return replace(bare, mac=self.session.sign(bare.head()), signed=bare.head())

    def tell(self, code: int, data: bytes = b"") -> tuple[int, bytes]:
        """Send a command of the session; returns code and data of the answer."""
        answer = answered(self.hear(self.make(code, data)))
        assert self.session
        clear = b""
        if answer.block == bytes([Block.REPLY_HIDDEN]):
            clear = self.session.decipher(answer.data)
        self.session.check(answer.signed, answer.mac)
        return answer.code, clear


def answered(said: bytes) -> Frame:
    [frame] = Deframer().feed(said)
    return frame


def keyed(key: bytes) -> DoorOnBench:
    bench = DoorOnBench()
    bench.door.change_key(key)
    return bench


def test_a_session_answers_in_secret_and_ends_with_a_forged_message() -> None:
    bench = DoorOnBench()
    panel = SecurePanel(bench.door)
    assert [panel.tell(Command.POLL)[0] for _ in range(4)] == [
        Reply.LSTATR,
        Reply.ISTATR,
        Reply.OSTATR,
        Reply.ACK,
    ]
    assert panel.tell(Command.ISTAT) == (Reply.ISTATR, bytes(3))
    forged = replace(panel.make(Command.OUT, bytes([0, 2, 0, 0])), mac=b"????")
    refused = answered(bench.door.reader.hear(forged))
    assert (refused.code, refused.data) == (Reply.NAK, b"\x06")
    assert (bench["secure"], bench["strike_pulses"]) == (False, 0)


def test_a_repeated_message_is_answered_again_and_obeyed_once() -> None:
    bench = DoorOnBench()
    told = SecurePanel(bench.door).make(Command.OUT, bytes([0, 5, 50, 0]))
    first, second = bench.door.reader.hear(told), bench.door.reader.hear(told)
    assert first == second != b""
    assert bench["strike_pulses"] == 1


def test_a_recorded_message_opens_nothing_later() -> None:
    bench = keyed(b"0123456789abcdef")
    told = SecurePanel(bench.door, b"0123456789abcdef").make(Command.OUT, bytes([0, 5, 50, 0]))
    bench.door.reader.hear(told)
    for sequence in range(4):
        SecurePanel(bench.door, b"0123456789abcdef")
        bench.door.reader.hear(replace(told, sequence=sequence))
    assert bench["strike_pulses"] == 1


@pytest.mark.parametrize("key", [DEFAULT_KEY, b"another key 1234"])
def test_a_reader_with_a_key_lets_no_other_key_in(key: bytes) -> None:
    bench = keyed(b"0123456789abcdef")
    panel = SecurePanel(bench.door, key)
    assert panel.accepted.block == bytes([Block.ACCEPTED, 0xFF])
    assert not bench["secure"]


@pytest.mark.parametrize("command", [each for each in Command if each not in (Command.ID, Command.CAP)])
def test_a_reader_with_a_key_obeys_nothing_in_clear_text(command: Command) -> None:
    bench = keyed(b"0123456789abcdef")
    refused = bench.tell(command, bytes([0, 2, 0, 0]))
    assert (refused.code, refused.data) == (Reply.NAK, b"\x06")
    assert bench["strike_pulses"] == 0


def test_a_key_is_taken_only_in_a_session() -> None:
    bench = DoorOnBench()
    keyset = bytes([1, 16]) + bytes(16)
    assert bench.tell(Command.KEYSET, keyset).code == Reply.NAK
    panel = SecurePanel(bench.door)
    assert panel.tell(Command.KEYSET, keyset[:-1]) == (Reply.NAK, b"\x02")
    assert not bench["key_set"]
    assert panel.tell(Command.KEYSET, keyset) == (Reply.ACK, b"")
    assert bench["key_set"]


def test_sequence_numbers_count_and_0_begins_anew() -> None:
    bench = DoorOnBench()
    poll = {"address": 1, "code": Command.POLL}
    assert answered(bench.door.reader.hear(Frame(**poll, sequence=0))).code == Reply.LSTATR
    assert answered(bench.door.reader.hear(Frame(**poll, sequence=3))).data == b"\x04"
    assert answered(bench.door.reader.hear(Frame(**poll, sequence=1))).code == Reply.ISTATR
    assert answered(bench.door.reader.hear(Frame(**poll, sequence=1))).code == Reply.ISTATR
    assert answered(bench.door.reader.hear(Frame(**poll, sequence=2))).code == Reply.OSTATR
    assert answered(bench.door.reader.hear(Frame(**poll, sequence=0))).code == Reply.ACK


def test_what_is_for_everybody_is_answered_as_such_and_what_is_for_others_not_at_all() -> None:
    bench = DoorOnBench()
    said = bench.door.reader.hear(Frame(address=EVERYBODY, sequence=0, code=Command.ID, data=b"\0"))
    assert answered(said).address == 0xFF
    assert bench.door.reader.hear(Frame(address=2, sequence=0, code=Command.POLL)) == b""
    assert bench.door.reader.hear(Frame(address=0x81, sequence=0, code=Reply.ACK)) == b"", "a reply"


@given(st.binary(min_size=1, max_size=48))
def test_what_is_hidden_can_be_read_by_the_other_side_alone(clear: bytes) -> None:
    sides = [
        Session(b"0123456789abcdef", lambda block: block, lambda block: block, bytes(16)) for _ in range(2)
    ]
    hidden = sides[0].encipher(clear)
    assert sides[1].decipher(hidden) == clear
    assert clear not in hidden or len(clear) < 4
    with pytest.raises(BadMac):
        sides[1].decipher(hidden[:-1])


lines = st.one_of(
    st.binary(max_size=80),
    frames.map(lambda frame: with_mac(frame).encode()),
    st.tuples(frames, st.integers(0), st.integers(0, 255)).map(lambda told: mutated(*told)),
    st.floats(0.01, 9),
)


def mutated(frame: Frame, at: int, by: int) -> bytes:
    wire = bytearray(with_mac(frame).encode())
    wire[at % len(wire)] ^= by
    return bytes(wire)


@given(st.lists(lines, max_size=40), st.booleans())
@settings(deadline=None, max_examples=200)
def test_no_line_kills_a_reader(story: list[bytes | float], has_key: bool) -> None:
    bench, deframer = DoorOnBench(), Deframer()
    if has_key:
        bench.door.change_key(b"0123456789abcdef")
    for told in story:
        if isinstance(told, float):
            bench.clock.advance(told)
            bench.door.step(told)
            continue
        for frame in deframer.feed(told):
            said = bench.door.reader.hear(frame)
            assert not said or answered(said).address >= 0x80
    if has_key:
        assert bench["strike_pulses"] == 0
    deframer.clear()
    [poll] = deframer.feed(Frame(address=1, sequence=0, code=Command.ID, data=b"\0").encode())
    assert answered(bench.door.reader.hear(poll)).code == Reply.PDID
