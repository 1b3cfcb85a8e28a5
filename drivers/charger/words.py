"""The words of a connector: how it is, what is wrong with it, why a charge ended, what is reported."""

from enum import StrEnum
from typing import Final


class ConnectorState(StrEnum):
    """The property `state`: the words of OCPP 1.6 (§7.7), which the other protocols' states are put into."""

    AVAILABLE = "available"
    PREPARING = "preparing"
    """Plugged in, or told to start; no charge yet."""
    CHARGING = "charging"
    SUSPENDED_EV = "suspended-ev"
    """The vehicle takes nothing, mostly because it is full."""
    SUSPENDED_EVSE = "suspended-evse"
    """The post gives nothing for now, mostly because the supply is used up."""
    FINISHING = "finishing"
    """The charge is over, the cable still in."""
    RESERVED = "reserved"
    UNAVAILABLE = "unavailable"
    FAULTED = "faulted"


CHARGES: Final = frozenset(
    {ConnectorState.CHARGING, ConnectorState.SUSPENDED_EV, ConnectorState.SUSPENDED_EVSE}
)
"""States in which a charge is under way."""


class Fault(StrEnum):
    """The property `fault`: what the post says is broken."""

    NONE = "none"
    CONNECTOR_LOCK = "connector-lock"
    GROUND = "ground-failure"
    OVER_TEMPERATURE = "over-temperature"
    OVER_CURRENT = "over-current"
    OVER_VOLTAGE = "over-voltage"
    UNDER_VOLTAGE = "under-voltage"
    METER = "meter"
    POWER_SWITCH = "power-switch"
    """The relay does not switch: a charge may not be stopped by it."""
    CARD_READER = "card-reader"
    VEHICLE = "vehicle"
    FUSE = "fuse"
    INTERNAL = "internal"
    OTHER = "other"


class Trouble(StrEnum):
    """Danger at a connector or its post; all but DOOR, TAMPER and MAINS end the charge, forbid another."""

    SMOKE = "smoke"
    HEAT = "heat"
    FLOOD = "flood"
    OVER_CURRENT = "over-current"
    DOOR = "door"
    TAMPER = "tamper"
    MAINS = "mains"
    """The post says that its mains failed."""


class EndReason(StrEnum):
    """Why a charge ended."""

    FULL = "full"
    STOPPED = "stopped"
    """By whoever began it, or by the hub for them."""
    LOCAL = "local"
    """At the post itself: its button, a card."""
    TIME_LIMIT = "time-limit"
    ENERGY_LIMIT = "energy-limit"
    UNPLUGGED = "unplugged"
    OVER_CURRENT = "over-current"
    OVER_TEMPERATURE = "over-temperature"
    SMOKE = "smoke"
    FLOOD = "flood"
    POWER_CUT = "power-cut"
    """The action `cut-power`, such as for a fire."""
    POWER_LOSS = "power-loss"
    FAULT = "fault"
    POST_RESTARTED = "post-restarted"
    OTHER = "other"


class Lock(StrEnum):
    """The property `lockout`: what forbids a charge, the gravest first."""

    NONE = "none"
    POWER_CUT = "power-cut"
    SMOKE = "smoke"
    HEAT = "heat"
    FLOOD = "flood"
    OVER_CURRENT = "over-current"
    FAULT = "fault"
    OUT_OF_SERVICE = "out-of-service"
    SUPPLY = "supply"
    """The group's supply has nothing left."""


class Vehicle(StrEnum):
    """The property `vehicle`: what the connector is for."""

    CAR = "car"
    E_BIKE = "e-bike"


FAULTED: Final = "hemei.charger.faulted"
FAULT_CLEARED: Final = "hemei.charger.fault-cleared"
TROUBLE: Final = "hemei.charger.trouble"
TROUBLE_ENDED: Final = "hemei.charger.trouble-ended"
UNPLUGGED: Final = "hemei.charger.unplugged-while-charging"
POWER_CUT: Final = "hemei.charger.power-cut"
POWER_RESTORED: Final = "hemei.charger.power-restored"
DID_NOT_STOP: Final = "hemei.charger.did-not-stop"
POST_STARTED: Final = "hemei.charger.post-started"
POST_WARNED: Final = "hemei.charger.post-warned"
"""Other events by which beginning, readings and end of a charge are not meant: those are in `contract`."""
