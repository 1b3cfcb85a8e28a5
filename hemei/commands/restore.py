"""`hemei restore`: a site out of a backup, in a new folder."""

from pathlib import Path

import click

from hemei import language


@click.command()
@click.argument("backup", type=click.Path(path_type=Path))
@click.option(
    "--to", "folder", required=True, type=click.Path(path_type=Path), help="新目录 · a new or empty folder"
)
@click.option(
    "--ledger",
    metavar="URL",
    help="空的 PostgreSQL 数据库 · an empty database, where the ledger is PostgreSQL",
)
def restore(backup: Path, folder: Path, ledger: str | None) -> None:
    """从备份恢复到新目录 · Restore a backup into a new folder: all of it, or nothing."""
    from hemei.backup.progress import shown  # noqa: PLC0415 - the ledger takes a while to load
    from hemei.backup.restoring import restore as bring_back  # noqa: PLC0415 - the same

    with shown() as advance:
        restored = bring_back(backup, folder, ledger=ledger, advance=advance)
    manifest = restored.manifest
    click.echo(language.RESTORED(folder=restored.folder, made=manifest.made, events=manifest.ledger.events))
    if restored.waiting:
        click.echo(language.RESTORED_WAITING(count=restored.waiting))
    for each in manifest.left_out:
        click.echo(language.RESTORED_WITHOUT(path=each), err=True)
    site = restored.folder / manifest.site_file
    click.echo(language.NEXT_STEPS())
    for step in (f"hemei check {site}", f"hemei audit verify --config {site}", f"hemei hub --config {site}"):
        click.echo(f"  {step}")
    click.echo(language.RESTORED_ONE_HUB())
