"""The answers of `hemei bench live` and `hemei bench wall` as tables for people."""

from rich.console import Console
from rich.table import Table

from hemei.bench import phrases
from hemei.bench.live import P99_LIMIT_MS, LiveAnswer, Population
from hemei.bench.machine import Machine
from hemei.bench.wall import WallAnswer
from hemei.bench.wall_page import Footprint


def print_live_report(answer: LiveAnswer, console: Console) -> None:
    """Print what one viewer saw beside what all saw, and whether that is well."""
    title = phrases.LIVE_TITLE(
        rate=answer.rate, alarms=answer.alarms, devices=answer.devices, seconds=answer.seconds
    )
    console.print(title, style="bold", highlight=False)
    _print_machine(answer.machine, console)
    table = Table(box=None)
    table.add_column(style="bold")
    for each in answer.populations:
        table.add_column(phrases.VIEWERS(count=each.viewers), justify="right")
    for name, values in zip(_LIVE_ROWS, zip(*map(_seen, answer.populations), strict=True), strict=True):
        table.add_row(phrases.LIVE[name](), *values)
    console.print(table)
    said = phrases.WITHIN if answer.within else phrases.NOT_WITHIN
    console.print(said(limit=P99_LIMIT_MS), style="bold", highlight=False)


_LIVE_ROWS = (
    "p50",
    "p99",
    "worst-p99",
    "longest",
    "published",
    "least-seen",
    "alarms",
    "alarms-missed",
    "alarms-twice",
    "cut-off",
    "late",
    "hub-cores",
    "hub-memory",
)


def _seen(each: Population) -> tuple[str, ...]:
    return (
        _ms(each.p50_ms),
        _ms(each.p99_ms),
        _ms(each.worst_p99_ms),
        _ms(each.longest_ms),
        f"{each.published:,}",
        f"{each.least_seen:,}",
        f"{each.alarms:,}",
        f"{each.alarms_missed:,}",
        f"{each.alarms_twice:,}",
        f"{each.cut_off:,}",
        _ms(each.generator_late_ms),
        f"{each.hub_cores:.2f}",
        f"{each.hub_peak_mib:,.1f} MiB",
    )


def print_wall_report(answer: WallAnswer, console: Console) -> None:
    """Print how smoothly the wall ran, what it cost, and what it gained in a soak."""
    title = phrases.WALL_TITLE(
        devices=answer.devices,
        alarms=answer.alarms,
        rate=answer.rate * answer.speed,
        seconds=answer.seconds,
    )
    console.print(title, style="bold", highlight=False)
    _print_machine(answer.machine, console)
    words, frames, work = phrases.WALL, answer.frames, answer.work
    figures = [
        (words["shown"](), _ms(answer.shown_ms)),
        (words["open"](), _ms(answer.open_ms)),
        (words["mean-fps"](), f"{frames.mean_fps:.1f}"),
        (words["low-fps"](), f"{frames.low_fps:.1f}"),
        (words["longest-frame"](), _ms(frames.longest_ms)),
        (words["long-tasks"](), f"{frames.long_tasks:,} ({_ms(frames.longest_task_ms)})"),
        (words["work"](), f"{work.script_s:.2f} / {work.style_s:.2f} / {work.layout_s:.2f} s"),
        (words["start"](), _footprint(answer.start)),
        (words["end"](), _footprint(answer.end)),
        (words["changes"](), f"{answer.said.changes:,}"),
        (words["late"](), _ms(answer.said.late_ms)),
    ]
    if (growth := answer.growth) is not None:
        figures.append((words["days"](), f"{growth.days:.3f}"))
        gained = f"{growth.heap_mib_a_day:,.2f} MiB, {growth.nodes_a_day:,.0f}, {growth.listeners_a_day:,.0f}"
        figures.append((words["growth"](), gained))
    table = Table(box=None, show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    for name, value in figures:
        table.add_row(name, value)
    console.print(table)


def _footprint(each: Footprint) -> str:
    return f"{each.heap_mib:.1f} / {each.process_mib:.1f} MiB, {each.nodes:,}, {each.listeners:,}"


def _print_machine(machine: Machine, console: Console) -> None:
    said = phrases.MACHINE(cores=machine.cores, busy=machine.busy_cores, load=machine.load)
    console.print(said, highlight=False)


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f} ms"
