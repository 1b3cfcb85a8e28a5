"""What a driver host kept, out of a backup: made to begin anew where the host itself had gone on. Blocking.

After the copy was made the host gave further numbers, which hub and broker have heard. So the outbox gets
another id, or a new event would be taken for one that is committed; and runs are counted from the time again,
or a new state would be taken for an outdated one.
"""

import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

from msgspec.structs import replace

from contract import codec
from contract.messages import Event


def begin_anew(folder: Path) -> int:
    """Make a host's restored files fit to be used; return how many events wait in its outbox."""
    store, outbox = folder / "store.sqlite", folder / "outbox.sqlite"
    if store.exists():
        with closing(sqlite3.connect(store)) as connection, connection:
            connection.execute("DELETE FROM boots")
    if not outbox.exists():
        return 0
    with closing(sqlite3.connect(outbox)) as connection, connection:
        ident = str(uuid.uuid4())
        connection.execute("UPDATE outbox SET id = ?", (ident,))
        rows = connection.execute("SELECT number, event FROM events").fetchall()
        for number, encoded in rows:
            event = codec.encode(replace(codec.decode(Event, encoded), outbox=ident))
            connection.execute("UPDATE events SET event = ? WHERE number = ?", (event, number))
    return len(rows)
