"""A post of OCPP 2.0.1 with another author's central system (npm ocpp-rpc, strict), over the wire."""

from pathlib import Path
from typing import Any

import pytest

from tests.simulators.central import Central, Yard, central_system, yard
from tests.waiting import eventually

ORDER = {"idToken": "2026010100000001", "type": "Central"}
EVSE = {"id": 1, "connectorId": 1}


def profile(amperes: float, *, until_s: int | None = None, **more: Any) -> dict[str, Any]:
    """Return a charging profile: so many A of one phase, and nothing after `until_s`."""
    periods = [{"startPeriod": 0, "limit": amperes, "numberPhases": 1}]
    if until_s is not None:
        periods.append({"startPeriod": until_s, "limit": 0.0})
    return {
        "id": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": [{"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": periods}],
        **more,
    }


def sampled(event: dict[str, Any], measurand: str) -> float:
    [value] = event["meterValue"]
    [found] = [each for each in value["sampledValue"] if each["measurand"] == measurand]
    return float(found["value"])


def variable(component: str, name: str, **more: Any) -> dict[str, Any]:
    return {"component": {"name": component}, "variable": {"name": name}, **more}


async def charging(central: Central, post: Yard) -> None:
    """Have a car charge at connector 1."""
    post.happen("vehicle-arrives")
    started = await central.ask("RequestStartTransaction", evseId=1, remoteStartId=5, idToken=ORDER)
    assert started["status"] == "Accepted"
    await post.let(1)
    await post.all_told()


async def test_a_charge_from_request_to_end_is_told_in_transaction_events(tmp_path: Path) -> None:
    async with central_system() as central, yard(central, tmp_path, version="2.0.1") as post:
        assert (await central.next("BootNotification"))["reason"] == "PowerUp"
        await central.next("StatusNotification", 2)
        set_ = await central.ask(
            "SetVariables",
            setVariableData=[
                variable("SampledDataCtrlr", "TxUpdatedInterval", attributeValue="10"),
                variable("SampledDataCtrlr", "TxUpdatedMeasurands", attributeValue="Warmth"),
                variable("SampledDataCtrlr", "Colour", attributeValue="red"),
            ],
        )
        statuses = [each["attributeStatus"] for each in set_["setVariableResult"]]
        assert statuses == ["Accepted", "Rejected", "UnknownVariable"]
        started = await central.ask(
            "RequestStartTransaction",
            evseId=1,
            remoteStartId=5,
            idToken=ORDER,
            chargingProfile=profile(16, until_s=40),
        )
        assert started["status"] == "Accepted"
        post.happen("vehicle-arrives")
        await post.let(25)
        await post.all_told()
        first, *updates = central.said("TransactionEvent")
        assert (first["eventType"], first["triggerReason"], first["idToken"]) == (
            "Started",
            "RemoteStart",
            ORDER,
        )
        assert first["transactionInfo"]["remoteStartId"] == 5
        assert first["transactionInfo"]["chargingState"] == "Charging"
        assert {each["triggerReason"] for each in updates} == {"MeterValuePeriodic"}
        assert sampled(updates[-1], "Power.Active.Import") == pytest.approx(16 * 218, rel=0.05)

        transaction = first["transactionInfo"]["transactionId"]
        lowered = profile(8, until_s=40, transactionId=transaction)
        changed = await central.ask("SetChargingProfile", evseId=1, chargingProfile=lowered)
        assert changed["status"] == "Accepted"
        await post.let(10)
        assert post.truth("power_w") == pytest.approx(8 * 218, rel=0.05)
        await post.let(15)
        assert post.truth("power_w") == 0
        there = await central.ask("GetTransactionStatus", transactionId=transaction)
        assert there["ongoingIndicator"] is True
        assert (await central.ask("RequestStopTransaction", transactionId="x"))["status"] == "Rejected"
        stopped = await central.ask("RequestStopTransaction", transactionId=transaction)
        assert stopped["status"] == "Accepted"
        await post.all_told()
        events = central.said("TransactionEvent")
        assert [each["seqNo"] for each in events] == list(range(len(events)))
        assert [
            each["transactionInfo"]["chargingState"]
            for each in events
            if each["triggerReason"] == "ChargingStateChanged"
        ] == ["SuspendedEVSE"]
        assert events[-1]["eventType"] == "Ended"
        assert events[-1]["transactionInfo"]["stoppedReason"] == "Remote"
        assert sampled(events[-1], "Energy.Active.Import.Register") == post.truth("meter_wh")


async def test_events_from_offline_are_told_later_as_such(tmp_path: Path) -> None:
    async with central_system() as central, yard(central, tmp_path, version="2.0.1") as post:
        await charging(central, post)
        before = len(central.said("TransactionEvent"))
        post.fault("offline")
        await central.until("left")
        await post.let(185)
        post.happen("unplug")
        await post.let(1)
        assert post.truth("queue") == 4
        post.fault("none")
        await post.all_told()
        late = central.said("TransactionEvent")[before:]
        assert {each["offline"] for each in late} == {True}
        assert [each["seqNo"] for each in late] == list(range(before, before + 4))
        assert late[-1]["transactionInfo"]["stoppedReason"] == "EVDisconnected"
        assert sorted(each["timestamp"] for each in late) == [each["timestamp"] for each in late]
        assert len(central.said("BootNotification")) == 1


async def test_dangers_are_told_as_events_and_end_charges(tmp_path: Path) -> None:
    async with central_system() as central, yard(central, tmp_path, version="2.0.1") as post:
        await charging(central, post)
        post.fault("over-current")
        await post.let(20)
        assert post.truth("power_w") == pytest.approx(1.5 * 7000, rel=0.01)
        assert post.truth("starts") == 1
        await post.let(20)  # nobody acted: the post does
        await post.all_told()
        ended = central.said("TransactionEvent")[-1]
        assert ended["transactionInfo"]["stoppedReason"] == "OvercurrentFault"
        [tripped] = (await central.next("NotifyEvent"))["eventData"]
        assert (tripped["component"]["name"], tripped["cleared"]) == ("OverCurrentProtection", False)
        post.fault("none")
        post.happen("flood")
        post.happen("flood-dries")
        post.happen("door-opens")
        await post.let(1)
        await central.next("NotifyEvent", 5)
        told = [each["eventData"][0] for each in central.said("NotifyEvent")[1:]]
        assert [(each["component"]["name"], each["actualValue"]) for each in told] == [
            ("FloodSensor", "true"),
            ("FloodSensor", "false"),
            ("CaseAccessSensor", "true"),
            ("OverCurrentProtection", "false"),
        ]

        await charging(central, post)
        post.fault("stuck-contactor")
        post.happen("button-stop")
        await post.let(10)
        assert post.truth("charging")
        assert (await central.next("NotifyEvent", 6))["eventData"][0]["component"]["name"] == "PowerContactor"


async def test_what_else_a_post_can_be_told(tmp_path: Path) -> None:
    async with central_system() as central, yard(central, tmp_path, version="2.0.1") as post:
        asked = [variable("OCPPCommCtrlr", "HeartbeatInterval"), variable("Nobody", "Nothing")]
        [known, unknown] = (await central.ask("GetVariables", getVariableData=asked))["getVariableResult"]
        assert (known["attributeValue"], unknown["attributeStatus"]) == ("3600", "UnknownComponent")
        reported = await central.ask("GetBaseReport", requestId=3, reportBase="FullInventory")
        assert reported["status"] == "Accepted"
        assert len((await central.next("NotifyReport"))["reportData"]) > 10
        for what in (
            "BootNotification",
            "Heartbeat",
            "StatusNotification",
            "MeterValues",
            "TransactionEvent",
        ):
            assert (await central.ask("TriggerMessage", requestedMessage=what))["status"] == "Accepted"
        assert (await central.next("BootNotification", 2))["reason"] == "Triggered"
        assert await central.next("MeterValues", 2)

        await charging(central, post)
        locked = await central.ask("UnlockConnector", evseId=1, connectorId=1)
        assert locked["status"] == "OngoingAuthorizedTransaction"
        later = await central.ask("ChangeAvailability", operationalStatus="Inoperative", evse=EVSE)
        assert later["status"] == "Scheduled"
        assert (await central.ask("Reset", type="OnIdle"))["status"] == "Scheduled"
        assert post.truth("closed")
        post.happen("unplug")
        await post.let(1)
        await post.all_told()
        await post.let(1)
        assert (await central.next("BootNotification", 3))["reason"] == "RemoteReset"
        await eventually(
            lambda: "Unavailable" in {each["connectorStatus"] for each in central.said("StatusNotification")}
        )
        back = await central.ask("ChangeAvailability", operationalStatus="Operative")
        assert back["status"] == "Accepted"
        cleared = await central.ask("ClearChargingProfile", chargingProfileId=1)
        assert cleared["status"] == "Unknown"
        default = profile(10) | {"chargingProfilePurpose": "TxDefaultProfile"}
        put = await central.ask("SetChargingProfile", evseId=0, chargingProfile=default)
        assert put["status"] == "Accepted"
        await charging(central, post)
        await post.let(5)
        assert post.truth("power_w") == pytest.approx(10 * 218, rel=0.05)
        cleared = await central.ask("ClearChargingProfile", chargingProfileId=1)
        assert cleared["status"] == "Accepted"
        assert (await central.ask("Reset", type="Immediate"))["status"] == "Accepted"
        await post.until_told("BootNotification", 4)
        await post.all_told()
        assert central.said("TransactionEvent")[-1]["transactionInfo"]["stoppedReason"] == "ImmediateReset"
