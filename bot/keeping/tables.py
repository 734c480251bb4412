"""The tables of updates and of what was sent because of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Integer, String, Table, Text

from bot.keeping.database import metadata

__all__ = ["deliveries", "updates"]

updates = Table(
    "updates",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    # What must be handled one after the other, such as "chat 12"; gone with the content.
    Column("turn", String),
    # The update as Telegram wrote it; gone once it is handled.
    Column("content", Text),
    # Seconds since 1970, here and below.
    Column("received_at", Double, nullable=False),
    # How often it was taken in hand, and how often it was then begun with after a death.
    Column("claims", Integer, nullable=False, server_default="0"),
    Column("tries", Integer, nullable=False, server_default="0"),
    # Which replica has it in hand, and until when it keeps others off.
    Column("owner", String),
    Column("leased_until", Double, nullable=False, server_default="0"),
    # None until it is handled; then how that ended.
    Column("outcome", String),
)

_waits = updates.c.outcome.is_(None)
Index(
    "ix_updates_waiting",
    updates.c.turn,
    updates.c.update_id,
    sqlite_where=_waits,
    postgresql_where=_waits,
)

deliveries = Table(
    "deliveries",
    metadata,
    # What is being done, such as "update 7", and the how manieth message of it this is.
    Column("job", String, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    # What Telegram answered, as JSON; None from just before the message leaves until then.
    Column("result", Text),
)
