"""The tables of imports. Rows hold names: they are gone when the import is done, bad ones a week later."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from hub.ledger.schema import metadata

imports: Final = Table(
    "register_imports",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("what", String(16), nullable=False, doc="people, vehicles or blocked"),
    Column("file", String(256), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("plan", String(64), doc="SHA-256 of what every row would do"),
    Column("counts", Text, nullable=False, doc="JSON: view.ImportCounts"),
    Column("applied", Integer, nullable=False),
    Column("upto", Integer, nullable=False, doc="the last row that was applied"),
    Column("columns", Text, nullable=False, doc="JSON: what columns are called in the file, by field"),
    Column("unknown_columns", Text, nullable=False, doc="JSON: columns that are left out"),
    Column("problem", Text, nullable=False, doc="JSON: view.CellProblem or null"),
    Column("made_ms", BigInteger, nullable=False),
    Column("made_by", String(256), nullable=False),
    Column("applied_by", String(256)),
    Column("ended_ms", BigInteger),
    Index(None, "tenant", "state"),
)

import_rows: Final = Table(
    "register_import_rows",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("import", String(64), primary_key=True),
    Column("row", Integer, primary_key=True, autoincrement=False, doc="its number in the file"),
    Column("state", String(16), nullable=False),
    Column("key", String(64), doc="what it changes"),
    Column("cells", Text, nullable=False, doc="JSON: as they were read, by field"),
    Column("plan", Text, nullable=False, doc="JSON: planned.Planned"),
    Index(None, "tenant", "import", "state", "row"),
)
