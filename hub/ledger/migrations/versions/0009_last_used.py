"""When tokens were last used; prepaid accounts that are closed."""

import sqlalchemy as sa
from alembic import op


revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("access_tokens", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seen_ms", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("charging_accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_ms", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("closed_by", sa.String(length=256), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("charging_accounts", schema=None) as batch_op:
        batch_op.drop_column("closed_by")
        batch_op.drop_column("closed_ms")

    with op.batch_alter_table("access_tokens", schema=None) as batch_op:
        batch_op.drop_column("seen_ms")
