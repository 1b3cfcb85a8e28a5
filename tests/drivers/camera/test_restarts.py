"""What a hundred deaths of a camera cost: nothing. And what a stream that begins anew looks like."""

from itertools import pairwise

import pytest

from drivers.camera.stream import TICKS
from tests.drivers.camera.bare import driven, held
from tests.drivers.camera.canned import Canned
from tests.drivers.camera.gstreamer import gstreamer
from tests.drivers.camera.recordings import opened
from tests.waiting import eventually


async def test_a_hundred_restarts_cost_no_thread_no_file_and_no_memory() -> None:
    async with Canned(fps=200) as server, driven(server.url, learn_s=1) as (_, port):
        before = (0, 0, 0)
        for restart in range(100):
            await eventually(lambda: port.is_ready)
            if restart == 20:  # by then everything is loaded, and pools are filled
                before = held()
            await server.kill()
            await eventually(lambda: not port.is_ready)
            await server.start()
        await eventually(lambda: port.is_ready)
        assert server.connections > 100
        await eventually(lambda: held()[0] <= before[0])
        await eventually(lambda: held()[1] <= before[1])
        assert held()[2] <= before[2] + 8
    await eventually(lambda: held()[0] <= before[0] - 1)


async def test_gstreamer_killed_again_and_again_costs_no_thread_and_no_file() -> None:
    async with gstreamer() as server:
        url, number = server.url("yard"), server.port
    async with driven(url) as (_, port):
        before = (0, 0)
        for restart in range(4):
            async with gstreamer(port=number) as server:
                await server.serve("yard", "smpte", fps=30)
                await eventually(lambda: port.is_ready)
                if restart == 1:
                    before = held()[:2]
            await eventually(lambda: not port.is_ready)
        assert held()[0] <= before[0]
        assert held()[1] <= before[1]


@pytest.mark.parametrize("jump", [-40 * TICKS, 900 * TICKS])
async def test_a_camera_that_sets_its_clock_is_read_on_and_its_clips_have_no_gap(jump: int) -> None:
    async with Canned(fps=20) as server, driven(server.url, learn_s=1) as (driver, port):
        await eventually(lambda: port.is_ready)
        server.shift = jump
        await driver.perform("clip", {"before_s": 0, "after_s": 2}, port)
        assert not port.ended
        _, length_s, shown = opened(port.events[-1][2][0])
        assert 1.5 <= length_s <= 4
        times = [at for at, _ in shown]
        assert max(later - at for at, later in pairwise(times)) < 0.5


async def test_no_reader_outlives_its_driver() -> None:
    before = held()[0]
    async with Canned() as server:
        async with driven(server.url) as (_, port):
            await eventually(lambda: port.is_ready)
        await eventually(lambda: held()[0] <= before)
