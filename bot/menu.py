"""The menu of commands, for each kind of chat and each language."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import TelegramError

from bot import texts
from bot.speech import ENGLISH, LANGUAGES, speech_in

__all__ = ["publish_menu"]

log = logging.getLogger(__name__)

_OF_MEMBERS = ("ask", "everywhere", "latest", "watches", "sources", "help", "about", "privacy")
_OF_ADMINS = (*_OF_MEMBERS, "watch", "settings", "forget")

_SCOPES: Sequence[tuple[BotCommandScope, tuple[str, ...] | None]] = (
    (BotCommandScopeAllPrivateChats(), None),
    (BotCommandScopeAllGroupChats(), _OF_MEMBERS),
    (BotCommandScopeAllChatAdministrators(), _OF_ADMINS),
)
"""Kinds of chats → the commands offered there; all where none are named."""


async def publish_menu(bot: Bot) -> None:
    """Publish the menu and the profile's line; English for those whose language it lacks."""
    try:
        for code in LANGUAGES:
            language = None if code == ENGLISH.code else code
            await bot.set_my_short_description(texts.short(speech_in(code)), language)
            described = texts.commands(speech_in(code))
            for scope, names in _SCOPES:
                commands = [BotCommand(name, described[name]) for name in names or described]
                await bot.set_my_commands(commands, scope, language)
    except TelegramError as error:
        log.warning("could not publish the menu of commands: %s", error)  # answers matter more
