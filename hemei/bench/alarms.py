"""`hemei bench alarms`: alarms under load, from the event on the wire to the frame on a screen."""

import asyncio
import time
from typing import Final, Self

from msgspec import Struct
from sqlalchemy import create_engine, func, select

from contract.topics import Address
from hemei.bench.clock import BenchClock
from hemei.bench.ingest import KIND, describe, load_with, publish_things, viewer_of
from hemei.bench.load import Outcome, Plan
from hemei.bench.packets import EVENT_TYPE
from hemei.bench.resources import Meter, Usage
from hemei.bench.target import Target, private_target
from hemei.bench.viewer import AlarmsSeen
from hemei.settings import ledger_url
from hemei.toml_text import toml_table
from hub.alarms.schema import alarms

KEY: Final = "bench-alarm"
HEAD_START_S: Final = 1.0
WARM_UP_S: Final = 2.0
SETTLE_S: Final = 10.0
"""So long after the last event, an alarm that is not in the ledger is lost."""

LOOK_EVERY_S: Final = 0.05
DEFINITION: Final = {
    "key": KEY,
    "title": {"zh-CN": "性能测试报警", "en": "Benchmark alarm"},
    "priority": "low",
    "kind": "incident",
    "on": {"kinds": [KIND]},
    "raise": {"event": EVENT_TYPE},
}
"""Each event of the load is a case of its own."""


class Stretch(Struct, frozen=True, kw_only=True):
    """A stretch of load: over `devices` devices for `seconds`, the first message due at `start_ms`."""

    devices: int
    seconds: float
    start_ms: float
    clock: BenchClock

    @classmethod
    def soon(cls, devices: int, seconds: float, clock: BenchClock) -> Self:
        """Begin once whoever sends had time to start."""
        start_ms = float(round(clock.now_ms() + HEAD_START_S * 1000))
        return cls(devices=devices, seconds=seconds, start_ms=start_ms, clock=clock)


class AlarmQuestion(Struct, frozen=True, kw_only=True):
    """What is asked: `alarms` and `background` messages a second, on `devices` devices, for `seconds`."""

    alarms: float
    background: float
    devices: int
    seconds: float


class AlarmAnswer(Struct, frozen=True, kw_only=True):
    """What was measured. `lost`: events without an alarm in the ledger; `unseen`: alarms no frame showed."""

    alarms: float
    background: float
    devices: int
    seconds: float
    sent: int
    lost: int
    unseen: int
    twice: int
    out_of_order: int
    p50_ms: float | None
    p99_ms: float | None
    longest_ms: float | None
    background_sent: int
    generator_late_ms: float
    processes: dict[str, Usage]


async def measure(question: AlarmQuestion) -> AlarmAnswer:
    """Run the benchmark on a site of its own."""
    async with private_target(toml_table("[[alarm]]", DEFINITION)) as site:
        await publish_things(site, addresses(question.devices), describe)
        return await _measure(site, question)


async def _measure(target: Target, question: AlarmQuestion) -> AlarmAnswer:
    meter = Meter()
    for name, pid in target.processes.items():
        meter.add(name, pid)
    stretch = Stretch.soon(question.devices, question.seconds, BenchClock.measured())
    count = round(question.alarms * question.seconds)
    from_ms = stretch.start_ms + WARM_UP_S * 1000
    async with meter.looking(), viewer_of(target, from_ms, stretch.clock, meter) as seen:
        loads = [load_with(plan_of(target, stretch, question.alarms, alarms=True), meter, "alarms")]
        if question.background:
            loads.append(load_with(plan_of(target, stretch, question.background, alarms=False), meter))
        outcomes = await asyncio.gather(*loads)
        stored = await all_stored(target, count)
    return _answer(question, outcomes, stored, seen.result().alarms, meter)


def _answer(
    question: AlarmQuestion, outcomes: list[Outcome], stored: int, seen: AlarmsSeen, meter: Meter
) -> AlarmAnswer:
    return AlarmAnswer(
        alarms=question.alarms,
        background=question.background,
        devices=question.devices,
        seconds=question.seconds,
        sent=outcomes[0].sent,
        lost=outcomes[0].sent - stored,
        unseen=stored - seen.alarms - seen.twice,
        twice=seen.twice,
        out_of_order=seen.out_of_order,
        p50_ms=seen.p50_ms,
        p99_ms=seen.p99_ms,
        longest_ms=seen.longest_ms,
        background_sent=sum(each.sent for each in outcomes[1:]),
        generator_late_ms=outcomes[0].late_ms,
        processes=meter.usage,
    )


def addresses(count: int) -> list[Address]:
    """Return so many devices."""
    return [Address("bench", KIND, f"bench-{number:05d}") for number in range(count)]


def plan_of(target: Target, stretch: Stretch, rate: float, *, alarms: bool) -> Plan:
    """Plan `rate` messages a second: events that each raise an alarm, or telemetry that raises none."""
    account = target.account
    return Plan(
        host=account.host,
        port=account.port,
        username=account.username or "",
        password=account.password or "",
        devices=[str(address) for address in addresses(stretch.devices)],
        rate=rate,
        qos=1 if alarms else 0,
        count=round(rate * stretch.seconds),
        boot=int(stretch.start_ms) // 1000 + alarms,
        start_ms=stretch.start_ms,
        clock=stretch.clock,
    )


async def all_stored(target: Target, count: int) -> int:
    """Wait until every alarm is in the ledger, or none comes any more; how many there are."""
    engine = create_engine(ledger_url(target.site))
    query = select(func.count()).select_from(alarms).where(alarms.c.key == KEY)
    stored, since = -1, time.monotonic()
    try:
        while time.monotonic() - since < SETTLE_S:
            with engine.connect() as connection:
                now = connection.execute(query).scalar() or 0
            if now >= count:
                return now
            if now != stored:
                stored, since = now, time.monotonic()
            await asyncio.sleep(LOOK_EVERY_S)
        return stored
    finally:
        engine.dispose()
