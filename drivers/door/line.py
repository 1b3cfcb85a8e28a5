"""An OSDP line with its readers: one control panel for all of them. The only file that knows libosdp.

libosdp has no thread here: its panel is a state machine that is turned by the event loop, when bytes have
come and every few milliseconds, and never waits. What its sources (3.2.9) say and its documentation does not:

- A reader with which anything goes wrong, be it one wrong check, is left alone for 300 s. Disabling and
  enabling it begins anew at once.
- An unanswered command is said again after a second, nine times in all. `OUT` must never be said twice, and
  the others only `REPEATS` times: we refuse to send it, upon which the reader is given up.
- What is queued for a reader outlives its session; `_forget` empties the queue, or an "open" might come late.
- Channels need a number of their own, not 0, or the readers on one line talk at once.
- The dict of every event is kept for ever by the binding; `_let_go` mends that.
- With more than 32 readers its status would be written behind a variable of 32 bits.
"""

import asyncio
import ctypes
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import osdp_sys  # type: ignore[import-not-found]  # a C extension without stubs
from osdp import (  # type: ignore[import-untyped]  # it has no types
    Capability,
    Command,
    CompletionStatus,
    Event,
    LibFlag,
    LogLevel,
    StatusReportType,
)

from contract.errors import DeviceError, DeviceUnreachable
from drivers.door.frames import OUT, START, Deframer
from drivers.door.member import CardRead, KeyPress, Kind, Member, News, Report, Status
from drivers.door.stream import Stream, open_stream
from drivers.door.wire import Endpoint
from drivers.runtime.interface import Port

log = logging.getLogger(__name__)

TICK_S: Final = 0.02
"""How often the panel is turned while nothing comes; polls are due every 50 ms."""

TURNS: Final = 3
"""Steps from an answer to the next command: done, choose, send."""

GATHER_S: Final = 0.1
"""The doors of a host start together: so long the first waits for the others, to build the panel once."""

REPEATS: Final = 1
PARKED_S: Final = 1.2
"""A reader that is asked for nothing for so long has been given up: polls come every 50 ms."""

CHUNK: Final = 48
MOST_BYTES: Final = 2048
MOST_READERS: Final = 32
CHANNEL: Final = 1

_KINDS: Final = {
    Kind.INPUTS: StatusReportType.Input,
    Kind.OUTPUTS: StatusReportType.Output,
    Kind.LOCAL: StatusReportType.Local,
}

osdp_sys.set_loglevel(LogLevel.Emergency)  # it writes to standard output, and says nothing that we do not


class Line:
    """One line, shared by all readers on it."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._members: dict[int, Member] = {}
        self._built: list[Member] = []
        self._panel: Any = None
        self._stream: Stream | None = None
        self._opening = asyncio.Lock()
        self._users = 0
        self._timer: asyncio.TimerHandle | None = None
        self._turning = False
        self._heard = bytearray()
        self._deframer = Deframer()
        self._speaking: Member | None = None
        self._caught: list[tuple[int, dict[str, Any]]] = []

    # The panel's channel, by duck typing; libosdp calls these while it is turned.

    id = CHANNEL

    def read(self, most: int) -> bytes:
        """Give the panel what has been heard, in small pieces: its own buffer holds little."""
        size = min(most - 1, CHUNK)
        taken = bytes(self._heard[:size])
        del self._heard[:size]
        return taken

    def write(self, frame: bytes) -> int:
        """Send a command; -1 makes the panel give the reader up."""
        start = 0 if frame[0] == START else 1
        member = self._members.get(frame[start + 1] & 0x7F)
        if member is None or self._stream is None or not member.may_speak:
            return -1
        for _ in self._deframer.cut():
            """Nobody waits for it any more."""
        self._count_noise()
        code = _code(frame[start:])
        repeated = member.ask(frame[start + 4] & 0x03, code, _now())
        if repeated > (0 if code == OUT else REPEATS):
            self._lose(member, ("device-unreachable", "the reader does not answer any more"))
            return -1
        self._speaking = member
        self._stream.write(bytes(frame))
        return len(frame)

    def flush(self) -> None:
        """Forget what has been heard and not read."""
        self._heard.clear()

    # For drivers.

    def enrol(self, member: Member) -> None:
        """Register a reader; DeviceError if there are too many, or its address is taken."""
        if self._members.setdefault(member.address, member) is not member:
            raise DeviceError(f"{self.endpoint}: another door has address {member.address}")
        if len(self._members) > MOST_READERS:
            del self._members[member.address]
            raise DeviceError(f"{self.endpoint}: more than {MOST_READERS} readers on one line")

    @asynccontextmanager
    async def joined(self, member: Member) -> AsyncIterator[None]:
        """Use the line for `member`; it is closed when the last one has left."""
        self.enrol(member)
        self._users += 1
        try:
            async with self._opening:
                await self._open()
                if member not in self._built:
                    await asyncio.sleep(GATHER_S)
                    self._build()
            yield
        finally:
            self._users -= 1
            self._leave(member)

    async def connect(self, member: Member) -> None:
        """Begin anew with a reader; returns when there is a secure channel.

        DeviceUnreachable says why there is none; not before `PARKED_S`, so limit the time.
        """
        if self._stream is None:
            raise DeviceUnreachable(f"the line {self.endpoint} is dead")
        self._begin(member)
        while member.status is Status.CONNECTING:
            member.stirred.clear()
            await member.stirred.wait()
        if not member.secure:
            code, words = member.fault
            raise DeviceUnreachable(words, code=code)

    def output(self, member: Member, number: int, *, on: bool, seconds: float = 0.0) -> asyncio.Future[bool]:
        """Switch an output for `seconds` (at most 25.5) or, with 0, for good; once, whatever comes of it."""
        code = (5 if on else 6) if seconds else (2 if on else 1)  # OSDP v2.2, table 16
        timer = max(1, min(255, round(seconds * 10))) if seconds else 0
        command = {"command": Command.Output, "output_no": number, "control_code": code, "timer_count": timer}
        return self._submit(member, Command.Output, command)

    def ask(self, member: Member, kind: Kind) -> None:
        """Ask for a status report, unless the reader has refused to give it."""
        if member.secure and member.able(kind):
            self._submit(member, kind, {"command": Command.Status, "type": _KINDS[kind]})

    def signal(self, member: Member, colour: str, *, seconds: float, beeps: int) -> None:
        """Show a colour for a while and beep, where the reader has a lamp and a buzzer."""
        colours = {"red": 1, "green": 2, "amber": 3}
        index = self._built.index(member) if member in self._built else None
        if index is None or not member.secure:
            return
        if self._has(index, Capability.LEDControl) and member.able("led"):
            lamp = {"command": Command.LED, "reader": 0, "led_number": 0, "temporary": True}
            lamp |= {"control_code": 2, "on_color": colours[colour], "off_color": 0, "on_count": 10}
            lamp |= {"off_count": 0, "timer_count": min(255, round(seconds * 10))}
            self._submit(member, "led", lamp)
        if beeps and self._has(index, Capability.AudibleControl) and member.able("buzzer"):
            buzz = {"command": Command.Buzzer, "reader": 0, "control_code": 2, "on_count": 1}
            self._submit(member, "buzzer", buzz | {"off_count": 1, "rep_count": beeps})

    # Inside.

    def _has(self, index: int, capability: int) -> bool:
        level, _ = self._panel.check_capability(index, capability)
        return bool(level)

    def _submit(self, member: Member, what: object, command: dict[str, Any]) -> asyncio.Future[bool]:
        outcome: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        outcome.add_done_callback(lambda done: done.cancelled() or done.exception())
        if not member.secure or not self._panel.submit_command(self._built.index(member), command):
            outcome.set_exception(DeviceUnreachable("the reader does not answer"))
            return outcome
        member.pending.append((what, outcome))
        self._soon()
        return outcome

    def _begin(self, member: Member) -> None:
        member.start(_now())
        self._soon()

    async def _open(self) -> None:
        if self._stream is None:
            self._heard.clear()
            self._stream = await open_stream(self.endpoint, self._hear, self._ended)
            self._soon()

    def _build(self) -> None:
        """Make a panel of all readers; those that are in use begin anew."""
        in_use = [each for each in self._built if each.status is not Status.OFF]
        for each in self._built:
            self._forget(each, "the line is set up anew")
        self._built = list(self._members.values())
        self._panel = osdp_sys.ControlPanel([self._info(each) for each in self._built])
        self._panel.set_event_callback(self._catch)
        self._panel.set_command_completion_callback(self._complete)
        for each in in_use:
            self._begin(each)

    def _info(self, member: Member) -> dict[str, Any]:
        flags = 0 if member.may_key else LibFlag.EnforceSecure
        who = {"name": f"reader-{member.address}", "address": member.address, "flags": flags}
        return {**who, "scbk": member.key.value, "channel": self}

    def _leave(self, member: Member) -> None:
        member.status, member.starting = Status.OFF, False
        member.news.clear()
        self._forget(member, "the driver has stopped")
        if self._users:
            return
        self._panel, self._built = None, []
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _hear(self, data: bytes) -> None:
        for frame in self._deframer.feed(data):
            speaker = self._members.get(frame.address)
            if frame.reply and speaker is not None and speaker is self._speaking:
                speaker.hear(frame)
                self._heard += frame.raw
        self._count_noise()
        del self._heard[:-MOST_BYTES]
        self._turn()

    def _ended(self) -> None:
        self._stream = None
        for member in self._built:
            if member.status in (Status.CONNECTING, Status.SECURE):
                member.lost_at_once = True
                self._lose(member, ("device-unreachable", f"the line {self.endpoint} was cut"))

    def _count_noise(self) -> None:
        noise, self._deframer.noise = self._deframer.noise, 0
        for _ in range(noise):
            if self._speaking is not None:
                self._speaking.malformed("bytes that are no OSDP frame")

    def _soon(self) -> None:
        if self._timer is None and self._stream is not None:
            self._timer = asyncio.get_running_loop().call_later(TICK_S, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._turn()
        self._soon()

    def _turn(self) -> None:
        """Let the panel do what it can do now, and see what has come of it."""
        if self._panel is None or self._stream is None or self._turning:
            return
        self._turning = True
        try:
            for _ in range(TURNS):
                self._panel.refresh()
            for _ in range(len(self._heard) // CHUNK):
                self._panel.refresh()
        finally:
            self._turning = False
        online, secure = self._panel.status(), self._panel.sc_status()
        for index, member in enumerate(self._built):
            self._follow(index, member, online=bool(online >> index & 1), secure=bool(secure >> index & 1))
        self._pass_on()

    def _follow(self, index: int, member: Member, *, online: bool, secure: bool) -> None:
        """Compare what the panel has with what is wanted of one reader."""
        enabled = self._panel.is_pd_enabled(index)
        if member.status in (Status.OFF, Status.LOST):
            if enabled:
                self._panel.disable_pd(index)
        elif member.starting:
            if enabled:
                self._panel.disable_pd(index)
            else:
                self._panel.enable_pd(index)
                member.started(_now())
        elif member.status is Status.CONNECTING:
            self._await_channel(index, member, online=online, secure=secure)
        elif not (online and secure):
            self._lose(member, _loss(member))

    def _await_channel(self, index: int, member: Member, *, online: bool, secure: bool) -> None:
        if online and secure:
            if member.may_key:
                member.keyed = member.handshake.keyed
                member.may_key = False
                self._panel.set_flag(index, LibFlag.EnforceSecure)
            member.status = Status.SECURE
            member.stirred.set()
        elif online or (member.answered and _now() - member.asked_at > PARKED_S):
            self._lose(member, member.handshake.fault())

    def _lose(self, member: Member, fault: tuple[str, str]) -> None:
        if member.status not in (Status.CONNECTING, Status.SECURE):
            return
        if not member.handshake.answered:
            fault = ("device-unreachable", fault[1])
        if fault[0] == "bad-protocol":
            member.malformed(fault[1])
        member.status, member.fault, member.starting = Status.LOST, fault, False
        self._forget(member, fault[1])
        member.stirred.set()

    def _forget(self, member: Member, why: str) -> None:
        """Have nothing go out later that was meant for now: libosdp keeps its queue over a lost session."""
        if self._panel is not None and member in self._built:
            self._panel.flush_commands(self._built.index(member))
        member.forget(why)

    def _catch(self, index: int, event: dict[str, Any]) -> int:
        self._caught.append((index, event))
        return 0

    def _pass_on(self) -> None:
        """Give the readers' drivers what came over a secure channel; the rest is nobody's word."""
        while self._caught:
            index, event = self._caught.pop(0)
            member = self._built[index]
            news = _news(event)
            if member.secure and news is not None:
                member.news.append(news)
                member.stirred.set()
            _let_go(event)

    def _complete(self, index: int, command: dict[str, Any], status: int) -> None:
        """Hear from the panel what became of a command; they end in the order in which they began."""
        member = self._built[index]
        if not member.pending:
            return
        what, outcome = member.pending.popleft()
        refused = status == CompletionStatus.Failed and member.handshake.refusal is not None
        if refused and what is not Command.Output:
            member.unable.add(what)
        if outcome.done():
            return
        if status == CompletionStatus.Ok:
            outcome.set_result(True)
        elif refused:
            outcome.set_exception(DeviceError("the reader refuses the command (NAK)", code="not-supported"))
        else:
            outcome.set_exception(DeviceUnreachable("the reader did not confirm", code="outcome-unknown"))


def shared_line(port: Port, endpoint: Endpoint) -> Line:
    """Return the line that all doors of this host at `endpoint` share; DeviceError if they disagree."""
    line = port.shared(endpoint.key, lambda: Line(endpoint))
    if line.endpoint != endpoint:
        raise DeviceError(f"another door uses {endpoint} with another baud rate")
    return line


def _now() -> float:
    """Return the loop's time: libosdp's own timeouts run by the machine's clock, too."""
    return asyncio.get_running_loop().time()


def _code(frame: bytes) -> int:
    """Return the command of a frame of ours; it is never encrypted."""
    block = frame[5] if frame[4] & 0x08 else 0
    return frame[5 + block]


def _loss(member: Member) -> tuple[str, str]:
    if member.handshake.refusal is not None:
        return "refused", f"the reader refused a command (NAK {member.handshake.refusal})"
    return "bad-protocol", "what the reader answers makes no sense"


def _news(event: dict[str, Any]) -> News | None:
    kind = event["event"]
    if kind == Event.Status:
        reported = next((each for each, code in _KINDS.items() if code == event["type"]), None)
        return Report(reported, event["report"]) if reported else None
    if kind == Event.CardRead and "length" in event:
        return CardRead(event["length"], event["data"])
    if kind == Event.KeyPress:
        return KeyPress(event["data"])
    return None


def _let_go(event: dict[str, Any]) -> None:
    """Give up the reference that the binding keeps to every event (`pyosdp_cp_event_cb` in its cp.c).

    Ours are two, the caller's and the parameter; the third is getrefcount's own. What is more is the leak.
    """
    event.clear()
    if sys.getrefcount(event) > 3:
        ctypes.pythonapi.Py_DecRef(ctypes.py_object(event))
