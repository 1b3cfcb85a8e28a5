"""A whole door with its people (our own simulator), where inputs and outputs are asked for and answered."""

from dataclasses import replace
from typing import Any

import pytest

from contract.messages import Event, State
from drivers.door import events
from tests.drivers.benches.door import BENCH
from tests.drivers.conformance import OnStage, Stage
from tests.drivers.stage import HOST_ADDRESS, fill_disk, succeeded
from tests.waiting import eventually


async def types(stage: Stage, *expected: str) -> None:
    """Wait until these events have come, and see that no others have."""
    heard = [event.type for event in await stage.events(len(expected))]
    assert heard == list(expected)


async def shows(stage: Stage, **properties: Any) -> None:
    for name, value in properties.items():
        await stage.ear.property(BENCH.address, name.replace("_", "-"), value)


class TestDoor(OnStage):
    bench = replace(BENCH, options={**BENCH.options, "fire_release": True, "unlock_s": 2.0})

    async def test_a_resident_passes(self, stage: Stage) -> None:
        await stage.start()
        await shows(stage, state="closed", locked=True)
        stage.pretend.happen(BENCH.device, "card-known")
        await types(stage, events.GRANTED, events.OPENED, events.CLOSED)
        await shows(stage, state="closed", locked=True)
        assert stage.pretend.inspect(BENCH.device)["passed"] == 1
        assert stage.effects() == 1

    async def test_somebody_forces_the_door(self, stage: Stage) -> None:
        await stage.start()
        await shows(stage, state="closed")
        stage.pretend.fault(BENCH.device, "forced")
        await types(stage, events.FORCED)
        await shows(stage, state="forced", contact_open=True)

    async def test_fire(self, stage: Stage) -> None:
        await stage.start()
        await shows(stage, state="closed")
        stage.pretend.happen(BENCH.device, "fire")
        await shows(stage, mode="fire", locked=False)
        await eventually(lambda: stage.pretend.inspect(BENCH.device)["unlocked"])
        stage.pretend.fault(BENCH.device, "power-loss")
        await stage.ear.status(BENCH.address, "disconnected")
        stage.pretend.fault(BENCH.device, "none")
        await stage.ear.status(BENCH.address, "ready")
        await eventually(lambda: stage.pretend.inspect(BENCH.device)["strike_active"])
        stage.pretend.happen(BENCH.device, "fire-ends")
        await shows(stage, mode="normal", locked=True)

    async def test_a_full_disk_keeps_no_door_locked_in_a_fire(self, stage: Stage) -> None:
        await stage.start()
        await shows(stage, state="closed")
        fill_disk(stage.folder, full=True)
        assert succeeded(await stage.ear.do(BENCH.address, "fire-release", {"active": True}))
        await eventually(lambda: stage.pretend.inspect(BENCH.device)["unlocked"])
        fill_disk(stage.folder, full=False)

    async def test_garbage_is_counted(self, stage: Stage) -> None:
        await stage.start()
        stage.pretend.fault(BENCH.device, "garbage")
        await eventually(
            lambda: (host := stage.ear.last(State, HOST_ADDRESS)) and host.properties["malformed"], 10
        )

    @pytest.mark.parametrize("fault", ["wrong-key", "silent"])
    async def test_a_reader_that_is_not_ours_any_more(self, stage: Stage, fault: str) -> None:
        await stage.start()
        stage.pretend.fault(BENCH.device, fault)
        lost = await stage.ear.status(BENCH.address, "disconnected")
        assert lost.reason
        await shows(stage, secure_channel=False, state="unknown")
        stage.pretend.fault(BENCH.device, "none")
        await eventually(
            lambda: [each.type for each in stage.ear.all(Event, BENCH.address)].count(events.READER_ONLINE),
            20,
        )
