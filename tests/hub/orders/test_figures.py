"""Figures as tenders ask for them, and sheets that no spreadsheet runs."""

import csv
import io
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from contract.clock import epoch_ms
from hub.orders.calendar import Calendar
from hub.orders.figures import figures, summed_up
from hub.orders.kinds import WorkingHours
from hub.orders.lifecycle import State
from hub.orders.order import Times, WorkOrder
from hub.orders.sheet import BOM, cell, figures_sheet, orders_sheet, sheet
from hub.orders.view import order_view
from tests.hub.orders.made import CHECKED, MINUTE, REPAIR, SHANGHAI
from tests.hub.orders.test_lifecycle import order

CALENDAR = Calendar(WorkingHours(), SHANGHAI)
NOVEMBER = epoch_ms(datetime(2026, 11, 10, tzinfo=UTC))


def begun(start_ms: int = NOVEMBER, **fields: object) -> WorkOrder:
    """Make an order with 10 minutes to respond and 60 to resolve."""
    times = {
        "respond": Times(near_ms=start_ms + 8 * MINUTE, by_ms=start_ms + 10 * MINUTE),
        "resolve": Times(near_ms=start_ms + 45 * MINUTE, by_ms=start_ms + 60 * MINUTE),
    }
    after = {"responded_ms", "done_ms", "closed_ms"}
    given = {k: start_ms + v * MINUTE if k in after else v for k, v in fields.items()}  # type: ignore[operator]  # minutes
    return replace(order(), start_ms=start_ms, **times, **given)


def test_each_order_is_counted_where_it_belongs() -> None:
    orders = [
        begun(),  # still has time
        begun(responded_ms=10, done_ms=60, state=State.DONE),  # to the millisecond in time
        begun(responded_ms=11, done_ms=61, closed_ms=90, state=State.CLOSED, satisfied=False),
        begun(responded_ms=5, done_ms=6, closed_ms=7, state=State.CLOSED, satisfied=True),
        begun(responded_ms=5, done_ms=6, reopened=1, state=State.DONE),  # not the first time
        begun(responded_ms=5, closed_ms=5, state=State.REJECTED),
    ]
    found = summed_up(orders, NOVEMBER)
    assert (found.orders, found.open, found.rejected, found.reopened) == (6, 3, 1, 1)
    assert (found.responded_in_time, found.responded_late, found.response_rate) == (4, 1, 0.8)
    assert (found.resolved_in_time, found.resolved_late, found.resolution_rate) == (2, 2, 0.5)
    assert (found.satisfied, found.dissatisfied, found.satisfaction_rate) == (1, 1, 0.5)


@pytest.mark.parametrize(("minutes", "late"), [(10, (0, 0)), (11, (1, 0)), (60, (1, 0)), (61, (1, 1))])
def test_what_nobody_did_is_late_as_soon_as_its_time_is_over(minutes: int, late: tuple[int, int]) -> None:
    found = summed_up([begun()], NOVEMBER + minutes * MINUTE)
    assert (found.responded_late, found.resolved_late) == late


def test_a_rate_of_nothing_is_unknown() -> None:
    found = summed_up([], NOVEMBER)
    assert (found.response_rate, found.resolution_rate, found.satisfaction_rate) == (None, None, None)


def test_months_are_the_sites_and_the_newest_is_first() -> None:
    last_night = epoch_ms(datetime(2026, 10, 31, 17, tzinfo=UTC))  # 1 November in Shanghai
    orders = [
        begun(last_night),
        begun(last_night - 120 * MINUTE),
        begun(kind="repair", terms=REPAIR),
        begun(),
    ]
    found = figures(orders, NOVEMBER, CALENDAR)
    assert [(each.month, each.kind, each.orders) for each in found] == [
        ("2026-11", "checked", 2),
        ("2026-11", "repair", 1),
        ("2026-10", "checked", 1),
    ]
    assert found[0].title == CHECKED.title


EVIL = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1+1",
    "\u3000=1",
    "\u00a0=1",
    "\ufeff=1",
    "＝1+1",
    '=HYPERLINK("http://x")',
)


@pytest.mark.parametrize("text", EVIL)
def test_what_somebody_typed_is_no_formula(text: str) -> None:
    written = orders_sheet([order_view(replace(order(), text=text, place=text), NOVEMBER)])
    assert written.startswith(BOM)
    (row,) = csv.DictReader(io.StringIO(written.removeprefix(BOM), newline=""))
    assert row["text"] == row["place"] == f"'{text}"


def test_cells_say_what_they_mean() -> None:
    assert [cell(each) for each in (None, True, False, -3, 0.5, ("note", "picture"), "3-2")] == [
        "",
        "yes",
        "no",
        "-3",
        "0.5",
        "note picture",
        "3-2",
    ]
    assert cell({"en": "Repair", "zh-CN": "维修"}) == "维修 / Repair"
    assert cell({"zh-CN": "=维修"}) == "'=维修", "the site file may be wrong as well"


def test_a_sheet_of_figures_has_a_head() -> None:
    written = figures_sheet(figures([begun()], NOVEMBER, CALENDAR))
    (row,) = csv.DictReader(io.StringIO(written.removeprefix(BOM)))
    assert (row["month"], row["kind"], row["orders"], row["response_rate"]) == ("2026-11", "checked", "1", "")
    assert sheet(["a"], []) == f"{BOM}a\r\n"
