"""The menu of commands, for each kind of chat and each language."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from functools import partial
from typing import Any

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from bot.sending.verdicts import Verdict, judge, pause_after
from bot.wording import reports, texts
from bot.wording.speech import ENGLISH, LANGUAGES, speech_in

__all__ = ["publish_menu"]

log = logging.getLogger(__name__)

_PAUSE = 1.0
"""Seconds after each call: there are many, and nobody waits for them."""

_PAUSES = (1.0, 5.0, 25.0, 125.0)
"""Seconds before each further attempt at what may succeed yet: called twice it does no harm."""

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
    for code in LANGUAGES:
        language = None if code == ENGLISH.code else code
        line = texts.short(speech_in(code))
        await _make(partial(bot.set_my_short_description, line, language))
        described = texts.commands(speech_in(code))
        for scope, names in _SCOPES:
            commands = [BotCommand(name, described[name]) for name in names or described]
            await _make(partial(bot.set_my_commands, commands, scope, language))
    for admin in admin_ids:
        await _publish_for(bot, admin)


async def _publish_for(bot: Bot, admin: int) -> None:
    """Publish the menu of somebody who runs the bot."""
    for code in LANGUAGES:
        described = texts.commands(speech_in(code)) | reports.commands(speech_in(code))
        commands = [BotCommand(*each) for each in described.items()]
        language = None if code == ENGLISH.code else code
        await _make(partial(bot.set_my_commands, commands, BotCommandScopeChat(admin), language))


async def _make(call: partial[Coroutine[Any, Any, bool]]) -> None:
    """Make a call, again where that may help, and pause; what fails for good is left out."""
    pauses = iter(_PAUSES)
    while error := await _error_of(call):
        pause = pause_after(error) or (next(pauses, None) if _may_pass(error) else None)
        if pause is None:  # answers matter more
            log.warning("could not publish the menu, of it %s: %s", call.args[1:], error)
            break
        await asyncio.sleep(pause)
    await asyncio.sleep(_PAUSE)


async def _error_of(call: Callable[[], Awaitable[bool]]) -> TelegramError | None:
    try:
        await call()
    except TelegramError as error:
        return error
    return None


def _may_pass(error: TelegramError) -> bool:
    return judge(error) in (Verdict.UNKNOWN, Verdict.NEVER_LEFT)
