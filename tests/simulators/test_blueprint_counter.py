"""What the call counter keeps and sends: numbers without gaps, none forgotten, none too many at once."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from simulators.blueprint.counter import MEMORY, WINDOW, Counter
from simulators.blueprint.memory import Memory


def numbers(counter: Counter) -> list[int]:
    return [number for number, _ in counter.take()]


def test_the_rate_is_kept_over_uneven_steps() -> None:
    counter = Counter(pulses_per_s=200, pulses_total=None)
    for step in range(100):
        counter.step(0.05 if step % 2 else 0.033, 0)
    assert counter.counted == 830


def test_it_stops_at_the_total() -> None:
    counter = Counter(pulses_per_s=10, pulses_total=25)
    counter.step(60, 0)
    assert numbers(counter) == list(range(1, 26))


def test_no_more_than_a_window_is_outstanding() -> None:
    counter = Counter(pulses_per_s=1000, pulses_total=None)
    counter.step(1, 0)
    assert len(numbers(counter)) == WINDOW
    assert numbers(counter) == []
    counter.acknowledge(10)
    assert numbers(counter) == list(range(WINDOW + 1, WINDOW + 11))


def test_after_a_reconnect_it_goes_back_to_the_last_acknowledged() -> None:
    counter = Counter(pulses_per_s=1, pulses_total=None)
    counter.step(5, 1000)
    counter.take()
    counter.acknowledge(2)
    counter.go_back()
    assert counter.take() == [(3, 1000), (4, 1000), (5, 1000)]


def test_a_full_memory_stops_counting_and_loses_nothing() -> None:
    counter = Counter(pulses_per_s=MEMORY, pulses_total=None)
    counter.step(2, 0)
    assert counter.counted == MEMORY
    counter.acknowledge(MEMORY)
    counter.count(0)
    assert numbers(counter) == [MEMORY + 1]


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("count"), st.integers(1, 700)),
            st.tuples(st.just("acknowledge"), st.integers(0, 3000)),
            st.just(("go back", 0)),
        ),
        max_size=30,
    )
)
def test_what_is_received_has_no_gap_and_the_window_holds(deeds: list[tuple[str, int]]) -> None:
    counter = Counter(pulses_per_s=0, pulses_total=None)
    received = 0
    for deed, size in deeds:
        if deed == "count":
            for _ in range(size):
                counter.count(size)
        elif deed == "acknowledge":
            counter.acknowledge(min(size, received))
        else:
            counter.go_back()
            received = counter.acked
        for number in numbers(counter):
            assert number == received + 1
            received = number
        assert counter.sent - counter.acked <= WINDOW
        assert counter.acked <= counter.sent <= counter.counted


def test_an_acknowledgement_from_before_a_loss_of_memory_is_believed() -> None:
    counter = Counter(pulses_per_s=1, pulses_total=None, acked=100)
    counter.step(3, 0)
    counter.acknowledge(150)
    counter.step(1, 0)
    assert numbers(counter) == [151]


def test_the_memory_outlives_its_owner(tmp_path: Path) -> None:
    first = Memory(tmp_path / "below" / "acked")
    assert first.recall() == 0
    for number in (9, 10, 1234):
        first.remember(number)
    assert Memory(tmp_path / "below" / "acked").recall() == 1234
    first.close()


def test_without_a_file_nothing_is_remembered() -> None:
    memory = Memory(None)
    memory.remember(5)
    assert memory.recall() == 0
    memory.close()
