"""Devices as they are, and actions from the request to the outcome the device shows."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from contract.codec import decode, encode
from contract.messages import Action, ActionStatus, Problem, Result
from contract.mqtt import Connection
from contract.topics import Address, Channel
from hub.access.roles import Role
from hub.actions.records import ActionRecord, ActionTable
from tests.broker import Mosquitto
from tests.hub.api.house import GATE, House, clock, house
from tests.waiting import eventually

OPEN = "/api/v1/devices/hemei/gate/east-in/actions/open"
HOLD = "/api/v1/devices/hemei/gate/east-in/actions/hold-open"


async def test_devices_are_listed_and_shown_alike(hub: House) -> None:
    hub.add(Address("hemei", "gate", "west-out"))
    hub.move(40)
    listed = (await hub.get("/api/v1/devices")).json()["devices"]
    assert sorted(each["device"] for each in listed) == ["east-in", "west-out"]
    shown = await hub.get("/api/v1/devices/hemei/gate/east-in")
    assert shown.headers["content-type"] == "application/json"
    assert shown.json() in listed
    assert shown.json()["properties"]["position"]["value"] == 40
    assert shown.json()["actions"] == ["open", "hold-open"]
    described = (await hub.get("/api/v1/devices/hemei/gate/east-in/description", Role.ADMIN)).json()
    position = described["properties"]["position"]
    assert (position["unit"], position["minimum"], position["maximum"]) == ("%", 0, 100)
    assert described["actions"]["hold-open"]["input"]["properties"]["hold"]["type"] == "boolean"
    assert described["actions"]["hold-open"]["input"]["required"] == ["hold"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("hemei/gate/none", 404),
        ("hemei/gate/EAST", 422),
        ("x/y", 404),
        ("hemei/gate/none/description", 404),
        ("hemei/gate/none/actions", 404),
        ("hemei/gate/east-in/actions?limit=0", 422),
    ],
)
async def test_what_is_not_there_is_said(hub: House, path: str, status: int) -> None:
    assert (await hub.get(f"/api/v1/devices/{path}")).status_code == status


async def test_thousands_of_devices_are_listed_without_holding_up_the_hub(hub: House) -> None:
    for number in range(3000):
        hub.add(Address("hemei", "gate", f"g{number}"))
    longest = 0.0
    asking = asyncio.create_task(hub.get("/api/v1/devices"))
    while not asking.done():
        before = time.thread_time()  # of this thread alone: a busy machine counts for nothing
        await asyncio.sleep(0)
        longest = max(longest, time.thread_time() - before)
    assert len(asking.result().json()["devices"]) == 3001
    assert longest < 0.5


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (OPEN, b"{", 422, "invalid-request"),
        (OPEN, b"[]", 422, "invalid-request"),
        (OPEN, b'{"input":1}', 422, "invalid-request"),
        (OPEN, b'{"reason":7}', 422, "invalid-request"),
        (OPEN, b'{"more":true}', 422, "invalid-request"),
        (OPEN, b'{"expires_in_s":-1}', 422, "invalid-request"),
        (OPEN, b'{"expires_in_s":1e9}', 422, "invalid-request"),
        (OPEN, b'{"input":{"x":1}}', 422, "bad-input"),
        (HOLD, b"{}", 422, "bad-input"),
        (HOLD, b'{"input":{"hold":"yes"}}', 422, "bad-input"),
        (OPEN + "?wait=-1", b"{}", 422, "invalid-request"),
        (OPEN + "?wait=nan", b"{}", 422, "invalid-request"),
        (OPEN.replace("open", "fly"), b"{}", 404, "unknown-action"),
        (OPEN.replace("east-in", "none"), b"{}", 404, "not-found"),
        (OPEN, b"{}", 409, "link-offline"),
    ],
)
async def test_a_wrong_request_is_told_what_is_wrong(
    hub: House, path: str, body: bytes, status: int, code: str
) -> None:
    headers = hub.bearer(Role.GUARD) | {"Content-Type": "application/json"}
    answer = await hub.http.post(path, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


Behave = Callable[[Connection, Action], Awaitable[None]]


async def tell(link: Connection, action: Action, status: ActionStatus, error: Problem | None = None) -> None:
    result = Result(id=action.id, status=status, ts=clock.now(), error=error)
    await link.publish(GATE.topic(Channel.RESULT), encode(result))


@asynccontextmanager
async def site(folder: Path, behave: Behave) -> AsyncIterator[House]:
    """Run a hub and, over a real broker, a driver that does with each action what the test says."""
    async with (
        Mosquitto(folder / "broker") as broker,
        house(folder, broker=broker.broker()) as hub,
        Connection(broker.broker(), "gates") as link,
    ):
        await link.subscribe([GATE.topic(Channel.ACTION)])

        async def drive() -> None:
            async for message in link:
                await behave(link, decode(Action, message.payload))

        driving = asyncio.create_task(drive())
        try:
            await eventually(lambda: hub.core.online)
            yield hub
        finally:
            driving.cancel()
            await asyncio.gather(driving, return_exceptions=True)


async def post(hub: House, path: str, **body: object) -> tuple[int, dict[str, object]]:
    answer = await hub.http.post(path, json=body, headers=hub.bearer(Role.GUARD))
    return answer.status_code, answer.json()


async def test_an_action_is_answered_with_its_outcome(tmp_path: Path) -> None:
    seen: list[Action] = []

    async def open_slowly(link: Connection, action: Action) -> None:
        seen.append(action)
        await tell(link, action, ActionStatus.ACCEPTED)
        await tell(link, action, ActionStatus.SUCCEEDED)

    async with site(tmp_path, open_slowly) as hub:
        status, outcome = await post(hub, HOLD + "?wait=10", input={"hold": True}, reason="ambulance")
        assert (status, outcome["status"], outcome["error"]) == (200, "succeeded", None)
        assert (outcome["issuer"], outcome["reason"]) == ("token:guard", "ambulance")
        assert (outcome["action"], outcome["input"]) == ("hold-open", {"hold": True})
        assert (seen[0].issuer, seen[0].input) == ("token:guard", {"hold": True})
        again = await hub.get(f"/api/v1/actions/{outcome['id']}")
        assert again.json() == outcome
        _, later = await post(hub, OPEN + "?wait=10", reason="fire brigade")
        listed = await hub.get("/api/v1/devices/hemei/gate/east-in/actions")
        assert listed.json()["actions"] == [later, outcome]
        assert (await hub.get("/api/v1/devices/hemei/gate/east-in/actions", Role.WALL)).status_code == 403


async def test_without_waiting_there_is_an_id_to_ask_after(tmp_path: Path) -> None:
    async def jam(link: Connection, action: Action) -> None:
        await tell(
            link, action, ActionStatus.FAILED, Problem(code="limit-timeout", message="the arm is jammed")
        )

    async with site(tmp_path, jam) as hub:
        answer = await hub.http.post(OPEN, headers=hub.bearer(Role.GUARD))
        assert answer.status_code == 202
        assert answer.json()["status"] in ("requested", "failed")
        where = answer.headers["location"]
        assert where == f"/api/v1/actions/{answer.json()['id']}"

        async def ended() -> dict[str, object]:
            while True:
                shown: dict[str, object] = (await hub.get(where)).json()
                if shown["status"] != "requested":
                    return shown

        outcome = await asyncio.wait_for(ended(), 60)
        assert outcome["status"] == "failed"
        assert outcome["error"] == {"code": "limit-timeout", "message": "the arm is jammed"}
        assert outcome["ended"]


async def test_waiting_ends_with_what_is_known_and_an_action_expires(tmp_path: Path) -> None:
    async def ignore(_link: Connection, _action: Action) -> None:
        return

    async with site(tmp_path, ignore) as hub:
        status, outcome = await post(hub, OPEN + "?wait=0.05")
        assert (status, outcome["status"]) == (202, "requested")
        status, outcome = await post(hub, OPEN + "?wait=10", expires_in_s=0.2)
        assert (status, outcome["status"]) == (200, "expired")


async def test_unknown_actions_and_those_of_other_tenants_are_not_shown(hub: House) -> None:
    record = ActionRecord(
        id="ours",
        tenant="default",
        **GATE._asdict(),
        action="open",
        input={},
        issuer="user:li.wei",
        reason="",
        requested_ms=0,
        expires_ms=0,
    )
    table = ActionTable(hub.core.engine, "default")
    table.add(record)
    table.add(replace(record, id="theirs", tenant="other"))
    assert (await hub.get("/api/v1/actions/ours")).status_code == 200
    assert (await hub.get("/api/v1/actions/theirs")).status_code == 404
    assert (await hub.get("/api/v1/actions/none")).status_code == 404


async def test_requests_for_pictures_are_forgotten_and_others_are_not(hub: House) -> None:
    table = ActionTable(hub.core.engine, "default")
    asked = ActionRecord(
        id="long-ago",
        tenant="default",
        **GATE._asdict(),
        action="preview",
        input={},
        issuer="token:wall",
        reason="",
        requested_ms=0,
        expires_ms=0,
        status="succeeded",
        ended_ms=1_000,
    )
    table.add(asked)
    table.add(replace(asked, id="opened", action="open"))
    table.add(replace(asked, id="later", ended_ms=2_000))
    table.add(replace(asked, id="under-way", status="accepted", ended_ms=None))
    table.add(replace(asked, id="theirs", tenant="other"))
    assert await hub.core.actions.forget("preview", 2_000) == 1
    assert table.get("long-ago") is None
    assert all(table.get(ident) for ident in ("opened", "later", "under-way"))
    assert ActionTable(hub.core.engine, "other").get("theirs")
