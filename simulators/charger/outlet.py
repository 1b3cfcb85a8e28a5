"""A connector as its post's electronics keep it: the charge, what has tripped, what is counted."""

from dataclasses import dataclass, field
from enum import Enum, auto

from simulators.charger.connector import Connector

TRIPS_C = 85.0
COOL_C = 60.0
TRIPS_CURRENT = 1.2  # of the most current
TRIPS_S = 30.0  # of too much current; whoever reads the meter has time to act first
WELDED_W = 10.0  # that flow through an open contactor


class Why(Enum):
    """Why a charge ended."""

    FULL = auto()
    REMOTE = auto()
    BUTTON = auto()
    CARD = auto()
    TIME = auto()
    ENERGY = auto()
    UNPLUGGED = auto()
    OVER_CURRENT = auto()
    OVER_TEMPERATURE = auto()
    GROUND = auto()
    SMOKE = auto()
    FLOOD = auto()
    POWER_LOSS = auto()
    SOFT_RESET = auto()
    HARD_RESET = auto()
    REVOKED = auto()
    """Whoever began it may not charge."""
    UNLOCKED = auto()
    """Told to free the plug."""


class Trip(Enum):
    """What the post's own protection found; it forbids every charge."""

    NONE = auto()
    GROUND = auto()
    OVER_CURRENT = auto()
    OVER_TEMPERATURE = auto()
    WELDED = auto()
    """Current flows though the contactor is told to be open."""


ENDS = {
    Trip.GROUND: Why.GROUND,
    Trip.OVER_CURRENT: Why.OVER_CURRENT,
    Trip.OVER_TEMPERATURE: Why.OVER_TEMPERATURE,
}


@dataclass(slots=True, kw_only=True)
class Charge:
    """One charge. `order` is what the post was told; `began_s` by the clock, `elapsed_s` since then.

    `seconds` and `energy` (Wh) are the most it may take, None: no end.
    """

    transaction: str
    order: str
    began_s: float
    meter: int
    energy_wh: float
    """What the connector had really given when it began."""
    seconds: float | None = None
    energy: float | None = None
    elapsed_s: float = 0.0


@dataclass(slots=True, kw_only=True)
class Outlet:
    """One connector, by its number from 1, with its charge."""

    number: int
    connector: Connector
    charge: Charge | None = None
    trip: Trip = Trip.NONE
    ground_failure: bool = False
    starts: int = 0
    """Charges begun."""
    stops: int = 0
    """Charges ended."""
    refused: int = 0
    """Starts that the post said no to."""
    last: Why | None = None
    """Why the last charge ended."""
    transactions: list[str] = field(default_factory=list)
    _too_much_s: float = 0.0

    @property
    def given_wh(self) -> float:
        """What the charge really got so far."""
        return 0.0 if self.charge is None else self.connector.energy_wh - self.charge.energy_wh

    def begin(self, transaction: str, order: str, now_s: float) -> Charge:
        """Close the contactor for a new charge."""
        connector = self.connector
        self.charge = Charge(
            transaction=transaction,
            order=order,
            began_s=now_s,
            meter=connector.meter,
            energy_wh=connector.energy_wh,
        )
        connector.closed = True
        self.starts += 1
        self.transactions.append(transaction)
        return self.charge

    def rename(self, charge: Charge, transaction: str) -> None:
        """Take the name that the other side gave a charge which began without one."""
        self.transactions[self.transactions.index(charge.transaction)] = transaction
        charge.transaction = transaction

    def end(self, why: Why) -> Charge | None:
        """Open the contactor; returns the charge that ended."""
        ended, self.charge = self.charge, None
        self.connector.closed = False
        self.connector.limit = None
        if ended is not None:
            self.stops += 1
            self.last = why
        return ended

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass: iron first, then the protection."""
        self.connector.step(dt_s)
        if self.charge is not None:
            self.charge.elapsed_s += dt_s
        self._protect(dt_s)

    def reason_to_end(self, *, ends_when_full: bool) -> Why | None:
        """Say why the charge that runs must end now, None if it need not."""
        charge, connector = self.charge, self.connector
        if charge is None:
            return None
        if self.trip in ENDS:
            return ENDS[self.trip]
        if connector.vehicle is None:
            return Why.UNPLUGGED
        if charge.seconds is not None and charge.elapsed_s >= charge.seconds:
            return Why.TIME
        if charge.energy is not None and self.given_wh >= charge.energy:
            return Why.ENERGY
        return Why.FULL if ends_when_full and connector.vehicle.full else None

    def _protect(self, dt_s: float) -> None:
        connector = self.connector
        too_much = connector.power > TRIPS_CURRENT * connector.max_power
        self._too_much_s = self._too_much_s + dt_s if too_much else 0.0
        if self.ground_failure:
            self.trip = Trip.GROUND
        elif self._too_much_s >= TRIPS_S:
            self.trip = Trip.OVER_CURRENT
        elif connector.temperature >= TRIPS_C:
            self.trip = Trip.OVER_TEMPERATURE
        elif not connector.closed and connector.stuck and connector.power > WELDED_W:
            self.trip = Trip.WELDED
        elif self.trip is not Trip.NONE and self._clears():
            self.trip = Trip.NONE

    def _clears(self) -> bool:
        """Whether what tripped is over: repaired, and cool again."""
        connector = self.connector
        wrong = connector.over_current or connector.stuck or self.ground_failure
        return not wrong and connector.temperature < COOL_C
