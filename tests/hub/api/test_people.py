"""Who may sign in: added, changed, shut out at once; passwords of one's own; all of it in the audit."""

import asyncio
from typing import Any

import httpx

from contract.errors import Refused
from hub.access.roles import Role
from tests.hub.api.house import PASSWORD, House, closed, frame_of

LONGER = "another long sentence"


async def ask(hub: House, method: str, path: str, by: Role = Role.ADMIN, **body: Any) -> httpx.Response:
    return await hub.http.request(method, f"/api/v1{path}", headers=hub.bearer(by), json=body or None)


async def written(hub: House, what: str) -> list[dict[str, Any]]:
    found = (await hub.get("/api/v1/audit", Role.ADMIN, params={"what": what})).json()["entries"]
    return list(reversed(found))


async def browser_of(hub: House, name: str) -> dict[str, str]:
    """Sign in somebody with an account; return the headers of their browser."""
    signed_in = await hub.access.redeem(await hub.access.create_link(Role.WALL, name), "192.0.2.1")
    return {"Cookie": f"hemei-session={signed_in.cookie}", "Origin": hub.server.address}


async def test_somebody_is_added_comes_by_a_link_and_is_seen(hub: House) -> None:
    made = await ask(hub, "POST", "/people", name="li.wei", role="guard")
    assert made.status_code == 201
    assert made.json() | {"created": ""} == {
        "name": "li.wei",
        "role": "guard",
        "enabled": True,
        "password": False,
        "created": "",
        "seen": None,
    }
    page = await hub.http.post(
        "/api/v1/people/li.wei/link",
        headers=hub.bearer(Role.ADMIN) | {"Origin": "https://hub.example"},
    )
    link = page.json()["link"]
    assert link.startswith("https://hub.example/signin?token=")
    assert page.json()["qr"].startswith("<svg")
    token = link.partition("token=")[2]
    used = await hub.http.post("/signin", data={"token": token})
    assert (used.status_code, used.headers["location"]) == (303, "/console")
    hub.http.cookies.clear()
    [account] = (await ask(hub, "GET", "/people")).json()["people"]
    assert account["seen"] >= account["created"]
    assert [each["about"] for each in await written(hub, "people.")] == ["user:li.wei"] * 2 + ["everybody"]
    assert token not in str(await written(hub, "people."))


async def test_who_is_closed_or_changed_is_out_at_once(any_hub: House) -> None:
    await any_hub.access.create_user("li.wei", Role.GUARD, PASSWORD)
    for body in ({"role": "supervisor"}, {"enabled": False}):
        headers = await browser_of(any_hub, "li.wei")
        async with any_hub.viewer(headers) as wall:
            await frame_of(wall)
            changed = await ask(any_hub, "PATCH", "/people/li.wei", **body)
            assert changed.json().items() >= body.items()
            assert await closed(wall) == 4401
        assert (await any_hub.http.get("/api/v1/session", headers=headers)).status_code == 401
    refused = await ask(any_hub, "POST", "/people/li.wei/link")
    assert (refused.status_code, refused.json()["code"]) == (409, "account-closed")
    await ask(any_hub, "PATCH", "/people/li.wei", enabled=True)
    headers = await browser_of(any_hub, "li.wei")
    assert (await ask(any_hub, "DELETE", "/people/li.wei/sessions")).status_code == 204
    assert (await any_hub.http.get("/api/v1/session", headers=headers)).status_code == 401
    entries = await written(any_hub, "people.")
    assert [each["details"] for each in entries if each["what"] == "people.changed"] == [
        {"role": "supervisor"},
        {"enabled": False},
        {"enabled": True},
    ]


async def test_the_last_admin_stays(any_hub: House) -> None:
    await ask(any_hub, "POST", "/people", name="zhao", role="admin")
    for body in ({"enabled": False}, {"role": "supervisor"}):
        refused = await ask(any_hub, "PATCH", "/people/zhao", **body)
        assert (refused.status_code, refused.json()["code"]) == (409, "last-admin")
        assert "make somebody else one first" in refused.json()["detail"]
    assert not await written(any_hub, "people.changed")
    await ask(any_hub, "POST", "/people", name="qian", role="admin")
    both = [any_hub.access.set_enabled(name, enabled=False) for name in ("zhao", "qian")]
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert [type(each) for each in outcomes if each is not None] == [Refused]


async def test_what_cannot_be_is_told(hub: House) -> None:
    await hub.access.create_user("li.wei", Role.GUARD)
    for method, path, body, code in (
        ("POST", "/people", {"name": "li.wei", "role": "guard"}, (422, "name-taken")),
        ("POST", "/people", {"name": "Li Wei", "role": "guard"}, (422, "invalid-request")),
        ("POST", "/people", {"name": "wang", "role": "king"}, (422, "invalid-request")),
        ("PATCH", "/people/nobody", {"role": "guard"}, (404, "unknown-user")),
        ("POST", "/people/nobody/link", {}, (404, "unknown-user")),
        ("DELETE", "/people/nobody/sessions", {}, (404, "unknown-user")),
    ):
        answer = await ask(hub, method, path, **body)
        assert (answer.status_code, answer.json()["code"]) == code
    for role in (Role.SUPERVISOR, Role.GUARD):
        assert (await ask(hub, "GET", "/people", role)).status_code == 403


async def set_password(hub: House, headers: dict[str, str], **body: str) -> httpx.Response:
    return await hub.http.put("/api/v1/session/password", headers=headers, json=body)


async def test_one_sets_ones_own_password_and_stays_signed_in_here_alone(hub: House) -> None:
    await hub.access.create_user("li.wei", Role.GUARD)
    here, elsewhere = await browser_of(hub, "li.wei"), await browser_of(hub, "li.wei")
    state = await hub.http.get("/api/v1/session/password", headers=here)
    assert state.json() == {"own": True, "set": False}
    short = await set_password(hub, here, password="short")
    assert (short.status_code, short.json()["code"]) == (422, "bad-password")
    async with hub.viewer(here) as wall:
        await frame_of(wall)
        assert (await set_password(hub, here, password=PASSWORD)).status_code == 204
        hub.move(7)
        await frame_of(wall, "changes")
    assert (await hub.http.get("/api/v1/session", headers=elsewhere)).status_code == 401
    state = await hub.http.get("/api/v1/session/password", headers=here)
    assert state.json() == {"own": True, "set": True}
    wrong = await set_password(hub, here, current="not it at all", password=LONGER)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong-password")
    assert (await set_password(hub, here, current=PASSWORD, password=LONGER)).status_code == 204
    assert await hub.access.sign_in("li.wei", LONGER, "192.0.2.3")
    assert [each["who"] for each in await written(hub, "people.password-set")] == ["user:li.wei"] * 2
    assert PASSWORD not in str(await written(hub, "people."))


async def test_guessing_the_current_password_grows_slow(hub: House) -> None:
    await hub.access.create_user("li.wei", Role.GUARD, PASSWORD)
    here = await browser_of(hub, "li.wei")
    for _ in range(5):
        await set_password(hub, here, current="a guess", password=LONGER)
    assert (await set_password(hub, here, current=PASSWORD, password=LONGER)).status_code == 429


async def test_a_desk_a_screen_and_a_machine_have_no_password(hub: House) -> None:
    for headers in (hub.bearer(Role.GUARD), await hub.cookie(Role.ADMIN)):
        state = await hub.http.get("/api/v1/session/password", headers=headers)
        assert state.json() == {"own": False, "set": False}
        refused = await set_password(hub, headers, password=LONGER)
        assert (refused.status_code, refused.json()["code"]) == (409, "no-account")


async def test_whoever_forgot_their_password_comes_by_a_link_and_sets_another(hub: House) -> None:
    await hub.access.create_user("li.wei", Role.GUARD, PASSWORD)
    made = await ask(hub, "POST", "/people/li.wei/link", forget_password=True)
    assert made.status_code == 201
    assert not (await ask(hub, "GET", "/people")).json()["people"][0]["password"]
    here = await browser_of(hub, "li.wei")
    assert (await set_password(hub, here, password=LONGER)).status_code == 204


async def test_each_role_starts_on_its_page(hub: House) -> None:
    pages = {
        "wall": "/wall",
        "guard": "/console",
        "supervisor": "/console",
        "liaison": "/desk",
        "admin": "/admin",
    }
    for role in Role:
        link = await hub.access.create_link(role)
        pressed = await hub.http.post("/signin", data={"token": link})
        assert pressed.headers["location"] == pages[role]
        assert (await hub.http.get("/")).headers["location"] == pages[role]
    hub.http.cookies.clear()
    assert (await hub.http.get("/")).headers["location"] == "/wall"
