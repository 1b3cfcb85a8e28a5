"""The tables of the register. Here alone stand names and telephone numbers; whatever else has pseudonyms.

One hub keeps one tenant's register, of one site.
"""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint

from hub.ledger.schema import Sequence64, metadata

levels: Final = Table(
    "register_levels",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("title", Text, nullable=False, doc="JSON: a text per language"),
    Column("places", Text, nullable=False, doc="JSON: gate/east-in, door/*, *"),
    Column("periods", Text, nullable=False, doc="JSON: contract.lists.Period; none: always"),
    Column("holidays", Text, nullable=False, doc="JSON: dates"),
    Column("changed_ms", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
)

households: Final = Table(
    "register_households",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("building", String(64), nullable=False, doc="without 栋; may be empty"),
    Column("unit", String(64), nullable=False, doc="without 单元; may be empty"),
    Column("number", String(64), nullable=False, doc="without 室"),
    Column("room", String(256), nullable=False, doc="3-2-501"),
    Column("place", String(256), nullable=False, doc="the same, such that it sorts as people count"),
    Column("note", Text, nullable=False),
    Column("link", String(64), doc="SHA-256 of the secret by which it lets visitors in"),
    Column("link_ms", BigInteger),
    Column("changed_ms", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("tenant", "building", "unit", "number"),
    UniqueConstraint("tenant", "link"),
    Index(None, "tenant", "place"),
)

people: Final = Table(
    "register_people",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("key", String(64), primary_key=True, doc="pseudonym, for ever the same"),
    Column("household", String(64)),
    Column("category", String(16), nullable=False),
    Column("name", String(64), nullable=False, doc="empty once it is erased"),
    Column("phone", String(32), nullable=False),
    Column("cards", Text, nullable=False, doc="JSON; each is in register_cards too"),
    Column("levels", Text, nullable=False, doc="JSON: keys of levels"),
    Column("valid_from_ms", BigInteger),
    Column("valid_until_ms", BigInteger, doc="the first moment after"),
    Column("blocked", Boolean, nullable=False),
    Column("face", String(16), nullable=False, doc="none, consented or withdrawn"),
    Column("face_since_ms", BigInteger),
    Column("birth_year", Integer),
    Column("minor", Boolean, nullable=False, doc="under 14, where no birth year is known"),
    Column("guardian", String(64), nullable=False, doc="who consents for a child"),
    Column("note", Text, nullable=False),
    Column("left_ms", BigInteger),
    Column("listed", Boolean, nullable=False, doc="whether the lists have an entry"),
    Column("erased", Boolean, nullable=False, doc="whether name, telephone and note were erased"),
    Column("changed_ms", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "tenant", "household"),
    Index(None, "tenant", "name"),
    Index(None, "tenant", "left_ms"),
)

cards: Final = Table(
    "register_cards",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("card", String(64), primary_key=True, doc="of one person at a time"),
    Column("person", String(64), nullable=False),
    Index(None, "tenant", "person"),
)

vehicles: Final = Table(
    "register_vehicles",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("plate", String(16), nullable=False, doc="normalised"),
    Column("category", String(16), nullable=False),
    Column("person", String(64)),
    Column("household", String(64)),
    Column("levels", Text, nullable=False, doc="JSON: keys of levels"),
    Column("valid_from_ms", BigInteger),
    Column("valid_until_ms", BigInteger, doc="the first moment after"),
    Column("blocked", Boolean, nullable=False),
    Column("block_only", Boolean, nullable=False, doc="is here for its block alone"),
    Column("blocked_reason", Text, nullable=False),
    Column("blocked_by", String(256)),
    Column("blocked_ms", BigInteger),
    Column("note", Text, nullable=False),
    Column("removed_ms", BigInteger),
    Column("changed_ms", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "tenant", "person"),
    Index(None, "tenant", "household"),
)

ONE_PLATE: Final = Index(
    "uq_register_vehicles_plate",
    vehicles.c.tenant,
    vehicles.c.plate,
    unique=True,
    sqlite_where=vehicles.c.removed_ms.is_(None),
    postgresql_where=vehicles.c.removed_ms.is_(None),
)
"""A plate is registered once at a time."""

visits: Final = Table(
    "register_visits",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False, doc="grows with each pass"),
    Column("household", String(64)),
    Column("person", String(64)),
    Column("visitor", String(64), nullable=False),
    Column("phone", String(32), nullable=False),
    Column("plate", String(16)),
    Column("code", String(12)),
    Column("from_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("made_by", String(256), nullable=False),
    Column("by_link", Boolean, nullable=False),
    Column("revoked_ms", BigInteger),
    Column("revoked_by", String(256)),
    Column("used_ms", BigInteger, doc="when it first opened something, by the device's clock"),
    Column("listed", Boolean, nullable=False, doc="whether the lists have an entry"),
    Column("erased", Boolean, nullable=False),
    UniqueConstraint("tenant", "seq"),
    Index(None, "tenant", "household", "until_ms"),
    Index(None, "tenant", "until_ms"),
    Index(None, "tenant", "plate"),
)

consents: Final = Table(
    "register_consents",
    metadata,
    Column("seq", Sequence64, primary_key=True, autoincrement=True),
    Column("tenant", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("given", Boolean, nullable=False),
    Column("at_ms", BigInteger, nullable=False, doc="when it was said"),
    Column("recorded_ms", BigInteger, nullable=False, doc="when it was written here: the entry's face_since"),
    Column("by", String(256), nullable=False),
    Column("how", String(16), nullable=False),
    Column("text_version", String(64), nullable=False),
    Column("by_guardian", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Index(None, "tenant", "person", "recorded_ms"),
)
"""Append-only: the database refuses UPDATE and DELETE. It holds no name."""

terminals: Final = Table(
    "register_terminals",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("site", String(64), primary_key=True),
    Column("kind", String(64), primary_key=True),
    Column("device", String(64), primary_key=True),
    Column("title", Text, nullable=False, doc="JSON: a text per language"),
    Column("seen_ms", BigInteger, nullable=False, doc="when it first described itself"),
)
"""Every face terminal until it is taken away: one that is off must delete, too, when it is back."""

removals: Final = Table(
    "register_removals",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("withdrawal", BigInteger, primary_key=True, autoincrement=False, doc="seq of the consent"),
    Column("site", String(64), primary_key=True),
    Column("kind", String(64), primary_key=True),
    Column("device", String(64), primary_key=True),
    Column("person", String(64), nullable=False),
    Column("since_ms", BigInteger, nullable=False, doc="the entry's face_since"),
    Column("asked_ms", BigInteger, nullable=False),
    Column("done_ms", BigInteger),
    Column("held", Boolean),
    Column("acknowledged", Boolean),
    Column("absent", Boolean),
    Column("event", String(256), doc="id of the event that says so"),
    Column("event_seq", BigInteger),
    Column("sha256", String(64), doc="of the event's bytes in the ledger"),
    Column("audit", BigInteger, doc="number of the audit's entry"),
    Column("waived_by", String(256)),
    Column("waived_why", Text),
    Index(None, "tenant", "person", "since_ms"),
    Index(None, "tenant", "done_ms"),
)

cursors: Final = Table(
    "register_cursors",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False, doc="events up to this one are taken"),
)
