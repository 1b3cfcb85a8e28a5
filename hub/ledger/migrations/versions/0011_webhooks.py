"""What other programs are told of, and how far they have come."""

import sqlalchemy as sa
from alembic import op


revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_changes",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_webhook_changes")),
    )
    op.create_index(op.f("ix_webhook_changes_tenant_seq"), "webhook_changes", ["tenant", "seq"])
    op.create_table(
        "webhook_cursors",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("hook", sa.String(length=64), nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("change_seq", sa.BigInteger(), nullable=False),
        sa.Column("gone_url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "hook", name=op.f("pk_webhook_cursors")),
    )


def downgrade() -> None:
    op.drop_table("webhook_cursors")
    op.drop_index(op.f("ix_webhook_changes_tenant_seq"), table_name="webhook_changes")
    op.drop_table("webhook_changes")
