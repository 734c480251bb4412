"""What articles said before: kept by the store when one is replaced or removed."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path

from index.errors import DamagedStoreError
from index.storage.connection import Connection, explained_rows
from index.storage.rows import (
    ARTICLE_FIELDS,
    VERSION_FIELDS,
    insertion,
    read_article,
    read_version,
    version_row,
)
from index.types import Article, Version

__all__ = ["History"]


class History:
    """The earlier versions of articles in the store that `db` is a connection to."""

    def __init__(self, db: Connection, path: Path) -> None:
        self._db, self._reading = db, partial(explained_rows, path)

    def of(self, id_: str) -> list[Version]:
        """Return what an article said before, oldest first; of one that was removed, all of it.

        Raises:
            DamagedStoreError: A version is not what was written.
        """
        query = f"SELECT {VERSION_FIELDS} FROM version WHERE id = ? ORDER BY number"
        with self._reading():
            return [read_version(row) for row in self._db.execute(query, (id_,))]

    def ids(self) -> list[str]:
        """Return the ids of all articles that said something else before, or were removed."""
        with self._reading():
            return [id_ for (id_,) in self._db.execute("SELECT DISTINCT id FROM version")]

    def count(self) -> tuple[int, int, dt.datetime | None]:
        """Return how many articles have a history, of how many versions, and when the last ended.

        Raises:
            DamagedStoreError: That moment is not what was written.
        """
        query = "SELECT count(DISTINCT id), count(*), max(until) FROM version"
        with self._reading():
            articles, versions, last = self._db.execute(query).fetchone()
            return articles, versions, dt.datetime.fromisoformat(last) if last else None

    def forget(self, id_: str) -> None:
        """Drop what an article said before."""
        with self._reading():
            self._db.execute("DELETE FROM version WHERE id = ?", (id_,))

    # For the store, within its transaction

    def keep(self, id_: str, until: dt.datetime) -> None:
        """Keep the version of an article that stands, if one does and it is as written."""
        query = f"SELECT {ARTICLE_FIELDS} FROM article WHERE id = ?"
        try:
            with self._reading():
                row = self._db.execute(query, (id_,)).fetchone()
                article = read_article(row) if row else None
        except DamagedStoreError:  # it never said this
            return
        if article is not None:
            row = version_row(Version(article, until))
            self._db.execute(insertion("version", VERSION_FIELDS), row)

    def settle(self, article: Article) -> None:
        """Drop the last version kept where it is what stands now: nothing changed."""
        self._db.execute(
            "DELETE FROM version WHERE digest = ? AND number = "
            "(SELECT max(number) FROM version WHERE id = ?)",
            (article.digest, article.id),
        )
