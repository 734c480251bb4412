"""The menu of commands, for each kind of chat and each language."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import RetryAfter, TelegramError

from bot import reports, texts
from bot.speech import ENGLISH, LANGUAGES, speech_in
from bot.verdicts import pause_after

__all__ = ["publish_menu"]

log = logging.getLogger(__name__)

_PAUSE = 1.0
"""Seconds after each call: there are many, and nobody waits for them."""

_OF_MEMBERS = ("ask", "everywhere", "latest", "watches", "sources", "help", "about", "privacy")
_OF_ADMINS = (*_OF_MEMBERS, "watch", "settings", "forget")

_SCOPES: Sequence[tuple[BotCommandScope, tuple[str, ...] | None]] = (
    (BotCommandScopeAllPrivateChats(), None),
    (BotCommandScopeAllGroupChats(), _OF_MEMBERS),
    (BotCommandScopeAllChatAdministrators(), _OF_ADMINS),
)
"""Kinds of chats → the commands offered there; all where none are named."""


async def publish_menu(bot: Bot, admin_ids: Collection[int]) -> None:
    """Publish the menu and the profile's line; English for those whose language it lacks.

    Args:
        bot: Whose.
        admin_ids: Who run it: their private chats offer more.
    """
    try:
        for code in LANGUAGES:
            language = None if code == ENGLISH.code else code
            line = texts.short(speech_in(code))
            await _make(partial(bot.set_my_short_description, line, language))
            described = texts.commands(speech_in(code))
            for scope, names in _SCOPES:
                commands = [BotCommand(name, described[name]) for name in names or described]
                await _make(partial(bot.set_my_commands, commands, scope, language))
    except TelegramError as error:
        log.warning("could not publish the menu of commands: %s", error)  # answers matter more
    for admin in admin_ids:
        try:
            await _publish_for(bot, admin)
        except TelegramError as error:  # they have not written to the bot yet, say
            log.warning("could not publish the menu of %d: %s", admin, error)


async def _publish_for(bot: Bot, admin: int) -> None:
    """Publish the menu of somebody who runs the bot."""
    for code in LANGUAGES:
        described = texts.commands(speech_in(code)) | reports.commands(speech_in(code))
        commands = [BotCommand(*each) for each in described.items()]
        language = None if code == ENGLISH.code else code
        await _make(partial(bot.set_my_commands, commands, BotCommandScopeChat(admin), language))


async def _make(call: Callable[[], Awaitable[bool]]) -> None:
    """Make a call when Telegram lets it be made, and pause."""
    while True:
        try:
            await call()
            break
        except RetryAfter as error:
            await asyncio.sleep(pause_after(error))
    await asyncio.sleep(_PAUSE)
