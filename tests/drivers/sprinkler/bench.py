"""A zone without a driver, looked at second by second, for tests of what is pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from drivers.runtime.interface import Happening
from drivers.sprinkler.options import SprinklerOptions
from drivers.sprinkler.planner import Wish
from drivers.sprinkler.programme import Programme
from drivers.sprinkler.readings import Climate, Readings
from drivers.sprinkler.words import Cause
from drivers.sprinkler.zone import Order, Zone

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
SHUT = Readings(valve_open=False, open_valves=0, rate=0.0, approach=False)
OPEN = Readings(valve_open=True, open_valves=1, rate=40.0, approach=False)
STILL = replace(OPEN, rate=0.0)
LEAKING = replace(SHUT, rate=5.0)

SOIL = {"soil": "modbus-tcp://192.0.2.1?unit=11", "dry_below": 20, "wet_at": 30}
AT_NINE = [Programme(at=("09:00",), minutes=10)]  # 01:00 UTC


class Bench:
    """A zone whose board always shows what `shows` says, unless a valve is told otherwise."""

    def __init__(self, **options: Any) -> None:
        given = {"wire": "modbus-tcp://192.0.2.1?unit=1", "leak_after_s": 5, "dry_after_s": 10, **options}
        self.zone = Zone(SprinklerOptions(**given))
        self.now, self.wall = 0.0, MONDAY
        self.orders: list[Order] = []
        self.happened: list[Happening] = []

    def look(self, readings: Readings, seconds: float = 1.0) -> list[str]:
        """Let time pass and take a look; the types of what has happened."""
        self.now += seconds
        self.wall += timedelta(seconds=seconds)
        happenings = self.zone.look(readings, self.now, self.wall)
        self.happened += happenings
        order = self.zone.order(self.now)
        if order is not None:
            self.zone.sent(order, self.now)
            self.orders.append(order)
        return [each.type for each in happenings]

    def run(self, seconds: float = 60.0, cause: Cause = Cause.MANUAL) -> None:
        self.zone.begin(Wish(cause=cause, seconds=seconds), self.now)

    def feel(self, **climate: Any) -> list[str]:
        return [each.type for each in self.zone.feel(Climate(**climate))]

    @property
    def state(self) -> str:
        return self.zone.watch.state.value
