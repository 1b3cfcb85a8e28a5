"""The tables of the police feed: how far it has come, what was confirmed, set aside, subscribed to.

None holds a resident's data: `seq` is the place of the pass in the ledger, and in the record of passes.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from hub.ledger.schema import Sequence64, metadata

cursors: Final = Table(
    "viid_cursors",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("kind", String(32), primary_key=True, doc="a kind, or `kind/number` for a subscription"),
    Column("seq", BigInteger, nullable=False, doc="every pass up to this one is confirmed or set aside"),
    Column("sent", BigInteger, nullable=False, doc="objects that the library has confirmed"),
    Column("sent_ms", BigInteger, doc="when it last confirmed one"),
)

receipts: Final = Table(
    "viid_receipts",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("object_id", String(48), nullable=False),
    Column("at_ms", BigInteger, nullable=False, doc="when it happened, which is in the object"),
    Column("confirmed_ms", BigInteger, nullable=False),
    Column("server_time", String(14), nullable=False, doc="LocalTime of the answer, if it has one"),
    Column("pictures", Integer, nullable=False),
    Column("document", Text, nullable=False, doc="the authority's paper under which it left"),
    Column("receiver", Text, nullable=False, server_default="", doc="where it went"),
    Index(None, "tenant", "confirmed_ms"),
    Index(None, "tenant", "seq"),
)

set_aside: Final = Table(
    "viid_set_aside",
    metadata,
    Column("id", Sequence64, primary_key=True, autoincrement=True),
    Column("tenant", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("object_id", String(48), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("code", String(16), nullable=False),
    Column("reason", Text, nullable=False, doc="the library's words, or ours"),
    Column("tries", Integer, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
    Column("again", Boolean, nullable=False, doc="somebody wants it tried again"),
    UniqueConstraint("tenant", "kind", "seq"),
)

notices: Final = Table(
    "viid_device_notices",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("kind", String(32), primary_key=True, doc="`kind/number` of a subscription"),
    Column("subject", String(129), primary_key=True, doc="a device; empty: the list of all"),
    Column("mark", String(64), nullable=False, doc="what is so: two notices that say the same share it"),
    Column("told", String(64), nullable=False, doc="what was last confirmed or set aside; empty: unsure"),
    Column("number", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False, doc="when the hub saw that it is so"),
    Column("documents", Text, nullable=False, doc="JSON: the objects as they are on the wire"),
)

subscriptions: Final = Table(
    "viid_subscriptions",
    metadata,
    Column("number", Sequence64, primary_key=True, autoincrement=True),
    Column("tenant", String(64), nullable=False),
    Column("subscribe_id", String(33), nullable=False, doc="what the library calls it"),
    Column("slot", Integer, nullable=False, doc="no two that last share one: part of notifications' ids"),
    Column("terms", Text, nullable=False, doc="JSON: what the library asked for and may have"),
    Column("document", Text, nullable=False, doc="the authority's paper under which it was accepted"),
    Column("since_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    Column("ended", String(16), nullable=False, doc="why it ended; empty: it lasts"),
    Column("version", Integer, nullable=False, server_default="1", doc="what who decides must have seen"),
    Column("ended_seq", BigInteger, doc="the ledger's newest place when it ended"),
    Column("ended_reason", Text, nullable=False, server_default="", doc="why the site ended it"),
    Column("barred", Boolean, nullable=False, server_default=false(), doc="its id is refused until lifted"),
    Index(None, "tenant", "ended", "number"),
)
