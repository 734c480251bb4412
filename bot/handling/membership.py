"""Coming to chats and leaving them."""

from __future__ import annotations

import asyncio

from telegram import Chat, ChatMember, ChatMemberRestricted, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.handling.context import Context, engine_of, reader_of
from bot.handling.watching import end_watches
from bot.keeping.forgetting import has_moved_to
from bot.keeping.preferences import drop_preferences
from bot.keeping.records import watches
from bot.wording import texts

__all__ = ["membership_changed"]

_PAUSE = 2.0
"""Seconds within which a supergroup that was a group until now is known as such."""

_IN = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.MEMBER)


async def membership_changed(update: Update, context: Context) -> None:
    """Greet a group that the bot was added to; tell nothing more to whoever put it out.

    What a group or channel had set, nobody can remove there any more: it goes as well. In a
    private chat somebody can, once they let the bot write again.
    """
    change = update.my_chat_member
    if change is None:
        raise TypeError("this handler is only registered for changes of the bot's own membership")
    was, is_ = _is_in(change.old_chat_member), _is_in(change.new_chat_member)
    if not is_:
        await end_watches(engine_of(context), watches.c.chat_id == change.chat.id)
        if change.chat.type != ChatType.PRIVATE:
            await drop_preferences(engine_of(context), change.chat.id)
    elif not was and await _is_new(change.chat, context):
        reader = await reader_of(update, context)
        html = texts.greeting(context.bot.username, reader.speech)
        await context.bot.send_message(change.chat.id, html)


async def _is_new(chat: Chat, context: Context) -> bool:
    """Tell whether a chat is a group that the bot was not in before.

    When a group becomes a supergroup, the bot is told that it joined that, now before and now
    after it is told of the move, which is in another chat and so waits for no turn in this one.
    """
    if chat.type == ChatType.SUPERGROUP:
        await asyncio.sleep(_PAUSE)
        return not await has_moved_to(engine_of(context), chat.id)
    return chat.type == ChatType.GROUP


def _is_in(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status in _IN
