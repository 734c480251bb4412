"""The emulator behaves as Telegram does, seen through the real python-telegram-bot client."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest

from tests import botapi
from tests.botapi import Json
from tests.emulator import Chat, Emulator

needs_table = pytest.mark.skipif(
    not botapi.TABLE_PATH.exists(), reason="the official method table is not beside the checkout"
)


@pytest.fixture
async def telegram() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        yield emulator


def _bot(telegram: Emulator, token: str | None = None) -> Bot:
    # Without certificates to load, which loopback needs none of, a client is made much faster.
    plain = [HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2)]
    return Bot(
        token or telegram.token,
        base_url=telegram.base_url,
        request=plain[0],
        get_updates_request=plain[1],
    )


@pytest.fixture
async def bot(telegram: Emulator) -> AsyncIterator[Bot]:
    async with _bot(telegram) as client:
        yield client


async def _echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    message = update.effective_message
    if message and message.text and message.text != "hush":
        await message.reply_text(message.text.upper())


@contextlib.asynccontextmanager
async def _polling(telegram: Emulator) -> AsyncIterator[None]:
    builder = ApplicationBuilder().token(telegram.token).base_url(telegram.base_url)
    app: Application = builder.build()  # type: ignore[type-arg]  # six parameters nobody needs here
    app.add_handler(MessageHandler(filters.ALL, _echo))
    async with app:
        await app.start()
        assert app.updater
        await app.updater.start_polling()
        yield
        await app.updater.stop()
        await app.stop()


async def _send_raw(
    telegram: Emulator, method: str, *, token: str | None = None, **request: object
) -> Json:
    url = f"{telegram.base_url}{token or telegram.token}/{method}"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, **request) as response,  # type: ignore[arg-type]  # json= or data=
    ):
        body: Json = await response.json()
    return body


async def _texts(bot: Bot, **asked: object) -> list[str | None]:
    updates = await bot.get_updates(**asked)  # type: ignore[arg-type]  # as get_updates has them
    return [update.effective_message.text for update in updates if update.effective_message]


def _spans(message: Message) -> list[tuple[str, int, int]]:
    return [(each.type, each.offset, each.length) for each in message.entities]


# Updates


async def test_an_update_is_sent_until_the_offset_acknowledges_it(
    telegram: Emulator, bot: Bot
) -> None:
    telegram.private().post("one")
    telegram.private().post("two")
    first, second = await bot.get_updates()
    assert await _texts(bot) == ["one", "two"]
    assert second.update_id == first.update_id + 1
    assert await _texts(bot, offset=second.update_id) == ["two"]
    assert await _texts(bot) == ["two"]
    assert await _texts(bot, offset=second.update_id + 1) == []


async def test_a_negative_offset_forgets_all_but_the_last_updates(
    telegram: Emulator, bot: Bot
) -> None:
    chat = telegram.private()
    for text in ("one", "two", "three"):
        chat.post(text)
    assert await _texts(bot, offset=-1) == ["three"]
    assert await _texts(bot) == ["three"]


async def test_limit_bounds_the_updates_of_one_answer(telegram: Emulator, bot: Bot) -> None:
    chat = telegram.private()
    chat.post("one")
    chat.post("two")
    assert await _texts(bot, limit=1) == ["one"]


async def test_a_long_poll_waits_for_the_next_update(telegram: Emulator, bot: Bot) -> None:
    poll = asyncio.create_task(_texts(bot, timeout=10))
    chat = telegram.private()
    await telegram.until(lambda: telegram.polls > 0, "the poll")
    chat.post("at last")
    assert await poll == ["at last"]


async def test_a_second_poller_ends_the_first(telegram: Emulator, bot: Bot) -> None:
    first = asyncio.create_task(_texts(bot, timeout=10))
    await telegram.until(lambda: telegram.polls == 1, "the first poll")
    async with _bot(telegram) as other:
        second = asyncio.create_task(_texts(other, timeout=10))
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
    assert await _texts(bot) == ["wanted"]
    await bot.get_updates(allowed_updates=[])
    chat.post("welcome again")
    assert await _texts(bot) == ["wanted", "welcome again"]


async def test_dropping_pending_updates_drops_them(telegram: Emulator, bot: Bot) -> None:
    telegram.private().post("stale")
    assert (await bot.get_webhook_info()).pending_update_count == 1
    await bot.delete_webhook(drop_pending_updates=True)
    assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_an_update_telegram_would_not_send_is_refused(telegram: Emulator) -> None:
    with pytest.raises(ValueError, match="message_id"):
        telegram.enqueue({"message": {"text": "no id"}})
    telegram.enqueue({"message": {"text": "no id"}}, valid=False)
    assert len(telegram.updates) == 1


# A whole application


async def test_an_application_answers_and_keeps_silent(telegram: Emulator) -> None:
    chat = telegram.private("Ada")
    async with _polling(telegram):
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


# What reaches the bot


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
    assert await _texts(bot) == ["Who is Durov?"]


async def test_privacy_mode_lets_through_what_came_via_the_bot(telegram: Emulator) -> None:
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
    assert _spans(update.message) == spans


# What the bot sends


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        pytest.param("<b>bold", "can't find end tag corresponding to start tag", id="unclosed"),
        pytest.param("<p>x</p>", 'unsupported start tag "p" at byte offset 0', id="unsupported"),
        pytest.param("a < b", "unsupported start tag", id="unescaped"),
        pytest.param("<i>x</b>", "unmatched end tag at byte offset 4", id="crossed"),
    ],
)
async def test_bad_html_is_refused_in_the_words_of_tdlib(
    telegram: Emulator, bot: Bot, markup: str, words: str
) -> None:
    chat = telegram.private()
    with pytest.raises(BadRequest, match="(?i)^Can't parse entities: " + words):
        await bot.send_message(chat.id, markup, parse_mode="HTML")
    assert chat.messages == []


async def test_a_blockquote_within_a_blockquote_is_flattened(telegram: Emulator, bot: Bot) -> None:
    markup = "<blockquote>a<blockquote>b</blockquote></blockquote>"
    message = await bot.send_message(telegram.private().id, markup, parse_mode="HTML")
    assert _spans(message) == [("blockquote", 0, 2)]


async def test_entities_are_counted_in_utf_16(telegram: Emulator, bot: Bot) -> None:
    chat = telegram.private()
    markup = "🗞 <b>be🗞ld</b> <a href='https://x.org/a?b&amp;c#:~:text=d'>[1]</a> @durov"
    message = await bot.send_message(chat.id, markup, parse_mode="HTML")
    assert message.text == chat.messages[0]["text"] == "🗞 be🗞ld [1] @durov"
    assert _spans(message) == [("bold", 3, 6), ("text_link", 10, 3), ("mention", 14, 6)]
    assert message.entities[1].url == "https://x.org/a?b&c#:~:text=d"


async def test_whitespace_around_the_text_is_trimmed(telegram: Emulator, bot: Bot) -> None:
    message = await bot.send_message(telegram.private().id, "\n x <b>y </b> \n", parse_mode="HTML")
    assert message.text == "x y"
    assert _spans(message) == [("bold", 2, 1)]


async def test_entities_past_the_hundredth_are_dropped(telegram: Emulator, bot: Bot) -> None:
    markup = "<b>x</b> " * 101
    message = await bot.send_message(telegram.private().id, markup, parse_mode="HTML")
    assert len(message.entities) == 100


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "message text is empty", id="empty"),
        pytest.param("<b> </b>", "text must be non-empty", id="blank"),
        pytest.param("x" * 4097, "message is too long", id="long"),
        pytest.param("🗞" * 2049, "message is too long", id="long-in-utf-16"),
        pytest.param("é" * 16385, "text is too long", id="long-in-bytes"),
    ],
)
async def test_text_of_the_wrong_length_is_refused(
    telegram: Emulator, bot: Bot, text: str, words: str
) -> None:
    with pytest.raises(BadRequest, match=f"(?i)^{words}$"):
        await bot.send_message(telegram.private().id, text, parse_mode="HTML")


async def test_length_is_measured_after_parsing(telegram: Emulator, bot: Bot) -> None:
    markup = f"<b>{'🗞' * 2048}</b>"
    message = await bot.send_message(telegram.private().id, markup, parse_mode="HTML")
    assert message.text == "🗞" * 2048


async def test_entities_with_very_long_links_are_refused(telegram: Emulator, bot: Bot) -> None:
    chat = telegram.private()
    links = "<a href='https://x.org/{}'>x</a> " * 3
    await bot.send_message(chat.id, links.format(*["x" * 3000] * 3), parse_mode="HTML")
    with pytest.raises(BadRequest, match=r"(?i)^entities_too_long$"):
        await bot.send_message(chat.id, links.format(*["x" * 3200] * 3), parse_mode="HTML")


async def test_an_unknown_chat_is_refused(telegram: Emulator, bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)^chat not found$"):
        await bot.send_message(1, "hello")
    channel = telegram.channel("News", "clipdesk_news")
    await bot.send_message("@clipdesk_news", "hello")
    assert channel.sent[0]["text"] == "hello"
    assert (await bot.get_chat(channel.id)).title == "News"


async def test_what_the_bot_asked_for_is_kept(telegram: Emulator, bot: Bot) -> None:
    chat = telegram.private()
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("More", callback_data="more")]])
    message = await bot.send_message(
        chat.id,
        "x.org",
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        disable_notification=True,
        reply_markup=keyboard,
    )
    assert message.link_preview_options
    assert message.link_preview_options.is_disabled
    assert message.reply_markup == keyboard
    assert telegram.calls[-1].parameters["disable_notification"] is True


async def test_a_reply_names_and_quotes_what_it_replies_to(telegram: Emulator, bot: Bot) -> None:
    chat = telegram.private()
    asked = chat.post("🗞 Who is Durov?")
    reply = ReplyParameters(asked["message_id"], quote="Durov")
    message = await bot.send_message(chat.id, "A founder.", reply_parameters=reply)
    assert message.reply_to_message
    assert message.reply_to_message.text == "🗞 Who is Durov?"
    assert message.quote
    assert (message.quote.text, message.quote.position) == ("Durov", 10)


async def test_a_quote_must_be_an_exact_part(telegram: Emulator, bot: Bot) -> None:
    chat = telegram.private()
    reply = ReplyParameters(chat.post("Who is Durov?")["message_id"], quote="durov")
    with pytest.raises(BadRequest, match=r"(?i)^quote_text_invalid$"):
        await bot.send_message(chat.id, "A founder.", reply_parameters=reply)


async def test_a_reply_to_a_deleted_message_needs_leave_to_go_without(
    telegram: Emulator, bot: Bot
) -> None:
    chat = telegram.private()
    message_id = chat.post("Who?")["message_id"]
    await bot.delete_message(chat.id, message_id)
    with pytest.raises(BadRequest, match=r"(?i)^message to be replied not found$"):
        await bot.send_message(
            chat.id, "Him.", reply_parameters=ReplyParameters(message_id, quote="Who")
        )
    leave = ReplyParameters(message_id, allow_sending_without_reply=True, quote="Who")
    message = await bot.send_message(chat.id, "Him.", reply_parameters=leave)
    assert message.reply_to_message is None


async def test_editing_changes_the_message_kept(telegram: Emulator, bot: Bot) -> None:
    chat = telegram.private()
    message = await bot.send_message(chat.id, "one")
    await message.edit_text("<b>two</b>", parse_mode="HTML")
    assert chat.messages[0]["text"] == "two"
    assert chat.messages[0]["edit_date"]
    with pytest.raises(BadRequest, match=r"(?i)^message is not modified: "):
        await message.edit_text("<b>two</b>", parse_mode="HTML")
    await message.edit_text("two")
    assert "entities" not in chat.messages[0]


async def test_only_the_bots_own_messages_can_be_edited(telegram: Emulator, bot: Bot) -> None:
    chat = telegram.private()
    theirs = chat.post("mine")
    with pytest.raises(BadRequest, match=r"(?i)^message can't be edited$"):
        await bot.edit_message_text("yours", chat.id, theirs["message_id"])
    with pytest.raises(BadRequest, match=r"(?i)^message to edit not found$"):
        await bot.edit_message_text("nobody's", chat.id, 999)


async def test_deleting_needs_a_message_and_the_right(telegram: Emulator, bot: Bot) -> None:
    group = telegram.group("Newsroom")
    message = await bot.send_message(group.id, "mine")
    await message.delete()
    assert group.messages == []
    with pytest.raises(BadRequest, match=r"(?i)^message to delete not found$"):
        await message.delete()
    with pytest.raises(BadRequest, match=r"(?i)^message can't be deleted$"):
        await bot.delete_message(group.id, group.post("theirs")["message_id"])


# Topics


@pytest.fixture
def forum(telegram: Emulator) -> Chat:
    telegram.me["can_read_all_group_messages"] = True
    return telegram.group("Newsroom", forum=True)


async def test_a_reply_goes_into_the_topic_of_what_it_replies_to(
    telegram: Emulator, forum: Chat
) -> None:
    topic = forum.create_topic("Elections")
    async with _polling(telegram):
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


# About the bot


async def test_commands_are_kept_per_scope_and_language(telegram: Emulator, bot: Bot) -> None:
    command, frage = BotCommand("ask", "Ask a question"), BotCommand("ask", "Frag etwas")
    scope = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([command])
    await bot.set_my_commands([frage], scope=scope, language_code="de")
    assert await bot.get_my_commands() == (command,)
    assert await bot.get_my_commands(scope=scope, language_code="de") == (frage,)
    assert await bot.get_my_commands(scope=scope) == ()
    for bad in (BotCommand("Ask", "Ask a question"), BotCommand("ask", "x" * 257)):
        with pytest.raises(BadRequest, match=r"(?i)^bot_command_.*invalid$"):
            await bot.set_my_commands([bad])


async def test_descriptions_are_kept_per_language(telegram: Emulator, bot: Bot) -> None:
    await bot.set_my_description("long")
    await bot.set_my_short_description("kurz", language_code="de")
    assert telegram.descriptions == {
        ("description", ""): "long",
        ("short_description", "de"): "kurz",
    }


async def test_a_callback_query_is_answered_once(telegram: Emulator, bot: Bot) -> None:
    telegram.callback_queries["77"] = None
    await bot.answer_callback_query("77", "Done")
    for query in ("77", "78"):
        with pytest.raises(BadRequest, match=r"(?i)^query is too old"):
            await bot.answer_callback_query(query)


# Checks and faults


async def test_a_wrong_token_is_unauthorized(telegram: Emulator) -> None:
    bot = _bot(telegram, token="1:somebody-elses")
    with pytest.raises(InvalidToken):
        await bot.initialize()
    await bot.shutdown()
    answer = await _send_raw(telegram, "getMe", token="1:somebody-elses")
    assert (answer["error_code"], answer["description"]) == (401, "Unauthorized")


async def test_an_unknown_method_is_not_found(telegram: Emulator, bot: Bot) -> None:
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("flyToTheMoon")
    answer = await _send_raw(telegram, "flyToTheMoon")
    assert answer["description"] == "Not Found: method not found"


@pytest.mark.parametrize("form", ["json", "form", "multipart"])
async def test_every_form_of_request_is_understood(telegram: Emulator, form: str) -> None:
    chat = telegram.private()
    options = {"is_disabled": True}
    fields = {"chat_id": str(chat.id), "text": "42", "link_preview_options": json.dumps(options)}
    if form == "json":
        body = {"chat_id": chat.id, "text": "42", "link_preview_options": options}
        answer = await _send_raw(telegram, "sendMessage", json=body)
    elif form == "form":
        answer = await _send_raw(telegram, "SENDMESSAGE", data=fields)
    else:
        with aiohttp.MultipartWriter("form-data") as parts:
            for name, value in fields.items():
                parts.append(value).set_content_disposition("form-data", name=name)
            answer = await _send_raw(telegram, "sendMessage", data=parts)
    assert answer["result"]["text"] == "42"
    assert answer["result"]["link_preview_options"] == options


@needs_table
@pytest.mark.parametrize(
    ("method", "parameters", "words"),
    [
        pytest.param("getMe", {"mood": "fine"}, "getMe: unknown parameter 'mood'", id="unknown"),
        pytest.param("getChat", {}, "getChat: missing parameter 'chat_id'", id="missing"),
        pytest.param("getUpdates", {"limit": "many"}, "is not of type Integer", id="type"),
        pytest.param(
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_parameters": {"message_id": 1, "quot": "x"}},
            "sendMessage.reply_parameters: unknown parameter 'quot'",
            id="nested",
        ),
        pytest.param(
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[{}]]}},
            "missing parameter 'text'",
            id="choice-of-types",
        ),
        pytest.param("sendPhoto", {}, "does not know this method", id="not-emulated"),
    ],
)
async def test_a_call_against_the_method_table_fails_the_test(
    method: str, parameters: Json, words: str
) -> None:
    telegram = await Emulator().__aenter__()
    answer = await _send_raw(telegram, method, json=parameters)
    assert answer["ok"] is False
    with pytest.raises(AssertionError, match=words):
        await telegram.close()


async def test_without_the_table_the_emulator_still_works(
    telegram: Emulator, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram, "_table", botapi.MethodTable({}, {}))
    chat = telegram.private()
    leave = ReplyParameters(1, allow_sending_without_reply=True)
    message = await bot.send_message(chat.id, "12", reply_parameters=leave, protect_content=True)
    assert message.text == "12"
    assert message.has_protected_content


async def test_a_missing_table_finds_fault_with_nothing(tmp_path: Path) -> None:
    table = botapi.MethodTable.load(tmp_path / "none.json")
    assert table.check("sendMessage", {"mood": "fine"}) == []


# PTB warns whenever it makes a RetryAfter, of a type that a later major version will change.
@pytest.mark.filterwarnings("ignore:.*PTB_TIMEDELTA:telegram.warnings.PTBDeprecationWarning")
async def test_flood_control_is_raised_as_retry_after(telegram: Emulator, bot: Bot) -> None:
    chat = telegram.private()
    telegram.fail_next("sendMessage", 429, retry_after=1)
    with pytest.raises(RetryAfter, match="Retry in 1"):
        await bot.send_message(chat.id, "once")
    assert chat.messages == []
    await bot.send_message(chat.id, "once")
    assert len(chat.messages) == 1


async def test_migration_is_raised_with_the_new_chat(telegram: Emulator, bot: Bot) -> None:
    group = telegram.group("Newsroom")
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    telegram.fail_next("sendMessage", 400, words, migrate_to_chat_id=-100123)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(group.id, "hello")
    assert caught.value.new_chat_id == -100123


@pytest.mark.parametrize("applied", [False, True])
async def test_a_reset_is_a_network_error_before_and_after_the_work(
    telegram: Emulator, bot: Bot, applied: bool
) -> None:
    chat = telegram.private()
    telegram.fail_next("sendMessage", "reset", applied=applied)
    with pytest.raises(NetworkError):
        await bot.send_message(chat.id, "once")
    assert len(chat.messages) == applied


async def test_a_hang_times_out_though_the_message_is_kept(telegram: Emulator, bot: Bot) -> None:
    chat = telegram.private()
    telegram.fail_next("sendMessage", "hang", applied=True)
    with pytest.raises(TimedOut):
        await bot.send_message(chat.id, "once", read_timeout=0.1)
    await telegram.until(lambda: len(chat.messages) == 1, "the message")


async def test_a_bad_gateway_answers_in_html(
    telegram: Emulator, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.fail_next("getMe", 502, times=2)
    for _ in range(2):
        with pytest.raises(NetworkError, match="Bad Gateway"):
            await bot.get_me()
    assert "<html>" in caplog.text
    assert (await bot.get_me()).username == "clipdesk_bot"


async def test_a_post_to_an_unknown_topic_is_the_tests_mistake(forum: Chat) -> None:
    with pytest.raises(ValueError, match="no topic 7 here"):
        forum.post("news?", topic=7)


async def test_a_fault_for_an_unknown_method_is_the_tests_mistake(telegram: Emulator) -> None:
    with pytest.raises(ValueError, match="'sendmessage' is not emulated"):
        telegram.fail_next("sendmessage", 500)
