"""Who asks often waits, who asks seldom does not, and a million strangers fill no memory."""

import pytest

from contract.clock import ManualClock
from hub.access import pace
from hub.access.pace import Pace
from hub.access.throttle import Throttled


def test_so_many_at_once_and_then_so_many_a_minute() -> None:
    clock = ManualClock()
    orders = Pace(clock, at_once=3, per_minute=6, what="orders")
    for _ in range(3):
        orders.take("192.0.2.1")
    with pytest.raises(Throttled, match="too many orders; try again in 10 s") as refused:
        orders.take("192.0.2.1")
    assert refused.value.retry_after_s == pytest.approx(10)
    orders.take("192.0.2.2")
    clock.advance(9.9)
    with pytest.raises(Throttled):
        orders.take("192.0.2.1")
    clock.advance(0.2)
    orders.take("192.0.2.1")
    clock.advance(3600)
    for _ in range(3):
        orders.take("192.0.2.1")
    with pytest.raises(Throttled):
        orders.take("192.0.2.1")


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "MAX_KEYS", 10)
    looks = Pace(ManualClock(), at_once=1, per_minute=1)
    for number in range(50):
        looks.take(f"192.0.2.{number}")
    assert len(looks._buckets) == 10
    with pytest.raises(Throttled):
        looks.take("192.0.2.49")
    looks.take("192.0.2.1")
