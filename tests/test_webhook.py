"""Being called by Telegram, and asked by whoever runs the bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from sqlalchemy.exc import SQLAlchemyError

from bot.updates import webhook
from bot.updates.inbox import Inbox
from bot.updates.webhook import secret_of
from index import Desk
from tests.bots import UNCOVERED, USERS, check_answer, running
from tests.emulator import Emulator
from tests.fault_processes import free_port
from tests.webhooks import FIRST_DELAY


@asynccontextmanager
async def called(sample: Desk) -> AsyncIterator[tuple[Emulator, str, str]]:
    """Run the bot with a webhook; give Telegram, the webhook's URL and that for its operation."""
    port, operation = free_port(), free_port()
    url = f"http://127.0.0.1:{port}/behind/a/proxy"
    settings: dict[str, Any] = {
        "webhook_url": url,
        "webhook_port": port,
        "operation_port": operation,
    }
    async with Emulator() as telegram, running(telegram, sample, **settings):
        yield telegram, url, f"http://127.0.0.1:{operation}"


async def test_updates_that_telegram_brings_are_answered_once(sample: Desk) -> None:
    async with called(sample) as (telegram, _, _):
        telegram.webhook.twice = True
        chat = telegram.private()
        check_answer(await chat.reply_after(chat.post(USERS[0])), USERS[1])
        await telegram.settled()
    assert len(chat.sent) == 1
    assert [each.status for each in telegram.webhook.attempts] == [200, 200]


async def test_what_could_not_be_stored_comes_again_later_and_later(
    sample: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, failures = Inbox.put, [SQLAlchemyError("the disk is full")] * 2

    async def fail_first(self: Inbox, item: object) -> None:
        if failures:
            raise failures.pop()
        await put(self, item)

    monkeypatch.setattr(Inbox, "put", fail_first)
    async with called(sample) as (telegram, _, _):
        chat = telegram.private()
        check_answer(await chat.reply_after(chat.post(USERS[0])), USERS[1])
    first, second, third = telegram.webhook.attempts
    assert [each.status for each in (first, second, third)] == [503, 503, 200]
    assert second.at - first.at >= FIRST_DELAY
    assert third.at - second.at >= 2 * FIRST_DELAY


async def test_each_failure_to_deliver_is_told_once(
    sample: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(webhook, "_LOOK", 0.01)
    async with called(sample) as (telegram, _, _):

        async def told() -> list[str]:
            """Return what was told of failures, when Telegram was asked a few times more."""
            asked = len(telegram.calls)
            await telegram.until(lambda: len(telegram.calls) > asked + 5, "a few looks")
            return [each for each in caplog.messages if "could not deliver" in each]

        assert await told() == []
        telegram.webhook.last_error = "Connection refused"
        telegram.webhook.last_error_at = 1_800_000_000
        refused = "Telegram could not deliver: Connection refused"
        assert await told() == [refused]
        assert await told() == [refused]
        telegram.webhook.last_error_at += 60
        assert await told() == [refused, refused]
        telegram.webhook.last_error = ""
        assert await told() == [refused, refused]


async def test_who_does_not_know_the_secret_is_turned_away(sample: Desk) -> None:
    update = {"update_id": 1, "message": "nonsense"}
    async with called(sample) as (telegram, url, _), aiohttp.ClientSession() as session:
        right = {"X-Telegram-Bot-Api-Secret-Token": secret_of(telegram.token)}
        assert telegram.token.split(":")[1] not in secret_of(telegram.token)
        for headers, body, status in (
            ({}, update, 403),
            ({"X-Telegram-Bot-Api-Secret-Token": "guessed"}, update, 403),
            (right, ["no", "update"], 400),
            (right, update, 200),  # cannot be read: taken, so that it does not come again
        ):
            async with session.post(url, json=body, headers=headers) as answer:
                assert answer.status == status
        check = telegram.private()
        check_answer(await check.reply_after(check.post(USERS[0])), USERS[1])


async def test_a_secret_that_is_no_text_is_turned_away_too(sample: Desk) -> None:
    header = b"X-Telegram-Bot-Api-Secret-Token: \xff"
    async with called(sample) as (_, url, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
        writer.write(b"POST / HTTP/1.1\r\nHost: bot\r\n" + header + b"\r\n\r\n")
        assert await reader.readline() == b"HTTP/1.1 403 Forbidden\r\n"
        writer.close()


async def test_whoever_runs_it_can_ask_how_it_goes(
    sample: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with called(sample) as (telegram, _, operation), aiohttp.ClientSession() as session:

        async def get(path: str) -> tuple[int, str]:
            async with session.get(operation + path) as answer:
                return answer.status, await answer.text()

        def value(metrics: str, name: str) -> float:
            [line] = [each for each in metrics.splitlines() if each.startswith(f"{name} ")]
            return float(line.split()[-1])

        before = (await get("/metrics"))[1]
        chat = telegram.private()
        for question in (USERS[0], UNCOVERED):
            await chat.reply_after(chat.post(question))
        await telegram.settled()
        after = (await get("/metrics"))[1]
        for name in (
            'clipdesk_questions_total{outcome="answered"}',
            'clipdesk_questions_total{outcome="refused"}',
        ):
            assert value(after, name) == value(before, name) + 1
        replies = "clipdesk_reply_seconds_count"
        assert value(after, replies) == value(before, replies) + 2
        assert value(after, "clipdesk_updates_waiting") == 0
        assert value(after, "clipdesk_index_age_days") > 365
        assert await get("/healthz") == (200, "alive\n")
        assert await get("/readyz") == (200, "ready\n")

        async def fail(_: Inbox) -> int:
            raise SQLAlchemyError

        monkeypatch.setattr(Inbox, "count_waiting", fail)
        assert await get("/readyz") == (503, "the bot's database cannot be reached\n")
        assert (await get("/healthz"))[0] == 200
        monkeypatch.undo()
