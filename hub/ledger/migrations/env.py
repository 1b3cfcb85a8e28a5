"""How Alembic reaches the ledger: over the connection that `hub.ledger.engine.migrate` holds."""

from alembic import context

from hub.access import schema as _people
from hub.ledger.schema import metadata

assert _people, "imported so that its tables are part of the metadata"  # noqa: S101 - cannot fail

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
