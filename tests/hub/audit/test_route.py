"""The audit over the API, and what routes say to it: looks, sign-ins, refusals."""

from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from hub.access.roles import Principal, Role
from hub.audit import requests
from tests.hub.alarms.made import raised
from tests.hub.api.house import House, house


@pytest.fixture
async def hub(tmp_path: Path) -> Any:
    async with house(tmp_path) as running:
        yield running


def a_request(hub: House, path: str = "/api/v1/media/1") -> Request:
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": path,
            "headers": [(b"host", b"hub")],
            "query_string": b"",
            "client": ("192.0.2.7", 5000),
            "app": hub.server._app,  # the app that it serves
        }
    )


def principal(name: str = "user:li.wei", role: Role = Role.GUARD) -> Principal:
    return Principal(name=name, role=role, tenant="default", digest="", by_cookie=True, expires_ms=None)


async def entries(hub: House, **wanted: Any) -> list[dict[str, Any]]:
    answer = await hub.get("/api/v1/audit", Role.SUPERVISOR, params=wanted)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["entries"]
    return found


async def test_reading_the_audit_is_itself_in_it(hub: House) -> None:
    (first,) = await entries(hub)
    assert (first["what"], first["about"], first["role"]) == ("audit.read", "everything", "supervisor")
    assert first["address"] == "127.0.0.1"
    assert await entries(hub) == [first], "the same look goes on"
    newest, before = await entries(hub, who="user:li.wei") or await entries(hub)
    assert (newest["about"], before) == ("who=user:li.wei", first)


async def test_supervisors_and_admins_may_read_it(hub: House) -> None:
    status = {role: (await hub.get("/api/v1/audit", role)).status_code for role in Role}
    assert {role for role, code in status.items() if code == 200} == {Role.SUPERVISOR, Role.ADMIN}
    assert {code for code in status.values() if code != 200} == {403}


async def test_pages_follow_each_other(hub: House) -> None:
    for number in range(5):
        await requests.looked(a_request(hub), principal(), requests.MEDIA_VIEWED, str(number))
    page = (await hub.get("/api/v1/audit", Role.ADMIN, params={"what": "media.viewed", "limit": 3})).json()
    assert [each["about"] for each in page["entries"]] == ["4", "3", "2"]
    rest = await entries(hub, what="media.viewed", limit=3, before=page["next"])
    assert [each["about"] for each in rest] == ["1", "0"]
    assert (await hub.get("/api/v1/audit", Role.ADMIN, params={"limit": 0})).status_code == 422


async def test_a_supervisor_holds_an_alarm_and_lets_it_go(hub: House) -> None:
    await hub.room.desk.take([raised()], None)
    (ident,) = hub.room.desk.standing()
    path, why = f"/api/v1/alarms/{ident}", {"reason": "case 41 of the police"}
    for role, status in ((Role.GUARD, 403), (Role.SUPERVISOR, 204)):
        for deed in ("hold", "release"):
            answer = await hub.http.post(f"{path}/{deed}", headers=hub.bearer(role), json=why)
            assert answer.status_code == status, answer.text
    found = await entries(hub, what="hold.")
    assert [(each["what"], each["about"]) for each in found] == [
        ("hold.released", ident),
        ("hold.set", ident),
    ]
    assert found[1]["reason"] == why["reason"]
    unknown = f"/api/v1/alarms/{'0' * 32}/hold"
    assert (await hub.http.post(unknown, headers=hub.bearer(Role.SUPERVISOR), json=why)).status_code == 404


async def test_looks_sign_ins_and_refusals_say_who_from_where(hub: House) -> None:
    request, who = a_request(hub), principal()
    await requests.signed_in(request, who, "password")
    await requests.looked(request, who, requests.MEDIA_VIEWED, "a" * 64)
    requests.remember(request, who)
    await requests.refused(request, "role guard may not use 'audit'")
    await requests.signed_out(request, who)
    found = list(reversed(await entries(hub, who=who.name)))
    assert [each["what"] for each in found] == [
        "session.signed-in",
        "media.viewed",
        "access.refused",
        "session.signed-out",
    ]
    assert {each["address"] for each in found} == {"192.0.2.7"}
    refused = found[2]
    assert (refused["about"], refused["reason"]) == ("GET /api/v1/media/1", "role guard may not use 'audit'")


async def test_who_is_not_known_leaves_no_entry(hub: House) -> None:
    await requests.refused(a_request(hub), "sign in")
    assert await entries(hub, what="access.refused") == []


async def test_the_same_refusal_over_and_over_is_written_once(hub: House) -> None:
    for _ in range(20):
        request = a_request(hub)
        requests.remember(request, principal())
        await requests.refused(request, "you may not")
    assert len(await entries(hub, what="access.refused")) == 1
