"""Ratings of an answer and reports on each of its citations, beside one another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table anew, for SQLite changes no primary key, and put back what it held."""
    op.execute("CREATE TABLE feedback_before AS SELECT * FROM feedback")
    op.drop_table("feedback")
    op.create_table(
        "feedback",
        sa.Column("answer", sa.String(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("given_at", sa.Double(), nullable=False),
    )
    kept = "question, verdict, reason, article, excerpt, given_at"
    number = "CASE verdict WHEN 'wrong' THEN -1 ELSE 0 END"
    op.execute(
        f"INSERT INTO feedback (answer, number, {kept}) "
        f"SELECT answer, {number}, {kept} FROM feedback_before"
    )
    op.drop_table("feedback_before")
