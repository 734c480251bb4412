"""Which articles are the same and which are copies of each other, as the store keeps it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import numpy as np

from index.articles.identity import keys
from index.storage.connection import Connection, explained_rows
from index.storage.rows import insertion
from index.text.likeness import ALIKE, SIZE, bands, likeness, sign
from index.types import Article

__all__ = ["Kin"]

_CANDIDATES = 100
"""Articles compared with a new one, those that share most with it: the work stays bounded."""


class Kin:
    """Keys, signatures and groups of the articles in the store that `db` is a connection to.

    Copies of one story, as outlets take them from an agency, are one group. All that is kept here
    leaves together with its article.
    """

    def __init__(self, db: Connection, path: Path) -> None:
        self._db, self._reading = db, partial(explained_rows, path)

    def groups(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the name of the group that each article is in; one without copies is alone.

        Raises:
            DamagedStoreError: What is kept of an article is not what was written.
        """
        with self._reading():
            return {id_: self._read(id_)[0] for id_ in ids if self._has(id_)}

    def holders(self, article: Article) -> list[str]:
        """Return the ids of articles that are known by one of an article's keys, sorted."""
        marks = ", ".join("?" * len(wanted := keys(article)))
        with self._reading():
            rows = self._db.execute(
                f"SELECT DISTINCT article FROM known WHERE key IN ({marks}) ORDER BY 1", wanted
            )
            return [id_ for (id_,) in rows]

    def known_by(self, id_: str) -> list[str]:
        """Return the keys that an article is known by; none where it is not there."""
        with self._reading():
            return [str(key) for key in self._all("key", "known", id_)]

    def find_fault(self, article: Article) -> str:
        """Return what is off with what is kept of an article, or "".

        Raises:
            DamagedStoreError: As for `groups`.
        """
        with self._reading():
            if not self._has(article.id):
                return "its signature is missing"
            _, signature = self._read(article.id)
            if self._all("key", "known", article.id) != sorted(keys(article)):
                return "it is not known by its keys"
            if self._all("band", "band", article.id) != sorted(bands(signature)):
                return "it is not found by its signature"
            return ""

    def join(self, article: Article) -> None:
        """Keep what a new article is known by, and put it in the group of its copies.

        For the store, within its transaction. Where it is a copy of two groups, they become one.
        """
        signature = sign(article.body)
        with self._reading():
            near = {
                name
                for name, other in map(self._read, self._candidates(signature))
                if likeness(signature, other) >= ALIKE
            }
            # Not named by its id, under which something else may stand one day.
            name = min(near, default=article.digest)
            for id_ in [id_ for joined in near - {name} for id_ in self._members(joined)]:
                self._write(id_, name, self._read(id_)[1])
        self._write(article.id, name, signature)
        self._insert("known", "key, article", [(key, article.id) for key in keys(article)])
        self._insert("band", "band, article", [(band, article.id) for band in bands(signature)])

    def _candidates(self, signature: np.ndarray) -> list[str]:
        """Return the articles with most bands in common with a signature, most first."""
        marks = ", ".join("?" * len(found := bands(signature)))
        rows = self._db.execute(
            f"SELECT article FROM band WHERE band IN ({marks}) "
            "GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ?",
            (*found, _CANDIDATES),
        )
        return [id_ for (id_,) in rows.fetchall()]

    def _members(self, name: str) -> list[str]:
        rows = self._db.execute("SELECT article FROM kin WHERE name = ?", (name,))
        return [id_ for (id_,) in rows.fetchall()]

    def _has(self, id_: str) -> bool:
        query = "SELECT 1 FROM kin WHERE article = ?"
        return self._db.execute(query, (id_,)).fetchone() is not None

    def _read(self, id_: str) -> tuple[str, np.ndarray]:
        """Return the group and the signature of an article that there is."""
        query = "SELECT name, signature, checksum FROM kin WHERE article = ?"
        name, signature, checksum = self._db.execute(query, (id_,)).fetchone()
        if checksum != _checksum(id_, name, signature):
            raise ValueError(f"the signature of article {id_!r} is not what was written")
        return name, np.frombuffer(signature, dtype=np.uint32, count=SIZE)

    def _write(self, id_: str, name: str, signature: np.ndarray) -> None:
        kept = signature.tobytes()
        self._db.execute("DELETE FROM kin WHERE article = ?", (id_,))
        self._insert(
            "kin",
            "article, name, signature, checksum",
            [(id_, name, kept, _checksum(id_, name, kept))],
        )

    def _insert(self, table: str, fields: str, rows: list[tuple[object, ...]]) -> None:
        self._db.executemany(insertion(table, fields), rows)

    def _all(self, column: str, table: str, id_: str) -> list[object]:
        query = f"SELECT {column} FROM {table} WHERE article = ? ORDER BY 1"
        return [value for (value,) in self._db.execute(query, (id_,))]


def _checksum(article: str, name: str, signature: bytes) -> int:
    # str.encode refuses, as TypeError, what a damaged row may hold in the place of a text.
    return zlib.crc32(signature, zlib.crc32(f"{article} ".encode() + str.encode(name)))
