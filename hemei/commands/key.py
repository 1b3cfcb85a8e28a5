"""`hemei key`: the key with which bundles for an authority are signed."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from contract.errors import ConfigurationError
from hemei.bundle_words import KEY_CONFIRM, KEY_IN_USE, KEY_OLD, KEY_RENEWED, KEY_WRITTEN, NO_KEY_YET
from hemei.commands.options import config
from hemei.site import Site, read_site

if TYPE_CHECKING:
    from hub.bundle.keys import PublicKey, SigningKeys


@click.group()
def key() -> None:
    """数据包签名密钥 · The key that bundles are signed with."""


@key.command("show")
@config
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="PEM",
    help="把公钥写入文件，供当面交付 · write the public key into a file, to be handed over",
)
def show(config: Path, out: Path | None) -> None:
    """显示公钥指纹，含已更换的 · Show the fingerprint, also those of keys that were renewed."""
    keys = _keys(read_site(config))
    _in_use(keys)
    current, *old = keys.public_keys()
    click.echo(KEY_IN_USE(fingerprint=current.fingerprint))
    for each in old:
        click.echo(KEY_OLD(fingerprint=each.fingerprint))
    if out is not None:
        _write(out, current.pem)
        click.echo(KEY_WRITTEN(file=out))


@key.command("renew")
@config
@click.option("--yes", is_flag=True, help="不再询问 · do not ask")
def renew(config: Path, *, yes: bool) -> None:
    """更换密钥：以后的数据包用新密钥签名 · Sign with a new key from now on; the old public key is kept."""
    from hemei.signing import renewed  # noqa: PLC0415 - the ledger takes a while to load

    site = read_site(config)
    keys = _keys(site)
    old = _in_use(keys)
    click.echo(KEY_IN_USE(fingerprint=old.fingerprint))
    if not yes:
        click.confirm(KEY_CONFIRM(), abort=True)
    renewal = renewed(site, keys)
    click.echo(KEY_RENEWED(old=renewal.old.fingerprint, new=renewal.new.fingerprint))


def _keys(site: Site) -> "SigningKeys":
    from hub.bundle.keys import SigningKeys  # noqa: PLC0415 - cryptography takes a while to load
    from hub.disclosure.making.making import KEYS  # noqa: PLC0415 - the ledger does, too

    return SigningKeys(site.path(site.tables.hub.data_dir) / KEYS)


def _in_use(keys: "SigningKeys") -> "PublicKey":
    known = keys.known()
    if known is None:
        raise ConfigurationError(NO_KEY_YET())
    return known


def _write(file: Path, pem: bytes) -> None:
    """Write a public key; what is there already may be another one, that was handed over."""
    try:
        with file.open("xb") as out:
            out.write(pem)
    except OSError as wrong:
        raise ConfigurationError(f"{file}: {wrong.strerror}") from wrong
