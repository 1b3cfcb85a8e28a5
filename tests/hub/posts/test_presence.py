"""Presence at night: due, kept, missed; over midnight, clock changes, clock jumps and restarts."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import pytest
from msgspec.structs import replace
from sqlalchemy.exc import OperationalError

from hub.alarms.alarm import Change, Entry, EntryKind
from hub.posts.duty import Duty
from hub.posts.post import Post
from hub.posts.refusals import NotYourPost
from tests.hub.posts.gatehouse import BOSS, CENTRE, GATE, LI, SMOKE, WANG, Gatehouse, Site
from tests.waiting import PATIENCE_S

POST: Final = "north-gate"
NIGHT: Final = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
"""22:00 in Shanghai: the night begins."""


async def at_night(site: Site, now: datetime = NIGHT, **settings: Any) -> Gatehouse:
    """Have Li on duty at the gate."""
    site.clock.set_wall(now)
    house = await site.start(**settings)
    await house.duty.shifts.sign_on(LI, POST)
    await house.duty.check()
    return house


def check_of(duty: Duty) -> str:
    """Say how the presence check of the gate stands."""
    shown = next(each for each in duty.view() if each.post == POST).presence
    if shown is None:
        return "none"
    return "due" if shown.missed is None else "missed"


async def test_by_day_nobody_is_asked(at_sqlite: Site) -> None:
    house = await at_night(at_sqlite, NIGHT - timedelta(hours=2))
    await house.pass_minutes(119)
    assert check_of(house.duty) == "none"


async def test_the_first_check_of_a_night_comes_a_pause_after_its_begin(at_sqlite: Site) -> None:
    house = await at_night(at_sqlite, NIGHT - timedelta(hours=2))
    await house.pass_minutes(120 + 29)
    assert check_of(house.duty) == "none"
    await house.pass_minutes(1)
    assert check_of(house.duty) == "due"


async def test_kept_in_time(any_site: Site) -> None:
    house = await at_night(any_site)
    await house.pass_minutes(30)
    assert check_of(house.duty) == "due"
    await house.pass_minutes(4)
    await house.duty.present(LI, POST)
    assert check_of(house.duty) == "none"
    assert house.told[-1].kind == "present"
    await house.pass_minutes(29)
    assert check_of(house.duty) == "none"
    await house.pass_minutes(1)
    assert check_of(house.duty) == "due"
    assert house.duty.missed == {}


async def test_missed_until_somebody_shows(any_site: Site) -> None:
    house = await at_night(any_site)
    await house.pass_minutes(34)
    assert house.duty.missed == {}
    await house.pass_minutes(1)
    missed_ms = any_site.clock.now_ms()
    assert house.duty.missed == {POST: missed_ms}
    assert (house.told[-1].kind, house.told[-1].data["person"]) == ("presence-missed", "user:li")
    changes = house.changes
    await house.pass_minutes(90)
    assert house.duty.missed == {POST: missed_ms}
    assert house.changes == changes
    await house.duty.present(LI, POST)
    assert house.duty.missed == {}
    assert house.changes == changes + 1


async def test_a_night_is_checked_over_midnight_until_morning(at_sqlite: Site) -> None:
    house = await at_night(at_sqlite)
    kept = 0
    for _ in range(10 * 60):
        await house.pass_minutes(1)
        if check_of(house.duty) == "due":
            await house.duty.present(LI, POST)
            kept += 1
    assert kept == 15
    assert house.duty.missed == {}


@pytest.mark.parametrize(("evening", "kept"), [("2026-03-28", 13), ("2026-10-24", 17)])
async def test_a_clock_change_changes_no_pause(at_sqlite: Site, evening: str, kept: int) -> None:
    """A night of seven hours or of nine; in between every half hour counts."""
    now = datetime.fromisoformat(f"{evening}T18:00:00").replace(tzinfo=UTC)
    house = await at_night(at_sqlite, now, zone="Europe/Berlin")
    times = []
    for _ in range(14 * 60):
        await house.pass_minutes(1)
        if check_of(house.duty) == "due":
            times.append(house.clock.now())
            await house.duty.present(LI, POST)
    assert len(times) == kept
    assert {later - before for before, later in pairwise(times)} == {timedelta(minutes=30)}


async def test_a_check_that_is_due_at_dawn_is_not_forgotten(at_sqlite: Site) -> None:
    house = await at_night(at_sqlite, NIGHT + timedelta(hours=7, minutes=28))
    await house.pass_minutes(31)
    assert check_of(house.duty) == "due"
    await house.pass_minutes(5)
    assert check_of(house.duty) == "missed"


@pytest.mark.parametrize("jump_h", [-3, 3])
async def test_a_jump_of_the_wall_clock_neither_wakes_nor_spares(at_sqlite: Site, jump_h: int) -> None:
    house = await at_night(at_sqlite, NIGHT + timedelta(hours=4))
    await house.pass_minutes(20)
    at_sqlite.clock.set_wall(at_sqlite.clock.now() + timedelta(hours=jump_h))
    await house.pass_minutes(9)
    assert check_of(house.duty) == "none"
    await house.pass_minutes(1)
    assert check_of(house.duty) == "due"
    at_sqlite.clock.set_wall(at_sqlite.clock.now() - timedelta(hours=jump_h))
    await house.pass_minutes(4)
    assert check_of(house.duty) == "due"
    await house.pass_minutes(1)
    assert check_of(house.duty) == "missed"


async def test_a_press_while_the_clock_is_wrong_counts(at_sqlite: Site) -> None:
    house = await at_night(at_sqlite, NIGHT + timedelta(hours=3))
    await house.duty.shifts.sign_on(WANG, POST)
    await house.pass_minutes(20)
    at_sqlite.clock.set_wall(at_sqlite.clock.now() - timedelta(hours=2))
    await house.duty.present(LI, POST)
    await house.pass_minutes(29)
    assert check_of(house.duty) == "none"


async def test_pause_and_deadline_survive_a_restart(any_site: Site) -> None:
    house = await at_night(any_site)
    await house.pass_minutes(20)
    any_site.clock.advance(5 * 60)
    house = await any_site.start()
    await house.pass_minutes(4)
    assert check_of(house.duty) == "none"
    await house.pass_minutes(1)
    assert check_of(house.duty) == "due"
    any_site.clock.advance(3 * 60)
    house = await any_site.start()
    await house.pass_minutes(1)
    assert check_of(house.duty) == "due"
    await house.pass_minutes(1)
    assert check_of(house.duty) == "missed"
    missed = house.duty.missed
    house = await any_site.start()
    assert house.duty.missed == missed
    await house.duty.present(LI, POST)
    assert house.duty.missed == {}


async def test_who_could_not_answer_while_the_hub_was_down_has_a_minute(at_sqlite: Site) -> None:
    house = await at_night(at_sqlite)
    await house.pass_minutes(30)
    at_sqlite.clock.advance(3600)
    house = await at_sqlite.start()
    await house.pass_minutes(0.9, 1)
    assert check_of(house.duty) == "due"
    await house.pass_minutes(0.1, 1)
    assert check_of(house.duty) == "missed"


async def test_a_restart_with_the_clock_set_back_gives_no_endless_time(at_sqlite: Site) -> None:
    house = await at_night(at_sqlite, NIGHT + timedelta(hours=5))
    await house.pass_minutes(30)
    at_sqlite.clock.set_wall(at_sqlite.clock.now() - timedelta(hours=4))
    house = await at_sqlite.start()
    await house.pass_minutes(5)
    assert check_of(house.duty) == "missed"


async def test_a_restart_with_the_clock_set_back_makes_no_pause_longer(at_sqlite: Site) -> None:
    house = await at_night(at_sqlite, NIGHT + timedelta(hours=5))
    await house.pass_minutes(20)
    at_sqlite.clock.set_wall(at_sqlite.clock.now() - timedelta(hours=2))
    house = await at_sqlite.start()
    await house.pass_minutes(30)
    assert check_of(house.duty) == "due"


async def test_whatever_somebody_does_to_an_alarm_shows_that_they_are_awake(any_site: Site) -> None:
    house = await at_night(any_site)
    await house.pass_minutes(35)
    assert check_of(house.duty) == "missed"

    async def change(who: str) -> None:
        entry = Entry(alarm="smoke", n=2, ts_ms=house.clock.now_ms(), kind=EntryKind.ACKNOWLEDGED, who=who)
        made = Change(before=SMOKE, after=SMOKE, entry=entry)
        await house.ledger.write(lambda connection: house.duty.within(connection, made))
        house.duty.committed([made])
        await house.duty.check()

    for who in ("hub", "user:wang"):
        await change(who)
        assert check_of(house.duty) == "missed"
    await change("user:li")
    assert check_of(house.duty) == "none"
    await house.pass_minutes(29)
    await house.duty.seen("user:li")
    await house.duty.seen("user:nobody")
    await house.pass_minutes(29)
    assert check_of(house.duty) == "none"


async def test_only_who_is_on_duty_there_can_say_i_am_here(at_sqlite: Site) -> None:
    house = await at_night(at_sqlite)
    await house.pass_minutes(30)
    await house.duty.shifts.sign_on(WANG, "centre")
    for who in (WANG, BOSS):
        with pytest.raises(NotYourPost, match="is not on duty at north-gate"):
            await house.duty.present(who, POST)
    assert check_of(house.duty) == "due"


async def test_whoever_takes_over_is_awake(any_site: Site) -> None:
    house = await at_night(any_site)
    await house.pass_minutes(35)
    handover = await house.duty.handovers.prepare(LI, POST, "woken by the phone")
    assert check_of(house.duty) == "none"
    await house.pass_minutes(35)
    assert check_of(house.duty) == "missed"
    await house.duty.handovers.accept(WANG, POST, handover.id, ticked=frozenset(), note="")
    assert check_of(house.duty) == "none"
    await house.pass_minutes(29)
    assert check_of(house.duty) == "none"
    await house.pass_minutes(6)
    assert check_of(house.duty) == "missed"


async def test_an_unmanned_post_is_asked_nothing(any_site: Site) -> None:
    house = await at_night(any_site)
    await house.pass_minutes(35)
    await house.duty.shifts.sign_off(BOSS, POST, person="user:li", reason="found asleep")
    assert check_of(house.duty) == "none"
    assert house.duty.missed == {}
    await house.pass_minutes(60)
    assert check_of(house.duty) == "none"
    assert not house.duty.manned(POST)


async def test_a_colleague_who_stays_has_not_shown_either(any_site: Site) -> None:
    house = await at_night(any_site)
    await house.duty.shifts.sign_on(WANG, POST)
    await house.pass_minutes(35)
    await house.duty.shifts.sign_off(BOSS, POST, person="user:li", reason="found asleep")
    assert check_of(house.duty) == "missed"


async def test_who_showed_in_the_same_moment_missed_nothing(any_site: Site) -> None:
    house = await at_night(any_site)
    await house.pass_minutes(30)
    any_site.clock.advance(300)
    await asyncio.gather(house.duty.present(LI, POST), house.duty.check())
    assert house.duty.missed == {}
    assert check_of(house.duty) == "none"
    assert "presence-missed" not in [entry.kind for entry in house.told]


async def test_a_post_that_is_checked_no_more_has_no_check(at_sqlite: Site) -> None:
    house = await at_night(at_sqlite)
    await house.pass_minutes(35)
    without: tuple[Post, ...] = (CENTRE, replace(GATE, presence_every_min=0))
    house = await at_sqlite.start(posts=without)
    assert house.duty.missed == {}
    await house.duty.present(LI, POST)
    await house.pass_minutes(60)
    assert check_of(house.duty) == "none"


async def test_the_hub_looks_by_itself_and_goes_on_when_the_ledger_fails(
    at_sqlite: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("hub.posts.duty.CHECK_INTERVAL_S", 0.0)
    house = await at_night(at_sqlite)
    changed = asyncio.Event()
    house.duty.on_change = changed.set
    failures = iter([OperationalError("commit", {}, Exception("disk full"))])
    check = house.duty.presence.check

    async def failing_once() -> None:
        for failure in failures:
            raise failure
        await check()

    monkeypatch.setattr(house.duty.presence, "check", failing_once)
    at_sqlite.clock.advance(1800)
    running = asyncio.create_task(house.duty.run())
    async with asyncio.timeout(PATIENCE_S):
        await changed.wait()
    running.cancel()
    await asyncio.wait({running})
    assert check_of(house.duty) == "due"
    assert "disk full" in caplog.text
