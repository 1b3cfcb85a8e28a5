"""What an OCPP 1.6 post is asked and told after it has connected. It may know none of it."""

from typing import Final

from drivers.charger.ocpp.asking import Known, tolerant
from drivers.charger.ocpp.profiles import Abilities
from drivers.charger.ocpp.samples import ALIGNED_S, CURRENT, ENERGY, POWER, SOC, TEMPERATURE, VOLTAGE
from drivers.charger.ocpp.session import TRIGGER, Session

FEATURES: Final = "SupportedFeatureProfiles"
UNITS: Final = "ChargingScheduleAllowedChargingRateUnit"

SAMPLED: Final = "MeterValuesSampledData"
WISHES: Final = (
    (ENERGY, POWER, CURRENT, VOLTAGE, TEMPERATURE, SOC),
    (ENERGY, POWER, CURRENT, VOLTAGE),
    (ENERGY, POWER),
)
"""A post that does not have all of it refuses the whole list (§9.1.21)."""


async def set_up(session: Session, known: Known) -> None:
    """Learn what the post can do, tell it what to report, have it say how it is."""
    known.take(await _abilities(session))
    for key, value in _settings(session).items():
        await _change(session, key, value)
    for wish in WISHES:
        if await _change(session, SAMPLED, ",".join(wish)):
            break
    for what in ("StatusNotification", "MeterValues"):
        await tolerant(session, TRIGGER, {"requestedMessage": what})


def _settings(session: Session) -> dict[str, str]:
    """Return the keys of §9.1 that matter here; those of authorisation keep strangers from charging."""
    post = session.post
    return {
        "MeterValueSampleInterval": str(post.read_s),
        "ClockAlignedDataInterval": str(ALIGNED_S),
        "MeterValuesAlignedData": ENERGY,
        "StopTxnAlignedData": ENERGY,
        "StopTxnSampledData": "",  # of a long charge, they would make a message that is too big to be taken
        "HeartbeatInterval": str(post.heartbeat_s),
        "ConnectionTimeOut": str(round(post.start_timeout_s)),
        "AuthorizeRemoteTxRequests": "false",
        "StopTransactionOnInvalidId": "true",
        "AllowOfflineTxForUnknownId": "false",
        # Charges are told again until they are kept; the default is a handful of times, then they are lost.
        "TransactionMessageAttempts": "1000",
        "TransactionMessageRetryInterval": "30",
    }


async def _abilities(session: Session) -> Abilities:
    answer = await tolerant(session, "GetConfiguration", {"key": [FEATURES, UNITS]})
    told = {each["key"]: each.get("value") or "" for each in answer.get("configurationKey", [])}
    adjusts = FEATURES not in told or "SmartCharging" in told[FEATURES]
    return Abilities(adjusts, "W" if "Power" in told.get(UNITS, "") else "A")


async def _change(session: Session, key: str, value: str) -> bool:
    answer = await tolerant(session, "ChangeConfiguration", {"key": key, "value": value})
    return answer.get("status") in ("Accepted", "RebootRequired")
