"""Articles and passages ↔ rows of the store, each row with a checksum over all of it."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from index.models import Encoder, Vectors
from index.text.passages import SPLITTING, framed, split
from index.types import Article, Passage, Span, Version

__all__ = [
    "ARTICLE_FIELDS",
    "FORMAT",
    "PASSAGE_FIELDS",
    "SCHEMA",
    "VERSION_FIELDS",
    "Candidates",
    "StoredPassage",
    "article_row",
    "built_with",
    "encode",
    "insertion",
    "passage_row",
    "read_article",
    "read_candidates",
    "read_date",
    "read_passage",
    "read_version",
    "version_row",
]

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS article (
    id TEXT PRIMARY KEY,
    headline TEXT NOT NULL,
    body TEXT NOT NULL,
    outlet TEXT NOT NULL,
    byline TEXT NOT NULL,
    published TEXT,
    url TEXT NOT NULL,
    language TEXT NOT NULL,
    updated TEXT,
    digest TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS article_digest ON article (id, digest);
CREATE INDEX IF NOT EXISTS article_published ON article (published);
CREATE INDEX IF NOT EXISTS article_origin ON article (outlet, byline, published, language);
CREATE TABLE IF NOT EXISTS version (       -- what articles said before; outlives them
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    headline TEXT NOT NULL,
    body TEXT NOT NULL,
    outlet TEXT NOT NULL,
    byline TEXT NOT NULL,
    published TEXT,
    url TEXT NOT NULL,
    language TEXT NOT NULL,
    updated TEXT,
    digest TEXT NOT NULL,
    until TEXT NOT NULL,                   -- UTC, ISO 8601
    checksum INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS version_article ON version (id);
CREATE TABLE IF NOT EXISTS known (         -- articles by what `identity.keys` says of them
    key TEXT NOT NULL,
    article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    PRIMARY KEY (key, article)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS known_article ON known (article);
CREATE TABLE IF NOT EXISTS kin (
    article TEXT PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
    name TEXT NOT NULL,                    -- of the group of its copies
    signature BLOB NOT NULL,               -- uint32 (128,)
    checksum INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS kin_name ON kin (name);
CREATE TABLE IF NOT EXISTS band (          -- articles by the bands of their signatures
    band INTEGER NOT NULL,
    article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    PRIMARY KEY (band, article)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS band_article ON band (article);
CREATE TABLE IF NOT EXISTS passage (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: derived indexes rely on it
    article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    sentences BLOB NOT NULL,               -- int32 (sentences, 2): start, end
    vectors BLOB NOT NULL,                 -- float16 (1 + sentences, dimension)
    checksum INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS passage_article ON passage (article);
CREATE TABLE IF NOT EXISTS departure (     -- of passages, in the order in which they left
    number INTEGER PRIMARY KEY,
    passage INTEGER NOT NULL
);
CREATE TRIGGER IF NOT EXISTS passage_departs AFTER DELETE ON passage BEGIN
    INSERT INTO departure (passage) VALUES (old.id); END;
"""
"""The tables; `FORMAT` changes with them."""

FORMAT = "2"
"""Of the tables; an index with another is stale."""

_HALF = 2
"""Bytes of a float16."""

ARTICLE_FIELDS = "id, headline, body, outlet, byline, published, url, language, updated, digest"
"""Columns in the order of `article_row`."""

VERSION_FIELDS = f"{ARTICLE_FIELDS}, until, checksum"
"""Columns in the order of `version_row`."""

PASSAGE_FIELDS = "article, sentences, vectors, checksum"
"""Columns in the order of `passage_row`."""


class StoredPassage(NamedTuple):
    """A passage with its vectors: the whole, then each sentence; (1 + sentences, dimension)."""

    passage: Passage
    vectors: Vectors


class Candidates(NamedTuple):
    """Passages to choose from, side by side: only what is chosen is worth making a Passage of.

    Attributes:
        ids, articles: Of each.
        vectors: Of all, one below the other: of each the whole, then its sentences.
        firsts: At which row of them each begins.
        sentences: Of each, as it is stored.
    """

    ids: list[int]
    articles: list[str]
    vectors: Vectors
    firsts: np.ndarray
    sentences: list[bytes]

    def passage(self, at: int) -> Passage:
        """Return one of them."""
        return Passage(self.articles[at], _spans(self.sentences[at]), self.ids[at])


def built_with(encoder: Encoder) -> dict[str, str]:
    """Return what is recorded of an index that this encoder builds."""
    return {
        "format": FORMAT,
        "model": encoder.name,
        "weights": encoder.fingerprint,
        "dimension": str(encoder.dimension),
        "splitting": SPLITTING,
    }


def insertion(table: str, fields: str) -> str:
    """Return the statement that puts a row of these columns into a table."""
    return f"INSERT INTO {table} ({fields}) VALUES ({', '.join('?' * len(fields.split(',')))})"


def article_row(article: Article) -> tuple[str | None, ...]:
    """Return an article's columns, its digest last."""
    published, updated = (
        date.isoformat() if date else None for date in (article.published, article.updated)
    )
    return (
        article.id, article.headline, article.body, article.outlet, article.byline,
        published, article.url, article.language, updated, article.digest,
    )  # fmt: skip


def read_article(row: tuple[Any, ...]) -> Article:
    """Return the article of a row; raise ValueError where it is not what was written."""
    *fields, digest = row
    fields[5], fields[8] = read_date(fields[5]), read_date(fields[8])
    article = Article(*fields)
    if article.digest != digest:
        raise ValueError(f"article {article.id!r} is not what was written")
    return article


def version_row(version: Version) -> tuple[str | int | None, ...]:
    """Return a version's columns: its article's, until when it stood, and their checksum."""
    until = version.until.isoformat(timespec="seconds")
    return *article_row(version.article), until, _checksum_of_version(version)


def read_version(row: tuple[Any, ...]) -> Version:
    """Return the version of a row; raise ValueError or TypeError where it is not as written."""
    *fields, until, checksum = row
    version = Version(read_article(tuple(fields)), dt.datetime.fromisoformat(until))
    if checksum != _checksum_of_version(version):
        raise ValueError(f"a version of article {version.article.id!r} is not what was written")
    return version


def encode(article: Article, encoder: Encoder) -> list[StoredPassage]:
    """Return the passages of an article, encoded, as they are stored."""
    passages = split(article)
    vectors = encoder.encode_passages([framed(article, passage) for passage in passages])
    return [StoredPassage(*pair) for pair in zip(passages, vectors, strict=True)]


def passage_row(stored: StoredPassage) -> tuple[str, bytes, bytes, int]:
    """Return a passage's columns: article, sentences (int32), vectors (float16), checksum."""
    article = stored.passage.article
    sentences = np.array(stored.passage.sentences, dtype=np.int32).tobytes()
    vectors = stored.vectors.astype(np.float16).tobytes()
    return article, sentences, vectors, _checksum(article, sentences, vectors)


def read_passage(row: tuple[Any, ...], dimension: int) -> StoredPassage:
    """Return the passage of a row (id first).

    Raises:
        ValueError, TypeError: It is not what was written.
    """
    id_, article, sentences, vectors = _checked(row)
    passage = Passage(article, _spans(sentences), id_)
    return StoredPassage(passage, _vectors(vectors, dimension))


def read_candidates(rows: Iterable[tuple[Any, ...]], dimension: int) -> Candidates:
    """Return the passages of rows (id first), in their order.

    Raises:
        ValueError, TypeError: One is not what was written.
    """
    checked = [_checked(row) for row in rows]
    vectors = [each for *_, each in checked]
    counts = [len(each) // (dimension * _HALF) for each in vectors]
    return Candidates(
        ids=[id_ for id_, *_ in checked],
        articles=[article for _, article, *_ in checked],
        vectors=_vectors(b"".join(vectors), dimension),
        firsts=np.cumsum(counts, dtype=np.int64) - counts,
        sentences=[each for *_, each, _ in checked],
    )


def read_date(text: str | None) -> dt.date | None:
    """Return the date of an ISO text; None for none."""
    return dt.date.fromisoformat(text) if text else None


def _checked(row: tuple[Any, ...]) -> tuple[int, str, bytes, bytes]:
    id_, article, sentences, vectors, checksum = row
    if checksum != _checksum(article, sentences, vectors):
        raise ValueError(f"passage {id_} is not what was written")
    return id_, article, sentences, vectors


def _spans(sentences: bytes) -> tuple[Span, ...]:
    spans = np.frombuffer(sentences, dtype=np.int32).reshape(-1, 2).tolist()
    return tuple(Span(*span) for span in spans)


def _vectors(vectors: bytes, dimension: int) -> Vectors:
    return np.frombuffer(vectors, dtype=np.float16).reshape(-1, dimension).astype(np.float32)


def _checksum_of_version(version: Version) -> int:
    return zlib.crc32(f"{version.article.digest} {version.until.isoformat()}".encode())


def _checksum(article: str, sentences: bytes, vectors: bytes) -> int:
    # str.encode refuses, as TypeError, what a damaged row may hold in the place of a text.
    return zlib.crc32(vectors, zlib.crc32(sentences, zlib.crc32(str.encode(article))))
