"""What is kept of a chat: moved along with it, or deleted without a trace.

Which columns hold a chat's id says `bot.database`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Table, and_, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database import PATIENCE, is_shared, metadata, unbroken

__all__ = ["forget_chat", "move_chat", "wipe"]


@unbroken
async def move_chat(engine: AsyncEngine, old: int, new: int) -> None:
    """Let all that is kept of one chat be another's; of what that has, too, its own stays."""
    async with engine.begin() as db:
        for table, column in _chat_columns():
            if column.info.get("moves", True):
                await _move_rows(db, table, column, old, new)
            else:
                await db.execute(delete(table).where(column == old))


@unbroken
async def forget_chat(engine: AsyncEngine, chat_id: int) -> None:
    """Delete every row of a chat, in every table, and wipe them."""
    async with engine.begin() as db:
        for table, column in _chat_columns():
            await db.execute(delete(table).where(column == chat_id))
    await wipe(engine)


@unbroken
async def wipe(engine: AsyncEngine) -> None:
    """Take what was deleted out of SQLite's log as well, unless others are reading just now."""
    if is_shared(engine):
        return
    async with engine.connect() as db:
        connection: Any = (await db.get_raw_connection()).driver_connection
        await connection.execute("PRAGMA busy_timeout = 0")  # wait for nobody
        try:
            await connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            await connection.execute(f"PRAGMA busy_timeout = {1000 * PATIENCE:.0f}")


async def _move_rows(
    db: AsyncConnection, table: Table, column: Column[Any], old: int, new: int
) -> None:
    keys = table.primary_key.columns
    for row in (await db.execute(select(*keys).where(column == old))).all():
        this = and_(*(key == value for key, value in zip(keys, row, strict=True)))
        try:
            async with db.begin_nested():
                await db.execute(update(table).where(this).values({column: new}))
        except IntegrityError:
            await db.execute(delete(table).where(this))


def _chat_columns() -> list[tuple[Table, Column[Any]]]:
    return [
        (table, column)
        for table in metadata.sorted_tables
        for column in table.columns
        if column.info.get("chat")
    ]
