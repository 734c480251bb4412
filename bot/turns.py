"""Who waits for whom: the messages of one chat for each other, different chats for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import AIORateLimiter, BaseUpdateProcessor

__all__ = ["InTurn", "Pacing"]

_AT_ONCE = 10_000
"""Updates in hand, most of them waiting for their turn."""


class InTurn(BaseUpdateProcessor):
    """One message of a chat after the other, so that a follow-up follows and answers keep order.

    A busy chat takes no more of the bot than a quiet one: it is one of those that take turns.
    """

    def __init__(self) -> None:
        super().__init__(_AT_ONCE)
        self._chats: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Handle an update when it is its turn."""
        chat = update.effective_chat if isinstance(update, Update) else None
        lock = self._chats.setdefault(chat.id, asyncio.Lock()) if chat else asyncio.Lock()
        async with lock:
            await coroutine

    async def initialize(self) -> None:
        """Do nothing."""

    async def shutdown(self) -> None:
        """Do nothing."""


class Pacing(AIORateLimiter):
    """Telegram's limits for messages. "Typing" is none: it neither waits nor holds them up."""

    def __init__(self) -> None:
        super().__init__(max_retries=3)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Make a request when its time has come."""
        if endpoint == "sendChatAction":
            return await callback(*args, **kwargs)
        return await super().process_request(
            callback, args, kwargs, endpoint, data, rate_limit_args
        )
