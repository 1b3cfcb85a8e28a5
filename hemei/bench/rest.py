"""`hemei bench rest`: what a running site takes while nobody asks anything of it: processor and memory."""

import asyncio
from pathlib import Path
from typing import Final

from msgspec import Struct

from hemei.bench.ingest import BenchFailed
from hemei.bench.machine import Machine
from hemei.bench.resources import Meter, Usage
from hemei.bench.target import named_processes
from hemei.settings import hub_settings
from hemei.site import read_site

HUB: Final = "hub"
MEMORY_LIMIT_MIB: Final = 120.0
CORES_LIMIT: Final = 0.03
"""What a hub may take at rest."""


class RestAnswer(Struct, frozen=True, kw_only=True):
    """What was measured; `hub_cores`: of one core, the mean. `within`: the hub keeps both limits."""

    seconds: float
    machine: Machine
    hub_cores: float
    hub_peak_mib: float
    within: bool
    processes: dict[str, Usage]


async def measure(site: Path, seconds: float) -> RestAnswer:
    """Watch the processes of a running demo for a while; BenchFailed if there are none."""
    processes = named_processes(hub_settings(read_site(site)).processes_file)
    machine = await Machine.now()
    meter = Meter()
    for name, pid in processes.items():
        meter.add(name, pid)
    if HUB not in meter.usage:
        raise BenchFailed(f"{site}：没有示范小区在运行 · no demo runs with it: start one with hemei demo")
    async with meter.looking():
        await asyncio.sleep(seconds)
    hub = meter.usage[HUB]
    cores = round(hub.cpu_s / seconds, 4)
    return RestAnswer(
        seconds=seconds,
        machine=machine,
        hub_cores=cores,
        hub_peak_mib=hub.rss_peak_mib,
        within=cores <= CORES_LIMIT and hub.rss_peak_mib <= MEMORY_LIMIT_MIB,
        processes=meter.usage,
    )
