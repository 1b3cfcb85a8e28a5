"""What is new of devices for one stream, in the ledger: the newest of each, and what was told. Blocking.

One row for each device, so that nothing grows while a receiver is away: a newer notice takes the place of one
that has not arrived. What was sent may have arrived whatever became of the answer, so from then on nothing
counts as told until the newest is.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from hub.viid.profile import Document
from hub.viid.schema import cursors, notices
from hub.viid.stream import Stream
from hub.viid.subscriptions.notice import Notice, Seen

C: Final = notices.c
_DOCUMENTS: Final = msgspec.json.Decoder(list[Document])


class NoticeStore:
    """One stream's notices."""

    def __init__(self, tenant: str, stream: Stream) -> None:
        self._tenant = tenant
        self._stream = stream

    def see(
        self, connection: Connection, seen: Iterable[Seen], subjects: Collection[str], now_ms: int
    ) -> int:
        """Take what is so now of all `subjects` there are; return how many notices will never be told."""
        query = select(notices).where(*self._ours())
        known = {row["subject"]: row for row in connection.execute(query).mappings()}
        gone = [subject for subject in known if subject not in subjects]
        connection.execute(delete(notices).where(*self._ours(), C.subject.in_(gone)))
        news = [
            each for each in seen if each.subject not in known or known[each.subject]["mark"] != each.mark
        ]
        for each in news:
            self._put(connection, each, now_ms, known.get(each.subject))
        replaced = [known[each.subject] for each in news if each.subject in known]
        dropped = replaced + [known[each] for each in gone]
        return sum(row["mark"] != row["told"] for row in dropped)

    def due(self, connection: Connection, most: int) -> list[Notice]:
        """Return what is not told yet, the oldest first."""
        query = select(notices).where(*self._ours(), C.mark != C.told).order_by(C.number).limit(most)
        return [_read(row) for row in connection.execute(query).mappings()]

    def numbered(self, connection: Connection, number: int) -> Notice | None:
        """Return the one of a number, unless a newer one has taken its place."""
        query = select(notices).where(*self._ours(), C.number == number)
        row = connection.execute(query).mappings().first()
        return None if row is None else _read(row)

    def sending(self, connection: Connection, numbers: Sequence[int]) -> None:
        """Write that some are about to be sent: what was told before no longer counts."""
        connection.execute(update(notices).where(*self._ours(), C.number.in_(numbers)).values(told=""))

    def told(self, connection: Connection, numbers: Sequence[int]) -> None:
        """Write that some are confirmed or set aside."""
        connection.execute(update(notices).where(*self._ours(), C.number.in_(numbers)).values(told=C.mark))

    def waiting(self, connection: Connection) -> tuple[int, int | None]:
        """Count what is not told yet, and say when the oldest of it was seen."""
        query = select(func.count(), func.min(C.at_ms)).where(*self._ours(), C.mark != C.told)
        count, oldest_ms = connection.execute(query).one()
        return count, oldest_ms

    def _put(self, connection: Connection, seen: Seen, now_ms: int, known: Any) -> None:
        said = {"mark": seen.mark, "number": self._number(connection), "at_ms": now_ms}
        said["documents"] = msgspec.json.encode(seen.documents).decode()
        if known is None:
            new = {"tenant": self._tenant, "kind": self._stream.key, "subject": seen.subject, "told": ""}
            connection.execute(insert(notices).values(new | said))
        else:
            one = update(notices).where(*self._ours(), C.subject == seen.subject)
            connection.execute(one.values(said))

    def _number(self, connection: Connection) -> int:
        """Return a number that no other notice of the stream has: its cursor counts them."""
        ours = (cursors.c.tenant == self._tenant, cursors.c.kind == self._stream.key)
        counted = update(cursors).where(*ours).values(seq=cursors.c.seq + 1).returning(cursors.c.seq)
        return int(connection.execute(counted).scalar_one())

    def _ours(self) -> tuple[Any, ...]:
        return C.tenant == self._tenant, C.kind == self._stream.key


def _read(row: Any) -> Notice:
    return Notice(number=row["number"], at_ms=row["at_ms"], documents=_DOCUMENTS.decode(row["documents"]))
