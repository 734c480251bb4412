"""Who may decide for a chat: in groups and channels its admins, elsewhere whoever writes."""

from __future__ import annotations

import logging

from telegram import Chat, Message
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, Forbidden

from bot.sending.verdicts import repeatable

__all__ = ["is_admin", "may_decide"]

log = logging.getLogger(__name__)

_ADMINS = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)


async def may_decide(message: Message) -> bool:
    """Tell whether who wrote a message may decide for its chat.

    An anonymous admin writes as the group itself, and a channel's posts are its admins'.
    """
    if message.chat.type in (ChatType.PRIVATE, ChatType.CHANNEL):
        return True
    if message.sender_chat is not None:
        return message.sender_chat.id == message.chat_id
    return message.from_user is not None and await is_admin(message.chat, message.from_user.id)


async def is_admin(chat: Chat, user_id: int) -> bool:
    """Tell whether a person may decide for a chat; where Telegram will not say, they may not.

    Raises:
        Unanswered: Telegram failed to say.
        TelegramError: It was not even asked.
    """
    if chat.type == ChatType.PRIVATE:
        return chat.id == user_id
    try:
        with repeatable():
            member = await chat.get_member(user_id)
    except (BadRequest, Forbidden) as error:
        log.warning("could not ask who is an admin: %s", error)
        return False
    return member.status in _ADMINS
