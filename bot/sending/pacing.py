"""Every call to Telegram: not faster than it allows, and recorded where it sends something."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from aiolimiter import AsyncLimiter
from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter

from bot.sending.outbox import Outbox
from bot.sending.verdicts import pause_after

__all__ = ["Pacing"]

_BURST = 3.0
"""Messages that a chat may get at once; after that one a second.

Source: core.telegram.org/bots/faq, "avoid sending more than one message per second. We may allow
short bursts". Groups get 20 a minute and all chats together 30 a second from AIORateLimiter.
"""

_PACED = ("send", "copy", "forward", "edit")
_MANY = 1024
"""Chats whose pace is remembered before those that are at rest are forgotten."""

_TRIES = 4
"""Calls of which Telegram may want fewer before whoever makes them is told so."""

_PATIENCE = 10.0
"""Seconds that a call waits where Telegram wants peace; for longer peace it is given up at once:
whoever makes it does so again later, and has nothing in hand meanwhile."""

_MARGIN = 0.1
"""Seconds that it waits beyond what Telegram says."""


class Pacing(AIORateLimiter):
    """Telegram's limits: overall, for each group, and for each chat.

    "Typing" and the menu are none of the messages: they neither wait nor hold them up. Where
    Telegram wants peace in a chat, that chat waits, and no other.
    """

    def __init__(self, outbox: Outbox) -> None:
        super().__init__()
        self._outbox = outbox
        self._chats: dict[Any, AsyncLimiter] = {}
        self._rests: dict[Any, float] = {}

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Make a call when its time has come, again where Telegram wants it a little later.

        Raises:
            RetryAfter: Telegram wants it much later, or wanted that again and again.
            TelegramError: What else Telegram said.
        """
        if endpoint == "sendChatAction" or endpoint.startswith("setMy"):
            return await callback(*args, **kwargs)
        paced = endpoint.startswith(_PACED) and "chat_id" in data

        async def send(*args: Any, **kwargs: Any) -> Any:
            try:
                if paced:
                    self._check_rest(data["chat_id"])
                return await self._outbox.send(endpoint, data, lambda: callback(*args, **kwargs))
            except RetryAfter as error:  # raised to the parent, it would stop every chat
                return error

        for _ in range(_TRIES):
            if paced:
                await self._of(data["chat_id"]).acquire()
            given = args, kwargs, endpoint, data, rate_limit_args
            answer: Any = await super().process_request(send, *given)
            if not isinstance(answer, RetryAfter):
                return answer
            if paced:
                self._let_rest(data["chat_id"], pause_after(answer))
            if pause_after(answer) > _PATIENCE:
                break
            await asyncio.sleep(pause_after(answer) + _MARGIN)
        raise answer

    def _check_rest(self, chat: Any) -> None:
        """Ask nothing of Telegram in a chat that it wants peace in.

        Raises:
            RetryAfter: It does, and for how long still.
        """
        left = self._rests.get(chat, 0.0) - asyncio.get_running_loop().time()
        if left > 0:
            raise RetryAfter(timedelta(seconds=left))

    def _let_rest(self, chat: Any, seconds: float) -> None:
        now = asyncio.get_running_loop().time()
        self._rests = {key: until for key, until in self._rests.items() if until > now}
        self._rests[chat] = now + seconds

    def _of(self, chat: Any) -> AsyncLimiter:
        if len(self._chats) > _MANY:
            resting = [key for key, one in self._chats.items() if one.has_capacity(_BURST)]
            for key in resting:
                del self._chats[key]
        return self._chats.setdefault(chat, AsyncLimiter(_BURST, _BURST))
