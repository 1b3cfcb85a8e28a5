"""The core flow with npm ocpp-rpc in strict mode as the station, in both versions, plain and over TLS."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from contract.clock import rfc3339
from contract.errors import DeviceError, DeviceUnreachable
from drivers.charger.link import Adjusts, Limits
from drivers.charger.words import ConnectorState, EndReason, Fault, Trouble
from tests.drivers.charger.ocpp.site import ORDER, Site, open_site
from tests.drivers.charger.ocpp.station import Station, Stations, charging_stations
from tests.waiting import eventually

LIMITS = Limits(seconds=7200, energy=20_000, power=7000)


@pytest_asyncio.fixture
async def stations() -> AsyncIterator[Stations]:
    async with charging_stations() as stations:
        yield stations


@pytest.fixture(params=["plain", "tls"])
def tls(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "tls")


def limits(profile: dict[str, Any]) -> tuple[str, list[tuple[int, float]]]:
    """Return unit and periods of a charging profile of either version."""
    schedule = profile["chargingSchedule"]
    schedule = schedule[0] if isinstance(schedule, list) else schedule
    assert (profile["chargingProfilePurpose"], profile["chargingProfileKind"]) == ("TxProfile", "Relative")
    periods = schedule["chargingSchedulePeriod"]
    return schedule["chargingRateUnit"], [(each["startPeriod"], each["limit"]) for each in periods]


async def set_up(station: Station, request: str, last: str) -> None:
    """Wait until our side has told the station all that it wants of it."""
    await eventually(
        lambda: [each for each in station.asked if each == (request, {"requestedMessage": last})]
    )


class Now:
    """The post's clock, which is right."""

    def __init__(self, site: Site) -> None:
        self._start = site.port.clock.now()

    def after(self, seconds: float) -> str:
        return rfc3339(self._start + timedelta(seconds=seconds))


def register(now: Now, at: float, wh: float, context: str = "Sample.Periodic") -> dict[str, Any]:
    """Return a meter value of 2.0.1."""
    unit = {"unit": "kWh", "multiplier": -3}
    sampled = [{"value": wh, "context": context, "unitOfMeasure": unit}]
    return {"timestamp": now.after(at), "sampledValue": sampled}


def event(now: Now, kind: str, why: str, at: float, **more: Any) -> dict[str, Any]:
    """Return a TransactionEvent of 2.0.1."""
    info = {"transactionId": "tx-1", **more.pop("info", {})}
    common = {"eventType": kind, "triggerReason": why, "timestamp": now.after(at), "seqNo": int(at)}
    return {**common, "transactionInfo": info, **more}


async def test_core_flow_of_1_6(tmp_path: Path, stations: Stations, tls: bool) -> None:
    async with open_site(tmp_path, tls=tls) as site:
        ear, other, now = await site.ear(), await site.ear(connector=2), Now(site)
        features = [
            {"key": "SupportedFeatureProfiles", "readonly": True, "value": "Core,SmartCharging"},
            {"key": "ChargingScheduleAllowedChargingRateUnit", "readonly": True, "value": "Current,Power"},
        ]
        answers = {
            "GetConfiguration": {"configurationKey": features},
        }
        station = await stations.connect(site, "ocpp1.6", prefix="/ocpp", answers=answers)
        assert station.outcome == {"protocol": "ocpp1.6"}

        boot = await station.call("BootNotification", chargePointVendor="Acme", chargePointModel="Two")
        assert (boot["status"], boot["interval"]) == ("Accepted", 60)
        await eventually(lambda: ear.link and other.link)
        assert ear.product == "Acme Two"
        await set_up(station, "TriggerMessage", "MeterValues")
        told = {each["key"]: each["value"] for what, each in station.asked if what == "ChangeConfiguration"}
        assert (told["MeterValueSampleInterval"], told["ClockAlignedDataInterval"]) == ("15", "900")
        assert told["StopTxnSampledData"] == "", "what grows with a charge would one day be too big"
        status = {"connectorId": 1, "errorCode": "NoError", "status": "Preparing", "timestamp": now.after(0)}
        assert await station.call("StatusNotification", **status) == {}
        assert ear.statuses[-1].state is ConnectorState.PREPARING
        assert ear.statuses[-1].plugged

        assert (await station.call("Authorize", idTag=ORDER))["idTagInfo"]["status"] == "Invalid"
        ear.orders.add(ORDER)
        assert (await station.call("Authorize", idTag=ORDER))["idTagInfo"]["status"] == "Accepted"
        await ear.asks.start(ORDER, LIMITS)
        asked = await station.told("RemoteStartTransaction")
        assert (asked["connectorId"], asked["idTag"]) == (1, ORDER)
        assert limits(asked["chargingProfile"]) == ("W", [(0, 7000), (7200, 0)])

        start = {"connectorId": 1, "idTag": ORDER, "meterStart": 5000, "timestamp": now.after(1)}
        begun = await station.call("StartTransaction", **start)
        assert begun["idTagInfo"]["status"] == "Accepted"
        transaction = str(begun["transactionId"])
        assert (ear.begun[transaction].order, ear.begun[transaction].meter) == (ORDER, 5000)
        sampled = [
            {"value": "5.25", "unit": "kWh", "context": "Sample.Periodic"},
            {"value": "2300", "measurand": "Power.Active.Import", "unit": "W", "phase": "L1"},
            {"value": "2.2", "measurand": "Power.Active.Import", "unit": "kW", "phase": "L2"},
            {"value": "10.1", "measurand": "Current.Import", "phase": "L1", "unit": "A"},
            {"value": "10.4", "measurand": "Current.Import", "phase": "L2", "unit": "A"},
            {"value": "229", "measurand": "Voltage", "phase": "L1-N"},
            {"value": "231", "measurand": "Voltage", "phase": "L2-N"},
            {"value": "310.15", "measurand": "Temperature", "unit": "K"},
            {"value": "41", "measurand": "SoC", "unit": "Percent", "location": "EV"},
        ]
        values = {"connectorId": 1, "transactionId": int(transaction)}
        meter = [{"timestamp": now.after(60), "sampledValue": sampled}]
        await station.call("MeterValues", meterValue=meter, **values)
        (read,) = ear.of(transaction)
        assert (read.meter, read.power, read.current, read.voltage) == (5250, 4500, 10.4, 230)
        assert (read.temperature, read.soc) == (pytest.approx(37), 41)

        await ear.asks.limit(transaction, 3500)
        asked = await station.told("SetChargingProfile")
        assert asked["csChargingProfiles"]["transactionId"] == int(transaction)
        assert limits(asked["csChargingProfiles"]) == ("W", [(0, 3500), (7200, 0)])
        await ear.asks.stop(transaction, ORDER)
        assert await station.told("RemoteStopTransaction") == {"transactionId": int(transaction)}
        stop = {"transactionId": int(transaction), "meterStop": 9000, "timestamp": now.after(3000)}
        await station.call("StopTransaction", reason="Remote", idTag="CARD", **stop)
        (ended,) = ear.endings
        assert (ended.why, ended.meter, ended.order) == (EndReason.STOPPED, 9000, None)
        assert rfc3339(ended.at) == now.after(3000)

        assert (ear.nonsense, other.nonsense) == ([], [])


async def test_the_rest_of_1_6(tmp_path: Path, stations: Stations) -> None:
    async with open_site(tmp_path) as site:
        ear, other = await site.ear(), await site.ear(connector=2)
        answers = {
            "UnlockConnector": {"status": "UnlockFailed"},
            "ChangeAvailability": {"status": "Scheduled"},
        }
        station = await stations.connect(site, "ocpp1.6", answers=answers)
        hot = {"connectorId": 0, "errorCode": "HighTemperature", "status": "Faulted"}
        await station.call("StatusNotification", **hot)
        await station.call("StatusNotification", connectorId=1, errorCode="GroundFailure", status="Faulted")
        assert ear.statuses[-1].fault is Fault.GROUND
        assert (ear.troubles[-2:], other.troubles[-2]) == (
            [(Trouble.HEAT, True), (Trouble.OVER_CURRENT, False)],
            (Trouble.HEAT, True),
        )
        await station.call("StatusNotification", **(hot | {"errorCode": "NoError"}))
        assert other.troubles[-2] == (Trouble.HEAT, False)

        await ear.asks.set_available(available=False)
        await ear.asks.reset()
        await ear.asks.refresh()
        assert await station.told("Reset") == {"type": "Soft"}
        assert await station.told("ChangeAvailability") == {"connectorId": 1, "type": "Inoperative"}
        with pytest.raises(DeviceError, match="UnlockFailed") as refusal:
            await ear.asks.unlock()
        assert refusal.value.code == "refused-by-post"
        transfer = await station.call("DataTransfer", vendorId="acme")
        assert transfer == {"status": "UnknownVendorId"}
        assert "currentTime" in await station.call("Heartbeat")
        await station.call("FirmwareStatusNotification", status="InstallationFailed")
        await station.call("DiagnosticsStatusNotification", status="Uploaded")
        assert ear.warnings == ["InstallationFailed"]

        link = ear.asks
        await station.leave()
        await eventually(lambda: ear.link is None and other.link is None)
        with pytest.raises(DeviceUnreachable):
            await link.stop("7", ORDER)
        assert (ear.nonsense, other.nonsense) == ([], [])


async def test_core_flow_of_2_0_1(tmp_path: Path, stations: Stations, tls: bool) -> None:
    async with open_site(tmp_path, tls=tls) as site:
        ear, other, now = await site.ear(), await site.ear(connector=2), Now(site)
        results = [
            {
                "attributeStatus": "Accepted",
                "attributeValue": value,
                "component": {"name": "SmartChargingCtrlr"},
                "variable": {"name": name},
            }
            for name, value in (("Enabled", "true"), ("RateUnit", "A"))
        ]
        rejected = [{"attributeStatus": "Rejected", "component": {"name": "x"}, "variable": {"name": "y"}}]
        answers = {
            "GetVariables": {"getVariableResult": results},
            "SetVariables": {"setVariableResult": rejected},
        }
        station = await stations.connect(site, "ocpp2.0.1", "ocpp1.6", answers=answers)
        assert station.outcome == {"protocol": "ocpp2.0.1"}

        what = {"vendorName": "Acme", "model": "Two", "firmwareVersion": "1.2"}
        boot = await station.call("BootNotification", reason="PowerUp", chargingStation=what)
        assert (boot["status"], boot["interval"]) == ("Accepted", 60)
        await eventually(lambda: ear.link and other.link)
        assert ear.product == "Acme Two 1.2"
        where = {"evseId": 1, "connectorId": 1}
        await station.call("StatusNotification", connectorStatus="Occupied", timestamp=now.after(0), **where)
        assert ear.statuses[-1].state is ConnectorState.PREPARING

        token = {"idToken": ORDER, "type": "Central"}
        assert (await station.call("Authorize", idToken=token))["idTokenInfo"]["status"] == "Invalid"
        ear.orders.add(ORDER)
        assert (await station.call("Authorize", idToken=token))["idTokenInfo"]["status"] == "Accepted"
        await ear.asks.start(ORDER, LIMITS)
        asked = await station.told("RequestStartTransaction")
        assert (asked["evseId"], asked["idToken"]) == (1, token)
        assert limits(asked["chargingProfile"]) == ("A", [(0, 30), (7200, 0)])

        plugged = event(
            now, "Started", "CablePluggedIn", 1, info={"chargingState": "EVConnected"}, evse={"id": 1}
        )
        plugged["meterValue"] = [register(now, 1, 5000, "Transaction.Begin")]
        assert await station.call("TransactionEvent", **plugged) == {}
        assert ear.begun == {}, "nobody pays for a car that is only plugged in"
        info = {"chargingState": "Charging", "remoteStartId": asked["remoteStartId"]}
        began = await station.call("TransactionEvent", **event(now, "Updated", "RemoteStart", 5, info=info))
        assert began == {}, "no token was named, so there is none to judge"
        assert (ear.begun["tx-1"].order, ear.begun["tx-1"].meter) == (ORDER, 5000)
        assert ear.statuses[-1].state is ConnectorState.CHARGING
        await station.call(
            "TransactionEvent",
            **event(now, "Updated", "MeterValuePeriodic", 60, meterValue=[register(now, 60, 5250)]),
        )
        assert [read.meter for read in ear.of("tx-1")] == [5000, 5250]

        await ear.asks.limit("tx-1", 3500)
        asked = await station.told("SetChargingProfile")
        assert asked["chargingProfile"]["transactionId"] == "tx-1"
        assert limits(asked["chargingProfile"]) == ("A", [(0, 15), (7200, 0)])
        await ear.asks.stop("tx-1", ORDER)
        assert await station.told("RequestStopTransaction") == {"transactionId": "tx-1"}
        over = event(now, "Ended", "RemoteStop", 3000, info={"stoppedReason": "Remote"})
        over["meterValue"] = [register(now, 3000, 9000, "Transaction.End"), register(now, 1800, 7000)]
        await station.call("TransactionEvent", **over)
        (ended,) = ear.endings
        assert (ended.why, ended.meter) == (EndReason.STOPPED, 9000)
        assert rfc3339(ended.at) == now.after(3000)
        assert ear.statuses[-1].state is ConnectorState.FINISHING

        assert (ear.nonsense, other.nonsense) == ([], [])


async def test_the_rest_of_2_0_1(tmp_path: Path, stations: Stations) -> None:
    async with open_site(tmp_path) as site:
        ear, other, now = await site.ear(), await site.ear(connector=2), Now(site)
        answers = {"UnlockConnector": {"status": "Unlocked"}}
        station = await stations.connect(site, "ocpp2.0.1", answers=answers)
        where = {"evseId": 1, "connectorId": 1}
        status = {"connectorStatus": "Faulted", "timestamp": now.after(0), **where}
        await station.call("StatusNotification", **status)
        assert ear.statuses[-1].fault is Fault.OTHER

        def alert(part: str, variable: str, value: str, **more: Any) -> dict[str, Any]:
            data = {
                "eventId": 1,
                "timestamp": now.after(3001),
                "trigger": "Alerting",
                "actualValue": value,
                "eventNotificationType": "HardWiredNotification",
                "component": {"name": part, **more},
                "variable": {"name": variable},
            }
            return {"generatedAt": now.after(3001), "seqNo": 0, "eventData": [data]}

        ear.disk_full = True
        flood = alert("FloodSensor", "Active", "true")
        assert await station.fails("NotifyEvent", **flood) == "InternalError"
        ear.disk_full = False
        assert (ear.troubles, other.troubles) == ([(Trouble.FLOOD, True)], [(Trouble.FLOOD, True)])
        await station.call("NotifyEvent", **alert("FloodSensor", "Active", "false"))
        assert ear.troubles[-1] == (Trouble.FLOOD, False)
        await station.call("NotifyEvent", **alert("PowerContactor", "Problem", "true", evse={"id": 1}))
        assert ear.statuses[-1].fault is Fault.POWER_SWITCH
        await station.call("NotifyEvent", **alert("Heater", "Problem", "true"))
        await station.call(
            "SecurityEventNotification", type="TamperDetectionActivated", timestamp=now.after(1)
        )
        assert ear.warnings == ["Heater Problem: true", "TamperDetectionActivated"]

        await ear.asks.set_available(available=True)
        await ear.asks.unlock()
        await ear.asks.reset()
        await ear.asks.refresh()
        read = {"timestamp": now.after(1), "sampledValue": [{"value": 9001}]}
        await station.call("MeterValues", evseId=1, meterValue=[read])
        assert (ear.readings[-1].meter, ear.readings[-1].transaction) == (9001, None)
        await station.call("LogStatusNotification", status="Uploaded")
        await station.call("NotifyReport", requestId=1, generatedAt=now.after(1), seqNo=0)
        assert (await station.call("DataTransfer", vendorId="acme"))["status"] == "UnknownVendorId"
        assert "currentTime" in await station.call("Heartbeat")
        assert (
            await station.fails(
                "Get15118EVCertificate", action="Install", exiRequest="x", iso15118SchemaVersion="y"
            )
            == "NotSupported"
        )
        assert (ear.nonsense, other.nonsense) == ([], [])


async def test_a_post_without_smart_charging_is_only_begun_and_ended(
    tmp_path: Path, stations: Stations
) -> None:
    async with open_site(tmp_path) as site:
        ear = await site.ear(ORDER)
        features = [{"key": "SupportedFeatureProfiles", "readonly": True, "value": "Core,Reservation"}]
        answers = {
            "GetConfiguration": {"configurationKey": features},
            "ChangeConfiguration": {"status": "Rejected"},
            "TriggerMessage": {"status": "NotImplemented"},
        }
        station = await stations.connect(site, "ocpp1.6", answers=answers)
        # It lost only the line: it does not boot again, and is served all the same.
        assert "currentTime" in await station.call("Heartbeat")
        await ear.asks.start(ORDER, LIMITS)
        assert await station.told("RemoteStartTransaction") == {"connectorId": 1, "idTag": ORDER}
        assert ear.asks.adjusts is Adjusts.NO
        with pytest.raises(DeviceError) as refusal:
            await ear.asks.limit("7", 3500)
        assert refusal.value.code == "not-supported"
        await set_up(station, "TriggerMessage", "BootNotification")
        # A connector that is made known later has missed how it is.
        second = await site.ear(connector=2)
        assert second.link
        where = {"requestedMessage": "StatusNotification", "connectorId": 2}
        await eventually(lambda: ("TriggerMessage", where) in station.asked)
        assert (ear.nonsense, second.nonsense) == ([], [])
