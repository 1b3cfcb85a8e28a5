"""The site itself ends subscriptions: why, and that the same id is refused until somebody lifts that."""

import sqlalchemy as sa
from alembic import op


revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = "viid_subscriptions"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column(TABLE, sa.Column("ended_seq", sa.BigInteger(), nullable=True))
    op.add_column(TABLE, sa.Column("ended_reason", sa.Text(), nullable=False, server_default=""))
    op.add_column(TABLE, sa.Column("barred", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for column in ("barred", "ended_reason", "ended_seq", "version"):
        op.drop_column(TABLE, column)
