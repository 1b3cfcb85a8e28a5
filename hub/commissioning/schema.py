"""The tables of commissioning: devices found, the last proof of each, tests. No row is ever deleted."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from hub.ledger.schema import metadata

devices: Final = Table(
    "commissioning_devices",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("device", String(200), primary_key=True, doc="site/kind/device"),
    Column("found_ms", BigInteger, nullable=False, doc="when the hub first heard of it"),
    Column("gone_ms", BigInteger, doc="when it was taken away; none: it is there"),
    Column("title", Text, nullable=False, doc="JSON: in each language; {}: it has not described itself"),
    Column("product", Text, doc="as its description says"),
    Column("driver", String(64), doc="the host that drives it"),
    Column("area", String(64)),
)

proofs: Final = Table(
    "commissioning_proofs",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("device", String(200), primary_key=True),
    Column("number", Integer, nullable=False, doc="how many alarms have proven its way so far"),
    Column("alarm", String(64), nullable=False, doc="the last one"),
    Column("at_ms", BigInteger, nullable=False, doc="when that was raised"),
    Column("proof", Text, nullable=False, doc="JSON"),
)

tests: Final = Table(
    "commissioning_tests",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("device", String(200), nullable=False),
    Column("who", String(256), nullable=False),
    Column("state", String(16), nullable=False, doc="running, proven, nothing or ended"),
    Column("started_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    Column("after_seq", BigInteger, nullable=False, doc="events up to this one were there before"),
    Column("proof", Text, doc="JSON"),
    Index(None, "tenant", "state"),
    Index(None, "tenant", "device", "started_ms"),
)

cursors: Final = Table(
    "commissioning_cursors",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False, doc="alarms raised before, ms since 1970, are looked at"),
)
