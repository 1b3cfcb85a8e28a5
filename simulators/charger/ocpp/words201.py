"""The words of OCPP 2.0.1 for what a post finds."""

from typing import NamedTuple

from simulators.charger.ocpp.bays import Bay
from simulators.charger.outlet import Trip, Why


class Part(NamedTuple):
    """A component and its variable (part 2, appendix 3)."""

    component: str
    variable: str


TRIPS = {
    Trip.GROUND: Part("GroundIsolationProtection", "Problem"),
    Trip.OVER_CURRENT: Part("OverCurrentProtection", "Operated"),
    Trip.OVER_TEMPERATURE: Part("TemperatureSensor", "Temperature"),
    Trip.WELDED: Part("PowerContactor", "Problem"),
}
ALARMS = {
    "smoke": Part("SmokeSensor", "Tripped"),  # no component of the standard, but used
    "flood": Part("FloodSensor", "Tripped"),
    "door": Part("CaseAccessSensor", "Tripped"),
}

REASONS = {
    Why.REMOTE: "Remote",
    Why.BUTTON: "Local",
    Why.CARD: "Local",
    Why.UNPLUGGED: "EVDisconnected",
    Why.OVER_CURRENT: "OvercurrentFault",
    Why.GROUND: "GroundFault",
    Why.SMOKE: "EmergencyStop",
    Why.FLOOD: "EmergencyStop",
    Why.POWER_LOSS: "PowerLoss",
    Why.SOFT_RESET: "Reboot",
    Why.HARD_RESET: "ImmediateReset",
    Why.REVOKED: "DeAuthorized",
}
"""ReasonEnumType; all else is `Other`."""

TRIGGERS = {
    Why.REMOTE: "RemoteStop",
    Why.BUTTON: "StopAuthorized",
    Why.CARD: "StopAuthorized",
    Why.UNPLUGGED: "EVDeparted",
    Why.SOFT_RESET: "ResetCommand",
    Why.HARD_RESET: "ResetCommand",
    Why.REVOKED: "Deauthorized",
    Why.UNLOCKED: "UnlockCommand",
}
"""TriggerReasonEnumType; all else is `AbnormalCondition`."""


def status(bay: Bay) -> str:
    """Return the status of a connector that nothing is wrong with (ConnectorStatusEnumType)."""
    if not bay.operative:
        return "Unavailable"
    return "Occupied" if bay.connector.plugged else "Available"
