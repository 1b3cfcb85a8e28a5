"""`hemei token`: bearer tokens for machines."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from contract.clock import from_epoch_ms, rfc3339
from contract.errors import ConfigurationError
from hemei import language
from hemei.commands.options import config
from hemei.commands.user import role, with_access
from hemei.site import Site

if TYPE_CHECKING:
    from hub.access.access import Access


SCREEN: Final = "wall"
"""The role of tokens that open a screen."""


@click.group()
def token() -> None:
    """机器令牌 · Bearer tokens for machines."""


@token.command("add")
@config
@role
@click.option("--days", type=click.IntRange(min=1), help="有效天数 · how long it holds; else until revoked")
@click.argument("name")
def add(config: Path, role: str, days: int | None, name: str) -> None:
    """新增令牌 · Make a token and print it; it cannot be shown again."""
    from hemei.people import role_of, screen_url  # noqa: PLC0415 - the ledger takes a while to load

    chosen = role_of(role)
    lifetime_s = timedelta(days=days).total_seconds() if days else None

    async def change(site: Site, access: "Access") -> None:
        secret = await access.create_token(name, chosen, lifetime_s)
        click.echo(secret)
        if chosen == SCREEN:
            click.echo(f"{language.OPENS_SCREEN()}: {screen_url(site, secret)}", err=True)

    with_access(config, change)


@token.command("list")
@config
def list_(config: Path) -> None:
    """列出令牌 · List the tokens, without their secrets, and when each was last used."""

    async def show(_site: Site, access: "Access") -> None:
        click.echo(language.TOKEN_COLUMNS(), err=True)
        for each in await access.tokens():
            until, seen = moment(each.expires_ms), moment(each.seen_ms)
            click.echo(f"{each.name:<24}{each.role.value:<12}{until:<26}{seen}")

    with_access(config, show)


def moment(at_ms: int | None) -> str:
    """Say a time as RFC 3339, or that there is none."""
    return "-" if at_ms is None else rfc3339(from_epoch_ms(at_ms))


@token.command("revoke")
@config
@click.argument("name")
def revoke(config: Path, name: str) -> None:
    """收回令牌 · Take a token back at once."""

    async def change(_site: Site, access: "Access") -> None:
        if not await access.revoke_token(name):
            known = ", ".join(each.name for each in await access.tokens()) or "none"
            raise ConfigurationError(f"there is no token {name!r}; allowed: {known}")

    with_access(config, change)
