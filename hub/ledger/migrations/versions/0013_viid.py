"""How far the police feed has come, what was confirmed, what was set aside."""

import sqlalchemy as sa
from alembic import op


revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "viid_cursors",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("sent_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "kind", name=op.f("pk_viid_cursors")),
    )
    op.create_table(
        "viid_receipts",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("seq", SEQUENCE, autoincrement=False, nullable=False),
        sa.Column("object_id", sa.String(length=48), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_ms", sa.BigInteger(), nullable=False),
        sa.Column("server_time", sa.String(length=14), nullable=False),
        sa.Column("pictures", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "kind", "seq", name=op.f("pk_viid_receipts")),
    )
    op.create_index(
        op.f("ix_viid_receipts_tenant_confirmed_ms"), "viid_receipts", ["tenant", "confirmed_ms"]
    )
    op.create_index(op.f("ix_viid_receipts_tenant_seq"), "viid_receipts", ["tenant", "seq"])
    op.create_table(
        "viid_set_aside",
        sa.Column("id", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("object_id", sa.String(length=48), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_viid_set_aside")),
        sa.UniqueConstraint("tenant", "kind", "seq", name=op.f("uq_viid_set_aside_tenant_kind_seq")),
    )


def downgrade() -> None:
    op.drop_table("viid_set_aside")
    op.drop_index(op.f("ix_viid_receipts_tenant_seq"), table_name="viid_receipts")
    op.drop_index(op.f("ix_viid_receipts_tenant_confirmed_ms"), table_name="viid_receipts")
    op.drop_table("viid_receipts")
    op.drop_table("viid_cursors")
