"""What the bot does when a message arrives: thin, one function a kind of message."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from telegram import Message, Update
from telegram.error import Conflict, Forbidden, RetryAfter, TelegramError
from telegram.ext import ContextTypes

from bot import texts
from bot.activity import typing
from bot.addressing import asked_by_command, asked_by_mention, is_reply_to
from bot.delivery import may_have_arrived, reply
from bot.newsroom import Newsroom
from bot.render import render_answer, render_reach
from index import QuestionError

__all__ = [
    "Context",
    "about",
    "apologise",
    "ask",
    "everywhere",
    "group_message",
    "help_",
    "only_text",
    "private_question",
    "sources",
]

log = logging.getLogger(__name__)

Context = ContextTypes.DEFAULT_TYPE
"""Every handler's context; `bot_data["newsroom"]` is the Newsroom."""


async def ask(update: Update, context: Context) -> None:
    """Answer `/ask QUESTION`, in any kind of chat."""
    message = _message(update)
    await _answer(message, asked_by_command(message, context.bot.bot), context)


async def private_question(update: Update, context: Context) -> None:
    """Answer any text in a private chat."""
    message = _message(update)
    await _answer(message, message.text or "", context)


async def group_message(update: Update, context: Context) -> None:
    """Answer a mention of the bot or a reply to one of its messages; otherwise keep silent."""
    message, me = _message(update), context.bot.bot
    mentioned = asked_by_mention(message, me)
    if mentioned is not None:
        await _answer(message, mentioned, context)
    elif is_reply_to(message, me):
        await _answer(message, message.text or "", context)


async def everywhere(update: Update, context: Context) -> None:
    """Ask the question before it again, of all the coverage."""
    message = _message(update)
    question = _newsroom(context).conversations.question_before(message)
    if question:
        await _answer(message, question, context, anywhere=True)
    else:
        await reply(message, texts.NOTHING_BEFORE)


async def only_text(update: Update, _context: Context) -> None:
    """Say, in a private chat, that a picture or a sticker cannot be answered."""
    await reply(_message(update), texts.ONLY_TEXT)


async def help_(update: Update, _context: Context) -> None:
    """Say how to ask."""
    await reply(_message(update), texts.HELP)


async def about(update: Update, _context: Context) -> None:
    """Say what this is."""
    await reply(_message(update), texts.ABOUT)


async def sources(update: Update, context: Context) -> None:
    """List what is covered."""
    reach = await _newsroom(context).reach()
    await reply(_message(update), render_reach(reach))


async def apologise(update: object, context: Context) -> None:
    """Log what went wrong and, where that can help, tell the reader once, without details."""
    if trouble := _trouble_with_telegram(context.error, polling=update is None):
        log.warning("%s: %s", trouble, context.error)
        return
    log.error("an update could not be handled", exc_info=context.error)
    if isinstance(update, Update) and update.effective_message:
        try:
            await reply(update.effective_message, texts.APOLOGY)
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


async def _answer(
    message: Message, question: str, context: Context, *, anywhere: bool = False
) -> None:
    newsroom = _newsroom(context)
    if not question:
        await reply(message, texts.NO_QUESTION)
        return
    after = "" if anywhere else newsroom.conversations.question_before(message)
    try:
        async with typing(message):
            answer = await newsroom.ask(question, after=after, anywhere=anywhere)
    except QuestionError as error:
        await reply(message, texts.unaskable(error))
        return
    sent = await reply(message, render_answer(answer, today=datetime.now(UTC).date()))
    newsroom.conversations.remember(answer.text, message, sent)


def _newsroom(context: Context) -> Newsroom:
    newsroom: Newsroom = context.bot_data["newsroom"]
    return newsroom


def _message(update: Update) -> Message:
    message = update.effective_message
    if message is None:
        raise TypeError("handlers are only registered for updates with a message")
    return message
