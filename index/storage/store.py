"""Articles, passages and their vectors in one SQLite file: the truth.

Every row carries a checksum that is compared whenever the row is read, so that what the disk lost
or changed is refused, never quoted.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np

from index.errors import StaleIndexError
from index.models import Encoder
from index.storage.connection import (
    connect,
    connect_to_read,
    explained,
    explained_rows,
    faults_in,
    is_replaced,
    nothing_in,
    rows_by_id,
    spell_build,
    transaction,
)
from index.storage.kin import Kin
from index.storage.migrating import create, migrate
from index.storage.reaching import read_newest, read_origins, read_reach
from index.storage.rows import (
    ARTICLE_FIELDS,
    PASSAGE_FIELDS,
    Candidates,
    StoredPassage,
    article_row,
    built_with,
    insertion,
    passage_row,
    read_article,
    read_candidates,
    read_passage,
)
from index.storage.turnover import Turnover
from index.storage.versions import History
from index.types import Article, Origin, Reach, Scope

__all__ = ["FILE_NAME", "Store"]

FILE_NAME = "coverage.sqlite"


class Store:
    """One open connection to the store. Not to be shared by threads.

    Attributes:
        history: What its articles said before.
        kin: Which of them are copies of each other.
        turnover: Which of its passages came and left since when.
    """

    def __init__(self, folder: Path, *, writable: bool = False) -> None:
        """Open the store in `folder`; a writable one is made where there is none.

        Raises:
            NoCoverageError: There is none to read.
            CoverageError: The folder cannot be used.
            DamagedStoreError: The file is no sound SQLite database.
        """
        self.path = folder / FILE_NAME
        if not writable and not self.path.exists():
            raise nothing_in(folder)
        with explained(self.path):
            if writable and not self.path.exists():
                create(self.path)
            # Before it is opened: what is put in its place meanwhile is noticed so.
            self._opened = self.path.stat()
            self._db = connect(self.path) if writable else connect_to_read(self.path)
            if writable:
                migrate(self._db, self.path)
        self._reading = partial(explained_rows, self.path)
        self.history = History(self._db, self.path)
        self.kin = Kin(self._db, self.path)
        self.turnover = Turnover(self._db, self.path)

    def is_replaced(self) -> bool:
        """Tell whether another file stands in its place, or none."""
        return is_replaced(self.path, self._opened, self._db)

    @contextmanager
    def unchanging(self) -> Iterator[None]:
        """Read from one state of the store, whatever is committed meanwhile."""
        with self._reading():
            self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.rollback()

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    @property
    def meta(self) -> dict[str, str]:
        """What the index was built with; empty for a new one."""
        with self._reading():
            return dict(self._db.execute("SELECT key, value FROM meta"))

    @property
    def dimension(self) -> int:
        """Of the vectors.

        Raises:
            DamagedStoreError: It is not recorded, or not as a number.
        """
        with self._reading():
            return int(self.meta.get("dimension", ""))

    @property
    def stamp(self) -> str:
        """Changes with every commit; never the same for two different contents.

        What stands before its ":" is the store's own, and passage ids are only unique under it.
        """
        meta = self.meta
        return f"{meta.get('identity')}:{meta.get('generation')}"

    def is_built_with(self, encoder: Encoder) -> bool:
        """Tell whether the index was built with this encoder and splitting."""
        return built_with(encoder).items() <= self.meta.items()

    def check_built_with(self, encoder: Encoder) -> None:
        """Raise StaleIndexError unless the index was built with this encoder and splitting.

        Raises:
            NoCoverageError: Nothing was indexed yet.
        """
        meta = self.meta
        if not meta:
            raise nothing_in(self.path.parent)
        for key, wanted in built_with(encoder).items():
            if meta.get(key) != wanted:
                raise StaleIndexError(
                    f"the index in {str(self.path.parent)!r} was built with {key} "
                    f"{meta.get(key)!r}, not {wanted!r}: "
                    f"{spell_build(self.path.parent)} PATH…"
                )

    def reset(self, encoder: Encoder) -> None:
        """Empty the store and record what it is built with from now on."""
        with self._transaction() as now:
            for id_ in self.digests():
                self._take_out(id_, now)
            meta = {**built_with(encoder), "identity": uuid.uuid4().hex, "generation": "0"}
            self._db.execute("DELETE FROM departure")
            self._db.execute("DELETE FROM meta")
            self._db.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())

    # Writing

    def replace(self, articles: Iterable[tuple[Article, Sequence[StoredPassage]]]) -> None:
        """Put articles with their passages in, or in the place of earlier ones: one transaction.

        What they said before is kept as a version.

        Raises:
            CoverageError: The disk is full or the folder cannot be written to; nothing changed.
        """
        with self._transaction() as now:
            for article, passages in articles:
                self._take_out(article.id, now)
                self._db.execute(insertion("article", ARTICLE_FIELDS), article_row(article))
                self.history.settle(article)
                self.kin.join(article)
                rows = map(passage_row, passages)
                self._db.executemany(insertion("passage", PASSAGE_FIELDS), rows)

    def remove(self, ids: Collection[str]) -> list[str]:
        """Take articles out in one transaction; return the ids that were there, sorted.

        What they said is kept as a version.
        """
        with self._transaction() as now:
            return [id_ for id_ in sorted(set(ids)) if self._take_out(id_, now)]

    # Reading

    def digests(self) -> dict[str, str]:
        """Return the digest of every article by its id."""
        with self._reading():
            return dict(self._db.execute("SELECT id, digest FROM article"))

    def digest(self, id_: str) -> str | None:
        """Return the digest of an article, or None where there is no such."""
        with self._reading():
            row = self._db.execute("SELECT digest FROM article WHERE id = ?", (id_,)).fetchone()
            return row and str(row[0])

    def articles(self, ids: Collection[str]) -> dict[str, Article]:
        """Return the articles that are there, by id, each checked against its digest.

        Raises:
            DamagedStoreError: One is not what was written.
        """
        with self._reading():
            rows = rows_by_id(self._db, f"{ARTICLE_FIELDS} FROM article", ids)
            return {article.id: article for article in map(read_article, rows)}

    def origins(self, ids: Iterable[str]) -> dict[str, Origin]:
        """Return where articles come from, by id; to choose by, not to show.

        Raises:
            DamagedStoreError: One cannot be found, though its passages are there.
        """
        with self._reading():
            return read_origins(self._db, set(ids))

    def passage_ids(self) -> np.ndarray:
        """Return the ids of all passages, int64, ascending."""
        with self._reading():
            # Without an order SQLite reads them from an index, and none of the vectors.
            rows = self._db.execute("SELECT id FROM passage").fetchall()
        return np.sort(np.array(rows, dtype=np.int64).ravel())

    def passages(self, ids: Iterable[int]) -> Iterator[StoredPassage]:
        """Yield the passages that are (still) there, in the order asked for, each checked.

        Raises:
            DamagedStoreError: One is not what was written.
        """
        dimension = self.dimension
        with self._reading():
            rows = rows_by_id(self._db, f"id, {PASSAGE_FIELDS} FROM passage", map(int, ids))
            yield from (read_passage(row, dimension) for row in rows)

    def candidates(self, ids: Iterable[int]) -> Candidates:
        """Return the passages that are (still) there, by ascending id, each checked.

        Raises:
            DamagedStoreError: One is not what was written.
        """
        with self._reading():
            rows = rows_by_id(self._db, f"id, {PASSAGE_FIELDS} FROM passage", sorted(ids))
            return read_candidates(rows, self.dimension)

    def passages_of(self, article: str) -> list[StoredPassage]:
        """Return an article's passages in order, each checked.

        Raises:
            DamagedStoreError: One is not what was written.
        """
        with self._reading():
            query = "SELECT id FROM passage WHERE article = ? ORDER BY id"
            rows = self._db.execute(query, (article,))
            return list(self.passages([id_ for (id_,) in rows]))

    def reach(self) -> Reach:
        """Return how far the coverage reaches."""
        with self._reading():
            return read_reach(self._db)

    def newest(self, k: int, without: Collection[str], scope: Scope) -> list[Article]:
        """Return the `k` articles published last, undated ones after all others.

        Of several of one day those taken in last come first.

        Args:
            k: 1 and up.
            without: Outlets to leave out.
            scope: The part of the coverage to look in; of a time nothing that is undated.
        """
        with self._reading():
            ids = read_newest(self._db, k, without, scope)
        articles = self.articles(ids)
        return [articles[id_] for id_ in ids if id_ in articles]

    def check_pages(self) -> list[str]:
        """Return what SQLite itself finds wrong with its file; empty when all is well."""
        with self._reading():
            return faults_in(self._db)

    def _take_out(self, id_: str, now: dt.datetime) -> bool:
        self.history.keep(id_, now)
        return self._db.execute("DELETE FROM article WHERE id = ?", (id_,)).rowcount > 0

    @contextmanager
    def _transaction(self) -> Iterator[dt.datetime]:
        """Write all or nothing; yields the moment, in UTC, to the second."""
        # What the caller's own code raises meanwhile, the encoder's say, comes out as it is.
        with explained(self.path), transaction(self._db):
            yield dt.datetime.now(dt.UTC).replace(microsecond=0)
            self._db.execute(
                "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'"
            )
