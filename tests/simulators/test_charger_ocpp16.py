"""A post of OCPP 1.6J with another author's central system (npm ocpp-rpc, strict), over the wire."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.certificates import Authority
from tests.simulators.central import Yard, central_system, yard
from tests.waiting import eventually

ORDER = "2026010100000001"


def profile(watts: float, *, until_s: int | None = None, **more: Any) -> dict[str, Any]:
    """Return a charging profile: so many W, and nothing after `until_s`."""
    periods = [{"startPeriod": 0, "limit": watts}]
    if until_s is not None:
        periods.append({"startPeriod": until_s, "limit": 0.0})
    return {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": {"chargingRateUnit": "W", "chargingSchedulePeriod": periods},
        **more,
    }


def energies(readings: list[dict[str, Any]]) -> list[int]:
    return [
        int(sampled["value"])
        for reading in readings
        for value in reading["meterValue"]
        for sampled in value["sampledValue"]
        if sampled["measurand"] == "Energy.Active.Import.Register"
    ]


async def charging(central: Any, post: Yard) -> None:
    """Have a car charge at connector 1."""
    post.happen("vehicle-arrives")
    started = await central.ask("RemoteStartTransaction", connectorId=1, idTag=ORDER)
    assert started["status"] == "Accepted"
    await post.let(1)
    await post.all_told()


async def test_a_remote_start_waits_for_the_car_follows_its_profile_and_ends_when_told(
    tmp_path: Path,
) -> None:
    async with central_system() as central, yard(central, tmp_path) as post:
        boot = await central.next("BootNotification")
        assert boot["chargePointVendor"] == "Hemei"
        await eventually(lambda: len(central.said("StatusNotification")) == 3)
        assert {each["connectorId"] for each in central.said("StatusNotification")} == {0, 1, 2}

        for key, value in (("MeterValueSampleInterval", "10"), ("HeartbeatInterval", "30")):
            changed = await central.ask("ChangeConfiguration", key=key, value=value)
            assert changed["status"] == "Accepted"
        started = await central.ask(
            "RemoteStartTransaction",
            connectorId=1,
            idTag=ORDER,
            chargingProfile=profile(3500, until_s=60),
        )
        assert started["status"] == "Accepted"
        await post.let(1)
        assert (await central.next("StatusNotification", 4))["status"] == "Preparing"
        post.happen("vehicle-arrives")
        await post.let(30)
        begun = await central.next("StartTransaction")
        assert (begun["connectorId"], begun["idTag"]) == (1, ORDER)
        assert post.truth("power_w") == pytest.approx(3500, abs=1)
        assert await central.next("Heartbeat") == {}

        changed = await central.ask(
            "SetChargingProfile", connectorId=1, csChargingProfiles=profile(2000, until_s=60, transactionId=1)
        )
        assert changed["status"] == "Accepted"
        await post.let(10)
        assert post.truth("power_w") == pytest.approx(2000, abs=1)
        await post.let(30)
        assert (post.truth("power_w"), post.truth("limit_w")) == (0, 0)

        assert (await central.ask("RemoteStopTransaction", transactionId=7))["status"] == "Rejected"
        assert (await central.ask("RemoteStopTransaction", transactionId=1))["status"] == "Accepted"
        stopped = await central.next("StopTransaction")
        assert (stopped["reason"], stopped["transactionId"]) == ("Remote", 1)
        assert stopped["meterStop"] == post.truth("meter_wh")
        read = central.said("MeterValues")
        assert energies(read) == sorted(energies(read))
        assert begun["meterStart"] <= energies(read)[0]
        assert {each["transactionId"] for each in read} == {1}

        await post.let(1)
        post.happen("unplug")
        await post.let(1)
        told = ["Available", "Preparing", "Charging", "SuspendedEVSE", "Finishing", "Available"]
        await eventually(lambda: len(central.said("StatusNotification")) == 8)
        states = [each["status"] for each in central.said("StatusNotification") if each["connectorId"] == 1]
        assert states == told


async def test_what_happens_offline_is_told_later_in_its_order_and_again_until_answered(
    tmp_path: Path,
) -> None:
    async with central_system() as central, yard(central, tmp_path) as post:
        await charging(central, post)
        post.fault("offline")
        await central.until("left")
        await post.let(150)
        post.happen("unplug")
        await post.let(1)
        assert post.truth("energy_wh") == 0
        waiting = post.truth("queue")
        assert waiting == 3  # two readings, and the end

        await central.set(silent=["StopTransaction"])
        post.fault("none")
        stopped = await central.next("StopTransaction")
        assert stopped["reason"] == "EVDisconnected"
        stamps = [
            *(reading["meterValue"][0]["timestamp"] for reading in central.said("MeterValues")),
            stopped["timestamp"],
        ]
        assert stamps == sorted(stamps)
        assert len(stamps) == 3
        assert stamps[0] < stamps[1] < stamps[2]

        post.fault("offline")
        await central.until("left", 2)
        await central.set(silent=[])
        post.fault("none")
        assert await central.next("StopTransaction", 2) == stopped
        await post.all_told()
        assert len(central.said("BootNotification")) == 1  # it never lost its power


async def test_dangers_and_faults_end_charges_and_are_told(tmp_path: Path) -> None:
    async with central_system() as central, yard(central, tmp_path) as post:
        await charging(central, post)
        post.fault("ground-failure")
        await post.let(1)
        assert (await central.next("StopTransaction"))["reason"] == "Other"
        await eventually(lambda: central.said("StatusNotification")[-1]["errorCode"] == "GroundFailure")
        refused = await central.ask("RemoteStartTransaction", connectorId=1, idTag=ORDER)
        assert refused["status"] == "Rejected"
        post.fault("none")
        await post.let(1)

        await charging(central, post)
        post.happen("smoke", 2)
        await post.let(1)
        assert (await central.next("StopTransaction", 2))["reason"] == "EmergencyStop"
        post.happen("smoke-clears")
        post.happen("door-opens")
        await post.let(1)
        assert (await central.next("SecurityEventNotification"))["type"] == "TamperDetectionActivated"

        await charging(central, post)
        post.fault("power-loss", 2)
        await central.until("left")
        await post.let(1)
        assert (post.truth("connected"), post.truth("charging")) == (False, False)
        post.fault("none")
        assert (await central.next("StopTransaction", 3))["reason"] == "PowerLoss"
        assert len(central.said("BootNotification")) == 2

        await central.set(blocked=[ORDER])
        await charging(central, post)
        await post.let(1)
        assert (await central.next("StopTransaction", 4))["reason"] == "DeAuthorized"
        assert post.truth("refused") == 1


async def test_what_else_a_post_can_be_told(tmp_path: Path) -> None:
    async with central_system() as central, yard(central, tmp_path) as post:
        told = await central.ask("GetConfiguration", key=["NumberOfConnectors", "Nonsense"])
        assert told["configurationKey"] == [{"key": "NumberOfConnectors", "readonly": True, "value": "2"}]
        assert told["unknownKey"] == ["Nonsense"]
        for key, value, status in (
            ("HeartbeatInterval", "often", "Rejected"),
            ("NumberOfConnectors", "3", "Rejected"),
            ("MeterValuesSampledData", "Energy.Active.Import.Register,Warmth", "Rejected"),
            ("Nonsense", "1", "NotSupported"),
            ("ConnectionTimeOut", "20", "Accepted"),
        ):
            assert (await central.ask("ChangeConfiguration", key=key, value=value))["status"] == status

        assert (await central.ask("RemoteStartTransaction", idTag=ORDER))["status"] == "Accepted"
        await post.let(21)  # nobody comes
        post.happen("vehicle-arrives")
        await post.let(1)
        assert post.truth("starts") == 0
        for what in ("StatusNotification", "BootNotification", "Heartbeat", "MeterValues"):
            assert (await central.ask("TriggerMessage", requestedMessage=what))["status"] == "Accepted"
        assert "transactionId" not in await central.next("MeterValues")
        unknown = await central.ask("TriggerMessage", requestedMessage="DiagnosticsStatusNotification")
        assert unknown["status"] == "NotImplemented"
        assert (await central.ask("ClearCache"))["status"] == "Accepted"
        assert (await central.ask("DataTransfer", vendorId="nobody"))["status"] == "UnknownVendorId"

        await charging(central, post)
        later = await central.ask("ChangeAvailability", connectorId=0, type="Inoperative")
        assert later["status"] == "Scheduled"
        assert (await central.ask("UnlockConnector", connectorId=1))["status"] == "Unlocked"
        await post.let(1)
        assert (await central.next("StopTransaction"))["reason"] == "UnlockCommand"
        await eventually(lambda: central.said("StatusNotification")[-1]["status"] == "Unavailable")
        assert (await central.ask("RemoteStartTransaction", idTag=ORDER, connectorId=2))[
            "status"
        ] == "Rejected"
        back = await central.ask("ChangeAvailability", connectorId=0, type="Operative")
        assert back["status"] == "Accepted"

        post.happen("card")
        await post.until(lambda: post.truth("starts") == 2)
        assert (await central.next("StartTransaction", 2))["idTag"] == central.said("Authorize")[0]["idTag"]
        await post.all_told()
        assert (await central.ask("Reset", type="Soft"))["status"] == "Accepted"
        await eventually(lambda: central.said("StopTransaction")[-1]["reason"] == "SoftReset")
        await post.all_told()
        await post.let(1)
        assert await central.next("BootNotification", 3)


async def test_a_post_may_refuse_be_slow_or_say_nothing_until_it_is_repaired(tmp_path: Path) -> None:
    async with central_system() as central, yard(central, tmp_path, slow_s=0.1) as post:
        post.fault("refuses")
        refused = await central.ask("RemoteStartTransaction", connectorId=1, idTag=ORDER)
        assert (refused["status"], post.truth("refused")) == ("Rejected", 1)
        post.fault("slow", 2)
        assert (await central.ask("ClearCache"))["status"] == "Accepted"
        post.fault("none")

        post.happen("vehicle-arrives")
        post.fault("mute")
        asking = asyncio.create_task(central.ask("RemoteStartTransaction", connectorId=1, idTag=ORDER))
        await post.let(4000)
        assert (central.said("Heartbeat"), post.truth("starts")) == ([], 0)
        assert (asking.done(), post.truth("connected")) == (False, True)
        post.fault("none")
        assert (await asking)["status"] == "Accepted"
        await central.next("Heartbeat")


async def test_over_tls_a_post_wants_the_right_certificate_and_brings_its_password(tmp_path: Path) -> None:
    authority, stranger = Authority(tmp_path / "ours"), Authority(tmp_path / "theirs")
    async with central_system(authority.issue("localhost")) as central:
        async with yard(central, tmp_path, scheme="ocpps", ca_file=str(authority.ca_file)) as post:
            await central.next("BootNotification")
            (tmp_path / "password").write_text("wrong")
            post.fault("offline")
            post.fault("none")
            await central.until("refused")
            assert not post.truth("connected")
        with pytest.raises(TimeoutError):
            async with yard(central, tmp_path, scheme="ocpps", within_s=0.5, ca_file=str(stranger.ca_file)):
                pass
        assert sum("came" in each for each in central.told) == 1
