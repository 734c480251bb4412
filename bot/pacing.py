"""Every call to Telegram: not faster than it allows, and recorded where it sends something."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from aiolimiter import AsyncLimiter
from telegram.ext import AIORateLimiter

from bot.outbox import Outbox

__all__ = ["Pacing"]

_BURST = 3.0
"""Messages that a chat may get at once; after that one a second.

Source: core.telegram.org/bots/faq, "avoid sending more than one message per second. We may allow
short bursts". Groups get 20 a minute and all chats together 30 a second from AIORateLimiter.
"""

_PACED = ("send", "copy", "forward", "edit")
_MANY = 1024
"""Chats whose pace is remembered before those that are at rest are forgotten."""


class Pacing(AIORateLimiter):
    """Telegram's limits: overall, for each group, and for each chat.

    "Typing" and the menu are none of the messages: they neither wait nor hold them up.
    """

    def __init__(self, outbox: Outbox) -> None:
        super().__init__(max_retries=3)
        self._outbox = outbox
        self._chats: dict[Any, AsyncLimiter] = {}

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Make a call when its time has come."""
        if endpoint == "sendChatAction" or endpoint.startswith("setMy"):
            return await callback(*args, **kwargs)

        async def send(*args: Any, **kwargs: Any) -> Any:
            return await self._outbox.send(endpoint, data, lambda: callback(*args, **kwargs))

        if endpoint.startswith(_PACED) and "chat_id" in data:
            await self._of(data["chat_id"]).acquire()
        return await super().process_request(send, args, kwargs, endpoint, data, rate_limit_args)

    def _of(self, chat: Any) -> AsyncLimiter:
        if len(self._chats) > _MANY:
            resting = [key for key, one in self._chats.items() if one.has_capacity(_BURST)]
            for key in resting:
                del self._chats[key]
        return self._chats.setdefault(chat, AsyncLimiter(_BURST, _BURST))
