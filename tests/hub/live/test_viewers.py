"""Slow viewers are caught up or dropped, and cost nobody else anything."""

import asyncio
import json
from typing import Any

import pytest

from hub.live.ring import Ring
from hub.live.viewer import TooSlow, Viewer
from tests.hub.live.community import GATE, Community, next_frame, positions
from tests.waiting import eventually


class Screen:
    """Somebody who takes frames, and can stop doing so."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.awake = asyncio.Event()
        self.awake.set()

    async def send(self, text: bytes) -> None:
        await self.awake.wait()
        self.frames.append(json.loads(text))

    @property
    def position(self) -> int | None:
        """Where the gate is, as far as this screen was told."""
        shown = [positions(frame)["east-in"] for frame in self.frames if frame.get("devices")]
        return shown[-1] if shown else None

    def view(self, community: Community) -> asyncio.Task[None]:
        async def serve() -> None:
            with community.live.view() as viewer:
                await viewer.serve(self.send)

        return asyncio.create_task(serve())


async def end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_sleeping_viewer_holds_up_nobody_and_nothing_queues_for_it() -> None:
    community = Community(ring=Ring(max_frames=50))
    community.move(GATE, 0)
    async with community.running():
        sleeper, other = Screen(), Screen()
        tasks = (sleeper.view(community), other.view(community))
        await eventually(lambda: sleeper.frames and other.frames)
        sleeper.awake.clear()
        for position in range(1, 200):
            community.move(GATE, position)
            await eventually(lambda: other.position == community.seq - 1)
        taken = len(sleeper.frames)
        assert len(other.frames) >= 199
        sleeper.awake.set()
        await eventually(lambda: sleeper.position == 199)
        assert len(sleeper.frames) - taken < 10
        await end(*tasks)


async def test_who_does_not_take_a_frame_in_time_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.live.viewer.SEND_LIMIT_S", 0.2)
    community = Community()
    async with community.running():
        stuck, other = Screen(), Screen()
        stuck.awake.clear()
        tasks = (stuck.view(community), other.view(community))
        with pytest.raises(TooSlow):
            await asyncio.wait_for(tasks[0], 60)
        assert community.live.viewers_dropped == 1
        assert len(community.live.viewers) == 1
        assert other.frames
        await end(*tasks)


async def test_a_viewer_that_goes_is_forgotten() -> None:
    community = Community()

    async def gone(_: bytes) -> None:
        raise ConnectionError

    async with community.running():
        with pytest.raises(ConnectionError), community.live.view() as viewer:
            await viewer.serve(gone)
        assert not community.live.viewers


async def test_two_hundred_viewers_see_every_change() -> None:
    community = Community()
    community.move(GATE, 0)
    async with community.running():
        screens = [Screen() for _ in range(200)]
        tasks = [screen.view(community) for screen in screens]
        await eventually(lambda: all(screen.frames for screen in screens))
        for position in range(1, 20):
            community.move(GATE, position)
            await eventually(lambda: all(screen.position == community.seq - 1 for screen in screens))
        await end(*tasks)


async def test_frames_rest_longer_when_sending_costs_more() -> None:
    community = Community(min_interval_s=0.0)
    async with community.running():
        with community.live.view() as viewer:
            await next_frame(viewer)
            loop = asyncio.get_running_loop()
            community.move(GATE, 1)
            await next_frame(viewer, "changes")
            community.live.sending_s = 0.05
            started = loop.time()
            community.move(GATE, 2)
            await next_frame(viewer, "changes")
            assert loop.time() - started > 0.04


def test_a_ring_is_bounded_by_number_and_size() -> None:
    ring = Ring(max_frames=3, max_size=100)
    for cursor in range(1, 6):
        ring.append(cursor, b"x" * 10, 0.0)
    assert [cursor for cursor in range(1, 6) if ring.get(cursor)] == [3, 4, 5]
    assert ring.size_after(2) == 30
    assert ring.size_after(4) == 10
    ring.append(6, b"x" * 85, 0.0)
    assert [cursor for cursor in range(1, 7) if ring.get(cursor)] == [5, 6]
    ring.append(7, b"x" * 1000, 0.0)
    assert not ring.get(7)
    ring.append(8, b"x", 0.0)
    assert ring.get(8) == b"x"


async def test_next_waits_for_a_viewer_that_knows_it_all() -> None:
    community = Community(heartbeat_s=60)
    async with community.running():
        with community.live.view() as viewer:
            await next_frame(viewer)
            assert isinstance(viewer, Viewer)
            waiting = asyncio.create_task(viewer.next())
            await asyncio.sleep(0)
            assert not waiting.done()
            community.move(GATE, 3)
            assert json.loads(await waiting)["type"] == "changes"
