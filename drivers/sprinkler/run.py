"""One watering, from its cause to its end; and how it is kept across a restart. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

import msgspec
from msgspec import Struct

from contract.clock import epoch_ms
from contract.errors import DeviceError
from contract.messages import Scalar
from drivers.sprinkler.words import Cause

FIRE_LONGEST_S: Final = 4 * 3600.0
"""A fire watering ends by itself after so long; nobody may have said that the fire is out."""


class _Kept(Struct, frozen=True, kw_only=True):
    cause: Cause
    until_ms: int
    began_ms: int
    opened: bool
    target: float | None = None


_kept: Final = msgspec.json.Decoder(_Kept)


@dataclass(slots=True, kw_only=True)
class Run:
    """A watering for `cause` until `until`, in seconds of a clock that never goes back.

    `target`: soil moisture in % at which it ends. `sent`: the valve was told to open, which happens once.
    `opened`: it was seen open. `ending`: why it ends, once it does. `failure`: what the board said to that.
    """

    cause: Cause
    began: float
    until: float
    target: float | None = None
    litres: float = 0.0
    sent: bool = False
    opened: bool = False
    ending: str | None = None
    failure: DeviceError | None = None
    rearm_at: float = float("inf")

    def remaining_s(self, now: float) -> float:
        """Seconds until it ends."""
        return 0.0 if self.ending else max(0.0, self.until - now)

    def kept(self, now: float, wall: datetime) -> str:
        """Return it as a fact to remember; the times are those of the wall clock."""
        wall_ms = epoch_ms(wall)
        return msgspec.json.encode(
            _Kept(
                cause=self.cause,
                until_ms=wall_ms + round((self.until - now) * 1000),
                began_ms=wall_ms - round((now - self.began) * 1000),
                opened=self.opened,
                target=self.target,
            )
        ).decode()

    @classmethod
    def recalled(cls, fact: Scalar, now: float, wall: datetime, *, longest_s: float) -> Self | None:
        """Return the watering that was under way, None if none was. A wrong clock makes it no longer."""
        if not isinstance(fact, str):
            return None
        try:
            kept = _kept.decode(fact)
        except msgspec.MsgspecError:
            return None
        wall_ms = epoch_ms(wall)
        longest_s = FIRE_LONGEST_S if kept.cause is Cause.FIRE else longest_s
        remaining_s = min(longest_s, max(0.0, (kept.until_ms - wall_ms) / 1000))
        ago_s = max(0.0, (wall_ms - kept.began_ms) / 1000)
        return cls(
            cause=kept.cause,
            began=now - ago_s,
            until=now + remaining_s,
            target=kept.target,
            sent=True,
            opened=kept.opened,
        )
