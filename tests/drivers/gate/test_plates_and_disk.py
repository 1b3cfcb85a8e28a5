"""A gate with a plate camera whose disk is slow or full: nobody waits for it, and nothing is forgotten early.

`curl` plays the camera; a slow disk is made of an outbox that takes its time.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from contract import passes
from contract.messages import Event, State
from drivers.plates import writing
from drivers.runtime.outbox import Occurrence, Outbox
from drivers.runtime.settings import OutboxLimits
from tests.broker import Mosquitto
from tests.drivers.gate.entrance import GATE, LISTED, UNKNOWN, Entrance
from tests.drivers.plates import pushes
from tests.drivers.stage import HOST_ADDRESS
from tests.waiting import eventually_told


@asynccontextmanager
async def full_after(rows: int, broker: Mosquitto, folder: Path) -> AsyncIterator[Entrance]:
    async with Entrance.opened(broker, folder, outbox=OutboxLimits(max_rows=rows)) as east:
        yield east


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every event take a second to write: a disk cannot be asked for that."""
    appending = Outbox.append

    async def slowly(outbox: Outbox, occurrence: Occurrence) -> int:
        await asyncio.sleep(1)
        return await appending(outbox, occurrence)

    monkeypatch.setattr(Outbox, "append", slowly)


async def commit_all(east: Entrance) -> None:
    """Say as the hub that everything is in the ledger, also what comes meanwhile."""

    async def waiting() -> object:
        told = [each for each in east.ear.all(Event, GATE) if each.outbox is not None]
        assert told[-1].outbox is not None
        await east.ear.commit(told[-1].outbox, max(each.outboxnumber or 0 for each in told))
        host = east.ear.last(State, HOST_ADDRESS)
        return host and host.properties["outbox-waiting"]

    await eventually_told(waiting, lambda left: left == 0, every_s=0.05)


@pytest.mark.parametrize("late", [{"isoffline": 1, "age_s": 3600}, {}])
async def test_what_cannot_be_kept_is_left_to_the_camera(
    mosquitto: Mosquitto, tmp_path: Path, late: dict[str, Any]
) -> None:
    async with full_after(1, mosquitto, tmp_path) as east:
        assert not await east.lets_in(UNKNOWN)
        await east.events(passes.PLATE_RECOGNISED)
        said = {"plateid": 7, **late}
        assert (await east.sees("京D00001", **said)).status == 503
        assert (await east.sees("京D00001", **said)).status == 503
        assert await east.lets_in(LISTED), "a resident does not wait for a disk"
        await commit_all(east)
        await east.records("京D00001", **said)
        _, kept = await east.events(passes.PLATE_RECOGNISED, 2)
        assert kept.data["plate"] == "京D00001"
        assert kept.data["reason"] == ("replay" if late else "unknown")


@pytest.mark.usefixtures("slow_disk")
async def test_while_the_disk_is_slow_gate_and_lane_go_on(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with Entrance.opened(mosquitto, tmp_path) as east:
        late = await east.sees("京D00001", age_s=3600, isoffline=1)
        assert late.status == 503, "not on disk yet"
        east.drives()
        assert await east.lets_in(LISTED)
        replayed, passed = await east.passes(2)
        assert (passed["plate"], passed["means"], passed["confirmed"]) == (LISTED, "plate", True)
        assert (replayed["plate"], replayed["replay"]) == ("京D00001", True)


@pytest.mark.usefixtures("slow_disk")
async def test_pictures_that_nobody_can_keep_are_left_out_and_counted(
    mosquitto: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MOST_PICTURES", len(pushes.JPEG) + len(pushes.SMALL))
    async with Entrance.opened(mosquitto, tmp_path) as east:
        for plate in (UNKNOWN, "京D00001"):
            assert not await east.lets_in(plate)
        first, second = await east.events(passes.PLATE_RECOGNISED, 2)
        assert (len(first.data["media"]), second.data.get("media")) == (2, None)
        await east.ear.property(HOST_ADDRESS, "malformed", 1)
        assert not await east.lets_in("京D00002")
        assert len((await east.events(passes.PLATE_RECOGNISED, 3))[2].data["media"]) == 2
