"""Sending a message to where another was written."""

from __future__ import annotations

import asyncio

from telegram import (
    Bot,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatType
from telegram.error import NetworkError

from bot.sending.verdicts import Verdict, judge

__all__ = ["answer_guest", "reply"]

_PAUSES = (0.5, 1.0, 2.0)
"""Seconds before each further attempt at what has not left this machine."""


async def reply(
    message: Message, html: str, buttons: InlineKeyboardMarkup | None = None
) -> Message:
    """Send a message to where another was written; outside private chats as a reply to it.

    Raises:
        TelegramError: It was not sent, or may have been: see `verdicts.judge`.
    """
    for pause in _PAUSES:
        try:
            return await _send(message, html, buttons)
        except NetworkError as error:
            if judge(error) is not Verdict.NEVER_LEFT:
                raise
        await asyncio.sleep(pause)
    return await _send(message, html, buttons)


async def answer_guest(
    bot: Bot, message: Message, html: str, buttons: InlineKeyboardMarkup | None = None
) -> str:
    """Answer where the bot is no member, which can be done once; return the inserted one's id.

    Raises:
        TelegramError: It was not sent, or may have been: see `verdicts.judge`.
    """
    content = InputTextMessageContent(html)
    result = InlineQueryResultArticle("answer", "Clipdesk", content, reply_markup=buttons)
    sent = await bot.answer_guest_query(message.guest_query_id or "", result)
    return sent.inline_message_id


async def _send(message: Message, html: str, buttons: InlineKeyboardMarkup | None) -> Message:
    quoted = None
    if message.chat.type != ChatType.PRIVATE:
        quoted = ReplyParameters(
            message.message_id,
            allow_sending_without_reply=True,
            quote_parse_mode=None,  # the default is for quotes, and here is none
        )
    return await message.reply_text(html, reply_parameters=quoted, reply_markup=buttons)
