"""A group that becomes a supergroup goes on there; one that puts the bot out is forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app import App
from bot.preferences import Preferences, load_preferences, save_preferences
from bot.rounds import go_round
from tests.bots import marked, running
from tests.newsstand import QUESTION, Newsstand, whales
from tests.telegrams import Telegram, buttons

NEWS = "It is spring. Whales have come back to Norway. People are glad."

GERMAN = Preferences("de")


@pytest.fixture
def stand(tmp_path: Path) -> Newsstand:
    return whales(tmp_path)


@asynccontextmanager
async def served(stand: Newsstand) -> AsyncIterator[tuple[Telegram, App]]:
    with stand.open() as desk:
        async with Telegram() as telegram, running(telegram, desk) as app:
            yield telegram, app


async def test_a_group_takes_its_watches_along(stand: Newsstand) -> None:
    async with served(stand) as (telegram, app):
        old, boss = telegram.group("Newsroom"), telegram.user("Boss")
        telegram.admins.add((old.id, boss["id"]))
        await old.reply_after(old.post("/watch whales", sender=boss))
        new = telegram.upgrade(old)
        assert await telegram.settled() == []
        stand.put("spring", NEWS)
        stand.publish()
        bot, settings = app.bot, app.bot_data["settings"]
        await go_round(app.bot_data["database"], app.bot_data["newsroom"], bot, settings)
        [told], [_] = new.sent, old.sent
        assert marked(told, "blockquote") == ["Whales have come back to Norway."]
        [data] = buttons(told).values()
        said = await telegram.pressed(new, told, data, user=boss)
    assert said == "No longer watched: whales"


@pytest.mark.parametrize("joined", [0, 1, 2])
async def test_a_supergroup_that_was_a_group_is_not_greeted_again(
    stand: Newsstand, joined: int
) -> None:
    async with served(stand) as (telegram, _):
        new = telegram.upgrade(telegram.group("Newsroom"), joined=joined)
        await telegram.settled()
        assert new.sent == []
        group = telegram.group("Another")
        telegram.add_bot(group)
        await telegram.until(lambda: bool(group.sent), "a greeting")


async def test_what_was_asked_where_the_group_was_is_forgotten(stand: Newsstand) -> None:
    async with served(stand) as (telegram, app):
        old, other = telegram.group("Newsroom"), telegram.group("Another")
        for group in (old, other):
            await group.reply_after(group.post(f"/ask {QUESTION}"))
        telegram.upgrade(old)
        await telegram.settled()
        conversations = app.bot_data["newsroom"].conversations
        assert {chat for chat, _ in conversations._questions} == {other.id}


@pytest.mark.parametrize("status", ["left", "kicked"])
async def test_what_was_set_where_the_bot_is_put_out_is_forgotten(
    stand: Newsstand, status: str
) -> None:
    async with served(stand) as (telegram, app):
        engine, group, chat = app.bot_data["database"], telegram.group("A"), telegram.private()
        for one in (group, chat):
            await save_preferences(engine, one.id, GERMAN)
        telegram.add_bot(group, was="member", now=status)
        telegram.add_bot(chat, was="member", now="kicked")
        await telegram.settled()
        assert await load_preferences(engine, group.id) == Preferences()
        assert await load_preferences(engine, chat.id) == GERMAN  # theirs when they come back


@pytest.mark.parametrize("joined", [0, 1, 2])
async def test_what_was_set_stays_where_the_bot_is_restricted_or_the_group_moves(
    stand: Newsstand, joined: int
) -> None:
    async with served(stand) as (telegram, app):
        engine, group = app.bot_data["database"], telegram.group("Newsroom")
        await save_preferences(engine, group.id, GERMAN)
        telegram.add_bot(group, was="member", now="restricted")
        new = telegram.upgrade(group, joined=joined)
        telegram.add_bot(group, was="member", now="left")  # as when the supergroup is deleted
        await telegram.settled()
        assert await load_preferences(engine, new.id) == GERMAN
