"""What is kept of a chat: moved along with it, or deleted without a trace.

Which columns hold a chat's id says `bot.keeping.database`.
"""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Column, Table, and_, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.keeping.database import insert_into, is_shared, metadata, unbroken
from bot.keeping.letting_go import BUSY
from bot.keeping.records import moves

__all__ = ["forget_chat", "has_moved_to", "move_chat", "wipe"]

_REMEMBER = 24 * 3600.0
"""Seconds that a move is known; Telegram itself keeps an update that says so as long."""


@unbroken
async def move_chat(engine: AsyncEngine, old: int, new: int) -> None:
    """Let all that is kept of one chat be another's; of what that has, too, its own stays."""
    async with engine.begin() as db:
        for table, column in _chat_columns():
            if column.info.get("moves", True):
                await _move_rows(db, table, column, old, new)
            else:
                await db.execute(delete(table).where(column == old))
        now = time.time()
        await db.execute(delete(moves).where(moves.c.moved_at < now - _REMEMBER))
        move = insert_into(db, moves).values(chat_id=new, moved_at=now)
        await db.execute(move.on_conflict_do_nothing())


@unbroken
async def has_moved_to(engine: AsyncEngine, chat_id: int) -> bool:
    """Tell whether a chat was another until lately."""
    async with engine.begin() as db:
        found = await db.scalar(select(moves.c.chat_id).where(moves.c.chat_id == chat_id))
    return found is not None


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
            await connection.execute(f"PRAGMA busy_timeout = {1000 * BUSY:.0f}")


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
