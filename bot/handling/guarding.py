"""What stands around every handler: who may ask, and what is said when something goes wrong."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Message, Update
from telegram.error import TelegramError

from bot.handling.context import Context, engine_of, message_of, newsroom_of, reader_of
from bot.handling.quota import Standing
from bot.keeping.database import AWAY
from bot.keeping.forgetting import move_chat
from bot.metrics import seconds_since
from bot.sending.delivery import answer_guest, reply
from bot.sending.outbox import postpone
from bot.sending.verdicts import Unanswered, Verdict, judge, pause_after
from bot.updates.inbox import Inbox
from bot.wording import texts
from bot.wording.speech import Speech, speech_in

__all__ = [
    "Handler",
    "apologise",
    "is_fatal",
    "is_passing",
    "limited",
    "may_ask",
    "may_tap",
    "moved",
    "standing_of",
]

log = logging.getLogger(__name__)

Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]

_MOST_TRIES = 2
"""To handle an update by itself after a death, before it counts as what kills the process."""

_TRIED_FOR = 24 * 3600.0
"""Seconds for which an update is tried again and again; Telegram itself keeps one as long."""

_BEYOND_WORDS = {
    Verdict.CLOSED: "may not write there",
    Verdict.TOO_FAST: "gave up on a message, for Telegram wants fewer",
    Verdict.OVERTAKEN: "came too late",
    Verdict.SHUT_OUT: "may not write at all",
}
"""What no apology would mend."""


def limited(handler: Handler) -> Handler:
    """Let a handler work only for whoever has not asked too much; tell them so once."""

    @functools.wraps(handler)
    async def handle_within_quota(update: Update, context: Context) -> None:
        if await may_ask(update, context):
            await handler(update, context)

    return handle_within_quota


async def may_ask(update: Update, context: Context) -> bool:
    """Tell whether to answer; if not, the reader has been told why, or was before."""
    message = message_of(update)
    if is_fatal(update, context):
        await _give_up(update, context)
        return False
    standing = standing_of(update, context)
    if standing is Standing.JUST_PASSED:
        reader = await reader_of(update, context)
        await reply(message, texts.too_many(reader.speech))
    return standing is Standing.WITHIN


async def _give_up(update: Update, context: Context) -> None:
    """Apologise, once: of an apology that may have arrived, or not, nothing more is said."""
    try:
        await reply(message_of(update), texts.apology(await _speech(update, context)))
    except TelegramError as error:
        if judge(error) is not Verdict.UNKNOWN:
            raise
        log.warning("an apology may have been lost, or not, so it is not sent again: %s", error)


def standing_of(update: Update, context: Context) -> Standing:
    """Count one more message of whoever sent it; tell whether it is to be answered."""
    message = message_of(update)
    sender = update.effective_sender or message.chat
    return _count(update, context, "quota", sender.id, message.date.timestamp())


def may_tap(update: Update, context: Context) -> bool:
    """Count a pressed button, or what was typed inline; tell whether it is to be answered.

    Telegram dates neither: what counts is when it was stored.
    """
    user, inbox = update.effective_user, context.bot_data["inbox"]
    if user is None:
        raise TypeError("buttons and inline queries come from people")
    at = inbox.in_hand[update.update_id].received_at
    return _count(update, context, "taps", user.id, at) is Standing.WITHIN


def _count(update: Update, context: Context, quota: str, person: int, at: float) -> Standing:
    inbox: Inbox = context.bot_data["inbox"]
    if update.update_id in inbox.postponed:  # it was counted when it was first in hand
        return Standing.WITHIN
    standing: Standing = context.bot_data[quota].count(person, at)
    return standing


def is_fatal(update: Update, context: Context) -> bool:
    """Tell whether an update ended the process each time that it was handled."""
    inbox: Inbox = context.bot_data["inbox"]
    if inbox.in_hand[update.update_id].tries <= _MOST_TRIES:
        return False
    log.error("update %d ended the process again and again", update.update_id)
    return True


def is_passing(error: BaseException | None) -> bool:
    """Tell whether what an error kept the bot from doing can be done later."""
    if isinstance(error, (*AWAY, Unanswered)):
        return True
    return judge(error) in (Verdict.NEVER_LEFT, Verdict.TOO_FAST)


async def moved(update: Update, context: Context) -> None:
    """Let what is kept of a group be its supergroup's; either of the two may say so first."""
    message = message_of(update)
    old = message.migrate_from_chat_id or message.chat_id
    new = message.migrate_to_chat_id or message.chat_id
    newsroom_of(context).conversations.forget(old)  # its answers stay behind
    await move_chat(engine_of(context), old, new)


async def apologise(update: object, context: Context) -> None:
    """Log what went wrong and, where that can help, tell the reader once, without details.

    Of what may have arrived, or not, they are told just that.
    """
    error = context.error
    verdict = judge(error)
    if verdict is Verdict.SHUT_OUT and not context.bot_data["ended"].done():
        context.bot_data["ended"].set_exception(error)
    if is_passing(error) and _may_wait(update, context):
        log.error("an update cannot be handled now, it is tried again", exc_info=error)
        postpone(pause_after(error))
        return
    if trouble := _BEYOND_WORDS.get(verdict):
        log.warning("%s: %s", trouble, error)
        return
    if verdict is Verdict.UNKNOWN:
        log.warning("a message may have been lost, or not, so it is not sent again: %s", error)
        say = texts.may_be_lost
    else:
        log.error("an update could not be handled", exc_info=error)
        say = texts.apology
    if isinstance(update, Update):
        try:
            await _tell(update, context, say)
        except (TelegramError, *AWAY) as failure:
            log.warning("could not apologise: %s", failure)
            if is_passing(failure) and _may_wait(update, context):
                postpone(pause_after(failure))


def _may_wait(update: object, context: Context) -> bool:
    inbox: Inbox = context.bot_data["inbox"]
    claim = inbox.in_hand.get(update.update_id) if isinstance(update, Update) else None
    return claim is not None and seconds_since(claim.received_at) < _TRIED_FOR


async def _tell(update: Update, context: Context, say: Callable[[Speech], str]) -> None:
    """Say what went wrong to whom an answer is awaited by.

    A guest gets one answer: where that may have arrived, there is nothing more to be said.
    """
    said = say(await _speech(update, context))
    if message := _awaiting(update):
        await reply(message, said)
    elif update.guest_message and say is texts.apology:
        await answer_guest(context.bot, update.guest_message, said)


def _awaiting(update: Update) -> Message | None:
    """Return the message that an answer is awaited to; a pressed button has had its own."""
    return update.message or update.channel_post


async def _speech(update: Update, context: Context) -> Speech:
    """Return the language to apologise in: where the chat's cannot be read, the sender's own."""
    try:
        return (await reader_of(update, context)).speech
    except AWAY:
        user = update.effective_user
        return speech_in(user.language_code if user else None)
