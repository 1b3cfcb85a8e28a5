"""What makes no sense is refused, and what is secret is written nowhere."""

import pytest
from sqlalchemy import select

from hub.access.roles import Role
from hub.audit.schema import audit
from tests.hub.api.house import House
from tests.hub.api.residents import API, staff, told

RIGHT = b'{"request": "00000000-0000-0000-0000-000000000000"}'
GARBAGE: list[tuple[bytes, dict[str, str], int]] = [
    (b"", {}, 422),
    (b"{", {}, 422),
    (b"\xff\xfe", {}, 422),
    (b"[]", {}, 422),
    (b'{"request": 5}', {}, 422),
    (b'{"request": "short"}', {}, 422),
    (RIGHT.replace(b'0"', b'\\u0000"'), {}, 422),
    (RIGHT.replace(b"}", b', "fen": 1}'), {}, 422),
    (RIGHT.replace(b"}", b', "account": ["a"]}'), {}, 422),
    (RIGHT, {"Content-Type": "text/plain"}, 422),
    (RIGHT, {"Content-Type": "application/x-www-form-urlencoded"}, 422),
    (RIGHT, {"Origin": "https://evil.example"}, 403),
    (RIGHT, {"Origin": "null"}, 403),
    (b" " * (1024 * 1024 + 1), {}, 413),
    (RIGHT, {}, 404),
]


async def test_what_makes_no_sense_is_refused_and_nothing_happens(hub: House) -> None:
    path = f"{API}/codes/{'0' * 20}/orders"
    for body, more, status in GARBAGE:
        headers = {"Content-Type": "application/json"} | more
        answer = await hub.http.post(path, content=body, headers=headers)
        assert answer.status_code == status, (body[:80], more, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
    evil = {"Origin": "https://evil.example"}
    assert (await hub.http.post(f"{API}/orders/by-key/{'0' * 32}/stop", headers=evil)).status_code == 403
    supervisor = hub.bearer(Role.SUPERVISOR)
    for path, wrong in (
        ("/codes", {"device": "gate/east-in"}),
        ("/codes", {"device": "charger/a", "minutes": -1}),
        ("/codes", {"device": "charger/a", "minutes": "nan"}),
        ("/accounts", {"note": "x" * 201}),
        ("/accounts", {"note": "\0"}),
        ("/accounts/a-00000000/top-up", {"fen": 1.5}),
        ("/accounts/a-00000000/top-up", {"fen": True}),
        ("/accounts/a-00000000/top-up", {"fen": 10**12}),
        ("/accounts/a-00000000/top-up", {}),
    ):
        answer = await hub.http.post(f"{API}{path}", json=wrong, headers=supervisor)
        assert told(answer) == (422, "invalid-request"), (path, wrong)
    for query in ("orders?limit=0", "orders?state=x", "orders?device=x", "figures?from=x", "codes?device=x"):
        answer = await hub.http.get(f"{API}/{query}", headers=supervisor)
        assert told(answer) == (422, "invalid-request"), query
    for query in ("from=2026-11-02&to=2026-11-01", "from=2020-01-01&to=2026-01-01", "to=9999-12-31"):
        answer = await hub.http.get(f"{API}/figures?{query}", headers=supervisor)
        assert told(answer) == (422, "bad-range"), query
    for method, path, code in (
        ("GET", f"orders/{'0' * 16}", "unknown-charging-order"),
        ("POST", f"orders/{'0' * 16}/stop", "unknown-charging-order"),
        ("DELETE", f"codes/{'0' * 20}", "code-unknown"),
        ("DELETE", "codes/%00", "code-unknown"),
        ("POST", "accounts/a-00000000/key", "unknown-account"),
    ):
        answer = await hub.http.request(method, f"{API}/{path}", headers=supervisor)
        assert told(answer) == (404, code), path
    assert (await staff(hub, "GET", "/orders"))["orders"] == []


async def test_no_secret_is_in_what_is_logged_or_audited(
    hub: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "0123456789abcdefghjk"

    async def broken(_: str) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(hub.room.charging, "scan", broken)
    assert told(await hub.http.get(f"{API}/codes/{secret}")) == (500, "internal-error")
    assert "GET /api/v1/charging/codes/… failed" in caplog.text
    refused = await hub.http.delete(f"{API}/codes/{secret}", headers=hub.bearer(Role.GUARD))
    assert refused.status_code == 403
    with hub.core.engine.connect() as connection:
        (body,) = connection.execute(select(audit.c.body).where(audit.c.what == "access.refused")).scalars()
    assert '"about":"DELETE /api/v1/charging/codes/…"' in body
    assert secret not in caplog.text
