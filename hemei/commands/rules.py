"""`hemei rules`: try out definitions of alarms before they matter."""

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from contract import topics
from contract.codec import decode
from contract.errors import ConfigurationError, InvalidMessage
from contract.messages import Event
from contract.things import Description
from contract.topics import Address, is_id
from hemei import language
from hemei.alarms.explained import said
from hemei.alarms.in_force import Definitions, in_force
from hemei.alarms.tables import AlarmTables
from hemei.site import Site, read_site
from hub.alarms.definition import leaves

if TYPE_CHECKING:
    from hub.alarms.rules.explain import Finding, Verdict

DEFAULT_SITE = "hemei"


@click.group()
def rules() -> None:
    """报警规则 · Rules: what raises an alarm."""


@rules.command("try")
@click.argument("event", type=click.File("rb"))
@click.option(
    "--config", type=click.Path(path_type=Path), help="站点文件 · site file; else only what ships counts"
)
@click.option("--device", metavar="KIND/ID", help="来自哪台设备 · whose event it is; else its source says so")
@click.option(
    "--all", "everything", is_flag=True, help="也列出无关的规则 · also rules that it does not concern"
)
def try_(event: BinaryIO, config: Path | None, device: str | None, everything: bool) -> None:
    """试一条事件 · Say which alarms a CloudEvent (JSON; - is standard input) raises, and why."""
    read = _event(event)
    site = read_site(config) if config is not None else None
    there = in_force(site.tables if site is not None else AlarmTables())
    address = _address(read, site, device)
    from hub.alarms.rules.explain import explain  # noqa: PLC0415 - loads the ledger's library

    verdicts = explain(there.definitions, read, address, _description(site, address))
    click.echo(language.TRIED(type=read.type, device=address))
    shown = [each for each in verdicts if everything or _concerns(each, read.type, there)]
    for verdict in shown:
        _show(verdict)
    click.echo(language.OTHER_RULES(count=len(verdicts) - len(shown)))


def _event(file: BinaryIO) -> Event:
    try:
        return decode(Event, file.read())
    except InvalidMessage as wrong:
        name = getattr(file, "name", "-")
        raise ConfigurationError(f"{name}: {wrong}; allowed: a CloudEvent 1.0 as JSON") from wrong


def _address(event: Event, site: Site | None, device: str | None) -> Address:
    """Find out which device it is about; ConfigurationError says how that is written."""
    if device is None:
        try:
            return topics.address(event.source)
        except InvalidMessage as wrong:
            raise ConfigurationError(f"source {event.source!r}: {wrong}; or say --device KIND/ID") from wrong
    kind, _, ident = device.partition("/")
    if not is_id(kind) or not is_id(ident):
        raise ConfigurationError(f"--device {device!r}: allowed: KIND/ID, such as gate/east-in")
    return Address(site.tables.site.id if site is not None else DEFAULT_SITE, kind, ident)


def _description(site: Site | None, address: Address) -> Description | None:
    """Describe the device as far as the site file does: where it stands and what product it is."""
    for device in site.tables.device if site is not None else ():
        if site is not None and site.address(device) == address:
            return Description(title=said(device.title), product=device.model, location=device.location)
    if site is not None:
        click.echo(language.NOT_IN_SITE(device=address, file=site.file), err=True)
    return None


def _concerns(verdict: "Verdict", event: str, there: Definitions) -> bool:
    """Whether a rule has to do with the event: by what comes of it, or because it names it."""
    if verdict.raises or verdict.returns:
        return True
    definition = next(each for each in there.definitions if each.key == verdict.key)
    asked = [definition.raised_by, *([definition.returned_by] if definition.returned_by else [])]
    return any(leaf.event == event for test in asked for leaf in leaves(test))


def _show(verdict: "Verdict") -> None:
    outcome = language.OUTCOMES[_outcome(verdict)]
    click.echo(f"\n{outcome()}: {verdict.key} · {said(verdict.title)}")
    for reason in verdict.against:
        click.echo(f"    {reason}")
    if not verdict.against:
        _show_finding(language.RAISES(), verdict.raising)
        if verdict.returning is not None and verdict.raises is not True:
            _show_finding(language.RETURNS(), verdict.returning)


def _outcome(verdict: "Verdict") -> str:
    if verdict.raises:
        return "raises"
    if verdict.returns:
        return "returns"
    return "nothing" if verdict.raises is False and verdict.returns is False else "depends"


def _show_finding(label: str, finding: "Finding", depth: int = 1) -> None:
    answer = language.ANSWERS[finding.answer]()
    seen = f" ({language.SEEN(what=finding.seen)})" if finding.seen is not None else ""
    click.echo(f"{'    ' * depth}{label}{finding.test}: {answer}{seen}")
    for part in finding.parts:
        _show_finding("", part, depth + 1)
