"""Screens and machines: let in by a token, shut out at once; a screen opens the wall by its address alone."""

import logging
from typing import Any

import httpx
import pytest

from hub.access.roles import Role
from tests.hub.api.house import House, closed, frame_of


async def ask(hub: House, method: str, path: str, **body: Any) -> httpx.Response:
    headers = hub.bearer(Role.ADMIN)
    return await hub.http.request(method, f"/api/v1/tokens{path}", headers=headers, json=body or None)


async def open_screen(hub: House, token: str, query: str = "") -> httpx.Response:
    hub.http.cookies.clear()
    return await hub.http.get(f"/wall?kiosk={token}{query}")


async def test_a_machine_gets_a_secret_once_and_is_shut_out(hub: House) -> None:
    made = (await ask(hub, "POST", "", name="bench", role="guard", days=2)).json()
    assert made["screen"] is None
    headers = {"Authorization": f"Bearer {made['token']}"}
    before = (await ask(hub, "GET", "")).json()["tokens"]
    assert {each["name"]: each["seen"] for each in before}["bench"] is None
    assert (await hub.http.get("/api/v1/devices", headers=headers)).status_code == 200
    listed = (await ask(hub, "GET", "")).json()["tokens"]
    bench = next(each for each in listed if each["name"] == "bench")
    assert bench["role"] == "guard"
    assert bench["expires"][:16] == made["expires"][:16] > bench["created"]
    assert bench["seen"] >= bench["created"]
    assert made["token"] not in str(listed)
    taken = await ask(hub, "POST", "", name="bench", role="wall")
    assert (taken.status_code, taken.json()["code"]) == (422, "name-taken")
    assert (await ask(hub, "DELETE", "/bench")).status_code == 204
    assert (await hub.http.get("/api/v1/devices", headers=headers)).status_code == 401
    gone = await ask(hub, "DELETE", "/bench")
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown-token")
    found = (await hub.get("/api/v1/audit", Role.ADMIN, params={"what": "tokens."})).json()["entries"]
    assert [each["what"] for each in found] == ["tokens.revoked", "tokens.viewed", "tokens.made"]
    assert made["token"] not in str(found)


async def test_a_screen_opens_by_its_address_until_it_is_revoked(any_hub: House) -> None:
    made = (await ask(any_hub, "POST", "", name="lobby", role="wall")).json()
    assert made["screen"]["link"] == f"{any_hub.server.address}/wall?kiosk={made['token']}"
    for _ in range(2):  # a browser starts again with the same address
        opened = await open_screen(any_hub, made["token"], "&lang=en&density=2")
        assert (opened.status_code, opened.headers["location"]) == (303, "/wall?lang=en&density=2")
        assert opened.headers["cache-control"] == "no-store"
        assert opened.headers["referrer-policy"] == "no-referrer"
        assert "httponly" in opened.headers["set-cookie"].lower()
    me = (await any_hub.http.get("/api/v1/session")).json()
    assert (me["name"], me["role"]) == ("token:lobby", "wall")
    cookie = {"Cookie": opened.headers["set-cookie"].partition(";")[0], "Origin": any_hub.server.address}
    async with any_hub.viewer(cookie) as wall:
        await frame_of(wall)
        (lobby,) = [e for e in (await ask(any_hub, "GET", "")).json()["tokens"] if e["name"] == "lobby"]
        assert lobby["seen"] is not None
        await ask(any_hub, "DELETE", "/lobby")
        assert await closed(wall) == 4401
    assert (await any_hub.http.get("/api/v1/session", headers=cookie)).status_code == 401
    assert (await open_screen(any_hub, made["token"])).status_code == 401
    found = (await any_hub.get("/api/v1/audit", Role.ADMIN, params={"what": "session."})).json()["entries"]
    assert [(each["what"], each["who"]) for each in found] == [("session.screen-opened", "token:lobby")]


async def test_a_screen_signs_out_of_this_browser_alone(hub: House) -> None:
    opened = await open_screen(hub, hub.tokens[Role.WALL])
    ours = {"Origin": hub.server.address}
    assert (await hub.http.delete("/api/v1/session", headers=ours)).status_code == 204
    assert not hub.http.cookies
    assert opened.status_code == (await open_screen(hub, hub.tokens[Role.WALL])).status_code == 303


async def test_a_machines_token_opens_no_screen(hub: House) -> None:
    others = [role for role in Role if role is not Role.WALL]
    for role in others:
        refused = await open_screen(hub, hub.tokens[role])
        assert refused.status_code == 403
        assert "不能打开大屏" in refused.text
        assert "opens no screen" in refused.text
        assert "set-cookie" not in refused.headers
        as_cookie = {"Cookie": f"hemei-session={hub.tokens[role]}"}
        assert (await hub.http.get("/api/v1/session", headers=as_cookie)).status_code == 401
    found = (await hub.get("/api/v1/audit", Role.ADMIN, params={"what": "access.refused"})).json()["entries"]
    assert {(each["who"], each["about"]) for each in found} == {
        (f"token:{each.value}", "GET /wall") for each in others
    }


async def test_wrong_tokens_grow_slow_and_hold_up_nobody_else(hub: House) -> None:
    for wrong in ("hemei_wrong", "", "x" * 5000, "ü", "hemei_" + "a" * 43):
        refused = await open_screen(hub, wrong)
        assert refused.status_code == 401
        assert "令牌已收回" in refused.text
        assert "tries again by itself" in refused.text
        assert refused.headers["cache-control"] == "no-store"
        assert wrong == "" or wrong not in refused.text
    slowed = await open_screen(hub, "hemei_wrong")
    slowed = await open_screen(hub, "hemei_wrong") if slowed.status_code == 401 else slowed
    assert (slowed.status_code, slowed.headers["retry-after"]) == (429, "1")
    assert (await open_screen(hub, hub.tokens[Role.WALL])).status_code == 303
    link = await hub.access.create_link(Role.GUARD)
    assert (await hub.http.post("/signin", data={"token": link})).headers["location"] == "/console"


async def test_no_screens_token_is_logged(hub: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await open_screen(hub, hub.tokens[Role.WALL])
    await open_screen(hub, "hemei_wrong")
    clients = ("httpx", "httpcore")
    ours = [each.getMessage() for each in caplog.records if not each.name.startswith(clients)]
    assert not [line for line in ours if hub.tokens[Role.WALL] in line or "hemei_wrong" in line]
