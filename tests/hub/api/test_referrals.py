"""An alarm is handed to a grid officer over real HTTP, and what they answer is on the screens."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from hub.access.roles import Role
from hub.notify.contact import Contact
from hub.posts.post import Post
from hub.referrals.settings import Grid, PoliceSettings
from tests.hub.alarms.made import definition, raised
from tests.hub.api.house import House, frame_of, house
from tests.hub.notify.receiver import Receiver, receiving
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

API = "/api/v1"
FAULT = definition()
OFFICER = {"name": "张警官", "number": "021345"}
GRIDS = (
    Grid(key="rest", title={"zh-CN": "和美警格", "en": "Hemei grid"}, areas=("*",), contact="zhang"),
    Grid(key="east", title={"zh-CN": "东门警格", "en": "East grid"}, areas=("east-gate",), contact="zhang"),
)
CENTRE = Post(id="centre", title={"zh-CN": "指挥中心", "en": "Centre"})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def officer() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory, officer: Receiver) -> AsyncIterator[House]:
    folder: Path = tmp_path_factory.mktemp("referrals")
    address = folder / "zhang"
    address.touch(mode=0o600)
    address.write_text(officer.address("zhang"))
    contact = Contact(id="zhang", title={"zh-CN": "张警官"}, url_file=str(address), language="en")
    async with house(
        folder, alarms=(FAULT,), contacts=(contact,), posts=(CENTRE,), police=PoliceSettings(grid=GRIDS)
    ) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def alarm(hub: House) -> AsyncIterator[dict[str, Any]]:
    await hub.room.desk.take([raised(FAULT)], None)
    (known,) = hub.room.desk.standing().values()
    yield (await hub.get(f"{API}/alarms/{known.id}", Role.SUPERVISOR)).json()
    for each in [each.id for each in hub.room.desk.standing().values()]:
        await close(hub, each)


async def press(
    hub: House, alarm: str, deed: str, role: Role = Role.SUPERVISOR, **body: Any
) -> httpx.Response:
    return await hub.http.post(f"{API}/alarms/{alarm}/{deed}", headers=hub.bearer(role), json=body)


async def close(hub: House, alarm: str) -> None:
    for deed, more in (("acknowledge", {}), ("close", {"forced": True, "note": "done"})):
        now = await hub.room.desk.get(alarm)
        assert now is not None
        done = await press(hub, alarm, deed, version=now.version, **more)
        assert done.status_code == 200, done.text


async def handed(hub: House, officer: Receiver, alarm: dict[str, Any]) -> str:
    """Hand an alarm over; return where the officer's link leads in the API."""
    before = len(officer.posts)
    made = await press(hub, alarm["id"], "referrals", version=alarm["version"], grid="east", note="请到场")
    assert made.status_code == 201, made.text
    letter = await eventually(lambda: officer.posts[before:])
    (link,) = [line for line in letter[0].text.split("\n") if "/police#" in line]
    return f"{API}/police/by-key/{link.partition('#')[2]}"


async def test_an_officer_confirms_and_answers_and_the_case_shows_it(
    hub: House, officer: Receiver, alarm: dict[str, Any]
) -> None:
    http = hub.http
    offered = (await hub.get(f"{API}/alarms/{alarm['id']}/referrals", Role.SUPERVISOR)).json()
    assert (offered["covering"], [each["key"] for each in offered["grids"]]) == ("east", ["rest", "east"])
    mine = await handed(hub, officer, alarm)
    page = (await http.get(mine)).json()
    assert (page["state"], page["priority"], page["unit"]["en"]) == ("handed", "high", "East grid")
    assert "请到场" not in str(page), "the note stays in the case"
    async with hub.viewer(hub.bearer(Role.SUPERVISOR)) as console:
        await frame_of(console)
        assert (await http.post(f"{mine}/receipt", json=OFFICER)).json()["state"] == "received"
        changed = await frame_of(console, "changes")
        assert [each["id"] for each in changed["alarms"]] == [alarm["id"]]
    second = await http.post(f"{mine}/receipt", json={"name": "王警官", "number": "021346"})
    assert (second.status_code, second.json()["code"]) == (409, "already-received")
    body = {"answer": "dealt-with", "words": " 已劝离 "}
    last = (await http.post(f"{mine}/answers", json=body)).json()
    assert (last["state"], "已劝离" in str(last), "张警官" in str(last)) == ("dealt-with", False, False)
    assert ((await http.get(mine)).status_code, (await http.get(mine)).json()["code"]) == (410, "link-over")
    (shown,) = (await hub.get(f"{API}/alarms/{alarm['id']}/referrals", Role.SUPERVISOR)).json()["referrals"]
    assert (shown["officer"], shown["answers"][0]["words"]) == (OFFICER, "已劝离")
    assert shown["letter"]["state"] == "sent"
    wall = (await hub.get(f"{API}/alarms/{alarm['id']}/referrals", Role.WALL)).json()["referrals"]
    assert wall[0]["officer"] is None
    timeline = (await hub.get(f"{API}/alarms/{alarm['id']}", Role.SUPERVISOR)).json()["timeline"]
    kinds = [each["kind"] for each in timeline]
    assert kinds[-2:] == ["referral-received", "referral-answered"]
    audit = (await hub.get(f"{API}/audit", Role.SUPERVISOR)).json()["entries"]
    assert {"alarm.referred", "alarm.referral-answered"} <= {each["what"] for each in audit}
    assert "张警官" not in str(audit)


async def test_a_hand_over_is_taken_back_and_its_link_is_dead(
    hub: House, officer: Receiver, alarm: dict[str, Any]
) -> None:
    mine = await handed(hub, officer, alarm)
    path = f"{API}/alarms/{alarm['id']}/referrals"
    (shown,) = (await hub.get(path, Role.SUPERVISOR)).json()["referrals"]
    stale = await press(hub, alarm["id"], "referrals", version=alarm["version"], grid="rest")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale-version")
    assert stale.json()["alarm"]["id"] == alarm["id"]
    again = stale.json()["alarm"]["version"]
    twice = await press(hub, alarm["id"], "referrals", version=again, grid="east")
    assert (twice.status_code, twice.json()["code"]) == (409, "already-handed")
    wrong = await press(hub, alarm["id"], "referrals", version=again, grid="nowhere")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown-grid")
    back = await press(hub, alarm["id"], f"referrals/{shown['id']}/revoke", reason="wrong unit")
    assert back.json()["state"] == "revoked", back.text
    assert (await hub.http.post(f"{mine}/receipt", json=OFFICER)).status_code == 410
    nobody = await press(hub, alarm["id"], f"referrals/{'0' * 32}/revoke", reason="wrong unit")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "unknown-referral")


async def test_an_officer_sees_that_the_case_is_closed_and_a_late_answer_calls_the_guard(
    hub: House, officer: Receiver, alarm: dict[str, Any]
) -> None:
    mine = await handed(hub, officer, alarm)
    assert (await hub.http.get(mine)).json()["closed"] is None
    await close(hub, alarm["id"])
    page = (await hub.http.get(mine)).json()
    assert (page["closed"] is not None, page["state"]) == (True, "handed")
    await hub.http.post(f"{mine}/receipt", json=OFFICER)
    answered = await hub.http.post(f"{mine}/answers", json={"answer": "dealt-with", "words": "已劝离"})
    assert answered.json()["state"] == "dealt-with"
    (shown,) = (await hub.get(f"{API}/alarms/{alarm['id']}/referrals", Role.SUPERVISOR)).json()["referrals"]
    assert [each["late"] for each in shown["answers"]] == [True]
    (late,) = (await hub.get(f"{API}/alarms", Role.SUPERVISOR)).json()["alarms"]
    assert (late["key"], late["data"]["alarm"]) == ("police-answered-late", alarm["id"])


async def test_who_may_not_act_hands_nothing_over(hub: House, alarm: dict[str, Any]) -> None:
    body = {"version": alarm["version"], "grid": "east"}
    off_duty = await press(hub, alarm["id"], "referrals", Role.GUARD, **body)
    assert (off_duty.status_code, off_duty.json()["code"]) == (403, "not-on-duty")
    assert (await press(hub, alarm["id"], "referrals", Role.LIAISON, **body)).status_code == 403


async def test_another_sites_page_can_do_nothing_and_no_log_has_the_link(
    hub: House, officer: Receiver, alarm: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        mine = await handed(hub, officer, alarm)
        elsewhere = {"Origin": "https://evil.example"}
        refused = await hub.http.post(f"{mine}/receipt", json=OFFICER, headers=elsewhere)
    assert refused.status_code == 403
    others = ("httpx", "httpcore", "apprise")  # Apprise's own lines go nowhere: hub.notify.sender
    own = [each for each in caplog.records if not each.name.startswith(others)]
    assert mine.rpartition("/")[2] not in str([each.getMessage() for each in own])


async def test_guessing_gets_slower(hub: House) -> None:
    wrong = [await hub.http.get(f"{API}/police/by-key/{'0' * n}") for n in range(1, 9)]
    assert {answer.status_code for answer in wrong} == {404, 429}
    assert wrong[0].json()["code"] == "link-unknown"
