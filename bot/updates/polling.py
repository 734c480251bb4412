"""Fetching updates: stored before they are acknowledged, and no bad one holds up the next."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from bot.keeping.database import AWAY
from bot.sending.verdicts import pause_after
from bot.updates.inbox import Inbox

__all__ = ["LenientRequest", "poll", "readable"]

_LONG = 10
"""Seconds that Telegram may take to answer while there is nothing new."""

_BRIEF = 2.0
"""Seconds for a last word to Telegram."""

_LONGEST_PAUSE = 30.0
"""Seconds between attempts, at most; the first pause takes one, each further twice as long."""

log = logging.getLogger(__name__)


class LenientRequest(HTTPXRequest):
    """Fetches updates; one that cannot be read arrives as one in which nothing happened.

    Else python-telegram-bot would fetch it, and all behind it, again and again.
    """

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Parse what Telegram answers."""
        answer = HTTPXRequest.parse_json_payload(payload)
        if isinstance(answer, dict) and isinstance(answer.get("result"), list):
            answer["result"] = [readable(one) for one in answer["result"]]
        return answer


def readable(raw: Any) -> Any:
    """Return an update as it came, or without content where that cannot be read."""
    if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
        return raw
    try:
        Update.de_json(raw, None)
    except Exception as error:
        kinds = sorted(raw.keys() - {"update_id"})
        skipped = raw["update_id"], kinds, type(error).__name__  # the rest may be private
        log.error("update %d (%s) cannot be read (%s), it is left out", *skipped)
        return {"update_id": raw["update_id"]}
    return raw


async def poll(bot: Bot, inbox: Inbox, allowed: list[str]) -> NoReturn:
    """Fetch updates for ever.

    Raises:
        InvalidToken: The token has been revoked.
        Conflict: Another instance fetches with the same token.
    """
    offset, pause, polls = 0, 0.0, False
    while True:
        try:
            polls = polls or await bot.delete_webhook()
            new = await bot.get_updates(offset=offset, timeout=_LONG, allowed_updates=allowed)
            await inbox.accept(new)
            offset, pause = _offset_behind(new, offset), 0.0
        except (InvalidToken, Conflict):
            raise
        except asyncio.CancelledError:
            with suppress(TelegramError):  # what is stored need not come again, but may
                await bot.get_updates(offset=offset, timeout=0, read_timeout=_BRIEF)
            raise
        except Exception as error:
            pause = _pause_after(error, pause)
            if isinstance(error, (TelegramError, *AWAY)):
                log.warning("cannot fetch updates, trying again in %g s: %r", pause, error)
            else:
                log.exception("cannot fetch updates, trying again in %g s", pause)
            await asyncio.sleep(pause)


def _offset_behind(new: Sequence[Update], offset: int) -> int:
    """Return from where to fetch on, which may be lower than before.

    After a week without updates Telegram numbers them anew, from anywhere. An offset beyond them
    would acknowledge nothing: the same ones would come again, at once, for ever.
    """
    return new[-1].update_id + 1 if new else offset


def _pause_after(error: Exception, pause: float) -> float:
    return pause_after(error) or min(_LONGEST_PAUSE, 2 * pause or 1.0)
