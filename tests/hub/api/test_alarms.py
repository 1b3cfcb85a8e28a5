"""Alarms over the API: seen, pressed on, refused; every screen hears of it at once."""

import asyncio
from typing import Any

import httpx
import pytest

from hub.access.roles import Role
from hub.alarms.definition import Definition
from hub.posts.post import Post
from tests.hub.alarms.made import definition, incident, over, raised
from tests.hub.api.house import House, frame_of, house
from tests.waiting import PATIENCE_S

DEFINITIONS: tuple[Definition, ...] = (
    definition(steps=({"zh-CN": "看现场", "en": "Look at the gate"},)),
    incident(review=True),
    definition("panic", latching=True),
)
POSTS = (
    Post(id="centre", title={"zh-CN": "指挥中心", "en": "Centre"}),
    Post(id="west", title={"zh-CN": "西门", "en": "West gate"}, areas=("west-gate",)),
)


@pytest.fixture
async def room(tmp_path: Any) -> Any:
    async with house(tmp_path, alarms=DEFINITIONS) as running:
        yield running


async def press(hub: House, ident: str, deed: str, role: Role = Role.GUARD, **body: Any) -> httpx.Response:
    path = f"/api/v1/alarms/{ident}/{deed}"
    return await hub.http.post(path, headers=hub.bearer(role), json=body)


async def alarm_on(hub: House, **query: Any) -> dict[str, Any]:
    listed = (await hub.get("/api/v1/alarms", params=query)).json()["alarms"]
    assert len(listed) == 1
    alarm: dict[str, Any] = listed[0]
    return alarm


async def test_an_alarm_is_listed_and_shown_with_its_timeline(room: House) -> None:
    await room.room.desk.take([raised(DEFINITIONS[0], event_seq=1, data={"fault": "jammed"})], 1)
    alarm = await alarm_on(room)
    assert (alarm["kind"], alarm["device"], alarm["area"]) == ("gate", "east-in", "east-gate")
    assert alarm["state"] == "unacknowledged"
    assert alarm["steps"] == [{"zh-CN": "看现场", "en": "Look at the gate"}]
    assert await alarm_on(room, area="east-gate", priority="high", kind="gate") == alarm
    assert (await room.get("/api/v1/alarms", params={"area": "garden"})).json()["alarms"] == []
    case = (await room.get(f"/api/v1/alarms/{alarm['id']}")).json()
    assert alarm.items() <= case.items()
    assert case["timeline"][0]["kind"] == "raised"
    assert case["trace"]["raised"] is not None
    assert (await room.get(f"/api/v1/alarms/{'0' * 32}")).status_code == 404


async def test_two_guards_press_at_once_and_every_screen_sees_who(room: House) -> None:
    """docs/complaints.md, 9."""
    await room.room.desk.take([raised(DEFINITIONS[0], event_seq=1)], 1)
    seen = await alarm_on(room)
    async with (
        room.viewer(room.bearer(Role.WALL)) as wall,
        room.viewer(room.bearer(Role.GUARD)) as console,
    ):
        for screen in (wall, console):
            assert (await frame_of(screen))["alarms"] == [seen]
        presses = [
            press(room, seen["id"], "acknowledge", role, version=seen["version"])
            for role in (Role.GUARD, Role.SUPERVISOR)
        ]
        answers = sorted(await asyncio.gather(*presses), key=lambda answer: answer.status_code)
        won, lost = answers[0], answers[1]
        assert (won.status_code, lost.status_code) == (200, 409)
        assert lost.json()["code"] == "stale-version"
        assert lost.json()["alarm"] == won.json(), "whoever was late sees who was first"
        for screen in (wall, console):
            async with asyncio.timeout(PATIENCE_S):
                while (await frame_of(screen, "changes")).get("alarms") != [won.json()]:
                    pass


async def test_when_it_reached_the_screens_is_on_its_trace(room: House) -> None:
    async with room.viewer(room.bearer(Role.WALL)) as wall:
        await frame_of(wall)
        await room.room.desk.take([raised(DEFINITIONS[0], event_seq=1)], 1)
        alarm = (await frame_of(wall, "changes"))["alarms"][0]
        await wall.send('{"type":"painted","alarms":["' + alarm["id"] + '", 7]}')
        async with asyncio.timeout(PATIENCE_S):
            while True:
                trace = (await room.get(f"/api/v1/alarms/{alarm['id']}")).json()["trace"]
                if trace["painted"] is not None:
                    break
        assert trace["raised"] <= trace["pushed"] <= trace["painted"]


async def test_an_incident_is_seen_through_to_its_review(room: House) -> None:
    await room.room.desk.take([raised(DEFINITIONS[1], event_seq=1, occurrence="e1")], 1)
    alarm = await alarm_on(room)
    early = await press(room, alarm["id"], "close", version=alarm["version"], note="a cat")
    assert (early.status_code, early.json()["code"]) == (409, "not-acknowledged")
    for deed, body in (
        ("acknowledge", {}),
        ("assign", {"to": "user:li.wei"}),
        ("comment", {"text": "on my way"}),
        ("close", {"note": "a cat on a ledge"}),
    ):
        answer = await press(room, alarm["id"], deed, version=alarm["version"], **body)
        assert answer.status_code == 200, answer.text
        alarm = answer.json()
    again = await press(room, alarm["id"], "review", version=alarm["version"])
    assert (again.status_code, again.json()["code"]) == (409, "same-person")
    done = await press(room, alarm["id"], "review", Role.SUPERVISOR, version=alarm["version"])
    assert done.json()["closed"] is not None
    assert (await room.get("/api/v1/alarms")).json()["alarms"] == []
    assert (await alarm_on(room, state="closed"))["id"] == alarm["id"]


async def test_shelving_needs_a_reason_and_an_end(room: House) -> None:
    await room.room.desk.take([raised(DEFINITIONS[0], event_seq=1)], 1)
    alarm = await alarm_on(room)
    until = "2126-01-01T00:00:00Z"
    for body in ({"reason": "", "until": until}, {"reason": "noise"}, {"until": until}):
        assert (await press(room, alarm["id"], "shelve", version=1, **body)).status_code == 422
    past = await press(room, alarm["id"], "shelve", version=1, reason="noise", until="2020-01-01T00:00:00Z")
    assert (past.status_code, past.json()["code"]) == (422, "bad-end")
    shelved = await press(room, alarm["id"], "shelve", version=1, reason="noise", until=until)
    assert shelved.json()["suppression"] == "shelved"
    assert shelved.json()["shelved_until"].startswith("2126")


async def test_only_a_supervisor_closes_by_force_and_says_why(room: House) -> None:
    await room.room.desk.take([raised(DEFINITIONS[0], event_seq=1)], 1)
    alarm = await alarm_on(room)
    alarm = (await press(room, alarm["id"], "acknowledge", version=alarm["version"])).json()
    force = {"version": alarm["version"], "forced": True, "note": "the board was taken away"}
    assert (await press(room, alarm["id"], "close", Role.GUARD, **force)).status_code == 403
    assert (
        await press(room, alarm["id"], "close", Role.SUPERVISOR, **force | {"note": ""})
    ).status_code == 403
    assert (await press(room, alarm["id"], "close", Role.SUPERVISOR, **force)).json()["closed"] is not None


async def test_a_latching_alarm_is_reset_by_hand(room: House) -> None:
    await room.room.desk.take([raised(DEFINITIONS[2], event_seq=1)], 1)
    alarm = await alarm_on(room)
    alarm = (await press(room, alarm["id"], "acknowledge", version=alarm["version"])).json()
    assert (await press(room, alarm["id"], "reset", version=alarm["version"])).json()[
        "code"
    ] == "still-active"
    await room.room.desk.take([over(DEFINITIONS[2], at_ms=5)], 2)
    alarm = await alarm_on(room)
    assert (alarm["state"], alarm["active"]) == ("acknowledged", False)
    assert (await press(room, alarm["id"], "reset", version=alarm["version"])).json()["closed"] is not None


@pytest.mark.parametrize("role", [Role.WALL, Role.LIAISON, Role.ADMIN])
async def test_who_has_no_alarms_presses_none(room: House, role: Role) -> None:
    await room.room.desk.take([raised(DEFINITIONS[0], event_seq=1)], 1)
    alarm = await alarm_on(room)
    assert (await press(room, alarm["id"], "acknowledge", role, version=1)).status_code == 403


async def test_a_guard_sees_and_does_what_post_and_shift_allow(tmp_path: Any) -> None:
    """docs/complaints.md, 12."""
    async with house(tmp_path, alarms=DEFINITIONS, posts=POSTS[1:]) as hub:
        await hub.room.desk.take([raised(DEFINITIONS[0], event_seq=1)], 1)
        (ident,) = hub.room.desk.standing()
        assert (await hub.get("/api/v1/alarms")).json()["alarms"] == [], "the east gate is not theirs"
        assert (await hub.get(f"/api/v1/alarms/{ident}")).status_code == 404
        refused = await press(hub, ident, "acknowledge", version=1)
        assert (refused.status_code, refused.json()["code"]) == (403, "not-on-duty")
        (entry,) = (
            await hub.get("/api/v1/audit", Role.SUPERVISOR, params={"what": "access.refused"})
        ).json()["entries"]
        assert (entry["who"], entry["about"]) == ("token:guard", f"POST /api/v1/alarms/{ident}/acknowledge")
        assert entry["reason"] == refused.json()["detail"]
        seen = (await hub.get("/api/v1/alarms", Role.SUPERVISOR)).json()["alarms"]
        assert [alarm["id"] for alarm in seen] == [ident]
        async with hub.viewer(hub.bearer(Role.GUARD)) as screen:
            assert (await frame_of(screen))["alarms"] == [], "not on the live stream either"
            await hub.room.desk.take([raised(DEFINITIONS[0], event_seq=2, at_ms=100_000)], 2)
            hub.live.boards.set_canary({"ok": True})
            frame = await frame_of(screen, "changes")
            while "canary" not in frame:
                assert frame.get("alarms", []) == []
                frame = await frame_of(screen, "changes")
