"""Takes what connectors report from the ledger: each event in order and once, in the transaction it changes.

Blocking. What it is told of a charge that nobody ordered becomes an order of nobody: energy is never lost.
"""

import logging
from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, RowMapping, select

from contract.charging import (
    CHARGE_ENDED,
    CHARGE_STARTED,
    CHARGER_KIND,
    METER_READ,
    ChargeEnded,
    ChargeStarted,
    MeterRead,
)
from contract.topics import Address
from hub.charging.orders.book import Book
from hub.charging.orders.lifecycle import State, Step
from hub.charging.orders.order import NOBODY, ChargeOrder, Named
from hub.charging.settings import Tariff
from hub.charging.settlement.settlement import Settlement
from hub.charging.tariff.curve import Point
from hub.charging.trail import ITSELF
from hub.ledger.schema import events

logger = logging.getLogger(__name__)

TYPES: Final[dict[str, type[ChargeStarted | MeterRead | ChargeEnded]]] = {
    CHARGE_STARTED: ChargeStarted,
    METER_READ: MeterRead,
    CHARGE_ENDED: ChargeEnded,
}

Said = ChargeStarted | MeterRead | ChargeEnded
TermsOf = Callable[[Address], tuple[Named, Tariff]]
"""What a connector is called, and a tariff that costs nothing; called in the ledger's thread."""


class Report(Struct, frozen=True, kw_only=True):
    """An event of a charge: its place in the ledger, the post's time and ours, what it says."""

    seq: int
    address: Address
    at_ms: int
    received_ms: int
    said: Said


class _Body(Struct):
    data: msgspec.Raw


_read_body: Final = msgspec.json.Decoder(_Body).decode


class Intake:
    """Bills one tenant's ledger."""

    def __init__(self, book: Book, settlement: Settlement, terms: TermsOf) -> None:
        self._book = book
        self._settlement = settlement
        self._terms = terms

    def next(self, connection: Connection) -> bool:
        """Take the next event; False if there is none."""
        row = self._row(connection)
        if row is None:
            return False
        try:
            report = _report(row)
        except msgspec.MsgspecError as wrong:
            self._leave(connection, row["seq"], str(wrong))
            return True
        if report is not None:
            self._take(connection, report)
        self._book.store.cursor.move(connection, row["seq"])
        return True

    def skip(self, connection: Connection, why: str) -> None:
        """Leave out the next event, which cannot be taken: it must not keep all others back."""
        row = self._row(connection)
        if row is not None:
            self._leave(connection, row["seq"], why)

    def _leave(self, connection: Connection, seq: int, why: str) -> None:
        logger.error("event %d of a charge is left out: %s", seq, why)
        self._book.trail.write(connection, ITSELF, "charge.unreadable", f"event {seq}", why=why)
        self._book.store.cursor.move(connection, seq)

    def _row(self, connection: Connection) -> RowMapping | None:
        store = self._book.store
        after = (events.c.tenant == store.tenant, events.c.seq > store.cursor.seq(connection))
        query = select(events).where(*after, events.c.type.in_(TYPES)).order_by(events.c.seq).limit(1)
        return connection.execute(query).mappings().first()

    def _take(self, connection: Connection, report: Report) -> None:
        order = self._order(connection, report)
        said = report.said
        if isinstance(said, ChargeEnded):
            self._settlement.settle(connection, order, said, report.at_ms, report.received_ms)
            return
        if order.state is State.SETTLED:
            return
        if isinstance(said, MeterRead):
            point = Point(report.at_ms, said.energy)
            self._book.store.add_reading(connection, order.number, report.seq, point)
            self._begin(connection, order, said, order.began_ms)
        else:
            self._begin(connection, order, said, report.at_ms)

    def _begin(
        self,
        connection: Connection,
        order: ChargeOrder,
        said: ChargeStarted | MeterRead,
        began_ms: int | None,
    ) -> None:
        """Take that it charges, even if it was given up: then why it was is no more true."""
        changes: dict[str, Any] = {"transaction": said.transaction, "began_ms": began_ms}
        if order.placed:
            changes |= {"problem_code": None, "problem_detail": None}
        self._book.step(connection, order, Step.BEGIN, **changes)

    def _order(self, connection: Connection, report: Report) -> ChargeOrder:
        said, store = report.said, self._book.store
        order = store.hold(connection, said.order) if said.order else None
        if order is not None and _is_of(report, order):
            return order
        # A driver host that has lost its memory knows no order, but the post's own name for the charge.
        found = store.of_charge(connection, report.address, said.transaction, placed=not said.order)
        return found or self._of_nobody(connection, report, order)

    def _of_nobody(self, connection: Connection, report: Report, other: ChargeOrder | None) -> ChargeOrder:
        """Make an order for a charge that nobody ordered, or that is the second one under its number."""
        named, tariff = self._terms(report.address)
        problem: dict[str, Any] = {}
        if report.said.order:
            code = "unknown-order" if other is None else "second-charge"
            problem = {"problem_code": code, "problem_detail": report.said.order}

        def draft(number: str) -> ChargeOrder:
            return ChargeOrder(
                tenant=self._book.store.tenant,
                number=number,
                **report.address._asdict(),
                connector=named,
                tariff=tariff,
                provider=NOBODY,
                shown_as=report.said.order,
                transaction=report.said.transaction,
                requested_ms=report.received_ms,
                state=State.STARTING,
                **problem,
            )

        return self._book.add(connection, draft)


def _is_of(report: Report, order: ChargeOrder) -> bool:
    """Whether the charge is the one that was ordered."""
    same = order.transaction in (None, report.said.transaction)
    return order.placed and order.address == report.address and same


def _report(row: RowMapping) -> Report | None:
    """Read an event; None if its type is somebody else's word."""
    if row["kind"] != CHARGER_KIND:
        return None
    said = msgspec.json.decode(_read_body(row["payload"]).data, type=TYPES[row["type"]])
    if isinstance(said, ChargeEnded):
        said = replace(said, why=_plain(said.why))
    return Report(
        seq=row["seq"],
        address=Address(row["site"], row["kind"], row["device"]),
        at_ms=row["time_ms"],
        received_ms=row["received_ms"],
        said=replace(said, transaction=_plain(said.transaction), order=_plain(said.order)),
    )


def _plain(text: str) -> str:
    """Return what every database can hold, and a column has room for."""
    return text.replace("\0", "�")[:256]
