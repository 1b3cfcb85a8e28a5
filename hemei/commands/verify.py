"""`hemei verify`: whether a bundle that left to an authority is still what was signed. Needs no hub."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import msgspec

from hemei import bundle_words as words
from hemei.language import speaks_chinese

if TYPE_CHECKING:
    from hub.bundle.verify.check import Advance
    from hub.bundle.verify.findings import Report

SHOWN: Final = 40
"""Findings on the screen."""

readable = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--key", metavar="PEM|指纹", help="小区的公钥文件或指纹 · the community's public key, or its fingerprint"
)
@click.option(
    "--identity", type=readable, help="解密用的 age 私钥文件 · age's file with the key that opens it"
)
@click.option(
    "--authority", type=readable, help="时间戳机构根证书 · root certificates of time stamp authorities"
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print the report as JSON")
@click.pass_context
def verify(
    context: click.Context,
    bundle: Path,
    key: str | None,
    identity: Path | None,
    authority: Path | None,
    *,
    as_json: bool,
) -> None:
    """核对披露包（ZIP、.age 或解压后的目录） · Find any change of a bundle.

    Ends with 0 if it is whole, 1 if anything was changed, 2 if it cannot be read.
    """
    from hub.bundle.stamping import roots_in  # noqa: PLC0415 - cryptography takes a while to load
    from hub.bundle.verify.check import Trust, check, fingerprint_of  # noqa: PLC0415 - the same

    trust = Trust(
        fingerprint=None if key is None else fingerprint_of(key),
        roots=() if authority is None else roots_in(authority),
    )
    with _progress(quiet=as_json) as advance:
        report = check(bundle, trust, identity, advance)
    if as_json:
        click.echo(msgspec.json.encode({"right": report.right} | msgspec.structs.asdict(report)))
    else:
        _show(report)
    context.exit(0 if report.right else 1)


@contextmanager
def _progress(*, quiet: bool) -> Iterator["Advance"]:
    """Show on a terminal how far it is."""
    from rich.console import Console  # noqa: PLC0415 - only here
    from rich.progress import Progress  # noqa: PLC0415 - the same

    console = Console(stderr=True)
    with Progress(console=console, disable=quiet or not console.is_terminal, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _show(report: "Report") -> None:
    for each in report.findings[:SHOWN]:
        details = f" ({each.details})" if each.details else ""
        click.echo(f"{each.at}: {words.FAULTS[each.fault]()}{details}", err=True)
    if len(report.findings) > SHOWN:
        click.echo(words.MORE(count=len(report.findings) - SHOWN), err=True)
    _about(report)
    if report.right:
        rows = sum(table.rows for table in report.manifest.tables) if report.manifest else 0
        click.echo(words.WHOLE(files=report.files, rows=rows))
    else:
        click.echo(words.CHANGED(count=len(report.findings)), err=True)
    _whose(report)


def _about(report: "Report") -> None:
    manifest = report.manifest
    if manifest is None:
        return
    site = manifest.site.get("zh-CN" if speaks_chinese() else "en") or next(iter(manifest.site.values()), "")
    click.echo(words.ABOUT(number=manifest.number, site=site, made=manifest.made, software=manifest.software))


def _whose(report: "Report") -> None:
    if report.fingerprint is not None:
        said = words.KEY_COMPARED if report.key_compared else words.KEY_TO_COMPARE
        click.echo(said(fingerprint=report.fingerprint))
    if report.stamp is not None:
        said = words.STAMP_TRUSTED if report.stamp.trusted else words.STAMP_UNCHECKED
        click.echo(said(at=report.stamp.at.isoformat(), by=report.stamp.by))
    else:
        click.echo(words.NO_STAMP())
    if not report.sidecar:
        click.echo(words.NO_SIDECAR())
