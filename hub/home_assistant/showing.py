"""A device's state as Home Assistant is told it: one small message, in which only what is live stands."""

from typing import Final

import msgspec
from msgspec import Struct

from contract.messages import Scalar
from hub.home_assistant.entities import may_be_shown
from hub.shadows.shadow import Connectivity, Shadow
from hub.shadows.view import view

_encode: Final = msgspec.json.Encoder().encode


class LastCommand(Struct, frozen=True, kw_only=True):
    """What became of what Home Assistant last asked of a device; `error` says why it did not happen."""

    action: str
    status: str
    error: str | None = None


class Showing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a device now; a property that is stale, uncertain or unknown is not in it."""

    online: bool
    properties: dict[str, Scalar]
    command: LastCommand | None = None


OFFLINE: Final = _encode(Showing(online=False, properties={}))


def showing(shadow: Shadow, command: LastCommand | None) -> bytes:
    """Write what Home Assistant may know of a device now."""
    online = shadow.connectivity is Connectivity.ONLINE
    live = {
        name: each.value
        for name, each in view(shadow).properties.items()
        if each.quality == "good" and may_be_shown(name, shadow.schema(name))
    }
    return _encode(Showing(online=online, properties=live if online else {}, command=command))
