"""Disclosures to authorities: requests, whose data they are about, their way."""

import sqlalchemy as sa
from alembic import op


revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER IF NOT EXISTS disclosure_steps_no_update BEFORE UPDATE ON disclosure_steps BEGIN SELECT RAISE(ABORT, 'disclosure_steps is append-only'); END",
        "CREATE TRIGGER IF NOT EXISTS disclosure_steps_no_delete BEFORE DELETE ON disclosure_steps BEGIN SELECT RAISE(ABORT, 'disclosure_steps is append-only'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE TRIGGER disclosure_steps_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON disclosure_steps FOR EACH STATEMENT EXECUTE FUNCTION hemei_append_only()",
    ),
}
"""A disclosure's way takes no UPDATE and no DELETE."""


def upgrade() -> None:
    op.create_table('disclosure_steps',
    sa.Column('tenant', sa.String(length=64), nullable=False),
    sa.Column('disclosure', sa.String(length=64), nullable=False),
    sa.Column('n', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('ts_ms', sa.BigInteger(), nullable=False),
    sa.Column('who', sa.String(length=256), nullable=False),
    sa.Column('what', sa.String(length=32), nullable=False),
    sa.Column('post', sa.String(length=64), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('details', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('tenant', 'disclosure', 'n', name=op.f('pk_disclosure_steps'))
    )
    op.create_table('disclosure_subjects',
    sa.Column('tenant', sa.String(length=64), nullable=False),
    sa.Column('disclosure', sa.String(length=64), nullable=False),
    sa.Column('sort', sa.String(length=16), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('named', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('tenant', 'disclosure', 'sort', 'key', name=op.f('pk_disclosure_subjects'))
    )
    op.create_index(op.f('ix_disclosure_subjects_tenant_sort_key'), 'disclosure_subjects', ['tenant', 'sort', 'key'], unique=False)
    op.create_table('disclosures',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('tenant', sa.String(length=64), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('steps', sa.Integer(), nullable=False),
    sa.Column('basis', sa.String(length=64), nullable=False),
    sa.Column('terms', sa.Text(), nullable=False),
    sa.Column('document_number', sa.Text(), nullable=False),
    sa.Column('case_number', sa.Text(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('officers', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('recipients', sa.Text(), nullable=False),
    sa.Column('requested_by', sa.String(length=256), nullable=False),
    sa.Column('requested_ms', sa.BigInteger(), nullable=False),
    sa.Column('expires_ms', sa.BigInteger(), nullable=True),
    sa.Column('decided_by', sa.String(length=256), nullable=True),
    sa.Column('decided_ms', sa.BigInteger(), nullable=True),
    sa.Column('decision_reason', sa.Text(), nullable=False),
    sa.Column('begun_ms', sa.BigInteger(), nullable=True),
    sa.Column('made', sa.Text(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('handed_by', sa.String(length=256), nullable=True),
    sa.Column('handed_to', sa.Text(), nullable=False),
    sa.Column('handed_ms', sa.BigInteger(), nullable=True),
    sa.Column('purged_ms', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disclosures')),
    sa.UniqueConstraint('tenant', 'year', 'n', name=op.f('uq_disclosures_tenant_year_n'))
    )
    op.create_index(op.f('ix_disclosures_tenant_state'), 'disclosures', ['tenant', 'state'], unique=False)

    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.drop_index(op.f('ix_disclosures_tenant_state'), table_name='disclosures')
    op.drop_table('disclosures')
    op.drop_index(op.f('ix_disclosure_subjects_tenant_sort_key'), table_name='disclosure_subjects')
    op.drop_table('disclosure_subjects')
    op.drop_table('disclosure_steps')
