"""Orders that come from alarms: made with them, on one clock with them, told on their timelines."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import Connection

from contract.errors import ConfigurationError, InvalidMessage, Refused
from hub.alarms.alarm import Alarm, Change, EntryKind
from hub.alarms.changes import Participant
from hub.orders.lifecycle import State, Step
from hub.orders.order import WorkOrder
from hub.orders.planner import check_kinds
from tests.hub.alarms.made import definition, over, raised
from tests.hub.orders.made import FAULT, KINDS, LI, MINUTE, WANG, Office, Premises, office_on


def fault(office: Office, **fields: Any) -> Any:
    return raised(FAULT, **({"at_ms": office.clock.now_ms(), "event_seq": 1} | fields))


async def test_an_alarm_and_its_order_are_on_one_clock(office: Office) -> None:
    raised_ms = office.clock.now_ms()
    office.advance(1)  # so late the rules looked at it
    alarm = await office.take(fault(office, at_ms=raised_ms))
    order = await office.only()
    assert (order.alarm, order.kind, order.title, order.device, order.area) == (
        alarm.id,
        "repair",
        FAULT.title,
        "gate/east-in",
        "east-gate",
    )
    assert order.start_ms == alarm.raised_ms == raised_ms
    assert order.respond.by_ms == raised_ms + 30 * MINUTE
    await office.orders.watch.look()
    assert [view.id for view in office.orders.open_orders_view()] == [order.id]


async def test_repeats_make_no_second_order(office: Office) -> None:
    for seq in range(1, 6):
        await office.take(fault(office, event_seq=seq))
        office.advance(10)
    assert (await office.only()).start_ms == 0 + office.clock.now_ms() - 50 * MINUTE


async def test_a_fault_that_comes_back_after_its_order_is_over_has_a_new_one(office: Office) -> None:
    await office.take(fault(office))
    await office.step(await office.only(), Step.REJECT, note="误报")
    office.advance(10)
    await office.take(over(FAULT, office.clock.now_ms()), fault(office, event_seq=2))
    again, first = await office.desk.find()
    assert again.state is State.REPORTED
    assert again.start_ms == first.start_ms + 10 * MINUTE, "its time counts from when it came back"


async def test_definitions_without_an_order_make_none(office: Office) -> None:
    await office.take(raised(definition("other"), office.clock.now_ms()))
    assert await office.desk.find() == []


class Fails(Participant):
    """Takes part after the orders, and fails."""

    def within(self, _connection: Connection, change: Change) -> None:
        """Fail."""
        raise InvalidMessage("no")


async def test_the_alarm_and_its_order_are_both_there_or_neither(office: Office) -> None:
    office.alarms.join(Fails())
    with pytest.raises(InvalidMessage):
        await office.alarms.take([fault(office)], None)
    assert await office.desk.find() == []
    await office.orders.watch.look()
    assert office.orders.open_orders_view() == []


async def hide(office: Office, alarm: Alarm) -> Alarm:
    until_ms = office.clock.now_ms() + 60 * MINUTE
    return await office.alarms.shelve(alarm.id, alarm.version, LI, "检修", until_ms)


async def test_a_hidden_alarm_has_its_order_once_it_is_shown(office: Office) -> None:
    """A shelf holds for the next alarm of its kind too, which is hidden from its first moment on."""
    alarm = await hide(office, await office.take(fault(office)))
    await office.step(await office.only(), Step.REJECT, note="误报")
    await office.alarms.acknowledge(alarm.id, alarm.version, LI)
    await office.take_over()
    office.advance(5)
    hidden = await office.take(fault(office, event_seq=2))
    assert hidden.id != alarm.id
    assert len(await office.desk.find()) == 1, "nobody is sent to what is shelved"
    office.advance(10)
    await office.alarms.unshelve(hidden.id, hidden.version, LI)
    order = (await office.desk.find())[0]
    assert (order.alarm, order.start_ms) == (hidden.id, hidden.raised_ms)


async def test_what_is_shown_again_has_its_order_already(office: Office) -> None:
    alarm = await hide(office, await office.take(fault(office)))
    await office.step(await office.only(), Step.REJECT, note="误报")
    await office.alarms.unshelve(alarm.id, alarm.version, LI)
    assert (await office.only()).state is State.REJECTED


async def test_an_order_of_an_alarm_is_made_by_hand_once(office: Office) -> None:
    alarm = await office.take(raised(definition("other"), office.clock.now_ms()))
    office.advance(20)
    outcomes = await asyncio.gather(
        *(office.desk.order(alarm, "repair", by, "请修") for by in (LI, WANG)), return_exceptions=True
    )
    (made,) = [each for each in outcomes if isinstance(each, WorkOrder)]
    (lost,) = [each for each in outcomes if isinstance(each, Refused)]
    assert lost.code == "already-ordered"
    assert (made.start_ms, made.text) == (alarm.raised_ms, "请修")
    assert (await office.desk.order(alarm, "checked", LI)).number == made.number + 1, "of another kind"
    assert [each.kind for each in await office.desk.of_alarm(alarm.id)] == ["checked", "repair"]


async def test_it_is_not_reopened_beside_another_of_its_kind(office: Office) -> None:
    alarm = await office.take(fault(office))
    first = await office.step(await office.only(), Step.REJECT, note="误报")
    second = await office.desk.order(alarm, "repair", LI)
    with pytest.raises(Refused) as refused:
        await office.step(first, Step.REOPEN, note="是真的")
    assert refused.value.code == "already-ordered"
    await office.step(second, Step.REJECT, note="重复")
    assert (await office.step(first, Step.REOPEN, note="是真的")).open


async def test_the_alarm_tells_what_became_of_its_order(office: Office) -> None:
    alarm = await office.take(fault(office))
    order = await office.steps(await office.only(), Step.ACCEPT, Step.TAKE)
    await office.desk.comment(order.id, order.version, LI, "路上")
    await office.orders.watch.look()
    told = await office.ordered(alarm)
    assert [(each.who, each.data["what"]) for each in told] == [
        ("hub", "reported"),
        (LI.who, "accepted"),
        (LI.who, "taken"),
    ]
    assert {(each.data["order"], each.data["number"], each.data["kind"]) for each in told} == {
        (order.id, 1, "repair")
    }
    await office.orders.watch.look()
    assert await office.ordered(alarm) == told, "nothing is told twice"
    known = await office.alarms.get(alarm.id)
    assert known is not None
    assert known.version == alarm.version, "nobody's press becomes stale by it"


class Mute:
    """An alarm desk that fails, until it does not."""

    def __init__(self) -> None:
        self.office: Office | None = None
        self.after = False

    async def get(self, _ident: str) -> Alarm | None:
        """Know nothing."""
        return None

    async def note(self, ident: str, kind: EntryKind, **fields: Any) -> object:
        """Fail, before or after it is written."""
        assert self.office is not None
        if self.after:
            await self.office.alarms.note(ident, kind, **fields)
        raise ConnectionError("kill -9")


@pytest.mark.parametrize("after", [False, True])
async def test_killed_while_it_tells_the_alarm_it_is_told_once(premises: Premises, after: bool) -> None:
    mute = Mute()
    async with office_on(premises, alarms=mute) as office:
        mute.office, mute.after = office, after
        alarm = await office.take(fault(office))
        with pytest.raises(ConnectionError):
            await office.orders.watch.look()
    async with office_on(premises) as restarted:
        (told,) = await restarted.ordered(alarm)
        assert told.data["what"] == "reported"


async def test_news_for_an_alarm_that_is_gone_is_given_up(office: Office) -> None:
    await office.ledger.write(lambda c: office.desk.book.store.plan_news(c, "0" * 32, "hub", {"order": "x"}))
    alarm = await office.take(fault(office))
    await office.orders.watch.look()
    assert len(await office.ordered(alarm)) == 1, "what comes after it is told all the same"
    assert await office.ledger.read(office.desk.book.store.news) == []


def test_a_definition_with_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ConfigurationError) as wrong:
        check_kinds((definition(order="gardening"),), {kind.key: kind for kind in KINDS})
    assert str(wrong.value) == (
        "alarm gate-faulted: order: there is no kind 'gardening'; allowed: checked, repair"
    )
