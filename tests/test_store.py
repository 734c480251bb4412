"""The store: what is saved is loaded, what is damaged is refused, and commits are whole."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import CoverageError, DamagedStoreError, NoCoverageError, StaleIndexError
from index.models import Encoder
from index.storage.connection import connect_to_read, transaction
from index.storage.rows import StoredPassage, encode
from index.storage.store import FILE_NAME, Store
from index.types import Article, Reach
from tests.fakes import OtherEncoder, WordEncoder

Entry = tuple[Article, list[StoredPassage]]

BODY = "Police held the founder on Monday. A judge freed him on Wednesday.\n\nHe paid bail."
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
ARTICLES = st.builds(
    Article,
    id=st.sampled_from("abc"),
    headline=TEXT,
    body=TEXT | st.sampled_from(["\x00", "\ufeff\ufffe", "\U0010ffff", "e\u0301\u202e", "\r\n"]),
    outlet=TEXT,
    byline=TEXT,
    published=st.none() | st.dates(),
    url=TEXT,
    language=st.sampled_from(["en", "ja", "xx"]),
    updated=st.none() | st.dates(),
)


def article(id_: str, body: str = BODY, **fields: object) -> Article:
    return Article(id_, f"Headline of {id_}", body, **fields)  # type: ignore[arg-type]  # by name


def entry(item: Article, encoder: Encoder | None = None) -> Entry:
    return item, encode(item, encoder or WordEncoder())


@pytest.fixture
def store(tmp_path: Path, words: WordEncoder) -> Iterator[Store]:
    with closing(Store(tmp_path, writable=True)) as opened:
        opened.reset(words)
        yield opened


@pytest.fixture
def filled(store: Store) -> Store:
    store.replace([entry(article("a", outlet="Daily")), entry(article("b"))])
    return store


def tamper(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as db, db:
        assert db.execute(statement, values).rowcount


def flip(folder: Path, table: str, column: str) -> None:
    """Flip a bit in the middle of one row's column."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as db, db:
        query = f"SELECT rowid, {column} FROM {table} LIMIT 1"
        rowid, value = db.execute(query).fetchone()
        blob = bytearray(value.encode() if isinstance(value, str) else value)
        blob[len(blob) // 2] ^= 1
        changed = blob.decode() if isinstance(value, str) else bytes(blob)
        db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (changed, rowid))


def read_all(store: Store) -> None:
    store.articles(store.digests())
    list(store.passages(store.passage_ids()))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(items=st.lists(ARTICLES, max_size=3, unique_by=lambda item: item.id))
def test_what_is_saved_is_what_is_loaded(store: Store, items: list[Article]) -> None:
    entries = [entry(item) for item in items]
    store.reset(WordEncoder())
    store.replace(entries)
    assert store.articles("abc") == {item.id: item for item in items}
    assert store.digests() == {item.id: item.digest for item in items}
    for item, passages in entries:
        found = store.passages_of(item.id)
        assert [one.passage.sentences for one in found] == [p.passage.sentences for p in passages]
        for one, saved in zip(found, passages, strict=True):
            assert np.abs(one.vectors - saved.vectors).max() < 1e-3


def test_loaded_again_by_another_connection_it_is_the_same(filled: Store, tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as reader:
        assert reader.articles(["a", "b"]) == filled.articles(["a", "b"])
        assert reader.passage_ids().tolist() == filled.passage_ids().tolist()
        assert reader.stamp == filled.stamp
        assert reader.meta == filled.meta


def test_what_is_not_there_is_not_found(filled: Store) -> None:
    assert filled.articles(["a", "none"]).keys() == {"a"}
    assert filled.passages_of("none") == []
    assert [one.passage.id for one in filled.passages([999, 1])] == [1]


def test_passages_come_in_the_order_asked_for(filled: Store) -> None:
    backwards = filled.passage_ids().tolist()[::-1]
    assert [one.passage.id for one in filled.passages(backwards)] == backwards


def test_replace_puts_the_new_passages_in_the_place_of_the_old(filled: Store) -> None:
    before = {one.passage.id for one in filled.passages_of("a")}
    filled.replace([entry(article("a", "Something else was said. By whom?"))])
    after = {one.passage.id for one in filled.passages_of("a")}
    assert not before & after
    assert filled.articles(["a"])["a"].body.startswith("Something else")
    assert set(filled.passage_ids().tolist()) == after | {
        one.passage.id for one in filled.passages_of("b")
    }


def test_passage_ids_are_never_used_again(filled: Store, tmp_path: Path) -> None:
    used = set(filled.passage_ids().tolist())
    filled.remove(["a", "b"])
    filled.close()
    with closing(Store(tmp_path, writable=True)) as again:
        again.replace([entry(article("a"))])
        assert not used & set(again.passage_ids().tolist())
        used |= set(again.passage_ids().tolist())
        again.reset(WordEncoder())
        again.replace([entry(article("a"))])
        assert not used & set(again.passage_ids().tolist())


def test_remove_tells_what_was_there(filled: Store) -> None:
    assert filled.remove(["none", "b", "b"]) == ["b"]
    assert filled.remove(["b"]) == []
    assert filled.digests().keys() == {"a"}
    assert {one.passage.article for one in filled.passages(filled.passage_ids())} == {"a"}


def test_stamp_changes_with_every_commit(store: Store, words: WordEncoder) -> None:
    stamps = [store.stamp]
    for _ in range(2):
        store.replace([entry(article("a"))])
        stamps.append(store.stamp)
        store.remove(["a"])
        stamps.append(store.stamp)
        store.reset(words)
        stamps.append(store.stamp)
    assert len(set(stamps)) == len(stamps)


def test_stamps_of_two_stores_with_the_same_content_differ(
    tmp_path: Path, words: WordEncoder
) -> None:
    stamps = set()
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        with closing(Store(tmp_path / name, writable=True)) as opened:
            opened.reset(words)
            opened.replace([entry(article("a"))])
            stamps.add(opened.stamp)
    assert len(stamps) == 2


@pytest.mark.parametrize("error", [RuntimeError, ValueError, TypeError, KeyboardInterrupt])
def test_replace_that_fails_midway_changes_nothing(
    filled: Store, error: type[BaseException]
) -> None:
    """What fails may be the encoder; its error is not the store's."""

    def fail() -> Iterator[Entry]:
        yield entry(article("a", "Changed."))
        yield entry(article("c"))
        raise error("the encoder stumbled")

    before = filled.stamp, filled.digests(), filled.passage_ids().tolist()
    with pytest.raises(error, match="the encoder stumbled"):
        filled.replace(fail())
    assert (filled.stamp, filled.digests(), filled.passage_ids().tolist()) == before
    filled.replace([entry(article("c"))])
    assert filled.digests().keys() == {"a", "b", "c"}


def test_article_that_sqlite_cannot_hold_changes_nothing(filled: Store) -> None:
    before = filled.digests()
    with pytest.raises((CoverageError, UnicodeError)):
        filled.replace([(article("c", "\ud83d"), [])])
    assert filled.digests() == before


@pytest.mark.parametrize("what", ["model", "weights", "dimension", "splitting", "format"])
def test_index_built_otherwise_is_stale(
    filled: Store, words: WordEncoder, tmp_path: Path, what: str
) -> None:
    assert filled.is_built_with(words)
    filled.check_built_with(words)
    tamper(tmp_path, "UPDATE meta SET value = 'other' WHERE key = ?", what)
    assert not filled.is_built_with(words)
    with pytest.raises(StaleIndexError, match=f"{what} 'other'.*--data {tmp_path} build PATH"):
        filled.check_built_with(words)


def test_index_built_with_another_model_is_stale(filled: Store) -> None:
    with pytest.raises(StaleIndexError, match=r"'words', not 'other words'.* build PATH"):
        filled.check_built_with(OtherEncoder())


def test_reset_empties_the_store_and_records_the_model(filled: Store) -> None:
    filled.reset(OtherEncoder())
    assert filled.digests() == {}
    assert filled.passage_ids().size == 0
    filled.check_built_with(OtherEncoder())


@pytest.mark.parametrize(
    "column", ["headline", "body", "outlet", "published", "language", "digest"]
)
def test_article_with_a_flipped_bit_is_refused(store: Store, tmp_path: Path, column: str) -> None:
    store.replace([entry(article("a", outlet="Daily", published=dt.date(2024, 8, 24)))])
    flip(tmp_path, "article", column)
    with pytest.raises(DamagedStoreError, match=f"{FILE_NAME}.*is damaged.*build"):
        store.articles(["a"])


@pytest.mark.parametrize("column", ["article", "sentences", "vectors"])
def test_passage_with_a_flipped_bit_is_refused(filled: Store, tmp_path: Path, column: str) -> None:
    flip(tmp_path, "passage", column)
    with pytest.raises(DamagedStoreError, match="is damaged"):
        list(filled.passages(filled.passage_ids()))


@pytest.mark.parametrize(
    ("table", "change"),
    [
        pytest.param("article", "body = CAST(body AS BLOB)", id="body as bytes"),
        pytest.param("article", "body = CAST(X'FFFE' AS TEXT)", id="body is no UTF-8"),
        pytest.param("article", "published = 'yesterday'", id="no date"),
        pytest.param("passage", "article = CAST(article AS BLOB)", id="article as bytes"),
        pytest.param("passage", "sentences = CAST('text' AS TEXT)", id="sentences as text"),
        pytest.param("passage", "checksum = 'text'", id="checksum as text"),
        pytest.param("passage", "vectors = X''", id="no vectors"),
    ],
)
def test_row_of_another_kind_is_refused(
    filled: Store, tmp_path: Path, table: str, change: str
) -> None:
    """As one flipped bit in a row's header makes it."""
    tamper(tmp_path, f"UPDATE {table} SET {change}")
    with pytest.raises(DamagedStoreError):
        read_all(filled)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("UPDATE meta SET value = '6x' WHERE key = 'dimension'", id="not a number"),
        pytest.param("UPDATE meta SET value = '63' WHERE key = 'dimension'", id="another"),
        pytest.param("DELETE FROM meta WHERE key = 'dimension'", id="none"),
    ],
)
def test_damaged_dimension_is_refused(filled: Store, tmp_path: Path, change: str) -> None:
    tamper(tmp_path, change)
    with pytest.raises(DamagedStoreError):
        list(filled.passages(filled.passage_ids()))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"not a database" * 100, id="something else"),
        pytest.param(b"SQLite format 3\x00" + b"\x00" * 2000, id="only a header"),
    ],
)
@pytest.mark.parametrize("writable", [False, True], ids=["reading", "writing"])
def test_file_that_is_no_store_is_damaged(tmp_path: Path, content: bytes, writable: bool) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with (
        pytest.raises(DamagedStoreError, match="is damaged"),
        closing(Store(tmp_path, writable=writable)) as opened,
    ):
        opened.digests()


def test_empty_file_is_damaged_to_who_reads_and_a_new_store_to_who_writes(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).touch()
    with (
        pytest.raises(DamagedStoreError, match="is damaged"),
        closing(Store(tmp_path)) as opened,
    ):
        opened.digests()
    with closing(Store(tmp_path, writable=True)) as opened:
        assert opened.digests() == {}


def test_truncated_store_is_damaged(filled: Store, tmp_path: Path) -> None:
    filled.close()
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DamagedStoreError), closing(Store(tmp_path)) as opened:
        read_all(opened)


def test_sound_store_has_sound_pages(filled: Store) -> None:
    assert filled.check_pages() == []


def test_rows_without_their_article_are_found(filled: Store, tmp_path: Path) -> None:
    tamper(tmp_path, "DELETE FROM article WHERE id = 'a'")
    tables = ("band", "kin", "known", "passage")
    assert filled.check_pages() == [f"orphan in {table}" for table in tables]


def test_nothing_indexed_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(NoCoverageError, match=f"--data {tmp_path} build"):
        Store(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_written_to_says_so(tmp_path: Path) -> None:
    with pytest.raises(CoverageError, match="choose another --data"):
        Store(tmp_path / "none", writable=True)


def test_reader_sees_one_state_while_a_writer_commits(filled: Store, tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as reader:
        with reader.unchanging():
            before = reader.stamp
            filled.replace([entry(article("a", "Changed.")), entry(article("c"))])
            filled.remove(["b"])
            assert reader.stamp == before
            assert reader.digests().keys() == {"a", "b"}
            assert reader.articles(["a"])["a"].body == BODY
            assert all(reader.passages_of(id_) for id_ in "ab")
        assert reader.digests().keys() == {"a", "c"}
        assert reader.stamp == filled.stamp


def test_unchanging_ends_when_reading_fails(filled: Store) -> None:
    with pytest.raises(RuntimeError), filled.unchanging():
        raise RuntimeError
    with filled.unchanging():
        assert filled.digests()


def test_readers_see_no_half_of_a_transaction(filled: Store, tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as reader:
        seen = []

        def watched() -> Iterator[Entry]:
            for id_ in ("c", "d"):
                yield entry(article(id_))
                seen.append(reader.digests().keys())

        filled.replace(watched())
        assert seen == [{"a", "b"}, {"a", "b"}]
        assert reader.digests().keys() == {"a", "b", "c", "d"}


def test_a_store_that_is_replaced_while_it_is_opened_is_taken_for_replaced(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect_late(path: Path) -> sqlite3.Connection:
        db = connect_to_read(path)
        Path(shutil.copy(path, tmp_path / "other")).replace(path)
        return db

    monkeypatch.setattr("index.storage.store.connect_to_read", connect_late)
    with closing(Store(tmp_path)) as opened:
        assert opened.is_replaced()


def test_a_store_made_anew_has_nothing_of_one_that_was_deleted(
    filled: Store, tmp_path: Path
) -> None:
    """Whose writer was killed: SQLite would replay what it left beside the file."""
    left = tmp_path / "left"
    left.mkdir()
    for file in tmp_path.glob(f"{FILE_NAME}*"):
        shutil.copy(file, left)
    assert (left / f"{FILE_NAME}-wal").stat().st_size
    (left / FILE_NAME).unlink()
    with closing(Store(left, writable=True)) as anew:
        assert not anew.digests()


def test_a_store_that_may_not_be_written_beside_is_opened_anew_when_it_changes(
    tmp_path: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a disk mounted to be read alone: SQLite is told there that nothing ever changes."""
    with closing(Store(tmp_path, writable=True)) as writer:
        writer.reset(words)
        writer.replace([entry(article("a"))])
    connect: Any = sqlite3.connect

    class Refused(sqlite3.Connection):
        def execute(self, *_: object) -> sqlite3.Cursor:
            raise sqlite3.OperationalError("unable to open database file")

    def refuse(place: object, **options: Any) -> Any:
        return connect(
            place, **options | ({"factory": Refused} if "mode=ro" in str(place) else {})
        )

    monkeypatch.setattr("index.storage.connection.sqlite3.connect", refuse)
    with closing(Store(tmp_path)) as reader:
        assert not reader.is_replaced()
        with closing(Store(tmp_path, writable=True)) as writer:
            writer.replace([entry(article("b"))])
        assert reader.is_replaced()
        with closing(Store(tmp_path)) as again:
            assert again.digests().keys() == {"a", "b"}


def test_store_knows_when_another_file_stands_in_its_place(filled: Store, tmp_path: Path) -> None:
    assert not filled.is_replaced()
    (tmp_path / FILE_NAME).rename(tmp_path / "moved")
    assert filled.is_replaced()
    (tmp_path / FILE_NAME).write_bytes(b"another")
    assert filled.is_replaced()


def test_reach_tells_dates_outlets_most_first_and_languages(store: Store) -> None:
    assert store.reach() == Reach(0, None, None, ())
    dated = [dt.date(2024, 8, 24), None, dt.date(2024, 9, 3), dt.date(2023, 1, 1)]
    outlets = ["Daily", "", "Daily", "Alpha"]
    languages = ["ja", "en", "ja", "en"]
    store.replace(
        entry(article(str(n), published=date, outlet=outlet, language=language))
        for n, (date, outlet, language) in enumerate(zip(dated, outlets, languages, strict=True))
    )
    assert store.reach() == Reach(
        articles=4,
        first=dt.date(2023, 1, 1),
        last=dt.date(2024, 9, 3),
        outlets=(("Daily", 2), ("", 1), ("Alpha", 1)),
        languages=("en", "ja"),
    )


def test_reach_names_each_byline_once(store: Store) -> None:
    assert store.reach().bylines == frozenset()
    bylines = ["Ann Other", "", "Ben Else", "Ann Other"]
    store.replace(entry(article(str(n), byline=byline)) for n, byline in enumerate(bylines))
    assert store.reach().bylines == {"Ann Other", "Ben Else"}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(items=st.lists(ARTICLES, max_size=3, unique_by=lambda item: item.id))
def test_origins_are_the_articles_own(store: Store, items: list[Article]) -> None:
    store.reset(WordEncoder())
    store.replace((item, []) for item in items)
    assert store.origins(item.id for item in items) == {item.id: item.origin for item in items}


def test_origin_that_passages_name_in_vain_is_damage(filled: Store, tmp_path: Path) -> None:
    tamper(tmp_path, "DELETE FROM article WHERE id = 'a'")
    with pytest.raises(DamagedStoreError, match="'a' cannot be found"):
        filled.origins({one.passage.article for one in filled.passages(filled.passage_ids())})


def test_damaged_date_of_an_origin_is_refused(filled: Store, tmp_path: Path) -> None:
    tamper(tmp_path, "UPDATE article SET published = 'yesterday'")
    with pytest.raises(DamagedStoreError):
        filled.origins(["a"])


def test_a_transaction_whose_block_was_never_entered_ends_with_its_connection(
    tmp_path: Path,
) -> None:
    """As where Ctrl-C comes in between: what is printed of it then is no concern of anybody's."""
    db = sqlite3.connect(tmp_path / "db")
    begun = transaction.__wrapped__(db)  # type: ignore[attr-defined]
    next(begun)
    db.close()
    begun.close()
