"""What the library subscribes to; where what was confirmed went."""

import sqlalchemy as sa
from alembic import op


revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("viid_receipts", sa.Column("receiver", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "viid_subscriptions",
        sa.Column("number", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("subscribe_id", sa.String(length=33), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_viid_subscriptions")),
    )
    op.create_index(
        op.f("ix_viid_subscriptions_tenant_ended_number"),
        "viid_subscriptions",
        ["tenant", "ended", "number"],
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_viid_subscriptions_tenant_ended_number"), table_name="viid_subscriptions")
    op.drop_table("viid_subscriptions")
    op.drop_column("viid_receipts", "receiver")
