"""The audit: everything that is off in an index has its line."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.errors import CoverageError
from index.storage.audit import audit, find_damaged_articles
from index.storage.derived import NAMES
from index.storage.rows import StoredPassage, passage_row
from index.storage.store import FILE_NAME, Store
from index.types import Passage, Span
from tests.conftest import build
from tests.fakes import DIMENSION, WordEncoder

BODY = "A judge in Paris freed Durov on bail."
WHOLE = Span(0, len(BODY))


@pytest.fixture
def data(tmp_path: Path, words: WordEncoder) -> Path:
    news = tmp_path / "news"
    news.mkdir()
    for id_ in ("freed", "rain"):
        (news / f"{id_}.md").write_text(f"---\nheadline: {id_}\nlanguage: en\n---\n\n{BODY}\n")
    build(tmp_path / "data", [news], words)
    return tmp_path / "data"


def tamper(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as db, db:
        assert db.execute(statement, values).rowcount


def lines(folder: Path) -> list[str]:
    with closing(Store(folder)) as store:
        return audit(folder, store)


def damaged(folder: Path) -> set[str]:
    with closing(Store(folder)) as store:
        return set(find_damaged_articles(store))


def put(folder: Path, *, span: Span = WHOLE, scale: float = 1.0) -> None:
    """Write a passage of `freed` that is as it was written, but makes no sense."""
    vectors = np.eye(2, DIMENSION, dtype=np.float32) * scale
    row = passage_row(StoredPassage(Passage("freed", (span,)), vectors))
    columns = "article = ?, sentences = ?, vectors = ?, checksum = ?"
    tamper(folder, f"UPDATE passage SET {columns} WHERE article = 'freed'", *row)


def test_sound_index_has_nothing_off(data: Path) -> None:
    assert lines(data) == []
    assert damaged(data) == set()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("UPDATE article SET body = 'Other.' WHERE id = 'freed'", id="body"),
        pytest.param("UPDATE article SET outlet = 'Other' WHERE id = 'freed'", id="outlet"),
        pytest.param("UPDATE article SET published = '1' WHERE id = 'freed'", id="date"),
        pytest.param("UPDATE passage SET checksum = 0 WHERE article = 'freed'", id="checksum"),
        pytest.param("UPDATE passage SET vectors = X'00' WHERE article = 'freed'", id="vectors"),
        pytest.param("UPDATE passage SET sentences = '' WHERE article = 'freed'", id="sentences"),
    ],
)
def test_damaged_row_is_told_by_its_article(data: Path, change: str) -> None:
    tamper(data, change)
    (line,) = lines(data)
    assert line.startswith("article 'freed'")
    assert damaged(data) == {"freed"}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("UPDATE passage SET article = CAST(article AS BLOB)", id="article as bytes"),
        pytest.param("UPDATE article SET id = CAST(id AS BLOB)", id="id as bytes"),
        pytest.param("UPDATE article SET id = NULL", id="no id"),
        pytest.param("UPDATE article SET id = 'freee' WHERE id = 'freed'", id="another id"),
        pytest.param("UPDATE meta SET value = '6x' WHERE key = 'dimension'", id="dimension"),
        pytest.param("DELETE FROM meta", id="no meta"),
    ],
)
def test_row_of_another_kind_is_told(data: Path, change: str) -> None:
    tamper(data, change)
    assert lines(data)


@pytest.mark.parametrize(
    "span",
    [
        pytest.param(Span(30, len(BODY) + 1), id="beyond the end"),
        pytest.param(Span(-1, 5), id="before the start"),
        pytest.param(Span(5, 5), id="empty"),
        pytest.param(Span(9, 5), id="backwards"),
    ],
)
def test_offsets_outside_the_article_are_told(data: Path, span: Span) -> None:
    put(data, span=span)
    (line,) = lines(data)
    assert f"offsets {span.start}–{span.end} lie outside its {len(BODY)} characters" in line


@pytest.mark.parametrize("scale", [0.0, 0.5, 2.0, float("nan"), float("inf")])
def test_vector_that_is_not_of_length_one_is_told(data: Path, scale: float) -> None:
    with np.errstate(invalid="ignore"):
        put(data, scale=scale)
        (line,) = lines(data)
    assert line.endswith("a vector is not of length 1")


@pytest.mark.parametrize("name", NAMES)
def test_damaged_derived_index_is_told(data: Path, name: str) -> None:
    path = max((data / name).iterdir(), key=lambda file: file.stat().st_size)
    path.write_bytes(path.read_bytes()[:-1])
    (line,) = lines(data)
    assert f"the {name} index" in line


def test_orphan_is_told(data: Path) -> None:
    tamper(data, "DELETE FROM article WHERE id = 'freed'")
    assert "orphan in passage" in lines(data)


def test_everything_off_is_told_at_once(data: Path) -> None:
    tamper(data, "UPDATE article SET body = 'Other.'")
    (data / "words" / "meta.json").unlink()
    assert len(lines(data)) == 3


def test_damaged_pages_are_told_and_never_raise(data: Path) -> None:
    """A byte inverted in every 512 of the file, one at a time."""
    path = data / FILE_NAME
    with closing(Store(data, writable=True)):
        pass  # brings what is in the WAL into the file
    sound = path.read_bytes()
    told = 0
    for at in range(100, len(sound), 512):
        changed = bytearray(sound)
        changed[at] ^= 0xFF
        path.write_bytes(changed)
        for leftover in data.glob(f"{FILE_NAME}-*"):
            leftover.unlink()
        try:
            with closing(Store(data)) as store:
                told += bool(audit(data, store))
        except CoverageError:
            told += 1
    assert told
