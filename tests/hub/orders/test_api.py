"""The routes of work orders: what they answer, to whom, and what they refuse; over a real desk and ledger."""

import csv
import io
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from jsonschema import Draft202012Validator
from sqlalchemy import Engine, select

from hub.access.access import Access
from hub.access.roles import Principal, Role
from hub.alarms.alarm import Actor
from hub.api.openapi import describe, needs_of
from hub.api.problems import handle_problems
from hub.api.routes import orders as routes
from hub.api.shield import MAX_BODY_BYTES, Shield
from hub.audit.auditor import Auditor
from hub.audit.checkpoints import FILE, Checkpoints
from hub.audit.schema import audit
from hub.orders.lifecycle import Step
from hub.orders.pictures import MAX_PICTURE_BYTES
from hub.posts.reach import Reach
from tests.hub.alarms.made import definition, raised
from tests.hub.orders.made import FAULT, WANG, Office, Premises, office_on
from tests.hub.orders.test_pictures import JPEG, PNG
from tests.plain_http import plain_client

EVERYWHERE = Reach(areas=None, may_act=True)
REPORT = {"kind": "repair", "text": "楼道灯不亮", "place": "3 号楼 2 单元", "reporter": "resident-3f2a"}
PATH = "/api/v1/work-orders"


class Room:
    """The control room, as far as the routes need it."""

    def __init__(self, office: Office, at: Premises) -> None:
        self.orders = office.orders
        self.reaches = EVERYWHERE
        self.auditor = Auditor(office.ledger, at.tenant, office.clock, Checkpoints(at.folder.parent / FILE))
        self.duty = SimpleNamespace(actor=lambda who: self.actor(who, ""))

    def reach(self, _who: Principal) -> Reach:
        """Say what the test says."""
        return self.reaches

    def actor(self, who: Principal, address: str | None = None) -> Actor:
        """Say who it is, at the centre."""
        return Actor(who=who.name, post="centre", address=address)


class Front:
    """The API before an office, and machines of each role that call it."""

    def __init__(self, office: Office, room: Room, http: httpx.AsyncClient, tokens: dict[Role, str]) -> None:
        self.office = office
        self.room = room
        self.http = http
        self._tokens = tokens

    async def call(self, method: str, path: str, role: Role = Role.GUARD, **fields: Any) -> httpx.Response:
        """Ask as a machine with `role`."""
        headers = fields.pop("headers", {}) | {"Authorization": f"Bearer {self._tokens[role]}"}
        return await self.http.request(method, PATH + path, headers=headers, **fields)

    async def get(self, path: str = "", role: Role = Role.GUARD, **params: Any) -> Any:
        """Read something; return its JSON."""
        answer = await self.call("GET", path, role, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, role: Role = Role.GUARD, /, **body: Any) -> Any:
        """Do something; return its JSON."""
        answer = await self.call("POST", path, role, json=body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def step(self, order: Any, step: str, role: Role = Role.GUARD, /, **body: Any) -> Any:
        """Do a step of the order as it was seen; return the order."""
        return await self.post(f"/{order['id']}/{step}", role, version=order["version"], **body)

    async def audited(self) -> list[tuple[str, str, str]]:
        """Return what the audit says: who, what, about what."""
        query = select(audit.c.who, audit.c.what, audit.c.about)
        ours = query.where(audit.c.tenant == self.office.alarms.store.tenant).order_by(audit.c.n)
        rows = await self.office.ledger.read(lambda connection: connection.execute(ours).all())
        return [(row.who, row.what, row.about) for row in rows]

    async def refused(self, path: str, role: Role = Role.GUARD, /, **body: Any) -> tuple[int, str]:
        """Try something; return the status and the code of the problem."""
        answer = await self.call("POST", path, role, json=body)
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.status_code, answer.json()["code"]


def app_of(**services: Any) -> FastAPI:
    app = FastAPI(redirect_slashes=False, openapi_url=None)
    app.add_middleware(Shield)
    handle_problems(app)
    app.router.routes.extend(routes.router.routes)
    app.state.services = SimpleNamespace(**services)
    return app


@pytest_asyncio.fixture
async def front(one_ledger: Engine, tmp_path: Path) -> AsyncIterator[Front]:
    """Give the API of an office."""
    premises = Premises(one_ledger, tmp_path / "media", f"tenant-{secrets.token_hex(6)}")
    async with office_on(premises) as office:
        access = Access(premises.engine, office.clock, premises.tenant)
        tokens = {role: await access.create_token(role.value, role) for role in Role}
        await access.create_user("li.wei", Role.GUARD)
        await access.create_user("zhao", Role.LIAISON)
        await access.create_user("gone", Role.GUARD)
        await access.set_enabled("gone", enabled=False)
        room = Room(office, premises)
        transport = httpx.ASGITransport(app_of(access=access, room=room))
        async with plain_client(transport=transport, base_url="http://hub.test") as http:
            yield Front(office, room, http, tokens)


async def test_from_the_report_to_the_call_back(front: Front) -> None:
    answer = await front.call("POST", "", json=REPORT)
    order = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"{PATH}/{order['id']}")
    assert (order["state"], order["due"], order["can"]) == ("reported", "in-time", ["accept", "reject"])
    assert (order["start"], order["resolve_by"]) == ("2026-01-01T00:00:00.000Z", "2026-01-01T02:00:00.000Z")
    order = await front.step(order, "accept")
    order = await front.step(order, "assign", to="token:guard")
    order = await front.step(order, "take")
    order = await front.step(order, "arrive")
    picture = await front.call("POST", f"/{order['id']}/pictures?note=换好了", content=JPEG)
    assert (picture.status_code, picture.json()["proofs"]) == (200, 1)
    order = await front.step(order, "done", note="换了灯管")
    order = await front.step(order, "close", Role.SUPERVISOR, note="住户满意", satisfied=True)
    assert (order["closed_by"], order["satisfied"], order["can"]) == ("token:supervisor", True, ["reopen"])
    detail = await front.get(f"/{order['id']}")
    assert [(each["kind"], each["who"], each["post"]) for each in detail["timeline"]] == [
        ("reported", "token:guard", "centre"),
        ("accepted", "token:guard", "centre"),
        ("assigned", "token:guard", "centre"),
        ("taken", "token:guard", "centre"),
        ("arrived", "token:guard", "centre"),
        ("picture", "token:guard", "centre"),
        ("done", "token:guard", "centre"),
        ("closed", "token:supervisor", "centre"),
    ]
    named = detail["timeline"][5]
    data = named["data"]
    assert (named["note"], data["type"], data["bytes"]) == ("换好了", "image/jpeg", len(JPEG))


async def test_a_stale_press_gets_the_order_as_it_is(front: Front) -> None:
    seen = await front.post("", **REPORT)
    now = await front.post(f"/{seen['id']}/comment", version=1, text="带上梯子")
    answer = await front.call("POST", f"/{seen['id']}/accept", json={"version": 1})
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["order"]) == (409, "stale-version", now)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_lists_show_what_is_asked_for(front: Front) -> None:
    first = await front.step(await front.post("", **REPORT), "reject", note="误报")
    second = await front.post("", **REPORT)
    second = await front.step(await front.step(second, "accept"), "take")
    front.office.advance(40)
    third = await front.post("", **(REPORT | {"kind": "checked"}))
    front.office.advance(10.001)

    async def numbers(**wanted: Any) -> list[int]:
        return [each["number"] for each in (await front.get(**wanted))["orders"]]

    assert await numbers() == await numbers(state="open") == [3, 2]
    assert await numbers(state="closed") == [first["number"]]
    assert await numbers(state="all") == [3, 2, 1]
    assert await numbers(state="overdue") == [third["number"]]
    assert await numbers(kind="repair") == [2]
    assert await numbers(assignee="me") == await numbers(assignee=second["assigned_to"]) == [2]
    page = await front.get(state="all", limit=2)
    assert ([each["number"] for each in page["orders"]], page["next"]) == ([3, 2], 2)
    assert await numbers(state="all", limit=2, before=2) == [1]
    assert (await front.get(state="all"))["next"] is None


async def test_an_alarm_is_ordered_once_of_each_kind(front: Front) -> None:
    alarm = await front.office.take(raised(definition("other"), front.office.clock.now_ms()))
    front.office.advance(30)
    order = await front.post("", kind="repair", alarm=alarm.id)
    assert (order["alarm"], order["device"], order["area"]) == (alarm.id, "gate/east-in", "east-gate")
    assert order["start"] == "2026-01-01T00:00:00.000Z", "it counts from the raise"
    assert await front.refused("", kind="repair", alarm=alarm.id) == (409, "already-ordered")
    assert [each["id"] for each in (await front.get(alarm=alarm.id))["orders"]] == [order["id"]]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "repair"},
        {"kind": "repair", "text": "  "},
        {"kind": "repair", "text": "x", "reporter": "王芳"},
        {"kind": "repair", "text": "x", "reporter": "Wang Fang"},
        {"kind": "repair", "alarm": "0" * 32, "place": "楼道"},
        {"kind": "repair", "text": "a\x00b"},
        {"kind": "repair", "text": "x" * 2001},
        {"kind": "gardening", "text": "x"},
        {"kind": "repair", "text": "x", "state": "closed"},
    ],
)
async def test_a_report_that_makes_no_sense_is_refused(front: Front, body: dict[str, str]) -> None:
    status, _ = await front.refused("", **body)
    assert status == 422
    assert (await front.get(state="all"))["orders"] == []


@pytest.mark.parametrize(
    ("step", "body", "wrong"),
    [
        ("take", {}, (409, "not-now")),
        ("reject", {}, (422, "reason-missing")),
        ("accept", {"version": 0}, (422, "invalid-request")),
        ("accept", {"to": "user:li.wei"}, (422, "misplaced")),
        ("accept", {"satisfied": True}, (422, "misplaced")),
        ("paint", {}, (422, "invalid-request")),
    ],
)
async def test_a_step_that_makes_no_sense_is_refused(
    front: Front, step: str, body: dict[str, Any], wrong: tuple[int, str]
) -> None:
    order = await front.post("", **REPORT)
    assert await front.refused(f"/{order['id']}/{step}", **({"version": 1} | body)) == wrong
    assert (await front.get(f"/{order['id']}"))["version"] == 1


async def test_half_a_character_is_no_text(front: Front) -> None:
    """PostgreSQL keeps none."""
    answer = await front.call("POST", "", content=rb'{"kind": "repair", "text": "\ud800"}')
    assert answer.status_code == 422


async def test_only_who_may_take_it_up_is_assigned(front: Front) -> None:
    order = await front.step(await front.post("", **REPORT), "accept")
    for name in ("user:nobody", "user:zhao", "user:gone", "token:wall", "token:x", "link:wall", "link:x"):
        refused = await front.refused(f"/{order['id']}/assign", version=order["version"], to=name)
        assert refused == (422, "unknown-assignee"), name
    for name in ("user:li.wei", "token:supervisor", "link:guard"):
        order = await front.step(order, "assign", to=name)
        assert order["assigned_to"] == name


async def test_wrong_roles_are_refused_everywhere(front: Front) -> None:
    order = await front.post("", **REPORT)
    asked = [("GET", path) for path in ("", ".csv", "/figures", "/figures.csv", f"/{order['id']}")]
    asked += [("POST", f"/{order['id']}/{step}") for step in ("pictures", "comment", *Step)]
    for role in (Role.WALL, Role.LIAISON, Role.ADMIN):
        for method, path in [*asked, ("POST", "")]:
            answer = await front.call(method, path, role, json={"version": 1, "note": "x"})
            assert answer.status_code == 403, (role, path)
    assert (await front.get(f"/{order['id']}"))["version"] == 1
    assert (await front.http.get(PATH)).status_code == 401


async def test_a_guard_sees_and_does_what_their_post_looks_after(front: Front) -> None:
    alarm = await front.office.take(raised(FAULT, front.office.clock.now_ms()))
    await front.office.report()  # of no area
    order = (await front.get(alarm=alarm.id))["orders"][0]
    front.room.reaches = Reach(areas=frozenset({"west-gate"}), may_act=True)
    assert [each["area"] for each in (await front.get())["orders"]] == [None]
    assert (await front.call("GET", f"/{order['id']}")).status_code == 404
    assert (await front.get("/figures"))["total"]["orders"] == 1
    asked = {"version": 1, "text": "x"}
    assert await front.refused(f"/{order['id']}/comment", **asked) == (403, "not-your-area")
    assert await front.refused("", kind="checked", alarm=alarm.id) == (403, "not-your-area")
    front.room.reaches = Reach(areas=frozenset(), may_act=False, reason="sign on", code="not-on-duty")
    assert (await front.get())["orders"] == []
    assert await front.refused(f"/{order['id']}/comment", **asked) == (403, "not-on-duty")
    picture = await front.call("POST", f"/{order['id']}/pictures", content=JPEG)
    assert (picture.status_code, picture.json()["code"]) == (403, "not-on-duty")
    refusal = ("token:guard", "access.refused", f"POST {PATH}/{order['id']}/comment")
    assert refusal in await front.audited(), "every refusal is an entry in the audit"


async def test_what_is_unknown_is_not_found(front: Front) -> None:
    nobody = "0" * 32
    assert (await front.call("GET", f"/{nobody}")).status_code == 404
    assert (await front.refused(f"/{nobody}/accept", version=1))[0] == 404
    assert (await front.call("POST", f"/{nobody}/pictures", content=JPEG)).status_code == 404
    assert await front.refused("", kind="repair", alarm=nobody) == (404, "unknown-alarm")


async def test_a_large_picture_is_kept_and_a_larger_one_is_not(front: Front) -> None:
    order = await front.post("", **REPORT)
    path = f"/{order['id']}/pictures"
    large = JPEG + bytes(MAX_PICTURE_BYTES - len(JPEG))
    assert (await front.call("POST", path, content=large)).status_code == 200

    async def endless() -> AsyncIterator[bytes]:
        yield JPEG
        for _ in range(11):
            yield bytes(1024 * 1024)

    for content in (large + b"x", endless()):
        answer = await front.call("POST", path, content=content)
        assert answer.status_code == 413
    fake = await front.call("POST", path, content=b"<html></html>", headers={"Content-Type": "image/jpeg"})
    assert (fake.status_code, fake.json()["code"]) == (422, "not-a-picture")
    timeline = (await front.get(f"/{order['id']}"))["timeline"]
    assert [each["kind"] for each in timeline] == ["reported", "picture"]


async def test_no_other_body_may_be_so_large(front: Front) -> None:
    answer = await front.call("POST", "", content=b"{" + bytes(MAX_BODY_BYTES))
    assert answer.status_code == 413


async def test_to_send_a_picture_again_changes_nothing(front: Front) -> None:
    order = await front.post("", **REPORT)
    for _ in range(2):
        assert (await front.call("POST", f"/{order['id']}/pictures", content=PNG)).status_code == 200
    assert len((await front.get(f"/{order['id']}"))["timeline"]) == 2


async def test_figures_are_of_the_months_asked_for(front: Front) -> None:
    await front.office.steps(await front.office.report(), Step.ACCEPT, Step.TAKE, by=WANG)
    front.office.advance(40 * 1440)
    await front.post("", **REPORT)
    figures = await front.get("/figures")
    months = [(each["month"], each["orders"]) for each in figures["figures"]]
    assert months == [("2026-02", 1), ("2026-01", 1)]
    assert (figures["total"]["orders"], figures["total"]["response_rate"]) == (2, 1.0)
    january = await front.get("/figures", **{"from": "2026-01", "to": "2026-01"})
    assert [each["month"] for each in january["figures"]] == ["2026-01"]
    for wrong in ({"from": "2026-13"}, {"from": "2026-03"}, {"from": "1999-01"}, {"to": "0000-01"}):
        assert (await front.call("GET", "/figures", params=wrong)).status_code == 422
    sheet = await front.call("GET", "/figures.csv")
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert [(row["month"], row["title"]) for row in rows] == [
        ("2026-02", "维修 / Repair"),
        ("2026-01", "维修 / Repair"),
    ]


async def test_a_sheet_of_orders_runs_nothing(front: Front) -> None:
    await front.post("", **(REPORT | {"text": '=HYPERLINK("http://evil.example")', "place": "@SUM(A1)"}))
    answer = await front.call("GET", ".csv", params={"state": "all"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="work-orders.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["text"], row["place"]) == ('\'=HYPERLINK("http://evil.example")', "'@SUM(A1)")


def test_every_route_asks_for_the_permission() -> None:
    needed = {needs_of(route).permission for route in routes.router.routes}  # type: ignore[arg-type]  # all are APIRoutes
    assert {each.value for each in needed if each is not None} == {"orders"}


async def test_answers_are_as_they_are_described(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.api.openapi.ANSWERS", (routes.ProblemDetails, *routes.ANSWERS))
    document = describe(routes.router.routes)
    order = await front.post("", **REPORT)
    for path, template in (
        ("", ""),
        (f"/{order['id']}", "/{order_id}"),
        ("/figures", "/figures"),
    ):
        described = document["paths"][PATH + template]["get"]["responses"]["200"]["content"]
        schema = {"components": document["components"], **described["application/json"]["schema"]}
        Draft202012Validator(schema).validate(await front.get(path))
