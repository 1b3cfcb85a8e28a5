"""Charges that are told of again, late or unasked for: npm ocpp-rpc in strict mode is the post."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio

from contract.clock import rfc3339
from drivers.charger.words import EndReason
from tests.drivers.charger.ocpp.site import ORDER, POST, Ear, open_site
from tests.drivers.charger.ocpp.station import Station, Stations, charging_stations
from tests.waiting import eventually

OTHER = "2026072587654321"


@pytest_asyncio.fixture
async def stations() -> AsyncIterator[Stations]:
    async with charging_stations() as stations:
        yield stations


def times(begun: datetime) -> list[str]:
    return [rfc3339(begun + timedelta(minutes=minutes)) for minutes in range(0, 60, 15)]


async def charge_16(station: Station, order: str, begun: datetime, meter: int) -> str:
    """Tell of a whole charge by 1.6."""
    at = times(begun)
    start = {"connectorId": 1, "idTag": order, "meterStart": meter, "timestamp": at[0]}
    answer = await station.call("StartTransaction", **start)
    data = [{"timestamp": each, "sampledValue": [{"value": str(meter + 500)}]} for each in at[1:3]]
    over = {"transactionId": answer["transactionId"], "meterStop": meter + 1000, "timestamp": at[3]}
    await station.call("StopTransaction", transactionData=data, reason="EVDisconnected", **over)
    return str(answer["transactionId"])


async def charge_201(station: Station, order: str, begun: datetime, meter: int) -> str:
    """Tell of a whole charge by 2.0.1."""
    at, ident = times(begun), f"tx-{order}"

    def event(kind: str, number: int, wh: int, **info: Any) -> dict[str, Any]:
        read = {"timestamp": at[number], "sampledValue": [{"value": wh}]}
        common = {"eventType": kind, "triggerReason": "Trigger", "timestamp": at[number], "seqNo": number}
        where = {"evse": {"id": 1}, "offline": True, "meterValue": [read]}
        return {**common, **where, "transactionInfo": {"transactionId": ident, **info}}

    token = {"idToken": order, "type": "Central"}
    await station.call("TransactionEvent", **event("Started", 0, meter), idToken=token)
    await station.call("TransactionEvent", **event("Updated", 1, meter + 500))
    await station.call("TransactionEvent", **event("Ended", 3, meter + 1000, stoppedReason="EVDisconnected"))
    return ident


async def test_what_is_told_five_times_is_one_charge(tmp_path: Path, stations: Stations) -> None:
    async with open_site(tmp_path) as site:
        begun = site.port.clock.now() - timedelta(hours=1)
        old, new = await site.ear(ORDER), await site.ear(ORDER, post="GARAGE-02")
        old_post = await stations.connect(site, "ocpp1.6")
        new_post = await stations.connect(site, "ocpp2.0.1", post="GARAGE-02")
        idents = {await charge_16(old_post, ORDER, begun, 1000) for _ in range(5)}
        idents |= {await charge_201(new_post, ORDER, begun, 1000) for _ in range(5)}
        assert {*old.begun, *new.begun} == idents
        assert len(idents) == 2
        assert [*old.settled.values(), *new.settled.values()] == [2000, 2000]


async def test_an_hour_offline_loses_nothing(tmp_path: Path, stations: Stations) -> None:
    async with open_site(tmp_path) as site:
        now = site.port.clock.now()
        for protocol, charge, post in (("ocpp1.6", charge_16, POST), ("ocpp2.0.1", charge_201, "GARAGE-02")):
            ear = await site.ear(post=post)
            station = await stations.connect(site, protocol, post=post)
            first = await charge(station, ORDER, now - timedelta(hours=2), 1000)
            second = await charge(station, OTHER, now - timedelta(hours=1), 2000)
            assert {each.order: each.at for each in ear.begun.values()} == {
                ORDER: now - timedelta(hours=2),
                OTHER: now - timedelta(hours=1),
            }
            assert [each.at for each in ear.endings] == [
                now - timedelta(minutes=75),
                now - timedelta(minutes=15),
            ]
            assert {each.why for each in ear.endings} == {EndReason.UNPLUGGED}
            assert ear.settled == {first: 2000, second: 3000}
            assert next(each.at for each in ear.of(second)) <= now - timedelta(minutes=45)
            assert ear.statuses == [], "how it was then is not how it is"
            # Nobody had admitted them: each is told to end, in case it still runs.
            request = "RemoteStopTransaction" if protocol == "ocpp1.6" else "RequestStopTransaction"
            await eventually(lambda s=station, r=request: len([1 for asked, _ in s.asked if asked == r]) >= 2)


async def test_a_stranger_is_refused_told_to_stop_and_recorded(tmp_path: Path, stations: Stations) -> None:
    async with open_site(tmp_path) as site:
        ear = await site.ear()
        station = await stations.connect(site, "ocpp1.6")
        at = rfc3339(site.port.clock.now())
        start = {"connectorId": 1, "idTag": "CARD", "meterStart": 5, "timestamp": at}
        for _ in range(2):
            answer = await station.call("StartTransaction", **start)
            assert answer["idTagInfo"]["status"] == "Invalid"
            assert ear.begun[str(answer["transactionId"])].order == "CARD"
        stop = await station.told("RemoteStopTransaction")
        assert stop == {"transactionId": answer["transactionId"]}


async def test_nothing_is_acknowledged_that_is_not_kept(tmp_path: Path, stations: Stations) -> None:
    async with open_site(tmp_path) as site:
        ear = await site.ear(ORDER)
        station = await stations.connect(site, "ocpp1.6")
        begun = site.port.clock.now() - timedelta(hours=1)
        start = {"connectorId": 1, "idTag": ORDER, "meterStart": 5, "timestamp": rfc3339(begun)}
        ear.disk_full = True
        assert await station.fails("StartTransaction", **start) == "InternalError"
        ear.disk_full = False
        answer = await station.call("StartTransaction", **start)
        assert answer["idTagInfo"]["status"] == "Accepted"

        # Its other connector may not have been made known yet: then its charges are nobody's, for now.
        over = {"transactionId": 77, "meterStop": 900, "timestamp": rfc3339(begun)}
        assert await station.fails("StopTransaction", **over) == "InternalError"
        assert await station.fails("StartTransaction", **(start | {"connectorId": 2})) == "InternalError"
        second = await site.ear(ORDER, connector=2, ear=Ear(ORDER))
        site.port.clock.advance(601)
        await station.call("StartTransaction", **(start | {"connectorId": 2}))
        assert len(second.begun) == 1
        answer = await station.call("StartTransaction", **(start | {"connectorId": 3}))
        assert answer["idTagInfo"]["status"] == "Invalid"
        await station.call("StopTransaction", **over)
        assert [each for each in ear.nonsense if "none of ours" in each] == [
            "a charge began on connector 3, which is none of ours",
            "a charge ended on connector unknown, which is none of ours",
        ]


async def test_a_clock_that_was_never_set_counts_as_now(tmp_path: Path, stations: Stations) -> None:
    async with open_site(tmp_path) as site:
        ear = await site.ear(ORDER)
        station = await stations.connect(site, "ocpp1.6")
        start = {"connectorId": 1, "idTag": ORDER, "meterStart": -5, "timestamp": "1970-01-01T00:00:07Z"}
        answer = await station.call("StartTransaction", **start)
        began = ear.begun[str(answer["transactionId"])]
        assert (began.at, began.meter) == (site.port.clock.now(), None)
        assert ear.nonsense == ["a time that cannot be, taken as now"]
