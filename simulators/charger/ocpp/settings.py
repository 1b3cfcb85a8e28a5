"""What can be set at a post from afar, under its names of 1.6 and of 2.0.1, which mean the same values."""

from dataclasses import dataclass

NUMBERS = {
    "HeartbeatInterval": 300,
    "MeterValueSampleInterval": 60,
    "ClockAlignedDataInterval": 0,
    "ConnectionTimeOut": 60,
    "TransactionMessageAttempts": 5,
    "TransactionMessageRetryInterval": 1,
    "ResetRetries": 0,
    "WebSocketPingInterval": 20,
}
FLAGS = {
    "AuthorizeRemoteTxRequests": False,
    "AllowOfflineTxForUnknownId": False,
    "LocalAuthorizeOffline": False,
    "LocalPreAuthorize": False,
    "StopTransactionOnEVSideDisconnect": True,
    "StopTransactionOnInvalidId": True,
    "UnlockConnectorOnEVSideDisconnect": True,
}
MEASURANDS = (
    "Energy.Active.Import.Register",
    "Power.Active.Import",
    "Current.Import",
    "Voltage",
    "SoC",
    "Temperature",
)
LISTS = {
    "MeterValuesSampledData": MEASURANDS,
    "MeterValuesAlignedData": MEASURANDS,
    "StopTxnSampledData": MEASURANDS[:1],
    "StopTxnAlignedData": MEASURANDS[:1],
    "TxStartedMeasurands": MEASURANDS,
    "TxEndedMeasurands": MEASURANDS,
}
FIXED = {
    "NumberOfConnectors": "1",
    "SupportedFeatureProfiles": "Core,RemoteTrigger,SmartCharging",
    "ChargingScheduleAllowedChargingRateUnit": "Current,Power",
    "ChargeProfileMaxStackLevel": "8",
    "ChargingScheduleMaxPeriods": "24",
    "MaxChargingProfilesInstalled": "16",
    "GetConfigurationMaxKeys": "64",
    "RateUnit": "A,W",
    "SmartChargingEnabled": "true",
}
VARIABLES = {
    ("OCPPCommCtrlr", "HeartbeatInterval"): "HeartbeatInterval",
    ("OCPPCommCtrlr", "WebSocketPingInterval"): "WebSocketPingInterval",
    ("OCPPCommCtrlr", "MessageAttempts"): "TransactionMessageAttempts",
    ("OCPPCommCtrlr", "MessageAttemptInterval"): "TransactionMessageRetryInterval",
    ("SampledDataCtrlr", "TxUpdatedInterval"): "MeterValueSampleInterval",
    ("SampledDataCtrlr", "TxUpdatedMeasurands"): "MeterValuesSampledData",
    ("SampledDataCtrlr", "TxStartedMeasurands"): "TxStartedMeasurands",
    ("SampledDataCtrlr", "TxEndedMeasurands"): "TxEndedMeasurands",
    ("AlignedDataCtrlr", "Interval"): "ClockAlignedDataInterval",
    ("AlignedDataCtrlr", "Measurands"): "MeterValuesAlignedData",
    ("TxCtrlr", "EVConnectionTimeOut"): "ConnectionTimeOut",
    ("TxCtrlr", "StopTxOnEVSideDisconnect"): "StopTransactionOnEVSideDisconnect",
    ("TxCtrlr", "StopTxOnInvalidId"): "StopTransactionOnInvalidId",
    ("AuthCtrlr", "AuthorizeRemoteStart"): "AuthorizeRemoteTxRequests",
    ("AuthCtrlr", "LocalAuthorizeOffline"): "LocalAuthorizeOffline",
    ("SmartChargingCtrlr", "RateUnit"): "RateUnit",
    ("SmartChargingCtrlr", "Enabled"): "SmartChargingEnabled",
    ("AuthCtrlr", "OfflineTxForUnknownIdEnabled"): "AllowOfflineTxForUnknownId",
    ("SmartChargingCtrlr", "ProfileStackLevel"): "ChargeProfileMaxStackLevel",
}
"""Component and variable of 2.0.1 (part 2, appendix 3.1), and their key of 1.6 (§9) or its like."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One value as it is told."""

    key: str
    value: str
    readonly: bool


class Settings:
    """The values of one post; what is set is kept over restarts."""

    def __init__(self) -> None:
        self._numbers = dict(NUMBERS)
        self._flags = dict(FLAGS)
        self._lists = dict(LISTS)
        self._fixed = dict(FIXED)

    def number(self, key: str) -> int:
        """Return a whole number."""
        return self._numbers[key]

    def flag(self, key: str) -> bool:
        """Return yes or no."""
        return self._flags[key]

    def list(self, key: str) -> tuple[str, ...]:
        """Return a list of words."""
        return self._lists[key]

    def entries(self) -> dict[str, Entry]:
        """Return all, as they are told."""
        told = {key: str(value) for key, value in self._numbers.items()}
        told |= {key: str(value).lower() for key, value in self._flags.items()}
        told |= {key: ",".join(words) for key, words in self._lists.items()}
        return {key: Entry(key, value, key in self._fixed) for key, value in (told | self._fixed).items()}

    def set(self, key: str, value: str) -> bool:
        """Take a value as it was told; False if it is not one, or not to be changed."""
        if key in self._numbers and value.isascii() and value.isdigit():
            self._numbers[key] = int(value)
        elif key in self._flags and value.lower() in ("true", "false"):
            self._flags[key] = value.lower() == "true"
        elif key in self._lists:
            return self._set_list(key, value)
        else:
            return False
        return True

    def count_connectors(self, count: int) -> None:
        """Take how many connectors the post has."""
        self._fixed["NumberOfConnectors"] = str(count)

    def _set_list(self, key: str, value: str) -> bool:
        words = tuple(filter(None, value.split(",")))
        if not set(words) <= set(MEASURANDS):
            return False
        self._lists[key] = words
        return True
