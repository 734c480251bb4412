"""Updates, and what was sent because of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "updates",
        sa.Column("update_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("turn", sa.String()),
        sa.Column("content", sa.Text()),
        sa.Column("received_at", sa.Double(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("owner", sa.String()),
        sa.Column("leased_until", sa.Double(), nullable=False, server_default="0"),
        sa.Column("outcome", sa.String()),
    )
    waits = sa.text("outcome IS NULL")
    op.create_index(
        "ix_updates_waiting",
        "updates",
        ["turn", "update_id"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_table(
        "deliveries",
        sa.Column("job", sa.String(), primary_key=True),
        sa.Column("ordinal", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("result", sa.Text()),
    )
