"""What handlers begin with: the message, who sent it, and what the bot holds for all of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.keeping.preferences import Preferences, load_preferences
from bot.newsroom import Newsroom
from bot.settings import BotSettings
from bot.wording.speech import Speech, speech_in

__all__ = [
    "Context",
    "Reader",
    "engine_of",
    "message_of",
    "newsroom_of",
    "reader_of",
    "settings_of",
]

Context = ContextTypes.DEFAULT_TYPE
"""Every handler's context. In its `bot_data` stand "newsroom", "database" and "settings", which
the functions below return, and what single modules use: "inbox", "quota", "taps", "ended" and
"typed"."""


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
    """Return the coverage, and what is remembered of conversations."""
    newsroom: Newsroom = context.bot_data["newsroom"]
    return newsroom


def message_of(update: Update) -> Message:
    """Return the message of an update.

    Raises:
        TypeError: It has none: the handler is wired to updates that it is not for.
    """
    message = update.effective_message
    if message is None:
        raise TypeError("handlers are only registered for updates with a message")
    return message


def engine_of(context: Context) -> AsyncEngine:
    """Return the database, where the bot keeps what it must not forget."""
    engine: AsyncEngine = context.bot_data["database"]
    return engine


def settings_of(context: Context) -> BotSettings:
    """Return the settings of the bot."""
    settings: BotSettings = context.bot_data["settings"]
    return settings


async def reader_of(update: Update, context: Context) -> Reader:
    """Return whoever sent an update, and how to answer them.

    What their chat has set counts before their own language. A chat that the bot is only a guest
    in has set nothing.
    """
    chat, user = update.effective_chat, update.effective_user
    chosen = Preferences()
    if chat is not None and update.guest_message is None:
        chosen = await load_preferences(engine_of(context), chat.id)
    # Behind a channel's post, and an anonymous admin's, stands no person who has a language.
    own = None if chat is not None and chat.type == ChatType.CHANNEL else user
    speech = speech_in(chosen.language or (own.language_code if own else None))
    return Reader(chosen, speech, chosen.excerpts or newsroom_of(context).excerpts)
