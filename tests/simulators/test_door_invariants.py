"""Whatever anybody does to a door, in whatever order: what must always hold."""

from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.door.physics import CONTACT_AT, WIDE
from simulators.osdp.words import Command, OutputCode, Reply
from tests.simulators.thresholds import DoorOnBench

FAULTS = sorted(DoorOnBench().door.faults)
HAPPENINGS = sorted(DoorOnBench().door.happenings)
UNREACHABLE = {"power-loss", "silent", "garbage", "wrong-key"}
outputs = st.tuples(st.sampled_from(OutputCode), st.integers(0, 50))
deeds = st.lists(
    st.one_of(
        outputs,
        st.sampled_from(FAULTS),
        st.sampled_from(HAPPENINGS),
        st.floats(0.01, 0.1),
        st.integers(1, 60),
    ),
    max_size=30,
)


class Watched:
    """A door of which every step is looked at."""

    def __init__(self, *, fail_safe: bool = False, passes_per_hour: float = 0.0) -> None:
        self.bench = DoorOnBench(fail_safe=fail_safe, passes_per_hour=passes_per_hour)
        self.was_closed = True

    def step(self, dt_s: float) -> None:
        self.bench.clock.advance(dt_s)
        self.bench.door.step(dt_s)
        self.check()

    def check(self) -> None:
        door, truth = self.bench.door, self.bench.door.inspect()
        assert 0 <= door.leaf.angle <= WIDE
        assert (truth["leaf"] == "closed") == (door.leaf.angle == 0)
        if self.was_closed and door.leaf.angle > 0:
            assert truth["unlocked"] or door.leaf.forced, "nothing opens a door that is held"
        self.was_closed = door.leaf.angle == 0
        if not door.contact.stuck:
            assert truth["contact_open"] == (door.leaf.angle > CONTACT_AT)
        if not truth["powered"]:
            assert not truth["strike_active"]
            assert not truth["online"]
        if truth["person"] == "nowhere":
            assert not truth["exit_pressed"]
            assert not door.leaf.pushed

    def do(self, deed: object) -> None:
        door = self.bench.door
        if isinstance(deed, tuple):
            if UNREACHABLE.isdisjoint(door.inspect()["faults"]):
                self.bench.output(deed[0], deed[1] / 10)
        elif isinstance(deed, float):
            self.step(deed)
        elif isinstance(deed, int):
            for _ in range(deed):
                self.step(0.1)
        elif deed in FAULTS:
            door.fault(str(deed))
        else:
            door.happen(str(deed))


@given(deeds, st.booleans(), st.booleans())
@settings(deadline=None, max_examples=60)
def test_locked_means_closed_and_contact_and_leaf_agree(
    story: list[object], fail_safe: bool, busy: bool
) -> None:
    watched = Watched(fail_safe=fail_safe, passes_per_hour=300 if busy else 0)
    for deed in story:
        watched.do(deed)


@given(deeds)
@settings(deadline=None, max_examples=40)
def test_after_a_repair_every_door_lets_in_and_falls_shut(story: list[object]) -> None:
    watched = Watched()
    for deed in story:
        watched.do(deed)
    bench = watched.bench
    bench.door.fault("none")
    bench.door.happen("fire-ends")
    bench.output(OutputCode.OFF, 0)
    bench.until(lambda: not bench["waiting"], within_s=90)
    bench.door.happen("door-closes")
    bench.until(lambda: bench["leaf"] == "closed")
    bench.let(0.5)
    assert (bench["faults"], bench["leaf"], bench["unlocked"]) == ([], "closed", False)
    before = bench["passed"]
    bench.door.happen("card-known")
    bench.output()
    bench.until(lambda: bench["passed"] == before + 1)
    bench.door.happen("door-closes")
    bench.until(lambda: bench["leaf"] == "closed")


@given(st.lists(st.tuples(st.sampled_from(OutputCode), st.integers(0, 30), st.integers(0, 40)), max_size=20))
@settings(deadline=None)
def test_the_output_is_what_osdp_says_that_it_is(told: list[tuple[OutputCode, int, int]]) -> None:
    """Against a second, plainer reading of the table of control codes: a permanent state and a deadline."""
    bench, now, resting, until, timed = DoorOnBench(), 0, False, 0, False
    for code, tenths, pause in told:
        bench.output(code, tenths / 10)
        if code in (OutputCode.OFF, OutputCode.ON):
            resting, until = code is OutputCode.ON, 0
        elif code in (OutputCode.OFF_AFTER_TIMER, OutputCode.ON_AFTER_TIMER):
            resting = code is OutputCode.ON_AFTER_TIMER
        elif code in (OutputCode.ON_FOR, OutputCode.OFF_FOR):
            timed, until = code is OutputCode.ON_FOR, now + tenths
            if not tenths:
                resting, until = timed, 0
        assert bench["strike_active"] == (timed if until > now else resting)
        for _ in range(pause):
            bench.door.step(0.1)
        now += pause
        assert bench["strike_active"] == (timed if until > now else resting)


def test_every_state_is_told_at_the_first_poll_and_then_only_when_it_changes() -> None:
    bench = DoorOnBench()
    assert [frame.code for frame in bench.polled()] == [Reply.LSTATR, Reply.ISTATR, Reply.OSTATR]
    assert bench.polled() == []
    bench.door.fault("tamper")
    assert [(frame.code, frame.data) for frame in bench.polled()] == [(Reply.LSTATR, b"\1\0")]
    assert bench.tell(Command.LSTAT).data == b"\1\0"
