"""A benchmark's answer as a table for people."""

from rich.console import Console
from rich.table import Table

from hemei import language
from hemei.bench.ingest import Answer


def print_report(answer: Answer, console: Console) -> None:
    """Print figures and processes."""
    title = language.BENCH_TITLE(
        rate=answer.rate, qos=answer.qos, devices=answer.devices, seconds=answer.seconds
    )
    figures = Table(box=None, show_header=False)
    figures.add_column(style="bold")
    figures.add_column(justify="right")
    for name, value in _figures(answer):
        figures.add_row(name, value)
    processes = Table(box=None)
    for column in language.BENCH_COLUMNS:
        processes.add_column(column(), justify="left" if column is language.BENCH_COLUMNS[0] else "right")
    for name, usage in answer.processes.items():
        processes.add_row(name, f"{usage.cpu_s:.2f}", f"{usage.rss_peak_mib:.1f}")
    console.print(title, style="bold", highlight=False)
    console.print(figures)
    console.print(processes)


def _figures(answer: Answer) -> list[tuple[str, str]]:
    words = language.BENCH_FIGURES
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
