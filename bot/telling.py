"""Telling chats of new coverage on what they watch for: once, and no more often than hourly.

First what is new is noted for each watch; then each chat that was not told lately is told all of
it in one message. What is about to be told is marked so before it is sent: whoever dies in between
leaves a chat untold, and none is told twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.buttons import stop_button
from bot.database import insert_into, unbroken
from bot.listing import render_news
from bot.newsroom import Newsroom
from bot.preferences import load_preferences
from bot.progress import load_mark, save_mark
from bot.records import watch_hits, watches
from bot.speech import speech_in
from bot.verdicts import Verdict, judge
from bot.watching import end_watches
from index import Citation, News, Shown

__all__ = ["look_for_news", "tell_news"]

log = logging.getLogger(__name__)

_QUIET = 3600.0
"""Seconds after a message in which more is only collected."""

_JOB = "news"

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class _Watch(NamedTuple):
    id: int
    chat_id: int
    thread_id: int
    topic: str
    language: str


async def look_for_news(engine: AsyncEngine, newsroom: Newsroom) -> None:
    """Note what came in since the last look, for each watch that it is on."""
    coverage, more = await newsroom.coverage(), True
    while more:
        held = await _topics(engine)
        mark = await load_mark(engine, _JOB, coverage)
        news = await newsroom.read(newsroom.desk.news, set(held.values()), since=mark)
        await _note(engine, news, held)
        await save_mark(engine, _JOB, coverage, news.mark)
        more = news.more


async def tell_news(engine: AsyncEngine, newsroom: Newsroom, bot: Bot) -> None:
    """Tell each chat what was noted for it, unless it was told something within the hour."""
    for watch in await _waiting(engine, time.time() - _QUIET):
        chosen = await load_preferences(engine, watch.chat_id)
        shown = await _take(engine, watch.id)
        cited = [await _read(newsroom, each, watch.topic) for each in shown]
        kept = [each for each in cited if each and each.outlet not in chosen.left_out]
        if kept:
            await _tell(engine, bot, watch, kept, chosen.language or watch.language)


@unbroken
async def _topics(engine: AsyncEngine) -> dict[int, str]:
    """Return the topics that are watched for, by the watch's id."""
    async with engine.begin() as db:
        rows = await db.execute(select(watches.c.id, watches.c.topic))
        return {row.id: row.topic for row in rows}


@unbroken
async def _note(engine: AsyncEngine, news: News, held: Mapping[int, str]) -> None:
    async with engine.begin() as db:
        await _insert(db, news, held)


async def _insert(db: AsyncConnection, news: News, held: Mapping[int, str]) -> None:
    for watch, topic in held.items():
        for cited in news.found.get(topic, ()):
            hit = insert_into(db, watch_hits).values(
                watch_id=watch,
                article=cited.article,
                start=cited.start,
                excerpt=cited.excerpt,
                told=False,
            )
            still = await db.scalar(select(watches.c.id).where(watches.c.id == watch))
            if still is not None:  # it may have been ended meanwhile
                await db.execute(hit.on_conflict_do_nothing())


@unbroken
async def _waiting(engine: AsyncEngine, before: float) -> list[_Watch]:
    """Return the watches for which something is noted, of chats last told before a time."""
    untold = select(watch_hits.c.watch_id).where(watch_hits.c.told.is_(False))
    query = select(
        watches.c.id, watches.c.chat_id, watches.c.thread_id, watches.c.topic, watches.c.language
    ).where(watches.c.id.in_(untold), watches.c.told_at < before)
    async with engine.begin() as db:
        rows = (await db.execute(query.order_by(watches.c.id))).all()
    return [_Watch(*row) for row in rows]


@unbroken
async def _take(engine: AsyncEngine, watch: int) -> list[Shown]:
    """Mark what is noted for a watch as told, and return it; nothing where another took it."""
    mine = (watch_hits.c.watch_id == watch) & watch_hits.c.told.is_(False)
    taken = (
        update(watch_hits)
        .where(mine)
        .values(told=True)
        .returning(watch_hits.c.article, watch_hits.c.excerpt, watch_hits.c.start)
    )
    async with engine.begin() as db:
        rows = (await db.execute(taken)).all()
        at = {"told_at": time.time()}
        await db.execute(update(watches).where(watches.c.id == watch).values(at))
    return [Shown(row.article, row.excerpt, row.start) for row in rows]


async def _read(newsroom: Newsroom, shown: Shown, topic: str) -> Citation | None:
    found = await newsroom.read(newsroom.desk.surround, shown, question=topic)
    return found.citation if found else None


async def _tell(
    engine: AsyncEngine,
    bot: Bot,
    watch: _Watch,
    citations: list[Citation],
    language: str,
) -> None:
    speech = speech_in(language)
    try:
        await bot.send_message(
            watch.chat_id,
            render_news(citations, watch.topic, speech),
            parse_mode=ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
            message_thread_id=watch.thread_id or None,
            reply_markup=stop_button(watch.id, speech),
        )
    except TelegramError as error:
        verdict = judge(error)
        if verdict is Verdict.CLOSED or "thread not found" in error.message.lower():
            log.info("a watch is dropped, for its chat cannot be written to: %s", error)
            await end_watches(engine, watches.c.id == watch.id)
            return
        log.warning("could not tell of new coverage: %s", error)
        if verdict in (Verdict.NEVER_LEFT, Verdict.TOO_FAST):
            await _give_back(engine, watch.id, [each.article for each in citations])


@unbroken
async def _give_back(engine: AsyncEngine, watch: int, articles: list[str]) -> None:
    """Let what was certainly not told be told the next time."""
    mine = (watch_hits.c.watch_id == watch) & watch_hits.c.article.in_(articles)
    async with engine.begin() as db:
        await db.execute(update(watch_hits).where(mine).values(told=False))
        await db.execute(update(watches).where(watches.c.id == watch).values(told_at=0.0))
