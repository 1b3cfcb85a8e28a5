"""Writes a group of events in one transaction: each exactly once, whoever sends it how often."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Engine, Table, bindparam, func, select

from contract.clock import epoch_ms
from contract.messages import Event
from contract.topics import Address
from hub.ledger.bulk import insert_ignoring_repeats
from hub.ledger.by_number import of_tenant
from hub.ledger.dialect import dialect_of
from hub.ledger.numbering import OutboxProgress, Position, Run
from hub.ledger.schema import events, outboxes, sequences

COLUMNS: Final = (
    "tenant",
    "site",
    "kind",
    "device",
    "source",
    "id",
    "type",
    "time_ms",
    "received_ms",
    "boot",
    "sequence",
    "payload",
)


LOOK_BACK: Final = 512
"""Events of a device looked at to learn its runs: a driver host sends at most 500 that are not confirmed."""


def _of_device(table: Table) -> tuple[ColumnElement[bool], ...]:
    return tuple(table.c[name] == bindparam(name) for name in ("tenant", "site", "kind", "device"))


# Put together once: that takes longer than the queries do, and after a start each device needs them.
_MISSED: Final = select(sequences.c.boot, sequences.c.missed).where(*_of_device(sequences))
_LAST: Final = (
    select(events.c.seq, events.c.boot, events.c.sequence)
    .where(*_of_device(events), events.c.seq < bindparam("before"), events.c.sequence.is_not(None))
    .order_by(events.c.seq.desc())
    .limit(LOOK_BACK)
    .subquery()
)
_LAST_RUNS: Final = (
    select(_LAST.c.boot, func.max(_LAST.c.sequence)).group_by(_LAST.c.boot).order_by(func.min(_LAST.c.seq))
)


class Arrival(Struct, frozen=True, kw_only=True):
    """An event as it came in: from which device, when, and byte for byte."""

    address: Address
    tenant: str
    event: Event
    payload: bytes
    received_ms: int
    complete: bool = True
    """Whether all media that the event names are here; if not, its driver host keeps it."""

    def missing_media(self) -> "Arrival":
        """Return the same arrival, marked as not complete."""
        return replace(self, complete=False)


class Entry(Struct, frozen=True, kw_only=True):
    """An event that is in the ledger now, with the number under which it stands."""

    seq: int
    arrival: Arrival


Driver = tuple[str, str]
"""Site and driver host."""


class Committed(Struct, frozen=True, kw_only=True):
    """What a commit did: new entries, repeats left out, and what moved on."""

    entries: list[Entry]
    repeats: int
    outboxes: dict[Driver, OutboxProgress] = field(default_factory=dict)
    positions: dict[Address, Position] = field(default_factory=dict)


class EventWriter:
    """Commits groups of a tenant's events. Blocking, and called from one thread at a time."""

    def __init__(self, engine: Engine, tenant: str) -> None:
        self._engine = engine
        self._tenant = tenant
        self._outboxes: dict[Driver, OutboxProgress] = {}
        self._positions: dict[Address, Position] = {}

    def commit(self, arrivals: Sequence[Arrival]) -> Committed:
        """Write `arrivals` durably. If it raises, nothing was written and nothing is remembered."""
        with self._engine.begin() as connection:
            entries = self._insert(connection, arrivals)
            moved_positions = self._count_gaps(connection, entries)
            moved_outboxes = self._move_outboxes(connection, arrivals)
        self._positions |= moved_positions
        self._outboxes |= moved_outboxes
        return Committed(
            entries=entries,
            repeats=len(arrivals) - len(entries),
            outboxes=moved_outboxes,
            positions=moved_positions,
        )

    def progress(self) -> dict[Driver, OutboxProgress]:
        """How far each known outbox is committed, as the ledger says."""
        with self._engine.connect() as connection:
            query = select(outboxes).where(outboxes.c.tenant == self._tenant)
            rows = connection.execute(query).mappings().all()
        return {(row["site"], row["driver"]): OutboxProgress(row["outbox"], row["upto"]) for row in rows}

    def missed(self) -> dict[Address, int]:
        """How many events of each device were numbered but never came, as the ledger says."""
        with self._engine.connect() as connection:
            device = (sequences.c.site, sequences.c.kind, sequences.c.device)
            query = select(*device, func.sum(sequences.c.missed)).where(sequences.c.tenant == self._tenant)
            rows = connection.execute(query.group_by(*device)).all()
        return {Address(*device): int(missed) for *device, missed in rows}

    def _insert(self, connection: Connection, arrivals: Sequence[Arrival]) -> list[Entry]:
        before = connection.execute(select(func.max(events.c.seq))).scalar() or 0
        rows = [_row(each) for each in arrivals]
        inserted = insert_ignoring_repeats(connection, "events", COLUMNS, rows)
        if inserted == len(arrivals) and connection.dialect.name == "sqlite":
            # One writer, and row ids that follow each other: no need to ask row by row.
            return [Entry(seq=seq, arrival=each) for seq, each in enumerate(arrivals, before + 1)]
        new = select(events.c.seq, events.c.site, events.c.source, events.c.id)
        ours = (of_tenant(events, self._tenant), events.c.seq > before)
        found = connection.execute(new.where(*ours).order_by(events.c.seq))
        waiting = {_key(each): each for each in reversed(arrivals)}
        return [
            Entry(seq=seq, arrival=waiting[site, source, ident])
            for seq, site, source, ident in found
            if (site, source, ident) in waiting  # another hub may write to the same ledger
        ]

    def _count_gaps(self, connection: Connection, entries: Sequence[Entry]) -> dict[Address, Position]:
        before: dict[Address, Position] = {}
        moved: dict[Address, Position] = {}
        for entry in entries:
            address, event = entry.arrival.address, entry.arrival.event
            boot, sequence = boot_text(event), sequence_number(event)
            if sequence is None:
                continue
            if address not in moved:
                before[address] = moved[address] = self._position(connection, address, entry.seq)
            moved[address] = moved[address].after(boot, sequence)
        for address, position in moved.items():
            self._store_missed(connection, address, before[address], position)
        return moved

    def _position(self, connection: Connection, address: Address, before_seq: int) -> Position:
        """Return what is remembered of a device, or what the ledger knows of its last events."""
        known = self._positions.get(address)
        if known is not None:
            return known
        place = {"tenant": self._tenant, **address._asdict()}
        missed = dict(connection.execute(_MISSED, place).all())
        runs = connection.execute(_LAST_RUNS, {**place, "before": before_seq}).all()
        return Position(
            tuple(Run(boot, highest, missed.pop(boot or "", 0)) for boot, highest in runs),
            sum(missed.values()),
        )

    def _store_missed(
        self, connection: Connection, address: Address, before: Position, after: Position
    ) -> None:
        known = {run.boot: run.missed for run in before.runs}
        for run in after.runs:
            if run.missed != known.get(run.boot, 0):
                values = {
                    "tenant": self._tenant,
                    **address._asdict(),
                    "boot": run.boot or "",
                    "missed": run.missed,
                }
                _upsert(connection, sequences, values, ("tenant", "site", "kind", "device", "boot"))

    def _move_outboxes(
        self, connection: Connection, arrivals: Sequence[Arrival]
    ) -> dict[Driver, OutboxProgress]:
        numbers: dict[tuple[Driver, str], list[int]] = defaultdict(list)
        first_kept: dict[tuple[Driver, str], int] = {}
        for arrival in arrivals:
            event = arrival.event
            if event.driver is None or event.outbox is None or event.outboxnumber is None:
                continue
            if not arrival.complete:
                continue
            key = ((arrival.address.site, event.driver), event.outbox)
            numbers[key].append(event.outboxnumber)
            if event.outboxfirst is not None:
                first_kept[key] = max(first_kept.get(key, 0), event.outboxfirst)
        moved: dict[Driver, OutboxProgress] = {}
        for (driver, outbox), seen in numbers.items():
            before = self._progress_of(connection, driver, outbox)
            after = before.with_numbers(seen, first_kept.get((driver, outbox)))
            moved[driver] = after
            if after.upto != before.upto:
                _store_progress(connection, driver, after, self._tenant)
        return moved

    def _progress_of(self, connection: Connection, driver: Driver, outbox: str) -> OutboxProgress:
        known = self._outboxes.get(driver)
        if known is None:
            row = connection.execute(
                select(outboxes.c.outbox, outboxes.c.upto).where(
                    outboxes.c.tenant == self._tenant,
                    outboxes.c.site == driver[0],
                    outboxes.c.driver == driver[1],
                )
            ).first()
            known = OutboxProgress(row[0], row[1]) if row else None
        if known is None or known.outbox != outbox:
            return OutboxProgress(outbox)
        return known


def boot_text(event: Event) -> str | None:
    """Write the run of the driver as the ledger keeps it."""
    return None if event.boot is None else str(event.boot)


def sequence_number(event: Event) -> int | None:
    """Read the event's number; CloudEvents' sequence extension writes it as text."""
    number = event.sequence
    if isinstance(number, str):
        return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None
    return number if number is None or number < 2**63 else None


def _key(arrival: Arrival) -> tuple[str, str, str]:
    return (arrival.address.site, arrival.event.source, arrival.event.id)


def _row(arrival: Arrival) -> tuple[Any, ...]:
    event = arrival.event
    return (
        arrival.tenant,
        *arrival.address,
        event.source,
        event.id,
        event.type,
        epoch_ms(event.time),
        arrival.received_ms,
        boot_text(event),
        sequence_number(event),
        arrival.payload.decode(),
    )


def _upsert(connection: Connection, table: Any, values: dict[str, Any], key: tuple[str, ...]) -> None:
    statement = dialect_of(connection).insert(table).values(values)
    rest = {name: value for name, value in values.items() if name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=rest))


def _store_progress(connection: Connection, driver: Driver, progress: OutboxProgress, tenant: str) -> None:
    values = {
        "tenant": tenant,
        "site": driver[0],
        "driver": driver[1],
        "outbox": progress.outbox,
        "upto": progress.upto,
    }
    _upsert(connection, outboxes, values, ("tenant", "site", "driver"))
