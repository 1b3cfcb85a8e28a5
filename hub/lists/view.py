"""How far each driver host has the lists that its gates and doors obey, as the API shows it."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from contract.lists import ListName


class ListState(StrEnum):
    """How a host stands with a list.

    CURRENT: it has all that there is, as far as is known. PUSHING: it is getting the rest. BEHIND: it is not
    getting on. OFFLINE: it lacks something and is not there to get it. NEVER: nobody passes by this list,
    for the host was never given it.
    """

    CURRENT = "current"
    PUSHING = "pushing"
    BEHIND = "behind"
    OFFLINE = "offline"
    NEVER = "never"


class HeldList(Struct, frozen=True, kw_only=True):
    """One list at one host: it obeys `revision`, with so many `entries`; the ledger is at `head`.

    `coming`: how far a list has come that begins anew. `behind_since`: RFC 3339; null: it is current.
    """

    list: ListName
    state: ListState
    known: bool
    revision: int
    head: int
    entries: int
    coming: int | None
    behind_since: str | None


class HostLists(Struct, frozen=True, kw_only=True):
    """One driver host that uses lists. `devices`: `site/kind/device` of what it drives."""

    site: str
    host: str
    online: bool
    heard: str
    lists: Sequence[HeldList]
    devices: Sequence[str]


class ListsView(Struct, frozen=True, kw_only=True):
    """Every driver host that uses lists."""

    hosts: Sequence[HostLists]
