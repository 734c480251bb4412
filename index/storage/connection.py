"""SQLite as the store uses it: connections, and its errors in words that help."""

from __future__ import annotations

import os
import shlex
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from index.errors import CoverageError, DamagedStoreError, NoCoverageError

__all__ = [
    "Connection",
    "ReadConnection",
    "connect",
    "connect_to_read",
    "explained",
    "explained_rows",
    "faults_in",
    "is_replaced",
    "nothing_in",
    "rows_by_id",
    "spell_build",
    "transaction",
]

Connection = sqlite3.Connection

_PATIENCE = 5.0
"""Seconds to wait while another connection commits."""

_AT_ONCE = 500
"""Rows asked for with one statement; SQLite takes no more than 999 ids everywhere."""


def connect(path: Path) -> sqlite3.Connection:
    """Open a database for writing; make it where there is none."""
    db = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE, check_same_thread=False)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    return db


class ReadConnection(sqlite3.Connection):
    """A connection to read with.

    Attributes:
        is_blind: Whether it sees nothing of what is written after it was opened.
    """

    is_blind = False


def connect_to_read(path: Path) -> ReadConnection:
    """Open a database for reading, in a folder that cannot be written to as well."""
    # A WAL database needs a file beside it unless it is declared immutable.
    for mode in ("mode=ro", "immutable=1"):
        db = sqlite3.connect(
            f"{path.absolute().as_uri()}?{mode}",
            uri=True,
            isolation_level=None,
            timeout=_PATIENCE,
            check_same_thread=False,
            factory=ReadConnection,
        )
        db.is_blind = mode.startswith("immutable")
        try:
            db.execute("SELECT count(*) FROM sqlite_master")
        except sqlite3.Error as error:
            db.close()
            if "unable to open" not in str(error) and "readonly" not in str(error):
                raise
        else:
            return db
    raise sqlite3.OperationalError("unable to open the file")


def is_replaced(path: Path, opened: os.stat_result, db: sqlite3.Connection) -> bool:
    """Tell whether a file is no more what it was when it was opened, or is no more there.

    Args:
        path: Of the database.
        opened: What the system said of the file before it was opened.
        db: The connection to it. If it is blind, what was written since makes another file of it.
    """
    if not path.exists():
        return True
    now = path.stat()
    if isinstance(db, ReadConnection) and db.is_blind:
        return (now.st_ino, now.st_mtime_ns, now.st_size) != (
            opened.st_ino, opened.st_mtime_ns, opened.st_size
        )  # fmt: skip
    return now.st_ino != opened.st_ino


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Write all that the block writes, or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        # It is closed where Ctrl-C came before the block, so that nobody told of its end.
        with suppress(sqlite3.ProgrammingError):
            if db.in_transaction:  # a full disk has ended it
                db.execute("ROLLBACK")
        raise


def rows_by_id(
    db: sqlite3.Connection, what: str, ids: Iterable[int | str]
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of `what` that are there, in the order asked for; their ids are first."""
    wanted = list(ids)
    for at in range(0, len(wanted), _AT_ONCE):
        some = wanted[at : at + _AT_ONCE]
        query = f"SELECT {what} WHERE id IN ({', '.join('?' * len(some))})"
        found = {row[0]: row for row in db.execute(query, some)}
        yield from (found[id_] for id_ in some if id_ in found)


def faults_in(db: sqlite3.Connection) -> list[str]:
    """Return what SQLite itself finds wrong with a database; empty when all is well."""
    lines = [str(line) for (line,) in db.execute("PRAGMA integrity_check")]
    orphans = {row[0] for row in db.execute("PRAGMA foreign_key_check")}
    lines += [f"orphan in {table}" for table in sorted(orphans)]
    return [line for line in lines if line != "ok"]


def nothing_in(folder: Path) -> NoCoverageError:
    """Say that there is nothing to read in `folder` yet, and how to begin."""
    return NoCoverageError(f"nothing is indexed in {str(folder)!r} yet: {spell_build(folder)}")


def spell_build(folder: Path) -> str:
    """Return the command that builds an index in `folder`, as a shell takes it."""
    return f"python -m index --data {shlex.quote(str(folder))} build"


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into a CoverageError."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise _explain(error, path) from error
    except (sqlite3.Error, UnicodeDecodeError) as error:  # its messages may quote damaged bytes
        raise _damaged(str(error), path) from error


@contextmanager
def explained_rows(path: Path) -> Iterator[None]:
    """Turn what SQLite, or a row that is not as written, raises into a CoverageError."""
    try:
        with explained(path):
            yield
    except (TypeError, ValueError) as error:
        raise _damaged(str(error), path) from error


def _explain(error: sqlite3.OperationalError, path: Path) -> CoverageError:
    reason, folder = str(error), str(path.parent)
    if "unable to open" in reason:
        said = "check its permissions, or choose another --data"
        return CoverageError(f"cannot open {str(path)!r} ({reason}): {said}")
    if "readonly" in reason:
        return CoverageError(f"cannot write to {folder!r} ({reason}): choose another --data")
    if "full" in reason or "I/O" in reason:
        return CoverageError(f"cannot write to {folder!r} ({reason}): free some space there")
    if "locked" in reason:
        return CoverageError(f"{folder!r} is in use ({reason}): try again in a moment")
    return _damaged(reason, path)


def _damaged(reason: str, path: Path) -> DamagedStoreError:
    # What follows may be an article's text.
    said = " ".join(reason.partition(" with text ")[0].split())
    return DamagedStoreError(
        f"{str(path)!r} is damaged ({said}): {spell_build(path.parent)} PATH… "
        "makes it anew and keeps the damaged file beside it"
    )
