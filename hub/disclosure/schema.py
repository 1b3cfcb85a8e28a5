"""The tables of disclosures. Nothing in them is ever deleted; the bundles' files are."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint

from hub.ledger.schema import metadata

disclosures: Final = Table(
    "disclosures",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("year", Integer, nullable=False, doc="of the request, by the site's clock on the wall"),
    Column("n", Integer, nullable=False, doc="grows by one in each year"),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("basis", String(64), nullable=False),
    Column("terms", Text, nullable=False, doc="JSON: the legal basis as it was when it was asked for"),
    Column("document_number", Text, nullable=False),
    Column("case_number", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("officers", Text, nullable=False, doc="JSON"),
    Column("purpose", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("scope", Text, nullable=False, doc="JSON"),
    Column("recipients", Text, nullable=False, doc="JSON: age public keys"),
    Column("requested_by", String(256), nullable=False),
    Column("requested_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, doc="when its time is over; none: never"),
    Column("decided_by", String(256)),
    Column("decided_ms", BigInteger),
    Column("decision_reason", Text, nullable=False),
    Column("begun_ms", BigInteger, doc="since when there may be files of it"),
    Column("made", Text, nullable=False, doc="JSON: the bundle"),
    Column("error", Text),
    Column("handed_by", String(256)),
    Column("handed_to", Text, nullable=False),
    Column("handed_ms", BigInteger),
    Column("purged_ms", BigInteger, doc="since when there are no files of it"),
    UniqueConstraint("tenant", "year", "n"),
    Index(None, "tenant", "state"),
)

disclosure_subjects: Final = Table(
    "disclosure_subjects",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("disclosure", String(64), primary_key=True),
    Column("sort", String(16), primary_key=True, doc="person, vehicle or plate"),
    Column("key", String(64), primary_key=True, doc="of the register; of a plate, how it is written folded"),
    Column("named", Boolean, nullable=False, doc="the request names it; else it was in what left"),
    Index(None, "tenant", "sort", "key"),
)
"""Whose data a disclosure is about, or held."""

disclosure_steps: Final = Table(
    "disclosure_steps",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("disclosure", String(64), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("ts_ms", BigInteger, nullable=False),
    Column("who", String(256), nullable=False),
    Column("what", String(32), nullable=False),
    Column("post", String(64)),
    Column("reason", Text, nullable=False),
    Column("details", Text, nullable=False, doc="JSON: keys and counts"),
)
"""A disclosure's way. The database refuses to change it."""
