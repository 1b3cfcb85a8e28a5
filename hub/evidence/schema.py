"""The tables of evidence: what was planned with an alarm and what became of it, and what must be kept."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from hub.ledger.schema import metadata

evidence: Final = Table(
    "evidence",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("alarm", String(64), nullable=False),
    Column("kind", String(16), nullable=False, doc="cameras, picture, snapshot, clip or data"),
    Column("device", String(256), nullable=False, doc="site/kind/device: who is asked, or whose data"),
    Column("area", String(64), doc="where cameras are looked for"),
    Column("wanted", Text, nullable=False, doc="JSON: definition.Evidence as it was at the raise"),
    Column("around_ms", BigInteger, nullable=False, doc="the moment it is to show"),
    Column("state", String(16), nullable=False, doc="planned, asked, got, failed or done"),
    Column("tries", Integer, nullable=False),
    Column("next_ms", BigInteger, nullable=False, doc="when to go on with it"),
    Column("action", String(64), doc="the action that asked a camera for it"),
    Column("asked_ms", BigInteger),
    Column("sha256", String(64)),
    Column("size", BigInteger, doc="bytes"),
    Column("made_ms", BigInteger, doc="when it was made, by the clock of who made it"),
    Column("received_ms", BigInteger, doc="when the hub had it"),
    Column("skew_ms", BigInteger, doc="how far that clock was from the hub's, at least"),
    Column("details", Text, nullable=False, doc="JSON: what its event says of it"),
    Column("error", Text, doc="why there is none"),
    Column("gone_ms", BigInteger, doc="when its file was deleted, its retention being over"),
    Index(None, "tenant", "alarm"),
    Index(None, "tenant", "state"),
    Index(None, "tenant", "sha256"),
)

holds: Final = Table(
    "evidence_holds",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("alarm", String(64), primary_key=True),
    Column("who", String(256), nullable=False),
    Column("reason", Text, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
    Column("released_ms", BigInteger, doc="none: whatever belongs to the alarm is kept"),
)
