"""The sign that the bot is at work, shown while an answer is awaited."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Message
from telegram.constants import ChatAction, ChatType
from telegram.error import TelegramError

__all__ = ["typing"]

log = logging.getLogger(__name__)

_FIRST = 0.3
"""Seconds; most answers are quicker, and a sign that comes after its answer would deceive."""

_AGAIN = 4.0
"""Seconds; Telegram takes the sign away after 5."""


@asynccontextmanager
async def typing(message: Message) -> AsyncIterator[None]:
    """Show "typing" where `message` was written until the block ends; channels show no such."""
    if message.chat.type == ChatType.CHANNEL:
        yield
        return
    task = asyncio.create_task(_keep_typing(message))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _keep_typing(message: Message) -> None:
    # The General topic's messages carry no thread, and sending to its id would fail.
    thread = message.message_thread_id if message.is_topic_message else None
    await asyncio.sleep(_FIRST)
    try:
        while True:
            await message.chat.send_action(ChatAction.TYPING, message_thread_id=thread)
            await asyncio.sleep(_AGAIN)
    except TelegramError as error:
        log.info("could not show typing: %s", error)  # an answer matters, this does not
