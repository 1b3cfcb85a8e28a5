"""Waiting by a clock, and what becomes of work that nobody waits for any more."""

import asyncio
import gc
from typing import Any

import pytest

from contract.clock import ManualClock
from drivers.runtime.waiting import within
from tests.waiting import eventually


async def test_work_that_fails_while_its_wait_is_cancelled_leaves_nothing_behind() -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    fails = asyncio.Event()

    async def work() -> None:
        await fails.wait()
        raise OSError("the device hung up")

    waiting = asyncio.create_task(within(ManualClock(), 10, work()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # the work waits, too
    fails.set()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    del waiting
    gc.collect()
    await asyncio.sleep(0)
    assert complaints == []


@pytest.mark.parametrize("late", [False, True])
async def test_work_that_fails_as_it_is_given_up_leaves_nothing_behind(late: bool) -> None:
    """`late`: it does not heed its cancellation at once, and fails instead of ending."""
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    clock = ManualClock()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            if late:
                await asyncio.sleep(0)
            raise OSError("the device hung up")

    waiting = asyncio.create_task(within(clock, 10, work()))
    outcome = asyncio.gather(waiting, return_exceptions=True)
    await eventually(lambda: clock.advance(1) or outcome.done())
    assert [type(each) for each in outcome.result()] == [TimeoutError]
    del waiting
    gc.collect()
    await asyncio.sleep(0)
    assert complaints == []
