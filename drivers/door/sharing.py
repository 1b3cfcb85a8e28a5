"""A line that doors share: who is on it, and how far each reader is with the panel."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from contract.errors import DeviceError, DeviceUnreachable
from drivers.door.channel import Channel
from drivers.door.line import MOST_READERS, Link, Panel
from drivers.door.member import Member, Status
from drivers.door.wire import Endpoint
from drivers.runtime.interface import Port

TICK_S: Final = 0.02
"""How often the panel is turned while nothing comes; polls are due every 50 ms."""

GATHER_S: Final = 0.1
"""The doors of a host start together: so long the first waits for the others, to build the panel once."""

PARKED_S: Final = 1.2
"""A reader that is asked for nothing for so long has been given up: polls come every 50 ms."""


class SharedLine:
    """One line, shared by all readers on it; open from the first that joins to the last that leaves."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._members: dict[int, Member] = {}
        self._channel = Channel(
            endpoint, self._members, heard=self._turn, lost=self._lose, ended=self._lose_all
        )
        self._panel: Panel | None = None
        self._opening = asyncio.Lock()
        self._users = 0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def panel(self) -> Panel:
        """The panel, to tell the readers something; DeviceUnreachable while there is none."""
        if self._panel is None:
            raise DeviceUnreachable(f"the line {self.endpoint} is not in use")
        return self._panel

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
                await self._channel.open()
                self._soon()
                if self._panel is None or not self._panel.knows(member):
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
        if not self._channel.is_open:
            raise DeviceUnreachable(f"the line {self.endpoint} is dead")
        member.start(_now())
        while member.status is Status.CONNECTING:
            member.stirred.clear()
            await member.stirred.wait()
        if not member.secure:
            code, words = member.fault
            raise DeviceUnreachable(words, code=code)

    def _build(self) -> None:
        """Make a panel of all readers; those that are in use begin anew."""
        for each in self._members.values():
            self._forget(each, "the line is set up anew")
        former, self._panel = self._panel, Panel(self._channel, list(self._members.values()))
        for each in self._members.values():
            if former is not None and former.knows(each) and each.status is not Status.OFF:
                each.start(_now())

    def _leave(self, member: Member) -> None:
        member.leave()
        self._forget(member, "the driver has stopped")
        if self._users:
            return
        self._panel = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._channel.close()

    def _soon(self) -> None:
        if self._timer is None and self._channel.is_open:
            self._timer = asyncio.get_running_loop().call_later(TICK_S, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._turn()
        self._soon()

    def _turn(self) -> None:
        """Let the panel do what it can do now, and see what has come of it."""
        if self._panel is None or not self._channel.is_open:
            return
        self._panel.turn()
        for member, link in self._panel.links():
            self._follow(self._panel, member, link)
        self._panel.pass_on()

    def _follow(self, panel: Panel, member: Member, link: Link) -> None:
        """Compare what the panel has with what is wanted of one reader."""
        if member.status in (Status.OFF, Status.LOST):
            if link.enabled:
                panel.disable(member)
        elif member.starting:
            if link.enabled:
                panel.disable(member)
            else:
                panel.enable(member)
                member.started(_now())
        elif member.status is Status.CONNECTING:
            self._await_channel(panel, member, link)
        elif not link.secure:
            self._lose(member, _loss(member))

    def _await_channel(self, panel: Panel, member: Member, link: Link) -> None:
        if link.secure:
            if member.may_key:
                member.keyed = member.handshake.keyed
                member.may_key = False
                panel.enforce(member)
            member.status = Status.SECURE
            member.stirred.set()
        elif link.online or (member.answered and _now() - member.asked_at > PARKED_S):
            self._lose(member, member.handshake.fault())

    def _lose(self, member: Member, fault: tuple[str, str]) -> None:
        if member.lose(fault):
            self._forget(member, fault[1])

    def _lose_all(self) -> None:
        for member in self._members.values():
            if member.in_use:
                member.lost_at_once = True
                self._lose(member, ("device-unreachable", f"the line {self.endpoint} was cut"))

    def _forget(self, member: Member, why: str) -> None:
        """Have nothing go out later that was meant for now."""
        if self._panel is not None:
            self._panel.flush(member)
        member.forget(why)


def shared_line(port: Port, endpoint: Endpoint) -> SharedLine:
    """Return the line that all doors of this host at `endpoint` share; DeviceError if they disagree."""
    line = port.shared(endpoint.key, lambda: SharedLine(endpoint))
    if line.endpoint != endpoint:
        raise DeviceError(f"another door uses {endpoint} with another baud rate")
    return line


def _now() -> float:
    """Return the loop's time: libosdp's own timeouts run by the machine's clock, too."""
    return asyncio.get_running_loop().time()


def _loss(member: Member) -> tuple[str, str]:
    if member.handshake.refusal is not None:
        return "refused", f"the reader refused a command (NAK {member.handshake.refusal})"
    return "bad-protocol", "what the reader answers makes no sense"
