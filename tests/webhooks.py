"""How Telegram calls a webhook: each update until it is taken, later and later."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp

from tests.botapi import Json

__all__ = ["Attempt", "Webhook"]

FIRST_DELAY = 0.05
"""Seconds until an update that was not taken comes again; each further time it is twice as long.

Telegram's own first delay is not documented; here it is short, for tests.
"""

PATIENCE = 10.0
"""Seconds for an answer."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery: when (seconds of the monotonic clock), and the status, or 0."""

    update_id: int
    at: float
    status: int


@dataclass
class Webhook:
    """What `setWebhook` asked for, and every delivery since.

    Attributes:
        url: Where updates go; "" for none.
        secret: Shown with each.
        attempts: Oldest first.
        twice: Whether each update that was taken is delivered once more, as if the answer had
            been lost.
        last_error: What `getWebhookInfo` says of the last failure.
        last_error_at: When that was, in whole seconds since 1970.
    """

    url: str = ""
    secret: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    twice: bool = False
    last_error: str = ""
    last_error_at: int = 0

    async def deliver(self, update: Json, taken: Callable[[], None]) -> None:
        """Deliver an update until it is taken, then say so."""
        delay = FIRST_DELAY
        while self.url and not await self._post(update):
            await asyncio.sleep(delay)
            delay *= 2
        if self.url and self.twice:
            await self._post(update)
        if self.url:
            taken()

    async def _post(self, update: Json) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        at = asyncio.get_running_loop().time()
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE)) as session,
                session.post(
                    self.url,
                    data=json.dumps(update),
                    headers=headers | {"Content-Type": "application/json"},
                ) as answer,
            ):
                status = answer.status
        except (aiohttp.ClientError, TimeoutError):
            status = 0
        self.attempts.append(Attempt(update["update_id"], at, status))
        ok = status == HTTPStatus.OK
        if not ok:
            self.last_error = f"Wrong response from the webhook: {status}"
            self.last_error_at = int(time.time())
        return ok
