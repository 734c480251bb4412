"""What the emulator tells a bot, and when, seen through the real client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot
from telegram.error import Conflict

from tests.clients import client, fetch_texts, polling, spans_of
from tests.emulator import Emulator


@pytest.fixture
async def telegram() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        yield emulator


@pytest.fixture
async def bot(telegram: Emulator) -> AsyncIterator[Bot]:
    async with client(telegram) as stock:
        yield stock


async def test_an_update_is_sent_until_the_offset_acknowledges_it(
    telegram: Emulator, bot: Bot
) -> None:
    telegram.private().post("one")
    telegram.private().post("two")
    first, second = await bot.get_updates()
    assert await fetch_texts(bot) == ["one", "two"]
    assert second.update_id == first.update_id + 1
    assert await fetch_texts(bot, offset=second.update_id) == ["two"]
    assert await fetch_texts(bot) == ["two"]
    assert await fetch_texts(bot, offset=second.update_id + 1) == []


async def test_an_offset_far_beyond_the_updates_acknowledges_none(
    telegram: Emulator, bot: Bot
) -> None:
    chat = telegram.private()
    chat.post("one")
    [before] = await bot.get_updates()
    assert await fetch_texts(bot, offset=before.update_id + 1) == []
    telegram.renumber(3)
    chat.post("two")
    assert await fetch_texts(bot, offset=before.update_id + 1) == ["two"]
    assert await fetch_texts(bot, offset=3) == ["two"]
    assert await fetch_texts(bot, offset=4) == []


async def test_a_negative_offset_forgets_all_but_the_last_updates(
    telegram: Emulator, bot: Bot
) -> None:
    chat = telegram.private()
    for text in ("one", "two", "three"):
        chat.post(text)
    assert await fetch_texts(bot, offset=-1) == ["three"]
    assert await fetch_texts(bot) == ["three"]


async def test_limit_bounds_the_updates_of_one_answer(telegram: Emulator, bot: Bot) -> None:
    chat = telegram.private()
    chat.post("one")
    chat.post("two")
    assert await fetch_texts(bot, limit=1) == ["one"]


async def test_a_long_poll_waits_for_the_next_update(telegram: Emulator, bot: Bot) -> None:
    poll = asyncio.create_task(fetch_texts(bot, timeout=10))
    chat = telegram.private()
    await telegram.until(lambda: telegram.polls > 0, "the poll")
    chat.post("at last")
    assert await poll == ["at last"]


async def test_a_second_poller_ends_the_first(telegram: Emulator, bot: Bot) -> None:
    first = asyncio.create_task(fetch_texts(bot, timeout=10))
    await telegram.until(lambda: telegram.polls == 1, "the first poll")
    async with client(telegram) as other:
        second = asyncio.create_task(fetch_texts(other, timeout=10))
        with pytest.raises(Conflict, match="terminated by other getUpdates"):
            await first
        telegram.private().post("for the second")
        assert await second == ["for the second"]


async def test_only_allowed_updates_are_kept_and_the_choice_lasts(
    telegram: Emulator, bot: Bot
) -> None:
    channel, chat = telegram.channel("News"), telegram.private()
    await bot.get_updates(allowed_updates=["channel_post"])
    chat.post("unwanted")
    channel.post("wanted")
    assert await fetch_texts(bot) == ["wanted"]
    await bot.get_updates(allowed_updates=[])
    chat.post("welcome again")
    assert await fetch_texts(bot) == ["wanted", "welcome again"]


async def test_dropping_pending_updates_drops_them(telegram: Emulator, bot: Bot) -> None:
    telegram.private().post("stale")
    assert (await bot.get_webhook_info()).pending_update_count == 1
    await bot.delete_webhook(drop_pending_updates=True)
    assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_a_webhook_gets_the_messages_of_a_chat_one_after_the_other(
    telegram: Emulator, bot: Bot
) -> None:
    came: list[str] = []

    async def take(request: web.Request) -> web.Response:
        text = (await request.json())["message"]["text"]
        came.append(text)
        return web.Response(status=503 if came.count(text) == 1 and text == "one" else 200)

    app = web.Application()
    app.router.add_post("/", take)
    async with TestServer(app) as server:
        await bot.set_webhook(str(server.make_url("/")))
        chat, other = telegram.private(), telegram.private()
        for where, text in ((chat, "one"), (chat, "two"), (other, "elsewhere")):
            where.post(text)
        await telegram.until(lambda: not telegram.updates, "all to be taken")
        await bot.delete_webhook()
    assert sorted(came[:2]) == ["elsewhere", "one"]
    assert came[2:] == ["one", "two"]


async def test_an_update_telegram_would_not_send_is_refused(telegram: Emulator) -> None:
    with pytest.raises(ValueError, match="message_id"):
        telegram.enqueue({"message": {"text": "no id"}})
    telegram.enqueue({"message": {"text": "no id"}}, valid=False)
    assert len(telegram.updates) == 1


async def test_an_application_answers_and_keeps_silent(telegram: Emulator) -> None:
    chat = telegram.private("Ada")
    async with polling(telegram):
        answer = await chat.reply_after(chat.post("hello"))
        assert answer["text"] == "HELLO"
        assert chat.sent == [answer]
        chat.post("hush")
        assert await telegram.settled() == []
        await chat.reply_after(chat.post("again"))
        assert [call.method for call in await telegram.settled()] == ["sendMessage"]


async def test_waiting_in_vain_fails_the_test(telegram: Emulator) -> None:
    chat = telegram.private()
    with pytest.raises(AssertionError, match="the bot's reply in vain"):
        await chat.reply_after(chat.post("anyone?"), within=0.05)


@pytest.mark.parametrize(
    ("text", "private_mode", "open_mode"),
    [
        pytest.param("idle talk", False, True, id="talk"),
        pytest.param("/ask who?", True, True, id="command"),
        pytest.param("/ask@clipdesk_bot who?", True, True, id="command-to-this-bot"),
        pytest.param("/ask@ClipDesk_Bot who?", True, True, id="usernames-ignore-case"),
        pytest.param("/ask@other_bot who?", False, True, id="command-to-another-bot"),
        pytest.param("please /ask", False, True, id="command-not-at-the-start"),
        pytest.param("@clipdesk_bot who?", False, True, id="bare-mention"),
    ],
)
async def test_privacy_mode_decides_what_the_bot_hears_in_a_group(
    text: str, private_mode: bool, open_mode: bool
) -> None:
    for privacy, heard in ((True, private_mode), (False, open_mode)):
        telegram = Emulator(privacy=privacy)
        telegram.group("Newsroom").post(text)
        assert bool(telegram.updates) is heard, privacy


async def test_privacy_mode_lets_replies_to_the_bot_through(telegram: Emulator, bot: Bot) -> None:
    group = telegram.group("Newsroom")
    await bot.send_message(group.id, "Ask me.")
    talk = group.post("Who is that?")
    group.post("Never mind.", reply_to=talk)
    assert telegram.updates == []
    group.post("Who is Durov?", reply_to=group.sent[0])
    assert await fetch_texts(bot) == ["Who is Durov?"]


async def test_privacy_mode_lets_through_what_came_via_theclient(telegram: Emulator) -> None:
    group = telegram.group("Newsroom")
    group.post("clipped", via_bot=telegram.user("Other", "other_bot", is_bot=True))
    assert telegram.updates == []
    group.post("clipped", via_bot=telegram.me)
    assert len(telegram.updates) == 1


async def test_bots_do_not_hear_other_bots(telegram: Emulator) -> None:
    other = telegram.user("Other", "other_bot", is_bot=True)
    telegram.group("Newsroom").post("/ask who?", sender=other)
    assert telegram.updates == []


async def test_people_who_write_as_a_chat_are_heard(telegram: Emulator) -> None:
    group = telegram.group("Newsroom")
    nobody = telegram.user("Group", "GroupAnonymousBot", is_bot=True)
    group.post("/ask who?", sender=nobody, sender_chat=group.info)
    assert len(telegram.updates) == 1


async def test_a_message_may_have_no_text(telegram: Emulator, bot: Bot) -> None:
    telegram.private().post("", dice={"emoji": "🎲", "value": 6})
    [update] = await bot.get_updates()
    assert update.message
    assert update.message.dice
    assert update.message.text is None


async def test_an_administrator_hears_everything(telegram: Emulator) -> None:
    telegram.group("Newsroom", admin=True).post("idle talk")
    telegram.channel("Theirs", admin=False).post("headline")
    assert len(telegram.updates) == 1


async def test_a_channel_post_has_no_user(telegram: Emulator, bot: Bot) -> None:
    channel = telegram.channel("News")
    channel.post("headline")
    [update] = await bot.get_updates()
    assert update.message is None
    assert update.channel_post
    assert update.channel_post.from_user is None
    assert update.channel_post.sender_chat
    assert update.channel_post.sender_chat.id == channel.id


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        pytest.param("/ask@clipdesk_bot x", [("bot_command", 0, 17)], id="command"),
        pytest.param("🗞🗞 @clipdesk_bot!", [("mention", 5, 13)], id="utf-16"),
        pytest.param("a/b and @ab", [], id="neither"),
        pytest.param("#durov t.me/x", [("hashtag", 0, 6), ("url", 7, 6)], id="others"),
    ],
)
async def test_entities_are_found_in_what_people_post(
    telegram: Emulator, bot: Bot, text: str, spans: list[tuple[str, int, int]]
) -> None:
    telegram.private().post(text)
    [update] = await bot.get_updates()
    assert update.message
    assert spans_of(update.message) == spans
