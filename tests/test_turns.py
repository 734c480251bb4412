"""Handling what the inbox deals."""

from __future__ import annotations

import asyncio
import inspect
import time
from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Update

from bot.updates.inbox import Claim, Inbox
from bot.updates.turns import InTurn


async def test_what_is_broken_off_before_it_is_begun_with_is_closed(engine: AsyncEngine) -> None:
    """After a death one update is handled at a time; the others wait for it."""
    inbox = Inbox(engine)
    turns, begun, handled = InTurn(inbox), asyncio.Event(), []

    async def handle(update_id: int) -> None:
        handled.append(update_id)
        begun.set()
        await asyncio.sleep(60)

    coroutines = [handle(1), handle(2)]
    tasks = []
    for update_id, coroutine in enumerate(coroutines, start=1):
        inbox.in_hand[update_id] = Claim(time.time(), claims=2, tries=0)
        work = turns.do_process_update(Update(update_id), coroutine)
        tasks.append(asyncio.create_task(work))
    await begun.wait()
    await turns.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
    assert handled == [1]
    assert {inspect.getcoroutinestate(one) for one in coroutines} == {inspect.CORO_CLOSED}
    assert set(inbox.in_hand) == {1, 2}
