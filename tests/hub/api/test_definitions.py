"""Definitions over the API: those in force, and a changed one tried on the site's own past."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

from contract.clock import from_epoch_ms, rfc3339_ms
from contract.messages import Event
from contract.things import Property, Thing, ThingModel, read_description
from contract.topics import Address
from hemei.settings import hub_settings
from hemei.site import read_site
from hub.access.roles import Role
from hub.history.store import Sample, SeriesKey
from hub.ledger.commit import Arrival
from tests.hemei.test_community import Choice, written
from tests.hub.api.house import NAMES, House, clock, house

pytestmark = pytest.mark.asyncio(loop_scope="module")

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
HOT = Address("hemei", "sensor", "garage-a-climate")
SMOKE = Address("hemei", "sensor", "bike-shed-smoke")
OWN = """
[[alarm]]
key = "pump-room-hot"
title = {zh-CN = "泵房过热", en = "Pump room hot"}
priority = "medium"
on = {kinds = ["sensor"]}
raise = {property = "temperature", above = 45, hysteresis = 3}
on_delay_s = 120
"""
MODEL = ThingModel(
    properties={
        "temperature": Property(type="number", title=NAMES, unit="°C"),
        "tamper": Property(type="boolean", title=NAMES),
    },
    actions={},
    events={},
)


@dataclass
class Desk:
    """A hub with its site file, and a past."""

    hub: House
    now_ms: int

    async def ask(self, role: Role = Role.SUPERVISOR, **body: Any) -> httpx.Response:
        """Ask for a trial."""
        headers = self.hub.bearer(role)
        return await self.hub.http.post("/api/v1/definitions/trials", headers=headers, json=body)

    async def tried(self, **body: Any) -> dict[str, Any]:
        """Have a definition tried, and wait for it."""
        answer = await self.ask(**body)
        assert answer.status_code == 202, answer.text
        trial: dict[str, Any] = answer.json()
        while trial["standing"] == "running":
            path = f"/api/v1/definitions/trials/{trial['id']}"
            trial = (await self.hub.get(path, Role.SUPERVISOR)).json()
        return trial

    def was(self, address: Address, name: str, *values: tuple[int, Any]) -> None:
        """Put values into history, by how many minutes ago."""
        key = SeriesKey("default", address, name)
        samples = [Sample(key, self.now_ms - ago * MINUTE_MS, value) for ago, value in values]
        self.hub.core.history.write(samples)

    def happened(self, address: Address, kind: str, *ago_min: int) -> None:
        """Put events into the ledger, by how many minutes ago."""
        arrivals = []
        for number, ago in enumerate(ago_min):
            at_ms = self.now_ms - ago * MINUTE_MS
            event = Event(
                specversion="1.0",
                id=f"{kind}-{number}",
                source=str(address),
                type=kind,
                time=from_epoch_ms(at_ms),
                data={"test": False},
            )
            payload = msgspec.json.encode(event)
            arrivals.append(
                Arrival(address=address, tenant="default", event=event, payload=payload, received_ms=at_ms)
            )
        self.hub.core.committer.writer.commit(arrivals)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("definitions")
    file = written(folder, Choice(kinds=("sensor",))).file
    file.write_text(file.read_text() + OWN)
    settings = hub_settings(read_site(file))
    given = {
        name: getattr(settings, name) for name in ("alarms", "drafting", "order_kinds", "contacts", "posts")
    }
    async with house(folder, **given) as hub:
        for address in (HOT, SMOKE):
            thing = Thing(address=address, title=NAMES, model=MODEL, driver="sensors")
            hub.core.shadows.describe(hub.core.shadows.of(address), read_description(thing.description()))
        made = Desk(hub, clock.now_ms())
        # Too hot for five minutes, for one minute, and just below the limit for long.
        made.was(HOT, "temperature", (600, 20.0), (500, 50.0), (495, 20.0), (300, 46.0), (299, 20.0))
        made.was(HOT, "temperature", (200, 44.0), (100, 20.0))
        made.was(HOT, "temperature", (60 * 24 * 3, 60.0), (60 * 24 * 3 - 30, 20.0))
        made.was(HOT, "tamper", (50, True), (40, False))
        made.happened(SMOKE, "hemei.sensor.smoke-detected", 120, 119, 30)
        made.happened(SMOKE, "hemei.sensor.smoke-cleared", 110)
        yield made


async def test_what_is_in_force_is_shown_with_where_it_is_written(desk: Desk) -> None:
    listed = (await desk.hub.get("/api/v1/definitions", Role.SUPERVISOR)).json()
    found = {each["definition"]["key"]: each for each in listed["definitions"]}
    assert listed["can_try"]
    own = found["pump-room-hot"]
    assert own["origin"] == {"source": "site", "file": "site.toml", "place": "[alarm pump-room-hot]"}
    assert own["definition"]["raise"]["above"] == 45
    assert own["devices"] == 2
    assert found["smoke"]["origin"] == {"source": "sensor", "file": None, "place": None}
    assert found["canary"]["origin"] is None, "the hub makes it by itself"


async def test_another_limit_is_compared_with_the_one_in_force(desk: Desk) -> None:
    raise_ = {"property": "temperature", "above": 40, "hysteresis": 3}
    trial = await desk.tried(key="pump-room-hot", fields={"raise": raise_}, days=1)
    assert (trial["in_force"]["alarms"], trial["tried"]["alarms"]) == (1, 2)
    [mark] = trial["in_force"]["marks"]
    began = rfc3339_ms(desk.now_ms - 498 * MINUTE_MS)
    assert (mark["device"], mark["at"]) == (str(HOT), began), "after two minutes above 45"
    assert mark["until"] == rfc3339_ms(desk.now_ms - 495 * MINUTE_MS)
    assert trial["tried"]["devices"] == {str(HOT): 2}
    assert sum(trial["tried"]["bins"]) == 2
    assert (trial["devices"], trial["silent"], trial["complete"]) == (2, 1, True)
    assert 'raise = {property = "temperature", above = 40, hysteresis = 3}' in trial["toml"]
    assert trial["toml"].startswith("[[alarm]]")


async def test_another_delay_and_a_longer_look(desk: Desk) -> None:
    shorter = await desk.tried(key="pump-room-hot", fields={"on_delay_s": 30}, days=7)
    assert (shorter["in_force"]["alarms"], shorter["tried"]["alarms"]) == (2, 3)


async def test_what_ships_can_be_tried_and_gives_the_table_that_changes_it(desk: Desk) -> None:
    trial = await desk.tried(key="bike-shed-smoke", fields={"repeat_within_s": 0}, days=1)
    assert trial["toml"].startswith("[alarm_change.bike-shed-smoke]\n")
    assert "link = []\nrepeat_within_s = 0\n" in trial["toml"], "what the site file says already stays"
    # No area is known here, so none is the bike shed; `smoke` is for all others.
    assert trial["devices"] == 0
    trial = await desk.tried(key="smoke", fields={"repeat_within_s": 0}, days=1)
    assert (trial["in_force"]["alarms"], trial["tried"]["alarms"]) == (2, 3), (
        "a repeat is no alarm of its own"
    )


async def test_a_definition_can_be_pasted(desk: Desk) -> None:
    pasted = OWN.replace("pump-room-hot", "tampered").replace(
        'raise = {property = "temperature", above = 45, hysteresis = 3}\non_delay_s = 120',
        'raise = {any = [{property = "tamper"}, {connectivity = ["device-offline"]}]}',
    )
    trial = await desk.tried(toml=pasted, days=1)
    assert (trial["in_force"], trial["tried"]["alarms"]) == (None, 1)
    assert trial["tried"]["unanswered"] == ["connectivity"], "there may have been more"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"toml": "["}, "not TOML"),
        ({"toml": OWN.replace("medium", "urgent")}, 'allowed: "critical", "high", "medium", "low"'),
        ({"toml": OWN.replace("above", "abvoe")}, "did you mean above?"),
        ({"toml": OWN.replace('"sensor"', '"sensr"')}, "did you mean sensor?"),
        ({"toml": "[alarm_change.smok]\nreview = true"}, "did you mean smoke?"),
        ({"toml": OWN.replace("pump-room-hot", "smoke")}, "allowed: [alarm_change.smoke]"),
        ({"toml": OWN + OWN.replace("hot", "warm")}, "exactly one table"),
        ({"key": "smoke", "fields": {"on_delay_s": -1}}, "on_delay_s"),
        ({"key": "smoke", "toml": OWN}, "either toml, or key"),
    ],
)
async def test_what_is_wrong_names_the_key_and_what_is_allowed(
    desk: Desk, body: dict[str, Any], said: str
) -> None:
    answer = await desk.ask(**body)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-definition")
    assert said in answer.json()["detail"]


async def test_what_no_history_is_kept_of_cannot_be_tried(desk: Desk) -> None:
    answer = await desk.ask(key="device-offline", fields={"on_delay_s": 60})
    assert (answer.status_code, answer.json()["code"]) == (409, "no-past")


async def test_one_at_a_time_and_it_can_be_cancelled(desk: Desk) -> None:
    desk.was(HOT, "temperature", *((ago, 20.0 + ago % 30) for ago in range(60 * 24, 0, -1)))
    with desk.hub.core.history._reading:  # nothing is read, so it goes on
        first = (await desk.ask(key="pump-room-hot", days=30)).json()
        second = await desk.ask(key="pump-room-hot", days=30)
        assert (second.status_code, second.json()["code"]) == (409, "trial-running")
        path = f"/api/v1/definitions/trials/{first['id']}"
        await desk.hub.http.delete(path, headers=desk.hub.bearer(Role.SUPERVISOR))
    while (trial := (await desk.hub.get(path, Role.SUPERVISOR)).json())["standing"] == "running":
        pass
    assert (trial["standing"], trial["tried"]) == ("cancelled", None)
    assert (await desk.hub.get(f"{path[:-1]}x", Role.SUPERVISOR)).status_code == 422
    assert (await desk.hub.get(path[:-32] + "0" * 32, Role.SUPERVISOR)).status_code == 404


async def test_only_who_sets_the_site_up_may(desk: Desk) -> None:
    assert (await desk.ask(Role.GUARD, key="smoke")).status_code == 403
    assert (await desk.hub.get("/api/v1/definitions", Role.GUARD)).status_code == 403
