"""Taking in what the sources have, and telling those who run the bot when that fails."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Bot
from telegram.error import TelegramError

from bot.keeping.marks import load_mark, save_mark
from bot.keeping.preferences import load_preferences
from bot.newsroom import Newsroom
from bot.sending.verdicts import Verdict, judge
from bot.settings import BotSettings
from bot.threads import in_thread
from bot.wording import reports
from bot.wording.speech import speech_in
from index import ClipdeskError, LockedError, Refreshed, health, refresh

__all__ = ["Ingest", "take_in", "tell_troubles"]

log = logging.getLogger(__name__)

_STALLED = 3
"""Rounds in a row that nothing could be taken in, from which on that is told."""

_MANY = 5
"""Articles left out in a pass, from which on that is told if fewer were found."""

_GRACE = 3.0
"""Seconds that a pass has to end when the bot does; what it has not done is found again."""


@dataclass(slots=True)
class Ingest:
    """How taking in goes.

    Attributes:
        failures: Rounds in a row in which it was not possible.
        troubles: What is wrong, with its reason, by `source NAME`, `ingest` or `errors`.
        unknown: What may be wrong still, or not: nothing has shown it since the start.
    """

    failures: int = 0
    troubles: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=lambda: {"errors"})


async def take_in(
    state: Ingest, engine: AsyncEngine, newsroom: Newsroom, bot: Bot, settings: BotSettings
) -> None:
    """Visit the sources that are due; tell what went wrong for long, once, and when it is over."""
    if not (settings.data_dir / "sources.toml").exists():
        return
    unknown: Collection[str] | None = None
    try:
        _note_pass(state, await _refresh(settings, newsroom))
        stalled = {
            f"source {one.name}": one.reason
            for one in await in_thread(health, settings.data_dir)
            if one.stalled
        }
        kept = {name: why for name, why in state.troubles.items() if name == "errors"}
        state.failures, state.troubles, unknown = 0, kept | stalled, state.unknown
    except LockedError as error:  # `python -m index watch` is at it, say
        log.info("sources are not visited: %s", error)
        return
    except ClipdeskError as error:
        state.failures += 1
        log.warning("nothing can be taken in: %s", error)
        if state.failures >= _STALLED:
            state.troubles["ingest"] = str(error)
    coverage = await newsroom.coverage()
    await tell_troubles(engine, bot, settings, coverage, state.troubles, unknown)


async def tell_troubles(
    engine: AsyncEngine,
    bot: Bot,
    settings: BotSettings,
    coverage: str,
    troubles: Mapping[str, str],
    unknown: Collection[str] | None,
) -> None:
    """Tell each of those who run the bot what is new of a coverage's troubles, and what is over.

    What is about to be told is marked so before: whoever dies in between leaves them untold, and
    none is told twice.

    Args:
        engine: Where it is kept what each was told.
        bot: To tell them with.
        settings: They name those who run it.
        coverage: Whose troubles they are (see `Newsroom.coverage`).
        troubles: What is wrong; see `Ingest`.
        unknown: What may be wrong still, or not, and so is not told to be over; None where all
            may be.
    """
    for admin in sorted(settings.admin_ids):
        job = f"troubles told to {admin}"
        mark = await load_mark(engine, job, coverage)
        told = set(json.loads(mark or "[]"))
        still = told if unknown is None else told & set(unknown)
        now = troubles.keys() | still
        if now == told:
            continue
        await save_mark(engine, job, coverage, json.dumps(sorted(now)))
        new = {name: troubles[name] for name in now - told}
        speech = speech_in((await load_preferences(engine, admin)).language)
        html = reports.alert(new, told - now, speech)
        try:
            await bot.send_message(admin, html)
        except TelegramError as error:
            log.warning("could not tell who runs the bot of troubles: %s", error)
            if judge(error) in (Verdict.NEVER_LEFT, Verdict.TOO_FAST):
                await save_mark(engine, job, coverage, mark)


def _note_pass(state: Ingest, done: Refreshed) -> None:
    """Note whether most of what a pass met could not be taken, if it met anything."""
    if len(done.left_out) >= _MANY and len(done.left_out) > len(done.found):
        first = done.left_out[0]
        state.troubles["errors"] = f"{first.place}: {first.reason}"
        state.unknown.discard("errors")
    elif done.found:
        state.troubles.pop("errors", None)
        state.unknown.discard("errors")


class _StoppedError(Exception):
    """The bot ends, and the pass with it."""


class _Watching:
    """Ends a pass, at the next thing that it does, when it is told to."""

    def __init__(self) -> None:
        self.stop = threading.Event()

    def _go_on(self, *_: object) -> None:
        if self.stop.is_set():
            raise _StoppedError

    visiting = looking = reading = encoding = sealing = _go_on


async def _refresh(settings: BotSettings, newsroom: Newsroom) -> Refreshed:
    """Make a pass; when the bot ends, the pass has a moment to end, too."""
    watching, load = _Watching(), newsroom.encoder
    work = in_thread(refresh, settings, load_encoder=load, watching=watching)
    pass_ = asyncio.create_task(work)
    try:
        return await asyncio.shield(pass_)
    except asyncio.CancelledError:
        watching.stop.set()
        await asyncio.wait([pass_], timeout=_GRACE)
        if pass_.done():
            pass_.exception()
        raise
