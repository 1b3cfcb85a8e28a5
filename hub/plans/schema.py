"""The tables of plans, of where devices stand on them, and of areas that people named."""

from typing import Final

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, String, Table, Text

from hub.ledger.schema import metadata

plans: Final = Table(
    "plans",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("position", Integer, nullable=False, doc="its place in the order of plans"),
    Column("title", Text, nullable=False, doc="JSON: in each language"),
    Column("building", Text, doc="JSON: in each language; none: outdoors"),
    Column("floor", String(16), doc="as on the lift's button: B1, 3F"),
    Column("picture", LargeBinary, doc="none: the drawing of the site file"),
    Column("media_type", String(32)),
    Column("digest", String(64), doc="SHA-256 of the picture"),
    Column("width", Integer, doc="pixels, or units of the drawing"),
    Column("height", Integer),
    Column("changed_ms", BigInteger, nullable=False),
)

placements: Final = Table(
    "placements",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("device", String(200), primary_key=True, doc="site/kind/device"),
    Column("plan", String(64), nullable=False),
    Column("x", Float, nullable=False, doc="from the left edge, 0, to the right one, 1"),
    Column("y", Float, nullable=False, doc="from the upper edge, 0, to the lower one, 1"),
    Index(None, "tenant", "plan"),
)

areas: Final = Table(
    "areas",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("title", Text, nullable=False, doc="JSON: in each language"),
)
