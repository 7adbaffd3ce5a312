"""Run by Alembic: one chain for both databases, forward only (batch mode would break SQLite's spatial triggers)."""

from __future__ import annotations

from alembic import context
from geoalchemy2 import alembic_helpers

from geodata.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    include_object=alembic_helpers.include_object,
    process_revision_directives=alembic_helpers.writer,
    render_item=alembic_helpers.render_item,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
