"""What an OCPP post keeps of each connector besides the charge itself."""

from dataclasses import dataclass, field

from simulators.charger.connector import Connector
from simulators.charger.ocpp.profiles import Profile
from simulators.charger.outlet import Outlet, Trip


@dataclass(slots=True, kw_only=True)
class Wish:
    """Somebody may charge here, as soon as a vehicle is plugged in, for `left_s` more.

    `remote_id` is the number that 2.0.1 gives a request from afar.
    """

    order: str
    left_s: float
    remote_id: int | None = None
    profile: Profile | None = None
    kind: str = "Central"
    """What kind of token 2.0.1 calls the order."""


@dataclass(slots=True, kw_only=True)
class Bay:
    """One connector. `told…` is what the other side knows: status, what tripped, how the charge goes."""

    outlet: Outlet
    operative: bool = True
    operative_next: bool | None = None
    """What it becomes when the charge is over."""
    wish: Wish | None = None
    profiles: list[Profile] = field(default_factory=list)
    told: object = None
    told_trip: Trip = Trip.NONE
    told_charging: str = ""
    finishing: bool = False
    """A charge is over, the vehicle still plugged in."""
    unread_s: float = 0.0
    aligned: int = 0
    sequence: int = 0

    @property
    def connector(self) -> Connector:
        """Plug, contactor and meter."""
        return self.outlet.connector

    @property
    def charging(self) -> str:
        """How the charge goes, in a word that both versions have."""
        vehicle, offered = self.connector.vehicle, self.connector.offered
        if vehicle is None or vehicle.full:
            return "SuspendedEV"
        return "SuspendedEVSE" if offered <= 0 or offered < vehicle.least_power else "Charging"

    @property
    def idle(self) -> bool:
        """Whether nothing runs or is about to."""
        return self.outlet.charge is None and self.wish is None

    def charge_begins(self, wish: Wish) -> None:
        """Make place for a charge."""
        self.wish, self.finishing, self.unread_s, self.aligned, self.sequence = None, False, 0.0, 0, 0
        if wish.profile is not None:
            self.profiles.append(wish.profile)

    def set_operative(self, operative: bool) -> bool:
        """Take it in or out of service; False if that waits for the end of a charge."""
        if self.outlet.charge is not None:
            self.operative_next = operative
            return False
        self.operative, self.operative_next = operative, None
        return True

    def charge_over(self) -> None:
        """Clear what was of the charge alone."""
        self.profiles = [each for each in self.profiles if each.purpose != "TxProfile"]
        self.finishing = self.connector.plugged
        self.told_charging = ""
        if self.operative_next is not None:
            self.set_operative(self.operative_next)
