"""Looking at a camera over a real broker and real HTTP: who may look, how many, and until when."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import paho.mqtt.client as paho
import pytest
import pytest_asyncio
from msgspec.structs import replace

from contract.codec import MAX_PREVIEW_BYTES
from contract.messages import AvailabilityStatus, Problem
from contract.topics import Channel
from hub.access.roles import Role
from hub.ingest.sessions import ALARM_FILTERS, TELEMETRY_FILTERS
from hub.preview import service
from tests.hub.api.camera import CAMERA, PATH, Scene, jpeg, looking, scene
from tests.waiting import eventually


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as running:
        yield running


async def problem_of(hub_answer: httpx.Response) -> tuple[int, str]:
    assert hub_answer.headers["content-type"] == "application/problem+json"
    return hub_answer.status_code, hub_answer.json()["code"]


async def test_pictures_follow_one_another(site: Scene) -> None:
    async with looking(site.hub) as pictures:
        assert pictures.answer.headers["content-type"].startswith("multipart/x-mixed-replace; boundary=")
        assert pictures.answer.headers["cache-control"] == "no-store"
        seen = [await pictures.next() for _ in range(5)]
    assert seen == sorted(set(seen)), "each newer than the one before"
    assert all(picture.startswith(b"\xff\xd8\xff") for picture in seen)
    assert site.hub.core.counters.messages[Channel.PREVIEW] >= 5


async def test_whoever_looks_is_in_the_ledger_before_they_see_anything(site: Scene) -> None:
    async with looking(site.hub, Role.GUARD) as guard:
        await guard.next()
        assert await site.looks() == [("token:guard", "preview")]
        async with looking(site.hub, Role.WALL) as wall:
            await wall.next()
            assert await site.looks() == [("token:guard", "preview"), ("token:wall", "preview")]
    (asked, _) = site.camera.asked
    assert (asked.issuer, asked.input) == ("token:guard", {"seconds": service.LEASE_S})
    record = await site.hub.core.actions.outcome(asked.id)
    assert record is not None
    assert (record.reason, record.status) == (service.REASON, "succeeded")


async def test_the_main_sessions_carry_no_pictures() -> None:
    topic = CAMERA.topic(Channel.PREVIEW)
    for each in (*ALARM_FILTERS, *TELEMETRY_FILTERS):
        assert not paho.topic_matches_sub(each, topic), each


async def test_it_is_asked_anew_while_somebody_looks_and_not_after(
    site: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LEASE_S", 1.0)
    monkeypatch.setattr(service, "RENEWED_BEFORE_S", 0.6)
    monkeypatch.setattr(service, "RENEW_CHECK_S", 0.1)
    async with looking(site.hub) as pictures:
        while len(site.camera.asked) < 4:
            await pictures.next()
        assert site.hub.core.previews.watched == 1
    await eventually(lambda: site.hub.core.previews.watched == 0)
    asked, heard = len(site.camera.asked), site.hub.core.counters.messages[Channel.PREVIEW]
    await site.camera.send(jpeg(1))
    await eventually(lambda: site.camera.until < asyncio.get_running_loop().time())
    assert len(site.camera.asked) == asked
    assert site.hub.core.counters.messages[Channel.PREVIEW] == heard, "nobody listens any more"


@pytest.mark.parametrize(
    "garbage",
    [b"", b"<html>", b"\xff\xd8\xff without end", jpeg(1)[1:], jpeg(1, MAX_PREVIEW_BYTES + 1)],
    ids=["empty", "html", "cut", "headless", "huge"],
)
async def test_garbage_is_counted_and_not_shown(site: Scene, garbage: bytes) -> None:
    async with looking(site.hub) as pictures:
        await pictures.next()
        await site.camera.send(garbage)
        await eventually(lambda: site.hub.core.counters.rejected.total() == 1)
        following = [await pictures.next() for _ in range(3)]
    assert garbage not in following


async def test_what_the_broker_kept_is_not_of_now(site: Scene) -> None:
    await site.camera.send(jpeg(77_777_777), retain=True)
    async with looking(site.hub) as pictures:
        seen = [await pictures.next() for _ in range(3)]
        assert not any(b"77777777" in picture for picture in seen)
    assert site.hub.core.counters.rejected == {"retained-preview": 1}


async def test_as_many_may_look_as_may(site: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MAX_LOOKING_AT_ONE", 2)
    async with AsyncExitStack() as screens:
        for _ in range(2):
            await screens.enter_async_context(looking(site.hub))
        for path in ("preview", "picture"):
            answer = await site.hub.get(f"{PATH}/{path}")
            assert await problem_of(answer) == (503, "too-many-looking")
            assert int(answer.headers["retry-after"]) > 0
        monkeypatch.setattr(service, "MAX_LOOKING_AT_ONE", 9)
        monkeypatch.setattr(service, "MAX_LOOKING", 2)
        assert await problem_of(await site.hub.get(f"{PATH}/picture")) == (503, "too-many-looking")
    await eventually(lambda: site.hub.core.previews.looking == 0)
    assert (await site.hub.get(f"{PATH}/picture")).status_code == 200


async def test_who_takes_nothing_holds_up_nobody_and_is_cut_off(
    site: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.api.routes.preview.SEND_LIMIT_S", 3.0)
    site.camera.size = 300_000
    headers = "".join(f"{name}: {value}\r\n" for name, value in site.hub.bearer(Role.WALL).items())
    request = f"GET {PATH}/preview HTTP/1.1\r\nHost: x\r\n{headers}\r\n"
    with socket.create_connection(("127.0.0.1", site.hub.server.port)) as stuck:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.sendall(request.encode())
        async with looking(site.hub) as pictures:
            await pictures.next()
            await eventually(lambda: site.hub.core.previews.looking == 2)
            before = [await pictures.next() for _ in range(3)]
            await eventually(lambda: site.hub.core.previews.looking == 1)
            after = [await pictures.next() for _ in range(3)]
        assert before + after == sorted(set(before + after))
        assert site.hub.server._server is not None
        connections = site.hub.server._server.server_state.connections
        await eventually(lambda: len(connections) <= 1)


async def test_a_slow_viewer_gets_fewer_pictures_and_always_new_ones(site: Scene) -> None:
    site.camera.size = 300_000
    async with looking(site.hub) as pictures:
        await pictures.next()
        missed_from = site.camera.sent
        await eventually(lambda: site.camera.sent > missed_from + 60)
        for _ in range(40):
            number = int((await pictures.next())[4:12])
            if number > missed_from + 55:
                return
    raise AssertionError("it gets what is old")


async def test_a_revoked_token_ends_it(site: Scene) -> None:
    async with looking(site.hub, Role.WALL) as wall, looking(site.hub, Role.GUARD) as guard:
        await wall.next()
        await site.hub.access.revoke_token("wall")
        await wall.end()
        await guard.next()


async def test_signing_out_ends_it(site: Scene) -> None:
    headers = await site.hub.cookie(Role.GUARD)
    async with looking(site.hub, headers) as pictures:
        await pictures.next()
        await site.hub.http.delete("/api/v1/session", headers=headers)
        await pictures.end()


async def test_it_ends_when_the_device_goes_away(site: Scene) -> None:
    async with looking(site.hub) as pictures:
        await pictures.next()
        await site.camera.appear(AvailabilityStatus.DISCONNECTED)
        await pictures.end()
    answer = await site.hub.get(f"{PATH}/preview")
    assert await problem_of(answer) == (503, "device-offline")
    await site.camera.appear()
    await eventually(lambda: site.hub.core.shadows.get(CAMERA).connectivity == "online")  # type: ignore[union-attr]  # it is known
    async with looking(site.hub) as pictures:
        await site.camera.link.publish(CAMERA.topic(Channel.DESCRIPTION), b"", retain=True)
        await pictures.end()
    assert await problem_of(await site.hub.get(f"{PATH}/preview")) == (404, "unknown-device")


async def test_it_ends_when_pictures_stop_coming(site: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    async with looking(site.hub) as pictures:
        await pictures.next()
        monkeypatch.setattr(service, "STALLED_S", 0.5)  # the first may take longer
        site.camera.asleep = True
        await pictures.end()
    await eventually(lambda: site.hub.core.previews.looking == 0)
    monkeypatch.setattr(service, "FIRST_S", 0.5)
    monkeypatch.setattr(service, "STILL_FRESH_S", 0.0)
    for path in ("preview", "picture"):
        assert await problem_of(await site.hub.get(f"{PATH}/{path}")) == (503, "no-picture")


async def test_the_device_may_refuse(site: Scene) -> None:
    site.camera.problem = Problem(code="privacy", message="the privacy mask is down")
    for path in ("preview", "picture"):
        answer = await site.hub.get(f"{PATH}/{path}")
        assert await problem_of(answer) == (409, "privacy")
        assert answer.json()["detail"] == "the privacy mask is down"


async def test_what_has_no_pictures_says_so(site: Scene) -> None:
    for path in ("preview", "picture"):
        answer = await site.hub.get(f"/api/v1/devices/hemei/gate/east-in/{path}")
        assert await problem_of(answer) == (404, "unknown-action")
        answer = await site.hub.get(f"/api/v1/devices/hemei/camera/none/{path}")
        assert await problem_of(answer) == (404, "unknown-device")


async def test_one_picture_and_soon_another_ask_the_device_once(site: Scene) -> None:
    first = await site.hub.get(f"{PATH}/picture")
    second = await site.hub.get(f"{PATH}/picture")
    assert first.headers["content-type"] == "image/jpeg"
    assert first.headers["cache-control"] == "no-store"
    assert first.content.startswith(b"\xff\xd8\xff")
    assert second.content >= first.content
    assert await site.looks() == [("token:guard", "preview")]
    await site.hub.get(f"{PATH}/picture", Role.WALL)
    assert len(await site.looks()) == 2, "another person, another record"


async def test_the_seconds_are_those_that_the_device_takes(site: Scene) -> None:
    shadow = site.hub.core.shadows.of(CAMERA)
    assert shadow.description is not None
    schema = shadow.description.actions["preview"].input.properties["seconds"]
    assert service.within(30.0, schema) == 30
    assert service.within(0.5, schema) == 1
    assert service.within(99, replace(schema, type="number", maximum=12.5)) == 12.5


async def test_a_hub_that_stops_ends_it(tmp_path: Path) -> None:
    async with AsyncExitStack() as running:
        site = await running.enter_async_context(scene(tmp_path))
        pictures = await running.enter_async_context(looking(site.hub))
        await pictures.next()
        stopping = asyncio.create_task(site.hub.core.previews.run())
        await asyncio.sleep(0)
        stopping.cancel()
        await pictures.end()
