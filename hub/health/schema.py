"""How much room there was over the last weeks, and who took it: by that growth the disk's end is foretold."""

from typing import Final

from sqlalchemy import BigInteger, Column, String, Table

from hub.ledger.schema import metadata

samples: Final = Table(
    "disk_samples",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("at_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("free_bytes", BigInteger, nullable=False, doc="that anybody may still fill"),
    Column("total_bytes", BigInteger, nullable=False),
    Column("ledger_bytes", BigInteger, doc="none: that could not be told"),
    Column("history_bytes", BigInteger),
    Column("media_bytes", BigInteger),
)
