"""E-bike posts by DNY: golden vectors and own simulator; no independent peer can be installed.

The vectors are the samples of the maker's own document (AP3000, device and server, 8.6).
"""

import struct
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.charger.dny import frames
from simulators.charger.dny.codes import AlarmKind, Answer, Command, PortState, StopReason
from simulators.charger.dny.frames import Deframer, Frame
from simulators.charger.dny.words import (
    Change,
    Charge,
    Heartbeat,
    PowerReport,
    Register,
    Settlement,
    answer_to_charge,
)
from simulators.charger.family import Options, create
from simulators.clock import VirtualClock
from simulators.errors import BadOptions
from tests.simulators.charging import Bench, Server, bench, pieces
from tests.waiting import eventually

REGISTER = "444E591300 3B37AB04 B900 20 7E00 02 14 21 00 0000 E400 9104"
REGISTERED = "444E590A00 3B37AB04 B900 20 00 EF02"
TIME = "444E590900 3B37AB04 B900 22 F002"
HEARTBEAT = "444E591000 3B37AB04 0100 21 9808 02 0000 09 05 EE02"
SETTLEMENT = (
    "444E592800 3B37AB04 0100 03 100E E803 3000 01 01 00000000 01 20190901180000130030380102030405 E803 4405"
)
SETTLED = "444E590A00 3B37AB04 0100 03 00 1A02"
POWER = (
    "444E593200 3B37AB04 0A00 06 01 01 100E 3000 01 E803 B004 2003 E803"
    " 20190901180000130030380102030405 0100 E803 9808 C701 55 00 DA08"
)
POLL = "444E590900 3B37AB04 0100 81 9702"
START = "444E592600 3B37AB04 0200 82 00 64010000 01 01 0000 12345678123456781234567812345678 8070 8813 F808"
STARTED = "444E591D00 3B37AB04 0200 82 00 12345678123456781234567812345678 01 0000 FE06"
CHANGE = "444E590D00 3B37AB04 0200 8A 00 01 8070 9603"
VECTORS = (REGISTER, REGISTERED, TIME, HEARTBEAT, SETTLEMENT, SETTLED, POWER, POLL, START, STARTED, CHANGE)

POST = 0x04AB373B
WIRE = "dny://127.0.0.1:{port}/04AB373B?connector={connector}"
ORDER = b"2026010100000001"
SAMPLE_ORDER = bytes.fromhex("20190901180000130030380102030405")


def data_of(vector: str) -> bytes:
    [frame] = Deframer().feed(bytes.fromhex(vector))
    return frame.data


@pytest.mark.parametrize("vector", VECTORS)
def test_the_makers_samples_are_read_and_written_byte_for_byte(vector: str) -> None:
    [frame] = Deframer().feed(bytes.fromhex(vector))
    assert frame.post == POST
    assert frame.encode() == bytes.fromhex(vector)


def test_what_a_post_says_is_the_makers_sample() -> None:
    # Later fields, which the samples lack, come after; two older ones are not for the server to read.
    heartbeat = Heartbeat(220.0, (PortState.IDLE, PortState.IDLE), signal=9, temperature=-60)
    assert heartbeat.encode() == data_of(HEARTBEAT)
    settlement = Settlement(
        seconds=3600,
        most=100.0,
        energy=480,
        port=1,
        why=StopReason.FULL,
        order=SAMPLE_ORDER,
        second=100.0,
        at=0,
    )
    assert settlement.encode()[:-6] == data_of(SETTLEMENT)
    report = PowerReport(
        port=1, state=PortState.CHARGING, seconds=3600, energy=480, power=100.0, most=120.0, least=80.0,
        mean=100.0, order=SAMPLE_ORDER, peak=100.0, voltage=220.0, current=0.455, at=0, temperature=20,
    )  # fmt: skip
    assert report.encode()[:-6] == data_of(POWER).replace(SAMPLE_ORDER + b"\1\0", SAMPLE_ORDER + b"\0\0")
    order = bytes.fromhex("12345678" * 4)
    assert answer_to_charge(Answer.DONE, order, 1) == data_of(STARTED)
    assert Register(126, 2, 0x21).encode() == bytes.fromhex("7E00 02 00 21 00 0000")


def test_what_a_server_wants_is_read_as_the_maker_means_it() -> None:
    assert Charge.decode(data_of(START)) == Charge(
        rate=0, balance=356, port=1, start=True, amount=0, order=bytes.fromhex("12345678" * 4),
        longest=28_800, overload=500.0,
    )  # fmt: skip
    assert Change.decode(data_of(CHANGE)) == Change(mode=0, port=1, amount=28_800)
    with pytest.raises(ValueError, match="of 3 bytes"):
        Charge.decode(b"abc")


@given(
    st.lists(
        st.builds(
            Frame,
            st.integers(0, 2**32 - 1),
            st.integers(0, 0xFFFF),
            st.integers(0, 255),
            st.binary(max_size=99),
        ),
        max_size=4,
    ),
    st.binary(max_size=20).filter(lambda noise: b"D" not in noise),
    st.integers(1, 9),
)
def test_frames_come_whole_out_of_any_pieces_and_noise(sent: list[Frame], noise: bytes, size: int) -> None:
    deframer = Deframer()
    wire = noise + noise.join(frame.encode() for frame in sent)
    assert [frame for piece in pieces(wire, size) for frame in deframer.feed(piece)] == sent


def test_a_wrong_sum_is_skipped_and_what_follows_is_read() -> None:
    broken = bytearray.fromhex(SETTLED)
    broken[-1] ^= 1
    deframer = Deframer()
    assert list(deframer.feed(bytes(broken) + bytes.fromhex(POLL))) == [Frame(POST, 1, 0x81)]
    assert deframer.skipped == len(broken)


def replies(frame: Frame) -> Frame | None:
    """Answer as a server should."""
    known = {
        Command.REGISTER: b"\0",
        Command.HEARTBEAT: b"\0",
        Command.SETTLEMENT: b"\0",
        Command.TIME: bytes(4),
    }
    return frame._replace(data=known[Command(frame.command)]) if frame.command in known else None


class Order(NamedTuple):
    """A start, or a stop, of a port."""

    port: int = 0
    start: int = 1
    order: bytes = ORDER
    rate: int = 0
    amount: int = 0
    longest: int = 0
    overload: int = 0
    until_full: int = 0

    def encode(self) -> bytes:
        limits = self.rate, 0, self.port, self.start, self.amount, self.order, self.longest, self.overload
        return struct.pack("<BIBBH16sHH", *limits) + bytes([0, 0, 0, 0, 2, 0, self.until_full, 0, 0])


def tell(on: Bench, message: int, order: Order) -> None:
    on.server.say(Frame(POST, message, Command.CHARGE, order.encode()))


async def answered(on: Bench, message: int) -> int:
    """Return the code of the answer to a start or stop."""
    heard = on.server.of
    await eventually(lambda: any(frame.message == message for frame in heard(Command.CHARGE)))
    return int(heard(Command.CHARGE)[-1].data[0])


def settled(frame: Frame) -> dict[str, Any]:
    """Take a settlement apart by the document, not by what wrote it."""
    seconds, most, energy, port, _, _, why, order = struct.unpack("<HHHBBIB16s", frame.data[:29])
    return {"seconds": seconds, "energy": energy, "port": port, "why": why, "order": order, "most": most}


async def test_a_charge_from_registration_to_settlement() -> None:
    server = Server(frames, replies)
    async with bench(
        server, WIRE, 2, vehicle="e-bike", plugged=True, soc=50.0, report_s=60, resend_s=0.05
    ) as on:
        assert data_of_register(server) == 2
        await server.next(Command.TIME)
        assert (await server.next(Command.HEARTBEAT)).data[3:5] == bytes([PortState.PLUGGED] * 2)
        tell(on, 7, Order(port=1, rate=2, amount=1))
        assert await answered(on, 7) == Answer.DONE
        tell(on, 7, Order(port=1, rate=2, amount=1))  # said again under its number: answered again, done once
        await server.next(Command.CHARGE, after=1)
        assert on.points[1].outlet.starts == 1
        server.say(Frame(POST, 9, Command.POLL))
        assert (await server.next(Command.HEARTBEAT, after=1)).data[4] == PortState.CHARGING
        on.pass_time(301)
        report = await server.next(Command.POWER)
        assert (report.data[0], report.data[15:31]) == (1, ORDER)
        truth = on.points[1].inspect()
        settlement = settled(await server.next(Command.SETTLEMENT))
        assert settlement["why"] == StopReason.ENERGY
        assert (settlement["port"], settlement["order"], settlement["energy"]) == (1, ORDER, 1)
        assert (truth["starts"], truth["stops"], truth["closed"]) == (1, 1, False)
        assert server.skipped == []
    assert server.skipped == [20], "the modem's ICCID"


def data_of_register(server: Server) -> int:
    """Return how many ports the post says it has."""
    return int(server.of(Command.REGISTER)[0].data[2])


async def test_it_says_why_it_does_not_start_or_stop() -> None:
    server = Server(frames, replies)
    async with bench(server, WIRE, 2, vehicle="e-bike") as on:
        first, second = on.points
        tell(on, 1, Order())
        assert await answered(on, 1) == Answer.NOT_PLUGGED
        tell(on, 2, Order(port=9))
        assert await answered(on, 2) == Answer.NO_SUCH_PORT
        first.happen("vehicle-arrives")
        second.happen("vehicle-arrives")
        tell(on, 3, Order(port=0xFF))
        assert await answered(on, 3) == Answer.SEVERAL_WAIT
        first.happen("smoke")
        assert (await server.next(Command.ALARM)).data[0] == AlarmKind.SMOKE
        tell(on, 4, Order())
        assert await answered(on, 4) == Answer.SMOKE
        first.happen("smoke-clears")
        tell(on, 5, Order())
        assert await answered(on, 5) == Answer.DONE
        tell(on, 6, Order())
        assert await answered(on, 6) == Answer.SAME_STATE
        tell(on, 7, Order(start=0, order=b"somebody else's."))
        assert await answered(on, 7) == Answer.SAME_STATE
        assert first.outlet.charge is not None, "a stop needs the order that runs"
        tell(on, 8, Order(start=0))
        assert await answered(on, 8) == Answer.DONE
        second.fault("ground-failure")
        on.pass_time(1)
        tell(on, 9, Order(port=1))
        assert await answered(on, 9) == Answer.FAULTY


@pytest.mark.parametrize(
    ("order", "happens", "why"),
    [
        (Order(amount=20), "", StopReason.TIME),
        (Order(longest=20), "", StopReason.LONGEST),
        (Order(overload=100), "", StopReason.OVERLOAD),
        (Order(), "battery-full", StopReason.FULL),
        (Order(rate=2, amount=100, until_full=1), "battery-full", StopReason.FULL),
        (Order(), "unplug", StopReason.UNPLUGGED),
        (Order(), "smoke", StopReason.FIRE),
        (Order(), "heat", StopReason.FIRE),
        (Order(), "flood", StopReason.FLOOD),
    ],
)
async def test_why_a_charge_ends(order: Order, happens: str, why: StopReason) -> None:
    server = Server(frames, replies)
    async with bench(server, WIRE, 1, vehicle="e-bike", plugged=True, resend_s=0.01) as on:
        tell(on, 1, order)
        assert await answered(on, 1) == Answer.DONE
        on.pass_time(5)
        if happens:
            on.points[0].happen(happens)
        on.pass_time(20)
        assert settled(await server.next(Command.SETTLEMENT))["why"] == why
        assert not on.points[0].connector.closed


async def test_what_is_over_is_said_until_it_is_answered_also_after_having_been_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("simulators.charger.dny.line.ANSWER_S", 0.02)
    server = Server(frames, lambda frame: None if frame.command == Command.SETTLEMENT else replies(frame))
    async with bench(server, WIRE, 2, vehicle="e-bike", plugged=True, resend_s=0.02) as on:
        for port in (0, 1):
            tell(on, port + 1, Order(port=port, order=b"order number %03d" % port, amount=30))
            await answered(on, port + 1)
        on.points[0].fault("offline")
        await eventually(lambda: server.skipped)
        on.pass_time(60)
        assert on.points[0].inspect()["queue"] == 2
        on.points[0].fault("none")
        said = await server.next(Command.SETTLEMENT, after=4)
        assert {frame.message for frame in server.of(Command.SETTLEMENT)} == {said.message}
        server.replies = replies
        second = await server.next(Command.SETTLEMENT, after=len(server.of(Command.SETTLEMENT)) + 1)
        assert second.message != said.message
        orders = {settled(frame)["order"] for frame in server.of(Command.SETTLEMENT)}
        assert orders == {b"order number 000", b"order number 001"}
        await eventually(lambda: on.points[0].inspect()["queue"] == 0)
        assert server.calls == 2


def test_a_post_must_have_an_id() -> None:
    with pytest.raises(BadOptions, match="8 hexadecimal digits"):
        create("shed", Options(wire="dny://127.0.0.1:9220/SHED?connector=1"), VirtualClock())
