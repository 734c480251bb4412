"""Topics and threads in the emulator are Telegram's, seen through the real client."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.error import BadRequest

from tests.clients import client, polling
from tests.emulator import Chat, Emulator


@pytest.fixture
async def telegram() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        yield emulator


@pytest.fixture
async def bot(telegram: Emulator) -> AsyncIterator[Bot]:
    async with client(telegram) as stock:
        yield stock


@pytest.fixture
def forum(telegram: Emulator) -> Chat:
    telegram.me["can_read_all_group_messages"] = True
    return telegram.group("Newsroom", forum=True)


async def test_a_reply_goes_into_the_topic_of_what_it_replies_to(
    telegram: Emulator, forum: Chat
) -> None:
    topic = forum.create_topic("Elections")
    async with polling(telegram):
        in_topic = await forum.reply_after(forum.post("there", topic=topic))
        in_general = await forum.reply_after(forum.post("here"))
    assert (in_topic["message_thread_id"], in_topic["is_topic_message"]) == (topic, True)
    assert "message_thread_id" not in in_general


async def test_sending_to_a_topic_works_but_for_general_and_unknown_ones(
    bot: Bot, forum: Chat
) -> None:
    topic = forum.create_topic("Elections")
    message = await bot.send_message(forum.id, "news", message_thread_id=topic)
    assert message.message_thread_id == topic
    assert message.is_topic_message
    for thread in (1, topic + 100):
        with pytest.raises(BadRequest, match=r"(?i)^message thread not found$"):
            await bot.send_message(forum.id, "news", message_thread_id=thread)


async def test_a_post_in_a_topic_implicitly_replies_to_its_first_message(
    bot: Bot, forum: Chat
) -> None:
    topic = forum.create_topic("Elections")
    forum.post("news?", topic=topic)
    opened, posted = (update.message for update in await bot.get_updates())
    assert opened
    assert opened.forum_topic_created
    assert posted
    assert posted.is_topic_message
    assert posted.reply_to_message
    assert posted.reply_to_message.message_id == topic


async def test_a_reply_outside_a_forum_has_a_thread_but_no_topic(
    telegram: Emulator, bot: Bot
) -> None:
    group = telegram.group("Newsroom", admin=True)
    first = group.post("first")
    group.post("second", reply_to=first)
    *_, update = await bot.get_updates()
    assert update.message
    assert update.message.message_thread_id == first["message_id"]
    assert not update.message.is_topic_message


async def test_a_channel_shows_no_chat_actions(telegram: Emulator, bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)^can't send chat actions"):
        await bot.send_chat_action(telegram.channel("News").id, "typing")


async def test_chat_actions_are_kept_with_their_topic(bot: Bot, forum: Chat) -> None:
    topic = forum.create_topic("Elections")
    await bot.send_chat_action(forum.id, "typing", message_thread_id=topic)
    await bot.send_chat_action(forum.id, "typing")
    assert [(each.action, each.thread) for each in forum.actions] == [
        ("typing", topic),
        ("typing", None),
    ]
    assert forum.actions[0].at <= forum.actions[1].at
    with pytest.raises(BadRequest, match=r"(?i)^message thread not found$"):
        await bot.send_chat_action(forum.id, "typing", message_thread_id=topic + 100)
    with pytest.raises(BadRequest, match=r"(?i)wrong parameter action"):
        await bot.send_chat_action(forum.id, "yawning")


async def test_a_post_to_an_unknown_topic_is_the_tests_mistake(forum: Chat) -> None:
    with pytest.raises(ValueError, match="no topic 7 here"):
        forum.post("news?", topic=7)
