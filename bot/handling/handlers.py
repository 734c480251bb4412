"""What the bot does when it is asked: thin, one function a kind of message."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update
from telegram.constants import ChatType

from bot.chats import NOTHING, Before
from bot.handling.addressing import (
    asked_by_command,
    asked_by_mention,
    asked_outright,
    is_reply_to,
    said_to_command,
)
from bot.handling.answers import Request, lay_out
from bot.handling.context import Context, engine_of, message_of, newsroom_of, reader_of
from bot.handling.following import before_of
from bot.handling.guarding import may_ask
from bot.keeping.shown import keep_answer
from bot.sending.activity import typing
from bot.sending.delivery import reply
from bot.wording import captions, texts
from index import QuestionError

__all__ = [
    "answer_question",
    "ask",
    "everywhere",
    "group_message",
    "only_text",
    "private_question",
]


async def ask(update: Update, context: Context) -> None:
    """Answer `/ask QUESTION`, in any kind of chat."""
    question = asked_by_command(message_of(update), context.bot.bot)
    await answer_question(update, context, question)


async def private_question(update: Update, context: Context) -> None:
    """Answer any text, or caption, in a private chat."""
    question = asked_outright(message_of(update), context.bot.bot)
    await answer_question(update, context, question)


async def group_message(update: Update, context: Context) -> None:
    """Answer a mention of the bot or a reply to one of its messages; otherwise keep silent."""
    message, me = message_of(update), context.bot.bot
    question = asked_by_mention(message, me)
    if question is None and is_reply_to(message, me):
        question = message.text or message.caption or ""
    if question is not None and await may_ask(update, context):
        await answer_question(update, context, question)


async def everywhere(update: Update, context: Context) -> None:
    """Ask what stands behind the command of all the coverage, or else the question before it."""
    message = message_of(update)
    before = await before_of(update, context)
    if question := said_to_command(message):
        await answer_question(update, context, question, before, anywhere=True)
    elif before.question:
        await answer_question(update, context, before.question, NOTHING, anywhere=True)
    else:
        reader = await reader_of(update, context)
        await reply(message, texts.nothing_before(reader.speech))


async def only_text(update: Update, context: Context) -> None:
    """Say, in a private chat, that a picture or a sticker cannot be answered."""
    reader = await reader_of(update, context)
    await reply(message_of(update), texts.only_text(reader.speech))


async def answer_question(
    update: Update,
    context: Context,
    question: str,
    before: Before | None = None,
    *,
    anywhere: bool = False,
) -> None:
    """Answer a question where it was asked, and keep what is shown.

    Args:
        update: What asked it.
        context: Of the update.
        question: What is asked.
        before: What it follows, if that is known.
        anywhere: Whether to search all the coverage, whatever the question names.
    """
    message, newsroom = message_of(update), newsroom_of(context)
    reader = await reader_of(update, context)
    if not question:
        await reply(message, texts.no_question(reader.speech))
        return
    before = before or await before_of(update, context)
    request = Request(question, *before, anywhere)
    try:
        async with typing(message):
            answer = await newsroom.ask(*request, without=reader.preferences.left_out)
    except QuestionError:
        await reply(message, texts.unaskable(question, reader.speech))
        return
    is_private = message.chat.type == ChatType.PRIVATE
    wider = captions.look_everywhere(reader.speech, private=is_private)
    laid_out = lay_out(answer, request, reader.speech, k=reader.k, wider=wider)
    sent = await reply(message, laid_out.html, laid_out.buttons)
    newsroom.conversations.remember(Before(answer.text, answer.told), message, sent)
    shown = replace(laid_out.shown, chat_id=sent.chat_id, message_id=sent.message_id)
    await keep_answer(engine_of(context), shown)
