"""Alarms handed to police grid officers."""

import sqlalchemy as sa
from alembic import op


revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "police_referrals",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("alarm", sa.String(length=64), nullable=False),
        sa.Column("grid", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("handed_by", sa.String(length=256), nullable=False),
        sa.Column("handed_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=True),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("revoked_by", sa.String(length=256), nullable=True),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_police_referrals")),
    )
    with op.batch_alter_table("police_referrals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_police_referrals_tenant_digest"), ["tenant", "digest"], unique=True)
        batch_op.create_index(batch_op.f("ix_police_referrals_tenant_alarm"), ["tenant", "alarm"], unique=False)


def downgrade() -> None:
    op.drop_table("police_referrals")
