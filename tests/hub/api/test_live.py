"""The live stream over real WebSockets: what a wall sees, and what a bad one cannot do."""

import asyncio
import json
import socket
import time
from typing import Any

import pytest
from websockets.asyncio.client import connect

from contract.topics import Address
from hub.access.access import Access
from hub.access.roles import Role
from tests.hub.api.house import GATE, House, arrival, clock, closed, frame_of
from tests.waiting import eventually


def position_in(frame: dict[str, Any]) -> int:
    position: int = frame["devices"][0]["properties"]["position"]["value"]
    return position


async def test_a_wall_sees_everything_then_every_change(hub: House) -> None:
    async with hub.viewer(await hub.cookie(Role.WALL)) as wall:
        snapshot = await frame_of(wall)
        assert (snapshot["type"], snapshot["link"]) == ("snapshot", "offline")
        assert (snapshot["heartbeat_s"], snapshot["cut_off_after_s"]) == (1.0, 3.0)
        assert [each["device"] for each in snapshot["devices"]] == ["east-in"]
        hub.move(40)
        changes = await frame_of(wall, "changes")
        assert changes["cursor"] == snapshot["cursor"] + 1
        assert position_in(changes) == 40


async def test_events_are_shown_as_the_ledger_shows_them(hub: House) -> None:
    async with hub.viewer(hub.bearer(Role.WALL)) as wall:
        await frame_of(wall)
        hub.announce(arrival(1, data={"by": "operator"}))
        shown = (await frame_of(wall, "changes"))["events"]
    assert shown == (await hub.get("/api/v1/events")).json()["events"]


async def test_silence_is_filled_with_heartbeats(hub: House) -> None:
    async with hub.viewer(hub.bearer(Role.WALL)) as wall:
        await frame_of(wall)
        assert (await frame_of(wall))["type"] == "heartbeat"


async def test_a_wall_that_comes_back_goes_on_where_it_was(hub: House) -> None:
    async with hub.viewer(hub.bearer(Role.WALL)) as wall:
        snapshot = await frame_of(wall)
        hub.move(1)
        cursor = (await frame_of(wall, "changes"))["cursor"]
    hub.move(2)
    async with hub.viewer(hub.bearer(Role.WALL), f"?stream={snapshot['stream']}&cursor={cursor}") as wall:
        changes = await frame_of(wall, "changes")
        assert changes["cursor"] == cursor + 1
        assert position_in(changes) == 2


@pytest.mark.parametrize(
    "query", ["?stream=x&cursor=1", "?stream=x", "?cursor=-1", "?cursor=9999999999999999999999", "?cursor=x"]
)
async def test_who_cannot_go_on_gets_a_snapshot(hub: House, query: str) -> None:
    async with hub.viewer(hub.bearer(Role.WALL), query) as wall:
        assert (await frame_of(wall))["type"] == "snapshot"


async def test_a_wall_that_missed_something_asks_for_a_snapshot(hub: House) -> None:
    async with hub.viewer(hub.bearer(Role.WALL)) as wall:
        await frame_of(wall)
        await wall.send(json.dumps({"type": "snapshot"}))
        assert (await frame_of(wall))["type"] == "snapshot"


@pytest.mark.parametrize("said", ["", "{", "[]", "null", '{"type":"dance"}', "[" * 4000, "1e999"])
async def test_what_we_do_not_understand_harms_nothing(hub: House, said: str) -> None:
    async with hub.viewer(hub.bearer(Role.WALL)) as wall:
        await frame_of(wall)
        await wall.send(said)
        hub.move(5)
        assert position_in(await frame_of(wall, "changes")) == 5


async def test_who_says_too_much_is_cut_off(hub: House) -> None:
    async with hub.viewer(hub.bearer(Role.WALL)) as wall:
        await frame_of(wall)
        await wall.send("x" * 100_000)
        assert await closed(wall) == 1009
    await eventually(lambda: not hub.live.viewers)


async def test_bytes_are_not_understood_either(hub: House) -> None:
    async with hub.viewer(hub.bearer(Role.WALL)) as wall:
        await frame_of(wall)
        await wall.send(b"\x00\x01")
        await wall.send('{"type": "snapshot"}')
        await frame_of(wall, "snapshot")
        hub.move(5)
        assert position_in(await frame_of(wall, "changes")) == 5


async def test_frames_are_not_compressed(hub: House) -> None:
    address = f"ws://127.0.0.1:{hub.server.port}/api/v1/live"
    async with connect(address, additional_headers=hub.bearer(Role.WALL), compression="deflate") as wall:
        assert not wall.protocol.extensions


async def test_a_revoked_token_ends_the_view_at_once(hub: House) -> None:
    async with hub.viewer(hub.bearer(Role.WALL)) as wall, hub.viewer(hub.bearer(Role.GUARD)) as guard:
        await frame_of(wall)
        await frame_of(guard)
        await hub.access.revoke_token("wall")
        assert await closed(wall) == 4401
        hub.move(5)
        assert position_in(await frame_of(guard, "changes")) == 5


async def test_what_the_command_line_revokes_ends_the_view_within_a_second(hub: House) -> None:
    async with hub.viewer(hub.bearer(Role.WALL)) as wall:
        await frame_of(wall)
        await Access(hub.core.engine, clock).revoke_token("wall")
        assert await closed(wall) == 4401


async def test_signing_out_ends_the_view(hub: House) -> None:
    headers = await hub.cookie(Role.GUARD)
    async with hub.viewer(headers) as wall:
        await frame_of(wall)
        await hub.http.delete("/api/v1/session", headers=headers)
        assert await closed(wall) == 4401


async def test_viewers_that_leave_are_forgotten(hub: House) -> None:
    walls = [await hub.viewer(hub.bearer(Role.WALL)) for _ in range(5)]
    await eventually(lambda: len(hub.live.viewers) == 5)
    for wall in walls[:3]:
        await wall.close()
    for wall in walls[3:]:
        wall.transport.abort()
    await eventually(lambda: not hub.live.viewers)
    await eventually(lambda: not hub.access._on_forget)


async def test_a_hundred_walls_see_a_change_at_once(hub: House) -> None:
    walls = await asyncio.gather(*(hub.viewer(hub.bearer(Role.WALL)) for _ in range(100)))
    await asyncio.gather(*(frame_of(wall, "snapshot") for wall in walls))
    started = time.thread_time()
    hub.move(7)
    frames = await asyncio.gather(*(frame_of(wall, "changes") for wall in walls))
    assert {position_in(frame) for frame in frames} == {7}
    assert time.thread_time() - started < 1.0, "of the event loop's time, to send and to receive"
    await asyncio.gather(*(wall.close() for wall in walls))


async def test_a_wall_that_takes_nothing_is_dropped_and_holds_up_nobody(
    hub: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.live.viewer.SEND_LIMIT_S", 0.5)
    monkeypatch.setattr("hub.live.viewer.SLOWEST_PER_S", 10**9)
    for number in range(2000):
        hub.add(Address("hemei", "gate", f"g{number}"))
    narrow = socket.create_connection(("127.0.0.1", hub.server.port))
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    async with hub.viewer(hub.bearer(Role.GUARD), max_size=None) as other:
        await frame_of(other)
        stuck = await hub.viewer(
            hub.bearer(Role.WALL), sock=narrow, max_size=None, max_queue=1, ping_interval=None
        )
        stuck.transport.pause_reading()
        await eventually(lambda: len(hub.live.viewers) == 2)
        positions: list[int] = []
        while len(hub.live.viewers) == 2:
            await stuck.send(json.dumps({"type": "snapshot"}))
            hub.move(len(positions) % 100, GATE)
            positions.append(position_in(await frame_of(other, "changes")))
            assert len(positions) < 10_000
        assert len(positions) > 10
        assert hub.live.viewers_dropped == 1
        # The connection is broken off, not kept until TCP gives up: nothing of it stays in memory.
        assert hub.server._server is not None
        connections = hub.server._server.server_state.connections
        await eventually(lambda: len(connections) == 1)
        stuck.transport.abort()
        await stuck.wait_closed()
    await eventually(lambda: not hub.live.viewers)
