"""What the site file's `[home_assistant]` means for the broker's rules, and what can be wrong in it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from contract.topics import Address
from hub.home_assistant import topics
from hub.home_assistant.settings import HomeAssistantSettings

if TYPE_CHECKING:
    from hemei.site import DeviceTable, Site


def hub_rules(site: "Site") -> Iterator[tuple[str, str]]:
    """Yield what the hub may do, as access and topic; also where it is off, to take all back."""
    ident = site.tables.site.id
    yield "readwrite", topics.configs(site.tables.home_assistant.prefix, ident)
    yield "readwrite", f"{topics.ROOT}/{ident}/#"


def own_rules(site: "Site") -> Iterator[tuple[str, str]]:
    """Yield what Home Assistant may do: see, and command only the devices that the site file allows."""
    ident, said = site.tables.site.id, site.tables.home_assistant
    yield "read", f"{said.prefix}/#"
    yield "read", topics.status(ident)
    yield "read", topics.states(ident)
    for allowed in said.allow:
        yield "write", topics.command(Address(ident, *allowed.split("/")))


def home_assistant_faults(said: HomeAssistantSettings, devices: Sequence["DeviceTable"]) -> Iterator[str]:
    """Yield what is wrong in `[home_assistant]`: devices there are none of, inputs of what is not allowed."""
    known = {f"{each.kind}/{each.id}" for each in devices}
    place = "[home_assistant]"
    for allowed in said.allow:
        if allowed not in known:
            names = ", ".join(sorted(known)) or "none: there is no [[device]]"
            yield f"{place} allow = {allowed!r}: no such device; allowed: {names}"
    for key in said.inputs:
        device, _, action = key.rpartition("/")
        if device not in said.allow or not action:
            yield f'{place} inputs = {key!r}: allowed: "kind/device/action" of a device in allow'
