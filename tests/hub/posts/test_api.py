"""The routes: people with cookies, the answers, and what is refused with which status."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from fastapi import FastAPI

from hub.access.access import Access
from hub.access.roles import PERMISSIONS, Permission, Role
from hub.access.schema import links, sessions, users
from hub.api.openapi import needs_of
from hub.api.problems import handle_problems
from hub.api.routes import posts
from hub.audit.auditor import Auditor
from hub.audit.checkpoints import FILE, Checkpoints
from hub.posts.view import HandoverList, PostList, ShiftView
from tests.hub.posts.gatehouse import SMOKE, TENANT, Gatehouse, Site, alarm
from tests.plain_http import plain_client

BASE = "http://hub.test"
PEOPLE = {"li": Role.GUARD, "wang": Role.GUARD, "zhao": Role.GUARD, "boss": Role.SUPERVISOR}


class Desk:
    """The API of a gatehouse, and the cookies of who has signed in."""

    def __init__(self, house: Gatehouse, http: httpx.AsyncClient, cookies: dict[str, str]) -> None:
        self.house = house
        self._http = http
        self._cookies = cookies

    async def ask(self, name: str, path: str, body: Any = None, method: str = "POST") -> httpx.Response:
        """Ask as somebody."""
        headers = {"Cookie": f"hemei-session={self._cookies[name]}", "Origin": BASE}
        return await self._http.request(method, f"/api/v1/posts{path}", headers=headers, json=body)

    async def get(self, name: str, path: str) -> httpx.Response:
        """Look as somebody."""
        return await self.ask(name, path, method="GET")


@pytest_asyncio.fixture
async def desk(at_sqlite: Site, tmp_path: Path) -> AsyncIterator[Desk]:
    """Give an API, with guards and a supervisor, and one link for each role."""
    with at_sqlite.engine.begin() as connection:
        for table in (links, sessions, users):
            connection.execute(table.delete())
    house = await at_sqlite.start()
    access = Access(at_sqlite.engine, at_sqlite.clock)
    app = FastAPI()
    app.router.routes.extend(posts.router.routes)
    handle_problems(app)
    auditor = Auditor(house.ledger, TENANT, at_sqlite.clock, Checkpoints(tmp_path / FILE))
    room = SimpleNamespace(duty=house.duty, auditor=auditor)
    app.state.services = SimpleNamespace(access=access, room=room)
    cookies = {}
    for name, role in PEOPLE.items():
        await access.create_user(name, role)
        link = await access.create_link(role, name)
        cookies[name] = (await access.redeem(link, "192.0.2.1")).cookie
    for role in Role:
        cookies[role.value] = (await access.redeem(await access.create_link(role), "192.0.2.1")).cookie
    async with plain_client(transport=httpx.ASGITransport(app), base_url=BASE) as http:
        yield Desk(house, http, cookies)


async def test_a_night_from_sign_on_to_hand_over(desk: Desk) -> None:
    answer = await desk.ask("li", "/centre/sign-on")
    assert answer.status_code == 200
    shift = msgspec.json.decode(answer.content, type=ShiftView)
    assert (shift.who, shift.began, shift.ended) == ("user:li", "2026-11-24T12:00:00.000Z", None)
    await desk.house.open(SMOKE)
    answer = await desk.ask("li", "/centre/handover", {"note": "smoke in the shed"})
    assert answer.status_code == 200

    listed = msgspec.json.decode((await desk.get("wang", "/centre/handover")).content, type=HandoverList)
    (waiting,) = listed.handovers
    assert (waiting.who, waiting.note, [item.alarm for item in waiting.items]) == (
        "user:li",
        "smoke in the shed",
        ["smoke"],
    )
    await desk.house.open(alarm("late"))
    accepted = {"handover": waiting.id, "alarms": ["smoke"], "note": "on it"}
    answer = await desk.ask("wang", "/centre/handover/accept", accepted)
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "handover-items-missing"
    assert [(item["alarm"], item["new"]) for item in problem["missing"]] == [("late", True)]

    accepted["alarms"] = ["smoke", "late"]
    answer = await desk.ask("wang", "/centre/handover/accept", accepted)
    assert answer.status_code == 200
    assert answer.json()["who"] == "user:wang"
    answer = await desk.ask("boss", "/centre/handover/accept", accepted)
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["by"]) == ("handover-taken", "user:wang")
    assert answer.json()["at"] == "2026-11-24T12:00:00.000Z"


async def test_everybody_sees_who_is_on_duty_and_what_they_may_themselves(desk: Desk) -> None:
    await desk.ask("zhao", "/north-gate/sign-on")
    shown = msgspec.json.decode((await desk.get("li", "")).content, type=PostList)
    assert [(post.post, post.manned, list(post.people)) for post in shown.posts] == [
        ("centre", False, []),
        ("north-gate", True, ["user:zhao"]),
    ]
    assert (shown.you.post, list(shown.you.may_sign_on)) == (None, ["centre", "north-gate"])
    assert (shown.you.may_act, shown.you.reason) == (False, "sign on at your post first")
    yours = msgspec.json.decode((await desk.get("zhao", "")).content, type=PostList).you
    assert (yours.post, yours.areas, yours.may_act) == ("north-gate", ["north", "shed"], True)
    assert list(yours.may_sign_on) == ["north-gate"]


async def test_i_am_here(desk: Desk) -> None:
    await desk.ask("zhao", "/north-gate/sign-on")
    await desk.house.pass_minutes(150)
    shown = (await desk.get("li", "")).json()["posts"][1]["presence"]
    assert shown == {
        "due": "2026-11-24T14:30:00.000Z",
        "deadline": "2026-11-24T14:35:00.000Z",
        "missed": None,
    }
    assert (await desk.ask("li", "/north-gate/presence")).status_code == 403
    assert (await desk.ask("zhao", "/north-gate/presence")).json() == {"post": "north-gate"}
    assert (await desk.get("li", "")).json()["posts"][1]["presence"] is None


async def test_refusals_have_a_status_and_a_code(desk: Desk) -> None:
    await desk.ask("li", "/centre/sign-on")
    nothing: dict[str, Any] = {"handover": "0", "alarms": []}
    for name, path, body, status, code in (
        ("zhao", "/centre/sign-on", None, 403, "not-your-post"),
        ("li", "/north-gate/sign-on", None, 409, "on-duty-elsewhere"),
        ("li", "/south/sign-on", None, 404, "unknown-post"),
        ("li", "/centre/sign-off", None, 409, "handover-needed"),
        ("wang", "/centre/sign-off", None, 403, "not-on-duty"),
        ("wang", "/centre/sign-off", {"who": "user:li", "reason": "asleep"}, 403, "supervisor-only"),
        ("boss", "/centre/sign-off", {"who": "user:li"}, 422, "reason-needed"),
        ("li", "/centre/handover", {"note": " "}, 422, "note-needed"),
        ("wang", "/centre/handover", {"note": "bye"}, 403, "not-on-duty"),
        ("wang", "/centre/handover/accept", nothing, 404, "unknown-handover"),
        ("wang", "/centre/handover/accept", nothing | {"why": ""}, 422, "invalid-request"),
    ):
        answer = await desk.ask(name, path, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), (name, path)
    assert (await desk.get("zhao", "/centre/handover")).status_code == 403
    answer = await desk.ask("boss", "/centre/sign-off", {"who": "user:li", "reason": "taken ill"})
    assert answer.json()["end"] == "by-supervisor"


@pytest.mark.parametrize("role", Role)
async def test_only_who_may_be_on_duty_gets_in(desk: Desk, role: Role) -> None:
    may = role in (Role.GUARD, Role.SUPERVISOR)
    assert (Permission.DUTY in PERMISSIONS[role]) == may
    assert ((await desk.get(role.value, "")).status_code == 200) == may
    assert ((await desk.ask(role.value, "/north-gate/sign-on")).status_code == 200) == may
    assert desk.house.duty.manned("north-gate") == may


def test_every_route_asks_for_the_same() -> None:
    assert {needs_of(route).permission for route in posts.router.routes} == {Permission.DUTY}  # type: ignore[arg-type]
