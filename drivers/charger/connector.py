"""One connector as its post tells of it: what is kept of its charges, and what is reported.

It listens as long as the process lives, also between two runs of its driver. What must be done about what it
hears is done elsewhere: nobody may ask a post something while it waits for an answer to what it said.
"""

from datetime import datetime
from typing import Final

from drivers.charger import words
from drivers.charger.bell import Bell
from drivers.charger.charges.book import Book
from drivers.charger.charges.charge import Charge, Kept
from drivers.charger.charges.reports import Reports
from drivers.charger.link import Began, Ended, Link, Reading, Status
from drivers.charger.options import ChargerOptions
from drivers.charger.safety.dangers import Dangers
from drivers.charger.safety.interlocks import Situation, must_end
from drivers.charger.seen import Seen
from drivers.charger.words import ConnectorState, EndReason, Trouble
from drivers.runtime.interface import Port

RECENT_S: Final = 60.0
"""What the post says of so long ago is how it is now; older things come from its memory."""


class Connector:
    """See `drivers.charger.link.Ear`. `cut` and `out_of_service` are remembered; `stuck`: it did not stop."""

    def __init__(self, options: ChargerOptions, port: Port) -> None:
        self.options = options
        self.port = port
        self.clock = port.clock
        self.news = Bell(port.clock)
        self.seen = Seen()
        self.reports = Reports(port)
        self.book = Book(options, port, self.reports)
        self.dangers = Dangers(port)
        self.cut = port.recall("power-cut") is True
        self.out_of_service = port.recall("out-of-service") is True
        self.stuck = False
        self._read_until: datetime | None = None

    @property
    def kept(self) -> Kept:
        """What is known of its charges."""
        return self.book.kept

    @property
    def under_way(self) -> Charge | None:
        """The charge that may take power now: while the post is gone, the one that did when it left."""
        return self.kept.current if self.seen.may_charge else None

    def situation(self, *, room: bool = True) -> Situation:
        """Return what the interlocks look at."""
        return Situation(
            power_cut=self.cut,
            troubles=self.dangers.active,
            state=self.seen.state,
            stuck=self.stuck,
            out_of_service=self.out_of_service,
            room=room,
        )

    async def end(self, charge: Charge, why: EndReason) -> None:
        """Have a charge be ended as soon as possible; why it is first ended stays."""
        await self.book.end(charge, why)
        self.news.ring()

    async def presume_ended(self, charge: Charge) -> None:
        """Take that a charge is long over, of whose end the post will tell no more."""
        over = Ended(
            transaction=charge.transaction,
            order=None,
            at=charge.read_at,
            why=charge.ending or EndReason.OTHER,
        )
        await self.ended(over)

    def linked(self, link: Link, *, product: str) -> None:
        """Take that the post is connected."""
        self.seen.link, self.seen.product = link, product
        self.news.ring()

    def unlinked(self, why: str) -> None:
        """Take that the post is gone."""
        self.seen.lost(why)
        self.news.ring()

    def admits(self, order: str) -> bool:
        """Whether a charge under this id may begin here now."""
        return self.kept.admits(order, self.clock.now()) and must_end(self.situation()) is None

    def knows(self, transaction: str) -> bool:
        """Whether this is a charge of this connector, running or not long ended."""
        return self.book.knows(transaction)

    def status(self, status: Status) -> None:
        """Take how the connector is."""
        before = self.seen.fault
        self.seen.take(status)
        self.reports.fault(before, status.fault)
        self.news.ring()

    async def metered(self, reading: Reading) -> None:
        """Take a measurement; what is due of it is reported when this returns."""
        at = self._when(reading.at)
        live = self._recent(at) or self._read_until is None or at >= self._read_until
        if live:
            self._read_until = at
            self.seen.measured.take(reading, self.clock.monotonic())
            self.news.ring()
        if reading.transaction is None or self.kept.ended(reading.transaction):
            return
        if live and not self.knows(reading.transaction) and not self._explained:
            await self.book.adopt(reading, at)
        await self.book.read(reading.transaction, reading, at)
        self.news.ring()

    async def began(self, began: Began) -> None:
        """Take that a charge began; reported and kept when this returns."""
        waited_for = any(each.admitted(self.clock.now()) for each in self.kept.pending)
        charge = await self.book.began(began)
        if charge is not None and (waited_for or self._recent(charge.at)):
            self.seen.began()
        self.news.ring()

    async def ended(self, ended: Ended) -> None:
        """Take that a charge ended; reported and kept when this returns."""
        if self.kept.ended(ended.transaction):
            return
        at, current = self._when(ended.at), self.kept.current
        under_load = self.seen.state is not ConnectorState.SUSPENDED_EV
        await self.book.ended(ended, at, under_load=under_load)
        if self._recent(at) and (current is None or current.transaction == ended.transaction):
            self.seen.ended()
        self.news.ring()

    async def trouble(self, trouble: Trouble, *, active: bool) -> None:
        """Take that there is danger, or no more. It is acted upon before it is written down."""
        self.news.ring()
        await self.dangers.said(trouble, active=active)
        self.news.ring()

    async def warned(self, what: str) -> None:
        """Report something else that the post says."""
        await self.port.emit(words.POST_WARNED, {"what": what})

    def malformed(self, what: str) -> None:
        """Count something that makes no sense."""
        self.port.malformed(what)

    @property
    def _explained(self) -> bool:
        """Whether an unknown charge may be one that is known, or about to be: posts have stopgap names."""
        now = self.clock.now()
        return self.under_way is not None or any(each.admitted(now) for each in self.kept.pending)

    def _when(self, at: datetime | None) -> datetime:
        """Return when something was; a post whose clock is ahead means now."""
        now = self.clock.now()
        return now if at is None else min(at, now)

    def _recent(self, at: datetime) -> bool:
        return (self.clock.now() - at).total_seconds() <= RECENT_S
