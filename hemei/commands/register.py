"""`hemei register`: import and export lists, access levels, visitor links of households."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from hemei import language
from hemei.commands.options import config
from hemei.site import Site, read_site

if TYPE_CHECKING:
    from hub.register.importing.view import ImportRow, ImportView, ImportWhat
    from hub.register.service import Register

T = TypeVar("T")

what = click.option(
    "--what",
    type=click.Choice(["people", "vehicles", "blocked"]),
    default="people",
    show_default=True,
    help="人员、车辆或黑名单车牌 · what the rows are",
)


@click.group()
def register() -> None:
    """住户与车辆台账 · The register: people, vehicles, blocked plates, access levels, visitor links."""


@register.command("import")
@config
@what
@click.option("--yes", is_flag=True, help="不再询问 · confirm what is shown without asking")
@click.argument("file", type=click.Path(path_type=Path))
def import_(config: Path, what: "ImportWhat", file: Path, *, yes: bool) -> None:
    """导入 CSV 或 XLSX · Show what a CSV or XLSX would change, then do it. Bad rows are left out."""
    from hemei import register as office  # noqa: PLC0415 - the ledger takes a while to load

    async def work(opened: "Register") -> None:
        preview = await office.previewed(opened, what, file)
        _show(preview, await office.bad_rows(opened, preview))
        to_do = preview.counts.new + preview.counts.changed
        if not to_do or not (yes or click.confirm(language.IMPORT_CONFIRM(), default=False)):
            await office.forgotten(opened, preview)
            click.echo(language.IMPORT_NOTHING())
            return
        done = await office.confirmed(opened, preview)
        click.echo(language.IMPORT_DONE(applied=done.applied, left_out=done.counts.conflict))

    _with(read_site(config), work)


@register.command("export")
@config
@what
@click.argument("file", type=click.Path(path_type=Path))
def export(config: Path, what: "ImportWhat", file: Path) -> None:
    """导出 CSV · Write everybody who is here into FILE, in the columns of an import. Only you can read it."""
    from hemei import register as office  # noqa: PLC0415 - the ledger takes a while to load
    from hemei.private_files import write_private  # noqa: PLC0415 - only here

    text = _with(read_site(config), lambda opened: office.export(opened, what))
    write_private(file, text)
    click.echo(language.REGISTER_WRITTEN(file=file, rows=text.count("\n") - 1))


@register.command("levels")
@config
def levels(config: Path) -> None:
    """列出通行权限 · List the access levels: where, when, and how many have them."""
    from hemei import register as office  # noqa: PLC0415 - the ledger takes a while to load

    for level in _with(read_site(config), office.levels):
        hours = ", ".join(f"{'/'.join(each.days)} {each.start}-{each.end}" for each in level.periods)
        title = " / ".join(level.title.values())
        click.echo(f"{level.key:<16}{title}  {' '.join(level.places)}  {hours}  ({level.used})")


@register.command("link")
@config
@click.option("--address", metavar="https://HOST", help="住户打开页面的网址 · where phones find the hub")
@click.argument("room")
def link(config: Path, address: str | None, room: str) -> None:
    """访客链接 · Give the household of ROOM (3-2-501) a visitor link; the one before is dead."""
    from hemei import register as office  # noqa: PLC0415 - the ledger takes a while to load
    from hemei.people import base_url  # noqa: PLC0415 - the same

    site = read_site(config)
    made = _with(site, lambda opened: office.link(opened, room))
    click.echo(language.LINK_MADE(room=made.room))
    click.echo((address or base_url(site)).rstrip("/") + made.path)


def _with(site: Site, work: Callable[["Register"], Awaitable[T]]) -> T:
    """Do something with the site's register."""
    from hemei.register import register_of  # noqa: PLC0415 - the ledger takes a while to load

    async def run() -> T:
        async with register_of(site) as opened:
            return await work(opened)

    return asyncio.run(run())


def _show(preview: "ImportView", bad: "list[ImportRow]") -> None:
    counts = {name: getattr(preview.counts, name) for name in preview.counts.__struct_fields__}
    click.echo(language.IMPORT_PREVIEW(**counts))
    which = "zh-CN" if language.speaks_chinese() else "en"
    for row in bad:
        said = "; ".join(f"{one.column}: {one.text[which]}" for one in row.problems)
        click.echo(language.IMPORT_BAD_ROW(row=row.row, said=said))
    if preview.counts.bad > len(bad):
        click.echo(language.IMPORT_MORE_BAD(count=preview.counts.bad - len(bad)))
