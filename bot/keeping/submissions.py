"""What somebody who runs the bot is asked to confirm, kept until they do, for a week at most."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Message

from bot.keeping.database import insert_into, unbroken
from bot.keeping.records import submissions

__all__ = ["drop_old_submissions", "drop_submission", "find_submission", "keep_submission"]

_WEEK = 7 * 86_400.0
"""Seconds."""


@unbroken
async def keep_submission(
    engine: AsyncEngine, shown: Message, kind: str, content: list[Any]
) -> None:
    """Keep what a message asks to have confirmed.

    Args:
        engine: What the bot remembers.
        shown: The message.
        kind: "add" or "remove".
        content: What JSON can hold; a date is kept in its ISO form.
    """
    text = json.dumps(content, default=str)
    values = {"kind": kind, "content": text, "made_at": time.time()}
    place = {"chat_id": shown.chat_id, "message_id": shown.message_id}
    async with engine.begin() as db:
        insert = insert_into(db, submissions).values(**place, **values)
        await db.execute(insert.on_conflict_do_update(index_elements=list(place), set_=values))


@unbroken
async def find_submission(
    engine: AsyncEngine, chat_id: int, message_id: int, kinds: Collection[str]
) -> list[Any] | None:
    """Return what a message asks to have confirmed, if it is of these kinds.

    Returns:
        None where it is not, or done, or too old.
    """
    query = select(submissions.c.content).where(
        submissions.c.chat_id == chat_id,
        submissions.c.message_id == message_id,
        submissions.c.kind.in_(kinds),
    )
    async with engine.begin() as db:
        content: str | None = await db.scalar(query)
    return None if content is None else list(json.loads(content))


@unbroken
async def drop_old_submissions(engine: AsyncEngine) -> None:
    """Forget what waits for longer than a week."""
    async with engine.begin() as db:
        await db.execute(delete(submissions).where(submissions.c.made_at < time.time() - _WEEK))


@unbroken
async def drop_submission(engine: AsyncEngine, chat_id: int, message_id: int) -> None:
    """Forget what a message asked to have confirmed."""
    own = (submissions.c.chat_id == chat_id) & (submissions.c.message_id == message_id)
    async with engine.begin() as db:
        await db.execute(delete(submissions).where(own))
