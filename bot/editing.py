"""Changing what the bot has said before, in place."""

from __future__ import annotations

import logging

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden

__all__ = ["edit", "edit_buttons"]

log = logging.getLogger(__name__)

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

_AS_WANTED = "not modified"
_GONE = ("to edit not found", "can't be edited", "message_id_invalid", "chat not found")
"""What Telegram says, in lower case, where a message is as wanted already, or out of reach."""


async def edit(
    bot: Bot, chat_id: int, message_id: int, html: str, buttons: InlineKeyboardMarkup | None
) -> bool:
    """Let one of the bot's messages say something else.

    Returns:
        Whether it says so now; False where it is gone or may not be changed any more.
    """
    try:
        await bot.edit_message_text(
            html,
            chat_id,
            message_id,
            parse_mode=ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
            reply_markup=buttons,
        )
    except (BadRequest, Forbidden) as error:
        return _explain(error)
    return True


async def edit_buttons(
    bot: Bot, chat_id: int, message_id: int, buttons: InlineKeyboardMarkup | None
) -> bool:
    """Let one of the bot's messages have other buttons; see `edit`."""
    try:
        await bot.edit_message_reply_markup(chat_id, message_id, reply_markup=buttons)
    except (BadRequest, Forbidden) as error:
        return _explain(error)
    return True


def _explain(error: BadRequest | Forbidden) -> bool:
    said = error.message.lower()
    if isinstance(error, Forbidden) or any(words in said for words in _GONE):
        log.info("a message can no longer be changed: %s", error)
        return False
    if _AS_WANTED not in said:
        raise error
    return True
