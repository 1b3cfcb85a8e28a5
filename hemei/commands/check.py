"""`hemei check`: read a site file through, say what is wrong, and explain what alarms it makes."""

from pathlib import Path
from typing import Final

import click

from hemei import language
from hemei.site import Site, read_site

NARROWEST: Final = 150
"""Columns that the table of alarms takes where the terminal has fewer, or where there is none."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--alarms", is_flag=True, help="逐条说明报警规则 · explain each definition of an alarm")
@click.pass_context
def check(context: click.Context, file: Path, *, alarms: bool) -> None:
    """检查站点文件 · Say, with file, key and allowed values, what is wrong with a site file."""
    site = read_site(file)
    from hemei import checking  # noqa: PLC0415 - loads the device families, which takes a while

    faults = list(checking.faults(site))
    for fault in faults:
        click.echo(f"{file}: {fault}", err=True)
    if faults:
        click.echo(language.SITE_IS_WRONG(file=file, count=len(faults)), err=True)
        context.exit(2)
    tables = site.tables
    click.echo(language.SITE_IS_RIGHT(file=file, devices=len(tables.device), hosts=len(tables.driver_host)))
    _explain(site, whole=alarms)


def _explain(site: Site, *, whole: bool) -> None:
    from rich.console import Console  # noqa: PLC0415 - only once nothing is wrong

    from hemei import checking  # noqa: PLC0415 - the same
    from hemei.alarms import explained  # noqa: PLC0415 - the same
    from hemei.alarms.in_force import in_force  # noqa: PLC0415 - the same

    there = in_force(site.tables)
    click.echo(explained.summary(there))
    if not whole:
        click.echo(language.ALARMS_EXPLAINED_BY(file=site.file.name))
    else:
        console = Console()
        console.width = max(console.width, NARROWEST)
        for table in explained.tables(there, checking.data_sheets(site).watched):
            console.print(table)
