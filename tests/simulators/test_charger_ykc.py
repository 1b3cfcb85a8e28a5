"""Car piles by 云快充: golden vectors and own simulator; no independent peer can be installed.

The vectors are frames as JCPP, an open platform, publishes them; some piles send the CRC's high byte first.
"""

import struct
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.charger.family import Options, create
from simulators.charger.ykc import frames
from simulators.charger.ykc.codes import GunFault, GunState, Kind, StartRefusal, StopReason
from simulators.charger.ykc.frames import Deframer, Frame
from simulators.charger.ykc.tariff import Bill, Tariff
from simulators.charger.ykc.words import (
    NO_ORDER,
    Login,
    Realtime,
    Record,
    Share,
    Start,
    bcd,
    cp56,
    digits,
    read_cp56,
)
from simulators.clock import VirtualClock
from simulators.errors import BadOptions
from tests.simulators.charging import Bench, Server, bench, pieces
from tests.waiting import eventually

LOGIN = "68 22 0019 00 01 20231212000010 01 01 10 47562E3935723133 00 898604D11722D0348606 02 874E"
LOGGED_IN = "68 0C 0019 00 02 20231212000010 00 A155"
CLOCK = "68 12 0100 00 56 20231212000010 30750F11120C18 047D"
HEARTBEAT = "68 0D 25D3 00 03 20231212000010 01 00 D1AC"
CHECK = "68 0D 71AD 00 05 20231212000010 0000 222B"
CHECKED = "68 0E AD71 00 06 20231212000010 0000 00 9E1A"
ASK = "68 0B 0007 00 09 20231212000010 72ED"
REALTIME = (
    "68 40 BBBD 00 13 20231212000010000000001005713600 32010600395600 02 03 02 01 940E F403 54"
    " 0000000000000000 4E 55 1000 2000 C0570100 00000000 606C0100 0000 9373"
)
START = (
    "68 30 0100 00 34 00000000000012345678901234567890 20231212000010 01 5678901234567890 5678901234567890"
    " 10270000 5FD9"
)
STARTED = "68 1E 0002 00 33 00000000000012345678901234567890 20231212000010 01 01 00 411D"
RECORD = (
    "68 A2 0046 00 3B 20231212000010 323239000000000000 20231212000010 01 B03604116D0C17 A08C09116D0C17"
    " F0490200 00000000 00000000 00000000 D0FB0100 00000000 00000000 00000000"
    " B0AD0100 00000000 00000000 00000000 905F0100 72060000 72060000 78050000"
    " 0000000000 0000000000 72060000 72060000 78050000 0000000000000000000000000000000000"
    " 01 A08C09116D0C17 40 0000000000000000 03E0"
)
RECORDED = "68 15 4600 00 40 20231212000010323239000000000000 00 9D7B"
RESTART = "68 0F 0300 00 92 20231212000010 00000001 372B"
RESTARTED = "68 0C 0011 00 91 20231212000010 01 F203"
VECTORS = (
    LOGIN, LOGGED_IN, CLOCK, HEARTBEAT, CHECK, CHECKED, ASK, REALTIME, START, STARTED, RECORD, RECORDED,
    RESTART, RESTARTED,
)  # fmt: skip

PILE = "20231212000010"
WIRE = "ykc://127.0.0.1:{port}/20231212000010?connector={connector}"
ORDER = "2026010100000001".zfill(32)
NOON = 1_767_225_600 + 4 * 3600  # by China's clocks
PRICES = (100_000, 20_000, 80_000, 20_000, 60_000, 20_000, 30_000, 20_000)
TARIFF = b"\0\1" + struct.pack("<8I", *PRICES) + b"\0" + bytes([3] * 16 + [0] * 16 + [2] * 16)


def body_of(vector: str) -> bytes:
    [frame] = Deframer().feed(bytes.fromhex(vector))
    return frame.body


@pytest.mark.parametrize("vector", VECTORS)
def test_published_frames_are_read_and_written_byte_for_byte(vector: str) -> None:
    wire = bytes.fromhex(vector)
    [frame] = Deframer().feed(wire)
    assert wire in (frame.encode(), frame.encode(high_first=True))


def test_what_a_pile_says_is_the_published_frame() -> None:
    login = Login(PILE, 1, 16, "GV.95r13", "0" * 20).encode()
    # The sample's SIM number is not decimal: left out.
    assert login[:19] + login[29:] == body_of(LOGIN)[:19] + body_of(LOGIN)[29:]
    sample = body_of(RECORD)
    record = Record(
        order=digits(sample[:16]),
        pile=PILE,
        gun=1,
        began=read_cp56(sample[24:31]),
        ended=read_cp56(sample[31:38]),
        shares=(Share(150_000), Share(130_000), Share(110_000), Share(90_000, energy=165.0, amount=14)),
        meter_began=0,
        meter_ended=0,
        why=StopReason.REMOTE,
    )
    assert record.encode() == sample
    later = record.encode(version=17)
    assert (len(later), later[:38], later[81:]) == (len(sample) + 43, sample[:38], sample[38:])


def test_realtime_data_stand_where_they_do_in_the_published_frame() -> None:
    sample = body_of(REALTIME)
    said = Realtime(
        order=digits(sample[:16]), pile="32010600395600", gun=2, state=GunState.CHARGING, plugged=True,
        voltage=373.2, current=101.2, temperature=34, soc=78, minutes=16, left_minutes=32, energy=8800,
        amount=932, faults=0,
    ).encode()  # fmt: skip
    # It takes a plugged gun for out of its holder, guns and batteries for equally warm, and adds no losses.
    differ = {at for at, (ours, theirs) in enumerate(zip(said, sample, strict=True)) if ours != theirs}
    assert differ <= {25, 41, *range(50, 54), *range(54, 58)}


def test_what_a_platform_wants_is_read() -> None:
    assert Start.decode(body_of(START)) == Start("12345678901234567890".zfill(32), PILE, 1, 10_000)
    with pytest.raises(ValueError, match="not BCD"):
        Start.decode(b"\xff" * 44)
    with pytest.raises(ValueError, match="3 bytes"):
        Start.decode(b"abc")


@given(st.integers(946_656_000, 4_102_415_999))
def test_times_come_back_as_they_were(at: int) -> None:
    assert read_cp56(cp56(at)) == at


@given(
    st.lists(
        st.builds(Frame, st.integers(0, 65535), st.integers(0, 255), st.binary(max_size=99)), max_size=4
    ),
    st.binary(max_size=20).filter(lambda noise: b"\x68" not in noise),
    st.integers(1, 9),
    st.booleans(),
)
def test_frames_come_whole_out_of_any_pieces_and_noise(
    sent: list[Frame], noise: bytes, size: int, high_first: bool
) -> None:
    deframer = Deframer()
    wire = noise + noise.join(frame.encode(high_first=high_first) for frame in sent)
    assert [frame for piece in pieces(wire, size) for frame in deframer.feed(piece)] == sent


def test_a_bill_is_split_by_half_hours() -> None:
    tariff = Tariff.decode(TARIFF)
    assert tariff.prices == (120_000, 100_000, 80_000, 50_000)
    bill = Bill(tariff)
    bill.add(1000, NOON)
    bill.add(500, NOON + 6 * 3600)
    assert [share.amount for share in bill.shares()] == [120, 0, 40, 0]
    assert (bill.energy, bill.amount) == (1500, 160)
    with pytest.raises(ValueError, match="fifth price"):
        Tariff.decode(TARIFF[:-1] + b"\4")


def platform(*, acknowledges: bool = True) -> Callable[[Frame], Frame | None]:
    """Answer as a platform should; the tariff of the pile is never the right one at first."""

    def reply(frame: Frame) -> Frame | None:
        pile = frame.body[:7]
        bodies = {
            Kind.LOGIN: (Kind.LOGIN_ANSWER, pile + b"\0"),
            Kind.HEARTBEAT: (Kind.HEARTBEAT_ANSWER, frame.body[:8] + b"\0"),
            Kind.TARIFF_CHECK: (Kind.TARIFF_CHECKED, frame.body[:9] + b"\1"),
            Kind.TARIFF_ASK: (Kind.TARIFF, pile + TARIFF),
            Kind.RECORD: (Kind.RECORD_ANSWER, frame.body[:16] + b"\0"),
            Kind.RECORD_17: (Kind.RECORD_ANSWER, frame.body[:16] + b"\0"),
        }
        said = bodies.get(Kind(frame.kind))
        if said is None or (not acknowledges and said[0] is Kind.RECORD_ANSWER):
            return None
        return Frame(frame.sequence, *said)

    return reply


def say(on: Bench, kind: Kind, body: bytes, *, gun: int = 1) -> None:
    on.server.say(Frame(0x0102, kind, body.replace(b"GUN_", bcd(PILE, 7) + bcd(str(gun), 1))))


def start(on: Bench, *, balance: int = 0, order: str = ORDER) -> None:
    say(on, Kind.START, bcd(order, 16) + b"GUN_" + bytes(16) + balance.to_bytes(4, "little"))


def shown(frame: Frame) -> dict[str, Any]:
    """Take realtime data apart by the document, not by what wrote it."""
    state, _, plugged, volts, amperes = struct.unpack("<BBBHH", frame.body[24:31])
    minutes, _, energy, _, amount, faults = struct.unpack("<HHIIIH", frame.body[42:60])
    return {
        "order": frame.body[:16].hex(), "state": state, "plugged": plugged, "power": volts * amperes / 100,
        "energy": energy / 10, "amount": amount / 100, "faults": faults, "minutes": minutes,
    }  # fmt: skip


async def test_a_charge_from_login_to_record() -> None:
    server = Server(frames, platform())
    async with bench(server, WIRE, 1, plugged=True, soc=50.0) as on:
        assert (await server.next(Kind.LOGIN)).body[8:10] == bytes([1, 16])
        await server.next(Kind.HEARTBEAT)
        await server.next(Kind.TARIFF_ASK)
        first = shown(await server.next(Kind.REALTIME))
        assert first["order"] == NO_ORDER
        assert (first["state"], first["plugged"]) == (GunState.IDLE, 1)
        start(on, balance=100)
        started = await server.next(Kind.STARTED)
        assert (started.sequence, started.body[:16].hex(), started.body[24:]) == (0x0102, ORDER, b"\1\0")
        start(on)
        assert (await server.next(Kind.STARTED, after=1)).body[24:] == bytes([0, StartRefusal.BUSY])
        on.pass_time(61)
        await eventually(lambda: shown(server.of(Kind.REALTIME)[-1])["minutes"])
        now = shown(server.of(Kind.REALTIME)[-1])
        assert (now["order"], now["state"], now["minutes"]) == (ORDER, GunState.CHARGING, 1)
        assert now["power"] == pytest.approx(7000, rel=0.06)
        on.pass_time(600)
        record = (await server.next(Kind.RECORD)).body
        seconds = read_cp56(record[31:38]) - read_cp56(record[24:31])
        total, _, amount = struct.unpack("<III", record[112:124])
        assert record[149] == StopReason.MONEY
        assert amount / 100 == pytest.approx(100, abs=1)
        assert total / 10_000 == pytest.approx(seconds * 7000 / 3_600_000, rel=0.1)
        before, after = (int.from_bytes(record[at : at + 5], "little") for at in (102, 107))
        assert after - before == pytest.approx(total, abs=10), "the meters show whole watt hours"
        await eventually(lambda: on.points[0].inspect()["queue"] == 0)
        assert not on.points[0].connector.closed


async def test_stops_refusals_and_what_is_shown_at_once() -> None:
    server = Server(frames, platform())
    async with bench(server, WIRE, 2, version="1.7") as on:
        first = on.points[0]
        assert server.of(Kind.LOGIN)[0].body[8:10] == bytes([2, 17])
        start(on)
        assert (await server.next(Kind.STARTED)).body[24:] == bytes([0, StartRefusal.NOT_PLUGGED])
        first.happen("vehicle-arrives")
        first.fault("ground-failure")
        first.happen("door-opens")
        on.pass_time(0.2)
        await eventually(lambda: shown(server.of(Kind.REALTIME)[-2])["state"] == GunState.FAULTY)
        assert shown(server.of(Kind.REALTIME)[-2])["faults"] == GunFault.DOOR | GunFault.EMERGENCY_STOP
        start(on)
        assert (await server.next(Kind.STARTED, after=1)).body[24:] == bytes([0, StartRefusal.FAULTY])
        first.fault("none")
        on.pass_time(0.2)
        say(on, Kind.PARAMETERS, bcd(PILE, 7) + b"\1\x64")
        assert (await server.next(Kind.PARAMETERS_DONE)).body[7:] == b"\1"
        start(on)
        assert (await server.next(Kind.STARTED, after=2)).body[24:] == bytes([0, StartRefusal.OFFLINE])
        say(on, Kind.PARAMETERS, bcd(PILE, 7) + b"\0\x32")
        start(on)
        assert (await server.next(Kind.STARTED, after=3)).body[24:] == b"\1\0"
        on.pass_time(10)
        assert first.inspect()["power_w"] == pytest.approx(3500, rel=0.01)
        say(on, Kind.STOP, b"GUN_")
        assert (await server.next(Kind.STOPPED)).body[8:] == b"\1\0"
        say(on, Kind.STOP, b"GUN_")
        assert (await server.next(Kind.STOPPED, after=1)).body[8:] == b"\0\2"
        record = await server.next(Kind.RECORD_17)
        assert record.body[43 + 149] == StopReason.REMOTE
        say(on, Kind.TIME, bcd(PILE, 7) + cp56(NOON))
        assert (await server.next(Kind.TIME_DONE)).body[:7] == bcd(PILE, 7)
        say(on, Kind.TARIFF_SET, bcd(PILE, 7) + TARIFF)
        assert (await server.next(Kind.TARIFF_DONE)).body[7:] == b"\1"
        say(on, Kind.RESTART, bcd(PILE, 7) + b"\1")
        assert (await server.next(Kind.RESTART_DONE)).body[7:] == b"\1"
        await server.next(Kind.LOGIN, after=1)


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        ("battery-full", StopReason.FULL),
        ("unplug", StopReason.UNPLUGGED),
        ("button-stop", StopReason.MANUAL),
        ("smoke", StopReason.OTHER),
    ],
)
async def test_why_a_charge_ends(happens: str, why: StopReason) -> None:
    server = Server(frames, platform())
    async with bench(server, WIRE, 1, plugged=True) as on:
        start(on)
        await server.next(Kind.STARTED)
        on.pass_time(5)
        on.points[0].happen(happens)
        on.pass_time(0.2)
        assert (await server.next(Kind.RECORD)).body[149] == why


async def test_records_are_said_until_they_are_answered_also_after_having_been_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("simulators.charger.ykc.posts.ANSWER_S", 0.02)
    server = Server(frames, platform(acknowledges=False))
    async with bench(server, WIRE, 1, plugged=True, resend_s=0.02) as on:
        point = on.points[0]
        start(on)
        await server.next(Kind.STARTED)
        point.fault("offline")
        await eventually(lambda: server.skipped)
        on.pass_time(30)
        point.fault("power-loss")
        assert (point.inspect()["queue"], point.inspect()["closed"]) == (1, False)
        point.fault("none")
        await server.next(Kind.RECORD, after=3)
        server.replies = platform()
        await eventually(lambda: point.inspect()["queue"] == 0)
        assert {frame.body for frame in server.of(Kind.RECORD)} == {server.of(Kind.RECORD)[0].body}
        assert server.of(Kind.RECORD)[0].body[149] == StopReason.POWER_LOSS


async def test_a_platform_that_does_not_take_the_pile_is_called_again() -> None:
    server = Server(frames, lambda frame: Frame(frame.sequence, Kind.LOGIN_ANSWER, frame.body[:7] + b"\1"))
    with pytest.raises(TimeoutError):
        async with bench(server, WIRE, 1, within_s=0.5):
            pass
    assert server.calls > 1
    assert {frame.kind for frame in server.heard} == {Kind.LOGIN}


def test_a_pile_must_have_a_number() -> None:
    with pytest.raises(BadOptions, match="14 digits"):
        create("pile", Options(wire="ykc://127.0.0.1:9230/GARAGE?connector=1"), VirtualClock())
