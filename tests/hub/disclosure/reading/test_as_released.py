"""What leaves is as it was when it was released, whatever is told or done afterwards."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from contract.passes import GATE_PASSED, PLATE_RECOGNISED
from hub.disclosure.scope import DataKind
from hub.passes.intake import Intake
from hub.passes.presence import Presence
from hub.passes.settings import PassSettings
from hub.passes.store import PassStore
from tests.hub.disclosure.reading.test_leaving import left
from tests.hub.disclosure.yard import DECIDED_MS, NOON_MS, NOTHING, SCOPE, TENANT, Yard, basis

PASSES: Final = replace(SCOPE, kinds=(DataKind.PASSES,))
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
