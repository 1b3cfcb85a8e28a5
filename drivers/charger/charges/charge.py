"""The charges of one connector, told to begin, under way and ended: what is remembered of them. Pure.

Several may be open at once: a post that was away tells of the end of one after the next has begun.
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from drivers.charger.words import EndReason

PAST: Final = 50
"""How many ended charges are known, to tell late and repeated reports from new ones."""

PENDING: Final = 20

LINGERS: Final = timedelta(seconds=120)
"""So long after a start was given up, a post may still begin: OCPP's ConnectionTimeOut, and then some."""

QUARTER_S: Final = 900


class Pending(Struct, frozen=True, kw_only=True):
    """A charge that the post was told to begin, admitted `until` then. Not `wanted`: it was given up."""

    order: str
    until: datetime
    seconds: int
    energy: int
    power: int
    wanted: bool = True

    def admitted(self, now: datetime) -> bool:
        """Whether it may begin."""
        return self.wanted and now < self.until

    def held(self, now: datetime) -> int:
        """Return what it may come to take, in W, wanted or not."""
        return self.power if now < self.until + LINGERS else 0


class Charge(Struct, frozen=True, kw_only=True):
    """A charge that began `at`, by the post's clock, and is not known to have ended.

    `since`: when it began by our clock. `energy` (Wh) is what was read `read_at`; `meter` the connector's
    total at the beginning; `quarter` the quarter of an hour in which a reading was last reported. At most
    `seconds`, `most_energy` (Wh) and, as the post was last allowed, `power` (W). `ending`: why it is ended.
    """

    transaction: str
    order: str
    at: datetime
    since: datetime
    read_at: datetime
    quarter: int
    seconds: int
    most_energy: int
    power: int
    meter: int | None = None
    energy: int = 0
    ending: EndReason | None = None


class Past(Struct, frozen=True, kw_only=True):
    """A charge that has ended and was reported."""

    transaction: str
    order: str


class Kept(Struct, frozen=True, kw_only=True):
    """Everything that is remembered of a connector's charges, oldest first."""

    pending: tuple[Pending, ...] = ()
    open: tuple[Charge, ...] = ()
    past: tuple[Past, ...] = ()

    @property
    def current(self) -> Charge | None:
        """The charge that began last and has not ended."""
        return self.open[-1] if self.open else None

    def charge(self, transaction: str) -> Charge | None:
        """Return an open charge."""
        return next((each for each in self.open if each.transaction == transaction), None)

    def ended(self, transaction: str) -> bool:
        """Whether this is a charge that has ended."""
        return any(each.transaction == transaction for each in self.past)

    def waiting(self, order: str) -> Pending | None:
        """Return what the post was told to begin under this order."""
        return next((each for each in self.pending if each.order == order), None)

    def admits(self, order: str | None, now: datetime) -> bool:
        """Whether a charge under this order may begin."""
        pending = self.waiting(order) if order else None
        return pending is not None and pending.admitted(now)

    def used(self, order: str, *, but: str | None = None) -> bool:
        """Whether a charge has begun under this order, other than the transaction `but`."""
        began = [(each.order, each.transaction) for each in self.open]
        began += [(each.order, each.transaction) for each in self.past]
        return any(known == order and transaction != but for known, transaction in began)

    def with_pending(self, pending: Pending) -> "Kept":
        """Remember that the post is told to begin."""
        others = tuple(each for each in self.pending if each.order != pending.order)
        return replace(self, pending=(*others, pending)[-PENDING:])

    def with_charge(self, charge: Charge) -> "Kept":
        """Remember a charge, in its place if it is there; what was told to begin has begun."""
        if self.charge(charge.transaction):
            opened = tuple(charge if each.transaction == charge.transaction else each for each in self.open)
        else:
            opened = (*self.open, charge)
        pending = tuple(each for each in self.pending if each.order != charge.order)
        past = tuple(each for each in self.past if each.transaction != charge.transaction)
        return replace(self, open=opened, pending=pending, past=past)

    def with_new(self, charge: Charge) -> "Kept":
        """Remember a charge that has begun, or of a known one the order that was learnt since.

        One that nobody waits for any more is to be ended.
        """
        known, pending = self.charge(charge.transaction), self.waiting(charge.order)
        if known is not None:
            return self.with_charge(replace(known, order=charge.order))
        if pending is not None and not pending.wanted:
            charge = replace(charge, ending=EndReason.STOPPED)
        return self.with_charge(charge)

    def with_reading(self, read: Charge) -> "Kept":
        """Remember what was read of a charge; others change the rest of it."""
        charge = self.charge(read.transaction)
        if charge is None:
            return self
        last = max(charge.quarter, quarter(read.read_at))
        return self.with_charge(
            replace(charge, meter=read.meter, energy=read.energy, read_at=read.read_at, quarter=last)
        )

    def with_ending(self, transaction: str, why: EndReason) -> "Kept":
        """Remember that a charge is to be ended; why it first was stays."""
        charge = self.charge(transaction)
        if charge is None or charge.ending is not None:
            return self
        return self.with_charge(replace(charge, ending=why))

    def without(self, charge: Charge) -> "Kept":
        """Remember that a charge has ended."""
        opened = tuple(each for each in self.open if each.transaction != charge.transaction)
        past = (*self.past, Past(transaction=charge.transaction, order=charge.order))
        return replace(self, open=opened, past=past[-PAST:])


def quarter(moment: datetime) -> int:
    """Return in which quarter of an hour a moment is: of every time zone in use today."""
    return int(moment.timestamp() // QUARTER_S)
