"""The ring of packets and its time: whatever the camera's clock does, and within its bounds."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import DeviceError
from drivers.camera.clips import cut_clip
from drivers.camera.ring import Ring, Timeline
from drivers.camera.stream import TICKS, Format, Packet

STEP = TICKS // 10


def stream(ring: Ring, seconds: int, *, begin: int = 0, size: int = 100, group: int = 10) -> None:
    """Add ten pictures a second, a key picture every `group`."""
    for number in range(seconds * 10):
        ring.add(Packet(bytes(size), begin + number * STEP, number % group == 0))


def test_it_keeps_whole_groups_for_its_seconds() -> None:
    ring = Ring(10, 10**9)
    stream(ring, 60, group=20)
    kept = ring.cut(0, 10**9)
    assert kept[0].packet.key
    assert 10 <= ring.end - kept[0].at <= 12
    assert ring.size == len(kept) * 100


def test_a_cut_begins_at_the_key_picture_before() -> None:
    ring = Ring(30, 10**9)
    stream(ring, 30)
    kept = ring.cut(10.55, 12.0)
    assert kept[0].packet.key
    assert kept[0].at == pytest.approx(10.0, abs=0.05)
    assert kept[-1].at == pytest.approx(12.0, abs=0.11)


def test_what_is_held_is_kept_longer() -> None:
    ring = Ring(5, 10**9)
    stream(ring, 10)
    since = ring.end - 4
    with ring.holding(since):
        stream(ring, 10, begin=10 * TICKS)
        assert ring.cut(since, ring.end)[0].at <= since
    stream(ring, 2, begin=20 * TICKS)
    assert ring.cut(since, ring.end)[0].at > since


def test_bytes_bound_it_whatever_is_held() -> None:
    ring = Ring(60, 10_000)
    with ring.holding(0):
        stream(ring, 60)
    assert ring.size <= 10_000
    huge = Ring(60, 10_000)
    huge.add(Packet(bytes(20_000), 0, True))
    assert huge.cut(0, 10) == []


def test_nothing_before_the_first_key_picture() -> None:
    ring = Ring(10, 10**9)
    ring.add(Packet(b"x", 0, False))
    assert ring.cut(0, 10) == []


@pytest.mark.parametrize("jump", [-(2**32), -50 * TICKS, 400 * TICKS, 2**32])
def test_a_camera_that_sets_its_clock_makes_no_gap(jump: int) -> None:
    ring = Ring(60, 10**9)
    stream(ring, 10)
    stream(ring, 10, begin=100 * STEP + jump)
    times = [kept.at for kept in ring.cut(0, 10**9)]
    assert max(later - earlier for earlier, later in pairwise(times)) < 0.2
    assert times == sorted(times)
    assert times[-1] - times[0] == pytest.approx(19.9, abs=0.2)


def test_reordered_pictures_keep_their_times() -> None:
    line = Timeline()
    shown = [0, 3, 1, 2, 6, 4, 5]
    times = [line.place(each * STEP) for each in shown]
    assert [round((at - times[0]) * 10) for at in times] == shown


@given(st.lists(st.one_of(st.none(), st.integers(-(2**40), 2**40)), max_size=60))
def test_time_goes_on_whatever_a_camera_says(stamps: list[int | None]) -> None:
    line = Timeline()
    times = [line.place(each) for each in stamps]
    reached = 0.0
    for at in times:
        assert reached - 1.001 <= at <= reached + 5.001
        reached = max(reached, at)


@given(st.lists(st.tuples(st.integers(0, 3000), st.booleans(), st.integers(-(2**34), 2**34)), max_size=80))
def test_its_bounds_hold_whatever_comes(packets: list[tuple[int, bool, int]]) -> None:
    ring = Ring(2, 8000)
    for size, key, ticks in packets:
        ring.add(Packet(bytes(size), ticks, key))
        kept = ring.cut(float("-inf"), float("inf"))
        assert ring.size == sum(len(each.packet.data) for each in kept) <= 8000
        assert not kept or kept[0].packet.key


def test_a_clip_of_what_no_mp4_holds_or_of_nothing_is_refused() -> None:
    ring = Ring(10, 10**9)
    for form, code in ((Format("mjpeg", 8, 8, b""), "not-supported"), (Format("h264", 8, 8, b""), "no-clip")):
        with pytest.raises(DeviceError) as refused:
            asyncio.run(cut_clip(ring, form, 0, 5, 0))
        assert refused.value.code == code
