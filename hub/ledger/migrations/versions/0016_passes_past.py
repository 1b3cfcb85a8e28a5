"""Passes as they were before something told later changed them."""

import sqlalchemy as sa
from alembic import op


revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passes_past",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("until", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("direction", sa.String(length=16), nullable=False),
        sa.Column("means", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=True),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("vehicle", sa.String(length=64), nullable=True),
        sa.Column(
            "plate",
            sa.String(length=16).with_variant(sa.String(length=16, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "folded",
            sa.String(length=16).with_variant(sa.String(length=16, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("colour", sa.String(length=16), nullable=False),
        sa.Column("recognised", sa.String(length=256), nullable=True),
        sa.Column("pictures", sa.Text(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.Column("replay", sa.Boolean(), nullable=False),
        sa.Column("passback", sa.Boolean(), nullable=False),
        sa.Column("passback_told", sa.Boolean(), nullable=False),
        sa.Column("dwell_s", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("seq", "until", name=op.f("pk_passes_past")),
    )
    op.create_index("ix_passes_past_time", "passes_past", ["tenant", "at_ms", "seq"])


def downgrade() -> None:
    op.drop_index("ix_passes_past_time", table_name="passes_past")
    op.drop_table("passes_past")
