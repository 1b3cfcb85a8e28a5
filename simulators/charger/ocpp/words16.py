"""The words of OCPP 1.6 for what a post finds."""

from simulators.charger.ocpp.bays import Bay
from simulators.charger.outlet import Trip, Why

NO_ERROR = "NoError"
ERRORS = {
    Trip.GROUND: "GroundFailure",
    Trip.OVER_CURRENT: "OverCurrentFailure",
    Trip.OVER_TEMPERATURE: "HighTemperature",
    Trip.WELDED: "PowerSwitchFailure",
}
"""§7.6 ChargePointErrorCode."""

REASONS = {
    Why.REMOTE: "Remote",
    Why.BUTTON: "Local",
    Why.CARD: "Local",
    Why.UNPLUGGED: "EVDisconnected",
    Why.SMOKE: "EmergencyStop",
    Why.FLOOD: "EmergencyStop",
    Why.POWER_LOSS: "PowerLoss",
    Why.SOFT_RESET: "SoftReset",
    Why.HARD_RESET: "HardReset",
    Why.REVOKED: "DeAuthorized",
    Why.UNLOCKED: "UnlockCommand",
}
"""§7.36 Reason; all else is `Other`."""


def status(bay: Bay) -> str:
    """Return the status of a connector that nothing is wrong with (§4.9, §7.7)."""
    if not bay.operative:
        return "Unavailable"
    if bay.outlet.charge is not None:
        return bay.charging
    if bay.finishing and bay.wish is None:
        return "Finishing"
    return "Preparing" if bay.connector.plugged or bay.wish is not None else "Available"
