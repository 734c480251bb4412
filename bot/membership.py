"""Coming to chats and leaving them."""

from __future__ import annotations

from telegram import ChatMember, ChatMemberRestricted, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot import texts
from bot.context import Context, engine_of, reader_of
from bot.preferences import drop_preferences
from bot.records import watches
from bot.watching import end_watches

__all__ = ["membership_changed"]

_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
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
    elif not was and change.chat.type in _GROUPS:
        reader = await reader_of(update, context)
        html = texts.greeting(context.bot.username, reader.speech)
        await context.bot.send_message(change.chat.id, html)


def _is_in(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status in _IN
