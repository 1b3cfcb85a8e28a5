"""What was kept for long enough goes, and nothing else."""

from sqlalchemy import func, insert, select

from hub.alarms.desk import Desk
from hub.evidence.schema import holds
from hub.ledger.schema import events
from hub.passes.schema import inside, passes, past, plates, tallies
from tests.hub.alarms.made import raised
from tests.hub.passes.made import DAYS, EAST_IN, HOUR, Gatehouse

DAY: float = 24 * HOUR


async def test_old_passes_go_and_what_is_inside_stays(house: Gatehouse) -> None:
    house.goes("浙B11111", ident="in-1")
    house.goes("浙B22222", ident="in-2")
    house.goes("浙B22222", "out", ident="out-2", ago_s=-1)
    for number in range(60):
        house.lets_in(f"p-{number}")
    await house.look()
    house.clock.advance((DAYS - 1) * DAY)
    house.goes("浙B22222", ago_s=DAYS * DAY, replay=True)
    await house.look()
    assert await house.passes.purge.once() == 0
    house.clock.advance(DAY + 1)
    assert await house.passes.purge.once() == 63
    late = await house.only()
    assert (late.plate, late.replay) == ("浙B22222", True), "it was heard of yesterday, however old it is"
    assert await house.plates_inside() == ["浙B11111"]
    with house.at.engine.connect() as connection:
        mine = {table: table.c.tenant == house.at.tenant for table in (inside, passes, past, plates, tallies)}
        counted = {
            table.name: connection.execute(select(func.count()).where(where)).scalar()
            for table, where in mine.items()
        }
    assert counted == {
        "passes": 1,
        "passes_past": 0,
        "passes_inside": 1,
        "passes_plates": 1,
        "passes_tallies": 0,
    }
    (entry,) = house.audited()
    assert (entry["who"], entry["what"], entry["reason"]) == ("hub", "passes.purged", "retention")
    assert entry["details"] == {"received_before": "2026-11-24T04:00:01.000Z"}
    assert await house.passes.purge.once() == 0


def told(house: Gatehouse) -> list[tuple[str, str]]:
    """Return which device told what, of what is in the ledger yet, oldest first."""
    query = select(events.c.device, events.c.id).where(events.c.tenant == house.at.tenant)
    with house.at.engine.connect() as connection:
        return [(device, ident) for device, ident in connection.execute(query.order_by(events.c.seq))]


async def test_with_a_pass_goes_what_told_it_and_no_other_event(house: Gatehouse) -> None:
    for number in range(60):
        house.reads("浙B11111", ident=f"read-{number}")
        house.goes("浙B11111", ident=f"in-{number}")
    house.tell(EAST_IN, "hemei.gate.opened", {}, ident="opened")
    house.goes("浙B11111", "out", ident="out")
    house.lets_in("p-1")
    house.lets_in("p-1")
    await house.look()
    house.clock.advance(DAYS * DAY + 1)
    house.goes("浙B22222", ident="today")
    await house.look()
    assert await house.passes.purge.once() == 63
    assert told(house) == [
        ("east-in", "opened"),
        ("east-out", "out"),  # the last of its device
        ("b3-lobby", "e124"),
        ("east-in", "today"),
    ]
    assert len(house.audited()) == 1
    assert await house.passes.purge.once() == 0
    assert len(house.audited()) == 1


async def test_events_whose_passes_went_before_go_too_and_the_audit_says_so(house: Gatehouse) -> None:
    house.goes("浙B11111")
    house.goes("浙B22222", ident="last")
    await house.look()
    house.clock.advance(DAYS * DAY + 1)
    with house.at.engine.begin() as connection:
        connection.execute(passes.delete().where(passes.c.tenant == house.at.tenant))
    assert await house.passes.purge.once() == 0
    assert told(house) == [("east-in", "last")]
    (entry,) = house.audited()
    assert entry["what"] == "passes.purged"


async def test_nothing_is_missed_where_a_device_tells_more_after_a_year(house: Gatehouse) -> None:
    house.tell(EAST_IN, "hemei.gate.opened", {}, ident="opened", sequence=1)
    house.numbered(2)
    house.numbered(3)
    await house.look()
    house.clock.advance(DAYS * DAY + 1)
    assert await house.passes.purge.once() == 2
    assert told(house) == [("east-in", "opened"), ("east-in", "e3")]
    house.restart()
    house.numbered(4)
    assert house.writer.missed() == {}
    house.numbered(6)
    assert house.writer.missed() == {EAST_IN: 1}


async def test_what_happened_around_a_held_alarm_stays(house: Gatehouse) -> None:
    desk = Desk(house.ledger, house.clock, house.at.tenant)
    await desk.open()
    await desk.take([raised(at_ms=house.now_ms)], None)
    (alarm,) = desk.standing().values()
    house.goes("浙B11111", ago_s=5)
    house.goes("浙B22222", ago_s=HOUR)
    house.goes("浙B33333", "out", ago_s=5)
    house.goes("浙B44444", ident="last", ago_s=HOUR)
    await house.look()
    with house.at.engine.begin() as connection:
        held = {"tenant": house.at.tenant, "alarm": alarm.id, "who": "user:li.wei", "reason": "police"}
        connection.execute(insert(holds).values(held | {"since_ms": house.now_ms}))
    house.clock.advance(DAYS * DAY + 1)
    assert await house.passes.purge.once() == 3
    assert (await house.only()).plate == "浙B11111"
    assert told(house) == [("east-in", "e1"), ("east-out", "e3"), ("east-in", "last")]
    with house.at.engine.begin() as connection:
        connection.execute(holds.update().values(released_ms=house.now_ms))
    assert await house.passes.purge.once() == 1
    assert told(house) == [("east-out", "e3"), ("east-in", "last")]
