"""How Alembic reaches the ledger: over the connection that `hub.ledger.engine.migrate` holds."""

from alembic import context

from hub.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
