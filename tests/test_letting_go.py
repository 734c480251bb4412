"""A database that does not answer: nothing waits for it for long, and the bot can end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import aiohttp
import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.keeping import database
from bot.keeping.database import AWAY, open_database
from bot.keeping.letting_go import Hold, let_go
from bot.keeping.preferences import Preferences, load_preferences, save_preferences
from tests.databases import new_database
from tests.emulator import Emulator
from tests.fault_processes import Home, free_port, said
from tests.quick_bot import QUESTION, build_quick, ended

GERMAN = Preferences("de")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Have another connection keep the SQLite file of a folder to itself."""
    with closing(sqlite3.connect(folder / "bot.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def frozen(processes: list[int]) -> Iterator[None]:
    """Let processes stand still, so that who is connected to them hears nothing."""
    for each in processes:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in processes:
            os.kill(each, signal.SIGCONT)


async def backends(url: str) -> list[int]:
    """Return the processes of a server that the others connected to a database talk to."""
    connection = await asyncpg.connect(url)
    try:
        query = "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()"
        return [each["pid"] for each in await connection.fetch(query, url.rpartition("/")[2])]
    finally:
        await connection.close()


async def check_works(engine: AsyncEngine) -> None:
    await save_preferences(engine, 1, GERMAN)
    assert await load_preferences(engine, 1) == GERMAN


async def test_a_server_that_falls_silent_is_waited_for_as_long_as_is_said(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 1.0)
    url = await new_database(server)
    async with open_database(tmp_path, url) as engine:
        await check_works(engine)
        with frozen(await backends(url)):
            async with asyncio.timeout(5):
                with pytest.raises(AWAY):
                    await save_preferences(engine, 1, GERMAN)
                await check_works(engine)  # over another connection


async def test_a_lock_on_the_file_is_waited_for(tmp_path: Path) -> None:
    async with open_database(tmp_path) as engine:
        with locked(tmp_path):
            waiting = asyncio.create_task(check_works(engine))
            await asyncio.sleep(2.5)
            assert not waiting.done()
        await waiting


async def test_who_waits_for_a_database_that_is_let_go_is_told_and_who_comes_later(
    url: str, tmp_path: Path
) -> None:
    async with open_database(tmp_path, url) as engine:
        await check_works(engine)
        held = frozen(await backends(url)) if url else locked(tmp_path)
        with held:
            waiting = asyncio.create_task(save_preferences(engine, 1, GERMAN))
            await asyncio.sleep(0.5)
            let_go(engine)
            async with asyncio.timeout(5):
                for work in (waiting, load_preferences(engine, 1)):
                    with pytest.raises(AWAY):
                        await work


async def test_a_connection_that_is_being_made_is_let_go_too() -> None:
    hold = Hold()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        attempt = asyncio.create_task(hold.connect(host="127.0.0.1", port=port, user="test"))
        await asyncio.sleep(0.2)
        hold.lose()
        async with asyncio.timeout(2):
            with pytest.raises(AWAY):
                await attempt


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_the_bot_says_so_and_ends_in_time_while_its_database_is_silent(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    shared = kind == "postgresql"
    url = await new_database(request.getfixturevalue("server")) if shared else ""
    build_quick(tmp_path)
    home, port = Home(tmp_path, url), free_port()
    async with Emulator() as telegram, aiohttp.ClientSession() as session:
        process = home.start(telegram, OPERATION_PORT=str(port))
        chat = telegram.private()
        await chat.reply_after(chat.post(QUESTION), within=60)
        with frozen(await backends(url)) if shared else locked(tmp_path):
            begun = time.monotonic()
            async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                assert (answer.status, await answer.text()) == (503, "no answer within 5 s\n")
            assert time.monotonic() - begun < 15  # a busy machine takes its time
            await asyncio.sleep(5)  # now the bot itself waits for the database
            process.terminate()
            begun = time.monotonic()
            assert await ended(process, within=30) == 0
            assert time.monotonic() - begun < 20
    assert "the database is waited for no more" in said(home)
