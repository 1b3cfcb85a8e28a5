"""`hemei history copy`: a site's history from one engine to the other, while its hub is stopped."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from contract.clock import SystemClock, epoch_ms
from contract.errors import ConfigurationError
from hemei import history_words
from hemei.commands.options import config
from hemei.settings import influx, retention
from hemei.site import Site, read_site

if TYPE_CHECKING:
    from hub.history.copying import Difference, Report
    from hub.history.opened import Opened

MARK: Final = "history-copy.json"
SHOWN: Final = 20
"""Differences that are told one by one."""

ENGINES: Final = ("sqlite", "influxdb")


@click.group()
def history() -> None:
    """历史数据 · What was measured: where it is kept."""


@history.command("copy")
@config
@click.option("--to", "engine", type=click.Choice(ENGINES), required=True, help="目标引擎 · where to")
@click.pass_context
def copy(context: click.Context, config: Path, engine: str) -> None:
    """复制到另一种引擎并核对 · Copy history to the other engine and compare. Ends with 1 if they differ.

    中枢要先停下；中断后再运行一次会接着复制。The hub must be stopped; run again, it goes on where it was.
    """
    site = read_site(config)
    report = _copied(site, engine)
    for each in report.differences[:SHOWN]:
        click.echo(_told(each), err=True)
    if report.differences:
        click.echo(history_words.DIFFERS(count=len(report.differences)), err=True)
        context.exit(1)
    click.echo(history_words.IS_COPIED(series=report.series, count=report.copied))
    if site.tables.history.engine != engine:
        click.echo(history_words.CHOOSE(file=site.file, engine=engine))


def _copied(site: Site, engine: str) -> "Report":
    from hub.counters import Counters  # noqa: PLC0415 - only where history is opened
    from hub.history.copying import Copying  # noqa: PLC0415 - the same
    from hub.history.opened import open_history, sole_user  # noqa: PLC0415 - the same
    from hub.settings import HISTORY_FILE  # noqa: PLC0415 - the same

    server, days, folder = influx(site), retention(site), site.path(site.tables.hub.data_dir)
    with sole_user(folder), ExitStack() as stack, _progress() as told:
        places = {"sqlite": None, "influxdb": server}
        stores = {
            name: open_history(folder / HISTORY_FILE, place, days, Counters())
            for name, place in places.items()
        }
        for each in stores.values():
            stack.enter_context(closing(each.store))
            _let_go_on(each)
        target = stores.pop(engine)
        [source] = stores.values()
        copying = Copying(source.store, target.store, folder / MARK, told, lambda: _let_go_on(target))
        name = f"{engine} {server.url} {server.database}"
        return copying.run(site.tables.site.tenant, name, epoch_ms(SystemClock().now()))


def _let_go_on(opened: "Opened") -> None:
    """Raise ConfigurationError if samples wait on disk: the server does not take them."""
    view = opened.server() if opened.server else None
    if view is not None and view.waiting_bytes:
        why = view.says or "it still takes what the hub left on disk"
        raise ConfigurationError(f"InfluxDB is not ready: {why}; run again when it is")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int, int], None]]:
    """Show on a terminal how far it is; years of history take hours."""
    from rich import progress  # noqa: PLC0415 - only here
    from rich.console import Console  # noqa: PLC0415 - the same

    console = Console(stderr=True)
    tasks: dict[str, progress.TaskID] = {}
    columns = (
        *progress.Progress.get_default_columns()[:2],
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[copied]:,}"),
        progress.TimeElapsedColumn(),
    )
    with progress.Progress(*columns, console=console, disable=not console.is_terminal) as bars:

        def told(part: str, done: int, of: int, copied: int) -> None:
            if part not in tasks:
                tasks[part] = bars.add_task(history_words.PARTS[part](), total=of, copied=copied)
            bars.update(tasks[part], completed=done, copied=copied)

        yield told


def _told(each: "Difference") -> str:
    series = "/".join((*each.series.address, each.series.property))
    what = history_words.WHAT[each.what]()
    return history_words.DIFFERENCE(series=series, what=what, had=each.source, has=each.target)
