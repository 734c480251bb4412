"""Who runs the bot: the people named in ADMIN_IDS, each in their private chat, and nobody else."""

from __future__ import annotations

from collections.abc import Collection

from telegram import Chat, Update, User
from telegram.constants import ChatType
from telegram.ext import filters

from bot.handling import callbacks
from bot.handling.context import Context, settings_of
from bot.handling.guarding import Handler
from bot.handling.pressing import Action, pressed

__all__ = ["FromRunner", "pressed_by_runner"]


def _runs_the_bot(user: User | None, chat: Chat | None, admin_ids: Collection[int]) -> bool:
    """Tell whether somebody runs the bot and is alone with it.

    A private chat has the id of the person in it; anonymous admins and channels have none.
    """
    return (
        user is not None
        and chat is not None
        and not user.is_bot
        and user.id in admin_ids
        and chat.type == ChatType.PRIVATE
        and chat.id == user.id
    )


class FromRunner(filters.UpdateFilter):
    """New messages of those who run the bot; edits, posts, guests' and businesses' are none."""

    def __init__(self, admin_ids: Collection[int]) -> None:
        super().__init__()
        self._ids = frozenset(admin_ids)

    def filter(self, update: Update) -> bool:
        """Tell whether such a person wrote it."""
        message = update.message
        return (
            message is not None
            and message.sender_chat is None
            and message.business_connection_id is None
            and _runs_the_bot(message.from_user, message.chat, self._ids)
        )


def pressed_by_runner(action: Action) -> Handler:
    """Return a handler of a button that works for those who run the bot.

    To others it is one that nobody knows.
    """
    work = pressed(action)

    async def handle(update: Update, context: Context) -> None:
        query = update.callback_query
        chat = query.message.chat if query and query.message else None
        if query and _runs_the_bot(query.from_user, chat, settings_of(context).admin_ids):
            await work(update, context)
        else:
            await callbacks.unknown(update, context)

    handle.__doc__ = action.__doc__
    return handle
