"""The bot as a process of its own, with a quick encoder, forked from one that has loaded it all.

So that it starts in a fraction of a second, and may be killed hundreds of times.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from collections import defaultdict
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Protocol

from aiolimiter import AsyncLimiter
from telegram.ext import AIORateLimiter

from bot.__main__ import main
from bot.sending.outbox import Outbox
from bot.sending.pacing import Pacing
from bot.updates import inbox
from index import IndexSettings
from tests.conftest import ROOT, build
from tests.fakes import WordEncoder

__all__ = ["FORKS", "QUESTION", "Reachable", "build_quick", "ended", "run_quick", "start_quick"]

QUESTION = "How many users does Telegram have?"
"""Answered by that index."""

LOG = "bot.log"
"""In the folder of the index: what the process said."""

FORKS = multiprocessing.get_context("forkserver")
"""Whose processes have this module loaded."""

FORKS.set_forkserver_preload(["tests.quick_bot"])


class Reachable(Protocol):
    """A Telegram that a bot can talk to, with this token, at this address."""

    token: str

    @property
    def base_url(self) -> str:
        """What `TELEGRAM_API_URL` wants."""


def build_quick(folder: Path) -> None:
    """Index corpus/ with the quick encoder."""
    build(folder, [ROOT / "corpus"], WordEncoder())


def start_quick(
    telegram: Reachable,
    folder: Path,
    *,
    unpaced: bool = False,
    lease: float = 0.0,
    model: bool = False,
    **settings: str,
) -> BaseProcess:
    """Start the bot on this Telegram.

    Args:
        telegram: Which.
        folder: With an index by `build_quick`.
        unpaced: Whether it writes as fast as it can.
        lease: Seconds for which it may keep what it has in hand without a sign of life, where it
            shares its database; 0 for its own choice.
        model: Whether it has the model, with which the index was built, and the reader after all.
        settings: Further ones, by their names in the environment.
    """
    given = {
        "DATA_DIR": str(folder),
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_URL": telegram.base_url,
    }
    arguments = folder, given | settings, unpaced, lease, model
    process = FORKS.Process(target=run_quick, args=arguments, daemon=True)
    process.start()
    return process


async def ended(process: BaseProcess, *, within: float = 20.0) -> int | None:
    """Return a process's exit code, negative for a signal, once it has ended."""
    await asyncio.to_thread(process.join, within)
    return process.exitcode


def _pace_nothing(pacing: Any, outbox: Outbox) -> None:
    AIORateLimiter.__init__(pacing, overall_max_rate=0, overall_time_period=0, max_retries=3)
    pacing._outbox = outbox
    pacing._chats = defaultdict(lambda: AsyncLimiter(1e9, 1))
    pacing._of = lambda chat: pacing._chats[chat]


def run_quick(
    folder: Path,
    settings: dict[str, str],
    unpaced: bool = False,
    lease: float = 0.0,
    model: bool = False,
) -> None:
    """Run the bot in this process, a fork, with these settings; see `start_quick`."""
    os.chdir(folder)
    os.environ.update(settings)
    said = os.open(folder / LOG, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(said, stream.fileno())
    if not model:
        quick: Any = IndexSettings
        quick.load_encoder = lambda *_, **__: WordEncoder()
        quick.load_reader = lambda _: None
    if unpaced:
        fast: Any = Pacing
        fast.__init__ = _pace_nothing
    if lease:
        own: Any = inbox
        own._LEASE, own._LOOK = lease, lease / 6  # as its own are to each other
    main([])
