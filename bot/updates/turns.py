"""Handling an update from the inbox: recorded while it lasts, and when it is done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Coroutine
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.keeping.database import AWAY
from bot.metrics import HANDLED, LATENCY, seconds_since
from bot.sending.outbox import Job, doing, name_of, postpone
from bot.updates.inbox import AT_ONCE, Inbox

__all__ = ["InTurn"]

log = logging.getLogger(__name__)


class InTurn(BaseUpdateProcessor):
    """Handles what the inbox deals: of each chat one update after the other, in order.

    A busy chat takes no more of the bot than a quiet one, and a follow-up follows.
    """

    def __init__(self, inbox: Inbox) -> None:
        super().__init__(AT_ONCE)
        self._inbox = inbox
        self._tasks: set[asyncio.Task[Any]] = set()
        self._alone = asyncio.Lock()
        self._stopped = False

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Handle an update; cancelled in the middle, it stays in the inbox."""
        assert isinstance(update, Update)
        assert isinstance(coroutine, Coroutine)
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            if not self._stopped:
                await self._handle(update, coroutine)
        finally:
            self._tasks.discard(task)
            coroutine.close()  # it may never have been begun with

    async def cancel(self) -> None:
        """Break off what is being handled, and begin with nothing more."""
        self._stopped = True
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def initialize(self) -> None:
        """Do nothing."""

    async def shutdown(self) -> None:
        """Do nothing."""

    async def _handle_alone(self, update: Update, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Handle what was in hand when a process died, so that it shows of which it dies."""
        async with self._alone:
            try:
                await self._inbox.count_try(update.update_id)
            except AWAY as error:  # what is not counted is not begun with
                log.error("an update cannot be handled now, it is tried again: %s", error)
                postpone()
                return
            await coroutine

    async def _handle(self, update: Update, coroutine: Coroutine[Any, Any, Any]) -> None:
        claim = self._inbox.in_hand[update.update_id]
        job = Job(name_of(update.update_id), update.update_id, self._inbox.replica)
        with doing(job):
            if claim.claims > 1:
                await self._handle_alone(update, coroutine)
            else:
                await coroutine
        if job.postponed:
            self._inbox.postpone(update.update_id, job.wait)
            return
        outcome = "unknown" if job.unknown else "done"
        self._inbox.finish(update.update_id, outcome)
        HANDLED.labels(outcome).inc()
        if job.sent:
            LATENCY.observe(seconds_since(claim.received_at))
