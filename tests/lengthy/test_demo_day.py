"""A day of the sample community, at a hundred times its pace: nobody is named by what travels and stays.

A real mosquitto, real processes and what they leave on the disk; devices are our own simulators.
"""

import asyncio
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.naming import look_at_people, named_in, written
from tests.e2e.test_wire_matches_asyncapi import Heard, listening
from tests.hemei.demos import RunningDemo, running_demo
from tests.peers import require_program

SPEED: Final = 100
DAY_S: Final = 86_400 / SPEED
LOOK_EVERY_S: Final = 5.0
PASSES: Final = 200
"""So many, at gates and at doors, are the least of a day."""


class Day:
    """What was heard so far; payloads are looked at and forgotten."""

    def __init__(self) -> None:
        self.topics: set[str] = set()
        self.named: set[str] = set()
        self.messages = 0

    def take(self, heard: list[Heard]) -> None:
        """Look at what came, and make room for more."""
        came = heard[:]
        del heard[: len(came)]
        self.messages += len(came)
        self.topics.update(each.topic for each in came)
        said = "\n".join(each.payload.decode("utf-8", "replace") for each in came)
        self.named |= named_in(said, plates=False)


async def passed(demo: RunningDemo, places: str) -> int:
    """Return how many vehicles or people passed gates or doors, up to `PASSES`."""
    async with demo.client("guard") as guard:
        found = await guard.get("/api/v1/passes", params={"place": places, "limit": PASSES})
    return len(found.raise_for_status().json()["passes"])


@pytest.mark.timeout(1800)
async def test_nobody_is_named_by_what_a_day_leaves_behind(tmp_path: Path) -> None:
    require_program("mosquitto", "mosquitto")
    day, arguments = Day(), ("--speed", str(SPEED), "--from", "00:00")
    async with running_demo(tmp_path, *arguments) as demo, listening(demo) as heard:
        ends = asyncio.get_running_loop().time() + DAY_S
        while asyncio.get_running_loop().time() < ends:
            await asyncio.sleep(LOOK_EVERY_S)
            await look_at_people(demo)
            day.take(heard)
        texts = await written(demo, day.topics)
        told = {"messages": day.messages, "topics": len(day.topics), **{n: len(t) for n, t in texts.items()}}
        print(told)  # noqa: T201 - what was gone through, for who runs this
        assert await passed(demo, "gate/*") == await passed(demo, "door/*") == PASSES, "a day like others"
    assert {name: found for name, text in texts.items() if (found := named_in(text))} == {}
    assert day.named == set(), "devices speak of plates, and of nobody's name"
