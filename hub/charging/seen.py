"""A connector as its shadow shows it, and what may be done with it. Pure."""

from typing import Final, Protocol

from msgspec import Struct

from contract.charging import CHARGER_KIND
from contract.messages import AvailabilityStatus
from contract.topics import Address
from hub.charging.refusals import ConnectorRefused
from hub.charging.view import Status
from hub.shadows.shadow import Connectivity, Shadow

CHARGES: Final = frozenset({"charging", "suspended-ev", "suspended-evse"})
"""States in which a charge is under way: OCPP 1.6's words, in lower case."""

TAKEN: Final = CHARGES | {"reserved"}
PLUGGED: Final = frozenset({"preparing", "finishing"})
DANGERS: Final = frozenset({"smoke", "heat", "flood", "over-current", "fault"})


class Known(Protocol):
    """The shadows."""

    def get(self, address: Address) -> Shadow | None:
        """Return the shadow of a device, if it was ever heard of."""
        ...


class Seen(Struct, frozen=True, kw_only=True):
    """What a connector last showed. Not `ready`: nothing is known of how it is now. `power` in W, `soc` in %.

    `order` is what the post calls the order of its charge, empty where it has none; `at_ms` is the time of
    `energy_wh`, by the driver host's clock.
    """

    ready: bool = False
    state: str = ""
    plugged: bool | None = None
    order: str = ""
    power: float | None = None
    soc: float | None = None
    energy_wh: int | None = None
    at_ms: int = 0
    vehicle: str = ""
    max_power: int | None = None
    lockout: str = "none"
    fault: str = "none"
    power_cut: bool = False

    @property
    def charges(self) -> bool:
        """Whether a charge is under way."""
        return self.state in CHARGES

    def shows(self, shown_as: str) -> bool:
        """Whether the connector is busy with this order; one of nobody may have no name."""
        return self.order == shown_as and (bool(shown_as) or self.charges)


def seen(shadow: Shadow | None) -> Seen:
    """Read a shadow; what its values are of the wrong type, it does not know."""
    if shadow is None:
        return Seen()

    def text(name: str) -> str | None:
        reading = shadow.readings.get(name)
        return reading.value if reading is not None and isinstance(reading.value, str) else None

    def number(name: str) -> float | None:
        reading = shadow.readings.get(name)
        value = reading.value if reading is not None else None
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def flag(name: str) -> bool | None:
        reading = shadow.readings.get(name)
        return reading.value if reading is not None and isinstance(reading.value, bool) else None

    return Seen(
        ready=_ready(shadow),
        state=text("state") or "",
        plugged=flag("plugged"),
        order=text("order") or "",
        power=number("power"),
        soc=number("soc"),
        energy_wh=_whole(number("energy")),
        at_ms=shadow.readings["energy"].ts_ms if "energy" in shadow.readings else 0,
        vehicle=text("vehicle") or "",
        max_power=_whole(number("max-power")),
        lockout=text("lockout") or "none",
        fault=text("fault") or "none",
        power_cut=flag("power-cut") or False,
    )


def status(now: Seen, *, taken: bool, alarm: bool) -> Status:
    """Say how a connector is for who stands before it.

    `taken`: an order is open there. `alarm`: one is open that cuts its power.
    """
    answers: tuple[tuple[bool, Status], ...] = (
        (not now.ready, "offline"),
        (alarm or now.power_cut or now.lockout == "power-cut", "power-cut"),
        (taken or now.state in TAKEN, "busy"),
        (now.state == "faulted" or now.fault != "none" or now.lockout in DANGERS, "faulted"),
        (now.state == "unavailable" or now.lockout == "out-of-service", "out-of-service"),
        (now.lockout == "supply", "no-supply"),
        (bool(now.plugged) or now.state in PLUGGED, "plugged"),
    )
    return next((answer for true, answer in answers if true), "free")


_REFUSED: Final[dict[Status, tuple[str, str]]] = {
    "offline": ("connector-offline", "the post is not heard of"),
    "power-cut": ("power-cut", "the power of this connector is cut off"),
    "busy": ("connector-busy", "somebody charges here"),
    "faulted": ("connector-faulted", "the connector is out of order"),
    "out-of-service": ("out-of-service", "the connector is out of service"),
    "no-supply": ("no-supply", "the supply has nothing left just now"),
}


def check_usable(now: Seen, *, alarm: bool) -> None:
    """Raise why a charge cannot begin here now: ConnectorRefused."""
    if alarm and now.ready:
        raise ConnectorRefused("an alarm is open that cuts the power of this connector", code="alarm")
    refused = _REFUSED.get(status(now, taken=False, alarm=False))
    if refused is not None:
        code, detail = refused
        raise ConnectorRefused(detail, code=code)


def is_connector(address: Address) -> bool:
    """Whether a thing is one connector of a charger."""
    return address.kind == CHARGER_KIND


def _ready(shadow: Shadow) -> bool:
    state = shadow.readings.get("state")
    return (
        shadow.connectivity is Connectivity.ONLINE
        and shadow.availability is not None
        and shadow.availability.status is AvailabilityStatus.READY
        and state is not None
        and not state.stale
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else max(0, round(value))
