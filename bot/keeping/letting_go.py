"""Letting go of a database that does not answer: what waits for it fails at once, with an `AWAY`.

To whoever was in the middle of a transaction it is as if the connection had been lost, or the
process had died, just then: a commit may have been done or not, and everything that is stored is
stored so that either will do.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import asyncpg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

__all__ = ["BUSY", "PATIENCE", "Hold", "drop_silent", "let_go"]

PATIENCE = 30.0
"""Seconds to wait for another transaction."""

BUSY = 1.0
"""Seconds that SQLite waits for one at a time: in between it can be let go of."""


class Hold:
    """The connections of an engine.

    Attributes:
        lost: Whether they were let go of; then there are no more.
    """

    def __init__(self) -> None:
        self.lost = False
        self._attempts: set[asyncio.Task[Any]] = set()
        self._connections: WeakSet[Any] = WeakSet()

    def keep(self, engine: AsyncEngine) -> None:
        """Let `let_go` find the connections of this engine here."""
        _holds[engine.sync_engine] = self

    async def connect(self, *args: Any, **kwargs: Any) -> Any:
        """Connect to PostgreSQL, as `asyncpg.connect` does."""
        if self.lost:
            raise _lost()
        attempt = asyncio.create_task(asyncpg.connect(*args, **kwargs))
        self._attempts.add(attempt)
        try:
            connection = await attempt
        except asyncio.CancelledError as error:
            if self.lost:
                raise _lost() from error
            raise
        finally:
            self._attempts.discard(attempt)
        self._connections.add(connection)
        return connection

    def begin_to_write(self, connection: Connection) -> None:
        """Begin a transaction of SQLite, once nobody else has one."""
        until = time.monotonic() + PATIENCE
        while not self.lost:
            try:
                # One that begins by reading could not go on to write once another had written.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            except OperationalError as error:
                if "locked" not in str(error.orig) or time.monotonic() >= until:
                    raise
            else:
                return
        raise _lost()

    def lose(self) -> None:
        """Let all of them go."""
        self.lost = True
        for attempt in self._attempts:
            attempt.cancel()
        for connection in self._connections:
            connection.terminate()


_holds: WeakKeyDictionary[Engine, Hold] = WeakKeyDictionary()


def let_go(engine: AsyncEngine) -> None:
    """Let a database go, for good: what waits for it fails now, what comes later at once."""
    _holds[engine.sync_engine].lose()


def drop_silent(engine: AsyncEngine) -> None:
    """Close connections whose server did not answer in time, without asking it once more."""

    def close(context: ExceptionContext) -> None:
        if isinstance(context.original_exception, TimeoutError) and context.connection:
            raw: Any = context.connection.connection.driver_connection
            raw.terminate()
            context.is_disconnect = True

    event.listen(engine.sync_engine, "handle_error", close)


def _lost() -> OSError:
    return ConnectionAbortedError("the database was let go of, for it did not answer")
