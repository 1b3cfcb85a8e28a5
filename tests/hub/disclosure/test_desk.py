"""Requests, their release by a second person, and what is refused: each on record, on each database."""

import asyncio

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, delete, update
from sqlalchemy.exc import DBAPIError

from hub.alarms.alarm import Actor
from hub.disclosure.bases import in_force
from hub.disclosure.refusals import DisclosureRefused, NotThere, Stale, Unknown
from hub.disclosure.request import Disclosure, Progress
from hub.disclosure.schema import disclosure_steps
from hub.disclosure.scope import DAY_MS, DataKind
from hub.disclosure.states import State, Step
from hub.disclosure.store import Wanted
from hub.disclosure.subjects import Subject
from tests.hub.disclosure.made import BUNDLE, CHEN, HE, ZHAO, Desk, desk_on, draft, scope

WEEK_S = 7 * 86_400


async def refused(desk: Desk, code: str, found: Disclosure | None = None) -> str:
    """Return why the last was refused, once it is in the audit and on the way with its code."""
    last = (await desk.audit())[-1]
    assert (last.what, last.details["code"]) == ("disclosure.refused", code)
    if found is not None:
        step = (await desk.desk.way(found.id))[-1]
        assert (step.what.value, step.details["code"], step.reason) == ("refused", code, last.reason)
    return last.reason


async def test_what_one_asks_for_another_releases_and_it_is_made_and_handed_over(desk: Desk) -> None:
    found = await desk.request()
    assert (found.number, found.state, found.expires_ms) == (
        f"{found.year}-0001",
        State.REQUESTED,
        found.requested_ms + 7 * DAY_MS,
    )
    found = await desk.press(found, Step.APPROVE, CHEN, reason="已核对文书")
    assert (found.decided_by, found.decision_reason) == (CHEN.who, "已核对文书")
    assert found.expires_ms == desk.clock.now_ms() + 7 * DAY_MS
    assert [each.id for each in await desk.desk.to_make()] == [found.id]
    found = await desk.desk.begin(found.id)
    desk.desk.progressed(found.id, Progress(stage="rows", done=3, total=10))
    shown = desk.service.view(found)
    assert shown.progress == Progress(stage="rows", done=3, total=10)
    found = await desk.desk.made(found.id, BUNDLE)
    assert (found.state, found.made) == (State.READY, BUNDLE)
    assert desk.service.view(found).progress is None
    await desk.desk.taken(found.id, ZHAO, "2026-0001.zip")
    found = await desk.press(found, Step.HAND, to="周正 031177")
    assert (found.state, found.handed_to, found.expires_ms) == (State.HANDED_OVER, "周正 031177", None)
    assert await desk.way(found) == ["requested", "approved", "begun", "made", "taken", "handed-over"]
    assert [each.what.removeprefix("disclosure.") for each in await desk.audit()] == await desk.way(found)
    assert (await desk.desk.get(found.id)) == replace(found, steps=6)


async def test_nobody_releases_their_own_request(desk: Desk) -> None:
    found = await desk.request(by=CHEN)
    for step in (Step.APPROVE, Step.REJECT):
        with pytest.raises(DisclosureRefused) as own:
            await desk.press(found, step, CHEN)
        assert own.value.code == "own-request"
        assert "second person" in await refused(desk, "own-request", found)
    assert (await desk.desk.get(found.id)).state is State.REQUESTED
    assert (await desk.press(found, Step.APPROVE, HE)).state is State.APPROVED


@pytest.mark.parametrize("who", ["token:desk", "link:supervisor", "hub"])
async def test_who_is_nobody_by_name_releases_nothing(one_desk: Desk, who: str) -> None:
    found = await one_desk.request()
    with pytest.raises(DisclosureRefused) as unnamed:
        await one_desk.press(found, Step.APPROVE, Actor(who=who))
    assert unnamed.value.code == "unnamed"
    await refused(one_desk, "unnamed", found)


async def test_a_shared_link_asks_for_nothing(one_desk: Desk) -> None:
    with pytest.raises(DisclosureRefused):
        await one_desk.request(by=Actor(who="link:liaison"))
    await refused(one_desk, "unnamed")


async def test_a_request_wider_than_its_basis_is_refused_and_says_what_is_too_wide(desk: Desk) -> None:
    wide = scope(from_ms=scope().to_ms - 10 * DAY_MS, kinds=(DataKind.PASSES, DataKind.HISTORY))
    with pytest.raises(DisclosureRefused) as too_wide:
        await desk.request(basis="missing-person", scope=wide)
    assert too_wide.value.code == "too-wide"
    for says in ("kind history", "10 days (allowed: 3)", "nobody is named"):
        assert says in await refused(desk, "too-wide")
    assert (await desk.request()).n == 1  # what was refused took no number


async def test_a_bundle_wider_than_what_was_released_is_not_begun(desk: Desk) -> None:
    found = await desk.approved(scope=scope(devices=("gate/*",)))
    with pytest.raises(DisclosureRefused) as too_wide:
        await desk.desk.begin(found.id, scope(devices=("gate/*", "door/*")))
    assert too_wide.value.code == "too-wide"
    await refused(desk, "too-wide", found)
    begun = await desk.desk.begin(found.id, scope(devices=("gate/east-in",)))
    assert begun.state is State.MAKING


async def test_a_basis_that_is_no_longer_the_same_is_not_released(one_ledger: Engine) -> None:
    async with desk_on(one_ledger) as desk:
        found = await desk.request()
        bases = dict(desk.desk.terms.bases)
        for changed, code in (
            ({**bases, "criminal": replace(bases["criminal"], longest_days=1)}, "too-wide"),
            ({**bases, "criminal": replace(bases["criminal"], release_days=1)}, "basis-changed"),
            ({key: each for key, each in bases.items() if key != "criminal"}, "basis-changed"),
        ):
            desk.desk.terms = desk.desk.terms._replace(bases=changed)
            with pytest.raises(DisclosureRefused) as stopped:
                await desk.press(found, Step.APPROVE, CHEN)
            assert stopped.value.code == code
            await refused(desk, code, found)


async def test_a_release_that_is_not_used_in_time_expires(desk: Desk) -> None:
    found = await desk.approved()
    desk.clock.advance(WEEK_S - 1)
    assert await desk.desk.lapse() == 0
    desk.clock.advance(1)
    with pytest.raises(DisclosureRefused) as late:  # before the worker has come by
        await desk.desk.begin(found.id)
    assert late.value.code == "expired"
    await refused(desk, "expired", found)
    assert await desk.way(found) == ["requested", "approved", "expired", "refused"]
    assert await desk.desk.lapse() == 0


async def test_a_request_that_nobody_decides_expires_and_is_decided_no_more(desk: Desk) -> None:
    found, other = await desk.request(), await desk.request()
    desk.clock.advance(WEEK_S)
    assert await desk.desk.lapse() == 2
    after = await desk.desk.get(found.id)
    assert (after.state, after.expires_ms) == (State.EXPIRED, None)
    with pytest.raises(Stale):
        await desk.press(found, Step.APPROVE, CHEN)
    with pytest.raises(DisclosureRefused) as late:
        await desk.press(after, Step.APPROVE, CHEN)
    assert late.value.code == "expired"
    await refused(desk, "expired", found)
    assert await desk.way(other) == ["requested", "expired"]


async def test_a_press_on_what_has_changed_is_stale_and_changes_nothing(desk: Desk) -> None:
    found = await desk.request()
    await desk.press(found, Step.APPROVE, CHEN)
    with pytest.raises(Stale) as stale:
        await desk.press(found, Step.REJECT, HE, reason="文书不全")
    assert stale.value.now.state is State.APPROVED
    assert await desk.way(found) == ["requested", "approved"]


async def test_of_two_releases_at_once_one_counts(desk: Desk) -> None:
    found = await desk.request()
    presses = [desk.press(found, Step.APPROVE, by) for by in (CHEN, HE) * 4]
    outcomes = await asyncio.gather(*presses, return_exceptions=True)
    assert sum(isinstance(each, Disclosure) for each in outcomes) == 1
    assert sum(isinstance(each, Stale) for each in outcomes) == 7
    assert await desk.way(found) == ["requested", "approved"]


async def test_numbers_have_no_gaps_and_begin_anew_each_year_by_the_sites_clock(desk: Desk) -> None:
    made = await asyncio.gather(*(desk.request() for _ in range(12)))
    assert sorted(each.n for each in made) == list(range(1, 13))
    year = made[0].year
    desk.clock.advance(366 * 86_400)
    later = await desk.request()
    assert later.number == f"{later.year}-0001"
    assert later.year > year


async def test_a_making_is_stopped_and_goes_on(desk: Desk) -> None:
    found = await desk.approved()
    found = await desk.desk.begin(found.id)
    assert not await desk.desk.cancel_wanted(found.id)
    found = await desk.press(found, Step.CANCEL, reason="范围有误")
    assert await desk.desk.cancel_wanted(found.id)
    with pytest.raises(DisclosureRefused):
        await desk.desk.made(found.id, BUNDLE, [Subject("person", "p-1")])
    found = await desk.desk.get(found.id)
    assert found.made is None
    assert await desk.desk.find(Wanted(person="p-1")) == []
    found = await desk.press(found, Step.RESUME)
    begun = await desk.desk.begin(found.id)
    assert (begun.state, begun.begun_ms) == (State.MAKING, desk.clock.now_ms())
    again = await desk.desk.begin(found.id)  # the hub was gone meanwhile
    failed = await desk.desk.failed(again.id, "disk-full")
    assert (failed.state, failed.error) == (State.FAILED, "disk-full")
    resumed = await desk.press(failed, Step.RESUME)
    assert resumed.decided_by == CHEN.who  # it needs no second release


async def test_what_failed_is_not_resumed_after_its_time(desk: Desk) -> None:
    found = await desk.approved()
    await desk.desk.begin(found.id)
    failed = await desk.desk.failed(found.id, "disk-full")
    desk.clock.advance(WEEK_S)
    with pytest.raises(DisclosureRefused) as late:
        await desk.press(failed, Step.RESUME)
    assert late.value.code == "expired"
    assert [each.id for each in await desk.desk.to_purge()] == [found.id]


async def test_what_is_withdrawn_is_withdrawn_by_who_asked_or_who_releases(one_desk: Desk) -> None:
    found = await one_desk.ready()
    with pytest.raises(DisclosureRefused) as other:
        await one_desk.press(found, Step.WITHDRAW, HE, releases=False)
    assert other.value.code == "not-yours"
    found = await one_desk.desk.get(found.id)
    after = await one_desk.press(found, Step.WITHDRAW, reason="案件撤销")
    assert after.state is State.WITHDRAWN
    with pytest.raises(NotThere):
        await one_desk.desk.taken(found.id, ZHAO, "2026-0001.zip")
    assert (await one_desk.press(await one_desk.request(), Step.WITHDRAW, CHEN)).state is State.WITHDRAWN


async def test_files_go_some_days_after_they_were_handed_over_and_the_record_stays(desk: Desk) -> None:
    found = await desk.press(await desk.ready(), Step.HAND, to="周正")
    assert await desk.desk.to_purge() == []
    desk.clock.advance(30 * 86_400)
    assert [each.id for each in await desk.desk.to_purge()] == [found.id]
    after = await desk.desk.purged(found.id)
    assert (after.state, after.made, after.purged_ms) == (
        State.HANDED_OVER,
        BUNDLE,
        desk.clock.now_ms(),
    )
    assert await desk.desk.to_purge() == []
    with pytest.raises(NotThere):
        await desk.desk.taken(found.id, ZHAO, "2026-0001.zip")


async def test_a_bundle_that_nobody_fetches_expires_and_goes(one_desk: Desk) -> None:
    found = await one_desk.ready()
    one_desk.clock.advance(30 * 86_400)
    assert await one_desk.desk.lapse() == 1
    assert [each.id for each in await one_desk.desk.to_purge()] == [found.id]


async def test_who_makes_bundles_hears_of_changes(one_desk: Desk) -> None:
    heard: list[State] = []
    one_desk.desk.on_change = lambda each: heard.append(each.state)
    await one_desk.ready()
    assert heard == [State.REQUESTED, State.APPROVED, State.MAKING, State.READY]


async def test_what_there_is_not_is_said_to_be_so(one_desk: Desk) -> None:
    with pytest.raises(Unknown):
        await one_desk.desk.get("0" * 32)
    with pytest.raises(Unknown, match="allowed: criminal, missing-person"):
        await one_desk.desk.request(draft(basis="none"), ZHAO)
    with pytest.raises(DisclosureRefused) as now:
        await one_desk.press(await one_desk.request(), Step.HAND, to="周正")
    assert now.value.code == "not-now"


async def test_the_audit_holds_keys_and_counts_and_no_plate(desk: Desk) -> None:
    found = await desk.approved(scope=scope(plate="浙B12345", person="p-1"))
    entries = await desk.audit()
    assert {entry.about for entry in entries} == {found.id}
    assert entries[0].address == ZHAO.address
    first = entries[0].details
    assert (first["basis"], first["kinds"], first["named"]) == ("criminal", ["passes"], 2)
    assert len(first["scope"]) == len(first["sha256"]) == 64
    said = "".join(str(entry) for entry in entries)
    for private in ("浙B12345", "周正", "查找涉案车辆"):
        assert private not in said


async def test_nobody_changes_a_way(desk: Desk) -> None:
    found = await desk.request()
    mine = disclosure_steps.c.disclosure == found.id
    for statement in (
        update(disclosure_steps).where(mine).values(who="user:other"),
        delete(disclosure_steps).where(mine),
    ):
        with pytest.raises(DBAPIError, match="append-only"), desk.engine.begin() as connection:
            connection.execute(statement)


def test_bases_in_force_are_those_that_ship_by_default() -> None:
    assert "criminal" in in_force(())
