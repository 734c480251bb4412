"""Which replica has which stored update in hand, and until when: the rows behind the inbox.

Everything here is done within a transaction of the inbox. Times are in seconds since 1970.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import ColumnElement, Row, case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.keeping.tables import updates
from bot.sending.outbox import finish_jobs, name_of

__all__ = ["Dealt", "claim", "drop_handled", "free_all", "give_back", "renew", "store_handled"]

Dealt = Row[tuple[int, str, float, int, int]]
"""An update's id and content, when it came, and how often it was claimed and tried."""


async def claim(
    db: AsyncConnection, replica: str, *, now: float, until: float, most: int
) -> list[Dealt]:
    """Claim the oldest update of each chat of which nobody has one in hand, oldest first."""
    oldest = func.min(updates.c.update_id)
    free = (
        select(oldest)
        .where(updates.c.outcome.is_(None))
        .group_by(updates.c.turn)
        .having(func.max(updates.c.leased_until) < now)
        .order_by(oldest)
        .limit(most)
    )
    taken = (
        update(updates)
        # Another replica may just have claimed it: then the row says so by now.
        .where(updates.c.update_id.in_(free), updates.c.leased_until < now)
        .values(owner=replica, leased_until=until, claims=updates.c.claims + 1)
        .returning(
            updates.c.update_id,
            updates.c.content,
            updates.c.received_at,
            updates.c.claims,
            updates.c.tries,
        )
    )
    rows: Iterable[Dealt] = await db.execute(taken)
    return sorted(rows, key=lambda row: row.update_id)


async def renew(
    db: AsyncConnection, replica: str, held: Collection[int], *, before: float, until: float
) -> None:
    """Keep what a replica has in hand until a time, where it would end before another."""
    if held:
        mine = updates.c.update_id.in_(held) & (updates.c.owner == replica)
        ending = updates.c.leased_until < before
        await db.execute(update(updates).where(mine, ending).values(leased_until=until))


async def give_back(
    db: AsyncConnection, replica: str, which: ColumnElement[bool], until: float
) -> None:
    """Let whoever comes after a time have what a replica had in hand, as if it never had."""
    free = {
        "owner": None,
        "leased_until": until,
        "claims": updates.c.claims - 1,
        "tries": case((updates.c.tries > 0, updates.c.tries - 1), else_=0),
    }
    mine = updates.c.owner == replica
    await db.execute(update(updates).where(mine, which).values(free))


async def store_handled(db: AsyncConnection, replica: str, handled: Mapping[int, str]) -> None:
    """Store how updates ended that a replica still has in hand; of each only its id is left."""
    by_outcome: dict[str, list[int]] = defaultdict(list)
    for update_id, outcome in handled.items():
        by_outcome[outcome].append(update_id)
    for outcome, ids in by_outcome.items():
        mine = updates.c.update_id.in_(ids) & (updates.c.owner == replica)
        done = {"outcome": outcome, "content": None, "turn": None, "owner": None}
        stored = update(updates).where(mine).values(done).returning(updates.c.update_id)
        await finish_jobs(db, [name_of(one) for one in await db.scalars(stored)])


async def drop_handled(db: AsyncConnection, *, before: float) -> None:
    """Forget the updates that are handled and came before a time."""
    old = updates.c.outcome.is_not(None) & (updates.c.received_at < before)
    await db.execute(delete(updates).where(old))


async def free_all(db: AsyncConnection) -> None:
    """Take everything out of all hands: whoever had it is dead."""
    await db.execute(update(updates).values(leased_until=0.0))
