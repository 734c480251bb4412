"""Articles and passages ↔ rows: what is written is what is read, or it is refused."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.storage.rows import (
    ARTICLE_FIELDS,
    StoredPassage,
    article_row,
    passage_row,
    read_article,
    read_date,
    read_passage,
)
from index.types import Article, Passage, Span

DIMENSION = 8
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
ARTICLES = st.builds(
    Article,
    id=TEXT,
    headline=TEXT,
    body=TEXT,
    outlet=TEXT,
    byline=TEXT,
    published=st.none() | st.dates(),
    url=TEXT,
    language=TEXT,
    updated=st.none() | st.dates(),
)
PUBLISHED, UPDATED = dt.date(2024, 8, 24), dt.date(2024, 8, 26)
ARTICLE = Article("a", "Held", "Police held him.", "Daily", "Ann", PUBLISHED, "u", "en", UPDATED)


def passage(*sentences: tuple[int, int], article: str = "a", seed: int = 0) -> StoredPassage:
    rows = np.random.default_rng(seed).normal(size=(1 + len(sentences), DIMENSION))
    unit = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return StoredPassage(Passage(article, tuple(Span(*bounds) for bounds in sentences)), unit)


PASSAGE = passage((0, 9), (10, 20))


@settings(deadline=None)
@given(ARTICLES)
def test_article_read_is_the_article_written(article: Article) -> None:
    row = article_row(article)
    assert read_article(row) == article
    assert len(row) == len(ARTICLE_FIELDS.split(", "))


def test_columns_are_the_article_s_fields_and_its_digest() -> None:
    *names, digest = ARTICLE_FIELDS.split(", ")
    *values, last = article_row(ARTICLE)
    assert [str(getattr(ARTICLE, name)) for name in names] == values
    assert (digest, last) == ("digest", ARTICLE.digest)


@pytest.mark.parametrize("column", range(10), ids=ARTICLE_FIELDS.split(", "))
def test_article_changed_in_a_column_is_refused(column: int) -> None:
    row = list(article_row(ARTICLE))
    row[column] = "2024-08-25"
    with pytest.raises(ValueError, match="not what was written"):
        read_article(tuple(row))


@pytest.mark.parametrize("value", [None, b"Police held him.", 7], ids=["none", "bytes", "number"])
def test_body_of_another_type_is_refused(value: object) -> None:
    row = list(article_row(ARTICLE))
    with pytest.raises(ValueError, match="not what was written"):
        read_article((*row[:2], value, *row[3:]))


@settings(deadline=None)
@given(
    TEXT,
    st.lists(st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1)), min_size=1),
    st.integers(1, 2**40),
)
def test_passage_read_is_the_passage_written(
    article: str, sentences: list[tuple[int, int]], id_: int
) -> None:
    stored = passage(*sentences, article=article)
    found = read_passage((id_, *passage_row(stored)), DIMENSION)
    assert found.passage == Passage(article, stored.passage.sentences, id_)
    assert found.vectors.shape == stored.vectors.shape
    assert found.vectors.dtype == np.float32
    assert np.abs(found.vectors - stored.vectors).max() < 1e-3


def test_passage_read_has_spans_not_pairs() -> None:
    found = read_passage((7, *passage_row(PASSAGE)), DIMENSION)
    assert found.passage.span == Span(0, 20)
    assert all(isinstance(span, Span) for span in found.passage.sentences)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        pytest.param(1, "b", id="article"),
        pytest.param(2, np.array([[0, 9], [10, 21]], dtype=np.int32).tobytes(), id="sentences"),
        pytest.param(2, b"", id="no sentences"),
        pytest.param(3, np.zeros((3, DIMENSION), dtype=np.float16).tobytes(), id="vectors"),
        pytest.param(3, b"\x00", id="truncated vectors"),
        pytest.param(4, 0, id="checksum"),
        pytest.param(4, None, id="no checksum"),
    ],
)
def test_passage_changed_in_a_column_is_refused(column: int, value: object) -> None:
    row: list[object] = [7, *passage_row(PASSAGE)]
    row[column] = value
    with pytest.raises(ValueError, match="not what was written"):
        read_passage(tuple(row), DIMENSION)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        pytest.param(1, None, id="article is nothing"),
        pytest.param(1, b"a", id="article is bytes"),
        pytest.param(2, None, id="sentences are nothing"),
        pytest.param(2, "text", id="sentences are text"),
        pytest.param(3, None, id="vectors are nothing"),
    ],
)
def test_passage_with_a_column_of_another_type_is_refused(column: int, value: object) -> None:
    """One flipped bit in a row's header gives a column another type; the store expects these."""
    row: list[object] = [7, *passage_row(PASSAGE)]
    row[column] = value
    with pytest.raises((ValueError, TypeError)):
        read_passage(tuple(row), DIMENSION)


def test_every_bit_of_a_passage_is_under_its_checksum() -> None:
    article, sentences, vectors, checksum = passage_row(PASSAGE)
    for blob, column in ((sentences, 2), (vectors, 3)):
        for bit in range(len(blob) * 8):
            flipped = bytearray(blob)
            flipped[bit // 8] ^= 1 << bit % 8
            row = [7, article, sentences, vectors, checksum]
            row[column] = bytes(flipped)
            with pytest.raises(ValueError, match="not what was written"):
                read_passage(tuple(row), DIMENSION)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        pytest.param("2024-08-24", dt.date(2024, 8, 24), id="date"),
        pytest.param(None, None, id="none"),
        pytest.param("", None, id="empty"),
    ],
)
def test_date_of_a_row(text: str | None, date: dt.date | None) -> None:
    assert read_date(text) == date
