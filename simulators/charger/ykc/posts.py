"""A car charging pile that calls its platform by 云快充."""

import asyncio
import itertools
import re
import zlib
from collections import deque
from typing import ClassVar, Final

from simulators.charger.options import Options
from simulators.charger.outlet import Charge, Outlet, Trip, Why
from simulators.charger.post import Post
from simulators.charger.wire import PostWire
from simulators.charger.ykc import answers
from simulators.charger.ykc.codes import GunFault, GunState, Kind
from simulators.charger.ykc.frames import Frame
from simulators.charger.ykc.line import Line
from simulators.charger.ykc.orders import Running
from simulators.charger.ykc.tariff import Tariff
from simulators.charger.ykc.words import NO_ORDER, Login, Realtime, Record, bcd
from simulators.clock import Clock
from simulators.errors import BadOptions

HEARTBEAT_S: Final = 10.0
MISSED: Final = 3
"""Heartbeats without an answer after which the connection is taken for lost."""
IDLE_S: Final = 300.0
REPORT_S: Final = 15.0
RESEND_S: Final = 30.0
ANSWER_S: Final = 10.0
FAULTS: Final = {
    Trip.OVER_TEMPERATURE: GunFault.TOO_HOT,
    Trip.OVER_CURRENT: GunFault.FUSE,
    Trip.WELDED: GunFault.CONTACTOR,
    Trip.GROUND: GunFault.EMERGENCY_STOP,
}


def make_post(wire: PostWire, options: Options, clock: Clock) -> "YkcPost":
    """Build a pile that does not call yet; BadOptions if its number is none."""
    if not re.fullmatch("[0-9]{14}", wire.post):
        raise BadOptions(f"{wire.of(1)}: a 云快充 pile is 14 digits")
    return YkcPost(wire, options, clock)


class YkcPost(Post):
    """One pile. It applies the platform's tariff itself and keeps its records until the platform has them."""

    ends_when_full: ClassVar[bool] = True

    def __init__(self, wire: PostWire, options: Options, clock: Clock) -> None:
        super().__init__(wire, options, clock)
        self.tariff = Tariff()
        self.running: dict[int, Running] = {}
        self.in_service = True
        self.percent = 100
        """Of the most power, what may be given."""
        self._version = 17 if options.version == "1.7" else 16
        self._heartbeat_s = options.heartbeat_s or HEARTBEAT_S
        self._report_s = options.report_s or REPORT_S
        self._resend_s = options.resend_s or RESEND_S
        self._sequence = itertools.cycle(range(0x10000))
        self._records: deque[Record] = deque()
        self._to_send = asyncio.Event()
        self._shown: dict[int, tuple[int, bool, int]] = {}
        self._idle_s: dict[int, float] = {}
        self._line: Line | None = None

    @property
    def queued(self) -> int:
        """How many records the platform has not acknowledged."""
        return len(self._records)

    def most_power(self, outlet: Outlet) -> float | None:
        """Return what a gun may give, None: all it can."""
        return None if self.percent == 100 else outlet.connector.max_power * self.percent / 100

    async def talk(self) -> None:
        """Connect, log in, and do all a pile does until the connection is gone."""
        reader, writer = await asyncio.open_connection(self.wire.called, self.wire.port)
        self._line = line = Line(reader, writer)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._live(line))
                async for frame in line.requests():
                    tasks.create_task(self._obey(line, frame))
        finally:
            self._line = None
            writer.close()

    def watch(self, outlet: Outlet, dt_s: float) -> None:
        """Count a charge; show the gun when it is time or something changed."""
        running, charge = self.running.get(outlet.number), outlet.charge
        if running is not None and charge is not None and running.step(outlet, self.clock.now_s()):
            self.end(outlet, Why.ENERGY)
        waited_s = self._idle_s[outlet.number] = self._idle_s.get(outlet.number, 0.0) + dt_s
        due = waited_s >= (IDLE_S if outlet.charge is None else self._report_s)
        if due or self._shown.get(outlet.number) != self._look(outlet):
            self.show(outlet)

    def ended(self, outlet: Outlet, charge: Charge, why: Why) -> None:
        """Keep the record until the platform has it."""
        running = self.running.pop(outlet.number)
        running.step(outlet, self.clock.now_s())
        self._records.append(running.record(self.wire.post, outlet, charge, why))
        self._to_send.set()

    def show(self, outlet: Outlet) -> None:
        """Send a gun's realtime data, if the platform has taken the pile."""
        self._idle_s[outlet.number] = 0.0
        if self._line is not None and self.connected:
            self._shown[outlet.number] = self._look(outlet)
            self._line.say(next(self._sequence), Kind.REALTIME, self._realtime(outlet).encode())

    def restarted(self) -> None:
        """Forget what was shown, and that it was out of service."""
        self._shown.clear()
        self.in_service = True

    async def _live(self, line: Line) -> None:
        """Log in, get the tariff, and go on with heartbeats and records."""
        answer = await self._ask(line, Kind.LOGIN, self._login(), Kind.LOGIN_ANSWER)
        if answer is None or answer[7:8] != b"\0":
            raise ConnectionAbortedError("the platform does not take this pile")
        self.connected = True
        for outlet in self.outlets.values():
            self.show(outlet)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._learn_tariff(line))
            tasks.create_task(self._send_records(line))
            tasks.create_task(self._beat(line))

    async def _beat(self, line: Line) -> None:
        missed = 0
        while missed < MISSED:
            answers_to = [
                await self._ask(line, Kind.HEARTBEAT, body, Kind.HEARTBEAT_ANSWER) for body in self._pulse()
            ]
            missed = missed + 1 if None in answers_to else 0
            await asyncio.sleep(self._heartbeat_s)
        raise ConnectionAbortedError("the platform answers no heartbeat")

    def _pulse(self) -> list[bytes]:
        """Return the heartbeats, one for each gun."""
        return [
            bcd(self.wire.post, 7) + bcd(str(number), 1) + bytes([outlet.trip is not Trip.NONE])
            for number, outlet in self.outlets.items()
        ]

    async def _learn_tariff(self, line: Line) -> None:
        """Ask whether the tariff is still the platform's; if not, for the one that is (§5.1)."""
        pile = bcd(self.wire.post, 7)
        checked = await self._ask(line, Kind.TARIFF_CHECK, pile + self.tariff.model, Kind.TARIFF_CHECKED)
        if checked is None or checked[9:10] == b"\0":
            return
        body = await self._ask(line, Kind.TARIFF_ASK, pile, Kind.TARIFF)
        if body is not None:
            self.tariff = Tariff.decode(body[7:])

    async def _send_records(self, line: Line) -> None:
        """Say what is over, one after another, each again and again until it is answered (§8.7)."""
        kind = Kind.RECORD_17 if self._version >= 17 else Kind.RECORD
        while True:
            while not self._records:
                self._to_send.clear()
                await self._to_send.wait()
            record = self._records[0]
            body = record.encode(version=self._version)
            answer = await self._ask(line, kind, body, Kind.RECORD_ANSWER)
            if answer == bcd(record.order, 16) + b"\0":
                self._records.popleft()
            else:
                await asyncio.sleep(self._resend_s)

    async def _ask(self, line: Line, kind: Kind, body: bytes, answer: Kind) -> bytes | None:
        return await line.ask(next(self._sequence), kind, body, answer=answer, within_s=ANSWER_S)

    async def _obey(self, line: Line, frame: Frame) -> None:
        await self.answer_time()
        said = answers.answer(self, frame)
        if said is not None:
            line.say(frame.sequence, said.kind, said.body)
        if frame.kind == Kind.RESTART:
            self.call_again()

    def _login(self) -> bytes:
        sim = f"8986{zlib.crc32(self.wire.post.encode()):016d}"
        return Login(self.wire.post, len(self.outlets), self._version, "HM.1.00", sim).encode()

    def _look(self, outlet: Outlet) -> tuple[int, bool, int]:
        """Return what is shown at once when it changes."""
        faults = FAULTS.get(outlet.trip, 0) | (GunFault.DOOR if self.door_open else 0)
        return self._state(outlet), outlet.connector.plugged, int(faults)

    def _state(self, outlet: Outlet) -> GunState:
        if outlet.charge is not None:
            return GunState.CHARGING
        if not self.in_service:
            return GunState.OFFLINE
        broken = outlet.trip is not Trip.NONE or self.smoke or self.heat or self.flood
        return GunState.FAULTY if broken else GunState.IDLE

    def _realtime(self, outlet: Outlet) -> Realtime:
        state, plugged, faults = self._look(outlet)
        running, charge, connector = self.running.get(outlet.number), outlet.charge, outlet.connector
        live = running is not None and charge is not None
        return Realtime(
            order=running.order if running else NO_ORDER,
            pile=self.wire.post,
            gun=outlet.number,
            state=state,
            plugged=plugged,
            voltage=connector.voltage if live else 0.0,
            current=connector.current if live else 0.0,
            temperature=connector.temperature,
            soc=0,  # AC: the car does not tell
            minutes=int(charge.elapsed_s // 60) if charge else 0,
            left_minutes=0,
            energy=running.bill.energy if running else 0.0,
            amount=running.bill.amount if running else 0,
            faults=faults,
        )
