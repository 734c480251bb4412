"""Changing what the bot has said before, in place, unless it cannot be or is so already.

A change that may have arrived, or not, can be made again: `verdicts.Unanswered` says so.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from telegram import Bot, InlineKeyboardMarkup
from telegram.error import TelegramError

from bot.sending.verdicts import Verdict, judge, repeatable

__all__ = ["edit", "edit_buttons", "edit_inserted"]

log = logging.getLogger(__name__)


async def edit(
    bot: Bot, chat_id: int, message_id: int, html: str, buttons: InlineKeyboardMarkup | None
) -> None:
    """Let one of the bot's messages say something else."""
    with _if_it_can_be():
        await bot.edit_message_text(html, chat_id, message_id, reply_markup=buttons)


async def edit_inserted(
    bot: Bot, inline_id: str, html: str, buttons: InlineKeyboardMarkup | None
) -> None:
    """Let a message that was inserted where the bot is no member say something else."""
    with _if_it_can_be():
        await bot.edit_message_text(html, inline_message_id=inline_id, reply_markup=buttons)


async def edit_buttons(
    bot: Bot, chat_id: int, message_id: int, buttons: InlineKeyboardMarkup | None
) -> None:
    """Let one of the bot's messages have other buttons."""
    with _if_it_can_be():
        await bot.edit_message_reply_markup(
            chat_id,
            message_id,
            reply_markup=buttons,
            api_kwargs={"parse_mode": None},  # the default, which this method does not know
        )


@contextmanager
def _if_it_can_be() -> Iterator[None]:
    try:
        with repeatable():
            yield
    except TelegramError as error:
        if judge(error) not in (Verdict.CLOSED, Verdict.OVERTAKEN):
            raise
        log.info("a message is left as it is: %s", error)
