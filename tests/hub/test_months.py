"""A civil month, availability, the scale of a chart, numbers as people read them: without a ledger."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from contract.clock import epoch_ms
from contract.errors import InvalidMessage
from hub.monthly.chart import HEIGHT, WIDTH, draw, nice
from hub.monthly.view import MonthBars, MonthFigure, MonthSeries
from hub.monthly.wording import amount, change
from hub.months import Month, Stretch, month_of
from hub.questions.availability import Share, share
from hub.questions.gaps import Gap, Unheard

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = epoch_ms(datetime(2026, 3, 10, 4, tzinfo=UTC))


def test_a_month_is_the_site_s_own() -> None:
    march = month_of("2026-03", NOW, SHANGHAI)
    assert march.whole.start_ms == epoch_ms(datetime(2026, 2, 28, 16, tzinfo=UTC))
    assert march.so_far(NOW).end_ms == NOW
    before = march.before(NOW)
    assert (before.start_ms, before.end_ms - before.start_ms) == (
        epoch_ms(datetime(2026, 1, 31, 16, tzinfo=UTC)),
        NOW - march.whole.start_ms,
    ), "just as much of February"
    assert len(march.moved(-1).days) == 28
    assert march.moved(-1).before(NOW) == march.moved(-2).whole, "a month that is over, against a whole one"
    assert str(march.moved(-3)) == "2025-12"


def test_the_clock_s_change_makes_a_month_an_hour_shorter() -> None:
    march = Month(2026, 3, ZoneInfo("Europe/Berlin"))
    assert march.whole.end_ms - march.whole.start_ms == (31 * 24 - 1) * 3_600_000


@pytest.mark.parametrize("text", ["2026-13", "2026-4", "1970-01", "2026-04", "2027-01", "x"])
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(InvalidMessage):
        month_of(text, NOW, SHANGHAI)


def test_what_nobody_knows_is_in_no_availability() -> None:
    gaps = [Gap(5, 15, "not-heard"), Gap(20, 40, "nobody-knows"), Gap(70, 90, "not-heard")]
    assert share(Unheard(0, gaps), Stretch(10, 80)) == Share(70, 50, 15, 2)
    assert share(Unheard(0, gaps), Stretch(10, 80)).percent == 70
    assert share(Unheard(60, gaps[2:]), Stretch(10, 80)) == Share(70, 20, 10, 1)
    nothing = share(Unheard(None, ()), Stretch(10, 80))
    assert (nothing.percent, nothing.unknown_ms) == (None, 70)


@pytest.mark.parametrize(("most", "top"), [(0, 2), (2, 2), (3, 4), (9, 10), (11, 20), (640, 800), (0.3, 2)])
def test_scales_are_easy_to_read(most: float, top: float) -> None:
    assert nice(most) == top


def test_what_is_not_known_has_no_bar() -> None:
    series = [MonthSeries(title={}, values=[1, None, 0]), MonthSeries(title={}, values=[4, 2, None])]
    drawing = draw(MonthBars(key="k", title={}, unit="1", labels=["1", "2", "3"], series=series), str)
    assert [bar.row for bar in drawing.bars] == [0, 1, 1]
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in drawing.bars)
    assert all(bar.y >= 0 and bar.y + bar.height <= HEIGHT for bar in drawing.bars)
    assert [each.text for each in drawing.letters] == ["0.0", "2.0", "4.0", "1", "2", "3"]


def test_numbers() -> None:
    assert amount(None, "1", "en") == "—"
    assert [amount(1234.5, unit, "zh-CN") for unit in ("CNY", "m3", "%", "1")] == [
        "¥1,234.50",
        "1,234.5 吨",
        "1,234.5%",
        "1,234.50",
    ]
    assert [amount(value, "s", "en") for value in (4.25, 90, 3700)] == ["4.2 s", "1 min 30 s", "1 h 1 min"]
    assert amount(23, "clock", "en") == "23:00–00:00"


@pytest.mark.parametrize(
    ("value", "before", "told"),
    [(12, 10, "+2 (+20%)"), (10, 12, "−2 (−17%)"), (3, 0, "+3"), (5, 5, "="), (None, 5, ""), (5, None, "")],
)
def test_changes(value: float | None, before: float | None, told: str) -> None:
    assert change(MonthFigure(key="k", title={}, value=value, before=before), "en") == told
