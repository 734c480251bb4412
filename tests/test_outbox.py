"""What is sent, recorded: on both databases, whatever dies or fails in between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from telegram.error import (
    BadRequest,
    ChatMigrated,
    InvalidToken,
    TelegramError,
    TimedOut,
)

from bot.keeping.preferences import Preferences, load_preferences, save_preferences
from bot.keeping.tables import deliveries, updates
from bot.sending.outbox import Job, Outbox, doing, finish_jobs, sends_message

JOB = "watch 5 of article 7"

NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"
"""A server that is away: what is raised then is a bare OSError."""


class Telegram:
    """Counts what arrives, and fails as told."""

    def __init__(self, *failures: TelegramError) -> None:
        self.arrived = 0
        self.failures = list(failures)

    async def __call__(self) -> Any:
        if self.failures:
            raise self.failures.pop(0)
        self.arrived += 1
        return {"message_id": self.arrived}


async def send(engine: AsyncEngine, call: Callable[[], Awaitable[Any]], job: Job) -> Any:
    with doing(job):
        return await Outbox(engine).send("sendMessage", {"chat_id": 1}, call)


async def recorded(engine: AsyncEngine) -> list[str | None]:
    async with engine.begin() as db:
        rows = await db.scalars(select(deliveries.c.result).order_by(deliveries.c.ordinal))
        return list(rows)


async def test_what_was_sent_is_not_sent_again_but_answered_alike(engine: AsyncEngine) -> None:
    telegram, job = Telegram(), Job(JOB)
    first = [await send(engine, telegram, job) for _ in range(2)]
    again = Job(JOB)  # after a restart
    assert [await send(engine, telegram, again) for _ in range(3)] == [*first, {"message_id": 3}]
    assert telegram.arrived == 3


async def test_a_job_that_is_finished_leaves_nothing(engine: AsyncEngine) -> None:
    await send(engine, Telegram(), Job(JOB))
    async with engine.begin() as db:
        await finish_jobs(db, [JOB])
    assert await recorded(engine) == []


async def test_what_may_have_arrived_is_not_sent_again(engine: AsyncEngine) -> None:
    telegram, job = Telegram(TimedOut()), Job(JOB)
    with pytest.raises(TimedOut):
        await send(engine, telegram, job)
    assert job.unknown
    assert await recorded(engine) == [None]
    again = Job(JOB)
    with pytest.raises(TelegramError, match="before a restart"):
        await send(engine, telegram, again)
    assert again.unknown
    assert telegram.arrived == 0


async def test_a_row_is_there_when_the_message_leaves(engine: AsyncEngine) -> None:
    seen = []

    async def look() -> dict[str, int]:
        seen.extend(await recorded(engine))
        return {}

    await send(engine, look, Job(JOB))
    assert seen == [None]


async def test_what_telegram_did_not_take_may_be_sent_again(engine: AsyncEngine) -> None:
    telegram, job = Telegram(BadRequest("can't parse entities")), Job(JOB)
    with pytest.raises(BadRequest):
        await send(engine, telegram, job)
    assert await recorded(engine) == []
    assert await send(engine, telegram, job) == {"message_id": 1}
    assert not job.unknown


async def test_a_chat_that_moved_is_followed_once(engine: AsyncEngine) -> None:
    await save_preferences(engine, -5, Preferences(language="ru"))
    telegram, data = Telegram(ChatMigrated(-10)), {"chat_id": -5, "reply_parameters": {}}
    await Outbox(engine).send("sendMessage", data, telegram)
    assert data == {"chat_id": -10}
    assert telegram.arrived == 1
    assert (await load_preferences(engine, -10)).language == "ru"


async def test_what_is_about_a_message_of_a_chat_that_moved_is_left(engine: AsyncEngine) -> None:
    await save_preferences(engine, -5, Preferences(language="ru"))
    telegram, data = Telegram(ChatMigrated(-10)), {"chat_id": -5, "message_id": 7}
    with pytest.raises(ChatMigrated):
        await Outbox(engine).send("editMessageText", data, telegram)
    assert telegram.arrived == 0
    assert (await load_preferences(engine, -10)).language == "ru"


async def test_who_lost_an_update_to_another_sends_nothing(engine: AsyncEngine) -> None:
    telegram, job = Telegram(), Job("update 9", 9, "me")
    await hold(engine, 9)
    await send(engine, telegram, job)
    async with engine.begin() as db:
        await db.execute(update(updates).values(owner="another"))
    with pytest.raises(TelegramError, match="another replica"):
        await send(engine, telegram, job)
    assert telegram.arrived == 1
    assert job.postponed


async def test_what_a_dead_token_could_not_send_is_left_for_later(engine: AsyncEngine) -> None:
    job = Job(JOB)
    with pytest.raises(InvalidToken):
        await send(engine, Telegram(InvalidToken("Unauthorized")), job)
    assert job.postponed
    assert await recorded(engine) == []


async def test_without_a_record_nothing_is_sent(engine: AsyncEngine) -> None:
    telegram, job = Telegram(), Job(JOB)
    async with engine.begin() as db:
        await db.run_sync(deliveries.drop)
    with pytest.raises(SQLAlchemyError):
        await send(engine, telegram, job)
    assert telegram.arrived == 0
    assert job.postponed


async def test_while_the_database_is_away_nothing_is_sent_until_later(
    engine: AsyncEngine,
) -> None:
    telegram, job = Telegram(), Job(JOB)
    with pytest.raises(OSError, match="Connect call failed"):
        await send(create_async_engine(NOWHERE), telegram, job)
    assert telegram.arrived == 0
    assert job.postponed


async def test_what_was_sent_is_sent_though_it_cannot_be_recorded(
    engine: AsyncEngine, caplog: pytest.LogCaptureFixture
) -> None:
    outbox, job, telegram = Outbox(engine), Job(JOB), Telegram()

    async def lose_the_database() -> Any:
        outbox._engine = create_async_engine(NOWHERE)
        return await telegram()

    with doing(job):
        answer = await outbox.send("sendMessage", {"chat_id": 1}, lose_the_database)
    assert answer == {"message_id": 1}
    assert not job.postponed
    assert "could not record" in caplog.text


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("sendMessage", True),
        ("sendPhoto", True),
        ("copyMessage", True),
        ("forwardMessages", True),
        ("answerGuestQuery", True),
        ("sendChatAction", False),
        ("editMessageText", False),
        ("answerCallbackQuery", False),
        ("getChat", False),
    ],
)
def test_what_would_be_seen_twice_is_recorded(endpoint: str, expected: bool) -> None:
    assert sends_message(endpoint) is expected


async def hold(engine: AsyncEngine, update_id: int) -> None:
    """Have an update in hand, as "me"."""
    async with engine.begin() as db:
        row = {"update_id": update_id, "received_at": 0.0, "owner": "me", "turn": "chat 1"}
        await db.execute(updates.insert().values(row))
