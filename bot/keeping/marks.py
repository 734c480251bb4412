"""How far the bot's own jobs have looked, each in a coverage.

Replicas share the database, and each has a coverage of its own, which counts its changes and its
passages by itself. So each coverage has marks of its own: were there one for all, every replica
would set it back to what the others cannot read. That two look at the same article does no harm:
what one has noted, told or corrected, the other finds done. Copies of one index share its marks,
which are as good in each; copies that then take in articles apart must be built anew instead.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.keeping.database import insert_into, unbroken
from bot.keeping.records import progress

__all__ = ["load_mark", "save_mark"]


@unbroken
async def load_mark(engine: AsyncEngine, job: str, coverage: str) -> str:
    """Return the mark that a job left in a coverage, or "" where it left none."""
    own = (progress.c.job == job) & (progress.c.coverage == coverage)
    async with engine.begin() as db:
        mark = await db.scalar(select(progress.c.mark).where(own))
    return mark or ""


@unbroken
async def save_mark(engine: AsyncEngine, job: str, coverage: str, mark: str) -> None:
    """Keep how far a job has looked in a coverage."""
    own = {"job": job, "coverage": coverage}
    async with engine.begin() as db:
        insert = insert_into(db, progress).values(**own, mark=mark)
        await db.execute(
            insert.on_conflict_do_update(index_elements=list(own), set_={"mark": mark})
        )
