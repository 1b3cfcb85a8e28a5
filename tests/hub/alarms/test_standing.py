"""What a timeline tells of how its alarm stood, against how it did stand."""

import contextlib
import random
from collections.abc import Awaitable, Callable
from typing import Final

import pytest
from sqlalchemy import Engine

from contract.clock import ManualClock
from contract.errors import Refused
from hub.alarms.alarm import Actor, Alarm, EntryKind
from hub.alarms.definition import Definition, Kind, Priority
from hub.alarms.desk import Desk
from hub.alarms.standing import Standing, standing
from tests.hub.alarms.made import definition, desk_on, over, raised

LI: Final = Actor(who="user:li.wei")
WANG: Final = Actor(who="user:wang.fang")
STEPS: Final = 14
WALKS: Final = 24


async def step(
    desk: Desk, clock: ManualClock, of: Definition, chance: random.Random, ident: str | None
) -> None:
    """Have something happen to an alarm, if it may."""
    now_ms = clock.now_ms()
    known = desk.standing().get(ident or "")
    if known is None:
        await desk.take([raised(of, now_ms, event_seq=now_ms)], None)
        return
    version = known.version
    presses: list[Callable[[], Awaitable[object]]] = [
        lambda: desk.take([raised(of, now_ms, event_seq=now_ms)], None),
        lambda: desk.take([over(of, now_ms)], None),
        lambda: desk.acknowledge(known.id, version, LI),
        lambda: desk.reset(known.id, version, LI),
        lambda: desk.close(known.id, version, LI, "", forced=chance.random() < 0.5),
        lambda: desk.review(known.id, version, WANG),
        lambda: desk.escalate(known.id, chance.choice([None, *Priority]), {}),
        lambda: desk.suppress(known.id, "cause"),
        lambda: desk.unsuppress(known.id),
        lambda: desk.comment(known.id, version, WANG, "?"),
        lambda: desk.shelve(known.id, version, WANG, "?", now_ms + 60_000_000),
        lambda: desk.unshelve(known.id, version, WANG),
    ]
    with contextlib.suppress(Refused):  # then nothing happens
        await chance.choice(presses)()


def as_it_was(alarm: Alarm) -> Standing:
    return Standing(**{name: getattr(alarm, name) for name in Standing.__struct_fields__})


async def walked(desk: Desk, clock: ManualClock, of: Definition, chance: random.Random) -> dict[int, Alarm]:
    """Have things happen to an alarm until it is over; return how it was, by how long its timeline was."""
    ident, seen = None, {}
    for _ in range(STEPS):
        clock.advance(chance.choice([1, 400]))
        await step(desk, clock, of, chance, ident)
        ident = ident or next(each.id for each in desk.standing().values() if each.key == of.key)
        known = await desk.get(ident)
        assert known is not None
        seen[known.entries] = known
        if not known.open:
            break
    return seen


@pytest.mark.parametrize("seed", range(2))
async def test_each_alarm_of_a_random_walk_stood_as_its_timeline_tells(one_ledger: Engine, seed: int) -> None:
    chance, clock, unknown = random.Random(seed), ManualClock(), 0  # noqa: S311 - no secret
    async with desk_on(one_ledger, clock) as desk:
        for number in range(WALKS):
            latching, review, quiet, case = (chance.random() < 0.4 for _ in range(4))
            of = definition(f"walk-{seed}-{number}", latching=latching, review=review, quiet=quiet)
            of = definition(of.key, kind=Kind.INCIDENT, review=review, returned_by=None) if case else of
            seen = await walked(desk, clock, of, chance)
            alarm = seen[max(seen)]
            timeline = await desk.timeline(alarm.id)
            for upto, was in seen.items():
                told = standing(alarm, timeline, upto)
                unknown += told.state is None
                assert review or told.state is not None
                assert told.state is None or told == as_it_was(was), [each.kind.value for each in timeline]
    assert unknown < WALKS, "only what came back to one that is reviewed, while it was hidden"


async def test_how_grave_it_was_is_not_told_by_entries_that_do_not_hold_it(one_ledger: Engine) -> None:
    async with desk_on(one_ledger) as desk:
        await desk.take([raised(definition("grave"))], None)
        ident = next(each.id for each in desk.standing().values() if each.key == "grave")
        alarm = await desk.escalate(ident, Priority.CRITICAL, {})
        timeline = await desk.timeline(alarm.id)
    assert [each.kind for each in timeline] == [EntryKind.RAISED, EntryKind.ESCALATED]
    assert standing(alarm, timeline, 1).priority is Priority.HIGH
    timeline[1].data.pop("was")
    assert standing(alarm, timeline, 1).priority is None
    assert standing(alarm, timeline, 2).priority is Priority.CRITICAL
