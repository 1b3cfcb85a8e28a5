"""A benchmark's answer as a table for people."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from hemei.bench import phrases
from hemei.bench.alarms import AlarmAnswer
from hemei.bench.ingest import Answer
from hemei.bench.resources import Usage
from hemei.bench.rest import CORES_LIMIT, MEMORY_LIMIT_MIB, RestAnswer

if TYPE_CHECKING:
    from hemei.bench.plates import PlatesAnswer  # which loads what paints pictures


def print_report(answer: Answer, console: Console) -> None:
    """Print figures and processes."""
    title = phrases.TITLE(rate=answer.rate, qos=answer.qos, devices=answer.devices, seconds=answer.seconds)
    if answer.apart:
        title += phrases.APART()
    _print(title, _figures(answer), answer.processes, console)


def print_alarm_report(answer: AlarmAnswer, console: Console) -> None:
    """Print figures of alarms and processes."""
    title = phrases.ALARMS_TITLE(
        rate=answer.alarms, background=answer.background, devices=answer.devices, seconds=answer.seconds
    )
    words = phrases.FIGURES
    figures = [
        (words["sent"](), f"{answer.sent:,}"),
        (words["lost"](), f"{answer.lost:,}"),
        (words["unseen"](), f"{answer.unseen:,}"),
        (words["duplicates"](), f"{answer.twice:,}"),
        (words["out-of-order"](), f"{answer.out_of_order:,}"),
        ("p50", _ms(answer.p50_ms)),
        ("p99", _ms(answer.p99_ms)),
        (words["longest"](), _ms(answer.longest_ms)),
        (words["late"](), _ms(answer.generator_late_ms)),
    ]
    _print(title, figures, answer.processes, console)


def print_plates_report(answer: "PlatesAnswer", console: Console) -> None:
    """Print figures of plates that open a gate, and the driver host's use."""
    title = phrases.PLATES_TITLE(pushes=answer.pushes, vehicles=answer.vehicles, picture=answer.picture_kib)
    words = phrases.FIGURES
    to_answer, to_relay, longest = words["answer"](), words["relay"](), words["longest"]()
    figures = [
        (words["admitted"](), f"{answer.admitted:,}"),
        (words["refused"](), f"{answer.refused:,}"),
        (words["wrong"](), f"{answer.wrong:,}"),
        (words["unopened"](), f"{answer.unopened:,}"),
        (words["opened-wrongly"](), f"{answer.opened_wrongly:,}"),
        (f"{to_answer} p50", _ms(answer.answer_p50_ms)),
        (f"{to_answer} p99", _ms(answer.answer_p99_ms)),
        (f"{to_answer} {longest}", _ms(answer.answer_longest_ms)),
        (f"{to_relay} p50", _ms(answer.relay_p50_ms)),
        (f"{to_relay} p99", _ms(answer.relay_p99_ms)),
        (f"{to_relay} {longest}", _ms(answer.relay_longest_ms)),
    ]
    _print(title, figures, answer.processes, console)


def print_rest_report(answer: RestAnswer, console: Console) -> None:
    """Print what each process takes, and whether that is little enough for the hub."""
    words = phrases.LIVE
    figures = [
        (words["hub-cores"](), f"{answer.hub_cores:.1%}"),
        (words["hub-memory"](), f"{answer.hub_peak_mib:.1f} MiB"),
    ]
    _print(phrases.REST_TITLE(seconds=answer.seconds), figures, answer.processes, console)
    said = phrases.REST_WITHIN if answer.within else phrases.REST_NOT_WITHIN
    console.print(said(memory=MEMORY_LIMIT_MIB, cores=CORES_LIMIT), style="bold", highlight=False)


def _print(
    title: str, figures: Iterable[tuple[str, str]], processes: Mapping[str, Usage], console: Console
) -> None:
    table = Table(box=None, show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    for name, value in figures:
        table.add_row(name, value)
    used = Table(box=None)
    for column in phrases.COLUMNS:
        used.add_column(column(), justify="left" if column is phrases.COLUMNS[0] else "right")
    for name, usage in processes.items():
        used.add_row(name, f"{usage.cpu_s:.2f}", f"{usage.rss_peak_mib:.1f}")
    console.print(title, style="bold", highlight=False)
    console.print(table)
    console.print(used)


def _figures(answer: Answer) -> list[tuple[str, str]]:
    words = phrases.FIGURES
    return [
        (words["sustained"](), f"{answer.sustained:,.0f} /s"),
        (words["sent"](), f"{answer.sent:,}"),
        (words["lost"](), f"{answer.lost:,}"),
        (words["duplicates"](), f"{answer.duplicates:,}"),
        *((f"p{name}", _ms(value)) for name, value in _quantiles(answer).items()),
        (words["late"](), _ms(answer.generator_late_ms)),
    ]


def _quantiles(answer: Answer) -> dict[str, float | None]:
    return {"50": answer.p50_ms, "99": answer.p99_ms, "99.9": answer.p999_ms}


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f} ms"
