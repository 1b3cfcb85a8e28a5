"""How a connector is, as its post last said: known only as long as the post is there."""

from dataclasses import dataclass, field
from typing import Final

from drivers.charger.link import Link, Reading, Status
from drivers.charger.words import CHARGES, ConnectorState, Fault

NEVER: Final = float("-inf")

FLOWS_W: Final = 50.0
"""Above this a vehicle takes power: less is what a meter shows of nothing."""


@dataclass(slots=True, kw_only=True)
class Measured:
    """What was last measured, None where the post did not say; `at` in seconds of a monotonic clock."""

    at: float = NEVER
    power: float | None = None
    current: float | None = None
    voltage: float | None = None
    temperature: float | None = None
    soc: float | None = None
    meter: int | None = None

    @property
    def flows(self) -> bool | None:
        """Whether power flows, None: unknown."""
        return None if self.power is None else self.power >= FLOWS_W

    def take(self, reading: Reading, now: float) -> None:
        """Take what a reading says; what it does not say stays."""
        self.at = now
        for name in ("power", "current", "voltage", "temperature", "soc", "meter"):
            value = getattr(reading, name)
            if value is not None:
                setattr(self, name, value)

    def fade(self) -> None:
        """Take that what was measured is too long ago; the meter's total cannot have fallen since."""
        self.power = self.current = self.voltage = self.temperature = self.soc = None

    def rest(self) -> None:
        """Take that a charge is over: what flowed flows no more, until the post says so again."""
        self.power = 0.0
        self.current = 0.0 if self.current is not None else None
        self.soc = None


@dataclass(slots=True, kw_only=True)
class Seen:
    """`link` is there while the post is; `gone` says why it is not. `state` None: the post has not said."""

    link: Link | None = None
    gone: str = "the post has not connected"
    product: str | None = None
    state: ConnectorState | None = None
    plugged: bool | None = None
    fault: Fault | None = None
    measured: Measured = field(default_factory=Measured)

    @property
    def may_charge(self) -> bool:
        """Whether a charge may be under way: a post that is not there may be charging."""
        return self.state is None or self.state in CHARGES

    def take(self, status: Status) -> None:
        """Take what the post says of the connector."""
        if self.state in CHARGES and status.state not in CHARGES:
            self.measured.rest()
        self.state, self.fault = status.state, status.fault
        if status.plugged is not None or status.state is ConnectorState.AVAILABLE:
            self.plugged = bool(status.plugged)
        elif status.state in CHARGES or status.state is ConnectorState.FINISHING:
            self.plugged = True

    def age(self, now: float, fresh_s: float) -> None:
        """Take that a charging post which sends no readings any more is not how it was."""
        if self.state in CHARGES and now - self.measured.at > fresh_s:
            self.measured.fade()

    def began(self) -> None:
        """Take that a charge began just now, whatever was the state before."""
        if self.state not in CHARGES:
            self.state = ConnectorState.CHARGING
        self.plugged = True

    def ended(self) -> None:
        """Take that the charge ended just now."""
        if self.state in CHARGES:
            away = self.plugged is False
            self.state = ConnectorState.AVAILABLE if away else ConnectorState.FINISHING
        self.measured.rest()

    def lost(self, why: str) -> None:
        """Take that the post is gone: nothing is known of the connector."""
        self.link, self.gone = None, why
        self.state = self.plugged = self.fault = None
        self.measured = Measured()
