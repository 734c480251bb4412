"""What cannot be done now is done later, once: while the database or Telegram is away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.app import App
from bot.handling import guarding
from bot.keeping.records import shown_answers
from bot.updates import inbox
from bot.updates.inbox import Inbox
from bot.wording import texts
from bot.wording.speech import ENGLISH
from tests.bots import running
from tests.newsstand import QUESTION, whales
from tests.telegrams import Telegram

APOLOGY = texts.apology(ENGLISH)

NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"
"""A server that is away: what is raised then is a bare OSError."""

FAULT = "CREATE TRIGGER fault BEFORE {} BEGIN SELECT RAISE(ABORT, 'disk full'); END"
"""Lets SQLite refuse to write something."""

DEATH = """CREATE TRIGGER death AFTER INSERT ON updates BEGIN
UPDATE updates SET claims = 1 WHERE update_id = new.update_id; END"""
"""Lets what comes look as if a process had died with it in hand."""


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with mock.patch.object(inbox, "_LOOK", 0.05):
        yield


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[Telegram, App]]:
    with whales(folder).open() as desk:
        async with Telegram() as telegram, running(telegram, desk, questions_per_minute=2) as app:
            yield telegram, app


async def tell(engine: AsyncEngine, statement: str) -> None:
    async with engine.begin() as db:
        await db.execute(text(statement))


async def postponed(telegram: Telegram, times: int = 1) -> None:
    """Wait until the only update in hand was postponed so often."""
    seen = 0
    postpone = Inbox.postpone

    def count(self: Inbox, update_id: int, wait: float) -> None:
        nonlocal seen
        seen += 1
        postpone(self, update_id, wait)
        telegram._notify()

    with mock.patch.object(Inbox, "postpone", count):
        await telegram.until(lambda: seen >= times, "a postponement")


async def test_what_an_error_of_the_database_cut_short_is_done_again_and_sent_once(
    tmp_path: Path,
) -> None:
    async with served(tmp_path) as (telegram, app):
        engine, chat = app.bot_data["database"], telegram.private()
        await tell(engine, FAULT.format("INSERT ON shown_answers"))
        chat.post(QUESTION)
        await postponed(telegram, times=3)  # more often than questions may be asked
        assert "whales" in chat.sent[0]["text"]
        await tell(engine, "DROP TRIGGER fault")
        await telegram.settled()
        async with engine.begin() as db:
            assert await db.scalar(select(func.count()).select_from(shown_answers)) == 1
    assert len(chat.sent) == 1


async def test_a_question_is_answered_when_the_database_is_back(tmp_path: Path) -> None:
    async with served(tmp_path) as (telegram, app):
        engine, chat = app.bot_data["database"], telegram.private()
        app.bot_data["database"] = create_async_engine(NOWHERE)
        chat.post(QUESTION)
        await postponed(telegram, times=2)
        assert chat.sent == []
        app.bot_data["database"] = engine
        await telegram.settled()
    [answer] = chat.sent
    assert "whales" in answer["text"]


async def test_a_button_pressed_meanwhile_does_its_work_later(tmp_path: Path) -> None:
    async with served(tmp_path) as (telegram, app):
        engine, chat = app.bot_data["database"], telegram.private()
        answer = await chat.reply_after(chat.post(QUESTION))
        await telegram.settled()
        app.bot_data["database"] = create_async_engine(NOWHERE)
        query = telegram.press(chat, answer, "vote:good")
        await postponed(telegram)
        assert telegram.callback_queries[query] is None
        app.bot_data["database"] = engine
        await telegram.until(lambda: telegram.callback_queries[query] is not None, "an answer")
    assert telegram.callback_queries[query]["text"] != APOLOGY  # type: ignore[index]


async def test_what_fails_for_a_day_is_apologised_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarding, "_TRIED_FOR", 0.3)
    async with served(tmp_path) as (telegram, app):
        chat = telegram.private()
        app.bot_data["database"] = create_async_engine(NOWHERE)
        await chat.reply_after(chat.post(QUESTION))
        await telegram.settled()
    assert [message["text"] for message in chat.sent] == [APOLOGY]


async def test_what_was_in_hand_at_a_death_waits_while_its_try_cannot_be_counted(
    tmp_path: Path,
) -> None:
    async with served(tmp_path) as (telegram, app):
        engine, chat = app.bot_data["database"], telegram.private()
        counting = "UPDATE OF tries ON updates WHEN new.tries > old.tries"
        await tell(engine, FAULT.format(counting))
        await tell(engine, DEATH)
        chat.post(QUESTION)
        await postponed(telegram)
        await tell(engine, "DROP TRIGGER fault")
        await telegram.settled()
    [answer] = chat.sent
    assert "whales" in answer["text"]
