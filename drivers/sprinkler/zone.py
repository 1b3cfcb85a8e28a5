"""One zone: what it sees, whether it waters and why, and what its valve must be told. Pure; given the time.

The driver shows it every look and asks for its order; it sends nothing itself.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Final

from drivers.runtime.interface import Happening
from drivers.sprinkler import words
from drivers.sprinkler.interlocks import Situation, forbidden, frost_lock, lockout
from drivers.sprinkler.meter import Meter
from drivers.sprinkler.options import SprinklerOptions
from drivers.sprinkler.planner import NEVER, Planner, Wish
from drivers.sprinkler.readings import UNKNOWN_CLIMATE, Climate, Readings
from drivers.sprinkler.run import FIRE_LONGEST_S, Run
from drivers.sprinkler.watch import Limits, Watch
from drivers.sprinkler.words import BY_ITSELF, Cause, Lock, Mode

INSIST_S: Final = 5.0
"""How often a valve that should be shut is told so again: that is the safe direction."""


class Order(Enum):
    """What the valve must be told now."""

    OPEN = "open"
    CLOSE = "close"
    REARM = "let the board's own timer run anew"


class Zone:
    """All that is known of a zone. `now` is monotonic seconds, `wall` the aware UTC time.

    For `look` it is the time at which the board was read.
    """

    def __init__(self, options: SprinklerOptions) -> None:
        board = options.loaded_board()
        self.options = options
        self.mode = Mode(options.mode)
        self.climate = UNKNOWN_CLIMATE
        self.frost: bool | None = None
        self.held_off_until: datetime | None = None
        self.run: Run | None = None
        self.total_litres = 0.0
        self.watch = Watch(
            Limits(
                move_s=options.move_timeout_s,
                dry_after_s=options.dry_after_s,
                leak_after_s=options.leak_after_s,
                leak_above=options.leak_above,
            )
        )
        self.planner = Planner(options)
        self._meter = Meter(board.meter)
        self._rained_at = NEVER
        self._insist_at = NEVER
        self._looked_at = self._close_sent_at = NEVER
        self._exceeded = self._must_shut = False

    @property
    def longest_s(self) -> float:
        """Seconds that a watering may take."""
        return self.options.longest_run_minutes * 60

    @property
    def shut_was_told(self) -> bool:
        """Whether the valve was told to close, and looked at since."""
        return not self._must_shut and self._looked_at > self._close_sent_at

    @property
    def raining(self) -> bool | None:
        """Whether it rains, by the zone's own sensor or the board's; one that sees rain is enough."""
        board = self.watch.readings.raining if self.watch.readings else None
        known = [each for each in (self.climate.raining, board) if each is not None]
        return any(known) if known else None

    def situation(self, now: float, wall: datetime) -> Situation:
        """Return what the interlocks look at."""
        options = self.options
        weather_known = (options.air is None or self.climate.air_temperature is not None) and (
            options.rain is None or self.climate.raining is not None
        )
        return Situation(
            mode=self.mode,
            leak=self.watch.leak,
            dry=self.watch.dry,
            fault=self.watch.fault,
            frost=self.frost is True,
            rain=self.raining is True or now < self._rained_at + options.rain_delay_minutes * 60,
            held_off=self.held_off_until is not None and wall < self.held_off_until,
            weather_known=weather_known,
            soil_known=options.soil is None or self.climate.soil_moisture is not None,
        )

    def lockout(self, now: float, wall: datetime) -> Lock:
        """Return the gravest lock there is."""
        return lockout(self.situation(now, wall))

    def feel(self, climate: Climate) -> list[Happening]:
        """Take what the probes say."""
        self.climate = climate
        before = self.frost
        self.frost = frost_lock(before, climate, self.options.frost_below)
        if self.frost and not before:
            return [Happening(words.FROST_LOCKED, {"temperature": _coldest(climate)})]
        return [Happening(words.FROST_UNLOCKED, {})] if before and not self.frost else []

    def begin(self, wish: Wish, now: float) -> list[Happening]:
        """Begin a watering; one that is under way makes way for it, without a pause."""
        happenings = []
        if self.run is not None and self.run.opened:
            self.run.ending = words.REPLACED
            happenings = [self._ended(self.run, now)]
        self.run = Run(cause=wish.cause, began=now, until=now + wish.seconds, target=wish.target)
        return happenings

    def end(self, why: str, cause: Cause | None = None) -> None:
        """Let the watering end, or only one for `cause`; its valve closes at the next order."""
        run = self.run
        if run is not None and run.ending is None and cause in (None, run.cause):
            run.ending = why

    def shut(self) -> None:
        """Have the valve told to close, wherever it is."""
        self.end(words.STOPPED)
        self._must_shut, self._insist_at = True, NEVER

    def lost(self) -> None:
        """Note that the board does not answer. A watering that nobody saw begin did not; others go on."""
        if self.run is not None and not self.run.opened:
            self.run.ending, self.run = words.REFUSED, None
        self._insist_at = NEVER
        self.watch.lost()
        self._meter.forget()

    def look(self, readings: Readings, now: float, wall: datetime) -> list[Happening]:
        """Take a look at the board, and decide what follows from it."""
        self._looked_at = now
        before = self.watch.readings
        flow = self._meter.look(readings.rate, readings.litres, now)
        happenings = self.watch.look(readings, flow.rate, now)
        self._count(readings, flow.litres)
        if self.raining:
            self._rained_at = now
        happenings += self._about_valve(before, readings, now)
        happenings += self._about_end(now, wall)
        happenings += self._about_start(now, wall)
        return happenings

    def order(self, now: float) -> Order | None:
        """Return what the valve must be told; the driver says with `sent` that it was."""
        readings, run = self.watch.readings, self.run
        if readings is None:
            return None
        if run is not None and not run.ending:
            if not run.sent:
                return Order.OPEN
            return Order.REARM if now >= run.rearm_at else None
        must_close = readings.valve_open or run is not None or self._must_shut
        return Order.CLOSE if must_close and now >= self._insist_at else None

    def sent(self, order: Order, now: float) -> None:
        """Note that the valve was told, or that this was tried."""
        if order is Order.CLOSE:
            self._insist_at, self._close_sent_at, self._must_shut = now + INSIST_S, now, False
            self.watch.told(open=False, now=now)
            if self.run is not None and not self.run.opened:
                self.run = None  # it never was open: nothing has ended
        elif order is Order.OPEN and self.run is not None:
            self.run.sent = True
            self._insist_at = NEVER
            self.watch.told(open=True, now=now)

    def _count(self, readings: Readings, litres: float) -> None:
        """Give the zone its share of what ran through; water of other zones is theirs."""
        if readings.valve_open:
            share = litres / max(1, readings.open_valves)
            if self.run is not None:
                self.run.litres += share
        else:
            share = 0.0 if readings.open_valves else litres
        self.total_litres += share

    def _about_valve(self, before: Readings | None, readings: Readings, now: float) -> Iterator[Happening]:
        run = self.run
        if not readings.valve_open:
            self._exceeded = False
            if run is not None and run.sent and not run.opened and self.watch.obeys:
                self.run = None  # of an earlier life of this driver, and nobody saw it begin
            elif run is not None and run.opened:
                run.ending = run.ending or words.CLOSED_BY_BOARD
                yield self._ended(run, now)
                self.run = None
            return
        if run is None and before is not None and not before.valve_open and self.watch.obeys:
            run = self.run = Run(cause=Cause.LOCAL, began=now, until=now + self.longest_s, sent=True)
        elif run is None and before is None:
            yield Happening(words.FOUND_OPEN, {})
        if run is not None and not run.opened and run.sent:
            run.opened, run.began = True, now
            minutes = round((run.until - now) / 60, 1)
            yield Happening(words.WATERING_STARTED, {"cause": run.cause.value, "minutes": minutes})

    def _about_end(self, now: float, wall: datetime) -> Iterator[Happening]:
        run = self.run
        if run is not None and run.ending is None:
            run.ending = self._why_end(run, now, wall)
            run_over = run.ending == words.LONGEST_RUN
        else:
            run_over = False
        opened_at = self.watch.opened_at
        overdue_s = self.longest_s if run is None or run.cause is not Cause.FIRE else FIRE_LONGEST_S
        too_long = opened_at is not None and now - opened_at > overdue_s + self.options.move_timeout_s
        if (run_over or too_long) and not self._exceeded:
            self._exceeded = True
            if run is not None:
                run.ending = run.ending or words.LONGEST_RUN
            yield Happening(words.LONGEST_RUN_EXCEEDED, {"minutes": self.options.longest_run_minutes})

    def _why_end(self, run: Run, now: float, wall: datetime) -> str | None:
        rule = forbidden(run.cause, self.situation(now, wall))
        if rule is not None:
            return rule.lock.value
        stuck = self.watch.stuck and run.sent and not run.opened
        dry = self.watch.stands_dry and run.opened and run.cause is not Cause.FIRE
        over = words.LONGEST_RUN if run.cause is Cause.LOCAL else words.FINISHED
        reasons = (
            (run.cause in BY_ITSELF and self.mode is not Mode.AUTOMATIC, words.MODE),
            (stuck, words.VALVE_FAULT),
            (dry, Lock.DRY_PIPE.value),
            (run.target is not None and self._is_wet(run.target), words.WET),
            (now >= run.until, over),
        )
        return next((why for holds, why in reasons if holds), None)

    def _is_wet(self, target: float) -> bool:
        moisture = self.climate.soil_moisture
        return moisture is not None and moisture >= target

    def _about_start(self, now: float, wall: datetime) -> Iterator[Happening]:
        approach = self.watch.readings is not None and self.watch.readings.approach is True
        wish = self.planner.due(now, wall, self.climate, approach=approach)
        if wish is None or self.mode is not Mode.AUTOMATIC:
            return
        rule = forbidden(wish.cause, self.situation(now, wall))
        why = rule.lock.value if rule else self._needless(wish)
        if why is None:
            yield from self.begin(wish, now)
        elif wish.cause is Cause.PROGRAMME:
            yield Happening(words.PROGRAMME_SKIPPED, {"why": why})

    def _needless(self, wish: Wish) -> str | None:
        """Say why a wish that is allowed is not granted."""
        if self.run is not None or (self.watch.readings and self.watch.readings.valve_open):
            return words.BUSY
        return words.WET if wish.target is not None and self._is_wet(wish.target) else None

    def _ended(self, run: Run, now: float) -> Happening:
        self.planner.ended(run.cause, now)
        data = {
            "cause": run.cause.value,
            "litres": round(run.litres, 1),
            "seconds": round(now - run.began, 1),
            "why": run.ending,
        }
        return Happening(words.WATERING_ENDED, data)


def _coldest(climate: Climate) -> float:
    known = [each for each in (climate.air_temperature, climate.soil_temperature) if each is not None]
    return round(min(known), 1)
