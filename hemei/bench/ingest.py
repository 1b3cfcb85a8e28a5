"""`hemei bench ingest`: load, watch, wait until everything is in the stores, count."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from contract.codec import encode
from contract.errors import ConfigurationError, HemeiError
from contract.messages import Availability, AvailabilityStatus
from contract.mqtt import Connection
from contract.things import EventSpec, Property, Thing, ThingModel
from contract.topics import Address, Channel
from hemei.bench.apart import move_to, take_other_cores
from hemei.bench.clock import BenchClock
from hemei.bench.load import Outcome, Plan
from hemei.bench.packets import EVENT_TYPE, MARKER
from hemei.bench.resources import Meter, Usage
from hemei.bench.stores import Store, open_store
from hemei.bench.target import Target, private_target, running_target
from hemei.bench.viewer import Seen, Watch

KIND: Final = "sensor"
HEAD_START_S: Final = 1.0
"""Between the start of the load's process and its first message."""
LONGEST_WARM_UP_S: Final = 2.0
"""Messages due in this time count as load but not among the latencies: caches fill."""
SETTLE_S: Final = 5.0
"""Without a new row for so long, what is missing is lost."""
LOOK_EVERY_S: Final = 0.05
DESCRIBED_AT_ONCE: Final = 200


class Question(Struct, frozen=True, kw_only=True):
    """What is asked: `rate` messages a second over `devices` devices, for `seconds`.

    `apart`: with the hub on a core of its own.
    """

    rate: float
    qos: int
    devices: int
    seconds: float
    site: Path | None = None
    apart: bool = False

    @property
    def warm_up_s(self) -> float:
        """How long latencies do not count yet."""
        return min(LONGEST_WARM_UP_S, self.seconds / 4)

    @property
    def count(self) -> int:
        """How many messages that makes."""
        return round(self.rate * self.seconds)


class Answer(Struct, frozen=True, kw_only=True):
    """What was measured; `sustained`: durable messages a second, from the first due to the last stored."""

    rate: float
    qos: int
    devices: int
    seconds: float
    apart: bool
    sent: int
    sustained: float
    lost: int
    duplicates: int
    p50_ms: float | None
    p99_ms: float | None
    p999_ms: float | None
    generator_late_ms: float
    viewer: Seen
    processes: dict[str, Usage]


class BenchFailed(HemeiError):
    """A process of the benchmark ended early; the message holds its last words."""

    default_code = "bench-failed"


async def measure(question: Question) -> Answer:
    """Run the benchmark."""
    if question.apart and question.site:
        raise ConfigurationError("--apart is for a private site: what runs already stays where it is")
    core = take_other_cores() if question.apart else None
    target = running_target(question.site) if question.site else private_target()
    async with target as site:
        if core is not None:
            move_to(core, site.processes["hub"])
        addresses = _addresses(site, question)
        await publish_things(site, addresses, describe)
        try:
            return await _measure(site, question)
        finally:
            if question.site:
                await publish_things(site, addresses, forget)


async def _measure(target: Target, question: Question) -> Answer:
    meter = Meter()
    for name, pid in target.processes.items():
        meter.add(name, pid)
    clock = BenchClock.measured()
    start_ms = float(round(clock.now_ms() + HEAD_START_S * 1000))
    plan = _plan(target, question, start_ms, clock)
    with open_store(target.site, question.qos) as store:
        before = store.newest()
        from_ms = start_ms + question.warm_up_s * 1000
        async with meter.looking(), viewer_of(target, from_ms, clock, meter) as seen:
            load = asyncio.create_task(load_with(plan, meter))
            stored_ms = await _all_stored(store, before + question.count, load, clock)
            outcome = await load
        end_ms = start_ms + question.count * 1000 / question.rate
        stored = store.stored(plan.boot, start_ms, end_ms)
    view = seen.result()
    return Answer(
        rate=question.rate,
        qos=question.qos,
        devices=question.devices,
        seconds=question.seconds,
        apart=question.apart,
        sent=outcome.sent,
        sustained=round(stored.different / (stored_ms - start_ms) * 1000, 1),
        lost=outcome.sent - stored.different,
        duplicates=stored.rows - stored.different + view.repeated,
        p50_ms=view.p50_ms,
        p99_ms=view.p99_ms,
        p999_ms=view.p999_ms,
        generator_late_ms=outcome.late_ms,
        viewer=view,
        processes=meter.usage,
    )


def _addresses(target: Target, question: Question) -> list[Address]:
    site = target.site.tables.site.id
    return [Address(site, KIND, f"bench-{number:05d}") for number in range(question.devices)]


def _plan(target: Target, question: Question, start_ms: float, clock: BenchClock) -> Plan:
    account = target.account
    return Plan(
        host=account.host,
        port=account.port,
        username=account.username or "",
        password=account.password or "",
        devices=[str(address) for address in _addresses(target, question)],
        rate=question.rate,
        qos=question.qos,
        count=question.count,
        boot=int(start_ms) // 1000,
        start_ms=start_ms,
        clock=clock,
    )


async def publish_things(
    target: Target, addresses: Sequence[Address], publish: Callable[[Connection, Address], Awaitable[None]]
) -> None:
    """Do `publish` for every device, some at once."""
    async with Connection(target.account, "bench-setup") as link:
        for first in range(0, len(addresses), DESCRIBED_AT_ONCE):
            some = addresses[first : first + DESCRIBED_AT_ONCE]
            await asyncio.gather(*(publish(link, address) for address in some))


async def describe(link: Connection, address: Address) -> None:
    """Say what a device is and that it is there, as its driver would."""
    model = ThingModel(
        properties={MARKER: Property(type="number", title={"en": "Time of sending"}, unit="ms")},
        actions={},
        events={EVENT_TYPE: EventSpec(title={"en": "Tick"})},
    )
    thing = Thing(address=address, title={"en": address.device}, model=model)
    await link.publish(address.topic(Channel.DESCRIPTION), thing.description(), retain=True)
    ready = Availability(status=AvailabilityStatus.READY, ts=datetime.now(UTC))
    await link.publish(address.topic(Channel.AVAILABILITY), encode(ready), retain=True)


async def forget(link: Connection, address: Address) -> None:
    """Take a device away again."""
    for channel in (Channel.AVAILABILITY, Channel.DESCRIPTION):
        await link.publish(address.topic(channel), b"", retain=True)


async def load_with(plan: Plan, meter: Meter, name: str = "load") -> Outcome:
    """Send a plan, from a process of its own, measured as `name`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hemei.bench.load",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    meter.add(name, process.pid)
    out, _ = await process.communicate(msgspec.json.encode(plan))
    if process.returncode:
        raise BenchFailed("the load ended early; see above")
    return msgspec.json.decode(out, type=Outcome)


@asynccontextmanager
async def viewer_of(
    target: Target, from_ms: float, clock: BenchClock, meter: Meter
) -> AsyncIterator[asyncio.Future[Seen]]:
    """Watch the live stream during `async with`; the future holds what was seen once that has ended."""
    seen: asyncio.Future[Seen] = asyncio.get_running_loop().create_future()
    watch = Watch(url=target.live_url, token=target.token, from_ms=from_ms, clock=clock)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hemei.bench.viewer",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdin is None or process.stdout is None:  # for the type checker: both were asked for
        raise BenchFailed("the viewer has no pipes")
    meter.add("viewer", process.pid)
    try:
        process.stdin.write(msgspec.json.encode(watch) + b"\n")
        if await process.stdout.readline() != b"watching\n":
            raise BenchFailed("the viewer could not watch the live stream; see above")
        yield seen
        process.stdin.close()
        seen.set_result(msgspec.json.decode(await process.stdout.read(), type=Seen))
    finally:
        if process.returncode is None and not seen.done():
            process.kill()
        await process.wait()


async def _all_stored(store: Store, last: int, load: "asyncio.Task[Any]", clock: BenchClock) -> float:
    """Wait until row `last` is there or nothing comes any more; returns when the newest came, in ms."""
    newest, newest_ms = store.newest(), clock.now_ms()
    while newest < last and not (load.done() and clock.now_ms() - newest_ms > SETTLE_S * 1000):
        await asyncio.sleep(LOOK_EVERY_S)
        now = store.newest()
        if now > newest:
            newest, newest_ms = now, clock.now_ms()
    return newest_ms
