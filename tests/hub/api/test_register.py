"""The register over real HTTP: who may do what, who sees names, and that each look is in the audit."""

from collections.abc import Mapping
from typing import Any, Final

import httpx
import msgspec
from sqlalchemy import select

from hub.access.roles import Role
from hub.audit.schema import audit
from tests.hub.api.house import House

API = "/api/v1"


REFUSED: Final[list[tuple[str, str, object, tuple[int, str]]]] = [
    ("GET", "/register/people/r-none", None, (404, "unknown-person")),
    ("GET", "/register/vehicles/v-none", None, (404, "unknown-vehicle")),
    ("GET", "/register/households/h-none", None, (404, "unknown-household")),
    ("GET", "/register/withdrawals/1", None, (404, "unknown-withdrawal")),
    ("GET", "/register/imports/i-none", None, (404, "unknown-import")),
    ("GET", "/visits/g-none", None, (404, "unknown-visit")),
    ("GET", "/register/who/r-none", None, (404, "unknown-key")),
    ("GET", "/register/plates/plate!", None, (422, "bad-plate")),
    ("GET", "/register/who", None, (422, "invalid-request")),
    ("POST", "/register/people", {"name": "x", "cards": ["?"]}, (422, "bad-card")),
    ("POST", "/register/people", {"name": ""}, (422, "invalid-request")),
    ("POST", "/register/people", {"name": "x", "face": "consented"}, (422, "invalid-request")),
    ("POST", "/register/people", {"name": "a\x00b"}, (422, "invalid-request")),
    ("POST", "/register/vehicles", {"plate": "plate!"}, (422, "bad-plate")),
    ("PUT", "/register/levels/x", {"title": {"en": "x"}, "places": ["door"]}, (422, "invalid-request")),
    ("DELETE", "/register/levels/residents?version=1", None, (409, "level-in-use")),
    (
        "POST",
        "/register/people",
        {"name": "x", "valid_from": "0001-01-01T00:00:00+14:00"},
        (422, "bad-range"),
    ),
    ("POST", "/register/people", {"name": "x", "valid_until": "9999-12-31T23:59:59Z"}, (422, "bad-range")),
    (
        "POST",
        "/register/vehicles",
        {"plate": "浙A00001", "valid_until": "9999-12-31T23:59:59.9999Z"},
        (422, "bad-range"),
    ),
    ("POST", "/visits", {"minutes": 5}, (422, "invalid-request")),
    ("POST", "/visits", {"code": True}, (422, "invalid-request")),
    ("POST", "/visits", {"code": True, "minutes": 5, "room": "9"}, (422, "unknown-room")),
    ("POST", "/register/imports/i-none/apply", {"plan": "0" * 64}, (404, "unknown-import")),
]


async def ask(
    hub: House, method: str, path: str, body: object = None, role: Role = Role.SUPERVISOR
) -> httpx.Response:
    """Ask as somebody with a role."""
    return await hub.http.request(method, f"{API}{path}", json=body, headers=hub.bearer(role))


async def good(hub: House, method: str, path: str, body: object = None, role: Role = Role.SUPERVISOR) -> Any:
    """Ask; give the answer's JSON, and fail unless it was good."""
    answer = await ask(hub, method, path, body, role)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


async def told(hub: House, method: str, path: str, body: object = None, **who: Any) -> tuple[int, str]:
    """Ask; give status and code of the problem."""
    answer = await ask(hub, method, path, body, **who)
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


async def family(hub: House) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Register a household, a person and a car."""
    home = await good(hub, "POST", "/register/households", {"building": "3", "unit": "2", "number": "501"})
    person = await good(
        hub, "POST", "/register/people", {"name": "王芳", "household": home["id"], "phone": "13800001111"}
    )
    car = await good(hub, "POST", "/register/vehicles", {"plate": "浙B·12345", "person": person["key"]})
    return home, person, car


def audited(hub: House, what: str) -> list[Mapping[str, Any]]:
    """Return the audit's entries of a sort."""
    query = select(audit.c.body).where(audit.c.what == what).order_by(audit.c.n)
    with hub.core.engine.connect() as connection:
        return [msgspec.json.decode(body) for body in connection.execute(query).scalars()]


async def test_people_are_kept_and_every_look_is_in_the_audit(any_hub: House) -> None:
    home, person, car = await family(any_hub)
    page = await good(any_hub, "GET", "/register/people?q=王")
    assert [(each["name"], each["room"]) for each in page["people"]] == [("王芳", "3-2-501")]
    detail = await good(any_hub, "GET", f"/register/people/{person['key']}")
    assert [each["plate"] for each in detail["vehicles"]] == ["浙B12345"]
    await good(any_hub, "GET", f"/register/households/{home['id']}")
    await good(any_hub, "GET", f"/register/vehicles/{car['key']}")
    (search,) = audited(any_hub, "register.searched")
    assert search["details"]["keys"] == [person["key"]]
    assert search["who"] == "token:supervisor"
    assert [each["about"] for each in audited(any_hub, "person.viewed")] == [
        person["key"],
        home["id"],
        person["key"],
    ]
    assert "王芳" not in str([*audited(any_hub, "register.searched"), *audited(any_hub, "person.added")])


async def test_whoever_changes_something_must_have_seen_it(hub: House) -> None:
    _, person, _ = await family(hub)
    path = f"/register/people/{person['key']}"
    changed = await good(hub, "PATCH", path, {"version": 1, "valid_until": "2026-12-01T00:00:00+08:00"})
    assert (changed["valid_until"], changed["version"]) == ("2026-11-30T16:00:00.000Z", 2)
    answer = await ask(hub, "PATCH", path, {"version": 1, "name": "x"})
    assert (answer.status_code, answer.json()["code"]) == (409, "stale-version")
    assert answer.json()["now"] == changed
    cleared = await good(hub, "PATCH", path, {"version": 2, "valid_until": None, "household": None})
    assert (cleared["valid_until"], cleared["room"]) == (None, None)


async def test_what_cannot_be_done_is_said(hub: House) -> None:
    for method, path, body, wanted in REFUSED:
        assert await told(hub, method, path, body) == wanted, (method, path)


async def test_a_guard_sees_rooms_and_plates_but_no_names(hub: House) -> None:
    home, person, car = await family(hub)
    for path in ("/register/people", f"/register/people/{person['key']}", "/register/vehicles"):
        assert (await ask(hub, "GET", path, role=Role.GUARD)).status_code == 403
    who = await good(hub, "GET", f"/register/who/{person['key']}", role=Role.GUARD)
    assert (who["category"], who["room"], who["name"]) == ("resident", "3-2-501", None)
    both = await good(hub, "GET", f"/register/who?key={car['key']}&key=r-none", role=Role.GUARD)
    assert [(each["known"], each["plate"]) for each in both["who"]] == [(True, "浙B12345"), (False, None)]
    plate = await good(hub, "GET", "/register/plates/浙B·12345", role=Role.GUARD)
    assert [each["room"] for each in plate["who"]] == ["3-2-501"]
    rooms = await good(hub, "GET", "/visits/rooms?q=3-2", role=Role.GUARD)
    assert rooms["rooms"] == [{"household": home["id"], "building": "3", "room": "3-2-501"}]
    assert not audited(hub, "person.viewed"), "nobody's name was shown"
    named = await good(hub, "GET", f"/register/who/{person['key']}")
    assert named["name"] == "王芳"
    assert [each["about"] for each in audited(hub, "person.viewed")] == [person["key"]]


async def test_an_unknown_plate_at_the_gate_becomes_a_visitor_with_one_call(any_hub: House) -> None:
    await family(any_hub)
    body = {"plate": "沪A·88888", "minutes": 120, "room": "3-2-501", "visitor": "Mr Zhao", "phone": "139"}
    made = await good(any_hub, "POST", "/visits", body, Role.GUARD)
    assert (made["plate"], made["room"], made["state"]) == ("沪A88888", "3-2-501", "open")
    assert (made["visitor"], made["phone"], made["made_by"]) == (None, None, "token:guard")
    page = await good(any_hub, "GET", "/visits?q=8888", role=Role.GUARD)
    assert [each["id"] for each in page["visits"]] == [made["id"]]
    revoked = await good(any_hub, "POST", f"/visits/{made['id']}/revoke", role=Role.GUARD)
    assert revoked["state"] == "revoked"
    seen = await good(any_hub, "GET", f"/visits/{made['id']}")
    assert (seen["visitor"], seen["phone"]) == ("Mr Zhao", "139")


async def test_a_consent_is_recorded_and_its_proof_printed(hub: House) -> None:
    _, person, _ = await family(hub)
    path = f"/register/people/{person['key']}/consent"
    given = {"version": 1, "given": True, "how": "paper", "text_version": "2026-01"}
    assert (await good(hub, "POST", path, given))["person"]["face"] == "consented"
    withdrawn = await good(hub, "POST", path, {"version": 2, "given": False, "how": "desk"})
    (view,) = withdrawn["withdrawals"]
    assert view["complete"], "no terminal is known here"
    page = await ask(hub, "GET", f"/register/withdrawals/{view['n']}/proof.html?language=en")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "No face terminal is known" in page.text
    listed = await good(hub, "GET", "/register/withdrawals?open=false")
    assert [each["n"] for each in listed["withdrawals"]] == [view["n"]]
    assert await told(
        hub, "POST", f"/register/withdrawals/{view['n']}/waive", {"device": "door/x", "reason": "no"}
    ) == (409, "not-open")


async def test_levels_are_changed_and_gates_follow(hub: House) -> None:
    body = {
        "title": {"zh-CN": "健身房", "en": "Gym"},
        "places": ["door/gym", "door/gym"],
        "periods": [{"days": ["sat", "sun"], "from": "08:00", "to": "22:00"}],
        "holidays": ["2027-01-01"],
    }
    made = await good(hub, "PUT", "/register/levels/gym", body)
    assert (made["places"], made["periods"][0]["from"], made["version"]) == (["door/gym"], "08:00", 1)
    assert await told(hub, "PUT", "/register/levels/gym", body) == (409, "stale-version")
    await good(hub, "PUT", "/register/levels/gym", body | {"version": 1, "places": ["door/*"]})
    levels = await good(hub, "GET", "/register/levels", role=Role.GUARD)
    assert [each["key"] for each in levels["levels"]] == ["gym", "residents", "service", "staff", "visitors"]
    await good(hub, "DELETE", "/register/levels/gym?version=2")


async def test_a_blocked_plate_is_blocked_and_lifted(hub: House) -> None:
    _, _, car = await family(hub)
    blocked = await good(hub, "POST", "/register/blocked-plates", {"plate": "浙b12345", "reason": "owes"})
    assert (blocked["key"], blocked["blocked_by"]) == (car["key"], "token:supervisor")
    visit = {"plate": "浙B12345", "minutes": 5}
    assert await told(hub, "POST", "/visits", visit, role=Role.GUARD) == (409, "plate-blocked")
    path = f"/register/vehicles/{car['key']}"
    lifted = await good(hub, "POST", f"{path}/unblock", {"version": blocked["version"], "reason": "paid"})
    assert not lifted["blocked"]
    await good(hub, "POST", f"{path}/remove", {"version": lifted["version"], "reason": "sold"})
    assert (await good(hub, "GET", "/register/vehicles"))["total"] == 0


async def test_who_leaves_is_gone_from_the_list_of_people(hub: House) -> None:
    _, person, _ = await family(hub)
    left = await good(hub, "POST", f"/register/people/{person['key']}/leave", {"version": 1})
    assert left["left"] is not None
    assert (await good(hub, "GET", "/register/people"))["total"] == 0
    assert (await good(hub, "GET", "/register/people?state=left"))["total"] == 1
