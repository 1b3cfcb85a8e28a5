"""Writes the record inside the caller's transaction: rows, their plates, how many there are. Blocking."""

from collections import Counter
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, Final

import msgspec
from msgspec.structs import replace
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    RowMapping,
    Table,
    delete,
    insert,
    literal,
    select,
    update,
)

from contract.clock import from_epoch_ms
from contract.passes import PlateColour
from hub.ledger.converting import convert
from hub.ledger.cursor import Cursor
from hub.ledger.dialect import dialect_of
from hub.passes.reading import Seen
from hub.passes.record import Pass
from hub.passes.schema import cursors, passes, past, plates, tallies

HOUR_MS: Final = 3_600_000
MINUTE_MS: Final = 60_000


def pass_of(row: RowMapping) -> Pass:
    """Make a pass of its row."""
    told = {name: row[name] for name in Pass.__struct_fields__}
    return convert(told | {"pictures": msgspec.json.decode(row["pictures"])}, Pass)


def values_of(record: Pass) -> dict[str, Any]:
    """Return a pass as its row."""
    values: dict[str, Any] = msgspec.to_builtins(record)
    return values | {"pictures": msgspec.json.encode(record.pictures).decode()}


class PassStore:
    """One tenant's record. `zone`: the site's, in which hours begin."""

    def __init__(self, tenant: str, zone: tzinfo) -> None:
        self.tenant = tenant
        self.zone = zone
        self.cursor = Cursor(cursors, tenant)

    def add(self, connection: Connection, record: Pass) -> None:
        """Write a pass that is not there yet."""
        connection.execute(insert(passes), [values_of(record)])
        self._count(connection, record.folded, 1)
        self._tally(connection, record, 1)

    def remove(self, connection: Connection, records: Sequence[Pass], by: int) -> None:
        """Take out of the record what an event, by its number, tells to be none."""
        for record in records:
            keep_past(connection, record.seq, by)
            self._tally(connection, record, -1)
        self._delete(connection, records)

    def forget(self, connection: Connection, records: Sequence[Pass]) -> None:
        """Delete passes and how they were, but not that there were so many."""
        connection.execute(delete(past).where(past.c.seq.in_([each.seq for each in records])))
        self._delete(connection, records)

    def _delete(self, connection: Connection, records: Sequence[Pass]) -> None:
        connection.execute(delete(passes).where(passes.c.seq.in_([each.seq for each in records])))
        for folded, count in Counter(each.folded for each in records).items():
            self._count(connection, folded, -count)

    def of_reading(self, connection: Connection, site: str, device: str, recognised: str) -> list[Pass]:
        """Return what is in the record of one reading of a gate's camera."""
        found = (passes.c.tenant == self.tenant, passes.c.recognised == recognised)
        query = select(passes).where(*found, passes.c.site == site, passes.c.device == device)
        return [pass_of(row) for row in connection.execute(query).mappings()]

    def complete(self, connection: Connection, record: Pass, seen: Seen, by: int) -> None:
        """Write what a camera read into a pass that was told before; `by`: the number of its event."""
        whole = completed(record, seen)
        if whole == record:
            return
        keep_past(connection, record.seq, by)
        values = {"pictures": values_of(whole)["pictures"], "colour": whole.colour.value}
        connection.execute(update(passes).where(passes.c.seq == record.seq).values(values))

    def _count(self, connection: Connection, folded: str | None, by: int) -> None:
        if folded is not None:
            _add_up(connection, plates, {"tenant": self.tenant, "folded": folded}, "passes", by)

    def _tally(self, connection: Connection, record: Pass, by: int) -> None:
        key = {
            "tenant": self.tenant,
            "hour_ms": hour_of(record.at_ms, self.zone),
            "kind": record.kind,
            "device": record.device,
            "outcome": record.outcome.value,
            "direction": record.direction.value,
        }
        _add_up(connection, tallies, key, "number", by)


def keep_past(connection: Connection, seq: int, by: int) -> None:
    """Keep how a pass is, before an event, by its number, changes it."""
    names = [column.name for column in passes.columns]
    as_it_is = select(passes, literal(by, BigInteger)).where(passes.c.seq == seq)
    connection.execute(insert(past).from_select([*names, "until"], as_it_is))


def completed(record: Pass, seen: Seen) -> Pass:
    """Return a pass with what the camera read; each picture is named once."""
    pictures = tuple(dict.fromkeys((*record.pictures, *seen.pictures)))
    colour = seen.colour if record.colour is PlateColour.UNKNOWN else record.colour
    return replace(record, pictures=pictures, colour=colour)


def hour_of(at_ms: int, zone: tzinfo) -> int:
    """Return when the hour of a moment begins, by the zone's clock, in ms since 1970."""
    local = from_epoch_ms(at_ms).astimezone(zone)
    return at_ms - (local.minute * MINUTE_MS + local.second * 1000 + local.microsecond // 1000)


def _add_up(connection: Connection, table: Table, key: dict[str, Any], counted: str, by: int) -> None:
    """Add to the count of a row, which begins with that, and ends when nothing is left of it."""
    column = table.c[counted]
    added = dialect_of(connection).insert(table).values(key | {counted: by})
    more = added.on_conflict_do_update(index_elements=list(key), set_={counted: column + by})
    connection.execute(more)
    if by < 0:
        ours: list[ColumnElement[bool]] = [table.c[name] == value for name, value in key.items()]
        connection.execute(delete(table).where(*ours, column <= 0))
