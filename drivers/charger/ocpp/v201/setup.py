"""What an OCPP 2.0.1 station is asked and told after it has connected. It may know none of it."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from drivers.charger.ocpp.asking import Known, tolerant
from drivers.charger.ocpp.frames import Payload
from drivers.charger.ocpp.profiles import Abilities
from drivers.charger.ocpp.samples import ALIGNED_S, CURRENT, ENERGY, POWER, SOC, VOLTAGE
from drivers.charger.ocpp.session import TRIGGER, Session

SMART: Final = "SmartChargingCtrlr"
WISHES: Final = ((ENERGY, POWER, CURRENT, VOLTAGE, SOC), (ENERGY, POWER, CURRENT, VOLTAGE), (ENERGY, POWER))
"""A station that does not have all of it may refuse the whole list (J02)."""


class Setting(NamedTuple):
    """A variable of a component (part 2, appendix 3), and what it is to be."""

    component: str
    variable: str
    value: str
    instance: str | None = None


async def set_up(session: Session, known: Known) -> None:
    """Learn what the station can do, tell it what to report, have it say how it is."""
    known.take(await _abilities(session))
    for setting in _settings(session):
        await _change(session, setting)
    for wish in WISHES:
        if await _change(session, Setting("SampledDataCtrlr", "TxUpdatedMeasurands", ",".join(wish))):
            break
    for connector in session.post.bays:
        where = {"id": connector, "connectorId": 1}
        await tolerant(session, TRIGGER, {"requestedMessage": "StatusNotification", "evse": where})
        await tolerant(session, TRIGGER, {"requestedMessage": "TransactionEvent", "evse": {"id": connector}})


def _settings(session: Session) -> Iterator[Setting]:
    """Give the variables that matter here; those of authorisation keep strangers from charging."""
    post = session.post
    yield Setting("SampledDataCtrlr", "TxUpdatedInterval", str(post.read_s))
    yield Setting("SampledDataCtrlr", "TxStartedMeasurands", ENERGY)
    yield Setting("SampledDataCtrlr", "TxEndedMeasurands", ENERGY)
    # Begin and end only: more would make the end of a long charge a message that is too big to be taken.
    yield Setting("SampledDataCtrlr", "TxEndedInterval", "0")
    yield Setting("AlignedDataCtrlr", "Interval", str(ALIGNED_S))
    yield Setting("AlignedDataCtrlr", "Measurands", ENERGY)
    yield Setting("TxCtrlr", "EVConnectionTimeOut", str(round(post.start_timeout_s)))
    yield Setting("TxCtrlr", "StopTxOnInvalidId", "true")
    yield Setting("AuthCtrlr", "AuthorizeRemoteStart", "false")
    yield Setting("AuthCtrlr", "OfflineTxForUnknownIdEnabled", "false")
    # Charges are told again until they are kept; the default is a handful of times, then they are lost.
    yield Setting("OCPPCommCtrlr", "MessageAttempts", "1000", "TransactionEvent")
    yield Setting("OCPPCommCtrlr", "MessageAttemptInterval", "30", "TransactionEvent")


async def _abilities(session: Session) -> Abilities:
    """Ask for smart charging (K01); a station that does not know the component has none."""
    asked = [_place(SMART, name) for name in ("Enabled", "RateUnit")]
    answer = await tolerant(session, "GetVariables", {"getVariableData": asked})
    told = {each["variable"]["name"]: each for each in answer.get("getVariableResult", [])}
    enabled, unit = told.get("Enabled", {}), told.get("RateUnit", {})
    absent = enabled.get("attributeStatus") == "UnknownComponent"
    adjusts = not absent and enabled.get("attributeValue", "true").lower() != "false"
    return Abilities(adjusts, "W" if "W" in unit.get("attributeValue", "").split(",") else "A")


async def _change(session: Session, setting: Setting) -> bool:
    told = {**_place(setting.component, setting.variable), "attributeValue": setting.value}
    if setting.instance:
        told["variable"]["instance"] = setting.instance
    answer = await tolerant(session, "SetVariables", {"setVariableData": [told]})
    results = answer.get("setVariableResult", [])
    return any(each["attributeStatus"] in ("Accepted", "RebootRequired") for each in results)


def _place(component: str, variable: str) -> Payload:
    return {"component": {"name": component}, "variable": {"name": variable}}
