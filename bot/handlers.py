"""What the bot does when it is asked: thin, one function a kind of message."""

from __future__ import annotations

import logging
from dataclasses import replace

from telegram import Update
from telegram.error import Conflict, Forbidden, RetryAfter, TelegramError

from bot import texts
from bot.activity import typing
from bot.addressing import asked_by_command, asked_by_mention, is_reply_to
from bot.answers import Request, lay_out
from bot.context import Context, engine_of, message_of, newsroom_of, reader_of
from bot.delivery import may_have_arrived, reply
from bot.shown import keep_answer
from bot.speech import speech_in
from index import QuestionError

__all__ = [
    "answer_question",
    "apologise",
    "ask",
    "everywhere",
    "group_message",
    "only_text",
    "private_question",
]

log = logging.getLogger(__name__)


async def ask(update: Update, context: Context) -> None:
    """Answer `/ask QUESTION`, in any kind of chat."""
    question = asked_by_command(message_of(update), context.bot.bot)
    await answer_question(update, context, question)


async def private_question(update: Update, context: Context) -> None:
    """Answer any text in a private chat."""
    await answer_question(update, context, message_of(update).text or "")


async def group_message(update: Update, context: Context) -> None:
    """Answer a mention of the bot or a reply to one of its messages; otherwise keep silent."""
    message, me = message_of(update), context.bot.bot
    mentioned = asked_by_mention(message, me)
    if mentioned is not None:
        await answer_question(update, context, mentioned)
    elif is_reply_to(message, me):
        await answer_question(update, context, message.text or "")


async def everywhere(update: Update, context: Context) -> None:
    """Ask the question before it again, of all the coverage."""
    message = message_of(update)
    question = newsroom_of(context).conversations.question_before(message)
    if question:
        await answer_question(update, context, question, anywhere=True)
    else:
        reader = await reader_of(update, context)
        await reply(message, texts.nothing_before(reader.speech))


async def only_text(update: Update, context: Context) -> None:
    """Say, in a private chat, that a picture or a sticker cannot be answered."""
    reader = await reader_of(update, context)
    await reply(message_of(update), texts.only_text(reader.speech))


async def answer_question(
    update: Update, context: Context, question: str, *, anywhere: bool = False
) -> None:
    """Answer a question where it was asked, and keep what is shown."""
    message, newsroom = message_of(update), newsroom_of(context)
    reader = await reader_of(update, context)
    if not question:
        await reply(message, texts.no_question(reader.speech))
        return
    after = "" if anywhere else newsroom.conversations.question_before(message)
    try:
        async with typing(message):
            asked = await newsroom.ask(
                question, after=after, anywhere=anywhere, without=reader.preferences.left_out
            )
    except QuestionError:
        await reply(message, texts.unaskable(question, reader.speech))
        return
    laid_out = lay_out(asked, Request(question, after, anywhere), reader.speech, k=reader.k)
    sent = await reply(message, laid_out.html, laid_out.buttons)
    newsroom.conversations.remember(asked.answer.text, message, sent)
    shown = replace(laid_out.shown, chat_id=sent.chat_id, message_id=sent.message_id)
    await keep_answer(engine_of(context), shown)


async def apologise(update: object, context: Context) -> None:
    """Log what went wrong and, where that can help, tell the reader once, without details."""
    if trouble := _trouble_with_telegram(context.error, polling=update is None):
        log.warning("%s: %s", trouble, context.error)
        return
    log.error("an update could not be handled", exc_info=context.error)
    if isinstance(update, Update) and update.effective_message:
        user = update.effective_user
        speech = speech_in(user.language_code if user else None)
        try:
            await reply(update.effective_message, texts.apology(speech))
        except TelegramError as error:
            log.warning("could not apologise: %s", error)


def _trouble_with_telegram(error: Exception | None, *, polling: bool) -> str:
    """Return in words what no apology would mend, or ""."""
    if isinstance(error, Conflict):
        return "another instance is running with this TELEGRAM_BOT_TOKEN, stop one of them"
    if isinstance(error, Forbidden):
        return "may not write there"
    if isinstance(error, RetryAfter):
        return "gave up on a message, for Telegram wants fewer"
    if polling and isinstance(error, TelegramError):
        return "cannot fetch updates, trying again"
    if may_have_arrived(error):
        return "a message may have been lost, or not, so it is not sent again"
    return ""
