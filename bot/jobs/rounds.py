"""What the bot does by itself every minute: take in, tell of news, correct what it said."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Bot

from bot.jobs.correcting import follow_corrections
from bot.jobs.ingest import Ingest, take_in
from bot.jobs.telling import drop_ended, look_for_news, tell_news
from bot.keeping.forgetting import wipe
from bot.keeping.submissions import drop_old_submissions
from bot.newsroom import Newsroom
from bot.settings import BotSettings

__all__ = ["go_round", "go_rounds"]

log = logging.getLogger(__name__)

_EVERY = 60.0
"""Seconds."""


async def go_rounds(
    engine: AsyncEngine, newsroom: Newsroom, bot: Bot, settings: BotSettings
) -> None:
    """Go round every minute, for ever; what goes wrong is logged, and tried again.

    Sources may take long, and neither news nor corrections wait for them.
    """
    ingest = Ingest()
    async with asyncio.TaskGroup() as both:
        both.create_task(_repeat(lambda: go_round(engine, newsroom, bot, settings)))
        both.create_task(_repeat(lambda: take_in(ingest, engine, newsroom, bot, settings)))


async def go_round(
    engine: AsyncEngine, newsroom: Newsroom, bot: Bot, settings: BotSettings
) -> None:
    """Wipe out what is to be forgotten, correct what is no longer true, then tell what is new.

    Raises:
        ExceptionGroup: Something went wrong; the rest was done all the same.
    """
    steps: tuple[Callable[[], Awaitable[None]], ...] = (
        lambda: _clean_up(engine),
        lambda: follow_corrections(engine, newsroom, bot, days=settings.remember_days),
        lambda: _spread_news(engine, newsroom, bot),
    )
    failures: list[Exception] = []
    for work in steps:
        try:
            await work()
        except Exception as error:
            failures.append(error)
    if failures:
        raise ExceptionGroup("not all of the minute's work could be done", failures)


async def _clean_up(engine: AsyncEngine) -> None:
    await drop_old_submissions(engine)
    await drop_ended(engine)
    await wipe(engine)


async def _spread_news(engine: AsyncEngine, newsroom: Newsroom, bot: Bot) -> None:
    await look_for_news(engine, newsroom)
    await tell_news(engine, newsroom, bot)


async def _repeat(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await work()
        except Exception:
            log.exception("something of the minute's work went wrong, trying again")
        await asyncio.sleep(_EVERY)
