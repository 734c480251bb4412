"""What every handler begins with: the newsroom, the message, and how its chat wants it."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.newsroom import Newsroom
from bot.preferences import Preferences, load_preferences
from bot.speech import Speech, speech_in

__all__ = ["Context", "Reader", "reader_of", "message_of", "newsroom_of"]

Context = ContextTypes.DEFAULT_TYPE
"""Every handler's context; `bot_data["newsroom"]` is the Newsroom."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever is answered.

    Attributes:
        preferences: Of the chat.
        speech: To speak to them in: the chat's, or their own.
        k: Most citations in an answer to them.
    """

    preferences: Preferences
    speech: Speech
    k: int


def newsroom_of(context: Context) -> Newsroom:
    """Return what handlers share."""
    newsroom: Newsroom = context.bot_data["newsroom"]
    return newsroom


def message_of(update: Update) -> Message:
    """Return the message of an update that has one."""
    message = update.effective_message
    if message is None:
        raise TypeError("handlers are only registered for updates with a message")
    return message


async def reader_of(update: Update, context: Context) -> Reader:
    """Return whoever sent an update, as their chat wants it."""
    newsroom, chat, user = newsroom_of(context), update.effective_chat, update.effective_user
    chosen = Preferences()
    if chat is not None and update.guest_message is None:
        chosen = await load_preferences(newsroom.engine, chat.id)
    # Behind a channel's post, and an anonymous admin's, stands no person who has a language.
    own = None if chat is not None and chat.type == ChatType.CHANNEL else user
    speech = speech_in(chosen.language or (own.language_code if own else None))
    return Reader(chosen, speech, chosen.excerpts or newsroom.settings.excerpts)
