"""Updates as they come: stored before Telegram is told that they arrived, then handled once.

The database is the queue. `Inbox.put` returns when an update is stored; `Inbox.deal` takes from
there what may be handled now, the oldest of each chat, and gives it to the application. Several
replicas may deal from one database: each update is handled by the one whose claim it bears, until
that is renewed no more. What a replica that died had in hand is dealt out again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from telegram import Bot, Update

from bot.keeping.database import AWAY, insert_into, is_shared, unbroken
from bot.keeping.tables import updates
from bot.updates.leasing import (
    Dealt,
    claim,
    drop_handled,
    free_all,
    give_back,
    renew,
    store_handled,
)

__all__ = ["AT_ONCE", "Claim", "Inbox"]

AT_ONCE = 256
"""Most updates in hand; the others wait in the database."""

_LEASE = 30.0
"""Seconds until a replica that gives no sign has died."""

_LOOK = 5.0
"""Seconds between looks at what others have left, and between signs of life."""

_LONGEST_WAIT = 60.0
"""Seconds that an update which could not be handled waits before the next attempt, at most."""

_REMEMBER = 48 * 3600.0
"""Seconds that an update's id is kept; Telegram sends again for at most 24 hours."""

log = logging.getLogger(__name__)


class Claim(NamedTuple):
    """An update in hand.

    Attributes:
        received_at: When it came, in seconds since 1970.
        claims: How often it was taken in hand, and not given back: more than once where whoever
            had it died, of this update or of another.
        tries: How often it was begun with since.
    """

    received_at: float
    claims: int
    tries: int


class Inbox(asyncio.Queue[object]):
    """The queue between Telegram and the application.

    Attributes:
        replica: This process's name; no two are alike.
        in_hand: By update id, what was dealt and is not handled yet.
        postponed: Ids of what was in hand before, and could not be handled then.
        sound: Whether the database could be reached when it was last tried.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__()
        self.replica = uuid.uuid4().hex
        self.in_hand: dict[int, Claim] = {}
        self.postponed: set[int] = set()
        self.sound = True
        self._engine = engine
        self._handled: dict[int, str] = {}
        self._given_back: dict[int, float] = {}
        self._work = asyncio.Event()
        self._cleared_at = 0.0

    async def put(self, item: object) -> None:
        """Store an update; what else the application puts here goes straight through."""
        if isinstance(item, Update):
            await self.accept([item])
        else:
            await super().put(item)

    @unbroken
    async def accept(self, new: Sequence[Update]) -> None:
        """Store updates; then Telegram may be told that they arrived.

        Those that came before are not stored again, whether handled or not.

        Raises:
            SQLAlchemyError: They are not stored: Telegram must send them again.
        """
        if not new:
            return
        now = time.time()
        rows = [
            {
                "update_id": one.update_id,
                "turn": _turn_of(one),
                "content": one.to_json(),
                "received_at": now,
            }
            for one in new
        ]
        async with self._engine.begin() as db:
            await db.execute(insert_into(db, updates).on_conflict_do_nothing(), rows)
        self._work.set()

    async def deal(self, bot: Bot) -> None:
        """Hand out what waits, as soon as it may be handled, for ever.

        Args:
            bot: Whose methods the updates' shortcuts call.
        """
        if not is_shared(self._engine):  # then whoever had something in hand is dead
            await self._free_all()
        while True:
            self._work.clear()
            try:
                dealt = await self._exchange()
                self.sound = True
            except AWAY as error:
                self.sound = False
                log.error(
                    "cannot reach the bot's database, trying again: %s", str(error) or repr(error)
                )
                await asyncio.sleep(_LOOK)
                continue
            for row in dealt:
                self._hand_out(row, bot)
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK):  # wait_for may swallow a cancellation
                    await self._work.wait()

    def finish(self, update_id: int, outcome: str) -> None:
        """Say that an update needs no more handling: its content is deleted."""
        if self.in_hand.pop(update_id, None):
            self._handled[update_id] = outcome
            self.postponed.discard(update_id)
            self._work.set()

    def postpone(self, update_id: int, wait: float = 0.0) -> None:
        """Say that an update could not be handled now: it is dealt again, to whoever has room.

        Each time that takes as long as the update has waited so far, but no longer than a minute.

        Args:
            update_id: Which.
            wait: How many seconds it takes at least.
        """
        if held := self.in_hand.pop(update_id, None):
            now = time.time()
            later = min(_LONGEST_WAIT, now - held.received_at)
            self._given_back[update_id] = now + max(_LOOK, later, wait)
            self.postponed.add(update_id)
            self._work.set()

    @unbroken
    async def count_try(self, update_id: int) -> None:
        """Store that an update is begun with once more, in case that ends the process."""
        mine = (updates.c.update_id == update_id) & (updates.c.owner == self.replica)
        more = update(updates).where(mine).values(tries=updates.c.tries + 1)
        async with self._engine.begin() as db:
            await db.execute(more)
        held = self.in_hand[update_id]
        self.in_hand[update_id] = held._replace(tries=held.tries + 1)

    @unbroken
    async def close(self) -> None:
        """Store what was handled, and leave what was not to whoever comes next."""
        async with self._engine.begin() as db:
            await store_handled(db, self.replica, dict(self._handled))
            await give_back(db, self.replica, updates.c.outcome.is_(None), 0.0)

    @unbroken
    async def count_waiting(self) -> int:
        """Return how many updates are not handled yet, by this replica or any."""
        waits = select(func.count()).where(updates.c.outcome.is_(None))
        async with self._engine.begin() as db:
            return await db.scalar(waits) or 0

    def _hand_out(self, row: Dealt, bot: Bot) -> None:
        self.in_hand[row.update_id] = Claim(row.received_at, row.claims, row.tries)
        try:
            self.put_nowait(Update.de_json(json.loads(row.content), bot))
        except Exception as error:
            skipped = row.update_id, type(error).__name__  # the rest may be private
            log.error("update %d cannot be read (%s), it is left out", *skipped)
            self.finish(row.update_id, "unreadable")

    @unbroken
    async def _exchange(self) -> list[Dealt]:
        """Store what was handled or not, give a sign of life, claim what may be handled now."""
        handled, given_back, now = dict(self._handled), dict(self._given_back), time.time()
        async with self._engine.begin() as db:
            await store_handled(db, self.replica, handled)
            for update_id, later in given_back.items():
                await give_back(db, self.replica, updates.c.update_id == update_id, later)
            until = now + _LEASE
            await renew(db, self.replica, list(self.in_hand), before=until - _LOOK, until=until)
            await self._clear(db, now)
            room = AT_ONCE - len(self.in_hand)
            dealt = await claim(db, self.replica, now=now, until=until, most=room)
        for update_id in handled:
            del self._handled[update_id]
        for update_id in given_back:
            del self._given_back[update_id]
        return dealt

    async def _clear(self, db: AsyncConnection, now: float) -> None:
        if now - self._cleared_at >= _REMEMBER / 48:
            await drop_handled(db, before=now - _REMEMBER)
            self._cleared_at = now

    @unbroken
    async def _free_all(self) -> None:
        async with self._engine.begin() as db:
            await free_all(db)


def _turn_of(new: Update) -> str:
    """Return what an update waits for: the others of its chat, or nothing."""
    chat = new.effective_chat
    return f"chat {chat.id}" if chat else f"update {new.update_id}"
