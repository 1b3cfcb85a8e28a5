"""`hemei user`: people, and the links with which they sign in for the first time."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from contract.errors import ConfigurationError
from hemei import language
from hemei.commands.options import config
from hemei.site import Site, read_site

if TYPE_CHECKING:
    from hub.access.access import Access

role = click.option("--role", required=True, metavar="ROLE", help="wall, guard, supervisor, liaison, admin")


@click.group()
def user() -> None:
    """人员与登录链接 · People and their sign-in links."""


@user.command("add")
@config
@role
@click.option("--password", is_flag=True, help="设置口令 · ask for a password; else by link alone")
@click.argument("name")
def add(config: Path, role: str, name: str, *, password: bool) -> None:
    """新增人员 · Add a person and print the one-time link for the first sign-in."""
    from hemei.people import role_of  # noqa: PLC0415 - the ledger takes a while to load

    chosen = role_of(role)
    secret = click.prompt("Password", hide_input=True, confirmation_prompt=True) if password else None

    async def change(site: Site, access: "Access") -> None:
        await access.create_user(name, chosen, secret)
        _show_link(site, await access.create_link(chosen, name))

    with_access(config, change)


@user.command("link")
@config
@click.option("--role", metavar="ROLE", help="无人名的席位 · a desk or a wall rather than a person")
@click.argument("name", required=False)
def link(config: Path, role: str | None, name: str | None) -> None:
    """登录链接 · Print a one-time link for a person, or for a role such as wall."""
    if (role is None) == (name is None):
        raise click.UsageError("give a NAME or a --role")
    from hemei.people import role_of  # noqa: PLC0415 - the ledger takes a while to load

    chosen = role_of(role) if role else None

    async def change(site: Site, access: "Access") -> None:
        known = {each.name: each.role for each in await access.users()}
        wanted = chosen or known.get(name or "")
        if wanted is None:
            raise ConfigurationError(f"there is no user {name!r}; allowed: {', '.join(known) or 'none yet'}")
        _show_link(site, await access.create_link(wanted, name))

    with_access(config, change)


@user.command("list")
@config
def list_(config: Path) -> None:
    """列出人员 · List everybody with an account."""

    async def show(_site: Site, access: "Access") -> None:
        for each in await access.users():
            state = "" if each.enabled else f"  ({language.DISABLED()})"
            click.echo(f"{each.name:<24}{each.role.value}{state}")

    with_access(config, show)


@user.command("disable")
@config
@click.argument("name")
def disable(config: Path, name: str) -> None:
    """停用 · Close an account; its sessions end at once."""
    with_access(config, lambda _site, access: access.set_enabled(name, enabled=False))


@user.command("enable")
@config
@click.argument("name")
def enable(config: Path, name: str) -> None:
    """启用 · Open a closed account again."""
    with_access(config, lambda _site, access: access.set_enabled(name, enabled=True))


def with_access(config: Path, work: Callable[[Site, "Access"], Awaitable[None]]) -> None:
    """Do `work` on the ledger of the site."""
    from hemei.people import access_of  # noqa: PLC0415 - the ledger takes a while to load

    site = read_site(config)

    async def run() -> None:
        async with access_of(site) as access:
            await work(site, access)

    asyncio.run(run())


def _show_link(site: Site, link: str) -> None:
    from hemei.people import base_url, sign_in_url  # noqa: PLC0415 - the ledger takes a while to load

    click.echo(f"{language.SIGN_IN()}:")
    click.echo(sign_in_url(base_url(site), link))
