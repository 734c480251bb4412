"""A press on one of the bot's buttons: always answered, whatever comes of it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Bot, CallbackQuery, Chat, InlineKeyboardMarkup, Update, User
from telegram.error import ChatMigrated, TelegramError

from bot.handling.context import Context, Reader, engine_of, newsroom_of, reader_of, settings_of
from bot.handling.guarding import Handler, is_fatal, is_passing, may_tap
from bot.newsroom import Newsroom
from bot.sending.editing import edit, edit_buttons
from bot.sending.rights import is_admin
from bot.settings import BotSettings
from bot.wording import notices, texts

__all__ = ["Action", "Expired", "Press", "pressed", "pressed_by_admin"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Press:
    """A press on a button.

    Attributes:
        bot: To act with.
        chat: Where the button hangs.
        message_id: Under which message.
        user: Who pressed it.
        said: What the button sent, in the parts that its pattern names.
        reader: Whoever pressed it, as the chat wants it.
        newsroom: The coverage.
        engine: What the bot remembers.
        settings: Of the bot.
    """

    bot: Bot
    chat: Chat
    message_id: int
    user: User
    said: tuple[str, ...]
    reader: Reader
    newsroom: Newsroom
    engine: AsyncEngine
    settings: BotSettings

    async def edit(self, html: str, buttons: InlineKeyboardMarkup | None) -> None:
        """Let the message that the button hangs under say something else."""
        await edit(self.bot, self.chat.id, self.message_id, html, buttons)

    async def edit_buttons(self, buttons: InlineKeyboardMarkup | None) -> None:
        """Let that message have other buttons."""
        await edit_buttons(self.bot, self.chat.id, self.message_id, buttons)


class Expired(Exception):
    """What a button was for is not there (any more), or not for who pressed it; in their words."""


Action = Callable[[Press], Awaitable[str]]
"""Does what a button is for, and returns what to tell who pressed it, or ""."""


def pressed(action: Action) -> Handler:
    """Return a handler that does an action and answers the press."""

    async def handle(update: Update, context: Context) -> None:
        query = update.callback_query
        if query is None:
            raise TypeError("this handler is only registered for pressed buttons")
        reader = await reader_of(update, context)
        notice = texts.apology(reader.speech)
        try:
            if not may_tap(update, context):
                notice = texts.too_many(reader.speech)
            elif not is_fatal(update, context):
                notice = await action(_read(update, context, reader))
        except Expired as error:
            notice = str(error)
        except ChatMigrated:  # the message stayed behind, and nothing of it is kept
            notice = notices.expired(reader.speech)
        except Exception as error:
            if not is_passing(error):  # else it is done later
                await _tell(query, notice)
            raise
        await _tell(query, notice)

    handle.__doc__ = action.__doc__
    return handle


def pressed_by_admin(action: Action) -> Handler:
    """Return a handler of a button that works for those who may decide for its chat."""

    async def act(press: Press) -> str:
        if not await is_admin(press.chat, press.user.id):
            return notices.only_admins(press.reader.speech)
        return await action(press)

    act.__doc__ = action.__doc__
    return pressed(act)


async def _tell(query: CallbackQuery, notice: str) -> None:
    try:
        await query.answer(notice or None)
    except TelegramError as error:  # it is too late for that, and for nothing else
        log.info("could not answer a button: %s", error)


def _read(update: Update, context: Context, reader: Reader) -> Press:
    query = update.callback_query
    if query is None or query.message is None:
        raise Expired(notices.expired(reader.speech))  # it hangs under none of the bot's messages
    match = context.matches[0] if context.matches else None
    return Press(
        bot=context.bot,
        chat=query.message.chat,
        message_id=query.message.message_id,
        user=query.from_user,
        said=tuple(match.groups()) if match else (),
        reader=reader,
        newsroom=newsroom_of(context),
        engine=engine_of(context),
        settings=settings_of(context),
    )
