"""What an error of Telegram's says about what was sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

__all__ = ["Unanswered", "Verdict", "Withheld", "judge", "pause_after", "repeatable"]


class Verdict(Enum):
    """What to do about it. All but UNKNOWN say that nothing has arrived."""

    UNKNOWN = auto()
    """It may have arrived, or not: it is not sent again."""
    NEVER_LEFT = auto()
    """It has not left this machine: it can be sent again."""
    CLOSED = auto()
    """The bot may not write there (any more): leave that chat alone."""
    MOVED = auto()
    """The chat has another id now, and its messages there have other numbers."""
    TOO_FAST = auto()
    """Telegram wants fewer."""
    OVERTAKEN = auto()
    """What it is about is gone, expired, or as wanted already: nothing is to be mended."""
    REJECTED = auto()
    """Telegram does not take it as it is: it never will."""
    SHUT_OUT = auto()
    """The token is not valid any more, or another instance uses it: no call will succeed."""
    OTHER = auto()
    """No error of Telegram's."""


class Unanswered(TelegramError):
    """What does no harm when it is done twice got no answer: it can be done again."""


class Withheld(TelegramError):
    """A message that was not sent: it may have been before, or another replica sends it."""


_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

_CLOSED = (
    "chat not found",
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_admin_required",
    "chat_restricted",
    "user is deactivated",
    "user_is_blocked",
    "peer_id_invalid",
)
_OVERTAKEN = (
    "not modified",
    "query is too old",
    "query id is invalid",
    "message to edit not found",
    "message to delete not found",
    "message can't be edited",
    "message can't be deleted",
    "message_id_invalid",
    "to be replied not found",
    "replied message not found",
    "thread not found",
    "topic_closed",
    "topic_deleted",
)
"""In lower case, for Telegram's own case varies. Source: Client.cpp of tdlib/telegram-bot-api."""


def judge(error: BaseException | None) -> Verdict:
    """Return what an error means.

    An answer that is no JSON, or cut short, comes as a bare TelegramError, and one with a status
    of 500 or more as a NetworkError: whoever sent it may have stood between Telegram and us, so
    that nobody knows what Telegram did.
    """
    if isinstance(error, BadRequest):
        return _judge_words(error.message.lower())
    if isinstance(error, NetworkError):
        left = not isinstance(error.__cause__, _NEVER_LEFT)
        return Verdict.UNKNOWN if left else Verdict.NEVER_LEFT
    for kind, verdict in (
        (Forbidden, Verdict.CLOSED),
        (ChatMigrated, Verdict.MOVED),
        (RetryAfter, Verdict.TOO_FAST),
        ((InvalidToken, Conflict), Verdict.SHUT_OUT),
        (TelegramError, Verdict.UNKNOWN),
    ):
        if isinstance(error, kind):
            return verdict
    return Verdict.OTHER


def pause_after(error: BaseException | None) -> float:
    """Return for how many seconds Telegram wants to be left alone after an error."""
    if isinstance(error, RetryAfter):
        return error._retry_after.total_seconds()  # the public one warns of its next version
    return 0.0


@contextmanager
def repeatable() -> Iterator[None]:
    """Say of what is done in this block that it does no harm when it is done twice.

    Raises:
        Unanswered: Telegram gave no answer, so that nobody knows whether it was done.
        TelegramError: What else Telegram said.
    """
    try:
        yield
    except TelegramError as error:
        if judge(error) is Verdict.UNKNOWN:
            raise Unanswered(f"Telegram did not answer: {error}") from error
        raise


def _judge_words(said: str) -> Verdict:
    if any(words in said for words in _CLOSED):
        return Verdict.CLOSED
    if any(words in said for words in _OVERTAKEN):
        return Verdict.OVERTAKEN
    return Verdict.REJECTED
