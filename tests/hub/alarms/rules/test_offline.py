"""A device that falls silent is found in time, and is well again as soon as it is heard: always."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from contract.topics import Address
from hub.alarms.definition import Scope, Test
from hub.shadows.registry import CHECK_INTERVAL_S
from tests.hub.alarms.rules.house import GATE, HOST, House, definition, described

STEP_S = 0.5
HEARTBEAT_S = 4.0
LATE = Address("hemei", "gate", "late")
OFFLINE = definition(
    Test(connectivity=("device-offline",)), key="device-offline", on=Scope(kinds=("gate",)), on_delay_s=2
)

SILENCES = st.lists(
    st.tuples(st.sampled_from([0.5, 1.0, 2.0, 3.5, 4.0]), st.floats(0, 40).map(lambda s: round(s * 2) / 2)),
    min_size=1,
    max_size=6,
)
"""Now a while of speech every so many seconds, now a silence of so many."""


async def live(address: Address, silences: list[tuple[float, float]], added_at: float) -> None:
    home = House(OFFLINE)
    await home.rules.begin()
    await home.wait(added_at, HOST, step_s=STEP_S)
    home.speak(address, {}, described(heartbeat_s=HEARTBEAT_S))
    heard_at = home.clock.monotonic()
    latest_s = HEARTBEAT_S + CHECK_INTERVAL_S + OFFLINE.on_delay_s + CHECK_INTERVAL_S

    async def step(*, speaks: bool) -> None:
        nonlocal heard_at
        await home.wait(STEP_S, HOST, *([address] if speaks else []), step_s=STEP_S)
        now = home.clock.monotonic()
        heard_at = now if speaks else heard_at
        offline = bool(home.desk.active())
        if now - heard_at > latest_s:
            assert offline, f"silent for {now - heard_at} s"
        if now - heard_at <= HEARTBEAT_S + OFFLINE.on_delay_s:
            assert not offline, f"silent for no more than {now - heard_at} s"

    for every_s, silence_s in silences:
        for number in range(1, 13):
            await step(speaks=number % round(every_s / STEP_S) == 0)
        for _ in range(round(silence_s / STEP_S)):
            await step(speaks=False)


@settings(max_examples=30, deadline=None)
@given(SILENCES)
def test_silence_is_found_in_time_and_always_clears(silences: list[tuple[float, float]]) -> None:
    asyncio.run(live(GATE, silences, 0))


@settings(max_examples=10, deadline=None)
@given(SILENCES, st.sampled_from([3.0, 100.0]))
def test_also_for_devices_added_after_the_start(silences: list[tuple[float, float]], added_at: float) -> None:
    asyncio.run(live(LATE, silences, added_at))
