"""Rules over shadows: what stood before the start, who is taken away, who was never heard."""

from typing import Any

import pytest

from contract.messages import AvailabilityStatus
from contract.things import SchemaSeen
from contract.topics import Address
from hub.alarms.alarm import EntryKind
from hub.alarms.definition import Definition, Kind, Scope, Test
from hub.alarms.lifecycle import State
from hub.alarms.rules.judge import PATIENCE_S
from hub.alarms.signals import Raise, Return
from hub.shadows.shadow import Connectivity, Reading, Shadow
from tests.hub.alarms.rules.house import GATE, HOST, READY, House, alarm_of, definition, described, done

DOOR = Address("hemei", "door", "d1")
HUB = Address("hemei", "hub", "hub")
OFFLINE = definition(Test(connectivity=("device-offline",)), key="device-offline", on=Scope(kinds=("gate",)))
HIT = Test(event="hemei.gate.hit")
CLEARED = Test(event="hemei.gate.cleared")


async def house(*definitions: Definition, **fields: Any) -> House:
    made = House(*definitions, **fields)
    await made.rules.begin()
    await made.rules.turn()
    return made


async def standing(one: Definition, event_seq: int | None = None, **fields: Any) -> House:
    """Give a house whose desk knows an alarm of the gate from before the start."""
    made = House(one)
    made.speak()
    signal = Raise(definition=one, address=GATE, area="east", at_ms=0, event_seq=event_seq)
    made.desk.alarms = {"1": alarm_of(signal, **fields)}
    made.restart()
    await made.rules.begin()
    return made


async def test_level_is_told_on_its_edges_alone() -> None:
    home = await house(definition())
    home.speak()
    assert await home.show(fault="jammed", other=1) == ["raise gate-jammed"]
    assert await home.show(fault="jammed", other=2) == []
    assert await home.show(fault="none") == ["return gate-jammed"]
    assert home.rules.counts["raised"] == home.rules.counts["returned"] == 1


async def test_measurement_that_plays_about_its_limit_is_one_alarm() -> None:
    hot = definition(Test(property="celsius", above=60, hysteresis=5), key="hot")
    wet = definition(Test(property="humidity", above=90), key="wet")
    home = await house(hot, wet)
    home.speak()
    told = [await home.show(celsius=celsius, humidity=50) for celsius in (59, 61, 58, 61, 56)]
    assert told == [[], ["raise hot"], [], [], []]
    assert await home.show(celsius=55, humidity=91) == ["return hot", "raise wet"]


async def test_raise_says_what_a_guard_should_see() -> None:
    home = await house(definition(Test(property="level", above=90)))
    home.describe(GATE, described(properties={"level": SchemaSeen(unit="%", maximum=100)}))
    home.available(GATE)
    await home.show(level=95)
    signal = home.desk.signals[0]
    assert isinstance(signal, Raise)
    assert signal.area == "east"
    assert signal.data == {
        "connectivity": "online",
        "values": {"level": {"value": 95, "unit": "%", "ts": "2026-01-01T00:00:00.000Z"}},
    }
    assert signal.trace.device_ms == signal.trace.raised_ms == home.clock.now_ms()


async def test_fault_that_was_there_before_the_start_alarms_after_it() -> None:
    home = await house(definition())
    home.state(GATE, {"fault": "jammed"}, age_s=3, retained=True)
    await home.rules.turn()
    assert home.desk.said == []
    home.available(GATE)
    home.describe(GATE)
    await home.rules.turn()
    assert home.desk.said == ["raise gate-jammed"]


async def test_what_stands_is_not_raised_again_and_what_is_gone_returns() -> None:
    home = await standing(definition())
    home.speak(GATE, {"fault": "jammed"})
    await home.rules.turn()
    assert home.desk.said == []
    assert await home.show(fault="none") == ["return gate-jammed"]


async def test_what_was_acknowledged_before_the_crash_stands_as_long_as_it_lasts() -> None:
    home = await standing(definition(), state=State.ACKNOWLEDGED)
    home.speak(GATE, {"fault": "jammed"})
    await home.rules.turn()
    assert home.desk.said == []
    assert await home.show(fault="none") == ["return gate-jammed"]


async def test_device_that_is_not_heard_after_the_start_changes_nothing() -> None:
    home = await standing(definition())
    assert await home.wait(PATIENCE_S + 60) == []
    home.speak(GATE, {"fault": "none"})
    await home.rules.turn()
    assert home.desk.said == ["return gate-jammed"]


async def test_unknown_is_not_normal_while_a_device_is_offline() -> None:
    home = await house(definition())
    home.speak(GATE, {"fault": "jammed"})
    home.available(GATE, AvailabilityStatus.DISCONNECTED)
    assert await home.wait(5, HOST) == []
    home.available(GATE)
    await home.rules.turn()
    assert home.desk.said == ["raise gate-jammed"]
    home.available(GATE, AvailabilityStatus.DISCONNECTED)
    assert await home.wait(5, HOST) == []


async def test_on_delay_and_off_delay_need_no_news_to_end() -> None:
    home = await house(definition(on_delay_s=5, off_delay_s=7))
    home.speak()
    await home.show(fault="jammed")
    assert await home.wait(4, HOST, GATE) == []
    assert await home.wait(1, HOST) == ["raise gate-jammed"]
    assert await home.show(fault="none") == []
    assert await home.wait(6, HOST) == []
    assert await home.wait(1, HOST) == ["return gate-jammed"]


async def test_chattering_condition_is_one_alarm() -> None:
    home = await house(definition(off_delay_s=10))
    home.speak()
    told: list[str] = []
    for number in range(50):
        told += await home.show(fault="none" if number % 2 else "jammed")
        told += await home.wait(1, HOST)
    assert told == ["raise gate-jammed"]
    assert await home.wait(10, HOST, GATE) == ["return gate-jammed"]


async def test_every_event_of_a_condition_is_told_and_one_returns_it() -> None:
    home = await house(definition(HIT, CLEARED))
    home.speak()
    assert await home.happen("hemei.gate.hit", by="car") == ["raise gate-jammed"]
    assert await home.happen("hemei.gate.hit", by="car") == ["raise gate-jammed"]
    assert await home.happen("hemei.gate.opened") == []
    assert await home.happen("hemei.gate.cleared") == ["return gate-jammed"]
    signal = home.desk.signals[0]
    assert isinstance(signal, Raise)
    assert (signal.event_seq, signal.occurrence) == (1, "")
    assert signal.data["event"]["data"] == {"by": "car"}
    assert signal.trace.committed_ms == signal.trace.received_ms == home.clock.now_ms()


async def test_event_of_a_kind_that_no_definition_is_about_says_nothing() -> None:
    home = await house(definition(HIT, on=Scope(kinds=("door",))))
    home.speak()
    assert await home.happen("hemei.gate.hit") == []
    assert home.rules.counts["events"] == 1


async def test_each_occurrence_of_an_incident_is_its_own_and_nobody_but_a_person_ends_it() -> None:
    home = await house(definition(HIT, CLEARED, kind=Kind.INCIDENT))
    home.speak()
    await home.happen("hemei.gate.hit", ident="a")
    await home.happen("hemei.gate.hit", ident="x" * 256)
    assert await home.happen("hemei.gate.cleared") == []
    occurrences = [signal.occurrence for signal in home.desk.signals if isinstance(signal, Raise)]
    assert occurrences[0] == "a"
    assert len(occurrences[1]) == 64


async def test_level_incident_is_a_case_at_each_edge() -> None:
    home = await house(definition(kind=Kind.INCIDENT))
    home.speak()
    assert await home.show(fault="jammed") == ["raise gate-jammed"]
    assert await home.show(fault="none") == []
    home.clock.advance(1)
    assert await home.show(fault="jammed") == ["raise gate-jammed"]
    first, second = home.desk.signals
    assert first.dedup != second.dedup


async def test_level_incident_that_stands_is_not_told_again_after_the_start() -> None:
    home = await standing(definition(kind=Kind.INCIDENT))
    home.speak(GATE, {"fault": "jammed"})
    await home.rules.turn()
    assert home.desk.said == []


async def test_event_incidents_that_stand_hold_nothing_back() -> None:
    home = await standing(definition(HIT, kind=Kind.INCIDENT), event_seq=1)
    home.speak()
    assert await home.happen("hemei.gate.hit") == ["raise gate-jammed"]


async def test_event_counts_only_while_the_rest_holds() -> None:
    armed = definition(Test(all=(HIT, Test(property="armed"))))
    home = await house(armed)
    home.speak(GATE, {"armed": False})
    assert await home.happen("hemei.gate.hit") == []
    await home.show(armed=True)
    assert await home.happen("hemei.gate.hit") == ["raise gate-jammed"]


async def test_event_returns_what_lasts_but_only_a_new_edge_raises_it() -> None:
    home = await house(definition(returned_by=CLEARED))
    home.speak(GATE, {"fault": "jammed"})
    await home.rules.turn()
    assert await home.happen("hemei.gate.cleared") == ["return gate-jammed"]
    assert await home.show(fault="jammed", other=1) == []
    assert await home.show(fault="none") == []
    assert await home.show(fault="jammed") == ["raise gate-jammed"]


async def test_event_that_returns_after_it_was_normal_leaves_nothing_behind() -> None:
    home = await house(definition(returned_by=CLEARED))
    home.speak(GATE, {"fault": "jammed"})
    await home.rules.turn()
    await home.show(fault="none")
    assert await home.happen("hemei.gate.cleared") == ["return gate-jammed"]
    assert await home.show(fault="jammed") == ["raise gate-jammed"]


async def test_raise_and_return_that_hold_at_once_are_told_once() -> None:
    home = await house(definition(returned_by=Test(property="ok")))
    home.speak(GATE, {"fault": "jammed", "ok": True})
    await home.rules.turn()
    assert home.desk.said == ["raise gate-jammed", "return gate-jammed"]
    assert await home.wait(5, HOST, GATE) == []


async def test_missed_events_are_told_when_their_count_grows() -> None:
    home = await house(definition(Test(missed=True)))
    home.shadows.of(GATE).events_missed = 2
    home.speak()
    assert await home.wait(1, HOST, GATE) == []
    home.shadows.of(GATE).events_missed = 5
    assert await home.show() == ["raise gate-jammed"]
    signal = home.desk.signals[0]
    assert isinstance(signal, Raise)
    assert signal.data["missed"] == {"new": 3, "total": 5}
    assert await home.show(other=1) == []
    home.hearing.committed([done(signal, EntryKind.ACKNOWLEDGED)])
    await home.rules.turn()
    assert home.desk.said[1:] == ["return gate-jammed"]


async def test_missed_events_are_told_even_if_the_device_is_first_heard_with_them() -> None:
    late = Address("hemei", "gate", "late")
    home = await house(definition(Test(missed=True)))
    home.shadows.of(GATE).events_missed = 3
    home.rules.changed(GATE)
    home.rules.remember_missed({GATE: 2, late: 1})
    home.shadows.of(late).events_missed = 1
    home.speak()
    home.speak(late)
    await home.rules.turn()
    assert home.desk.said == ["raise gate-jammed"]
    assert home.desk.signals[0].address == GATE


async def test_what_is_heard_before_the_rules_begin_is_not_lost() -> None:
    home = House(definition())
    home.speak(GATE, {"fault": "jammed"})
    signal = Raise(definition=definition(), address=GATE, area="east", at_ms=0)
    home.desk.alarms = {"1": alarm_of(signal)}
    await home.rules.begin()
    await home.rules.turn()
    assert home.desk.said == []
    assert await home.show(fault="none") == ["return gate-jammed"]


async def test_acknowledged_event_that_nothing_ends_is_over() -> None:
    home = await house(definition(HIT))
    home.speak()
    await home.happen("hemei.gate.hit")
    signal = home.desk.signals[0]
    assert isinstance(signal, Raise)
    home.hearing.committed([done(signal, EntryKind.COMMENTED)])
    home.hearing.committed([done(signal, EntryKind.ACKNOWLEDGED)])
    home.hearing.committed([done(signal, EntryKind.ACKNOWLEDGED)])
    await home.rules.turn()
    assert home.desk.said == ["raise gate-jammed", "return gate-jammed"]


async def test_event_acknowledged_before_a_crash_is_over_after_it() -> None:
    home = await standing(definition(HIT), event_seq=1, state=State.ACKNOWLEDGED)
    await home.rules.turn()
    assert home.desk.said == ["return gate-jammed"]


async def test_forced_close_is_not_raised_again_while_it_lasts() -> None:
    home = await house(definition())
    home.speak(GATE, {"fault": "jammed"})
    await home.rules.turn()
    signal = home.desk.signals[0]
    assert isinstance(signal, Raise)
    home.hearing.committed([done(signal, EntryKind.CLOSED)])
    assert await home.wait(3, HOST, GATE) == []
    assert await home.show(fault="none") == []
    assert await home.show(fault="jammed") == ["raise gate-jammed"]


async def test_what_people_do_about_strangers_is_no_concern() -> None:
    home = await house(definition())
    signal = Raise(definition=definition(), address=DOOR, area=None, at_ms=0)
    home.hearing.committed([done(signal, EntryKind.CLOSED)])
    await home.rules.turn()
    assert home.desk.said == []


async def test_device_taken_away_leaves_no_alarm_behind() -> None:
    home = await house(definition(), definition(HIT, key="gate-hit", on_delay_s=5))
    home.speak(GATE, {"fault": "jammed"})
    await home.happen("hemei.gate.hit")
    home.shadows.remove(GATE)
    home.rules.removed(GATE)
    home.rules.removed(GATE)
    await home.wait(10, HOST)
    assert home.desk.said == ["raise gate-jammed", "return gate-jammed"]
    last = home.desk.signals[-1]
    assert isinstance(last, Return)
    assert last.data == {"reason": "removed"}
    home.speak(GATE, {"fault": "jammed"})
    await home.rules.turn()
    assert home.desk.said[2:] == ["raise gate-jammed"]


async def test_device_put_back_is_a_new_one_whose_old_delays_count_no_more() -> None:
    home = await house(definition(on_delay_s=5))
    home.speak()
    await home.show(fault="jammed")
    await home.wait(3, HOST, GATE)
    home.shadows.remove(GATE)
    home.rules.removed(GATE)
    home.speak(GATE, {"fault": "jammed"})
    assert await home.wait(4, HOST, GATE) == []
    assert await home.wait(30, HOST, GATE) == ["raise gate-jammed"]


async def test_device_that_moves_out_of_the_scope_is_watched_no_longer() -> None:
    home = await house(definition(on=Scope(areas=("east",))))
    home.speak(GATE, {"fault": "jammed"})
    await home.rules.turn()
    home.describe(GATE, described(area="west"))
    await home.rules.turn()
    assert home.desk.said == ["raise gate-jammed", "return gate-jammed"]
    assert home.desk.signals[-1].data == {"reason": "out-of-scope"}
    home.describe(GATE)
    await home.rules.turn()
    assert home.desk.said[2:] == ["raise gate-jammed"]


async def test_alarm_of_a_device_that_no_definition_concerns_any_more_returns() -> None:
    home = await standing(definition(on=Scope(kinds=("door",))))
    home.speak(GATE, {"fault": "jammed"})
    await home.rules.turn()
    assert home.desk.said == ["return gate-jammed"]


async def test_alarms_that_are_over_or_of_no_definition_are_left_alone() -> None:
    home = await standing(definition(), active=False)
    home.speak(GATE, {"fault": "none"})
    await home.rules.turn()
    other = await standing(definition(), key="of-an-older-site-file")
    other.speak(GATE, {"fault": "none"})
    await other.rules.turn()
    assert home.desk.said == other.desk.said == []


async def test_definition_that_is_switched_off_says_nothing() -> None:
    home = await house(definition(enabled=False))
    home.speak(GATE, {"fault": "jammed"})
    assert await home.wait(2, HOST, GATE) == []


async def test_device_that_never_describes_itself_is_watched_after_a_while() -> None:
    home = await house(definition(), definition(key="in-the-east", on=Scope(areas=("east",))))
    home.available(GATE)
    home.state(GATE, {"fault": "jammed"})
    assert await home.wait(PATIENCE_S - 1, HOST, GATE) == []
    assert await home.wait(1, HOST, GATE) == ["raise gate-jammed"]
    assert home.rules.counts["undescribed"] == 1


async def test_event_waits_for_the_description_of_its_device() -> None:
    home = await house(definition(HIT, on=Scope(areas=("east",))))
    assert await home.happen("hemei.gate.hit") == []
    assert await home.happen("hemei.gate.hit") == []
    await home.wait(6)
    assert home.desk.seq == 0
    home.speak()
    assert await home.happen("hemei.gate.hit") == ["raise gate-jammed"] * 3
    assert [signal.event_seq for signal in home.desk.signals] == [1, 2, 3]
    assert home.desk.seq == 3


async def test_event_waits_anew_once_the_broker_is_back() -> None:
    home = await house(definition(HIT, on=Scope(areas=("east",))))
    home.link(online=False)
    home.rules.changed(GATE)
    await home.wait(60)
    home.link(online=True)
    home.shadows.of(GATE)
    assert await home.happen("hemei.gate.hit") == []
    home.describe(GATE)
    await home.rules.turn()
    assert home.desk.said == ["raise gate-jammed"]


async def test_event_of_a_device_that_is_never_heard_is_taken_after_a_while() -> None:
    home = await house(definition(HIT))
    await home.happen("hemei.gate.hit")
    assert await home.wait(PATIENCE_S) == ["raise gate-jammed"]
    home.rules.removed(GATE)
    await home.rules.turn()
    assert home.desk.said[1:] == ["return gate-jammed"]


async def test_event_that_waits_is_taken_when_its_device_is_taken_away() -> None:
    home = await house(definition(HIT))
    await home.happen("hemei.gate.hit")
    home.rules.removed(GATE)
    await home.rules.turn()
    assert home.desk.said == ["raise gate-jammed", "return gate-jammed"]


async def test_the_hub_watches_itself() -> None:
    own = Shadow(HUB, "default")
    home = await house(definition(Test(property="disk", above=95), on=Scope(kinds=("hub",))), own=own)
    own.readings["disk"] = Reading(97, 0, 0.0, 30.0)
    home.rules.own_changed()
    await home.rules.turn()
    assert home.desk.said == ["raise gate-jammed"]
    (await house(definition())).rules.own_changed()


async def test_silent_device_alarms_after_its_interval_and_returns_when_heard() -> None:
    home = await house(OFFLINE)
    home.speak()
    assert await home.wait(11, HOST) == []
    assert await home.wait(1, HOST) == ["raise device-offline"]
    home.state(GATE, {})
    await home.rules.turn()
    assert home.desk.said[1:] == ["return device-offline"]


async def test_device_that_said_that_it_is_gone_alarms_at_once() -> None:
    home = await house(OFFLINE)
    home.speak()
    home.available(GATE, AvailabilityStatus.DISCONNECTED)
    await home.rules.turn()
    assert home.desk.said == ["raise device-offline"]


async def test_device_is_unknown_until_it_proves_itself() -> None:
    home = await house(OFFLINE)
    home.describe(GATE)
    home.available(GATE, AvailabilityStatus.INIT)
    assert await home.wait(60, HOST) == []
    home.available(GATE)
    await home.rules.turn()
    assert home.desk.said == ["raise device-offline"]


async def test_start_of_a_device_is_no_false_alarm_in_any_order_of_its_messages() -> None:
    home = await house(OFFLINE)
    home.available(GATE)
    await home.rules.turn()
    home.describe(GATE)
    await home.rules.turn()
    assert home.shadows.of(GATE).connectivity is Connectivity.DEVICE_OFFLINE
    home.state(GATE, {})
    assert await home.wait(30, HOST, GATE) == []


async def test_lost_broker_raises_nothing_per_device_and_neither_does_its_return() -> None:
    stale = definition(Test(stale="fault"), key="too-old")
    home = await house(OFFLINE, stale)
    home.speak(GATE, {"fault": "none"})
    home.link(online=False)
    assert await home.wait(600) == []
    home.link(online=True)
    assert home.shadows.of(GATE).connectivity is Connectivity.DRIVER_OFFLINE
    await home.rules.turn()
    home.available(HOST, READY)
    home.state(HOST, {})
    await home.rules.turn()
    assert home.shadows.of(GATE).connectivity is Connectivity.DEVICE_OFFLINE
    home.clock.advance(1)
    home.state(GATE, {"fault": "none"})
    assert await home.wait(60, HOST, GATE) == []


async def test_device_that_went_silent_while_the_broker_was_away_alarms_after_it() -> None:
    home = await house(OFFLINE)
    home.speak()
    home.link(online=False)
    await home.wait(600)
    home.link(online=True)
    assert await home.wait(10, HOST) == []
    assert await home.wait(1, HOST) == ["raise device-offline"]


async def test_lost_driver_host_is_not_the_device_s_fault() -> None:
    lost = definition(Test(connectivity=("driver-offline",)), key="driver-lost", on=Scope(kinds=("driver",)))
    home = await house(OFFLINE, lost)
    home.speak()
    home.available(HOST, AvailabilityStatus.LOST)
    assert await home.wait(60) == ["raise driver-lost"]


async def test_fault_in_the_rules_themselves_is_counted_and_stops_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    home = await house(definition(), definition(Test(all=(Test(property="x"), HIT)), key="hit"))
    home.speak(DOOR)
    await home.rules.turn()
    home.shadows.of(DOOR).readings = None  # type: ignore[assignment]  # what no driver can do
    home.rules.changed(DOOR)
    home.speak(GATE, {"fault": "jammed"})
    home.rules.committed([home.ledger.add(DOOR, "hemei.gate.hit")])
    await home.rules.turn()
    assert home.desk.said == ["raise gate-jammed"]
    assert home.rules.counts["faults"] == 2
    assert "the rules failed at hemei/door/d1" in caplog.text
