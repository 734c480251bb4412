"""What the bot does when a message arrives: thin, one function a kind of message."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from telegram import Message, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot import texts
from bot.activity import typing
from bot.addressing import asked_by_command, asked_by_mention, is_reply_to
from bot.database import move_chat
from bot.delivery import reply
from bot.inbox import Inbox
from bot.newsroom import Newsroom
from bot.quota import Quota, Standing
from bot.render import render_answer, render_reach
from bot.verdicts import Verdict, judge
from index import QuestionError

__all__ = [
    "Context",
    "about",
    "apologise",
    "ask",
    "everywhere",
    "group_message",
    "help_",
    "limited",
    "moved",
    "only_text",
    "private_question",
    "sources",
]

log = logging.getLogger(__name__)

Context = ContextTypes.DEFAULT_TYPE
"""Every handler's context. Its `bot_data` holds "newsroom", the Newsroom; "database", the
AsyncEngine; "inbox", the Inbox; "quota", the Quota; "ended", a future to end the process by."""

_MOST_TRIES = 2
"""To handle an update by itself after a death, before it counts as what kills the process."""

_Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]


def limited(handler: _Handler) -> _Handler:
    """Let a handler work only for whoever has not asked too much; tell them so once."""

    @functools.wraps(handler)
    async def handle_within_quota(update: Update, context: Context) -> None:
        if await _may_ask(update, context):
            await handler(update, context)

    return handle_within_quota


@limited
async def ask(update: Update, context: Context) -> None:
    """Answer `/ask QUESTION`, in any kind of chat."""
    message = _message(update)
    await _answer(message, asked_by_command(message, context.bot.bot), context)


@limited
async def private_question(update: Update, context: Context) -> None:
    """Answer any text in a private chat."""
    message = _message(update)
    await _answer(message, message.text or "", context)


async def group_message(update: Update, context: Context) -> None:
    """Answer a mention of the bot or a reply to one of its messages; otherwise keep silent."""
    message, me = _message(update), context.bot.bot
    question = asked_by_mention(message, me)
    if question is None and is_reply_to(message, me):
        question = message.text or ""
    if question is not None and await _may_ask(update, context):
        await _answer(message, question, context)


@limited
async def everywhere(update: Update, context: Context) -> None:
    """Ask the question before it again, of all the coverage."""
    message = _message(update)
    question = _newsroom(context).conversations.question_before(message)
    if question:
        await _answer(message, question, context, anywhere=True)
    else:
        await reply(message, texts.NOTHING_BEFORE)


@limited
async def only_text(update: Update, _context: Context) -> None:
    """Say, in a private chat, that a picture or a sticker cannot be answered."""
    await reply(_message(update), texts.ONLY_TEXT)


@limited
async def help_(update: Update, _context: Context) -> None:
    """Say how to ask."""
    await reply(_message(update), texts.HELP)


@limited
async def about(update: Update, _context: Context) -> None:
    """Say what this is."""
    await reply(_message(update), texts.ABOUT)


@limited
async def sources(update: Update, context: Context) -> None:
    """List what is covered."""
    reach = await _newsroom(context).reach()
    await reply(_message(update), render_reach(reach))


async def moved(update: Update, context: Context) -> None:
    """Let what is kept of a group be its supergroup's."""
    message = _message(update)
    if message.migrate_to_chat_id:
        async with context.bot_data["database"].begin() as db:
            await move_chat(db, message.chat_id, message.migrate_to_chat_id)


async def apologise(update: object, context: Context) -> None:
    """Log what went wrong and, where that can help, tell the reader once, without details."""
    error = context.error
    verdict = judge(error)
    if verdict is Verdict.SHUT_OUT and not context.bot_data["ended"].done():
        context.bot_data["ended"].set_exception(error)
    if trouble := _BEYOND_WORDS.get(verdict):
        log.warning("%s: %s", trouble, error)
        return
    log.error("an update could not be handled", exc_info=error)
    if isinstance(error, SQLAlchemyError):  # then it is handled again when the database is back
        return
    if isinstance(update, Update) and update.effective_message:
        try:
            await reply(update.effective_message, texts.APOLOGY)
        except (TelegramError, SQLAlchemyError) as failure:
            log.warning("could not apologise: %s", failure)


_BEYOND_WORDS = {
    Verdict.UNKNOWN: "a message may have been lost, or not, so it is not sent again",
    Verdict.CLOSED: "may not write there",
    Verdict.TOO_FAST: "gave up on a message, for Telegram wants fewer",
    Verdict.OVERTAKEN: "came too late",
    Verdict.SHUT_OUT: "may not write at all",
}
"""What no apology would mend."""


async def _may_ask(update: Update, context: Context) -> bool:
    """Tell whether to answer; if not, the reader has been told why, or was before."""
    message = _message(update)
    inbox: Inbox = context.bot_data["inbox"]
    if inbox.in_hand[update.update_id].tries > _MOST_TRIES:
        log.error("update %d ended the process again and again", update.update_id)
        await reply(message, texts.APOLOGY)
        return False
    quota: Quota = context.bot_data["quota"]
    sender = update.effective_sender or message.chat
    standing = quota.count(sender.id, message.date.timestamp())
    if standing is Standing.JUST_PASSED:
        await reply(message, texts.TOO_MANY)
    return standing is Standing.WITHIN


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
