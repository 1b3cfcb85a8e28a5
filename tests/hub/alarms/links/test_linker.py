"""Linked actions: each target told once, at once; whatever comes of it stands on the alarm's timeline."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from contract.messages import ActionStatus
from hub.actions import service
from hub.alarms.alarm import Actor
from hub.alarms.definition import Kind, Link, Priority, Scope, Test
from hub.alarms.links import linker, worker
from hub.alarms.links.failed import KEY as FAILED_KEY
from hub.alarms.links.interlock import holds
from hub.ledger.engine import open_ledger
from tests.hub.alarms.links.house import (
    DOORS,
    FAILED,
    FIRE,
    HOLD,
    RELEASE,
    SPRINKLER,
    Died,
    Drivers,
    House,
    Life,
    clock,
    definition,
    house,
)
from tests.ledgers import new_ledger
from tests.waiting import eventually


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Engine]:
    """Give a ledger, where the database decides nothing."""
    engine = open_ledger(new_ledger(tmp_path / "ledger.sqlite"))
    yield engine
    engine.dispose()


ALL_DONE = [("door/door-0", "succeeded"), ("door/door-1", "succeeded"), ("sprinkler/shed", "succeeded")]
ALL = sorted([*((door, "fire-release") for door in DOORS), (SPRINKLER, "run")])


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let expire soon what nobody takes; what is taken has that long, on a busy machine."""
    monkeypatch.setattr(worker, "EXPIRES_S", 0.3)
    monkeypatch.setattr(service, "GRACE_S", 0.3)
    monkeypatch.setattr(linker, "RETRY_S", 0.01)


async def test_every_target_is_told_once_and_its_outcome_stands_on_the_alarm(ledger: Engine) -> None:
    drivers = Drivers()
    async with house(ledger, drivers) as hub:
        hub.describe_all()
        hub.online()
        await hub.raise_fire()
        assert await hub.outcomes(3) == ALL_DONE
        assert sorted(drivers.done) == ALL
        entry = (await hub.linked())[0]
        record = await hub.actions.outcome(entry.data["action_id"])
        assert record is not None
        assert record.issuer == f"alarm:{hub.alarm.id}"
        assert record.reason == "车棚烟雾"
        assert hub.alarm.version == 1, "nobody's acknowledgement becomes stale by it"


async def test_killed_between_any_two_steps_nothing_is_done_twice_and_nothing_is_missing(
    ledger: Engine,
) -> None:
    point = 0
    while True:
        point += 1
        drivers, life = Drivers(), Life(point)
        async with house(ledger, drivers, life) as hub:
            hub.describe_all()
            hub.online()
            raised = True
            try:
                await hub.raise_fire()
                await hub.until(lambda entries: life.dead or len(entries) >= 3)  # noqa: B023 - now
            except Died:
                raised = bool(await hub.ledger.read(hub.desk.store.standing))
            died = life.dead
        async with house(ledger, drivers) as again:
            again.describe_all()
            again.online()
            if not raised:
                await again.raise_fire()  # the rules look again at what they have not looked at
            assert await again.outcomes(3) == ALL_DONE, f"killed at step {point}"
            assert sorted(drivers.done) == ALL, f"killed at step {point}"
            await close(again)
        if not died:
            break
    assert point > 15, "that many steps there are at least"


async def close(hub: House) -> None:
    await hub.returns()
    await hub.desk.acknowledge(hub.alarm.id, hub.alarm.version, Actor(who="user:li"))


async def test_what_nobody_takes_is_asked_again_as_a_new_action(file: Engine) -> None:
    drivers = Drivers()
    drivers.answers = dict.fromkeys((*DOORS, SPRINKLER), None)
    async with house(file, drivers) as hub:
        hub.describe_all()
        hub.online()
        await hub.raise_fire()
        await eventually(lambda: drivers.asked > 3)
        drivers.answers.clear()
        assert await hub.outcomes(3) == ALL_DONE
        assert sorted(drivers.done) == ALL
        assert max(entry.data["tries"] for entry in await hub.linked()) > 1


async def test_it_is_not_asked_again_once_the_alarm_has_returned(file: Engine) -> None:
    drivers = Drivers()
    drivers.answers = dict.fromkeys((*DOORS, SPRINKLER), None)
    async with house(file, drivers) as hub:
        hub.describe_all()
        hub.online()
        await hub.raise_fire()
        await hub.returns()
        assert {outcome for _, outcome in await hub.outcomes(3)} == {"not-needed"}
        assert drivers.done == []


@pytest.mark.parametrize("status", [ActionStatus.FAILED, ActionStatus.REFUSED])
async def test_a_failed_link_is_an_alarm_of_its_own_that_links_to_nothing(
    file: Engine, status: ActionStatus
) -> None:
    drivers = Drivers()
    drivers.answers[DOORS[0]] = status
    async with house(file, drivers) as hub:
        hub.describe_all()
        hub.online()
        await hub.raise_fire()
        assert (await hub.outcomes(3))[0] == ("door/door-0", status.value)
        failed = [alarm for alarm in hub.desk.standing().values() if alarm.key == FAILED_KEY]
        assert [alarm.address for alarm in failed] == [DOORS[0]]
        assert failed[0].data["code"] == "jammed"
        assert failed[0].area == "shed"
        assert len(drivers.done) == (3 if status is ActionStatus.FAILED else 2)
        assert await hub.ledger.read(hub.linker._rows.unfinished) == []


async def test_what_expires_in_the_end_is_a_failure(file: Engine) -> None:
    fire = definition("shed-smoke", replace(RELEASE, within_s=0.05))
    async with house(file, definitions=(fire, FAILED)) as hub:
        hub.describe_all()  # and never online
        await hub.raise_fire(fire)
        assert {outcome for _, outcome in await hub.outcomes(2)} == {"expired"}
        assert sum(alarm.key == FAILED_KEY for alarm in hub.desk.standing().values()) == 2


async def test_a_slow_device_holds_nobody_up(file: Engine) -> None:
    drivers = Drivers()
    drivers.answers[DOORS[0]] = None
    async with house(file, drivers) as hub:
        hub.describe_all()
        hub.online()
        await hub.raise_fire()
        assert (await hub.outcomes(2))[:2] == ALL_DONE[1:]


async def test_an_interlock_holds_it_back_until_it_lets_go(file: Engine) -> None:
    unless = Test(property="vehicle", equals=True)
    fire = definition("shed-smoke", replace(RELEASE, to=Scope(devices=("door/door-0",)), unless=unless))
    drivers = Drivers()
    async with house(file, drivers, definitions=(fire,)) as hub:
        hub.describe_all()
        hub.says(DOORS[0], vehicle=True)
        hub.online()
        await hub.raise_fire(fire)
        assert await hub.outcomes(1) == [("door/door-0", "waiting")]
        assert drivers.done == []
        hub.says(DOORS[0], vehicle=False)
        assert await hub.outcomes(2) == [("door/door-0", "succeeded"), ("door/door-0", "waiting")]
        assert drivers.done == [(DOORS[0], "fire-release")]


async def test_an_interlock_that_never_lets_go_is_told_and_is_no_failure(file: Engine) -> None:
    unless = Test(property="vehicle", equals=True)
    only = replace(RELEASE, to=Scope(devices=("door/door-0",)), unless=unless, within_s=0.1)
    async with house(file, definitions=(definition("shed-smoke", only), FAILED)) as hub:
        hub.describe_all()
        hub.says(DOORS[0], vehicle=True)
        hub.online()
        await hub.raise_fire(definition("shed-smoke", only))
        assert await hub.outcomes(2) == [("door/door-0", "held-back"), ("door/door-0", "waiting")]
        assert all(alarm.key != FAILED_KEY for alarm in hub.desk.standing().values())


@pytest.mark.parametrize(
    ("priority", "hide", "outcome"),
    [
        (Priority.CRITICAL, "shelve", "succeeded"),
        (Priority.HIGH, "shelve", "withheld"),
        (Priority.CRITICAL, "maintain", "withheld"),
    ],
)
async def test_a_shelf_silences_people_but_not_the_links_of_a_critical_alarm(
    file: Engine, priority: Priority, hide: str, outcome: str
) -> None:
    fire = definition("shed-smoke", replace(RELEASE, to=Scope(devices=("door/door-0",))), priority=priority)
    by = Actor(who="user:li")
    async with house(file, definitions=(fire,)) as hub:
        hub.describe_all()
        hub.online()
        await hub.raise_fire(fire)
        await hub.outcomes(1)
        alarm = hub.alarm
        if hide == "shelve":
            await hub.desk.shelve(alarm.id, alarm.version, by, "welding", clock.now_ms() + 60_000)
        else:
            await hub.desk.take_out_of_service(alarm.id, alarm.version, by, "being mended")
        await hub.returns(fire)
        await hub.raise_fire(fire)
        assert await hub.outcomes(2) == sorted([("door/door-0", "succeeded"), ("door/door-0", outcome)])


async def test_a_repeat_asks_for_nothing_new(file: Engine) -> None:
    fire = replace(FIRE, kind=Kind.CONDITION, repeat_within_s=60)
    drivers = Drivers()
    async with house(file, drivers) as hub:
        hub.describe_all()
        hub.online()
        await hub.raise_fire(fire)
        await hub.outcomes(3)
        await hub.raise_fire(fire)
        assert len(await hub.linked()) == 3
        assert sorted(drivers.done) == ALL


async def test_a_device_that_describes_itself_after_the_raise_is_told_as_well(file: Engine) -> None:
    drivers = Drivers()
    async with house(file, drivers) as hub:
        hub.online()
        hub.describe(DOORS[0], "fire-release", HOLD)
        hub.linker.directory._replace()
        await hub.raise_fire()
        hub.describe_all()
        assert await hub.outcomes(3) == ALL_DONE
        assert sorted(drivers.done) == ALL


async def test_a_link_for_which_there_is_no_device_says_so(file: Engine) -> None:
    fire = definition("shed-smoke", Link(action="snapshot", to=Scope(kinds=("camera",)), same_area=True))
    async with house(file, definitions=(fire,)) as hub:
        await hub.raise_fire(fire)
        assert await hub.outcomes(1) == [("sensor/shed-smoke", "withheld")]
        assert (await hub.linked())[0].data["code"] == "no-target"


async def test_the_area_narrows_a_link(file: Engine) -> None:
    fire = definition("shed-smoke", replace(RELEASE, same_area=True))
    drivers = Drivers()
    async with house(file, drivers, definitions=(fire,)) as hub:
        hub.describe(DOORS[0], "fire-release", HOLD, area="shed")
        hub.describe(DOORS[1], "fire-release", HOLD, area="tower-1")
        hub.linker.directory._replace()
        hub.online()
        await hub.raise_fire(fire)
        assert await hub.outcomes(1) == [("door/door-0", "succeeded")]
        assert drivers.done == [(DOORS[0], "fire-release")]


async def test_wrong_input_is_told_at_once(file: Engine) -> None:
    fire = definition("shed-smoke", replace(RELEASE, to=Scope(devices=("door/door-0",)), input={}))
    async with house(file, definitions=(fire, FAILED)) as hub:
        hub.describe_all()
        hub.online()
        await hub.raise_fire(fire)
        assert await hub.outcomes(1) == [("door/door-0", "failed")]
        assert (await hub.linked())[0].data["code"] == "bad-input"


async def test_what_is_not_known_holds_nothing_back(file: Engine) -> None:
    vehicle = Test(property="vehicle", equals=True)
    async with house(file) as hub:
        hub.says(DOORS[0], vehicle=True)
        assert holds(vehicle, hub.shadows.get(DOORS[0]))
        assert not holds(Test(property="other", equals=True), hub.shadows.get(DOORS[0]))
        assert not holds(Test(event="hemei.gate.opened"), hub.shadows.get(DOORS[0]))
        hub.shadows.set_link(online=False)
        assert not holds(vehicle, hub.shadows.get(DOORS[0]))
        assert not holds(vehicle, None)
