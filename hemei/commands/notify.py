"""`hemei notify`: whether those who should be told can be."""

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from contract.clock import SystemClock
from contract.errors import ConfigurationError
from hemei import language
from hemei.commands.options import config
from hemei.settings import contacts
from hemei.site import Site, read_site

if TYPE_CHECKING:
    from hub.notify.contact import Contact
    from hub.notify.courier import Outcome


@click.group()
def notify() -> None:
    """通知 · Notifications to people who are not looking at a screen."""


@notify.command("list")
@config
def list_(config: Path) -> None:
    """列出通知对象 · List the contacts, and what is wrong with their addresses; nothing is sent."""
    from hub.notify.address import fault_of  # noqa: PLC0415 - loads the sending library
    from hub.notify.sender import AppriseSender  # noqa: PLC0415 - the same

    for contact in contacts(read_site(config)):
        fault = fault_of(contact, AppriseSender())
        click.echo(f"{contact.id:<24}{fault or language.ADDRESS_IS_RIGHT()}")


@notify.command("test")
@config
@click.argument("contact")
@click.pass_context
def test(context: click.Context, config: Path, contact: str) -> None:
    """发送测试通知 · Send one contact a test message, and say what became of it."""
    site = read_site(config)
    chosen = _contact(site, contact)
    outcome = _send(site, chosen)
    if outcome.ok:
        click.echo(language.TEST_TAKEN(contact=chosen.id))
        return
    click.echo(language.TEST_NOT_TAKEN(contact=chosen.id, reason=outcome.reason), err=True)
    context.exit(1)


def _contact(site: Site, name: str) -> "Contact":
    known = {each.id: each for each in contacts(site)}
    if name not in known:
        raise ConfigurationError(f"there is no contact {name!r}; allowed: {', '.join(known) or 'none yet'}")
    return known[name]


def _send(site: Site, contact: "Contact") -> "Outcome":
    from hub.notify.address import read_address  # noqa: PLC0415 - loads the sending library
    from hub.notify.letter import SiteWords, Writer  # noqa: PLC0415 - the same
    from hub.notify.sender import AppriseSender  # noqa: PLC0415 - the same

    table = site.tables.site
    writer = Writer(SiteWords(title=table.title, zone=ZoneInfo(table.timezone)), {})
    return AppriseSender().send(read_address(contact), writer.test(contact, SystemClock().now_ms()))
