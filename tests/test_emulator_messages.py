"""What a bot does to messages shows as it does with Telegram, seen through the real client."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.error import BadRequest

from tests.clients import client, spans_of
from tests.emulator import Emulator


@pytest.fixture
async def telegram() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        yield emulator


@pytest.fixture
async def bot(telegram: Emulator) -> AsyncIterator[Bot]:
    async with client(telegram) as stock:
        yield stock


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
    assert spans_of(message) == [("blockquote", 0, 2)]


async def test_entities_are_counted_in_utf_16(telegram: Emulator, bot: Bot) -> None:
    chat = telegram.private()
    markup = "🗞 <b>be🗞ld</b> <a href='https://x.org/a?b&amp;c#:~:text=d'>[1]</a> @durov"
    message = await bot.send_message(chat.id, markup, parse_mode="HTML")
    assert message.text == chat.messages[0]["text"] == "🗞 be🗞ld [1] @durov"
    assert spans_of(message) == [("bold", 3, 6), ("text_link", 10, 3), ("mention", 14, 6)]
    assert message.entities[1].url == "https://x.org/a?b&c#:~:text=d"


async def test_whitespace_around_the_text_is_trimmed(telegram: Emulator, bot: Bot) -> None:
    message = await bot.send_message(telegram.private().id, "\n x <b>y </b> \n", parse_mode="HTML")
    assert message.text == "x y"
    assert spans_of(message) == [("bold", 2, 1)]


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
    with pytest.raises(BadRequest, match=r"(?i)^bot_commands_too_much$"):
        await bot.set_my_commands([BotCommand(f"ask{at}", "Ask") for at in range(101)])


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
