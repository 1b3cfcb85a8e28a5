"""`hemei audit verify`: whether anything of the audit, the timelines or the evidence was changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from contract.errors import ConfigurationError
from hemei import language
from hemei.commands.options import config
from hemei.settings import ledger_url
from hemei.site import Site, read_site

if TYPE_CHECKING:
    from hub.audit.findings import Report
    from hub.audit.verify import Advance


@click.group()
def audit() -> None:
    """审计 · Who did what, and whether that was changed."""


@audit.command("verify")
@config
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print the report as JSON")
@click.pass_context
def verify(context: click.Context, config: Path, *, as_json: bool) -> None:
    """核对审计链、时间线与证据文件 · Find any change: of an entry, a timeline, a file. Ends with 1 if so."""
    site = read_site(config)
    with _progress(quiet=as_json) as advance:
        report = _verified(site, advance)
    if as_json:
        click.echo(msgspec.json.encode(_plain(report)))
    else:
        _show(report)
    context.exit(0 if report.right else 1)


def _verified(site: Site, advance: "Advance") -> "Report":
    from hub.audit.checkpoints import FILE, Checkpoints  # noqa: PLC0415 - the ledger takes a while to load
    from hub.audit.verify import verify as look  # noqa: PLC0415 - the same
    from hub.ledger.engine import open_ledger  # noqa: PLC0415 - the same
    from hub.media import MediaStore  # noqa: PLC0415 - the same

    url, folder = ledger_url(site), site.path(site.tables.hub.data_dir)
    scheme, _, path = url.partition(":///")
    if scheme.startswith("sqlite") and not Path(path).is_file():
        raise ConfigurationError(f"{site.file}: [hub] ledger: there is no file {path}; nothing to verify")
    engine = open_ledger(url)
    try:
        media, kept = MediaStore(folder / "media"), Checkpoints(folder / FILE)
        return look(engine, site.tables.site.tenant, media, kept, advance)
    finally:
        engine.dispose()


@contextmanager
def _progress(*, quiet: bool) -> Iterator["Advance"]:
    """Show on a terminal how far it is; a long chain takes minutes."""
    from rich.console import Console  # noqa: PLC0415 - only here
    from rich.progress import MofNCompleteColumn, Progress, TaskID, TimeRemainingColumn  # noqa: PLC0415 - the same

    console = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as progress:

        def advance(part: str, done: int, of: int) -> None:
            if part not in tasks:
                tasks[part] = progress.add_task(language.AUDIT_PARTS[part](), total=of)
            progress.update(tasks[part], completed=done, total=of)

        yield advance


def _show(report: "Report") -> None:
    for each in report.findings:
        part, fault = language.AUDIT_PARTS[each.part](), language.AUDIT_FAULTS[each.fault]()
        click.echo(f"{part} {each.at}: {fault}: {each.message}", err=True)
    if report.right:
        click.echo(language.AUDIT_IS_RIGHT(**report.checked))
    else:
        click.echo(language.AUDIT_IS_WRONG(count=report.faults), err=True)
    click.echo(language.AUDIT_HEAD(n=report.head.n, hash=report.head.hash))
    if report.checkpoint is None:
        click.echo(language.AUDIT_NO_CHECKPOINT(), err=True)


def _plain(report: "Report") -> dict[str, object]:
    return {"right": report.right} | {
        name: value._asdict() if name in ("head", "checkpoint") and value is not None else value
        for name, value in msgspec.structs.asdict(report).items()
    }
