"""The feed's place in the ledger, inside the caller's transaction. Blocking."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    tuple_,
    update,
)

from hub.ledger.by_number import of_tenant
from hub.ledger.dialect import dialect_of
from hub.ledger.schema import events
from hub.passes.record import Pass
from hub.passes.schema import passes
from hub.passes.store import pass_of
from hub.viid.items import Item
from hub.viid.schema import cursors, receipts, set_aside
from hub.viid.settings import Kind, ViidSettings
from hub.viid.stream import Stream, stream_of
from hub.viid.verdict import Judged, Verdict
from hub.viid.wanted import leaving, nameless
from hub.viid.whose import Whose, passes_of

PAGE: Final = 200
MOST_COUNTED: Final = 100_000
HIDDEN: Final = "…"


class Position(Struct, frozen=True, kw_only=True):
    """How far a kind has come."""

    seq: int
    sent: int
    sent_ms: int | None


class Due(Struct, frozen=True, kw_only=True):
    """What comes next: passes, and between which places in the ledger nothing else is to be sent."""

    passes: Sequence[Pass]
    after: int
    upto: int


class Aside(Struct, frozen=True, kw_only=True):
    """An object that was set aside."""

    id: int
    stream: Stream
    seq: int
    object_id: str
    at_ms: int
    code: str
    reason: str
    tries: int
    since_ms: int
    again: bool


class Receipt(Struct, frozen=True, kw_only=True):
    """What the library confirmed, and when."""

    stream: Stream
    seq: int
    object_id: str
    at_ms: int
    confirmed_ms: int
    server_time: str
    pictures: int
    document: str
    receiver: str


class After(NamedTuple):
    """Behind which receipt a page begins."""

    confirmed_ms: int
    seq: int
    stream: str


class End(Struct, frozen=True, kw_only=True):
    """When something was confirmed or set aside, under which paper, where it went, after how many tries."""

    now_ms: int
    document: str
    receiver: str
    tries: int = 1


class FeedStore:
    """One tenant's feed. `period`: in which time there must have been what leaves, the end not included."""

    def __init__(self, tenant: str, settings: ViidSettings, period: tuple[int, int] | None = None) -> None:
        self.tenant = tenant
        self._settings = settings
        self._period = period

    def begin(self, connection: Connection, kinds: Iterable[Kind]) -> None:
        """Forget how far kinds came that may not leave: switched on again, they begin anew."""
        wanted = list(kinds)
        others = [each.value for each in Kind if each not in wanted]
        ours = (cursors.c.tenant == self.tenant, cursors.c.kind.in_(others))
        connection.execute(delete(cursors).where(*ours))
        for kind in wanted:
            self.start(connection, Stream(kind=kind))

    def start(self, connection: Connection, stream: Stream) -> None:
        """Have a stream begin with what comes from now on, unless it has begun."""
        newest = select(func.max(events.c.seq)).where(of_tenant(events, self.tenant))
        seq = connection.execute(newest).scalar() or 0
        row = {"tenant": self.tenant, "kind": stream.key, "seq": seq, "sent": 0}
        added = dialect_of(connection).insert(cursors).values(row)
        connection.execute(added.on_conflict_do_nothing(index_elements=["tenant", "kind"]))

    def position(self, connection: Connection, stream: Stream) -> Position:
        """Return how far a stream has come."""
        row = connection.execute(select(cursors).where(*_of(cursors, self.tenant, stream))).mappings().one()
        return Position(seq=row["seq"], sent=row["sent"], sent_ms=row["sent_ms"])

    def due(self, connection: Connection, stream: Stream, before_ms: int, most: int) -> Due:
        """Return passes that were received by a moment and are neither confirmed nor set aside."""
        after = self.position(connection, stream).seq
        newest = self._newest(connection, after)  # first: what comes meanwhile lies behind it
        query = self._waiting(select(passes), stream, after).order_by(passes.c.seq).limit(most)
        rows = connection.execute(query).mappings().all()
        ripe = list(itertools.takewhile(lambda row: row["received_ms"] <= before_ms, rows))
        last = ripe[-1]["seq"] if ripe else after
        upto = last if rows and (len(ripe) < len(rows) or len(rows) == most) else max(last, newest)
        return Due(passes=[pass_of(row) for row in ripe], after=after, upto=upto)

    def nameless(self, connection: Connection, kind: Kind, after: int, upto: int) -> list[str]:
        """Return the devices of passes that do not leave because their device has no id, one each pass."""
        between = (of_tenant(passes, self.tenant), passes.c.seq > after, passes.c.seq <= upto)
        query = select(passes.c.kind, passes.c.device).where(*between, nameless(self._settings, kind))
        return [f"{row.kind}/{row.device}" for row in connection.execute(query)]

    def passes(self, connection: Connection, seqs: Sequence[int]) -> dict[int, Pass]:
        """Return passes by their place in the ledger, as far as they are still kept."""
        ours = (of_tenant(passes, self.tenant), passes.c.seq.in_(seqs))
        rows = connection.execute(select(passes).where(*ours)).mappings()
        return {row["seq"]: pass_of(row) for row in rows}

    def move(self, connection: Connection, stream: Stream, seq: int) -> None:
        """Write that everything up to a place is confirmed, set aside, or nothing that leaves."""
        connection.execute(update(cursors).where(*_of(cursors, self.tenant, stream)).values(seq=seq))

    def settle(self, connection: Connection, stream: Stream, item: Item, judged: Judged, end: End) -> None:
        """Write a receipt, or what is set aside and why; the plate is not in it."""
        row = {"tenant": self.tenant, "kind": stream.key, "seq": item.seq, "object_id": item.id}
        row["at_ms"] = item.at_ms
        if judged.verdict is Verdict.TAKEN:
            more = {"server_time": judged.at, "pictures": item.pictures}
            self._confirm(connection, stream, row | more, end)
        else:
            self._put_aside(connection, stream, row, _said(item, judged), end)

    def _confirm(self, connection: Connection, stream: Stream, row: dict[str, Any], end: End) -> None:
        row = row | {"confirmed_ms": end.now_ms, "document": end.document, "receiver": end.receiver}
        added = dialect_of(connection).insert(receipts).values(row)
        connection.execute(added.on_conflict_do_nothing(index_elements=["tenant", "kind", "seq"]))
        ours = (*_of(set_aside, self.tenant, stream), set_aside.c.seq == row["seq"])
        connection.execute(delete(set_aside).where(*ours))
        sent = {"sent": cursors.c.sent + 1, "sent_ms": end.now_ms}
        connection.execute(update(cursors).where(*_of(cursors, self.tenant, stream)).values(sent))

    def _put_aside(
        self, connection: Connection, stream: Stream, row: dict[str, Any], said: dict[str, Any], end: End
    ) -> None:
        ours = (*_of(set_aside, self.tenant, stream), set_aside.c.seq == row["seq"])
        more = update(set_aside).where(*ours).values(said | {"tries": set_aside.c.tries + end.tries})
        if not connection.execute(more).rowcount:
            new = row | said | {"since_ms": end.now_ms, "tries": end.tries}
            connection.execute(insert(set_aside).values(new))

    def asides(
        self, connection: Connection, *, again: bool = False, before: int | None = None, limit: int = PAGE
    ) -> list[Aside]:
        """Return what was set aside, the newest first; `again`: what somebody wants tried again."""
        query = select(set_aside).where(set_aside.c.tenant == self.tenant)
        if again:
            query = query.where(set_aside.c.again.is_(True))
        if before is not None:
            query = query.where(set_aside.c.id < before)
        rows = connection.execute(query.order_by(set_aside.c.id.desc()).limit(limit)).mappings()
        return [_struct(Aside, row) for row in rows]

    def try_again(self, connection: Connection, ident: int) -> Aside | None:
        """Mark what is to be tried again; None if there is nothing of that number."""
        ours = (set_aside.c.tenant == self.tenant, set_aside.c.id == ident)
        connection.execute(update(set_aside).where(*ours).values(again=True))
        row = connection.execute(select(set_aside).where(*ours)).mappings().first()
        return None if row is None else _struct(Aside, row)

    def gone(self, connection: Connection, aside: Aside, reason: str) -> None:
        """Write that something cannot be tried again, and why."""
        said = {"again": False, "code": "gone", "reason": reason}
        connection.execute(update(set_aside).where(set_aside.c.id == aside.id).values(said))

    def aside_count(self, connection: Connection) -> int:
        """Count what is set aside."""
        query = select(func.count()).where(set_aside.c.tenant == self.tenant)
        return connection.execute(query).scalar() or 0

    def receipts(
        self, connection: Connection, before: After | None, limit: int, whose: Whose | None = None
    ) -> list[Receipt]:
        """Return what the library confirmed, the newest first; `whose`: of the passes of one person."""
        query = select(receipts).where(receipts.c.tenant == self.tenant)
        if before is not None:
            place = tuple_(receipts.c.confirmed_ms, receipts.c.seq, receipts.c.kind)
            query = query.where(place < tuple_(*map(literal, before)))
        if whose is not None:
            query = query.where(_OF_PASSES, receipts.c.seq.in_(passes_of(connection, self.tenant, whose)))
        order = (receipts.c.confirmed_ms.desc(), receipts.c.seq.desc(), receipts.c.kind.desc())
        rows = connection.execute(query.order_by(*order).limit(limit)).mappings()
        return [_struct(Receipt, row) for row in rows]

    def forget(self, connection: Connection, before_ms: int) -> None:
        """Delete receipts whose time is over."""
        old = (receipts.c.tenant == self.tenant, receipts.c.confirmed_ms < before_ms)
        connection.execute(delete(receipts).where(*old))

    def waiting(
        self, connection: Connection, stream: Stream, upto: int | None = None
    ) -> tuple[int, int | None]:
        """Count what waits, up to 100,000, and say when the oldest of it was received.

        `upto`: only what was there at a place in the ledger.
        """
        after = self.position(connection, stream).seq
        query = self._waiting(select(passes.c.received_ms), stream, after)
        if upto is not None:
            query = query.where(passes.c.seq <= upto)
        some = query.limit(MOST_COUNTED).subquery()
        count, oldest = connection.execute(select(func.count(), func.min(some.c.received_ms))).one()
        return count, oldest

    def _waiting(self, query: Select[Any], stream: Stream, after: int) -> Select[Any]:
        """Narrow a query of passes down to what is to be sent: what lies after the cursor may be done."""
        if not isinstance(stream.kind, Kind):
            return query.where(false())
        newer = (of_tenant(passes, self.tenant), passes.c.seq > after)
        done = (
            exists().where(*_of(table, self.tenant, stream), table.c.seq == passes.c.seq)
            for table in (receipts, set_aside)
        )
        wanted = leaving(self._settings, stream.kind)
        return query.where(*newer, wanted, *self._in_time(), *(not_(each) for each in done))

    def _in_time(self) -> tuple[ColumnElement[bool], ...]:
        """Say when it must have been, such that no index is chosen for it."""
        if self._period is None:
            return ()
        begin_ms, end_ms = self._period
        return passes.c.at_ms + 0 >= begin_ms, passes.c.at_ms + 0 < end_ms

    def _newest(self, connection: Connection, after: int) -> int:
        newer = (of_tenant(passes, self.tenant), passes.c.seq > after)
        return connection.execute(select(func.max(passes.c.seq)).where(*newer)).scalar() or after


_OF_PASSES: Final = or_(*(receipts.c.kind.startswith(each.value) for each in Kind))


def _of(table: Any, tenant: str, stream: Stream) -> tuple[ColumnElement[bool], ...]:
    return table.c.tenant == tenant, table.c.kind == stream.key


def _said(item: Item, judged: Judged) -> dict[str, Any]:
    """Say why something is set aside, without its plate."""
    reason = judged.reason.replace(item.plate, HIDDEN) if item.plate else judged.reason
    return {"code": judged.code[:16], "reason": reason or "no reason given", "again": False}


def _struct(struct: Any, row: Any) -> Any:
    told = {name: row[name] for name in struct.__struct_fields__ if name != "stream"}
    return struct(**told, stream=stream_of(row["kind"]))
