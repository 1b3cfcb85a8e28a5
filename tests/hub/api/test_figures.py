"""Figures of the wall: of a real ledger and history, by role, and counted once for all who ask."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from contract.clock import epoch_ms
from contract.messages import Availability, AvailabilityStatus, Event, State
from contract.passes import GATE_PASSED
from contract.things import Thing, read_description
from contract.topics import Address
from drivers.charger.model import CHARGER
from drivers.sprinkler.model import SPRINKLER
from hub.access.roles import Role
from hub.figures.water import used
from hub.history.store import Sample, SeriesKey
from hub.ledger.commit import Arrival
from hub.shadows.shadow import Connectivity
from tests.broker import Mosquitto
from tests.hub.api.house import GATE, House, clock, house
from tests.waiting import eventually

API: Final = "/api/v1/figures/wall"
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
LAWN: Final = Address("hemei", "sprinkler", "lawn")
SILENT: Final = Address("hemei", "sprinkler", "silent")
WEEK: Final = timedelta(days=7)


def passed(hub: House, at: datetime, ident: str, direction: str) -> None:
    """Have a vehicle have passed the gate then."""
    data = {"plate": "浙B12345", "direction": direction, "category": "resident"}
    event = Event(specversion="1.0", id=ident, source=str(GATE), type=GATE_PASSED, time=at, data=data)
    arrival = Arrival(
        address=GATE,
        tenant="default",
        event=event,
        payload=msgspec.json.encode(event),
        received_ms=epoch_ms(at),
    )
    hub.room.committed(hub.core.committer.writer.commit([arrival]).entries)


def shows(hub: House, address: Address, **properties: Any) -> None:
    """Have a device show something, as it is heard now."""
    now = clock.now()
    shadow = hub.core.shadows.of(address)
    model = CHARGER if address.kind == "charger" else SPRINKLER
    thing = Thing(address=address, title={"zh-CN": "草坪"}, model=model)
    hub.core.shadows.describe(shadow, read_description(thing.description()))
    if properties:
        state = State(ts=now, boot=1, seq=epoch_ms(now), properties=properties)
        heard_at = clock.monotonic()
        shadow.apply_state(state, epoch_ms(now), retained=False, now=heard_at, wall_ms=epoch_ms(now))


async def test_passes_stand_beside_those_of_the_same_day_a_week_ago(hub: House) -> None:
    now = clock.now()
    passed(hub, now, "1", "in")
    passed(hub, now - WEEK, "2", "in")
    passed(hub, now - WEEK, "3", "out")
    await hub.room.passes.look()
    figures = (await hub.get(API)).json()["passes"]
    local = now.astimezone(SHANGHAI)
    assert (figures["day"], figures["before"]) == (
        local.date().isoformat(),
        (local - WEEK).date().isoformat(),
    )
    assert [each["hour"] for each in figures["hours"]] == list(range(24))
    hour = figures["hours"][local.hour]
    assert {"in": 1, "out": 0, "in_before": 1, "out_before": 1}.items() <= hour.items()
    assert all(each["in"] is None for each in figures["hours"][local.hour + 1 :]), "not begun"


async def test_water_is_counted_from_the_last_reading_before_midnight(hub: House) -> None:
    midnight = datetime.now(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    series = SeriesKey("default", LAWN, "water-total")
    evening = epoch_ms(midnight) - 3_600_000
    hub.core.history.write([Sample(series, evening - 60_000, 900.0), Sample(series, evening, 1000.0)])
    shows(hub, LAWN, **{"water-total": 1042.5})
    shows(hub, SILENT)
    water = (await hub.get(API, Role.WALL)).json()["water"]
    assert (water["litres"], water["unknown"]) == (42.5, 1)
    assert [(each["device"], each["litres"]) for each in water["zones"]] == [("lawn", 42.5), ("silent", None)]


def test_a_meter_that_falls_counts_from_nothing() -> None:
    assert used([100.0, 130.0, 5.0, 7.0]) == 37.0
    assert used([100.0]) == 0.0


async def test_energy_of_a_charge_counts_while_its_post_is_heard(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    heard, lost = (Address("hemei", "charger", name) for name in ("garage-0", "garage-1"))
    async with house(tmp_path, broker=mosquitto.broker()) as hub:
        for post, status in ((heard, AvailabilityStatus.READY), (lost, AvailabilityStatus.DISCONNECTED)):
            shows(hub, post, state="charging", energy=1500, order="")
            hub.core.shadows.of(post).available(Availability(status=status, ts=clock.now()))
        await eventually(lambda: hub.core.shadows.of(heard).connectivity is Connectivity.ONLINE)
        energy = (await hub.get(API)).json()["energy"]
    assert (energy["ended_wh"], energy["under_way_wh"]) == (0, 1500)


async def test_everybody_sees_what_they_may(hub: House) -> None:
    seen = {role: (await hub.get(API, role)).json() for role in (Role.WALL, Role.ADMIN)}
    assert all(seen[Role.WALL][name] for name in ("passes", "energy", "water"))
    assert (seen[Role.ADMIN]["energy"], seen[Role.ADMIN]["failed"]) == (None, [])
    assert seen[Role.ADMIN]["passes"]
    liaison = (await hub.get(API, Role.LIAISON)).json()
    assert (liaison["energy"], bool(liaison["passes"])) == (None, True)


async def test_who_asks_at_the_same_time_is_told_the_same(hub: House) -> None:
    asked = await asyncio.gather(*(hub.get(API) for _ in range(8)))
    assert len({each.text for each in asked}) == 1, "counted once"
    again = await hub.get(API, Role.WALL)
    assert again.json()["passes"] == asked[0].json()["passes"]


async def test_a_figure_that_cannot_be_counted_is_said_to_be_missing(hub: House) -> None:
    hub.core.history.close()
    shows(hub, LAWN, **{"water-total": 1.0})
    figures = (await hub.get(API)).json()
    assert (figures["water"], figures["failed"]) == (None, ["water"])
    assert figures["passes"] is not None
