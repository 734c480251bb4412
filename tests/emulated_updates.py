"""Updates on their way to the bot: fetched by long polling, or brought to its webhook."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict

from aiogram.types import Update

from tests.botapi import ApiError, Json
from tests.emulated_calls import Calls
from tests.webhooks import Webhook

__all__ = ["Updates"]

_AHEAD = 10
"""By how many an offset may pass the next update's number."""

# Updates sent only to bots that ask for them by name.
_UNSOLICITED = {"chat_member", "message_reaction", "message_reaction_count"}
_SECOND_POLLER = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is"
    " running"
)
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete"
    " the webhook first"
)


class Updates(Calls):
    """What the bot is told.

    Attributes:
        updates: updates not yet acknowledged by the bot, oldest first.
        history: every update ever sent, oldest first.
        polls: how many long polls found nothing and began to wait.
        webhook: what the bot asked for, and what was delivered.
    """

    def __init__(self) -> None:
        """Starts with nothing to tell."""
        super().__init__()
        self.updates: list[Json] = []
        self.history: list[Json] = []
        self.polls = 0
        self.webhook = Webhook()
        self._allowed: set[str] = set()
        self._next_id = 810_000_001
        self._calls_before_update = 0
        self._deliveries: set[asyncio.Task[None]] = set()
        self._lines: dict[object, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._methods |= {
            "getUpdates": self._get_updates,
            "deleteWebhook": self._delete_webhook,
            "setWebhook": self._set_webhook,
            "getWebhookInfo": self._get_webhook_info,
        }

    def enqueue(self, update: Json, *, valid: bool = True) -> None:
        """Sends an update, without its `update_id`, unless the bot did not ask for its kind.

        Raises:
            AssertionError: it is no update Telegram sends; `valid=False` lets it pass.
        """
        kind = next(iter(update))
        if kind not in self._allowed if self._allowed else kind in _UNSOLICITED:
            return
        update = json.loads(json.dumps({"update_id": self._next_id, **update}))
        if valid:
            Update.model_validate(update)
            faults = self._table.methods and self._table.check_type(update, "Update", "update")
            assert not faults, faults
        self._next_id += 1
        self._calls_before_update = len(self.calls)
        self.updates.append(update)
        self.history.append(update)
        self._deliver(update)
        self._notify()

    def renumber(self, first: int) -> None:
        """Numbers what comes from now on anew, as Telegram does after a week without updates.

        Source: core.telegram.org/bots/api#update
        """
        self._next_id = first

    def _deliver(self, update: Json) -> None:
        """Calls the webhook, if there is one, until it takes an update.

        Those of one chat come one after the other; others do not wait for them.
        Source: tdlib/telegram-bot-api (`WebhookActor.cpp`, version 10.0), `send_update`.
        """

        def taken() -> None:
            if update in self.updates:
                self.updates.remove(update)
            self._notify()

        async def bring() -> None:
            async with self._lines[_line_of(update)]:
                if update in self.updates:
                    await self.webhook.deliver(update, taken)

        if self.webhook.url:
            task = asyncio.create_task(bring())
            self._deliveries.add(task)
            task.add_done_callback(self._deliveries.discard)

    async def _get_updates(self, given: Json) -> list[Json]:
        """Source: tdlib/td (`TQueue.cpp`), `get`, for what becomes of an offset."""
        if "allowed_updates" in given:
            self._allowed = set(given["allowed_updates"])
        if self.webhook.url:
            raise ApiError(409, _WEBHOOK_ACTIVE)
        offset = given.get("offset", 0)
        if offset < 0:
            self.updates = self.updates[offset:]
        elif offset <= self._next_id + _AHEAD:  # a greater one is none, and acknowledges nothing
            self.updates = [each for each in self.updates if each["update_id"] >= offset]
        if not self.updates and given.get("timeout"):
            await self._wait_for_updates(given["timeout"])
        return self.updates[: given.get("limit", 100)]

    async def _wait_for_updates(self, seconds: float) -> None:
        """Polls until there are updates; whoever polls later ends this poll."""
        self.polls += 1
        mine = self.polls
        self._notify()
        await self._wait(lambda: bool(self.updates) or self.polls != mine, seconds)
        if self.polls != mine:
            raise ApiError(409, _SECOND_POLLER)

    def _delete_webhook(self, given: Json) -> bool:
        if given.get("drop_pending_updates"):
            self.updates.clear()
        self.webhook.url = ""
        return True

    def _set_webhook(self, given: Json) -> bool:
        if "allowed_updates" in given:
            self._allowed = set(given["allowed_updates"])
        self.webhook.url, self.webhook.secret = given["url"], given.get("secret_token", "")
        for update in self.updates:
            self._deliver(update)
        return True

    def _get_webhook_info(self, given: Json) -> Json:
        error = {
            "last_error_message": self.webhook.last_error,
            "last_error_date": self.webhook.last_error_at,
        }
        return (error if self.webhook.last_error else {}) | {
            "url": self.webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates),
        }


def _line_of(update: Json) -> object:
    """What an update waits in: the line of its kind in its chat, or of who did it."""
    [(kind, content)] = [each for each in update.items() if each[0] != "update_id"]
    if not isinstance(content, dict):
        return update["update_id"]
    place = content.get("chat") or content.get("from") or {}
    return kind, place.get("id")
