"""A group that becomes a supergroup goes on there; one that puts the bot out is forgotten."""

from __future__ import annotations

import pytest

from bot.app import App
from bot.jobs.rounds import go_round
from bot.keeping.preferences import Preferences, load_preferences, save_preferences
from bot.keeping.shown import ShownAnswer, walk_answers
from bot.wording import notices
from bot.wording.speech import ENGLISH
from tests.botapi import Json
from tests.bots import excerpts, marked
from tests.emulator import Chat
from tests.newsstand import QUESTION, SAID, Newsstand
from tests.telegrams import Telegram, buttons, served

NEWS = "It is spring. Whales have come back to Norway. People are glad."

GERMAN = Preferences("de")


async def answer_twice(telegram: Telegram) -> list[tuple[Chat, Json]]:
    """Return a group and another that it may become, with an answer of one number in each."""
    old, new = telegram.group("Newsroom"), telegram.group("Newsroom")
    answer = await old.reply_after(old.post(f"/ask {QUESTION}"))
    other = await new.reply_after(new.post("/latest"))
    assert answer["message_id"] == other["message_id"]
    return [(old, answer), (new, other)]


async def look(app: App) -> None:
    """Go round once."""
    data = app.bot_data
    await go_round(data["database"], data["newsroom"], app.bot, data["settings"])


async def kept(app: App) -> list[ShownAnswer]:
    return [one async for batch in walk_answers(app.bot_data["database"]) for one in batch]


async def test_a_group_takes_its_watches_along(stand: Newsstand) -> None:
    async with served(stand) as (telegram, app):
        old, boss = telegram.group("Newsroom"), telegram.user("Boss")
        telegram.admins.add((old.id, boss["id"]))
        await old.reply_after(old.post("/watch whales", sender=boss))
        new = telegram.upgrade(old)
        assert await telegram.settled() == []
        stand.put("spring", NEWS)
        stand.publish()
        await look(app)
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


def tell_of_move(telegram: Telegram, method: str, new: Chat) -> None:
    """Let the next call learn that its group is this supergroup by now."""
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    telegram.fail_next(method, 400, words, migrate_to_chat_id=new.id)


async def test_a_button_in_a_group_that_moved_changes_no_message_of_the_supergroup(
    stand: Newsstand,
) -> None:
    async with served(stand) as (telegram, app):
        (old, answer), (new, other) = await answer_twice(telegram)
        before = answer["text"], other["text"]
        tell_of_move(telegram, "editMessageText", new)
        said = await telegram.pressed(old, answer, buttons(answer)["More ▶"])
        assert await kept(app) == []
    assert said == notices.expired(ENGLISH)
    assert (answer["text"], other["text"]) == before


async def test_a_correction_in_a_group_that_moved_changes_no_message_of_the_supergroup(
    stand: Newsstand, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(stand) as (telegram, app):
        (_, answer), (new, other) = await answer_twice(telegram)
        before = answer["text"], other["text"]
        await look(app)
        for at in range(len(SAID)):
            stand.drop(f"whales-{at}")
        stand.publish()
        tell_of_move(telegram, "editMessageText", new)
        await look(app)
        assert await kept(app) == []
    assert (answer["text"], other["text"]) == before
    assert "could not correct" not in caplog.text


async def test_an_answer_to_a_group_that_moved_is_sent_to_the_supergroup(stand: Newsstand) -> None:
    async with served(stand) as (telegram, _):
        old, new = telegram.group("Newsroom"), telegram.group("Newsroom")
        asked, other = old.post(f"/ask {QUESTION}"), new.post("Hello")
        assert asked["message_id"] == other["message_id"]
        tell_of_move(telegram, "sendMessage", new)
        await telegram.settled()
    [answer] = new.sent
    assert excerpts(answer)
    assert "reply_to_message" not in answer


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
