"""Rules, desk and ledger together on each database: whatever stops the hub, nothing is lost or told twice."""

from collections.abc import Sequence

import pytest
from msgspec.json import encode
from sqlalchemy import Engine

from contract.clock import ManualClock
from contract.messages import Event
from hub.alarms.alarm import Actor, Alarm
from hub.alarms.definition import Definition, Kind, Test
from hub.alarms.desk import Desk
from hub.alarms.rules import feed as feed_module
from hub.alarms.rules.engine import Hearing, Rules
from hub.alarms.signals import Signal
from hub.ledger.commit import Arrival, Entry, EventWriter
from hub.ledger.queries import EventLog
from tests.hub.alarms.made import desk_on
from tests.hub.alarms.rules.house import GATE, House, definition

HIT, CLEARED = Test(event="hit"), Test(event="cleared")
GUARD = Actor(who="li")


class Community(House):
    """A house whose events are in a real ledger, with a real desk."""

    def __init__(self, engine: Engine, clock: ManualClock, desk: Desk, *definitions: Definition) -> None:
        self.writer = EventWriter(engine, "default")
        self.log = EventLog(engine)
        super().__init__(*definitions)
        self.clock = clock
        self.real = desk
        self.restart()

    def restart(self) -> None:
        super().restart()
        if hasattr(self, "real"):
            self.rules = Rules(self.definitions, self.shadows, self.clock, self.real, self.log)
            self.shadows.on_change = self.rules.changed
            self.real.join(Hearing(self.rules))
            self.link(online=True)

    def commit(self, type_: str, ident: str) -> list[Entry]:
        event = Event(specversion="1.0", id=ident, source="gate", type=type_, time=self.clock.now())
        arrival = Arrival(
            address=GATE,
            tenant="default",
            event=event,
            payload=encode(event),
            received_ms=self.clock.now_ms(),
        )
        return self.writer.commit([arrival]).entries

    async def start(self) -> None:
        await self.rules.begin()
        self.speak()
        await self.rules.turn()

    def only(self) -> Alarm:
        [alarm] = self.real.standing().values()
        return alarm


class Crash(BaseException):
    """Kill -9, as far as the rules can tell."""


async def test_events_of_before_the_crash_are_evaluated_after_it_once(ledger: Engine) -> None:
    clock = ManualClock()
    case = definition(HIT, kind=Kind.INCIDENT)
    async with desk_on(ledger, clock) as desk:
        home = Community(ledger, clock, desk, case)
        await home.start()
        home.rules.committed(home.commit("hit", "a"))
        await home.rules.turn()
        home.commit("hit", "b")
        home.commit("passed", "c")
        home.commit("hit", "d")
    async with desk_on(ledger, clock) as desk:
        home = Community(ledger, clock, desk, case)
        await home.start()
        assert [alarm.event_seq for alarm in desk.standing().values()] == [1, 2, 4]
        assert {alarm.count for alarm in desk.standing().values()} == {1}
        assert await desk.cursor() == 4


async def test_event_whose_delay_was_not_over_at_the_crash_alarms_after_it(ledger: Engine) -> None:
    clock = ManualClock()
    slow = definition(HIT, CLEARED, on_delay_s=30)
    quick = definition(HIT, CLEARED, key="quick")
    async with desk_on(ledger, clock) as desk:
        home = Community(ledger, clock, desk, slow, quick)
        await home.start()
        home.rules.committed(home.commit("hit", "a"))
        await home.rules.turn()
        assert await desk.cursor() == 0
    clock.advance(20)
    async with desk_on(ledger, clock) as desk:
        home = Community(ledger, clock, desk, slow, quick)
        await home.start()
        assert [alarm.key for alarm in desk.standing().values()] == ["quick"]
        await home.wait(10)
        assert [(alarm.key, alarm.count) for alarm in desk.standing().values()] == [
            ("quick", 1),
            ("gate-jammed", 1),
        ]
        assert await desk.cursor() == 1


@pytest.mark.parametrize("page", [1, 3, 500])
async def test_what_was_raised_and_over_before_the_rules_looked_is_told_as_both(
    ledger: Engine, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(feed_module, "PAGE", page)
    clock = ManualClock()
    slow = definition(HIT, CLEARED, on_delay_s=30)
    async with desk_on(ledger, clock) as desk:
        home = Community(ledger, clock, desk, slow)
        for type_, pause_s in (("hit", 29), ("cleared", 1), ("no", 0), ("hit", 100), ("cleared", 1)):
            home.commit(type_, f"{type_}-{clock.now_ms()}")
            clock.advance(pause_s)
        await home.start()
        assert (home.only().count, home.only().active, home.only().event_seq) == (1, False, 4)


async def test_return_evaluated_again_does_not_undo_a_later_raise(ledger: Engine) -> None:
    clock = ManualClock()
    hit, waits = definition(HIT, CLEARED), definition(Test(event="first"), key="waits", on_delay_s=600)
    async with desk_on(ledger, clock) as desk:
        home = Community(ledger, clock, desk, hit, waits)
        await home.start()
        for number, type_ in enumerate(("first", "hit", "cleared", "hit")):
            home.rules.committed(home.commit(type_, str(number)))
            await home.rules.turn()
        assert home.only().active
        assert await desk.cursor() == 0
    async with desk_on(ledger, clock) as desk:
        home = Community(ledger, clock, desk, hit, waits)
        await home.start()
        assert home.only().active
        assert home.only().count == 2


async def test_crash_inside_the_desk_leaves_nothing_half_done(
    ledger: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock()
    async with desk_on(ledger, clock) as desk:
        home = Community(ledger, clock, desk, definition(HIT, CLEARED))
        await home.start()
        take = desk.take

        async def killed(signals: Sequence[Signal], upto: int | None) -> None:
            await take(signals, upto)
            raise Crash

        monkeypatch.setattr(desk, "take", killed)
        home.rules.committed(home.commit("hit", "a"))
        with pytest.raises(Crash):
            await home.rules.turn()
    async with desk_on(ledger, clock) as desk:
        home = Community(ledger, clock, desk, definition(HIT, CLEARED))
        await home.start()
        assert home.only().count == 1
        home.rules.committed(home.commit("cleared", "b"))
        await home.rules.turn()
        assert not home.only().active


async def test_acknowledged_momentary_alarm_closes(ledger: Engine) -> None:
    clock = ManualClock()
    async with desk_on(ledger, clock) as desk:
        home = Community(ledger, clock, desk, definition(HIT))
        await home.start()
        home.rules.committed(home.commit("hit", "a"))
        await home.rules.turn()
        alarm = home.only()
        await desk.acknowledge(alarm.id, alarm.version, GUARD)
        await home.rules.turn()
        assert not desk.standing()


async def test_level_alarm_over_crash_and_return(ledger: Engine) -> None:
    clock = ManualClock()
    async with desk_on(ledger, clock) as desk:
        home = Community(ledger, clock, desk, definition())
        await home.start()
        home.state(GATE, {"fault": "jammed"})
        await home.rules.turn()
    async with desk_on(ledger, clock) as desk:
        home = Community(ledger, clock, desk, definition())
        await home.rules.begin()
        home.speak(GATE, {"fault": "jammed"})
        await home.rules.turn()
        assert (home.only().count, home.only().active) == (1, True)
    async with desk_on(ledger, clock) as desk:
        home = Community(ledger, clock, desk, definition())
        await home.rules.begin()
        home.speak(GATE, {"fault": "none"})
        await home.rules.turn()
        assert (home.only().count, home.only().active) == (1, False)
