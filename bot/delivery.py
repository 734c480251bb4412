"""Sending a message exactly once, as far as that can be known."""

from __future__ import annotations

import asyncio

import httpx
from telegram import InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest, ChatMigrated, NetworkError

__all__ = ["may_have_arrived", "reply"]

_PAUSES = (0.5, 1.0, 2.0)
"""Seconds before each further attempt at what has not left this machine."""

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


async def reply(
    message: Message, html: str, buttons: InlineKeyboardMarkup | None = None
) -> Message:
    """Send a message to where another was written; outside private chats as a reply to it.

    Raises:
        TelegramError: It was not sent, or, where `may_have_arrived`, may have been.
    """
    for pause in _PAUSES:
        try:
            return await _send(message, html, buttons)
        except NetworkError as error:
            if not isinstance(error.__cause__, _NEVER_LEFT):
                raise
        await asyncio.sleep(pause)
    return await _send(message, html, buttons)


def may_have_arrived(error: Exception | None) -> bool:
    """Tell whether what was sent may have arrived in spite of an error: do not send it again."""
    return (
        isinstance(error, NetworkError)
        and not isinstance(error, BadRequest)
        and not isinstance(error.__cause__, _NEVER_LEFT)
    )


async def _send(message: Message, html: str, buttons: InlineKeyboardMarkup | None) -> Message:
    quoted = None
    if message.chat.type != ChatType.PRIVATE:
        quoted = ReplyParameters(message.message_id, allow_sending_without_reply=True)
    try:
        return await message.reply_html(
            html, link_preview_options=_NO_PREVIEW, reply_parameters=quoted, reply_markup=buttons
        )
    except ChatMigrated as moved:  # there the message replied to has another id
        return await message.get_bot().send_message(
            moved.new_chat_id,
            html,
            ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
            reply_markup=buttons,
        )
