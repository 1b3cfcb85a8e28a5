"""`hemei backup`: a safe copy of a site while it runs, and whether one is whole."""

from pathlib import Path

import click

from contract.clock import SystemClock
from hemei import language
from hemei.commands.options import config
from hemei.site import read_site

folder = click.Path(path_type=Path)


@click.group(invoke_without_command=True)
@config
@click.option(
    "--to",
    "shelf",
    type=folder,
    help="存放备份的目录（最好在另一块硬盘） · where backups stand, best on another disk",
)
@click.option(
    "--keep", type=click.IntRange(min=1), metavar="N", help="只保留最新 N 份 · delete all but the newest N"
)
@click.option(
    "--without-secrets",
    is_flag=True,
    help="不含密钥（恢复后须重建） · leave secrets out; a restored site then needs new ones",
)
@click.pass_context
def backup(
    context: click.Context, config: Path, shelf: Path | None, keep: int | None, *, without_secrets: bool
) -> None:
    """备份站点，运行中也可 · Copy a site while it runs: ledger, history, pictures, secrets, outboxes."""
    if context.invoked_subcommand is not None:
        return
    if shelf is None:
        raise click.UsageError("give --to FOLDER: where backups stand")
    from hemei.backup.making import make_backup  # noqa: PLC0415 - the ledger takes a while to load
    from hemei.backup.progress import shown  # noqa: PLC0415 - the same

    site = read_site(config)
    with shown() as advance:
        made = make_backup(
            site, shelf, SystemClock(), keep=keep, secrets=not without_secrets, advance=advance
        )
    click.echo(
        language.BACKUP_MADE(
            folder=made.folder,
            size=made.manifest.bytes / 1e6,
            events=made.manifest.ledger.events,
            media=made.manifest.media,
        )
    )
    if without_secrets:
        click.echo(language.BACKUP_LEFT_OUT(count=len(made.manifest.left_out)), err=True)
    if not made.manifest.has_history:
        click.echo(language.BACKUP_NO_HISTORY(), err=True)
    for each in made.gone:
        click.echo(language.BACKUP_GONE(folder=each))


@backup.command("verify")
@click.argument("backup", type=folder)
def verify(backup: Path) -> None:
    """核对一份备份 · Read a backup through and compare every byte with its manifest."""
    from hemei.backup.progress import shown  # noqa: PLC0415 - as above
    from hemei.backup.verifying import verified  # noqa: PLC0415 - the same

    with shown() as advance:
        manifest = verified(backup, advance)
    click.echo(
        language.BACKUP_IS_RIGHT(
            made=manifest.made,
            files=len(manifest.files),
            size=manifest.bytes / 1e6,
            events=manifest.ledger.events,
        )
    )
    for tenant, head in manifest.ledger.audit.items():
        click.echo(language.BACKUP_AUDIT(tenant=tenant, n=head.n, hash=head.hash))
