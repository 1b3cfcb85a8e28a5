"""The answer of `hemei bench history` as a table for people: a column an engine."""

from rich.console import Console
from rich.table import Table

from hemei.bench import phrases
from hemei.bench.history import Asked, EngineFigures, HistoryAnswer


def print_history_report(answer: HistoryAnswer, console: Console) -> None:
    """Print what each engine took, holds and answers."""
    title = phrases.HISTORY_TITLE(
        points=answer.points, series=answer.series, every=answer.every_s, days=answer.days
    )
    console.print(title, style="bold", highlight=False)
    machine = answer.machine
    console.print(
        phrases.MACHINE(cores=machine.cores, busy=machine.busy_cores, load=machine.load),
        highlight=False,
    )
    table = Table(box=None)
    table.add_column(style="bold")
    for each in answer.engines:
        table.add_column(each.engine, justify="right")
    for rows in zip(*map(_rows, answer.engines), strict=True):
        table.add_row(rows[0][0], *(value for _, value in rows))
    console.print(table)


def _rows(each: EngineFigures) -> list[tuple[str, str]]:
    words = phrases.HISTORY
    return [
        (words["sustained"](), f"{each.sustained:,.0f} /s"),
        (words["cpu"](), f"{each.cpu_s:,.1f} s"),
        (words["longest-write"](), f"{each.longest_write_ms:,.0f} ms"),
        (words["longest-condense"](), f"{each.longest_condense_ms:,.0f} ms"),
        (words["bytes-written"](), _bytes(each.bytes_written)),
        (words["bytes-condensed"](), _bytes(each.bytes_condensed)),
        *((words[question](), _asked(asked)) for question, asked in each.asked.items()),
    ]


def _bytes(size: float | None) -> str:
    return "—" if size is None else f"{size:.2f}"


def _asked(asked: Asked) -> str:
    return f"{asked.p50_ms:,.1f} / {asked.p99_ms:,.1f} ms ({asked.points:,})"
