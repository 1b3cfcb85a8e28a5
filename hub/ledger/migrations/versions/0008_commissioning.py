"""Commissioning: devices found, proofs, tests; how the disk fills."""

import sqlalchemy as sa
from alembic import op


revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "commissioning_cursors",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_commissioning_cursors")),
    )
    op.create_table(
        "commissioning_devices",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("found_ms", sa.BigInteger(), nullable=False),
        sa.Column("gone_ms", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("driver", sa.String(length=64), nullable=True),
        sa.Column("area", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "device", name=op.f("pk_commissioning_devices")),
    )
    op.create_table(
        "commissioning_proofs",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("alarm", sa.String(length=64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "device", name=op.f("pk_commissioning_proofs")),
    )
    op.create_table(
        "commissioning_tests",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("who", sa.String(length=256), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("after_seq", sa.BigInteger(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commissioning_tests")),
    )
    with op.batch_alter_table("commissioning_tests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_commissioning_tests_tenant_device_started_ms"),
            ["tenant", "device", "started_ms"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_commissioning_tests_tenant_state"), ["tenant", "state"], unique=False
        )

    op.create_table(
        "disk_samples",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("free_bytes", sa.BigInteger(), nullable=False),
        sa.Column("total_bytes", sa.BigInteger(), nullable=False),
        sa.Column("ledger_bytes", sa.BigInteger(), nullable=True),
        sa.Column("history_bytes", sa.BigInteger(), nullable=True),
        sa.Column("media_bytes", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "at_ms", name=op.f("pk_disk_samples")),
    )
    with op.batch_alter_table("alarms", schema=None) as batch_op:
        batch_op.add_column(sa.Column("test", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("alarms", schema=None) as batch_op:
        batch_op.drop_column("test")

    op.drop_table("disk_samples")
    with op.batch_alter_table("commissioning_tests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commissioning_tests_tenant_state"))
        batch_op.drop_index(batch_op.f("ix_commissioning_tests_tenant_device_started_ms"))

    op.drop_table("commissioning_tests")
    op.drop_table("commissioning_proofs")
    op.drop_table("commissioning_devices")
    op.drop_table("commissioning_cursors")
