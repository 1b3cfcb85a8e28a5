"""An alarm as it stands, and the entries of its timeline."""

from enum import StrEnum
from typing import Any, Final

from msgspec import Struct, field

from contract.topics import Address
from hub.alarms.definition import Kind, Priority
from hub.alarms.lifecycle import State, Suppression


class EntryKind(StrEnum):
    """What an entry of the timeline tells."""

    RAISED = "raised"
    REPEATED = "repeated"
    RETURNED = "returned"
    ACKNOWLEDGED = "acknowledged"
    RESET = "reset"
    CLOSED = "closed"
    REVIEWED = "reviewed"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    SUPPRESSED = "suppressed"
    UNSUPPRESSED = "unsuppressed"
    OUT_OF_SERVICE = "out-of-service"
    IN_SERVICE = "in-service"
    ASSIGNED = "assigned"
    COMMENTED = "commented"
    ESCALATED = "escalated"
    TOLD = "told"
    LINKED = "linked"
    EVIDENCE = "evidence"
    ORDERED = "ordered"
    SHOWN = "shown"
    REFERRED = "referred"
    """Handed to the police grid officer of its area."""
    REFERRAL_RECEIVED = "referral-received"
    REFERRAL_ANSWERED = "referral-answered"
    REFERRAL_REVOKED = "referral-revoked"


class Trace(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When the event that raised it was where, in ms since 1970: one time per hop.

    `painted_by`: whose screen painted it first.
    """

    device_ms: int | None = None
    received_ms: int | None = None
    committed_ms: int | None = None
    raised_ms: int | None = None
    pushed_ms: int | None = None
    painted_ms: int | None = None
    acknowledged_ms: int | None = None
    painted_by: str | None = None


class Alarm(Struct, frozen=True, kw_only=True):
    """One alarm. `dedup` is unique among those that are open.

    `version` grows with everything that a person who acts on it must have seen; `entries` counts its
    timeline, where also stands who was told. `active`: whether what raised it lasts, as far as is known (a
    latching alarm holds beyond that). `closed_by`: who closed it, where a second person reviews that.
    `event_seq`: the newest event of the ledger that raised it. `test`: the commissioning test within which it
    was last raised; it is shown and told like any other.
    """

    id: str
    tenant: str
    site: str
    device_kind: str
    device: str
    key: str
    dedup: str
    area: str | None
    title: dict[str, str]
    priority: Priority
    kind: Kind
    latching: bool
    review: bool
    state: State
    suppression: Suppression
    active: bool
    count: int
    version: int
    entries: int
    raised_ms: int
    last_ms: int
    returned_ms: int | None = None
    acknowledged_ms: int | None = None
    acknowledged_by: str | None = None
    assigned_to: str | None = None
    closed_by: str | None = None
    closed_ms: int | None = None
    parent: str | None = None
    shelved_until_ms: int | None = None
    event_seq: int | None = None
    data: dict[str, Any] = field(default_factory=dict)
    trace: Trace = field(default_factory=Trace)
    test: str | None = None

    @property
    def address(self) -> Address:
        """The device it is about."""
        return Address(self.site, self.device_kind, self.device)

    @property
    def open(self) -> bool:
        """Whether somebody still has something to do with it."""
        return self.closed_ms is None


class Entry(Struct, frozen=True, kw_only=True):
    """The `n`th entry of an alarm's timeline, from 1. `who` is a principal or `hub`."""

    alarm: str
    n: int
    ts_ms: int
    kind: EntryKind
    who: str
    post: str | None = None
    note: str = ""
    data: dict[str, Any] = field(default_factory=dict)


class Actor(Struct, frozen=True, kw_only=True):
    """Who does something to an alarm: a principal's name, where they are on duty, from which address."""

    who: str
    post: str | None = None
    address: str | None = None


HUB: Final = Actor(who="hub")


class Press(Struct, frozen=True, kw_only=True):
    """Which press it was, so that it counts once however often it is sent.

    `pressed_ms`: when, in ms since 1970, if it was kept while the hub could not be reached; by the hub's time
    as far as the person's device knew it.
    """

    request: str | None = None
    pressed_ms: int | None = None

    def data(self) -> dict[str, Any]:
        """Return what the timeline says of it beside the request."""
        return {} if self.pressed_ms is None else {"pressed_ms": self.pressed_ms}


AT_ONCE: Final = Press()


class Change(Struct, frozen=True, kw_only=True):
    """What became different: the alarm before (None: it is new) and after, and the entry that says so."""

    before: Alarm | None
    after: Alarm
    entry: Entry
