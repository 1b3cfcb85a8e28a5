"""Ready answers of a real hub: what is not known is not reckoned."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from contract.clock import epoch_ms
from contract.topics import Address
from hub.access.roles import Role
from hub.history.heard import HEARD_PROPERTY
from hub.history.store import Sample, SeriesKey
from hub.months import Month
from hub.passes.figures import day_of
from hub.questions.availability import by_month
from hub.questions.gaps import Gap, Unheard
from hub.questions.kept import DAY_MS, HOUR_MS
from hub.questions.ready import cell_of
from tests.hub.alarms.made import incident, raised
from tests.hub.api.house import GATE, House, clock, house
from tests.hub.api.test_figures import LAWN, passed, shows

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
WEEK: Final = timedelta(days=7)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Give a hub."""
    falling = incident("falling-object")
    async with house(tmp_path_factory.mktemp("ready"), alarms=(falling,)) as running:
        yield running


async def ask(hub: House, what: str, role: Role = Role.SUPERVISOR, **wanted: Any) -> Any:
    """Ask, and return the answer's body."""
    answer = await hub.get(f"/api/v1/questions/{what}", role, params=wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_passes_stand_beside_those_of_a_week_ago(hub: House) -> None:
    now = clock.now()
    for ident, (at, way) in enumerate([(now, "in"), (now - WEEK, "in"), (now - WEEK, "out")]):
        passed(hub, at, str(ident), way)
    await hub.room.passes.look()
    found = await ask(hub, "passes", Role.GUARD)
    local = now.astimezone(SHANGHAI)
    assert (found["day"], found["before"]) == (
        local.date().isoformat(),
        (local.date() - WEEK).isoformat(),
    )
    assert found["hours"][local.hour] | {"hour": 0} == {
        "hour": 0,
        "in": 1,
        "out": 0,
        "in_before": 1,
        "out_before": 1,
    }
    assert found["days"][-1] == {
        "day": found["day"],
        "in": 1,
        "out": 0,
        "in_before": 1,
        "out_before": 1,
    }


async def test_water_and_rain_are_counted_by_day(hub: House) -> None:
    shows(hub, LAWN)
    today = datetime.now(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    midnight = epoch_ms(today)
    meter, rain = (SeriesKey("default", LAWN, name) for name in ("water-total", "raining"))
    hub.core.history.write(
        [
            Sample(meter, midnight - 2 * DAY_MS + HOUR_MS, 100.0),
            Sample(meter, midnight - DAY_MS + HOUR_MS, 130.0),
            Sample(meter, midnight - HOUR_MS, 150.0),
            Sample(rain, midnight - DAY_MS + HOUR_MS, True),
            Sample(rain, midnight - DAY_MS + 3 * HOUR_MS, False),
        ]
    )
    [lawn] = (await ask(hub, "water", days=3))["zones"]
    assert [each["litres"] for each in lawn["days"]] == [0, 50.0, None]
    assert [each["rained_s"] for each in lawn["days"]] == [None, 7200, 0]


async def test_doors_charging_and_falls_have_answers(hub: House) -> None:
    assert (await ask(hub, "doors", days=7))["doors"] == []
    found = await ask(hub, "charging", months=3)
    assert [each["income_fen"] for each in found["months"]] == [0, 0, 0]
    for event, data in enumerate([{"x": 0.51, "y": 0.99}, {"x": 0.5, "y": 1}, {"source": "analyser"}]):
        signal = raised(
            incident("falling-object"), at_ms=epoch_ms(clock.now()) - 1, data=data, occurrence=str(event)
        )
        await hub.room.desk.take([signal], None)
    found = await ask(hub, "falls")
    assert [(each["device"], each["cells"], each["nowhere"]) for each in found["cameras"]] == [
        (str(GATE), [{"column": 6, "row": 7, "count": 2}], 1)
    ]


async def test_availability_knows_only_what_is_kept(hub: House) -> None:
    now_ms = epoch_ms(clock.now())
    old = Address("hemei", "door", "hall")
    hub.core.shadows.of(old)
    series = SeriesKey("default", old, HEARD_PROPERTY)
    hub.core.history.write([Sample(series, now_ms - 4000, 1), Sample(series, now_ms - 2000, 0)])
    found = await ask(hub, "availability", months=2)
    [mine] = [each for each in found["devices"] if each["device"] == str(old)]
    assert mine["months"][0]["percent"] is None
    assert 0 < mine["months"][1]["percent"] < 100
    assert mine["months"][1]["unheard_s"] >= 2


async def test_figures_are_for_who_may_see_them(hub: House) -> None:
    assert (await hub.get("/api/v1/questions/charging", Role.LIAISON)).status_code == 403
    assert (await hub.get("/api/v1/questions/falls", Role.ADMIN)).status_code == 403
    assert (await hub.get("/api/v1/questions/doors", params={"days": 93})).status_code == 422


async def test_what_nobody_knows_counts_neither_way() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    march = day_of(date(2026, 3, 1), zone).from_ms
    april = day_of(date(2026, 4, 1), zone).from_ms
    asked = [Month(2026, 2, zone), Month(2026, 3, zone)]
    ends = [(str(each), each.so_far(april).end_ms) for each in asked]
    assert ends == [("2026-02", march), ("2026-03", april)]
    known = Unheard(
        april - 10 * DAY_MS,
        [
            Gap(april - 8 * DAY_MS, april - 6 * DAY_MS, "nobody-knows"),
            Gap(april - 6 * DAY_MS, april - 4 * DAY_MS, "not-heard"),
        ],
    )
    assert [(each.percent, each.unheard_s) for each in by_month(known, asked, april)] == [
        (None, 0),
        (75.0, 2 * 86400),
    ]


@pytest.mark.parametrize("data", [{}, {"x": 2, "y": 0}, {"x": "left", "y": 0}, {"x": float("nan"), "y": 0}])
async def test_a_place_that_is_none_is_in_no_cell(data: dict[str, Any]) -> None:
    assert cell_of(data) is None
