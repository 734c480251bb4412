"""What the bot does by itself every minute: tell of new coverage, and correct what it said."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Bot

from bot.correcting import follow_corrections
from bot.newsroom import Newsroom
from bot.settings import BotSettings
from bot.telling import look_for_news, tell_news

__all__ = ["go_round", "go_rounds"]

log = logging.getLogger(__name__)

_EVERY = 60.0
"""Seconds."""


async def go_rounds(
    engine: AsyncEngine, newsroom: Newsroom, bot: Bot, settings: BotSettings
) -> None:
    """Go round every minute, for ever; what goes wrong is logged, and tried again."""
    while True:
        try:
            await go_round(engine, newsroom, bot, settings)
        except Exception:
            log.exception("could not look for new coverage and corrections, trying again")
        await asyncio.sleep(_EVERY)


async def go_round(
    engine: AsyncEngine, newsroom: Newsroom, bot: Bot, settings: BotSettings
) -> None:
    """Correct what is no longer true, then tell what is new."""
    await follow_corrections(engine, newsroom, bot, days=settings.remember_days)
    await look_for_news(engine, newsroom)
    await tell_news(engine, newsroom, bot)
