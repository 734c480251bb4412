"""Corrections follow: an answer shown is edited when an article no longer says what it cites."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Bot
from telegram.error import TelegramError

from bot.handling.answers import LaidOut, lay_out_again, shown_again
from bot.keeping.database import is_shared
from bot.keeping.marks import load_mark, save_mark
from bot.keeping.shown import (
    Place,
    ShownAnswer,
    change_answer,
    drop_old_answers,
    find_answer,
    walk_answers,
)
from bot.newsroom import Newsroom
from bot.sending.editing import edit, edit_inserted
from bot.sending.verdicts import Verdict, judge
from bot.wording import captions
from bot.wording.render import Entry
from bot.wording.speech import Speech, speech_in
from index import Amendment, Citation, DamagedStoreError, Shown

__all__ = ["follow_corrections"]

log = logging.getLogger(__name__)

_JOB = "corrections"

_DAY = 86_400.0
"""Seconds."""

_TURNS = 5
"""Times that a page may be turned while an answer is corrected, before the next round goes on."""


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
    stamp, coverage = await newsroom.read(newsroom.desk.stamp), await newsroom.coverage()
    if await load_mark(engine, _JOB, coverage) == stamp:
        return
    complete = True
    async for batch in walk_answers(engine):
        amended = await _amend(newsroom, batch)
        for answer in batch:
            if any(place.shown in amended for place in answer.places):
                complete &= await _correct(engine, newsroom, bot, answer)
    if complete:
        await save_mark(engine, _JOB, coverage, stamp)


async def _amend(newsroom: Newsroom, answers: list[ShownAnswer]) -> dict[Shown, Amendment]:
    """Return what became of the excerpts that their articles no longer have."""
    excerpts = [place.shown for one in answers for place in one.places if place.shown]
    amended = await newsroom.read(newsroom.desk.amend, excerpts)
    return {one.shown: one for one in amended}


async def _correct(engine: AsyncEngine, newsroom: Newsroom, bot: Bot, answer: ShownAnswer) -> bool:
    """Edit an answer; return whether it needs no further try.

    Meanwhile its reader may turn the page, which is then what the message must show, or have the
    chat forgotten, which it then stays. An answer that another replica gave, from articles that
    this one does not have yet, is left to that one.
    """
    place = answer.chat_id, answer.message_id, answer.inline_id
    for _ in range(_TURNS):
        shown = await find_answer(engine, *place)
        if shown is None:
            return True
        speech, amended = speech_in(shown.language), await _amend(newsroom, [shown])
        if is_shared(engine) and not all(one.known for one in amended.values()):
            return True
        try:
            entries = [await _entry(newsroom, one, amended, shown, speech) for one in shown.places]
        except DamagedStoreError as error:
            log.warning("could not correct an answer before that is mended: %s", error)
            return False
        laid_out = lay_out_again(shown, entries, speech, bot.username)
        try:
            await _show(bot, laid_out)
        except TelegramError as error:
            if judge(error) is Verdict.MOVED:  # the message stayed behind, and is forgotten
                return True
            if judge(error) is Verdict.REJECTED:
                log.error("Telegram does not take a corrected answer: %s", error)
                return True
            log.warning("could not correct an answer, trying again: %s", error)
            return False
        if await change_answer(engine, shown, laid_out.shown):
            return True
    return False


async def _show(bot: Bot, laid_out: LaidOut) -> None:
    html, buttons, shown = laid_out
    if shown.inline_id:
        await edit_inserted(bot, shown.inline_id, html, buttons)
    else:
        await edit(bot, shown.chat_id, shown.message_id, html, buttons)


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
            return shown_again(place, cited)
    elif amendment.citation:
        cited = await _read(newsroom, Shown.of(amendment.citation), answer)
        if cited:
            note = captions.corrected(today, speech)
            return Entry(place.number, replace(cited, number=place.number), note)
    return Entry(place.number, None, captions.withdrawn(today, speech))


async def _read(newsroom: Newsroom, shown: Shown, answer: ShownAnswer) -> Citation | None:
    return await newsroom.read(newsroom.desk.cite, shown, question=answer.question)
