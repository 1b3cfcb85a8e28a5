"""A work order as it stands, and the entries of its timeline."""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from hub.alarms.alarm import Actor
from hub.orders.kinds import OrderKind
from hub.orders.lifecycle import State


class OrderEntryKind(StrEnum):
    """What an entry of an order's timeline tells."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    TAKEN = "taken"
    ARRIVED = "arrived"
    DONE = "done"
    CLOSED = "closed"
    REJECTED = "rejected"
    REOPENED = "reopened"
    COMMENTED = "commented"
    PICTURE = "picture"
    NEAR_DUE = "near-due"
    OVERDUE = "overdue"


class Told(StrEnum):
    """What was last told of a limit."""

    NOTHING = "nothing"
    NEAR_DUE = "near-due"
    OVERDUE = "overdue"

    @property
    def rank(self) -> int:
        """Grows with time."""
        return list(Told).index(self)


class Times(Struct, frozen=True, kw_only=True):
    """One limit of an order, in ms since 1970: when people are reminded, and until when it is in time."""

    near_ms: int
    by_ms: int


class WorkOrder(Struct, frozen=True, kw_only=True):
    """One work order. `number` is what people call it by: it grows by one in each tenant.

    `terms` is its kind as it was when the order was made. `start_ms` is from when its limits count: the raise
    of its alarm, or the report. `version` grows with everything that a person who acts on it must have seen,
    `entries` counts its timeline. `device`: `kind/id`. `reporter` is a pseudonymous reference. `proofs`
    counts the pictures that show the work; `reopened`, how often it was not in order after all.
    """

    id: str
    tenant: str
    number: int
    site: str
    kind: str
    terms: OrderKind
    title: dict[str, str]
    start_ms: int
    made_ms: int
    respond: Times
    resolve: Times
    alarm: str | None = None
    device: str | None = None
    area: str | None = None
    place: str = ""
    text: str = ""
    reporter: str | None = None
    state: State = State.REPORTED
    version: int = 0
    entries: int = 0
    respond_told: Told = Told.NOTHING
    resolve_told: Told = Told.NOTHING
    responded_ms: int | None = None
    done_ms: int | None = None
    closed_ms: int | None = None
    assigned_to: str | None = None
    taken_by: str | None = None
    done_by: str | None = None
    closed_by: str | None = None
    proofs: int = 0
    reopened: int = 0
    satisfied: bool | None = None

    @property
    def open(self) -> bool:
        """Whether somebody still has something to do with it."""
        return self.closed_ms is None


class OrderEntry(Struct, frozen=True, kw_only=True):
    """The `n`th entry of an order's timeline, from 1. `who` is a principal or `hub`."""

    order: str
    n: int
    ts_ms: int
    kind: OrderEntryKind
    who: str
    post: str | None = None
    note: str = ""
    data: dict[str, Any] = field(default_factory=dict)


class OrderChange(Struct, frozen=True, kw_only=True):
    """What became different, by whom: the order before (None: it is new) and after, and its entry."""

    before: WorkOrder | None
    after: WorkOrder
    entry: OrderEntry
    by: Actor


class Written(Struct, frozen=True, kw_only=True):
    """What is to be said in an order's timeline, and by whom."""

    kind: OrderEntryKind
    by: Actor
    note: str = ""
    data: dict[str, Any] = field(default_factory=dict)
