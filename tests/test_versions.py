"""Earlier versions of articles: kept, told in order, and never a damaged one."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index.errors import DamagedStoreError
from index.ingest import indexer
from index.storage.audit import audit
from index.storage.store import FILE_NAME, Store
from tests.conftest import build
from tests.fakes import OtherEncoder, WordEncoder
from tests.test_indexer import write
from tests.test_store import article, entry, tamper


@pytest.fixture
def store(tmp_path: Path, words: WordEncoder) -> Iterator[Store]:
    with closing(Store(tmp_path, writable=True)) as opened:
        opened.reset(words)
        opened.replace([entry(article("a", "First."))])
        yield opened


def said(store: Store, id_: str = "a") -> list[str]:
    return [version.article.body for version in store.history.of(id_)]


def test_new_article_has_said_nothing_before(store: Store) -> None:
    assert said(store) == []
    assert store.history.ids() == []


def test_each_version_is_kept_whole_oldest_first_with_the_moment_it_ended(store: Store) -> None:
    begun = dt.datetime.now(dt.UTC).replace(microsecond=0)
    store.replace([entry(article("a", "Second.", outlet="Daily", updated=dt.date(2024, 9, 4)))])
    store.replace([entry(article("a", "Third."))])
    versions = store.history.of("a")
    assert [version.article for version in versions] == [
        article("a", "First."),
        article("a", "Second.", outlet="Daily", updated=dt.date(2024, 9, 4)),
    ]
    assert all(begun <= version.until <= dt.datetime.now(dt.UTC) for version in versions)
    assert store.history.ids() == ["a"]


def test_removed_article_is_kept_as_a_version_and_is_no_article(store: Store) -> None:
    store.remove(["a", "none"])
    assert said(store) == ["First."]
    assert store.articles(["a"]) == {}
    assert said(store, "none") == []


@pytest.mark.parametrize("away", ["replaced by itself", "removed", "reset"])
def test_article_that_comes_back_as_it_was_has_not_changed(store: Store, away: str) -> None:
    if away == "removed":
        store.remove(["a"])
    elif away == "reset":
        store.reset(OtherEncoder())
    store.replace([entry(article("a", "First."))])
    assert said(store) == []


def test_article_that_says_again_what_it_said_before_another_version_keeps_both(
    store: Store,
) -> None:
    store.replace([entry(article("a", "Second."))])
    store.replace([entry(article("a", "First."))])
    assert said(store) == ["First.", "Second."]


def test_commit_that_fails_keeps_no_version(store: Store) -> None:
    def fail() -> Iterator[tuple[object, list[object]]]:
        yield entry(article("a", "Second."))  # type: ignore[misc]  # as `replace` takes them
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.replace(fail())  # type: ignore[arg-type]  # likewise
    assert said(store) == []


@pytest.mark.parametrize("body", ["'Never said.'", "CAST(X'FFFE' AS TEXT)", "X'FFFE'"])
def test_damaged_article_is_not_kept_as_what_it_said(
    store: Store, tmp_path: Path, body: str
) -> None:
    tamper(tmp_path, f"UPDATE article SET body = {body}")
    store.replace([entry(article("a", "Second."))])
    assert said(store) == []


@pytest.mark.parametrize(
    "change",
    ["body = 'Never said.'", "until = '2001-01-01T00:00:00+00:00'", "until = 'x'", "digest = ''"],
)
def test_damaged_version_is_refused_listed_by_an_audit_and_dropped_by_a_build(
    tmp_path: Path, words: WordEncoder, change: str
) -> None:
    data, news = tmp_path / "data", write(tmp_path / "news", {"a": "First said so."})
    build(data, [news], words)
    build(data, [write(news, {"a": "Then said so."})], words)
    tamper(data, f"UPDATE version SET {change}")
    with closing(Store(data)) as store:
        with pytest.raises(DamagedStoreError):
            store.history.of("a")
        assert [line for line in audit(data, store) if "earlier version" in line]
    build(data, [news], words)
    with closing(Store(data)) as store:
        assert (store.history.of("a"), audit(data, store)) == ([], [])


def test_removing_by_command_and_by_export_keeps_the_version(
    tmp_path: Path, words: WordEncoder
) -> None:
    data = tmp_path / "data"
    news = write(tmp_path / "news", {"a": "Rain fell.", "b": "Snow fell.", "c": "Wind blew."})
    build(data, [news], words)
    indexer.remove(data, ["a"])
    (news / "a.md").unlink()
    (news / "b.md").unlink()
    build(data, [news], words)
    with closing(Store(data)) as store:
        assert sorted(store.history.ids()) == ["a", "b"]
        assert [v.article.body for v in store.history.of("b")] == ["Snow fell."]


def test_versions_survive_another_connection(store: Store, tmp_path: Path) -> None:
    store.replace([entry(article("a", "Second."))])
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        assert db.execute("SELECT count(*) FROM version").fetchone() == (1,)
    with closing(Store(tmp_path)) as reader:
        assert said(reader) == ["First."]
