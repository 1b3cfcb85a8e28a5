"""What every answer has in common: problems, headers, limits; and pages and health."""

import asyncio
import logging
from pathlib import Path

import httpx
import pytest

from hub.access.roles import Role
from hub.api.shield import MAX_BODY_BYTES
from hub.ledger.queries import EventLog
from tests.hub.api.house import House

OPEN = "/api/v1/devices/hemei/gate/east-in/actions/open"


def assert_problem(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["code"]


@pytest.mark.parametrize("path", ["/none", "/api/v1/none", "/api/v2/devices", "/assets/none.js", "/wall/"])
async def test_what_is_not_there_is_a_problem(hub: House, path: str) -> None:
    assert_problem(await hub.http.get(path), 404)


@pytest.mark.parametrize(
    "path", ["/assets/../wall.html", "/assets/%2e%2e/wall.html", "/assets/..%2f..%2fhub"]
)
async def test_nothing_but_assets_is_among_the_assets(hub: House, path: str) -> None:
    assert_problem(await hub.http.get(f"/assets/{path}"), 404)


async def test_a_wrong_method_is_a_problem_that_says_the_right_one(hub: House) -> None:
    answer = await hub.http.put("/api/v1/devices", headers=hub.bearer(Role.GUARD))
    assert_problem(answer, 405)
    assert answer.headers["allow"] == "GET"


async def test_who_is_not_signed_in_is_told_how_to_be(hub: House) -> None:
    answer = await hub.http.get("/api/v1/devices")
    assert_problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_wrong_field_is_named(hub: House) -> None:
    answer = await hub.http.post(OPEN, json={"reason": 7}, headers=hub.bearer(Role.GUARD))
    assert_problem(answer, 422)
    assert answer.json()["errors"] == [{"where": "body.reason", "message": "Input should be a valid string"}]


async def test_our_own_mistake_is_a_problem_without_a_stack_trace(
    hub: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(EventLog, "find", fail)
    answer = await hub.get("/api/v1/events")
    assert_problem(answer, 500)
    assert "secret detail" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["hemei-timezone"] == "Asia/Shanghai"
    assert "secret detail" in caplog.text
    assert (await hub.get("/api/v1/devices")).status_code == 200


@pytest.mark.parametrize("declared", [True, False])
async def test_a_long_body_is_refused(hub: House, declared: bool) -> None:
    async def pieces() -> object:
        for _ in range(MAX_BODY_BYTES // 1000 + 2):
            yield b" " * 1000

    content = b" " * (MAX_BODY_BYTES + 1) if declared else pieces()
    headers = hub.bearer(Role.GUARD) | {"Content-Type": "application/json"}
    try:
        answer = await hub.http.post(OPEN, content=content, headers=headers)  # type: ignore[arg-type]  # either kind
    except (httpx.WriteError, httpx.ReadError):
        pytest.fail("the connection broke instead of an answer")
    assert_problem(answer, 413)


@pytest.mark.parametrize(
    "path", ["/wall", "/signin", "/healthz", "/api/v1/devices", "/none", "/metrics", "/"]
)
async def test_every_answer_carries_the_security_headers(hub: House, path: str) -> None:
    answer = await hub.get(path)
    headers = answer.headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "server" not in headers
    assert headers["cache-control"] == ("no-cache" if path in ("/wall", "/signin") else "no-store")
    assert "access-control-allow-origin" not in headers


async def test_pages_and_assets_are_served(hub: House) -> None:
    start = await hub.http.get("/")
    assert (start.status_code, start.headers["location"]) == (307, "/wall")
    wall = await hub.http.get("/wall")
    assert (wall.status_code, wall.text) == (200, "<!doctype html><title>wall</title>")
    assert wall.headers["content-type"] == "text/html; charset=utf-8"
    script = await hub.http.get("/assets/wall-1a2b.js")
    assert script.status_code == 200
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    again = await hub.http.get("/assets/wall-1a2b.js", headers={"If-None-Match": script.headers["etag"]})
    assert again.status_code == 304


async def test_the_page_of_households_opens_without_a_sign_in(hub: House, tmp_path: Path) -> None:
    assert (await hub.http.get("/visit")).status_code == 503
    (tmp_path / "pages" / "visit.html").write_text("<!doctype html><title>visit</title>")
    page = await hub.http.get("/visit")
    assert (page.status_code, page.text) == (200, "<!doctype html><title>visit</title>")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "script-src 'self'" in page.headers["content-security-policy"]


async def test_readiness_says_what_is_missing(hub: House) -> None:
    assert (await hub.http.get("/healthz")).json() == {"status": "ok"}
    ready = await hub.http.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "checks": {"broker": True}})
    hub.health.checks["broker"] = False
    ready = await hub.http.get("/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (503, False)


async def test_nothing_secret_is_logged(hub: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    link = await hub.access.create_link(Role.WALL)
    await hub.http.get("/signin", params={"token": link})
    await hub.http.post("/signin", data={"token": link})
    async with hub.viewer(hub.bearer(Role.WALL)) as socket:
        await socket.recv()
    clients = ("httpx", "httpcore", "websockets.client")
    ours = [each.getMessage() for each in caplog.records if not each.name.startswith(clients)]
    assert not [line for line in ours if link in line or hub.tokens[Role.WALL] in line]


async def test_a_slow_answer_does_not_hold_up_others(hub: House, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    held = threading.Event()

    def wait(*_: object, **__: object) -> list[object]:
        held.wait(10)
        return []

    monkeypatch.setattr(EventLog, "find", wait)
    slow = asyncio.create_task(hub.get("/api/v1/events"))
    await hub.get("/api/v1/devices")
    assert not slow.done()
    held.set()
    assert (await slow).json() == {"events": [], "next": None}
