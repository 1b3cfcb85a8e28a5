"""`hemei bench live`: how old the news are on one screen, and on many at once, while alarms come.

First one viewer, then all of them, on the same hub; each population sees a load of its own.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from hemei.bench.alarms import DEFINITION, Stretch, addresses, all_stored, plan_of
from hemei.bench.audience import Audience
from hemei.bench.clock import BenchClock
from hemei.bench.crowd import STEP_MS, Counted, ViewerSeen
from hemei.bench.ingest import describe, load_with, publish_things
from hemei.bench.load import Outcome
from hemei.bench.machine import Machine
from hemei.bench.resources import Meter, Usage
from hemei.bench.target import Target, private_target
from hemei.toml_text import toml_table

P99_LIMIT_MS: Final = 50.0
"""What all viewers together must keep."""
WARM_UP_S: Final = 2.0


class LiveQuestion(Struct, frozen=True, kw_only=True):
    """What is asked: `rate` messages and `alarms` alarms a second for `seconds`, seen by `viewers`."""

    viewers: int
    rate: float
    alarms: float
    devices: int
    seconds: float

    @property
    def warm_up_ms(self) -> float:
        """How long latencies do not count yet."""
        return min(WARM_UP_S, self.seconds / 4) * 1000


class Population(Struct, frozen=True, kw_only=True):
    """What so many viewers saw at once.

    `least_seen`: values seen by whoever saw least; fewer than `published` where the hub put changes of one
    device together. `alarms_missed`, `alarms_twice`: summed over viewers. `hub_cores`: of one core.
    """

    viewers: int
    published: int
    least_seen: int
    p50_ms: float | None
    p99_ms: float | None
    worst_p99_ms: float | None
    longest_ms: float | None
    alarms: int
    alarms_missed: int
    alarms_twice: int
    snapshots: int
    cut_off: int
    hub_cores: float
    hub_peak_mib: float
    generator_late_ms: float
    processes: dict[str, Usage]


class LiveAnswer(Struct, frozen=True, kw_only=True):
    """What was measured; `within`: p99 is at most `P99_LIMIT_MS`, and every viewer saw every alarm once."""

    viewers: int
    rate: float
    alarms: float
    devices: int
    seconds: float
    machine: Machine
    populations: list[Population]
    within: bool


async def measure(question: LiveQuestion) -> LiveAnswer:
    """Run the benchmark on a site of its own."""
    machine = await Machine.now()
    async with private_target(toml_table("[[alarm]]", DEFINITION)) as site:
        await publish_things(site, addresses(question.devices), describe)
        populations: list[Population] = []
        for viewers in sorted({1, question.viewers}):
            before = sum(each.alarms for each in populations)
            populations.append(await _measure(site, question, viewers, before))
    return LiveAnswer(
        viewers=question.viewers,
        rate=question.rate,
        alarms=question.alarms,
        devices=question.devices,
        seconds=question.seconds,
        machine=machine,
        populations=populations,
        within=all(_well(each) for each in populations),
    )


def _well(seen: Population) -> bool:
    exactly_once = seen.alarms_missed == seen.alarms_twice == seen.cut_off == 0
    return exactly_once and seen.p99_ms is not None and seen.p99_ms <= P99_LIMIT_MS


async def _measure(target: Target, question: LiveQuestion, viewers: int, alarms_before: int) -> Population:
    meter, clock = Meter(), BenchClock.measured()
    async with Audience(target, clock, meter) as audience:
        await audience.gather(viewers)
        for name, pid in target.processes.items():
            meter.add(name, pid)
        stretch = Stretch.soon(question.devices, question.seconds, clock)
        audience.count(Counted(start_ms=stretch.start_ms, from_ms=stretch.start_ms + question.warm_up_ms))
        async with meter.looking():
            news = load_with(plan_of(target, stretch, question.rate, alarms=False), meter)
            alarms = load_with(plan_of(target, stretch, question.alarms, alarms=True), meter, "alarms")
            published, raised = await asyncio.gather(news, alarms)
        stored = await all_stored(target, alarms_before + raised.sent) - alarms_before
        return _population(await audience.seen(), (published, raised), stored, meter, question.seconds)


def _population(
    seen: list[ViewerSeen], outcomes: tuple[Outcome, Outcome], stored: int, meter: Meter, seconds: float
) -> Population:
    published, raised = outcomes
    steps = sum((Counter(each.steps) for each in seen), Counter[int]())
    hub = meter.usage["hub"]
    return Population(
        viewers=len(seen),
        published=published.sent + raised.sent,
        least_seen=min(each.changes for each in seen),
        p50_ms=quantile(steps, 0.5),
        p99_ms=quantile(steps, 0.99),
        worst_p99_ms=max(filter(None, (quantile(each.steps, 0.99) for each in seen)), default=None),
        longest_ms=quantile(steps, 1.0),
        alarms=stored,
        alarms_missed=sum(raised.sent - each.alarms for each in seen),
        alarms_twice=sum(each.twice for each in seen),
        snapshots=sum(each.snapshots for each in seen) - len(seen),
        cut_off=sum(each.cut_off for each in seen),
        hub_cores=round(hub.cpu_s / seconds, 3),
        hub_peak_mib=hub.rss_peak_mib,
        generator_late_ms=published.late_ms,
        processes=meter.usage,
    )


def quantile(steps: Mapping[int, int], share: float) -> float | None:
    """Return, in ms, the fewest steps that at least `share` of all latencies do not exceed (nearest rank)."""
    wanted = -(-sum(steps.values()) * share // 1)
    passed = 0
    for step in sorted(steps):
        passed += steps[step]
        if passed >= wanted:
            return round(step * STEP_MS, 1)
    return None
