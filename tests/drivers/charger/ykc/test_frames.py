"""云快充 frames and what is in them. Golden vectors are JCPP's captures; no independent pile at hand."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import InvalidMessage
from drivers.charger.tcp.deframing import LONGEST_GAP, Deframer, Noise
from drivers.charger.words import EndReason, Fault
from drivers.charger.ykc import messages, values, words
from drivers.charger.ykc.charging import Card, Realtime, Start, Started, Stopped
from drivers.charger.ykc.frames import Frame, YkcFormat
from drivers.charger.ykc.kinds import Kind
from drivers.charger.ykc.messages import Clock, Done, Heartbeat, Login
from drivers.charger.ykc.record import LONG, SHORT, Record
from drivers.charger.ykc.tariff import Tariff, TariffCheck

PILE = "20231212000010"
ORDER = "00000000000012345678901234567890"
RECORDED = "20231212000010323239000000000000"
EXACT = True
"""Whether what is written is the vector itself: some hold prices and money, which are not read."""

GOLDEN: list[tuple[str, Any, bool]] = [
    (
        "68 22 0019 00 01 20231212000010 01 01 10 47562E3935723133 00 898604D11722D0348606 02 874E",
        Login(
            pile=PILE,
            direct=False,
            guns=1,
            version=16,
            software="GV.95r13",
            sim=bytes.fromhex("898604D11722D0348606"),
            carrier=2,
        ),
        EXACT,
    ),
    ("68 0C 0019 00 02 20231212000010 00 A155", messages.logged_in(PILE, admitted=True), EXACT),
    ("68 0d 25d3 00 03 20231212000010 01 00 D1AC", Heartbeat(pile=PILE, gun=1, faulty=False), EXACT),
    ("68 0d 71ad 00 05 20231212000010 0000 222B", TariffCheck(pile=PILE, model="0000"), EXACT),
    (
        "68 0E AD71 00 06 20231212000010 0000 00 9E1A",
        TariffCheck(pile=PILE, model="0000").answer(right=True),
        EXACT,
    ),
    ("68 0B 0007 00 09 20231212000010 72ED", values.bcd(PILE, 7), EXACT),
    (
        "68 12 0100 00 56 20231212000010 30750F11120C18 047D",
        Clock(pile=PILE, at=datetime(2024, 12, 18, 9, 15, 30, tzinfo=UTC)),
        not EXACT,  # without the day of the week
    ),
    (
        "68 40 bbbd 00 13 20231212000010000000001005713600 32010600395600 02 03 02 01 940e f403 54"
        " 0000000000000000 4e 55 1000 2000 c0570100 00000000 606c0100 0000 9373",
        Realtime(
            order="20231212000010000000001005713600",
            pile="32010600395600",
            gun=2,
            state=3,
            homed=2,
            plugged=1,
            voltage=373.2,
            current=101.2,
            temperature=34.0,
            soc=78,
            battery_temperature=35.0,
            minutes=16,
            left_minutes=32,
            energy=8800,
        ),
        not EXACT,
    ),
    (
        f"68 30 0100 00 34 {ORDER} 20231212000010 01 5678901234567890 5678901234567890 10270000 5fd9",
        Start(order=ORDER, pile=PILE, gun=1, card="5678901234567890", balance=10_000),
        EXACT,
    ),
    (
        f"68 1E 0002 00 33 {ORDER} 20231212000010 01 01 00 411D",
        Started(order=ORDER, pile=PILE, gun=1, done=True),
        EXACT,
    ),
    (
        f"68 a2 0046 00 3b {RECORDED} 20231212000010 01 b03604116d0c17 a08c09116d0c17"
        " f0490200 00000000 00000000 00000000 d0fb0100 00000000 00000000 00000000"
        " b0ad0100 00000000 00000000 00000000 905f0100 72060000 72060000 78050000"
        " 0000000000 0000000000 72060000 72060000 78050000 0000000000000000000000000000000000 01"
        " a08c09116d0c17 40 0000000000000000 03E0",
        Record(
            order=RECORDED,
            pile=PILE,
            gun=1,
            began=datetime(2023, 12, 13, 9, 4, 14, tzinfo=UTC),
            ended=datetime(2023, 12, 13, 9, 9, 36, tzinfo=UTC),
            meter_began=0,
            meter_ended=0,
            energy=165,
            flag=1,
            why=0x40,
        ),
        not EXACT,
    ),
    (f"68 15 4600 00 40 {RECORDED} 00 9D7B", bytes.fromhex(RECORDED) + b"\0", EXACT),
    ("68 0C 0011 00 91 20231212000010 01 F203", Done(pile=PILE, done=True), EXACT),
]


@pytest.mark.parametrize(("text", "said", "exact"), GOLDEN)
def test_a_captured_frame(text: str, said: Any, exact: bool) -> None:
    raw = bytes.fromhex(text)
    (frame,) = Deframer(YkcFormat()).feed(raw)
    assert isinstance(frame, Frame)
    assert (frame.sequence, frame.kind, frame.body) == (raw[2:4], raw[5], raw[6:-2])
    low_first = frame.encode()
    assert low_first[:-2] == raw[:-2]
    assert raw[-2:] in (low_first[-2:], low_first[:-3:-1])
    if isinstance(said, bytes):
        assert frame.body == said
        return
    assert type(said).decode(frame.body) == said
    if exact:
        assert said.encode() == frame.body


def test_the_tariff_of_a_capture() -> None:
    """Its frame says a wrong length, so only the body is read."""
    slots = bytes([0] * 14 + [1] * 12 + [2] * 12 + [3] * 12)[-48:]
    body = bytes.fromhex("20231212000010 0001" + "F8240100 C8AF0000" * 4 + "00") + slots
    tariff = Tariff.decode(body)
    assert (tariff.energy, tariff.service) == ((75_000,) * 4, (45_000,) * 4)
    assert tariff.encode() == body


def test_a_record_of_v17_with_and_without_the_meters_seal() -> None:
    (*_, said, _), *_ = [each for each in GOLDEN if isinstance(each[1], Record)]
    long, short = said.encode(Kind.RECORD_17), said.encode()
    assert (len(long), len(short)) == (LONG, SHORT) == (201, 158)
    assert Record.decode(long) == Record.decode(short) == said
    assert said.transaction == RECORDED
    nameless = Record.decode(bytes(16) + short[16:])
    assert nameless.transaction == f"{PILE}-1-2023-12-13T09:04:14+00:00-0-0-165"


def test_our_orders_are_told_from_those_of_the_pile() -> None:
    assert values.padded("2026072512345678") == "00000000000000002026072512345678"
    assert values.order_number("00000000000000002026072512345678") == "2026072512345678"
    for other in (values.NO_ORDER, RECORDED, "0000000000000000202607251234567f"):
        assert values.order_number(other) is None


def test_reasons_and_faults_have_words() -> None:
    assert {words.reason(why) for why in range(256)} <= set(EndReason)
    assert (words.reason(0x57), words.reason(0x90), words.reason(0x43)) == ("fault", "other", "energy-limit")
    assert words.fault(1 << 2 | 1 << 11) is Fault.POWER_SWITCH
    assert words.fault(1) is Fault.OTHER


moments = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC)).map(  # noqa: DTZ001 - hypothesis adds the zone
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)


@given(moments)
def test_a_time_is_read_as_it_was_written(moment: datetime) -> None:
    assert values.read_cp56(values.cp56(moment)) == moment


@given(st.binary(max_size=9))
def test_any_bytes_are_a_time_or_none(text: bytes) -> None:
    moment = values.read_cp56(text)
    if moment is not None:
        assert datetime(2000, 1, 1, tzinfo=values.BEIJING) <= moment
        assert moment < datetime(2100, 1, 1, tzinfo=UTC) + timedelta(days=366 * 28)


piles = st.integers(0, 10**14 - 1).map(lambda number: f"{number:014}")
guns = st.integers(0, 99)
wire_orders = st.integers(0, 10**32 - 1).map(lambda number: f"{number:032}")
u8, u16, u32 = st.integers(0, 255), st.integers(0, 0xFFFF), st.integers(0, 2**32 - 1)
energies = st.integers(0, (2**32 - 1) // 10)
tenths = u16.map(lambda count: count / 10)
celsius = st.none() | st.integers(1, 255).map(lambda count: float(count - 50))
prices = st.tuples(u32, u32, u32, u32)
said = st.one_of(
    st.builds(
        Login,
        pile=piles,
        direct=st.booleans(),
        guns=u8,
        version=u8,
        software=st.text("Vv.0123456789", max_size=8),
        network=u8,
        sim=st.binary(min_size=10, max_size=10),
        carrier=u8,
    ),
    st.builds(Heartbeat, pile=piles, gun=guns, faulty=st.booleans()),
    st.builds(TariffCheck, pile=piles, model=st.integers(0, 9999).map(lambda number: f"{number:04}")),
    st.builds(
        Tariff,
        pile=piles,
        model=st.just("0100"),
        energy=prices,
        service=prices,
        loss=u8,
        slots=st.binary(min_size=48, max_size=48),
    ),
    st.builds(Clock, pile=piles, at=st.none() | moments),
    st.builds(Done, pile=piles, done=st.booleans()),
    st.builds(
        Realtime,
        order=wire_orders,
        pile=piles,
        gun=guns,
        state=u8,
        homed=u8,
        plugged=u8,
        voltage=tenths,
        current=tenths,
        temperature=celsius,
        soc=u8,
        battery_temperature=celsius,
        minutes=u16,
        left_minutes=u16,
        energy=energies,
        billed=energies,
        faults=u16,
    ),
    st.builds(
        Start,
        order=wire_orders,
        pile=piles,
        gun=guns,
        card=st.integers(0, 10**16 - 1).map(lambda number: f"{number:016}"),
        balance=u32,
    ),
    st.builds(Started, order=wire_orders, pile=piles, gun=guns, done=st.booleans(), why=u8),
    st.builds(Stopped, pile=piles, gun=guns, done=st.booleans(), why=u8),
    st.builds(Card, pile=piles, gun=guns, by=u8, card=st.binary(min_size=8, max_size=8)),
    st.builds(
        Record,
        order=wire_orders,
        pile=piles,
        gun=guns,
        began=st.none() | moments,
        ended=st.none() | moments,
        meter_began=st.integers(0, 2**36),
        meter_ended=st.integers(0, 2**36),
        energy=energies,
        flag=u8,
        why=u8,
    ),
)


@given(said)
def test_what_is_written_is_read(value: Any) -> None:
    body = value.encode()
    assert type(value).decode(body) == value
    assert type(value).decode(body + b"later") == value


@given(st.binary(max_size=255))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    for kind in (Login, Heartbeat, TariffCheck, Tariff, Clock, Done, Realtime, Start, Started, Stopped, Card):
        with suppress(InvalidMessage):
            kind.decode(body)
    with suppress(InvalidMessage):
        assert Record.decode(body).transaction


frames = st.builds(Frame, u8, st.binary(max_size=251), st.binary(min_size=2, max_size=2), u8)
noise = st.binary(min_size=1, max_size=40).map(lambda text: text.replace(b"\x68", b"\x67"))


@given(st.lists(st.tuples(st.none() | noise, frames, st.booleans()), max_size=6), st.integers(1, 40))
def test_frames_are_found_wherever_the_stream_is_cut(
    parts: list[tuple[bytes | None, Frame, bool]], size: int
) -> None:
    stream = b""
    for loud, frame, high_first in parts:
        raw = frame.encode()
        stream += (loud or b"") + (raw[:-2] + raw[:-3:-1] if high_first else raw)
    deframer = Deframer(YkcFormat())
    found = [each for at in range(0, len(stream), size) for each in deframer.feed(stream[at : at + size])]
    assert [each for each in found if not isinstance(each, Noise)] == [frame for _, frame, _ in parts]
    assert sum(isinstance(each, Noise) for each in found) == sum(loud is not None for loud, *_ in parts)


@given(st.lists(st.binary(max_size=300) | frames.map(lambda frame: frame.encode()[:-1]), max_size=8), frames)
def test_after_anything_and_a_pause_the_next_frame_is_found(chunks: list[bytes], frame: Frame) -> None:
    deframer = Deframer(YkcFormat())
    for chunk in chunks:
        deframer.feed(chunk)
        assert len(deframer._buffer) <= 259
        assert len(deframer._gap) <= LONGEST_GAP
    deframer.cut()
    assert not deframer.pending
    assert deframer.feed(frame.encode()) == [frame]


def test_too_long_a_frame_is_our_fault() -> None:
    with pytest.raises(ValueError, match="252 bytes"):
        Frame(Kind.TARIFF, bytes(252)).encode()
