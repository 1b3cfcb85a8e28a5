"""Consents, and the proof that a withdrawn face is gone, as the API shows them. Times are RFC 3339."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from hub.alarms.definition import Words

RemovalState = Literal["open", "refused", "acknowledged", "proven", "waived"]
"""Of a face on one terminal. `acknowledged`: it says it deleted, and cannot be asked whether it is gone.

`refused`: the terminal said that it did not delete it, or still knows it. `waived`: a person wrote why this
terminal need not answer any more.
"""


class ConsentView(Struct, frozen=True, kw_only=True):
    """One entry of a person's consents, never changed: given or withdrawn `at`, recorded by whom.

    `text_version`: which text they agreed to; `by_guardian`: for a child. `how`: `paper`, `desk`, `online`,
    `moved-out` (the hub itself, when somebody leaves).
    """

    n: int
    given: bool
    at: str
    recorded: str
    by: str
    how: str
    text_version: str
    by_guardian: bool
    note: str


class RemovalView(Struct, frozen=True, kw_only=True):
    """What one terminal did about a withdrawal. `device`: `door/lobby-3`.

    `event`, `event_seq`, `sha256`: the event in the ledger that says so, and the hash of its bytes; `audit`:
    the number of the entry in the audit that holds the same hash.
    """

    device: str
    title: Words | None
    state: RemovalState
    asked: str
    done: str | None
    held: bool | None
    acknowledged: bool | None
    absent: bool | None
    event: str | None
    event_seq: int | None
    sha256: str | None
    audit: int | None
    waived_by: str | None
    waived_why: str | None


class WithdrawalView(Struct, frozen=True, kw_only=True):
    """A withdrawn consent. `complete`: no terminal's answer is missing; `completed`: since when."""

    n: int
    person: str
    name: str
    room: str | None
    since: str
    by: str
    how: str
    terminals: int
    open: int
    complete: bool
    completed: str | None


class Proof(Struct, frozen=True, kw_only=True):
    """A withdrawal, terminal by terminal: the proof that a face is gone, and what is missing of it."""

    withdrawal: WithdrawalView
    removals: Sequence[RemovalView]


class WithdrawalPage(Struct, frozen=True, kw_only=True):
    """Withdrawn consents, the newest first. `total` of all pages; `next`: give it as `after`."""

    withdrawals: Sequence[WithdrawalView]
    total: int
    next: int | None
