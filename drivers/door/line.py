"""The control panel of an OSDP line, for all readers on it. The only file that knows libosdp.

libosdp has no thread here: its panel is a state machine that is turned by the event loop, when bytes have
come and every few milliseconds, and never waits. What its sources (3.2.9) say and its documentation does not:

- A reader with which anything goes wrong, be it one wrong check, is left alone for 300 s. Disabling and
  enabling it begins anew at once.
- An unanswered command is said again after a second, nine times in all. `OUT` must never be said twice:
  the channel refuses to send it, upon which the reader is given up.
- What is queued for a reader outlives its session; `flush` empties the queue, or an "open" might come late.
- The dict of every event is kept for ever by the binding; `_let_go` mends that.
- With more than 32 readers its status would be written behind a variable of 32 bits.
"""

import asyncio
import ctypes
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

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
from drivers.door.channel import Channel
from drivers.door.member import CardRead, KeyPress, Kind, Member, News, Report

TURNS: Final = 3
"""Steps from an answer to the next command: done, choose, send."""

MOST_READERS: Final = 32

_KINDS: Final = {
    Kind.INPUTS: StatusReportType.Input,
    Kind.OUTPUTS: StatusReportType.Output,
    Kind.LOCAL: StatusReportType.Local,
}

_CONTROL: Final = {(False, False): 1, (True, False): 2, (True, True): 5, (False, True): 6}
"""By on and timed: the control code of an output; 1 and 2 also end a timer (OSDP v2.2, table 16)."""

_COLOURS: Final = {"red": 1, "green": 2, "amber": 3}

osdp_sys.set_loglevel(LogLevel.Emergency)  # it writes to standard output, and says nothing that we do not


class Link(NamedTuple):
    """How the panel stands with one reader; `secure`: online, and by secure channel."""

    enabled: bool
    online: bool
    secure: bool


class Panel:
    """One panel. Which readers it has is fixed when it is made; all are disabled until `enable`."""

    def __init__(self, channel: Channel, members: Sequence[Member]) -> None:
        self._channel = channel
        self._members = members
        self._caught: list[tuple[int, dict[str, Any]]] = []
        self._osdp = osdp_sys.ControlPanel([self._info(each) for each in members])
        self._osdp.set_event_callback(self._catch)
        self._osdp.set_command_completion_callback(self._complete)

    def knows(self, member: Member) -> bool:
        """Whether the reader is one of this panel's."""
        return member in self._members

    # What the readers' drivers ask for.

    def output(self, member: Member, number: int, *, on: bool, seconds: float = 0.0) -> asyncio.Future[bool]:
        """Switch an output for `seconds` (at most 25.5) or, with 0, for good; once, whatever comes of it."""
        timer = max(1, min(255, round(seconds * 10))) if seconds else 0
        command = {"command": Command.Output, "output_no": number, "timer_count": timer}
        command["control_code"] = _CONTROL[on, timer > 0]
        return self._submit(member, Command.Output, command)

    def ask(self, member: Member, kind: Kind) -> None:
        """Ask for a status report, unless the reader has refused to give it."""
        if member.secure and member.able(kind):
            self._submit(member, kind, {"command": Command.Status, "type": _KINDS[kind]})

    def signal(self, member: Member, colour: str, *, seconds: float, beeps: int) -> None:
        """Show a colour for a while and beep, where the reader has a lamp and a buzzer."""
        if not member.secure:
            return
        if self._has(member, Capability.LEDControl) and member.able("led"):
            lamp = {"command": Command.LED, "reader": 0, "led_number": 0, "temporary": True}
            lamp |= {"control_code": 2, "on_color": _COLOURS[colour], "off_color": 0, "on_count": 10}
            lamp |= {"off_count": 0, "timer_count": min(255, round(seconds * 10))}
            self._submit(member, "led", lamp)
        if beeps and self._has(member, Capability.AudibleControl) and member.able("buzzer"):
            buzz = {"command": Command.Buzzer, "reader": 0, "control_code": 2, "on_count": 1}
            self._submit(member, "buzzer", buzz | {"off_count": 1, "rep_count": beeps})

    # What the line does with it.

    def turn(self) -> None:
        """Do what can be done now."""
        for _ in range(TURNS + self._channel.chunks):
            self._osdp.refresh()

    def links(self) -> Iterator[tuple[Member, Link]]:
        """Yield how it stands with each reader."""
        online, secure = self._osdp.status(), self._osdp.sc_status()
        for index, member in enumerate(self._members):
            is_online = bool(online >> index & 1)
            enabled = self._osdp.is_pd_enabled(index)
            yield member, Link(enabled, is_online, is_online and bool(secure >> index & 1))

    def enable(self, member: Member) -> None:
        """Begin anew with a reader."""
        self._osdp.enable_pd(self._index(member))

    def disable(self, member: Member) -> None:
        """Leave a reader alone."""
        self._osdp.disable_pd(self._index(member))

    def enforce(self, member: Member) -> None:
        """Take the site's key only, from now on."""
        self._osdp.set_flag(self._index(member), LibFlag.EnforceSecure)

    def flush(self, member: Member) -> None:
        """Throw away what is queued for a reader: libosdp keeps it over a lost session."""
        if self.knows(member):
            self._osdp.flush_commands(self._index(member))

    def pass_on(self) -> None:
        """Give the readers' drivers what came over a secure channel; the rest is nobody's word."""
        while self._caught:
            index, event = self._caught.pop(0)
            member = self._members[index]
            news = _news(event)
            if member.secure and news is not None:
                member.news.append(news)
                member.stirred.set()
            _let_go(event)

    # Inside.

    def _index(self, member: Member) -> int:
        return self._members.index(member)

    def _has(self, member: Member, capability: int) -> bool:
        level, _ = self._osdp.check_capability(self._index(member), capability)
        return bool(level)

    def _info(self, member: Member) -> dict[str, Any]:
        flags = 0 if member.may_key else LibFlag.EnforceSecure
        who = {"name": f"reader-{member.address}", "address": member.address, "flags": flags}
        return {**who, "scbk": member.key.value, "channel": self._channel}

    def _submit(self, member: Member, what: object, command: dict[str, Any]) -> asyncio.Future[bool]:
        outcome: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        outcome.add_done_callback(lambda done: done.cancelled() or done.exception())
        if member.secure and self._osdp.submit_command(self._index(member), command):
            member.pending.append((what, outcome))
        else:
            outcome.set_exception(DeviceUnreachable("the reader does not answer"))
        return outcome

    def _catch(self, index: int, event: dict[str, Any]) -> int:
        self._caught.append((index, event))
        return 0

    def _complete(self, index: int, command: dict[str, Any], status: int) -> None:
        """Hear from the panel what became of a command; they end in the order in which they began."""
        member = self._members[index]
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
