"""Runs the migrations on the connection that `bot.keeping.database` holds open."""

from __future__ import annotations

from alembic import context

from bot.keeping.database import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
