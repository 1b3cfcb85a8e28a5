"""Takes from the ledger what terminals, gates and doors report: faces that are gone, passes that were used.

Each event is taken in order and once, in the transaction that it changes something in.
"""

import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, RowMapping, func, insert, select

from contract.clock import epoch_ms
from contract.passes import ACCESS_GRANTED, DOOR_KIND, FACE_REMOVED, GATE_PASSED, FaceRemoved
from contract.topics import Address
from hub.ledger.cursor import Cursor
from hub.ledger.schema import events
from hub.ledger.tries import Tries
from hub.register.consenting import Consenting
from hub.register.keeping import Keeping
from hub.register.names import VISIT
from hub.register.removals import Answer, Removals
from hub.register.schema import cursors, visits
from hub.register.trail import ITSELF

logger = logging.getLogger(__name__)

TYPES: Final = frozenset({FACE_REMOVED, GATE_PASSED, ACCESS_GRANTED})
AT_ONCE: Final = 200
KEPT_EVERY: Final = 1000
"""Events after which the cursor is written although none of them changed anything."""

_OF_A_VISIT: Final = f'"{VISIT}'


class _Passed(msgspec.Struct):
    vehicle: str = ""
    person: str | None = None
    holder: str | None = None

    @property
    def keys(self) -> list[str]:
        return [key for key in (self.vehicle, self.person, self.holder) if key and key.startswith(VISIT)]


class _Body(msgspec.Struct):
    data: msgspec.Raw = msgspec.Raw(b"null")


_read_body: Final = msgspec.json.Decoder(_Body).decode
_read_removed: Final = msgspec.json.Decoder(FaceRemoved).decode
_read_passed: Final = msgspec.json.Decoder(_Passed).decode


class Taking:
    """Reads one tenant's ledger. `skipped`: events that were left out, by our fault, since the start."""

    def __init__(self, keeping: Keeping, removals: Removals, consenting: Consenting) -> None:
        self._keeping = keeping
        self._removals = removals
        self._consenting = consenting
        self._cursor = Cursor(cursors, keeping.site.tenant)
        self._upto = self._kept = 0
        self._tries = Tries()
        self.skipped = 0

    async def take_all(self) -> None:
        """Take what the ledger has; whatever is raised, nothing is lost: call it again later."""
        while rows := await self._keeping.read(self._rows):
            wanted = [row for row in rows if row["type"] == FACE_REMOVED or _OF_A_VISIT in row["payload"]]
            upto = rows[-1]["seq"]
            for row in wanted:
                await self._take(row)
            if upto - self._kept >= KEPT_EVERY:
                await self._keep(upto)
            self._upto = upto

    async def _take(self, row: RowMapping) -> None:
        try:
            await self._keeping.write(lambda connection: self._one(connection, row))
        except Exception as wrong:
            self._tries.fail(wrong)
            logger.exception("event %d cannot be taken into the register", row["seq"])
            await self._keep(row["seq"])
            self.skipped += 1
        self._tries.go_on()
        self._upto = self._kept = row["seq"]

    async def _keep(self, seq: int) -> None:
        await self._keeping.ledger.write(lambda connection: self._cursor.move(connection, seq))
        self._kept = seq

    def begin(self, connection: Connection) -> None:
        """Go on where the register was; a new one begins with what comes from now on."""
        mine = cursors.c.tenant == self._keeping.site.tenant
        if connection.execute(select(cursors.c.seq).where(mine)).first() is None:
            newest = connection.execute(select(func.max(events.c.seq))).scalar() or 0
            connection.execute(insert(cursors).values(tenant=self._keeping.site.tenant, seq=newest))
        self._upto = self._kept = self._cursor.seq(connection)

    def _rows(self, connection: Connection) -> Sequence[RowMapping]:
        after = (events.c.tenant == self._keeping.site.tenant, events.c.seq > self._upto)
        query = select(events).where(*after, events.c.type.in_(TYPES)).order_by(events.c.seq).limit(AT_ONCE)
        return connection.execute(query).mappings().all()

    def _one(self, connection: Connection, row: RowMapping) -> None:
        try:
            data = _read_body(row["payload"]).data
            if row["type"] == FACE_REMOVED:
                self._face(connection, row, _read_removed(data))
            else:
                self._used(connection, row, _read_passed(data).keys)
        except msgspec.MsgspecError as wrong:
            logger.error("event %d is left out of the register: %s", row["seq"], wrong)  # noqa: TRY400 - theirs
            self._keeping.trail.write(
                connection, ITSELF, "register.unreadable", f"event {row['seq']}", why=str(wrong)
            )
        self._cursor.move(connection, row["seq"])

    def _face(self, connection: Connection, row: RowMapping, said: FaceRemoved) -> None:
        if row["kind"] != DOOR_KIND:
            return
        answer = Answer(
            terminal=Address(row["site"], row["kind"], row["device"]),
            person=said.person,
            since_ms=_moment(said.since),
            held=said.held,
            acknowledged=said.acknowledged,
            absent=said.absent,
            event=row["id"],
            seq=row["seq"],
            sha256=hashlib.sha256(row["payload"].encode()).hexdigest(),
            received_ms=row["received_ms"],
        )
        if self._removals.take(connection, answer):
            person = self._keeping.tables.people.hold(connection, said.person)
            if person is not None:
                self._consenting.drop_if_done(connection, person)

    def _used(self, connection: Connection, row: RowMapping, keys: list[str]) -> None:
        first = (visits.c.key.in_(keys), visits.c.used_ms.is_(None))
        self._keeping.tables.visits.set(connection, {"used_ms": row["time_ms"]}, *first)


def _moment(text: str) -> int | None:
    try:
        return epoch_ms(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None
