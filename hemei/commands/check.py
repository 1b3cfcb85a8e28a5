"""`hemei check`: read a site file through and say what is wrong."""

from pathlib import Path

import click

from hemei import language
from hemei.site import read_site


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def check(context: click.Context, file: Path) -> None:
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
