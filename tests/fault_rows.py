"""Every fault of Telegram's that a bot must survive, one function each, on a real process.

Each takes a new bot's home and raises AssertionError where the bot fails.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp

from bot.wording import texts
from bot.wording.speech import ENGLISH
from tests.emulator import Chat, Emulator, FaultKind
from tests.fault_processes import PATIENCE, Home, finished, free_port, living, outcomes, said
from tests.quick_bot import QUESTION, ended

LOST = texts.may_be_lost(ENGLISH)

__all__ = ["ROWS"]


def texts_of(chat: Chat) -> list[str]:
    """Return the bot's messages in a chat."""
    return [message["text"] for message in chat.sent]


def sends(telegram: Emulator) -> int:
    """Return how often the bot tried to send a message."""
    return sum(call.method == "sendMessage" for call in telegram.calls)


async def too_fast(home: Home) -> None:
    async with Emulator() as telegram, living(telegram, home):
        telegram.fail_next("sendMessage", 429, retry_after=1)
        chat = telegram.private()
        await chat.reply_after(chat.post(QUESTION), within=PATIENCE)
        await finished(telegram, home)
    assert (len(chat.sent), sends(telegram)) == (1, 2)


def _lost(status: FaultKind, *, applied: bool) -> Callable[[Home], Coroutine[Any, Any, None]]:
    """The answer to a message is lost: that may be sent no second time, but be told of."""

    async def lost(home: Home) -> None:
        async with Emulator() as telegram, living(telegram, home):
            telegram.fail_next("sendMessage", status, applied=applied)
            chat = telegram.private()
            chat.post(QUESTION)
            await finished(telegram, home)
            await _still_answers(telegram)
        assert len(chat.sent) == applied + 1
        assert texts_of(chat)[-1] == LOST
        assert sends(telegram) == 3  # with the next person's
        assert list((await outcomes(home)).values()).count("unknown") == 1

    return lost


async def _still_answers(telegram: Emulator) -> None:
    chat = telegram.private("Next")
    await chat.reply_after(chat.post(QUESTION), within=PATIENCE)


async def fetching_fails(home: Home) -> None:
    async with Emulator() as telegram, living(telegram, home):
        await telegram.until(lambda: telegram.polls > 0, "a poll", within=PATIENCE)
        telegram.fail_next("getUpdates", 502)
        telegram.fail_next("getUpdates", "cut")
        await _still_answers(telegram)
        await _still_answers(telegram)


async def revoked_token(home: Home) -> None:
    async with Emulator() as telegram, living(telegram, home) as process:
        await _still_answers(telegram)
        telegram.revoked = True
        telegram.private().post(QUESTION)  # ends the poll
        assert await ended(process) == 1
    assert "error: Telegram does not know this TELEGRAM_BOT_TOKEN" in said(home)


async def revoked_token_with_a_webhook(home: Home) -> None:
    """It ends as soon as it may not write; what it was asked is answered under the next token."""
    settings = webhook_settings()
    async with Emulator() as telegram:
        chat = telegram.private()
        async with living(telegram, home, **settings) as process:
            await telegram.until(lambda: bool(telegram.webhook.url), "a webhook", within=PATIENCE)
            await _still_answers(telegram)
            telegram.revoked = True
            chat.post(QUESTION)
            assert await ended(process, within=PATIENCE) == 1
        assert "error: Telegram does not know this TELEGRAM_BOT_TOKEN" in said(home)
        telegram.revoked = False
        async with living(telegram, home, **settings):
            await finished(telegram, home)
    assert len(chat.sent) == 1


async def two_pollers(home: Home) -> None:
    async with Emulator() as telegram, living(telegram, home) as process:
        await telegram.until(lambda: telegram.polls > 0, "a poll", within=PATIENCE)
        url = f"{telegram.base_url}{telegram.token}/getUpdates"
        async with aiohttp.ClientSession() as session:
            async with asyncio.timeout(PATIENCE):
                await session.post(url, json={"timeout": 1})
            assert await ended(process) == 1
    assert "error: another instance is running with this TELEGRAM_BOT_TOKEN" in said(home)


async def unreadable_update(home: Home) -> None:
    async with Emulator() as telegram:
        telegram.enqueue({"message": {"nonsense": True}}, valid=False)
        telegram.enqueue({"message": "not even that"}, valid=False)
        async with living(telegram, home):
            await _still_answers(telegram)
            await finished(telegram, home)
    assert said(home).count("cannot be read") == 2


async def killed_before_it_acknowledged(home: Home) -> None:
    """It has stored the question; Telegram, not told so, sends it again."""
    [_] = await _killed_at(home, "getUpdates", 2, "before")


async def killed_in_a_handler(home: Home) -> None:
    """Telegram will not send the question again."""
    async with Emulator() as telegram:
        chat = telegram.private()
        async with living(telegram, home) as process:
            chat.post("/ask die")
            await telegram.until(lambda: not telegram.updates, "its fetching", within=PATIENCE)
            process.kill()
            await ended(process)
        async with living(telegram, home):
            await finished(telegram, home)
    assert len(chat.sent) == 1


async def last_acknowledgement_fails(home: Home) -> None:
    """What it has answered is sent to it once more when it starts again."""
    async with Emulator() as telegram:
        chat = telegram.private()
        async with living(telegram, home):
            await telegram.until(lambda: telegram.polls > 0, "a poll", within=PATIENCE)
            telegram.interrupt = lambda method, when: (method, when) == ("getUpdates", "before")
            await chat.reply_after(chat.post(QUESTION), within=PATIENCE)
        telegram.interrupt = lambda _method, _when: False
        assert len(telegram.updates) == 1
        async with living(telegram, home):
            await finished(telegram, home)
            await _still_answers(telegram)
    assert len(chat.sent) == 1


async def killed_before_a_message_arrived(home: Home) -> None:
    assert await _killed_at(home, "sendMessage", 1, "before") == [LOST]


async def killed_after_a_message_arrived(home: Home) -> None:
    [_, more] = await _killed_at(home, "sendMessage", 1, "after")
    assert more == LOST


async def _killed_at(home: Home, method: str, nth: int, when: str) -> list[str]:
    """Return what the reader hears, in the end."""
    async with Emulator() as telegram:
        chat = telegram.private()
        chat.post(QUESTION)
        async with living(telegram, home) as process:
            left = nth

            def interrupt(called: str, now: str) -> bool:
                nonlocal left
                left -= (called, now) == (method, when)
                if left == 0:
                    process.kill()
                return left <= 0

            telegram.interrupt = interrupt
            assert await ended(process, within=PATIENCE) == -signal.SIGKILL
        telegram.interrupt = lambda _method, _when: False
        async with living(telegram, home):
            await finished(telegram, home)
            await _still_answers(telegram)
    return texts_of(chat)


async def shut_out(home: Home) -> None:
    async with Emulator() as telegram, living(telegram, home):
        telegram.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
        telegram.private().post(QUESTION)
        await finished(telegram, home)
        telegram.fail_next("sendMessage", 403, "Forbidden: bot was kicked from the group chat")
        telegram.group("Newsroom").post(f"/ask {QUESTION}")
        await finished(telegram, home)
        await _still_answers(telegram)
    assert sends(telegram) == 3


async def bad_requests(home: Home) -> None:
    """Telegram's words in any case: what is past mending is left, the rest apologised for once."""
    past = (
        "Bad Request: message thread not found",
        "Bad Request: MESSAGE TO BE REPLIED NOT FOUND",
        "Bad Request: TOPIC_CLOSED",
        "Bad Request: not enough rights to send text messages to the chat",
    )
    ours = "Bad Request: can't parse entities: Unsupported start tag", "MESSAGE_TOO_LONG"
    async with Emulator() as telegram, living(telegram, home):
        for words in past + ours:
            telegram.fail_next("sendMessage", 400, words)
            chat = telegram.private()
            chat.post(QUESTION)
            await finished(telegram, home)
            assert texts_of(chat) == ([] if words in past else [texts.apology(ENGLISH)]), words


async def moved_group(home: Home) -> None:
    async with Emulator() as telegram, living(telegram, home):
        old, new = telegram.group("Newsroom"), telegram.group("Newsroom")
        words = "Bad Request: group chat was upgraded to a supergroup chat"
        telegram.fail_next("sendMessage", 400, words, migrate_to_chat_id=new.id)
        old.post(f"/ask {QUESTION}")
        await finished(telegram, home)
    assert (len(new.sent), len(old.sent)) == (1, 0)


async def backlog(home: Home) -> None:
    async with Emulator() as telegram:
        yesterday = int(time.time()) - 24 * 3600
        chats = [telegram.private() for _ in range(40)]
        for chat in chats:
            chat.post(QUESTION, date=yesterday)
        async with living(telegram, home):
            await finished(telegram, home)
    assert all(len(chat.sent) == 1 for chat in chats)


def webhook_settings() -> dict[str, str]:
    """Return settings that let Telegram call a port that is free."""
    port = free_port()
    return {"WEBHOOK_URL": f"http://127.0.0.1:{port}/", "WEBHOOK_PORT": str(port)}


async def webhook_delivers_again(home: Home) -> None:
    """What is taken is stored: a bot killed at once answers later, and each delivery once."""
    settings = webhook_settings()
    url = settings["WEBHOOK_URL"]
    async with Emulator() as telegram:
        telegram.webhook.twice = True
        chats = [telegram.private() for _ in range(5)]
        async with living(telegram, home, **settings) as process:
            await telegram.until(lambda: telegram.webhook.url == url, "a webhook", within=PATIENCE)
            await _still_answers(telegram)
            for chat in chats:
                chat.post(QUESTION)
            await telegram.until(lambda: len(telegram.updates) < 3, "three", within=PATIENCE)
            process.kill()
            await ended(process)
        telegram.private().post(QUESTION)  # while nobody listens
        async with living(telegram, home, **settings):
            await finished(telegram, home)
            async with aiohttp.ClientSession() as session, session.post(url, json={}) as answer:
                assert answer.status == 403
    statuses = [attempt.status for attempt in telegram.webhook.attempts]
    assert set(statuses) == {0, 200}
    for chat in telegram.chats.values():
        heard = texts_of(chat)
        assert heard
        assert heard.count(LOST) <= 1
        assert len(heard) - heard.count(LOST) <= 1


ROWS: dict[str, Callable[[Home], Coroutine[Any, Any, None]]] = {
    "429 with retry_after": too_fast,
    "reset after delivery": _lost("reset", applied=True),
    "hang after delivery": _lost("hang", applied=True),
    "502 with HTML, delivered": _lost(502, applied=True),
    "502 with HTML, not delivered": _lost(502, applied=False),
    "truncated JSON after delivery": _lost("cut", applied=True),
    "502 and truncated JSON while fetching": fetching_fails,
    "401 on getUpdates": revoked_token,
    "401 with a webhook": revoked_token_with_a_webhook,
    "two pollers": two_pollers,
    "updates that cannot be parsed": unreadable_update,
    "kill -9 in a handler": killed_in_a_handler,
    "kill -9 before the acknowledgement": killed_before_it_acknowledged,
    "failed last acknowledgement": last_acknowledgement_fails,
    "kill -9 before a message is delivered": killed_before_a_message_arrived,
    "kill -9 after a message is delivered": killed_after_a_message_arrived,
    "403 blocked, kicked": shut_out,
    "bad requests": bad_requests,
    "migration": moved_group,
    "24 h backlog": backlog,
    "webhook, re-delivered": webhook_delivers_again,
}
"""By what they stand for in the table of faults."""
