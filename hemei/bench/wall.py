"""`hemei bench wall`: a large community on the real wall page: frames, memory, and whether memory grows.

A soak plays the script many times as fast and counts days in changes: what grows with every change grows by
as much as in a day of the site. What grows with time and not with changes takes time to find.
"""

import asyncio
import statistics
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from hemei.bench.clock import BenchClock
from hemei.bench.community import LEVELS, Said, Script
from hemei.bench.ingest import BenchFailed
from hemei.bench.machine import Machine
from hemei.bench.packets import EVENT_TYPE
from hemei.bench.resources import Meter, Usage
from hemei.bench.target import Target, private_target
from hemei.bench.wall_page import Footprint, Frames, WallPage, Work, open_wall
from hemei.people import access_of, sign_in_url
from hemei.toml_text import toml_table
from hub.access.roles import Role

DAY_S: Final = 86_400.0
SETTLE_S: Final = 3.0
LOOKS: Final = 12
"""How often a soak weighs the page; the first third of them is warm-up."""


class WallQuestion(Struct, frozen=True, kw_only=True):
    """What is asked: `devices` devices with `alarms` open, `rate` changes a second, for `seconds`.

    `speed`: how many times as fast a soak is; 1: no soak. `profile`: the file for a CPU profile.
    """

    devices: int
    alarms: int
    rate: float
    seconds: float
    speed: float = 1.0
    profile: Path | None = None


class Growth(Struct, frozen=True, kw_only=True):
    """What a soak found: `days` simulated, and what the page gained in each."""

    days: float
    heap_mib_a_day: float
    nodes_a_day: float
    listeners_a_day: float

    def exceeds(self, limit_mib_a_day: float) -> bool:
        """Say whether its heap gained more than that in a day."""
        return self.heap_mib_a_day > limit_mib_a_day


class PageSeen(Struct, frozen=True, kw_only=True):
    """What the page did.

    `shown_ms`: from asking for it to its first device; `open_ms`: from the press on a device to its card.
    """

    shown_ms: float
    open_ms: float
    frames: Frames
    start: Footprint
    end: Footprint
    work: Work
    growth: Growth | None


class WallAnswer(PageSeen, frozen=True, kw_only=True):
    """What was measured."""

    devices: int
    alarms: int
    rate: float
    seconds: float
    speed: float
    machine: Machine
    said: Said
    processes: dict[str, Usage]


class Look(Struct, frozen=True, kw_only=True):
    """One weighing of a soak, `days` after its begin."""

    days: float
    footprint: Footprint


async def measure(question: WallQuestion) -> WallAnswer:
    """Run the benchmark on a site of its own."""
    machine = await Machine.now()
    async with private_target("\n".join(map(_definition, sorted(set(LEVELS))))) as site:
        meter = Meter()
        for name, pid in site.processes.items():
            meter.add(name, pid)
        link = await _link(site)
        async with meter.looking(), script_of(site, question, meter) as said:  # noqa: SIM117 - one begins in the other
            async with open_wall(link, f"{site.url}/wall") as wall:
                seen = await _watch(wall, question)
    return WallAnswer(
        devices=question.devices,
        alarms=question.alarms,
        rate=question.rate,
        seconds=question.seconds,
        speed=question.speed,
        machine=machine,
        said=said.result(),
        processes=meter.usage,
        **msgspec.structs.asdict(seen),
    )


def _definition(level: str) -> str:
    return toml_table(
        "[[alarm]]",
        {
            "key": f"bench-{level}",
            "title": {"zh-CN": f"性能测试报警 {level}", "en": f"Benchmark alarm, {level}"},
            "priority": level,
            "kind": "condition",
            "raise": {"event": EVENT_TYPE, "where": {"level": level}},
            "off_delay_s": DAY_S,
        },
    )


@asynccontextmanager
async def script_of(
    target: Target, question: WallQuestion, meter: Meter
) -> AsyncIterator[asyncio.Future[Said]]:
    """Play the script during `async with`; the future holds what was said once that has ended."""
    said: asyncio.Future[Said] = asyncio.get_running_loop().create_future()
    account = target.account
    script = Script(
        host=account.host,
        port=account.port,
        username=account.username or "",
        password=account.password or "",
        site=target.site.tables.site.id,
        devices=question.devices,
        alarms=min(question.alarms, question.devices),
        rate=question.rate * question.speed,
        clock=BenchClock.measured(),
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hemei.bench.community",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdin is None or process.stdout is None:  # for the type checker: both were asked for
        raise BenchFailed("the script has no pipes")
    meter.add("script", process.pid)
    try:
        process.stdin.write(msgspec.json.encode(script) + b"\n")
        if await process.stdout.readline() != b"told\n":
            raise BenchFailed("the script ended early; see above")
        yield said
        process.stdin.close()
        said.set_result(msgspec.json.decode(await process.stdout.read(), type=Said))
    finally:
        if process.returncode is None and not said.done():
            process.kill()
        await process.wait()


async def _link(target: Target) -> str:
    async with access_of(target.site) as access:
        return sign_in_url(target.url, await access.create_link(Role.WALL))


async def _watch(wall: WallPage, question: WallQuestion) -> PageSeen:
    shown_ms = await wall.shown_ms()
    await asyncio.sleep(SETTLE_S)
    open_ms = await wall.open_device()
    start = await wall.footprint()
    before = await wall.work()
    await wall.frames()
    if question.profile:
        await wall.start_profile()
    looks = await _looks(wall, question)
    frames, after = await wall.frames(), await wall.work()
    if question.profile:
        question.profile.write_bytes(msgspec.json.encode(await wall.profile()))
    end = await wall.footprint()
    return PageSeen(
        shown_ms=shown_ms,
        open_ms=open_ms,
        frames=frames,
        start=start,
        end=end,
        work=after - before,
        growth=growth(looks) if question.speed > 1 else None,
    )


async def _looks(wall: WallPage, question: WallQuestion) -> list[Look]:
    """Wait; in a soak, weigh the page again and again: only then, for that holds it up."""
    if question.speed <= 1:
        await asyncio.sleep(question.seconds)
        return []
    looks = []
    clock = BenchClock.measured()
    began_ms = clock.now_ms()
    for _ in range(LOOKS):
        await asyncio.sleep(question.seconds / LOOKS)
        days = (clock.now_ms() - began_ms) / 1000 * question.speed / DAY_S
        looks.append(Look(days=days, footprint=await wall.footprint()))
    return looks


def growth(looks: Sequence[Look]) -> Growth:
    """Draw the line through all looks but those of the first third."""
    counted = looks[len(looks) // 3 :]
    days = [look.days for look in counted]
    return Growth(
        days=round(looks[-1].days, 4),
        heap_mib_a_day=_slope(days, [look.footprint.heap_mib for look in counted]),
        nodes_a_day=_slope(days, [look.footprint.nodes for look in counted]),
        listeners_a_day=_slope(days, [look.footprint.listeners for look in counted]),
    )


def _slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    return round(statistics.linear_regression(xs, ys).slope, 2)
