"""Near due and overdue: told once, in time, whatever restarts and clocks do; on both databases."""

import asyncio
from datetime import UTC, datetime

import pytest

from contract.clock import ManualClock, rfc3339_ms
from contract.errors import InvalidMessage
from hub.orders.lifecycle import State, Step
from hub.orders.limits import Due
from hub.orders.order import OrderEntryKind, WorkOrder
from hub.orders.store import overdue_at
from hub.orders.watch import LOOK_EVERY_S
from tests.hub.alarms.made import raised
from tests.hub.orders.made import FAULT, MINUTE, Office, Premises, office_on
from tests.waiting import eventually

NEAR, OVER = OrderEntryKind.NEAR_DUE, OrderEntryKind.OVERDUE
LIMITS = {22.5: (NEAR, "respond"), 30: (OVER, "respond"), 90: (NEAR, "resolve"), 120: (OVER, "resolve")}
"""What is told of a repair, after so many minutes."""


async def told(office: Office, order: WorkOrder) -> list[tuple[OrderEntryKind, str]]:
    timeline = await office.desk.timeline(order.id)
    return [(each.kind, each.data["limit"]) for each in timeline if each.kind in (NEAR, OVER)]


async def test_each_limit_is_told_when_it_is_near_and_when_it_is_over(office: Office) -> None:
    order = await office.report()
    passed = 0.0
    expected = []
    for minutes, news in LIMITS.items():
        office.advance(minutes - passed - 0.001)
        await office.orders.watch.look()
        assert await told(office, order) == expected, f"nothing just before {minutes} min"
        office.advance(0.002)
        passed = minutes + 0.001
        for _ in range(2):
            await office.orders.watch.look()
        expected.append(news)
        assert await told(office, order) == expected
    assert [(each.news, each.contacts) for each in office.teller.messages] == [
        ("respond:near-due:0", ("foreman",)),
        ("respond:overdue:0", ("foreman", "manager")),
        ("resolve:near-due:0", ("foreman",)),
        ("resolve:overdue:0", ("foreman", "manager")),
    ]
    assert {each.subject for each in office.teller.messages} == {order.id}
    assert office.teller.messages[-1].text == {
        "zh-CN": "工单 1“维修”处置超时，时限 2026-01-01 10:00",
        "en": "Order 1 “Repair”: overdue since 2026-01-01 10:00",
    }


async def test_who_acts_in_time_hears_nothing(office: Office) -> None:
    order = await office.steps(await office.report(), Step.ACCEPT, Step.TAKE)
    office.advance(60)
    await office.orders.watch.look()
    order = await office.steps(order, Step.ARRIVE, Step.DONE)
    office.advance(600)
    await office.orders.watch.look()
    assert await told(office, order) == []
    assert office.overdue == [0]


async def test_a_reminder_makes_no_press_stale(office: Office) -> None:
    order = await office.report()
    office.advance(31)
    await office.orders.watch.look()
    await office.step(order, Step.ACCEPT)


async def test_a_restart_between_near_due_and_overdue_repeats_and_loses_nothing(premises: Premises) -> None:
    clock = ManualClock()
    async with office_on(premises, clock) as office:
        order = await office.steps(await office.report(), Step.ACCEPT, Step.TAKE)
        office.advance(100)
        await office.orders.watch.look()
        assert await told(office, order) == [(NEAR, "resolve")]
    for minutes, expected in ((10, []), (20, [(OVER, "resolve")]), (600, [])):
        clock.advance(minutes * 60)
        async with office_on(premises, clock) as office:
            assert [each.news for each in office.teller.messages] == [
                f"{limit}:{kind.value}:0" for kind, limit in expected
            ]
    assert await told(office, order) == [(NEAR, "resolve"), (OVER, "resolve")]


async def test_after_a_long_stop_it_is_told_that_it_is_overdue_and_no_more(premises: Premises) -> None:
    clock = ManualClock()
    async with office_on(premises, clock) as office:
        order = await office.steps(await office.report(), Step.ACCEPT, Step.TAKE)
    clock.advance(86400)
    async with office_on(premises, clock) as office:
        assert await told(office, order) == [(OVER, "resolve")]
        assert office.overdue == [1]


async def test_a_clock_that_jumps_tells_at_once_and_going_back_never_again(office: Office) -> None:
    start = office.clock.now()
    order = await office.steps(await office.report(), Step.ACCEPT, Step.TAKE)
    office.clock.set_wall(datetime(2026, 6, 1, tzinfo=UTC))
    await office.orders.watch.look()
    assert await told(office, order) == [(OVER, "resolve")]
    office.clock.set_wall(start)
    await office.orders.watch.look()
    office.clock.set_wall(datetime(2026, 6, 2, tzinfo=UTC))
    await office.orders.watch.look()
    assert await told(office, order) == [(OVER, "resolve")]
    assert office.overdue == [0, 1, 0, 1]


async def test_what_is_reopened_is_told_anew(office: Office) -> None:
    order = await office.steps(await office.report(), Step.ACCEPT, Step.TAKE)
    office.advance(121)
    await office.orders.watch.look()
    order = await office.steps(order, Step.ARRIVE, Step.DONE, Step.REOPEN)
    await office.orders.watch.look()
    office.advance(121)
    await office.orders.watch.look()
    assert await told(office, order) == [(OVER, "resolve")] * 2
    assert [each.news for each in office.teller.messages] == ["resolve:overdue:0", "resolve:overdue:1"]


async def test_the_alarm_hears_of_it_too(office: Office) -> None:
    alarm = await office.take(raised(FAULT, office.clock.now_ms()))
    office.advance(31)
    await office.orders.watch.look()
    (_, late) = await office.ordered(alarm)
    assert (late.who, late.data["what"], late.data["limit"]) == ("hub", "overdue", "respond")
    assert late.data["by"] == rfc3339_ms(alarm.raised_ms + 30 * MINUTE)


async def test_if_nobody_can_be_told_now_it_is_not_written_as_told(office: Office) -> None:
    order = await office.report()
    office.advance(31)
    plan = office.teller.plan

    def fail(*_: object, **__: object) -> None:
        raise InvalidMessage("no")

    office.teller.plan = fail  # type: ignore[assignment]  # breaks for a moment
    with pytest.raises(InvalidMessage):
        await office.orders.watch.look()
    assert await told(office, order) == []
    office.teller.plan = plan  # type: ignore[method-assign]  # and is mended
    await office.orders.watch.look()
    assert len(office.teller.messages) == len(await told(office, order)) == 1


async def test_the_list_of_what_is_overdue_is_what_people_were_told(office: Office) -> None:
    late = await office.report()
    office.advance(20)
    await office.report()
    office.advance(10)
    for minutes, expected in ((0, []), (1 / 60_000, [late.id])):
        office.advance(minutes)
        await office.orders.watch.look()
        found = await office.desk.find(overdue_at(office.clock.now_ms()))
        assert [each.id for each in found] == expected
        shown = office.orders.open_orders_view()
        assert [each.id for each in shown if each.due is Due.OVERDUE] == expected
        assert office.overdue[-1] == len(expected)
    late = await office.steps(late, Step.ACCEPT, Step.TAKE, Step.ARRIVE, Step.DONE)
    office.advance(24 * 60)
    found = await office.desk.find(overdue_at(office.clock.now_ms()))
    assert late.id not in [each.id for each in found], "what waits for its call-back only is in time"


async def test_it_sleeps_until_there_is_something_to_tell_but_not_for_long(office: Office) -> None:
    assert office.orders.watch.pause_s() == LOOK_EVERY_S
    await office.report()
    office.advance(22.4)
    assert office.orders.watch.pause_s() == pytest.approx(6.0)
    office.advance(1)
    assert office.orders.watch.pause_s() == LOOK_EVERY_S, "what could not be told is tried again, in peace"


async def test_what_people_do_wakes_it(office: Office) -> None:
    await office.take(raised(FAULT, office.clock.now_ms()))
    running = asyncio.create_task(office.orders.run())
    try:
        await eventually(lambda: [view.state for view in office.shown] == [State.REPORTED])
        await office.steps(await office.only(), Step.ACCEPT)
        await eventually(lambda: office.changes[-1].entry.data.get("what") == "accepted")
    finally:
        running.cancel()
