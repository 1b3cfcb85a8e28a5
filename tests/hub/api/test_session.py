"""Signing in and out with a browser: by password, by one-time link, and never from another site."""

import httpx
import pytest

from contract.clock import SystemClock
from hub.access.access import Access
from hub.access.roles import PERMISSIONS, Role
from tests.hub.api.house import PASSWORD, House


def cookie_of(answer: httpx.Response) -> dict[str, str]:
    """Take a Set-Cookie apart: name, value and attributes in lower case."""
    first, *rest = answer.headers["set-cookie"].split("; ")
    name, _, value = first.partition("=")
    attributes = {part.partition("=")[0].lower(): part.partition("=")[2] for part in rest}
    return {"name": name, "value": value} | attributes


async def sign_in(hub: House, **body: str) -> httpx.Response:
    return await hub.http.post("/api/v1/session", json=body)


async def test_a_password_signs_in_and_delete_signs_out(any_hub: House) -> None:
    await any_hub.access.create_user("li.wei", Role.GUARD, PASSWORD)
    answer = await sign_in(any_hub, username="li.wei", password=PASSWORD)
    assert answer.status_code == 200
    assert answer.json() == {
        "name": "user:li.wei",
        "role": "guard",
        "tenant": "default",
        "permissions": sorted(PERMISSIONS[Role.GUARD]),
    }
    cookie = cookie_of(answer)
    assert cookie["name"] == "hemei-session"
    assert len(cookie["value"]) == 43
    assert (cookie["path"], cookie["samesite"], cookie["max-age"]) == ("/", "strict", str(7 * 86400))
    assert "httponly" in cookie
    assert "secure" not in cookie
    assert "domain" not in cookie

    # httpx keeps the cookie, as a browser does.
    assert (await any_hub.http.get("/api/v1/session")).json() == answer.json()
    out = await any_hub.http.delete("/api/v1/session", headers={"Origin": any_hub.server.address})
    assert out.status_code == 204
    assert cookie_of(out)["max-age"] == "0"
    kept = {"Cookie": f"hemei-session={cookie['value']}"}
    assert (await any_hub.http.get("/api/v1/session", headers=kept)).status_code == 401


async def test_behind_tls_the_cookie_is_for_tls_and_this_host_alone(hub: House) -> None:
    link = await hub.access.create_link(Role.WALL)
    tls = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.9"}
    answer = await hub.http.post("/signin", data={"token": link}, headers=tls)
    cookie = cookie_of(answer)
    assert cookie["name"] == "__Host-hemei-session"
    assert "secure" in cookie
    assert answer.headers["strict-transport-security"]
    hub.http.cookies.clear()
    for name, status in (("__Host-hemei-session", 200), ("hemei-session", 401)):
        headers = tls | {"Cookie": f"{name}={cookie['value']}"}
        assert (await hub.http.get("/api/v1/session", headers=headers)).status_code == status


async def test_wrong_passwords_grow_slow(hub: House) -> None:
    await hub.access.create_user("li.wei", Role.GUARD, PASSWORD)
    for _ in range(5):
        answer = await sign_in(hub, username="li.wei", password="wrong password")
        assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-refused")
        assert "set-cookie" not in answer.headers
    answer = await sign_in(hub, username="li.wei", password=PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
    assert answer.headers["retry-after"] == "1"


async def test_an_unknown_name_is_answered_like_a_wrong_password(hub: House) -> None:
    await hub.access.create_user("li.wei", Role.GUARD, PASSWORD)
    known = await sign_in(hub, username="li.wei", password="wrong password")
    unknown = await sign_in(hub, username="nobody", password="wrong password")
    assert known.content == unknown.content
    assert known.status_code == unknown.status_code == 401


@pytest.mark.parametrize("body", [{}, {"username": "a"}, {"username": "a", "password": "b", "role": "admin"}])
async def test_what_is_no_sign_in_is_told_without_repeating_it(hub: House, body: dict[str, str]) -> None:
    answer = await sign_in(hub, **body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_secret_that_is_too_long_is_not_written_back(hub: House) -> None:
    answer = await sign_in(hub, username="a", password="s3cret" * 1000)
    assert answer.status_code == 422
    assert "s3cret" not in answer.text


async def test_another_sites_page_cannot_sign_anybody_in(hub: House) -> None:
    await hub.access.create_user("li.wei", Role.GUARD, PASSWORD)
    body = {"username": "li.wei", "password": PASSWORD}
    evil = {"Origin": "https://evil.example"}
    assert (await hub.http.post("/api/v1/session", json=body, headers=evil)).status_code == 403
    link = await hub.access.create_link(Role.WALL)
    assert (await hub.http.post("/signin", data={"token": link}, headers=evil)).status_code == 403
    ours = {"Origin": hub.server.address}
    assert (await hub.http.post("/signin", data={"token": link}, headers=ours)).status_code == 303


async def test_a_link_is_used_up_by_a_press_and_not_by_a_look(hub: House) -> None:
    link = await hub.access.create_link(Role.WALL)
    for _ in range(3):
        page = await hub.http.get("/signin", params={"token": link})
        assert page.status_code == 200
        assert f'name="token" value="{link}"' in page.text
        assert "set-cookie" not in page.headers
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"
    pressed = await hub.http.post("/signin", data={"token": link})
    assert (pressed.status_code, pressed.headers["location"]) == (303, "/wall")
    assert cookie_of(pressed)["max-age"] == str(400 * 86400)
    assert (await hub.http.get("/api/v1/session")).json()["name"] == "link:wall"
    again = await hub.http.post("/signin", data={"token": link})
    assert (again.status_code, again.headers["location"]) == (303, "/signin?error=link")


@pytest.mark.parametrize("token", ["", '"><script>alert(1)</script>', "ü", "x" * 200, "a b"])
async def test_what_is_no_link_is_not_put_on_a_page(hub: House, token: str) -> None:
    answer = await hub.http.get("/signin", params={"token": token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin?error=link")


@pytest.mark.parametrize("body", [b"", b"token", b"token=%ff%fe", b"\xff\xfe", b"token=a&token=b"])
async def test_a_press_with_nothing_in_it_leads_back(hub: House, body: bytes) -> None:
    answer = await hub.http.post("/signin", content=body)
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin?error=link")


async def test_a_machine_does_not_sign_out(hub: House) -> None:
    answer = await hub.http.delete("/api/v1/session", headers=hub.bearer(Role.GUARD))
    assert (answer.status_code, answer.json()["code"]) == (409, "machine-token")


async def test_a_revoked_token_is_refused_at_once(any_hub: House) -> None:
    assert (await any_hub.get("/api/v1/devices")).status_code == 200
    await any_hub.access.revoke_token("guard")
    assert (await any_hub.get("/api/v1/devices")).status_code == 401


async def test_another_tenants_people_are_strangers(any_hub: House) -> None:
    other = Access(any_hub.core.engine, SystemClock(), "other")
    token = await other.create_token("bench", Role.GUARD)
    headers = {"Authorization": f"Bearer {token}"}
    assert (await any_hub.http.get("/api/v1/devices", headers=headers)).status_code == 401
