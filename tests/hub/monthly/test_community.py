"""The residents' public page: none at first, totals alone, few is not told, a revoked link opens nothing."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from hub.access.roles import Role
from hub.months import month_at
from tests.hub.api.house import House, clock, house
from tests.hub.monthly.made import BEFORE, MONTH, SETTINGS, SHANGHAI, fill

pytestmark = pytest.mark.asyncio(loop_scope="module")
API = "/api/v1/community-links"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Give one hub for all tests here."""
    folder: Path = tmp_path_factory.mktemp("community")
    async with house(folder, **SETTINGS) as running:
        fill(running)
        person = {"name": "王芳", "phone": "13800138000"}
        made = await running.http.post(
            "/api/v1/register/people", json=person, headers=running.bearer(Role.ADMIN)
        )
        assert made.status_code == 201, made.text
        yield running


async def link(hub: House, **wanted: Any) -> dict[str, Any]:
    answer = await hub.http.post(API, json={"name": "公告栏"} | wanted, headers=hub.bearer(Role.ADMIN))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    found["path"] = "/community/" + found["page"]["link"].rpartition("/")[2]
    return found


def written(page: str) -> dict[str, tuple[str, str | None]]:
    """Return what the page shows: value, and that of the month before."""
    rows = re.findall(r"<dt>([^<]*)</dt><dd><b>([^<]*)</b>(?:<small>([^<]*)</small>)?", page)
    return {title: (value, before or None) for title, value, before in rows}


async def test_there_is_none_at_first(hub: House) -> None:
    listed = await hub.get(API, Role.ADMIN)
    assert listed.json() == {"links": []}
    answer = await hub.http.get("/community/guessed")
    assert answer.status_code == 404
    assert "打不开" in answer.text
    assert (await hub.http.get("/community/%00")).status_code == 404


async def test_totals_of_the_last_month_that_is_over(hub: House) -> None:
    made = await link(hub)
    answer = await hub.http.get(made["path"])
    assert answer.status_code == 200
    shown = written(answer.text)
    assert shown["工单（件）"] == ("7", "上月 少于5")
    assert shown["按时办结率"] == ("83%", "上月 少于5"), "of one alone it would tell of that one"
    assert shown["高空抛物（次）"] == ("少于5", "上月 少于5")
    assert shown["报警（次）"] == ("少于5", "上月 少于5")
    assert shown["报警确认用时（中位数）"][0] == "少于5"
    assert (shown["车辆进（辆次）"], shown["车辆出（辆次）"][0]) == (("7", "上月 少于5"), "6")
    assert shown["车流最多的时段"] == ("08:00–09:00", "上月 少于5")
    assert (shown["充电（次）"][0], shown["充电电量"][0], shown["充电收入"][0]) == ("6", "9.0 kWh", "¥7.38")
    assert shown["公共用水"][0] == "2.5 吨"
    english = (await hub.http.get(made["path"], params={"language": "en"})).text
    assert written(english)["Alarms"] == ("fewer than 5", "before: fewer than 5")


async def test_nothing_in_it_tells_of_anybody(hub: House) -> None:
    made = await link(hub)
    for language in ("zh-CN", "en"):
        page = (await hub.http.get(made["path"], params={"language": language})).text
        told = (
            "王芳",
            "1380013",
            "1202",
            "3 栋",
            "camera",
            "east",
            "garage",
            "tower",
            "摄像机",
            "维修",
            "Repair",
        )
        assert [each for each in told if each in re.sub(r"base64,[^\"]*", "", page)] == []
        assert "<script" not in page
        assert 'content="noindex"' in page


async def test_only_months_that_are_over(hub: House) -> None:
    path = (await link(hub))["path"]
    last = (await hub.http.get(path)).text
    for wanted in (str(month_at(clock.now_ms(), SHANGHAI)), "2999-01", "x", str(MONTH.moved(-12))):
        answer = (await hub.http.get(path, params={"month": wanted})).text
        assert written(answer) == written(last), wanted
    assert f"month={BEFORE}" in last
    assert f"month={MONTH.moved(1)}" not in last
    before = (await hub.http.get(path, params={"month": str(BEFORE)})).text
    assert written(before)["车辆进（辆次）"][0] == "少于5"
    empty = (await hub.http.get(path, params={"month": str(MONTH.moved(-6))})).text
    assert "这个月没有记录" in empty
    assert written(empty) == {}


async def test_a_revoked_link_opens_nothing(hub: House) -> None:
    made, other = await link(hub), await link(hub, days=30)
    listed = (await hub.get(API, Role.ADMIN)).json()["links"]
    assert {made["id"], other["id"]} <= {each["id"] for each in listed}
    assert made["path"].rpartition("/")[2] not in str(listed)
    gone = await hub.http.delete(f"{API}/{made['id']}", headers=hub.bearer(Role.ADMIN))
    assert gone.status_code == 204
    answer = await hub.http.get(made["path"])
    assert (answer.status_code, "停用" in answer.text, "withdrawn" in answer.text) == (410, True, True)
    assert (await hub.http.get(other["path"])).status_code == 200
    again = await hub.http.delete(f"{API}/{made['id']}", headers=hub.bearer(Role.ADMIN))
    assert (again.status_code, again.json()["code"]) == (404, "unknown-link")


async def test_who_may_make_links(hub: House) -> None:
    for role in (Role.GUARD, Role.SUPERVISOR, Role.WALL, Role.LIAISON):
        answer = await hub.http.post(API, json={"name": "x"}, headers=hub.bearer(role))
        assert answer.status_code == 403
    wrong = await hub.http.post(API, json={"name": ""}, headers=hub.bearer(Role.ADMIN))
    assert wrong.status_code == 422
    await link(hub)
    assert (await hub.get(API, Role.ADMIN)).is_success
    entries = (await hub.get("/api/v1/audit", Role.SUPERVISOR)).json()["entries"]
    assert {"community.link-made", "community.links-viewed"} <= {each["what"] for each in entries}


async def test_who_guesses_waits_and_whoever_has_a_link_does_not(hub: House) -> None:
    path = (await link(hub))["path"]
    statuses = [(await hub.http.get(f"/community/wrong-{number}")).status_code for number in range(12)]
    assert 429 in statuses
    assert (await hub.http.get(path)).status_code == 200
