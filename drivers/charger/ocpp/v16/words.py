"""The words of OCPP 1.6 in ours."""

import struct
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from drivers.charger.ocpp.v16.messages import StartTransaction
from drivers.charger.words import ConnectorState, EndReason, Fault, Trouble

STATES: Final[Mapping[str, ConnectorState]] = {
    "Available": ConnectorState.AVAILABLE,
    "Preparing": ConnectorState.PREPARING,
    "Charging": ConnectorState.CHARGING,
    "SuspendedEV": ConnectorState.SUSPENDED_EV,
    "SuspendedEVSE": ConnectorState.SUSPENDED_EVSE,
    "Finishing": ConnectorState.FINISHING,
    "Reserved": ConnectorState.RESERVED,
    "Unavailable": ConnectorState.UNAVAILABLE,
    "Faulted": ConnectorState.FAULTED,
}
"""§7.7 ChargePointStatus."""

PLUGGED: Final[Mapping[ConnectorState, bool]] = {
    ConnectorState.AVAILABLE: False,
    ConnectorState.PREPARING: True,
    ConnectorState.CHARGING: True,
    ConnectorState.SUSPENDED_EV: True,
    ConnectorState.SUSPENDED_EVSE: True,
    ConnectorState.FINISHING: True,
}
"""What a state says of the plug; the others say nothing."""

FAULTS: Final[Mapping[str, Fault]] = {
    "NoError": Fault.NONE,
    "LocalListConflict": Fault.NONE,
    "WeakSignal": Fault.NONE,
    "ConnectorLockFailure": Fault.CONNECTOR_LOCK,
    "EVCommunicationError": Fault.VEHICLE,
    "GroundFailure": Fault.GROUND,
    "HighTemperature": Fault.OVER_TEMPERATURE,
    "InternalError": Fault.INTERNAL,
    "OverCurrentFailure": Fault.OVER_CURRENT,
    "OverVoltage": Fault.OVER_VOLTAGE,
    "PowerMeterFailure": Fault.METER,
    "PowerSwitchFailure": Fault.POWER_SWITCH,
    "ReaderFailure": Fault.CARD_READER,
    "ResetFailure": Fault.INTERNAL,
    "UnderVoltage": Fault.UNDER_VOLTAGE,
    "OtherError": Fault.OTHER,
}
"""§7.6 ChargePointErrorCode."""

TROUBLES: Final[Mapping[str, Trouble]] = {
    "HighTemperature": Trouble.HEAT,
    "OverCurrentFailure": Trouble.OVER_CURRENT,
}
"""Errors that are a danger, too."""

REASONS: Final[Mapping[str, EndReason]] = {
    "EmergencyStop": EndReason.LOCAL,
    "EVDisconnected": EndReason.UNPLUGGED,
    "HardReset": EndReason.POST_RESTARTED,
    "Local": EndReason.LOCAL,
    "Other": EndReason.OTHER,
    "PowerLoss": EndReason.POWER_LOSS,
    "Reboot": EndReason.POST_RESTARTED,
    "Remote": EndReason.STOPPED,
    "SoftReset": EndReason.POST_RESTARTED,
    "UnlockCommand": EndReason.STOPPED,
    "DeAuthorized": EndReason.OTHER,
}
"""§7.36 Reason."""


def fault(status: str, error: str) -> Fault:
    """Return what is broken: a connector may be faulted and not say why."""
    said = FAULTS[error]
    return Fault.OTHER if status == "Faulted" and said is Fault.NONE else said


def number(post: str, start: StartTransaction) -> int:
    """Return the transactionId of a charge: the same for the same message, however often it is sent.

    Nothing needs to be remembered for it, so no crash can give a charge two numbers. From 1 to 2^31 - 1:
    posts keep it in 32 bits and take 0 and -1 for none.
    """
    told = (post, start.connector_id, start.id_tag, start.timestamp, start.meter_start)
    (digest,) = struct.unpack(">Q", sha256(repr(told).encode()).digest()[:8])
    return int(digest % (2**31 - 1)) + 1
