"""The lists that gates and doors obey."""

import sqlalchemy as sa
from alembic import op


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lists",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("list", sa.String(length=16), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "list", name=op.f("pk_lists")),
    )
    op.create_table(
        "list_entries",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("list", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "list", "key", name=op.f("pk_list_entries")),
        sa.UniqueConstraint("tenant", "list", "revision", name=op.f("uq_list_entries_tenant_list_revision")),
    )


def downgrade() -> None:
    op.drop_table("list_entries")
    op.drop_table("lists")
