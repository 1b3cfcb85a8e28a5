"""What leaves is as it was when it was released, whatever is told or done afterwards."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from sqlalchemy import Table

from contract.clock import from_epoch_ms
from contract.passes import GATE_PASSED, PLATE_RECOGNISED
from hub.alarms.alarm import Actor
from hub.alarms.definition import Priority
from hub.alarms.desk import Desk
from hub.alarms.schema import alarms, entries
from hub.commissioning.schema import devices
from hub.disclosure.reading.bounds import Surroundings
from hub.disclosure.scope import DataKind
from hub.passes.intake import Intake
from hub.passes.presence import Presence
from hub.passes.settings import PassSettings
from hub.passes.store import PassStore
from hub.register.schema import households, people, vehicles
from tests.hub.alarms.made import definition, incident, over, raised
from tests.hub.disclosure.reading.test_leaving import held_back, left
from tests.hub.disclosure.yard import DECIDED_MS, NOON_MS, NOTHING, PLATE, SCOPE, TENANT, Yard, basis, filled

PASSES: Final = replace(SCOPE, kinds=(DataKind.PASSES,))
ALARMS: Final = replace(SCOPE, kinds=(DataKind.ALARMS,))
LI: Final = Actor(who="user:li.wei")
LATER_MS: Final = DECIDED_MS + 1
WENT: Final = {"plate": "琼A12345", "direction": "in", "means": "plate"}
READ: Final = {"plate": "琼A12345", "decision": "admitted", "reason": "listed"}
OUTAGE: Final = READ | {"decision": "recorded", "reason": "replay"}


@pytest.fixture
def each_yard(ledger_url: str, tmp_path: Path) -> Iterator[Yard]:
    """Give a site; the test runs once on each database."""
    made = Yard(tmp_path, ledger_url)
    yield made
    made.close()


def goes(yard: Yard, seq: int, at_ms: int = NOON_MS, received_ms: int = NOON_MS, **data: Any) -> None:
    """Have a gate tell that a vehicle went through."""
    yard.event(seq, WENT | data, at_ms, received_ms=received_ms, type=GATE_PASSED)


def reads(yard: Yard, seq: int, data: dict[str, Any], received_ms: int = NOON_MS, **more: Any) -> None:
    """Have its camera tell that it read a plate."""
    yard.event(seq, data | more, NOON_MS, received_ms=received_ms, type=PLATE_RECOGNISED)


def take(yard: Yard) -> None:
    """Have the record take what there is, as the hub does."""
    intake = Intake(PassStore(TENANT, ZoneInfo("Asia/Shanghai")), Presence(TENANT, PassSettings()))
    with yard.engine.begin() as connection:
        while intake.next(connection) is not None:
            pass


def pictured(yard: Yard, told: Callable[[], None]) -> None:
    goes(yard, 1, recognised="2")
    told()
    reads(yard, 2, READ, LATER_MS, colour="green", media=[yard.picture()])
    told()


def went_before(yard: Yard, told: Callable[[], None]) -> None:
    goes(yard, 1)
    goes(yard, 2, NOON_MS + 9, NOON_MS + 9)
    told()
    goes(yard, 3, NOON_MS + 5, LATER_MS, direction="out")
    told()
    goes(yard, 4, NOON_MS + 7, LATER_MS)
    told()


def passed(yard: Yard, told: Callable[[], None]) -> None:
    reads(yard, 1, OUTAGE, colour="green", media=[yard.picture()])
    reads(yard, 2, OUTAGE, plate="琼B67890")
    told()
    goes(yard, 3, NOON_MS, LATER_MS, recognised="1")
    told()


def passed_after_its_reading_was_told_twice(yard: Yard, told: Callable[[], None]) -> None:
    reads(yard, 1, OUTAGE)
    goes(yard, 2, NOON_MS + 3, NOON_MS + 3, recognised="late")
    told()
    reads(yard, 3, READ, LATER_MS, media=[yard.picture(), yard.picture(3)])
    yard.event(4, READ | {"media": [yard.picture()]}, received_ms=LATER_MS, type=PLATE_RECOGNISED, id="late")
    goes(yard, 5, NOON_MS + 1, LATER_MS, direction="out")
    goes(yard, 6, NOON_MS + 2, LATER_MS, recognised="1")
    told()


@pytest.mark.parametrize(
    "story",
    [pictured, went_before, passed, passed_after_its_reading_was_told_twice],
    ids=lambda s: s.__name__,
)
def test_passes_leave_as_they_were_known(each_yard: Yard, story: Callable[..., None]) -> None:
    on, seen = basis("criminal"), []

    def told() -> None:
        take(each_yard)
        seen.append(left(each_yard, on, PASSES))

    story(each_yard, told)
    assert seen[0], "there is something that may change"
    assert all(each == seen[0] for each in seen)
    now = each_yard.reader.cut(PASSES, LATER_MS)
    with each_yard.reader.source(on, PASSES, now, NOTHING) as source:
        assert [row.values for row in source.rows("passes", None)] != [
            tuple(value for key, value in row.items() if key not in ("masked", "at", "received"))
            for row in seen[0]
        ]
    cut = each_yard.reader.cut(PASSES, DECIDED_MS)
    with each_yard.reader.source(on, PASSES, cut, NOTHING) as source:
        rows = list(source.rows("passes", None))
        assert len(rows) == source.count("passes")
        for place, row in enumerate(rows):
            assert list(source.rows("passes", row.cursor)) == rows[place + 1 :]


async def test_alarms_leave_as_they_stood(each_yard: Yard) -> None:
    yard = each_yard
    yard.clock.set_wall(from_epoch_ms(NOON_MS))
    desk = Desk(yard.ledger, yard.clock, TENANT)
    await desk.open()
    yard.event(1, {"plate": PLATE}, type="hemei.gate.faulted")
    await desk.take([raised(at_ms=NOON_MS, event_seq=1), raised(incident(), at_ms=NOON_MS)], None)
    known = {each.key: each.id for each in desk.standing().values()}
    await desk.acknowledge(known["gate-faulted"], 1, LI, "on my way")
    await desk.take([over(at_ms=NOON_MS)], None)
    named = replace(ALARMS, plate=PLATE)
    before = left(yard, basis("criminal"), ALARMS, "alarms")
    theirs = left(yard, basis("criminal"), named, "alarms")
    fault, case = sorted(before, key=lambda row: str(row["key"]))
    assert (case["state"], case["priority"], case["count"]) == ("unacknowledged", "high", 1)
    assert (fault["state"], fault["count"], fault["closed"]) == ("normal", 1, NOON_MS)
    assert [row["key"] for row in theirs] == ["gate-faulted"]
    yard.clock.set_wall(from_epoch_ms(LATER_MS))
    yard.event(2, {"plate": "琼B67890"}, received_ms=LATER_MS, type="hemei.gate.faulted")
    of_case = known["object-falling"]
    await desk.escalate(of_case, Priority.CRITICAL, {})
    await desk.take(
        [raised(incident(), at_ms=NOON_MS, event_seq=2), raised(definition("late"), at_ms=NOON_MS)], None
    )
    await desk.acknowledge(of_case, desk.standing()[of_case].version, LI)
    await desk.close(of_case, desk.standing()[of_case].version, LI, "nothing found")
    assert left(yard, basis("criminal"), ALARMS, "alarms") == before
    assert left(yard, basis("criminal"), named, "alarms") == theirs


def test_of_an_alarm_what_its_timeline_does_not_hold_stays(each_yard: Yard) -> None:
    alarm = {"id": "a-1", "device_kind": "gate", "device": "east-in", "raised_ms": NOON_MS, "title": "{}"}
    alarm |= {"kind": "condition", "priority": "high", "state": "unacknowledged", "suppression": "none"}
    alarm |= {"review": True, "trace": "{}", "data": "{}"}
    each_yard.write(alarms, [filled(alarms, alarm)])
    told = [("raised", NOON_MS), ("returned", NOON_MS), ("raised", LATER_MS), ("escalated", LATER_MS)]
    timeline = [
        {"alarm": "a-1", "n": n, "ts_ms": at_ms, "kind": kind, "who": "hub", "data": "{}"}
        for n, (kind, at_ms) in enumerate(told, 1)
    ]
    each_yard.write(entries, [filled(entries, entry) for entry in timeline])
    [row] = left(each_yard, basis("criminal"), ALARMS, "alarms")
    assert (row["state"], row["priority"], row["count"], row["returned"]) == (None, None, 1, NOON_MS)
    assert held_back(each_yard, basis("criminal"), ALARMS) == {"alarm-state": 1, "alarm-priority": 1}


@pytest.mark.parametrize("table", [people, vehicles, households], ids=lambda table: table.name)
def test_names_stay_whose_entry_in_the_register_has_changed_since(each_yard: Yard, table: Table) -> None:
    each_yard.live()
    each_yard.passes(1, vehicle="v-1")
    [row] = left(each_yard, basis("criminal"), PASSES)
    assert (row["name"], row["telephone"], row["room"]) == ("王小明", "13812345678", "3-2-501")
    with each_yard.engine.begin() as connection:
        connection.execute(table.update().values(changed_ms=LATER_MS))
    [row] = left(each_yard, basis("criminal"), PASSES)
    assert (row["name"], row["telephone"], row["room"]) == (None, None, None)
    assert held_back(each_yard, basis("criminal"), PASSES)["register-changed"] == 1


def test_areas_are_those_of_when_the_making_began(each_yard: Yard) -> None:
    moved = {"device": "hemei/gate/east-in", "area": "east-gate"}
    each_yard.write(devices, [filled(devices, moved)])
    each_yard.passes(1)
    around = each_yard.reader.with_areas(Surroundings())
    with each_yard.engine.begin() as connection:
        connection.execute(devices.update().values(area="garage"))
    scope = replace(PASSES, areas=("east-gate",))
    with each_yard.reader.source(
        basis("criminal"), scope, each_yard.reader.cut(scope, DECIDED_MS), around
    ) as source:
        assert source.count("passes") == len(list(source.rows("passes", None))) == 1
