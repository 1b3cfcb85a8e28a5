"""The words of OCPP 2.0.1 in ours."""

from collections.abc import Mapping
from typing import Final

from drivers.charger.words import ConnectorState, EndReason, Fault, Trouble

STATES: Final[Mapping[str, ConnectorState]] = {
    "Available": ConnectorState.AVAILABLE,
    "Reserved": ConnectorState.RESERVED,
    "Unavailable": ConnectorState.UNAVAILABLE,
    "Faulted": ConnectorState.FAULTED,
}
"""ConnectorStatusEnumType; what `Occupied` means is the transaction's to say."""

CHARGING: Final[Mapping[str, ConnectorState]] = {
    "Charging": ConnectorState.CHARGING,
    "SuspendedEV": ConnectorState.SUSPENDED_EV,
    "SuspendedEVSE": ConnectorState.SUSPENDED_EVSE,
    "EVConnected": ConnectorState.PREPARING,
    "Idle": ConnectorState.PREPARING,
}
"""ChargingStateEnumType."""

POWERED: Final = frozenset({"Charging", "SuspendedEV", "SuspendedEVSE"})
"""States of a transaction in which the vehicle may draw power: it is a charge, whoever admitted it."""

REASONS: Final[Mapping[str, EndReason]] = {
    "DeAuthorized": EndReason.OTHER,
    "EmergencyStop": EndReason.LOCAL,
    "EnergyLimitReached": EndReason.ENERGY_LIMIT,
    "EVDisconnected": EndReason.UNPLUGGED,
    "GroundFault": EndReason.FAULT,
    "ImmediateReset": EndReason.POST_RESTARTED,
    "Local": EndReason.LOCAL,
    "LocalOutOfCredit": EndReason.OTHER,
    "MasterPass": EndReason.LOCAL,
    "Other": EndReason.OTHER,
    "OvercurrentFault": EndReason.OVER_CURRENT,
    "PowerLoss": EndReason.POWER_LOSS,
    "PowerQuality": EndReason.FAULT,
    "Reboot": EndReason.POST_RESTARTED,
    "Remote": EndReason.STOPPED,
    "SOCLimitReached": EndReason.FULL,
    "StoppedByEV": EndReason.FULL,
    "TimeLimitReached": EndReason.TIME_LIMIT,
    "Timeout": EndReason.OTHER,
}
"""ReasonEnumType."""

DANGERS: Final[Mapping[str, Trouble]] = {
    "FloodSensor": Trouble.FLOOD,
    "SmokeDetector": Trouble.SMOKE,
    "SmokeSensor": Trouble.SMOKE,
    "TemperatureSensor": Trouble.HEAT,
    "OverCurrentProtection": Trouble.OVER_CURRENT,
    "CaseAccessSensor": Trouble.DOOR,
    "ShockSensor": Trouble.TAMPER,
    "TiltSensor": Trouble.TAMPER,
    "ElectricalFeed": Trouble.MAINS,
}
"""Components (part 2, appendix 3) and the danger they warn of; those for smoke are not in the standard."""

WARNING: Final = frozenset({"Active", "Operated", "Tripped", "Temperature", "Overload"})
"""Variables by which they do so. Their `Problem` means that they themselves are broken."""

PROBLEM: Final = "Problem"
FAULTS: Final[Mapping[str, Fault]] = {
    "ConnectorPlugRetentionLock": Fault.CONNECTOR_LOCK,
    "GroundIsolationProtection": Fault.GROUND,
    "RCD": Fault.GROUND,
    "OverCurrentProtection": Fault.OVER_CURRENT,
    "PowerContactor": Fault.POWER_SWITCH,
    "FiscalMetering": Fault.METER,
    "ControlMetering": Fault.METER,
    "TokenReader": Fault.CARD_READER,
    "ConnectedEV": Fault.VEHICLE,
    "Controller": Fault.INTERNAL,
}
"""Components whose `Problem` says why a connector is faulted."""

NO: Final = frozenset({"", "0", "false", "False", "no"})
"""How a variable says that it is not so."""
