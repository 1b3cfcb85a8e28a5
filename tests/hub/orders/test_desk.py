"""What people do with orders: the chain, who may, proof, versions; on both databases."""

import asyncio
from typing import Any

import pytest

from contract.errors import HemeiError, InvalidMessage
from hub.orders.desk import MAX_PICTURES, Stale
from hub.orders.lifecycle import State, Step
from hub.orders.limits import Due, due
from hub.orders.order import OrderChange, OrderEntryKind, WorkOrder
from hub.orders.pictures import Picture
from hub.orders.store import OrderStore
from tests.hub.orders.made import LI, MINUTE, PICTURE, REPAIR, WANG, Office, Premises, office_on

WHOLE = (Step.ACCEPT, Step.ASSIGN, Step.TAKE, Step.ARRIVE, Step.DONE)


async def refused(doing: Any) -> HemeiError:
    with pytest.raises(HemeiError) as caught:
        await doing
    return caught.value


async def code_of(doing: Any) -> str:
    return (await refused(doing)).code


async def test_a_report_goes_down_the_whole_chain(office: Office) -> None:
    order = await office.report(place="3 号楼 2 单元", area="block-3", reporter="resident-3f2a")
    assert (order.number, order.state, order.version) == (1, State.REPORTED, 1)
    office.advance(5)
    order = await office.steps(order, *WHOLE, Step.CLOSE)
    assert (order.state, order.version, order.taken_by, order.closed_by) == (
        State.CLOSED,
        7,
        LI.who,
        LI.who,
    )
    assert order.responded_ms == order.start_ms + 5 * MINUTE
    assert await office.entries(order) == [
        OrderEntryKind.REPORTED,
        OrderEntryKind.ACCEPTED,
        OrderEntryKind.ASSIGNED,
        OrderEntryKind.TAKEN,
        OrderEntryKind.ARRIVED,
        OrderEntryKind.DONE,
        OrderEntryKind.CLOSED,
    ]
    timeline = await office.desk.timeline(order.id)
    assert [entry.n for entry in timeline] == list(range(1, 8))
    assert {(entry.who, entry.post) for entry in timeline} == {(LI.who, LI.post)}
    assert timeline[2].data == {"to": LI.who}
    assert await office.only() == order, "the ledger has it as it was answered"


async def test_screens_see_every_change_and_what_is_over_goes(office: Office) -> None:
    order = await office.steps(await office.report(), Step.ACCEPT)
    assert [view.id for view in office.orders.open_orders_view()] == [order.id]
    await office.step(order, Step.REJECT, note="不属物业")
    assert office.orders.open_orders_view() == []
    assert [(view.state, view.closed is None) for view in office.shown] == [
        (State.REPORTED, True),
        (State.ACCEPTED, True),
        (State.REJECTED, False),
    ]


async def test_two_people_take_the_same_order_at_once_and_one_has_it(office: Office) -> None:
    order = await office.steps(await office.report(), Step.ACCEPT)
    outcomes = await asyncio.gather(
        *(office.step(order, Step.TAKE, by) for by in (LI, WANG)), return_exceptions=True
    )
    (won,) = [each for each in outcomes if isinstance(each, WorkOrder)]
    (lost,) = [each for each in outcomes if isinstance(each, Stale)]
    assert lost.order == won, "who came second sees who was first"
    assert won.taken_by in (LI.who, WANG.who)
    assert (await office.entries(order)).count(OrderEntryKind.TAKEN) == 1


async def test_a_stale_press_changes_nothing(office: Office) -> None:
    seen = await office.report()
    now = await office.desk.comment(seen.id, seen.version, WANG, "带上梯子")
    stale = await refused(office.step(seen, Step.REJECT, note="误报"))
    assert isinstance(stale, Stale)
    assert stale.order == now == await office.only()


async def test_only_whom_it_is_assigned_to_takes_it(office: Office) -> None:
    order = await office.steps(await office.report(), Step.ACCEPT)
    order = await office.step(order, Step.ASSIGN, to=WANG.who)
    assert await code_of(office.step(order, Step.TAKE, LI)) == "not-yours"
    order = await office.step(order, Step.TAKE, WANG)
    assert await code_of(office.step(order, Step.ARRIVE, LI)) == "not-yours"
    order = await office.step(order, Step.ASSIGN, LI, to=LI.who)
    assert (order.state, order.taken_by) == (State.ASSIGNED, None), "改派: who had it has it no longer"


async def test_what_cannot_be_done_now_says_what_can(office: Office) -> None:
    order = await office.report()
    wrong = await refused(office.step(order, Step.DONE, note="好了"))
    assert wrong.code == "not-now"
    assert str(wrong) == "the order is reported; what can be done: accept, reject"
    assert await office.only() == order


@pytest.mark.parametrize("step", [Step.REJECT, Step.REOPEN])
async def test_who_rejects_or_reopens_says_why(office: Office, step: Step) -> None:
    before = (Step.ACCEPT, Step.TAKE, Step.ARRIVE, Step.DONE) if step is Step.REOPEN else ()
    order = await office.steps(await office.report(), *before)
    assert await code_of(office.step(order, step, note="  ")) == "reason-missing"
    assert (await office.step(order, step, note="重复")).version == order.version + 1


async def test_an_assignment_names_somebody(office: Office) -> None:
    order = await office.steps(await office.report(), Step.ACCEPT)
    assert await code_of(office.step(order, Step.ASSIGN)) == "assignee-missing"


async def test_without_the_proof_that_its_kind_asks_for_it_is_not_done(office: Office) -> None:
    order = await office.report("checked")
    await office.desk.picture(order.id, LI, PICTURE, "坏的样子")
    order = await office.steps(order, Step.ACCEPT, Step.TAKE, Step.ARRIVE)
    wrong = await refused(office.step(order, Step.DONE))
    assert (wrong.code, str(wrong)) == ("proof-missing", "proof is missing: note, picture")
    await office.desk.picture(order.id, LI, PICTURE)
    again = await code_of(office.step(order, Step.DONE, note="换了灯管"))
    assert again == "proof-missing", "it was the picture of before"
    await office.desk.picture(order.id, LI, PICTURE._replace(sha256="cd" * 32))
    order = await office.step(order, Step.DONE, note="换了灯管")
    assert order.state is State.DONE
    (first, second) = [e for e in await office.desk.timeline(order.id) if e.kind is OrderEntryKind.PICTURE]
    assert first.data == {"sha256": "ab" * 32, "type": "image/jpeg", "bytes": 1000}
    assert first.note == "坏的样子"
    assert second.data["sha256"] == "cd" * 32


async def test_a_picture_makes_no_press_stale(office: Office) -> None:
    order = await office.steps(await office.report("checked"), Step.ACCEPT, Step.TAKE, Step.ARRIVE)
    assert (await office.desk.picture(order.id, LI, PICTURE)).version == order.version
    await office.step(order, Step.DONE, note="好了")


async def test_who_takes_over_gives_proof_of_their_own(office: Office) -> None:
    order = await office.steps(await office.report("checked"), Step.ACCEPT, Step.TAKE, Step.ARRIVE)
    await office.desk.picture(order.id, LI, PICTURE)
    order = await office.step(order, Step.ASSIGN, to=WANG.who)
    order = await office.steps(order, Step.TAKE, Step.ARRIVE, by=WANG)
    assert await code_of(office.step(order, Step.DONE, WANG, note="好了")) == "proof-missing"


async def test_pictures_have_an_end(office: Office) -> None:
    order = await office.report()
    for number in range(MAX_PICTURES):
        await office.desk.picture(order.id, LI, Picture(f"{number:064}", "image/png", 10))
    assert await code_of(office.desk.picture(order.id, LI, PICTURE)) == "too-many-pictures"
    await office.step(order, Step.REJECT, note="误报")
    assert await code_of(office.desk.picture(order.id, LI, PICTURE)) == "not-now"


async def test_where_the_kind_says_so_another_person_closes(office: Office) -> None:
    order = await office.steps(await office.report("checked"), Step.ACCEPT, Step.TAKE, Step.ARRIVE)
    await office.desk.picture(order.id, LI, PICTURE)
    order = await office.steps(order, Step.DONE)
    assert await code_of(office.step(order, Step.CLOSE, LI)) == "same-person"
    order = await office.step(order, Step.CLOSE, WANG, satisfied=True)
    assert (order.closed_by, order.satisfied) == (WANG.who, True)


async def test_what_is_reopened_has_its_time_anew(office: Office) -> None:
    order = await office.steps(await office.report(), *WHOLE, Step.CLOSE)
    office.advance(3 * 1440)
    order = await office.step(order, Step.REOPEN, WANG, note="又坏了")
    now_ms = office.clock.now_ms()
    assert (order.state, order.reopened, order.assigned_to) == (State.ACCEPTED, 1, None)
    assert order.resolve.by_ms == now_ms + 120 * MINUTE
    assert due(order, now_ms) is Due.IN_TIME
    assert [view.id for view in office.orders.open_orders_view()] == [order.id]


async def test_a_wrong_rejection_buys_no_time(office: Office) -> None:
    made = await office.report()
    order = await office.step(made, Step.REJECT, note="不归我们")
    office.advance(3 * 60)
    order = await office.step(order, Step.REOPEN, WANG, note="归我们")
    assert (order.state, order.reopened, order.resolve) == (State.REPORTED, 0, made.resolve)
    assert due(order, office.clock.now_ms()) is Due.OVERDUE


async def test_each_order_has_the_next_number(office: Office) -> None:
    assert [(await office.report()).number for _ in range(3)] == [1, 2, 3]


async def test_what_is_unknown_is_said(office: Office) -> None:
    assert await code_of(office.report("gardening")) == "unknown-kind"
    assert await code_of(office.desk.comment("0" * 32, 1, LI, "?")) == "unknown-order"
    assert await code_of(office.desk.check_picture_wanted("0" * 32)) == "unknown-order"
    assert await code_of(office.desk.alarm("0" * 32)) == "unknown-alarm"
    assert await office.desk.get("0" * 32) is None


async def test_an_order_keeps_its_terms_when_the_site_drops_its_kind(premises: Premises) -> None:
    async with office_on(premises) as before:
        order = await before.report("checked")
    async with office_on(premises, kinds=(REPAIR,)) as after:
        order = await after.steps(order, Step.ACCEPT, Step.TAKE, Step.ARRIVE)
        assert await code_of(after.step(order, Step.DONE, note="好了")) == "proof-missing"
        assert await code_of(after.report("checked")) == "unknown-kind"


async def test_who_follows_takes_part_in_the_same_transaction(premises: Premises) -> None:
    heard: list[OrderChange] = []

    def follow(_connection: object, change: OrderChange) -> None:
        heard.append(change)
        if change.entry.kind is OrderEntryKind.REJECTED:
            raise InvalidMessage("the audit does not take it")

    async with office_on(premises, followers=[follow]) as office:
        order = await office.report()
        with pytest.raises(InvalidMessage):
            await office.step(order, Step.REJECT, note="误报")
        assert await office.only() == order
        assert await office.entries(order) == [OrderEntryKind.REPORTED]
    assert (heard[0].before, heard[0].after, heard[0].by) == (None, order, LI)
    assert heard[1].before == order


async def test_another_tenant_sees_nothing_of_it(office: Office) -> None:
    order = await office.report()
    other = OrderStore("other")
    assert await office.ledger.read(lambda c: other.get(c, order.id)) is None
    assert await office.ledger.read(lambda c: other.timeline(c, order.id)) == []
    assert await office.ledger.read(other.find) == []
    assert await office.ledger.read(other.next_number) == 1
