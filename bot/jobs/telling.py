"""Telling of new coverage on what is watched for: once, and of each watch no more than hourly.

First what is new is noted for each watch; then a watch of which nothing was told lately is told
all of it in one message. What is being told is marked so, and as told once it was sent. Where
somebody dies in between, it is told again, by way of the outbox: what may have been sent is not
sent twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import String, cast, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from telegram import Bot
from telegram.error import TelegramError

from bot.handling.watching import end_watches
from bot.keeping.database import insert_into, is_shared, unbroken
from bot.keeping.marks import load_mark, save_mark
from bot.keeping.preferences import load_preferences
from bot.keeping.records import watch_hits, watches
from bot.keeping.tables import deliveries
from bot.newsroom import Newsroom
from bot.sending.outbox import Job, doing, finish_jobs
from bot.sending.verdicts import Verdict, judge
from bot.wording.buttons import stop_button
from bot.wording.listing import render_news
from bot.wording.speech import Speech, speech_in
from index import Citation, ClipdeskError, News, Shown

__all__ = ["drop_ended", "look_for_news", "tell_news"]

log = logging.getLogger(__name__)

_QUIET = 3600.0
"""Seconds after a message in which more is only collected."""

_DEAD = 600.0
"""Seconds after which whoever is still telling has died."""

_NOTED, _TELLING, _TOLD = "noted", "telling", "told"
"""The states of what was found."""

_JOB = "news"

_NAME = "watch "
"""Before a watch's id: the job that tells of it."""


class _Watch(NamedTuple):
    id: int
    chat_id: int
    thread_id: int
    topic: str
    language: str
    told_at: float


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
    """Tell what was noted for each watch, unless something was told of it within the hour."""
    for watch in await _waiting(engine, time.time()):
        try:
            await _tell_of(engine, newsroom, bot, watch)
        except ClipdeskError as error:  # an article may be damaged, which others need not wait for
            log.warning("cannot tell of a watch now: %s", error)


@unbroken
async def drop_ended(engine: AsyncEngine) -> None:
    """Forget what was sent for watches that ended before that was settled, in a death."""
    held = select(_NAME + cast(watches.c.id, String))
    sent = deliveries.c.job.startswith(_NAME) & deliveries.c.job.not_in(held)
    async with engine.begin() as db:
        await db.execute(delete(deliveries).where(sent))


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
                state=_NOTED,
            )
            still = await db.scalar(select(watches.c.id).where(watches.c.id == watch))
            if still is not None:  # it may have been ended meanwhile
                await db.execute(hit.on_conflict_do_nothing())


@unbroken
async def _waiting(engine: AsyncEngine, now: float) -> list[_Watch]:
    """Return the watches for which something is to be told now, or was being told by the dead."""
    noted, telling = (
        select(watch_hits.c.watch_id).where(watch_hits.c.state == state)
        for state in (_NOTED, _TELLING)
    )
    query = select(*(watches.c[name] for name in _Watch._fields)).where(
        or_(
            watches.c.id.in_(noted) & (watches.c.told_at < now - _QUIET),
            watches.c.id.in_(telling) & (watches.c.told_at < now - _DEAD),
        )
    )
    async with engine.begin() as db:
        rows = (await db.execute(query.order_by(watches.c.id))).all()
    return [_Watch(*row) for row in rows]


@unbroken
async def _noted(engine: AsyncEngine, watch: int) -> tuple[list[Shown], bool]:
    """Return what is to be told of a watch, and whether somebody had begun to: then only that."""
    columns = watch_hits.c.state, watch_hits.c.article, watch_hits.c.excerpt, watch_hits.c.start
    query = select(*columns).where(watch_hits.c.watch_id == watch, watch_hits.c.state != _TOLD)
    async with engine.begin() as db:
        rows = (await db.execute(query)).all()
    begun = [row for row in rows if row.state == _TELLING]
    return [Shown(row.article, row.excerpt, row.start) for row in begun or rows], bool(begun)


@unbroken
async def _take(engine: AsyncEngine, watch: _Watch, articles: Collection[str]) -> bool:
    """Mark what is noted as being told from now on; tell whether nobody else has done so."""
    mine = (watches.c.id == watch.id) & (watches.c.told_at == watch.told_at)
    async with engine.begin() as db:
        taken = update(watches).where(mine).values(told_at=time.time())
        if not (await db.execute(taken)).rowcount:
            return False
        await _mark(db, watch.id, articles, _TELLING)
    return True


async def _mark(db: AsyncConnection, watch: int, articles: Collection[str], state: str) -> None:
    these = (watch_hits.c.watch_id == watch) & watch_hits.c.article.in_(articles)
    await db.execute(update(watch_hits).where(these).values(state=state))


async def _tell_of(engine: AsyncEngine, newsroom: Newsroom, bot: Bot, watch: _Watch) -> None:
    """Tell what was noted for a watch, if nobody else is at it."""
    chosen = await load_preferences(engine, watch.chat_id)
    noted, begun = await _noted(engine, watch.id)
    cited = {each: await _read(newsroom, each, watch.topic) for each in noted}
    # What another replica noted, and is not here yet, is for that one to tell.
    alone = begun or not is_shared(engine)
    mine = [each.article for each, one in cited.items() if one or alone]
    kept = [one for one in cited.values() if one and one.outlet not in chosen.left_out]
    if mine and await _take(engine, watch, mine):
        speech = speech_in(chosen.language or watch.language)
        await _tell(engine, bot, watch, mine, kept, speech)


async def _read(newsroom: Newsroom, shown: Shown, topic: str) -> Citation | None:
    return await newsroom.read(newsroom.desk.cite, shown, question=topic)


async def _tell(
    engine: AsyncEngine,
    bot: Bot,
    watch: _Watch,
    articles: Collection[str],
    citations: list[Citation],
    speech: Speech,
) -> None:
    try:
        if citations:
            with doing(Job(_name_of(watch))):
                await bot.send_message(
                    watch.chat_id,
                    render_news(citations, watch.topic, speech),
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
        if verdict in (Verdict.NEVER_LEFT, Verdict.TOO_FAST, Verdict.SHUT_OUT):
            await _settle(engine, watch, articles, _NOTED, told_at=watch.told_at)
            return
    await _settle(
        engine, watch, articles, _TOLD, told_at=time.time() if citations else watch.told_at
    )


def _name_of(watch: _Watch) -> str:
    return f"{_NAME}{watch.id}"


@unbroken
async def _settle(
    engine: AsyncEngine, watch: _Watch, articles: Collection[str], state: str, *, told_at: float
) -> None:
    """Say what became of what was being told."""
    async with engine.begin() as db:
        await _mark(db, watch.id, articles, state)
        await db.execute(update(watches).where(watches.c.id == watch.id).values(told_at=told_at))
        await finish_jobs(db, [_name_of(watch)])
