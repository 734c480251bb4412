"""What a chat has set: its language, how many excerpts it wants, the outlets it leaves out."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.keeping.database import insert_into, unbroken
from bot.keeping.records import preferences

__all__ = ["Preferences", "drop_preferences", "load_preferences", "save_preferences"]


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a chat has set.

    Attributes:
        language: A code of `speech.LANGUAGES`, or "" for that of whoever writes.
        excerpts: Most citations in an answer, or 0 for the bot's own number.
        left_out: Outlets that are not cited here.
    """

    language: str = ""
    excerpts: int = 0
    left_out: tuple[str, ...] = ()


@unbroken
async def load_preferences(engine: AsyncEngine, chat_id: int) -> Preferences:
    """Return what a chat has set."""
    async with engine.begin() as db:
        query = select(preferences).where(preferences.c.chat_id == chat_id)
        row = (await db.execute(query)).one_or_none()
    if row is None:
        return Preferences()
    return Preferences(row.language or "", row.excerpts or 0, tuple(json.loads(row.left_out)))


@unbroken
async def save_preferences(engine: AsyncEngine, chat_id: int, chosen: Preferences) -> None:
    """Keep what a chat has set, in the place of what it had."""
    values = {
        "language": chosen.language or None,
        "excerpts": chosen.excerpts or None,
        "left_out": json.dumps(chosen.left_out),
    }
    async with engine.begin() as db:
        insert = insert_into(db, preferences).values(chat_id=chat_id, **values)
        await db.execute(insert.on_conflict_do_update(index_elements=["chat_id"], set_=values))


@unbroken
async def drop_preferences(engine: AsyncEngine, chat_id: int) -> None:
    """Forget what a chat has set."""
    async with engine.begin() as db:
        await db.execute(delete(preferences).where(preferences.c.chat_id == chat_id))
