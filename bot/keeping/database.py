"""What the bot must not forget, in one database: SQLite in the data folder, or PostgreSQL.

Tables are declared on `metadata`, in `tables` and `records`. A column that holds a chat's id says
so with `info={"chat": True}`: then it follows the chat when that moves, and its rows go when the
chat wants to be forgotten. With `"moves": False` they go when it moves, too. The schema itself is
made by the migrations in `bot/keeping/migrations`; a test holds them to the tables declared.

    async with engine.begin() as db:
        await db.execute(insert_into(db, table).values(…).on_conflict_do_nothing())

One transaction at a time: SQLite has one connection, so that one opened inside another would wait
for itself. What may be cancelled in the middle of one is `unbroken`. Errors do not show what was
to be written, for they are logged, and questions are not.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import aiosqlite
from alembic import command
from alembic.config import Config
from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, MetaData, Table, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.keeping.letting_go import BUSY, PATIENCE, Hold, drop_silent
from bot.keeping.servers import DatabaseError, read_server

__all__ = [
    "AWAY",
    "insert_into",
    "is_shared",
    "metadata",
    "open_database",
    "open_to_read",
    "unbroken",
]

_P = ParamSpec("_P")
_T = TypeVar("_T")

metadata = MetaData()

AWAY = (SQLAlchemyError, aiosqlite.Error, OSError)
"""What is raised where the database fails: asyncpg's errors of the network come bare, and SQLite's
where something is asked of it that SQLAlchemy cannot ask (see `forgetting.wipe`)."""

_FILE_NAME = "bot.sqlite"

_MIGRATING = 7_201_345
"""The PostgreSQL advisory lock that replicas starting at once queue for; any number will do."""


@asynccontextmanager
async def open_database(folder: Path, url: str = "") -> AsyncIterator[AsyncEngine]:
    """Open the database, its schema brought up to date, until the block ends.

    Args:
        folder: Where the SQLite file lies; made where there is none.
        url: A PostgreSQL server, as in `postgresql://user:password@host/name`; "" for SQLite.

    Raises:
        DatabaseError: It cannot be opened, or another bot has this folder's open.
    """
    async with _postgresql(url) if url else _sqlite(folder) as engine:
        yield engine


@asynccontextmanager
async def open_to_read(folder: Path, url: str = "") -> AsyncIterator[AsyncEngine]:
    """Open the database beside a bot that may be running, to read what it keeps.

    Args:
        folder: Where the SQLite file lies.
        url: As for `open_database`. The schema is taken as it is, here too.

    Raises:
        DatabaseError: There is none yet, or what the block reads cannot be read.
    """
    location, told, _ = read_server(url) if url else (_file(folder), {}, "")
    engine = create_async_engine(location, connect_args=told, hide_parameters=True)
    try:
        yield engine
    except AWAY as error:
        reason = getattr(error, "orig", None) or error
        remedy = "check DATABASE_URL" if url else f"move {str(folder / _FILE_NAME)!r} away"
        raise DatabaseError(
            f"what the bot keeps cannot be read ({reason}): start the bot, which brings it up to "
            f"date, or {remedy}"
        ) from error
    finally:
        await engine.dispose()


def unbroken(
    work: Callable[_P, Coroutine[Any, Any, _T]],
) -> Callable[_P, Coroutine[Any, Any, _T]]:
    """Let what uses the database come to its end before it is cancelled.

    SQLite's one connection, given up in the middle of a transaction, may keep its lock for good.
    Where the database does not answer, that end comes with `let_go` at the latest.
    """

    @functools.wraps(work)
    async def work_to_the_end(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        task = asyncio.create_task(work(*args, **kwargs))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])
            raise

    return work_to_the_end


def is_shared(engine: AsyncEngine) -> bool:
    """Tell whether other replicas of the bot may have the same database open."""
    return engine.dialect.name == "postgresql"


def insert_into(db: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that has `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if db.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


@asynccontextmanager
async def _sqlite(folder: Path) -> AsyncIterator[AsyncEngine]:
    path, hold = folder / _FILE_NAME, Hold()
    with _lock(folder):
        engine = create_async_engine(
            URL.create("sqlite+aiosqlite", database=str(path)),
            connect_args={"timeout": BUSY},
            hide_parameters=True,
            poolclass=AsyncAdaptedQueuePool,  # first come, first served
            pool_size=1,
            max_overflow=0,
        )
        hold.keep(engine)
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        event.listen(engine.sync_engine, "begin", hold.begin_to_write)
        try:
            await _migrate(engine, f"free some space there, or move {str(path)!r} away")
            yield engine
        finally:
            await engine.dispose()


def _lock(folder: Path) -> AbstractContextManager[object]:
    """Keep other bots off a folder: two would answer everyone twice."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return FileLock(folder / f"{_FILE_NAME}.lock", timeout=0, thread_local=False).acquire()
    except Timeout as error:
        raise DatabaseError(
            f"another bot is running with the data in {str(folder)!r}: stop it, or give this one "
            "a DATA_DIR of its own"
        ) from error
    except OSError as error:
        raise DatabaseError(
            f"cannot write to {str(folder)!r} ({error.strerror}): choose another DATA_DIR"
        ) from error


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where SQLAlchemy says
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # what is forgotten is not left in free pages
    cursor.close()


def _file(folder: Path) -> URL:
    """Return where the SQLite file of a folder can be read, and not written."""
    path = folder / _FILE_NAME
    if not path.exists():
        raise DatabaseError(f"the bot has kept nothing in {str(folder)!r} yet: start it first")
    query = {"mode": "ro", "uri": "true"}
    return URL.create("sqlite+aiosqlite", database=path.absolute().as_uri(), query=query)


@asynccontextmanager
async def _postgresql(url: str) -> AsyncIterator[AsyncEngine]:
    server, hold = read_server(url), Hold()
    arguments = server.arguments | {"async_creator_fn": hold.connect}
    try:
        await _migrate_server(server.url, arguments)
    except OSError as error:
        reason = error.strerror or str(error) or "not in time"
        raise DatabaseError(
            f"no PostgreSQL answers at {server.place} ({reason}): start it, or mend DATABASE_URL"
        ) from error
    engine = create_async_engine(
        server.url,
        connect_args=arguments | {"command_timeout": PATIENCE},
        pool_pre_ping=True,
        pool_timeout=PATIENCE,
        hide_parameters=True,
    )
    hold.keep(engine)
    drop_silent(engine)
    try:
        yield engine
    finally:
        await engine.dispose()


async def _migrate_server(url: URL, arguments: dict[str, Any]) -> None:
    """Bring a server's schema up to date, however long that or another replica's turn takes."""
    engine = create_async_engine(url, connect_args=arguments, hide_parameters=True)
    try:
        await _migrate(engine, "check DATABASE_URL and that the server is running")
    finally:
        await engine.dispose()


async def _migrate(engine: AsyncEngine, remedy: str) -> None:
    try:
        async with engine.begin() as db:
            if is_shared(engine):
                await db.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATING})"))
            await db.run_sync(_upgrade)
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or error
        raise DatabaseError(f"the bot's database cannot be opened ({reason}): {remedy}") from error


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
