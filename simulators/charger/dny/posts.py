"""A post of e-bike sockets that calls its server by DNY, as the AP3000 does."""

import asyncio
import itertools
import zlib
from collections import deque
from typing import Final, NamedTuple

from simulators.charger.dny import answers
from simulators.charger.dny.codes import AlarmKind, Command, PortState
from simulators.charger.dny.frames import Frame
from simulators.charger.dny.line import Line
from simulators.charger.dny.orders import Limits, Running
from simulators.charger.dny.words import Heartbeat, Register, Settlement, alarm
from simulators.charger.options import Options
from simulators.charger.outlet import Charge, Outlet, Trip, Why
from simulators.charger.post import Post
from simulators.charger.wire import PostWire
from simulators.clock import Clock
from simulators.errors import BadOptions

HEARTBEAT_S: Final = 180.0
REPORT_S: Final = 300.0
RESEND_S: Final = 1800.0
NEXT_S: Final = 60.0
"""§3.3: between two settlements."""
FIRST_S: Final = 2.0
MISSED: Final = 2
"""Heartbeats without an answer after which the post is offline (§3.1)."""
PORTS: Final = {0x03: 1, 0x04: 2, 0x05: 10, 0x06: 16, 0x07: 12}
"""By the highest byte of a post's id (§1.0.2)."""
DEVICE_TYPE: Final = 0x29
FIRMWARE: Final = 203
ALARMS: Final = {
    "smoke": AlarmKind.SMOKE,
    "heat": AlarmKind.HEAT,
    "flood": AlarmKind.FLOOD,
    "door": AlarmKind.DOOR,
}
BROKEN: Final = {
    Trip.GROUND: PortState.SHORT,
    Trip.OVER_CURRENT: PortState.FUSE,
    Trip.OVER_TEMPERATURE: PortState.FUSE,
    Trip.WELDED: PortState.WELDED,
}


class Unsettled(NamedTuple):
    """A settlement with the number under which it is said until it is answered."""

    message: int
    settlement: Settlement


def make_post(wire: PostWire, options: Options, clock: Clock) -> "DnyPost":
    """Build a post that does not call yet; BadOptions if its id is none."""
    try:
        ident = int(wire.post, 16)
    except ValueError as error:
        raise BadOptions(f"{wire.of(1)}: a DNY post is 8 hexadecimal digits") from error
    return DnyPost(ident, wire, options, clock)


class DnyPost(Post):
    """One post. It knows the time, measures by itself, and keeps what is over until the server has it."""

    def __init__(self, ident: int, wire: PostWire, options: Options, clock: Clock) -> None:
        super().__init__(wire, options, clock)
        self.ident = ident
        self.limits = Limits()
        self.running: dict[int, Running] = {}
        self.heartbeat_s = options.heartbeat_s or HEARTBEAT_S
        self.last_order: tuple[Frame, bytes] | None = None
        """The last start or stop and its answer: one that is said again is not done again."""
        self._report_s = options.report_s or REPORT_S
        self._resend_s = options.resend_s or RESEND_S
        self._numbers = itertools.cycle(range(1, 0x10000))
        self._unsettled: deque[Unsettled] = deque()
        self._settle = asyncio.Event()
        self._line: Line | None = None

    @property
    def queued(self) -> int:
        """How many settlements the server has not acknowledged."""
        return len(self._unsettled)

    @property
    def ports(self) -> int:
        """How many sockets it has, whether somebody looks at them or not."""
        return max(PORTS.get(self.ident >> 24, 0), *self.outlets, 1)

    async def talk(self) -> None:
        """Connect, say who it is, and do all a post does until the connection is gone."""
        reader, writer = await asyncio.open_connection(self.wire.called, self.wire.port)
        self._line = line = Line(reader, writer, self.ident)
        try:
            line.noise(self._iccid())
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(line.keep_alive())
                tasks.create_task(self._beat(line))
                async for frame in line.requests():
                    tasks.create_task(self._obey(line, frame))
        finally:
            self._line = None
            writer.close()

    def watch(self, outlet: Outlet, dt_s: float) -> None:
        """Measure a charge, report it when it is time, end it when it must end."""
        running = self.running.get(outlet.number)
        charge = outlet.charge
        if running is None or charge is None:
            return
        why = running.step(outlet, dt_s)
        if why is not None:
            self.end(outlet, why)
        elif running.lately.seconds >= self._report_s:
            energy = outlet.connector.meter - charge.meter
            self.say(Command.POWER, running.report(outlet, energy, self.clock.now_s()).encode())

    def ended(self, outlet: Outlet, charge: Charge, why: Why) -> None:
        """Keep the settlement until the server has it."""
        running = self.running.pop(outlet.number)
        energy = max(0, outlet.connector.meter - charge.meter)
        settlement = running.settle(outlet, energy, why, self.clock.now_s())
        self._unsettled.append(Unsettled(next(self._numbers), settlement))
        self._settle.set()

    def alarmed(self, what: str, *, active: bool) -> None:
        """Raise the alarm; that it is over has no message."""
        if active:
            self.say(Command.ALARM, alarm(ALARMS[what]))

    def set_power(self, on: bool) -> None:
        """Take the mains away, of which the modem still tells, or give them back."""
        if self.powered and not on:
            self.say(Command.ALARM, alarm(AlarmKind.POWER_LOSS))
        super().set_power(on)

    def restarted(self) -> None:
        """Measure mains at once: the first heartbeat tells them."""
        for outlet in self.outlets.values():
            outlet.connector.powered = True

    def say(self, command: int, data: bytes) -> None:
        """Send what nobody must answer, if the post is connected."""
        if self._line is not None:
            self._line.say(next(self._numbers), command, data)

    def show_itself(self) -> None:
        """Say who and how the post is, unasked for or not."""
        self.say(Command.REGISTER, self._register())
        self.say(Command.HEARTBEAT, self._heartbeat())

    def state_of(self, outlet: Outlet | None) -> PortState:
        """Return how a port is, as the heartbeat tells it."""
        if outlet is None:
            return PortState.IDLE
        if outlet.trip in BROKEN:
            return BROKEN[outlet.trip]
        running, vehicle = self.running.get(outlet.number), outlet.connector.vehicle
        if running is not None:
            return PortState.FLOATING if running.full_s else PortState.CHARGING
        if vehicle is None:
            return PortState.IDLE
        return PortState.FULL if vehicle.full else PortState.PLUGGED

    async def _beat(self, line: Line) -> None:
        """Register, get the time, send heartbeats, settle what is over."""
        registered = timed = False
        missed = 0
        async with asyncio.TaskGroup() as tasks:
            while missed < MISSED:
                if not registered and await self._ask(line, Command.REGISTER, self._register()) == b"\0":
                    registered = self.connected = True
                    self._raise_standing_alarms()
                    tasks.create_task(self._settle_all(line))
                timed = timed or await self._ask(line, Command.TIME, b"") is not None
                heard = await self._ask(line, Command.HEARTBEAT, self._heartbeat()) is not None
                missed = 0 if heard else missed + 1
                await asyncio.sleep(self.heartbeat_s if heard else 0)
        raise ConnectionAbortedError("the server answers no heartbeat")

    async def _settle_all(self, line: Line) -> None:
        """Say what is over, one after another, each again and again until it is answered (§3.3)."""
        await asyncio.sleep(min(FIRST_S, self._resend_s))
        while True:
            while not self._unsettled:
                self._settle.clear()
                await self._settle.wait()
            first = self._unsettled[0]
            answer = await line.ask(first.message, Command.SETTLEMENT, first.settlement.encode())
            if answer == b"\0":
                self._unsettled.popleft()
            await asyncio.sleep(min(NEXT_S, self._resend_s) if answer == b"\0" else self._resend_s)

    async def _ask(self, line: Line, command: int, data: bytes) -> bytes | None:
        return await line.ask(next(self._numbers), command, data)

    async def _obey(self, line: Line, frame: Frame) -> None:
        await self.answer_time()
        said = answers.answer(self, frame)
        if said is not None:
            line.say(frame.message, frame.command, said)
        if frame.command == Command.RESET:
            self.call_again()

    def _raise_standing_alarms(self) -> None:
        standing = {"smoke": self.smoke, "heat": self.heat, "flood": self.flood, "door": self.door_open}
        for what, active in standing.items():
            self.alarmed(what, active=active)

    def _register(self) -> bytes:
        return Register(FIRMWARE, self.ports, DEVICE_TYPE, power_board=FIRMWARE).encode()

    def _heartbeat(self) -> bytes:
        outlets = [self.outlets.get(number + 1) for number in range(self.ports)]
        there = next(iter(self.outlets.values())).connector
        states = tuple(self.state_of(outlet) for outlet in outlets)
        return Heartbeat(there.voltage, states, temperature=round(there.temperature)).encode()

    def _iccid(self) -> bytes:
        return f"898604{zlib.crc32(self.wire.post.encode()):014d}".encode()
