"""Corrections follow: an answer shown is edited when an article no longer says what it cites."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Bot
from telegram.error import TelegramError

from bot import captions
from bot.answers import lay_out_again
from bot.editing import edit
from bot.newsroom import Newsroom
from bot.progress import load_mark, save_mark
from bot.render import Entry
from bot.shown import Place, ShownAnswer, drop_old_answers, keep_answer, walk_answers
from bot.speech import Speech, speech_in
from index import Amendment, Citation, Shown

__all__ = ["follow_corrections"]

log = logging.getLogger(__name__)

_JOB = "corrections"

_DAY = 86_400.0
"""Seconds."""


async def follow_corrections(
    engine: AsyncEngine, newsroom: Newsroom, bot: Bot, *, days: int
) -> None:
    """Edit the answers shown that are no longer true to their articles, if any article changed.

    Args:
        engine: What the bot remembers.
        newsroom: The coverage.
        bot: To edit with.
        days: How long answers are remembered.
    """
    await drop_old_answers(engine, time.time() - days * _DAY)
    stamp = await newsroom.read(newsroom.desk.stamp)
    if await load_mark(engine, _JOB) == stamp:
        return
    complete = True
    async for batch in walk_answers(engine):
        excerpts = [place.shown for one in batch for place in one.places if place.shown]
        amended = await newsroom.read(newsroom.desk.amend, excerpts)
        by_shown = {one.shown: one for one in amended}
        for answer in batch:
            if any(place.shown in by_shown for place in answer.places):
                complete &= await _correct(engine, newsroom, bot, answer, by_shown)
    if complete:
        await save_mark(engine, _JOB, stamp)


async def _correct(
    engine: AsyncEngine,
    newsroom: Newsroom,
    bot: Bot,
    answer: ShownAnswer,
    amended: dict[Shown, Amendment],
) -> bool:
    """Edit an answer; return whether it needs no further try."""
    speech = speech_in(answer.language)
    entries = [await _entry(newsroom, each, amended, answer, speech) for each in answer.places]
    laid_out = lay_out_again(answer, entries, speech)
    try:
        await edit(bot, answer.chat_id, answer.message_id, laid_out.html, laid_out.buttons)
    except TelegramError as error:
        log.warning("could not correct an answer, trying again: %s", error)
        return False
    await keep_answer(engine, laid_out.shown)
    return True


async def _entry(
    newsroom: Newsroom,
    place: Place,
    amended: dict[Shown, Amendment],
    answer: ShownAnswer,
    speech: Speech,
) -> Entry:
    """Return what is to be shown in a place now."""
    today = datetime.now(UTC).date()
    if place.shown is None:
        return Entry(place.number, None, place.note)
    amendment = amended.get(place.shown)
    if amendment is None:
        cited = await _read(newsroom, place.shown, answer)
        if cited:
            return Entry(place.number, replace(cited, number=place.number), place.note)
    elif amendment.citation:
        cited = await _read(newsroom, Shown.of(amendment.citation), answer)
        if cited:
            note = captions.corrected(today, speech)
            return Entry(place.number, replace(cited, number=place.number), note)
    return Entry(place.number, None, captions.withdrawn(today, speech))


async def _read(newsroom: Newsroom, shown: Shown, answer: ShownAnswer) -> Citation | None:
    return await newsroom.read(newsroom.desk.cite, shown, question=answer.question)
