"""The table of linked actions: planned with the alarm's raise, done by a worker."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from hub.ledger.schema import metadata

linked_actions: Final = Table(
    "linked_actions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("alarm", String(64), nullable=False),
    Column("link", Integer, nullable=False, doc="which of its definition's links, from 0"),
    Column("site", String(64), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("device", String(64), nullable=False, doc="who is told"),
    Column("spec", Text, nullable=False, doc="JSON: the link as it was when the alarm was raised"),
    Column("planned_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=False, doc="it is asked for until then"),
    Column("status", String(16), nullable=False, doc="planned, held, asked or done"),
    Column("withheld", String(32), doc="why it is not to be asked for at all"),
    Column("action", String(64), doc="id of the action last asked for"),
    Column("tries", Integer, nullable=False),
    Column("outcome", String(16)),
    Column("done_ms", BigInteger),
    Index(None, "tenant", "status"),
    Index(None, "tenant", "alarm", "link"),
)
