"""Where things lie at the broker: discovery where Home Assistant looks for it, all else below a root of ours.

`hemei-ha/{site}/status` is the hub's own; a device has `hemei-ha/{site}/{kind}/{device}/state` and, if Home
Assistant may make it act, `…/command`. What drivers publish is not for Home Assistant.
"""

import re
from typing import Final

from contract.topics import Address, is_id

ROOT: Final = "hemei-ha"

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
"""What a topic of discovery may hold."""


def status(site: str) -> str:
    """Return where the hub says `online`, and the broker `offline` when the hub is away."""
    return f"{ROOT}/{site}/status"


def marker(site: str) -> str:
    """Return where the hub says something to itself, to know that it has heard all before it."""
    return f"{ROOT}/{site}/marker"


def state(address: Address) -> str:
    """Return where a device's state lies, retained."""
    return f"{ROOT}/{address}/state"


def command(address: Address) -> str:
    """Return where Home Assistant says what a device shall do."""
    return f"{ROOT}/{address}/command"


def states(site: str) -> str:
    """Return the filter for the state of every device."""
    return f"{ROOT}/{site}/+/+/state"


def commands(site: str) -> str:
    """Return the filter for every command."""
    return f"{ROOT}/{site}/+/+/command"


def node(site: str) -> str:
    """Return what all that this site discovers stands below."""
    return f"hemei-{site}"


def config(prefix: str, component: str, address: Address, name: str) -> str:
    """Return where an entity is described; no id holds a `_`, so that it can be taken apart."""
    return f"{prefix}/{component}/{node(address.site)}/{address.kind}_{address.device}_{name}/config"


def configs(prefix: str, site: str) -> str:
    """Return the filter for every entity of this site."""
    return f"{prefix}/+/{node(site)}/+/config"


def is_name(name: str) -> bool:
    """Whether a property or action of this name can be discovered."""
    return _NAME.fullmatch(name) is not None


def device_of(topic: str, site: str) -> Address | None:
    """Return whose a topic of ours is; None: nobody's that there could be."""
    parts = topic.split("/")
    if parts[0] == ROOT and len(parts) == 5:
        kind, device = parts[2:4]
    elif len(parts) == 5 and parts[3].count("_") >= 2:
        kind, device, _ = parts[3].split("_", 2)
    else:
        return None
    return Address(site, kind, device) if is_id(kind) and is_id(device) else None
