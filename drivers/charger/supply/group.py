"""The connectors of this host on one supply: together they are never allowed more than it has.

What counts is the most that each was allowed and has not confirmed to have given up: so others are lowered
first, and only what they have confirmed is given away.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final, Protocol

from contract.clock import Clock
from contract.errors import DeviceError, HemeiError, Refused
from drivers.charger.supply.shares import Draw, fits, shares

log = logging.getLogger(__name__)

BALANCE_S: Final = 2.0
STEP_W: Final = 100
"""Smaller changes are not worth a message."""

STUBBORN_S: Final = 15.0
"""A post that did not do as it was told is not told again for so long."""

NEVER: Final = float("-inf")

Keep = Callable[[int], Awaitable[None]]


class Member(Protocol):
    """A connector of the group."""

    @property
    def name(self) -> str:
        """`site/kind/device`."""
        ...

    @property
    def since(self) -> datetime:
        """When its charge began; far ahead if none has."""
        ...

    @property
    def power(self) -> float:
        """What it takes, as last measured, in W."""
        ...

    def draw(self) -> Draw | None:
        """Return what it may take, None if nothing."""
        ...

    def newcomer(self) -> Draw:
        """Return what it would be allowed if a charge began."""
        ...

    async def allot(self, power: int) -> None:
        """Have it take at most so much; HemeiError if it is not certain that it will."""
        ...

    async def shed(self) -> bool:
        """End its charge because the supply is overloaded; False if none is under way."""
        ...


class Group:
    """Members state the same limit, in W; `reserve` is what is kept back because meters show too much."""

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self.reserve = 0
        self._clock = clock
        self._members: dict[str, Member] = {}
        self._limits: dict[str, int] = {}
        self._rests_until: dict[str, float] = {}
        self._turn = asyncio.Lock()
        self._due = NEVER
        self._balancing: asyncio.Task[None] | None = None

    @property
    def limit(self) -> int:
        """The lowest that a member states: they should all say the same."""
        return min(self._limits.values())

    @property
    def charging(self) -> list[Member]:
        """Members that may take something, in the order in which they began."""
        return sorted((each for each in self._members.values() if each.draw()), key=lambda each: each.since)

    @property
    def held(self) -> int:
        """What all together may take now."""
        return sum(each.held for each in self._draws())

    def join(self, member: Member, limit: int) -> None:
        """Take a member in, once; DeviceError if it states another limit than the others."""
        self._members[member.name] = member
        self._limits[member.name] = limit
        odd = {name: stated for name, stated in self._limits.items() if stated != limit}
        if odd:
            told = ", ".join(f"{name} says {stated} W" for name, stated in sorted(odd.items()))
            raise DeviceError(
                f"supply_group {self.name!r}: supply_limit is {limit} W, but {told}", code="configuration"
            )

    def room_for(self, member: Member) -> bool:
        """Whether a charge could begin, if everybody else made way."""
        return fits(self._usable, self._draws(but=member), member.newcomer())

    async def admit(self, member: Member, keep: Keep) -> int:
        """Let a charge begin; return what it may take, in W, written down by `keep` before others are served.

        It begins with no more than an equal part, so that all may begin at once, and is raised when it has.
        Refused `no-supply` if there is nothing left for it.
        """
        async with self._turn:
            others, newcomer = self._draws(but=member), self._modest(member.newcomer())
            if not fits(self._usable, others, newcomer):
                raise Refused(f"the supply of {self.name} has nothing left", code="no-supply")
            target = shares(self._usable, [*others, newcomer._replace(held=newcomer.most)])
            await self._lower(target)
            free = self._usable - sum(each.held for each in self._draws(but=member))
            if free < (newcomer.most if newcomer.fixed else newcomer.least):
                raise Refused(f"the others on the supply of {self.name} did not make way", code="no-supply")
            power = min(target[newcomer.name], free)
            await keep(power)
            return power

    def tend(self) -> None:
        """Share anew now and then; called by every member, again and again."""
        now = self._clock.monotonic()
        if now >= self._due and (self._balancing is None or self._balancing.done()):
            self._due = now + BALANCE_S
            self._balancing = asyncio.create_task(self._balance())

    def hurry(self) -> None:
        """Share anew at the next occasion."""
        self._due = NEVER

    @property
    def _usable(self) -> int:
        return max(0, self.limit - self.reserve)

    def _draws(self, but: Member | None = None) -> list[Draw]:
        now = self._clock.monotonic()
        found = [each.draw() for each in self.charging if each is not but]
        return [
            each._replace(fixed=each.fixed or now < self._rests_until.get(each.name, NEVER))
            for each in found
            if each is not None
        ]

    def _modest(self, newcomer: Draw) -> Draw:
        if newcomer.fixed:
            return newcomer
        part = max(newcomer.least, self._usable // len(self._members))
        return newcomer._replace(most=min(newcomer.most, part))

    async def _balance(self) -> None:
        async with self._turn:
            target = shares(self._usable, self._draws())
            gains = any(target[each.name] >= each.held + STEP_W for each in self._draws())
            if gains or self.held > self._usable:
                await self._lower(target)
            for each in self._draws():
                power = min(target.get(each.name, 0), each.held + self._usable - self.held)
                if not each.fixed and power >= max(each.least, each.held + STEP_W):
                    await self._allot(each.name, power)

    async def _lower(self, target: Mapping[str, int]) -> None:
        draws = self._draws()
        lowered = [each for each in draws if not each.fixed and target.get(each.name, each.held) < each.held]
        await asyncio.gather(*(self._allot(each.name, target[each.name]) for each in lowered))

    async def _allot(self, name: str, power: int) -> None:
        try:
            await self._members[name].allot(power)
        except HemeiError as refused:
            self._rests_until[name] = self._clock.monotonic() + STUBBORN_S
            log.warning("%s: is not certain to take %d W at most: %s", name, power, refused)
