"""The tables of the lists: what hosts get, pseudonymous. Names are in the register alone."""

from typing import Final

from sqlalchemy import BigInteger, Column, String, Table, Text, UniqueConstraint

from hub.ledger.schema import metadata

lists: Final = Table(
    "lists",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("list", String(16), primary_key=True),
    Column("edition", String(64), nullable=False, doc="another one: what hosts hold says nothing any more"),
    Column("head", BigInteger, nullable=False, doc="the revision of the latest change; 0: none yet"),
)

list_entries: Final = Table(
    "list_entries",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("list", String(16), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("revision", BigInteger, nullable=False, doc="its latest change"),
    Column("entry", Text, doc="JSON, as it is sent; none: dropped, and kept so that hosts hear of it"),
    UniqueConstraint("tenant", "list", "revision"),
)
