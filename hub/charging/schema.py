"""The tables of charging. The product's own API deletes nothing in them; of money it changes nothing."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint

from hub.ledger.schema import Sequence64, metadata

codes: Final = Table(
    "charging_codes",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("code", String(64), primary_key=True),
    Column("site", String(64), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("device", String(64), nullable=False),
    Column("once", Boolean, nullable=False, doc="for a single order"),
    Column("made_ms", BigInteger, nullable=False),
    Column("made_by", String(256), nullable=False),
    Column("expires_ms", BigInteger, doc="none: good until it is revoked"),
    Column("order", String(16), doc="number of the order that used it up"),
    Column("revoked_ms", BigInteger),
    Column("revoked_by", String(256)),
    Index(None, "tenant", "site", "kind", "device"),
)

charging_orders: Final = Table(
    "charging_orders",
    metadata,
    Column("seq", Sequence64, primary_key=True, autoincrement=True),
    Column("tenant", String(64), nullable=False),
    Column("number", String(16), nullable=False),
    Column("site", String(64), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("device", String(64), nullable=False),
    Column("request", String(64), doc="SHA-256 of the phone's secret; none: the post began by itself"),
    Column("key", String(64), doc="SHA-256 of the secret by which it is looked at"),
    Column("slot", String(192), doc="the connector it occupies, from its placing until it is over"),
    Column("state", String(16), nullable=False),
    Column("connector", Text, nullable=False, doc="JSON: what the connector was called"),
    Column("tariff", Text, nullable=False, doc="JSON: the tariff as it was"),
    Column("provider", String(64), nullable=False),
    Column("account", String(64)),
    Column("hold_fen", BigInteger, nullable=False, doc="what was set aside"),
    Column("most_wh", BigInteger, nullable=False),
    Column("longest_s", Integer, nullable=False),
    Column("shown_as", String(256), nullable=False, doc="what the post calls its order"),
    Column("action", String(64), doc="id of the action that starts it"),
    Column("transaction", String(256), doc="the post's own name for the charge"),
    Column("requested_ms", BigInteger, nullable=False),
    Column("began_ms", BigInteger, doc="by the post's clock"),
    Column("stop_ms", BigInteger, doc="when somebody first wanted it to end"),
    Column("stop_by", String(256)),
    Column("ended_ms", BigInteger),
    Column("closed_ms", BigInteger, doc="none: it is open"),
    Column("seconds", BigInteger, nullable=False),
    Column("energy_wh", BigInteger, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("lines", Text, nullable=False, doc="JSON: the lines of its bill"),
    Column("why", String(64)),
    Column("estimated", Boolean, nullable=False),
    Column("assumed", Boolean, nullable=False, doc="billed without a word of the post that it ended"),
    Column("problem_code", String(64)),
    Column("problem_detail", Text),
    UniqueConstraint("tenant", "number"),
    UniqueConstraint("tenant", "request"),
    UniqueConstraint("tenant", "key"),
    Index(None, "tenant", "site", "kind", "device", "transaction"),
    Index(None, "tenant", "closed_ms"),
    Index(None, "tenant", "ended_ms"),
    Index(None, "tenant", "account"),
)

ONE_OPEN: Final = Index(
    "uq_charging_orders_slot",
    charging_orders.c.tenant,
    charging_orders.c.slot,
    unique=True,
    sqlite_where=charging_orders.c.slot.is_not(None),
    postgresql_where=charging_orders.c.slot.is_not(None),
)
"""At most one open order for each connector, whoever scans at the same time."""

readings: Final = Table(
    "charging_readings",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("number", String(16), primary_key=True),
    Column("event_seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False, doc="by the post's clock"),
    Column("energy_wh", BigInteger, nullable=False, doc="since the charge began"),
)

accounts: Final = Table(
    "charging_accounts",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("key", String(64), nullable=False, doc="SHA-256 of the secret that opens it"),
    Column("note", Text, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("made_by", String(256), nullable=False),
    Column("closed_ms", BigInteger, doc="none: it is open"),
    Column("closed_by", String(256)),
    UniqueConstraint("tenant", "key"),
)

money: Final = Table(
    "charging_money",
    metadata,
    Column("seq", Sequence64, primary_key=True, autoincrement=True),
    Column("tenant", String(64), nullable=False),
    Column("account", String(64), nullable=False),
    Column("order", String(16)),
    Column("kind", String(16), nullable=False),
    Column("fen", BigInteger, nullable=False, doc="what the account has more, or less, to spend"),
    Column("ts_ms", BigInteger, nullable=False),
    Column("who", String(256), nullable=False),
    Column("note", Text, nullable=False),
    Column("request", String(64), doc="what makes it the same when it is sent again"),
    UniqueConstraint("tenant", "order", "kind"),
    UniqueConstraint("tenant", "request"),
    Index(None, "tenant", "account"),
)
"""Append-only: the database refuses UPDATE and DELETE. A balance is a sum."""

cursors: Final = Table(
    "charging_cursors",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False, doc="events up to this one are billed"),
)
