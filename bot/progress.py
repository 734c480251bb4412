"""How far the bot's own jobs have looked."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database import insert_into, unbroken
from bot.records import progress

__all__ = ["load_mark", "save_mark"]


@unbroken
async def load_mark(engine: AsyncEngine, job: str) -> str:
    """Return the mark that a job left, or "" where it left none."""
    async with engine.begin() as db:
        mark = await db.scalar(select(progress.c.mark).where(progress.c.job == job))
    return mark or ""


@unbroken
async def save_mark(engine: AsyncEngine, job: str, mark: str) -> None:
    """Keep how far a job has looked."""
    async with engine.begin() as db:
        insert = insert_into(db, progress).values(job=job, mark=mark)
        await db.execute(insert.on_conflict_do_update(index_elements=["job"], set_={"mark": mark}))
