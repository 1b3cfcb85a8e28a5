"""Believes the meters more than what was allowed: a supply that is overloaded all the same is relieved."""

from math import ceil
from typing import Final

from contract.clock import Clock
from drivers.charger.safety.lasting import Lasting
from drivers.charger.supply.group import Group

TOO_MUCH_S: Final = 5.0

ACTS_S: Final = 15.0
"""What was done about it shows on the meters by then."""

WARY_S: Final = 900.0
"""How long a supply whose posts took more than they might is used a little less."""


class Overload:
    """Watches one group, whichever of its members asks."""

    def __init__(self, group: Group, clock: Clock) -> None:
        self._group = group
        self._clock = clock
        self._too_much = Lasting()
        self._act_at = self._wary_until = float("-inf")

    async def look(self) -> None:
        """Lower everybody if too much is taken for long, then end the newest charge."""
        group, now = self._group, self._clock.monotonic()
        if now >= self._wary_until:
            group.reserve = 0
        excess = sum(each.power for each in group.charging) - group.limit
        too_much = self._too_much.so_for(excess > 0 or group.held > group.limit, TOO_MUCH_S, now)
        if too_much and now >= self._act_at:
            self._act_at = now + ACTS_S
            await self._relieve(ceil(max(0.0, excess)), now)

    async def _relieve(self, excess: int, now: float) -> None:
        group = self._group
        yielding = [each for each in group.charging if (draw := each.draw()) and not draw.fixed]
        if excess and yielding and now >= self._wary_until:
            group.reserve, self._wary_until = excess, now + WARY_S
            group.hurry()
            return
        for newest in reversed(group.charging):
            if await newest.shed():
                return
