"""The bot as a process that meets faults: where it lives, how it ends, and what it says it did."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import asyncpg

from tests.emulator import Emulator
from tests.quick_bot import LOG, Reachable, ended, start_quick

__all__ = ["PATIENCE", "Home", "finished", "free_port", "living", "outcomes", "said", "stop"]

PATIENCE = 30.0
"""Seconds for the bot to do what it must."""

STALLED = 60.0
"""Seconds in which it must get on with what waits: in a shared database, what a killed process had
in hand is left to it for 30."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where a bot lives, from one process to the next.

    Attributes:
        folder: With an index by `build_quick`.
        database: The URL of its PostgreSQL database; "" for SQLite in that folder.
        lease: Seconds for which a process that shares its database keeps what it had in hand
            once it has died; 0 for the bot's own choice.
    """

    folder: Path
    database: str = ""
    lease: float = 0.0

    def start(self, telegram: Reachable, **settings: str) -> BaseProcess:
        """Start a process here."""
        given: dict[str, Any] = {"DATABASE_URL": self.database} | settings
        return start_quick(telegram, self.folder, lease=self.lease, **given)


async def outcomes(home: Home) -> dict[int, str | None]:
    """Return by update id what the bot says came of it; None while it says nothing yet."""
    query = "SELECT update_id, outcome FROM updates"
    if home.database:
        connection = await asyncpg.connect(home.database)
        try:
            return dict(await connection.fetch(query))
        finally:
            await connection.close()
    with closing(sqlite3.connect(home.folder / "bot.sqlite", timeout=PATIENCE)) as db:
        return dict(db.execute(query).fetchall())


async def finished(telegram: Emulator, home: Home) -> None:
    """Wait until the bot has fetched and handled everything, as long as it gets on with it."""
    left, since = -1, 0.0
    while waiting := len(telegram.updates) or list((await outcomes(home)).values()).count(None):
        now = time.monotonic()
        if waiting != left:
            left, since = waiting, now
        assert now < since + STALLED, f"{waiting} updates are not handled"
        await asyncio.sleep(0.05)


async def stop(process: BaseProcess) -> int | None:
    """Tell a process to end; return its exit code."""
    assert process.pid
    os.kill(process.pid, signal.SIGTERM)
    return await ended(process)


@asynccontextmanager
async def living(telegram: Emulator, home: Home, **settings: str) -> AsyncIterator[BaseProcess]:
    """Run the bot until the block ends; it must then end as told to."""
    process = home.start(telegram, **settings)
    try:
        yield process
        if process.is_alive():
            assert await stop(process) == 0
    finally:
        process.kill()


def said(home: Home) -> str:
    """Return what all processes here said."""
    return (home.folder / LOG).read_text()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
