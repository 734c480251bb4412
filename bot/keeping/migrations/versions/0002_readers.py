"""What readers set, what they were shown, and what they want to be told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "preferences",
        sa.Column("chat_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("language", sa.String()),
        sa.Column("excerpts", sa.Integer()),
        sa.Column("left_out", sa.Text(), nullable=False),
    )
    op.create_table(
        "shown_answers",
        sa.Column("chat_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("message_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("inline_id", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("anywhere", sa.Boolean(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("next", sa.Integer(), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("shown_at", sa.Double(), nullable=False),
    )
    op.create_index("ix_shown_answers_shown_at", "shown_answers", ["shown_at"])
    op.create_table(
        "feedback",
        sa.Column("answer", sa.String(), primary_key=True),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("given_at", sa.Double(), nullable=False),
    )
    op.create_table(
        "watches",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("told_at", sa.Double(), nullable=False),
        sa.UniqueConstraint("chat_id", "thread_id", "topic", name="uq_watches_topic"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "watch_hits",
        sa.Column(
            "watch_id",
            sa.Integer(),
            sa.ForeignKey("watches.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("article", sa.String(), primary_key=True),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
    )
    op.create_table(
        "progress",
        sa.Column("job", sa.String(), primary_key=True),
        sa.Column("coverage", sa.String(), primary_key=True),
        sa.Column("mark", sa.String(), nullable=False),
    )
