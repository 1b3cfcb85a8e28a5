"""One condition: on delay, off delay, edges. A chattering one tells nothing new."""

from hypothesis import given
from hypothesis import strategies as st

from hub.alarms.definition import Kind, Test
from hub.alarms.rules.comparing import Truth
from hub.alarms.rules.condition import Condition, Phase, Step
from hub.alarms.rules.occasion import NOTHING, Happening, Occasion
from hub.alarms.rules.watch import Watch
from tests.hub.alarms.rules.house import GATE, definition

HIT, CLEARED = Test(event="hit"), Test(event="cleared")


def condition(*args: Test, **fields: object) -> Condition:
    return Condition(Watch(definition(*args, **fields)))


def event(seq: int = 1, type_: str = "hit") -> Occasion:
    return Occasion(
        happening=Happening(
            seq=seq,
            address=GATE,
            id=str(seq),
            type=type_,
            data={},
            time_ms=0,
            received_ms=0,
            committed_ms=0,
            at=0.0,
        )
    )


def say(step: Step | None) -> str | None:
    return None if step is None else "raise" if step.raised else "return"


def run(of: Condition, *looks: tuple[float, Truth], returns: Truth = None) -> list[tuple[float, str]]:
    steps = [(at, say(of.level(holds, returns, at))) for at, holds in looks]
    return [(at, step) for at, step in steps if step is not None]


def test_first_raise_is_at_once() -> None:
    assert run(condition(), (0, True), (1, True), (2, False)) == [(0, "raise"), (2, "return")]


def test_on_delay_begins_anew_with_each_pause() -> None:
    slow = condition(on_delay_s=10)
    looks = [(0, True), (9, True), (9.5, False), (10, True), (19, True), (20, True)]
    assert run(slow, *looks) == [(20, "raise")]


def test_off_delay_holds_until_it_has_been_quiet_for_that_long() -> None:
    jumpy = condition(off_delay_s=10)
    looks = [(float(at), at % 2 == 0) for at in range(40)]
    assert run(jumpy, *looks, (48.9, False), (49, False)) == [(0, "raise"), (49, "return")]
    assert jumpy.phase is Phase.REST


def test_unknown_neither_raises_nor_returns() -> None:
    slow = condition(on_delay_s=10, off_delay_s=10)
    assert run(slow, (0, None), (1, True), (2, None), (20, None)) == []
    assert run(slow, (21, True)) == [(21, "raise")]
    assert run(slow, (30, False), (35, None), (60, None), (61, False), (70, False)) == []
    assert run(slow, (71, False)) == [(71, "return")]


def test_silence_counts_only_once_the_device_could_have_spoken() -> None:
    silent = condition(on_delay_s=2)
    assert silent.level(True, None, 0.0, ready_at=11.0) is None
    assert silent.due == 11.0
    assert silent.level(True, None, 5.0, ready_at=14.0) is None
    assert say(silent.level(True, None, 14.0, ready_at=14.0)) == "raise"


def test_returned_by_another_test_it_raises_again_only_after_it_was_normal() -> None:
    latched = condition(Test(property="fault"), Test(property="reset"))
    assert say(latched.level(True, False, 0)) == "raise"
    assert latched.level(False, False, 1) is None
    assert latched.level(True, None, 2) is None
    assert say(latched.level(True, True, 3)) == "return"
    assert latched.phase is Phase.SPENT
    assert latched.level(True, False, 4) is None
    assert latched.level(False, False, 5) is None
    assert say(latched.level(True, False, 6)) == "raise"


def test_return_that_does_not_last_for_the_off_delay_is_none() -> None:
    latched = condition(Test(property="fault"), Test(property="reset"), off_delay_s=5)
    assert say(latched.level(True, False, 0)) == "raise"
    assert latched.level(True, True, 1) is None
    assert latched.level(True, False, 2) is None
    assert latched.phase is Phase.RAISED


def test_each_event_is_told_and_another_event_returns_it() -> None:
    hit = condition(HIT, CLEARED)
    assert say(hit.pulse(event(1), 0)) == "raise"
    assert say(hit.pulse(event(2), 1)) == "raise"
    assert say(hit.over(event(3), 2)) == "return"
    assert hit.over(event(4), 3) is None
    assert hit.phase is Phase.REST


def test_event_with_on_delay_is_withdrawn_by_its_opposite() -> None:
    left_open = condition(HIT, CLEARED, on_delay_s=30)
    assert left_open.pulse(event(1), 0) is None
    assert left_open.keeps == 1
    assert left_open.pulse(event(2), 5) is None
    assert left_open.over(event(3), 29) is None
    assert left_open.keeps is None
    assert left_open.settle(100) is None
    assert left_open.pulse(event(4), 100) is None
    step = left_open.settle(130)
    assert step is not None
    assert (step.raised, step.occasion.seq) == (True, 4)


def test_event_with_off_delay_returns_after_it_unless_it_happens_again() -> None:
    hit = condition(HIT, CLEARED, off_delay_s=10)
    hit.pulse(event(1), 0)
    assert hit.over(event(2), 1) is None
    assert hit.keeps == 2
    assert hit.over(event(3), 5) is None
    assert hit.due == 11
    assert say(hit.pulse(event(4), 6)) == "raise"
    assert hit.settle(20) is None
    hit.over(event(5), 20)
    step = hit.settle(30)
    assert step is not None
    assert (step.raised, step.occasion.seq) == (False, 5)


def test_waiting_event_is_withdrawn_by_what_lasts() -> None:
    left_open = condition(HIT, Test(property="closed"), on_delay_s=30)
    left_open.pulse(event(), 0)
    assert left_open.level(False, None, 1) is None
    assert left_open.phase is Phase.RISING
    assert left_open.level(False, True, 2) is None
    assert left_open.phase is Phase.REST


def test_event_that_nobody_says_is_over_returns_after_quiet() -> None:
    smoke = condition(HIT, off_delay_s=5)
    assert say(smoke.pulse(event(1), 0)) == "raise"
    assert say(smoke.pulse(event(2), 4)) == "raise"
    assert smoke.keeps is None
    assert smoke.settle(8.9) is None
    assert say(smoke.settle(9)) == "return"


def test_event_that_nothing_ends_is_over_once_somebody_knows() -> None:
    hit = condition(HIT)
    assert hit.dismiss() is None
    hit.pulse(event(), 0)
    assert hit.settle(10_000) is None
    assert say(hit.dismiss()) == "return"
    assert hit.phase is Phase.REST


def test_what_lasts_is_not_over_because_somebody_knows() -> None:
    jammed = condition()
    jammed.level(True, None, 0)
    assert jammed.dismiss() is None
    assert jammed.phase is Phase.RAISED


def test_closed_by_force_it_is_not_raised_again_while_it_lasts() -> None:
    jammed = condition()
    jammed.level(True, None, 0)
    jammed.let_go()
    assert run(jammed, (1, True), (2, True), (3, False), (4, True)) == [(4, "raise")]
    hit = condition(HIT)
    hit.let_go()
    hit.pulse(event(), 0)
    hit.let_go()
    assert hit.phase is Phase.REST


def test_incident_tells_every_event_at_once() -> None:
    falling = condition(HIT, kind=Kind.INCIDENT, on_delay_s=30)
    assert [say(falling.pulse(event(seq), 0)) for seq in (1, 2)] == ["raise", "raise"]
    assert falling.phase is Phase.REST


def test_mixed_condition_lasts_as_long_as_what_lasts() -> None:
    smoke = condition(Test(any=(HIT, Test(property="smoke"))), off_delay_s=5)
    assert say(smoke.pulse(event(), 0)) == "raise"
    assert smoke.level(False, None, 1) is None
    assert smoke.level(True, None, 2) is None
    assert smoke.level(True, None, 50) is None
    assert smoke.level(False, None, 60) is None
    assert say(smoke.level(False, None, 65)) == "return"


def test_what_lasts_after_an_event_still_ends_by_its_own_test() -> None:
    smoke = condition(Test(any=(HIT, Test(property="smoke"))), Test(property="clear"))
    assert say(smoke.pulse(event(), 0)) == "raise"
    assert smoke.level(True, False, 1) is None
    assert smoke.level(False, False, 2) is None
    assert say(smoke.level(False, True, 3)) == "return"


def test_event_hurries_a_condition_that_waits() -> None:
    smoke = condition(Test(any=(HIT, Test(property="smoke"))), on_delay_s=10)
    smoke.level(True, None, 0)
    assert smoke.pulse(event(), 5) is None
    assert smoke.due == 10
    assert smoke.level(False, None, 10) is None
    assert say(smoke.settle(10)) == "raise"


def test_event_returns_what_lasts_and_it_stays_so() -> None:
    jammed = condition(Test(property="fault"), CLEARED)
    jammed.level(True, None, 0)
    assert say(jammed.over(event(1), 1)) == "return"
    assert jammed.level(True, None, 2) is None
    assert jammed.level(None, None, 3) is None
    assert say(jammed.level(True, None, 4)) == "raise"


def test_standing_condition_ignores_returns_from_before_its_last_raise() -> None:
    hit = Condition.standing(Watch(definition(HIT, CLEARED)), 7, 0.0)
    assert hit.over(event(6), 0) is None
    assert say(hit.over(event(8), 0)) == "return"


def test_standing_condition_goes_on() -> None:
    jammed = Condition.standing(Watch(definition()), None, 0.0)
    assert jammed.level(None, None, 0) is None
    assert jammed.level(True, None, 1) is None
    assert say(jammed.level(False, None, 2)) == "return"
    smoke = Condition.standing(Watch(definition(HIT, off_delay_s=5)), 3, 0.0)
    assert say(smoke.settle(5)) == "return"
    missed = Condition.standing(Watch(definition(Test(missed=True))), None, 0.0)
    assert missed.level(False, None, 1) is None
    assert say(missed.dismiss()) == "return"


LOOKS = st.lists(st.tuples(st.floats(0.1, 5), st.sampled_from([True, False, None])), max_size=60)


@given(LOOKS, st.floats(0, 10), st.floats(0, 10))
def test_edges_alternate_and_keep_their_delays(
    looks: list[tuple[float, Truth]], on_delay_s: float, off_delay_s: float
) -> None:
    of = condition(on_delay_s=on_delay_s, off_delay_s=off_delay_s)
    now, up = 0.0, False
    since_not_false: float | None = None
    quiet_since: float | None = None
    for pause, holds in looks:
        now += pause
        if holds is False:
            since_not_false = None
        elif holds is True and since_not_false is None:
            since_not_false = now
        quiet_since = (quiet_since if quiet_since is not None else now) if holds is False else None
        step = of.level(holds, None, now)
        if step is None:
            continue
        assert step.raised is not up
        up = step.raised
        if up:
            assert holds is True
            assert since_not_false is not None
            assert now - since_not_false >= on_delay_s - 1e-9
        else:
            assert quiet_since is not None
            assert now - quiet_since >= off_delay_s - 1e-9
    assert of.occasion is NOTHING
