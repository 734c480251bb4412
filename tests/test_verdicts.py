"""What Telegram's errors say about what was sent."""

from __future__ import annotations

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.sending.verdicts import Verdict, Withheld, judge


def caused(error: NetworkError, cause: Exception) -> NetworkError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (TimedOut(), Verdict.UNKNOWN),
        (NetworkError("Bad Gateway"), Verdict.UNKNOWN),
        (TelegramError("Invalid server response"), Verdict.UNKNOWN),
        (Withheld("sent before"), Verdict.UNKNOWN),
        (caused(TimedOut(), httpx.ReadTimeout("")), Verdict.UNKNOWN),
        (caused(TimedOut(), httpx.ConnectTimeout("")), Verdict.NEVER_LEFT),
        (caused(TimedOut(), httpx.PoolTimeout("")), Verdict.NEVER_LEFT),
        (caused(NetworkError(""), httpx.ConnectError("")), Verdict.NEVER_LEFT),
        (Forbidden("bot was kicked"), Verdict.CLOSED),
        (BadRequest("Chat not found"), Verdict.CLOSED),
        (BadRequest("CHAT_WRITE_FORBIDDEN"), Verdict.CLOSED),
        (BadRequest("Not Enough Rights to send text messages to the chat"), Verdict.CLOSED),
        (ChatMigrated(-100), Verdict.MOVED),
        (BadRequest("Message is not modified: specified new"), Verdict.OVERTAKEN),
        (BadRequest("QUERY IS TOO OLD and response timeout expired"), Verdict.OVERTAKEN),
        (BadRequest("message thread not found"), Verdict.OVERTAKEN),
        (BadRequest("Message to be replied not found"), Verdict.OVERTAKEN),
        (BadRequest("message is too long"), Verdict.REJECTED),
        (BadRequest("Can't parse entities: unexpected end tag"), Verdict.REJECTED),
        (InvalidToken("Unauthorized"), Verdict.SHUT_OUT),
        (Conflict("terminated by other getUpdates request"), Verdict.SHUT_OUT),
        (RuntimeError(), Verdict.OTHER),
        (None, Verdict.OTHER),
    ],
    ids=repr,
)
def test_an_error_says_whether_a_message_arrived(
    error: Exception | None, verdict: Verdict
) -> None:
    assert judge(error) is verdict
