"""A part of the product as whoever keeps it running sees it: its state, why, and the figures. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from contract.messages import Scalar
from hub.alarms.definition import Words


class PartState(StrEnum):
    """NORMAL: as it should be. OFF: not set up here, and nothing asks for it. UNKNOWN is never normal."""

    NORMAL = "normal"
    ATTENTION = "attention"
    FAULT = "fault"
    UNKNOWN = "unknown"
    OFF = "off"


class Group(StrEnum):
    """What belongs together on the page, in its order."""

    PROCESSES = "processes"
    LINK = "link"
    HOSTS = "hosts"
    QUEUES = "queues"
    RULES = "rules"
    VIEWERS = "viewers"
    STORAGE = "storage"
    CERTIFICATES = "certificates"
    BACKUP = "backup"
    CANARY = "canary"
    NOTIFICATIONS = "notifications"
    WEBHOOKS = "webhooks"
    LISTS = "lists"
    DROPPED = "dropped"


class Part(Struct, frozen=True, kw_only=True):
    """One part. `says`: a word for why it is so, for which pages have the words and what to do about it.

    `figures` by name, with the unit at the end of the name: `_s`, `_bytes`, `_days`, `_percent`; without one
    it is a count or a word. `since`: RFC 3339; null: not known.
    """

    group: Group
    id: str
    state: PartState
    says: str
    title: Words = {}
    figures: Mapping[str, Scalar] = field(default_factory=dict)
    since: str | None = None


def part(group: Group, ident: str, state: PartState, says: str, **figures: Scalar) -> Part:
    """Make a part that needs no title of its own."""
    return Part(group=group, id=ident, state=state, says=says, figures=figures)
