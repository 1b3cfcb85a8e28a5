"""The site itself ends subscriptions, and keeps their ids out; what subscriptions are told of devices."""

import sqlalchemy as sa
from alembic import op


revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE = "viid_subscriptions"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column(TABLE, sa.Column("ended_seq", sa.BigInteger(), nullable=True))
    op.add_column(TABLE, sa.Column("ended_reason", sa.Text(), nullable=False, server_default=""))
    op.add_column(TABLE, sa.Column("barred", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "viid_device_notices",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=129), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("told", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("documents", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "kind", "subject", name=op.f("pk_viid_device_notices")),
    )


def downgrade() -> None:
    op.drop_table("viid_device_notices")
    for column in ("barred", "ended_reason", "ended_seq", "version"):
        op.drop_column(TABLE, column)
