"""Several things done until one of them ends: it decides, and the others are over too."""

import asyncio

import pytest

from contract.first_to_end import first_to_end


async def lasting(ended: list[str]) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        ended.append("lasting")


async def test_the_first_that_ends_ends_the_others() -> None:
    ended: list[str] = []
    await first_to_end(lasting(ended), asyncio.sleep(0))
    assert ended == ["lasting"]


async def test_what_it_raised_is_raised() -> None:
    ended: list[str] = []

    async def failing() -> None:
        await asyncio.sleep(0)
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await first_to_end(lasting(ended), failing())
    assert ended == ["lasting"]
