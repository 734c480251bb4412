"""The indexer: only what changed is encoded, and what was committed is never lost."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from index import Desk
from index.articles.files import read
from index.errors import (
    CoverageError,
    DamagedStoreError,
    LockedError,
    NoCoverageError,
    StaleIndexError,
)
from index.ingest import indexer
from index.ingest.indexer import Changes
from index.ingest.progress import Unwatched
from index.models import Framed, Vectors
from index.storage.audit import audit
from index.storage.derived import writing
from index.storage.store import FILE_NAME, Store
from index.storage.words import WordIndex
from tests.conftest import build
from tests.fakes import OtherEncoder, WordEncoder

BODIES = {
    "founder": "Telegram was founded by Durov. He left Russia.",
    "freed": "A judge in Paris freed Durov on bail.",
    "rain": "Rain fell on Sunday.",
}


class Counting(WordEncoder):
    """Remembers what it encoded."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode_passages(self, passages: Sequence[Framed]) -> list[Vectors]:
        self.texts += [passage.text for passage in passages]
        return super().encode_passages(passages)


class Stumbling(WordEncoder):
    """Fails once it has encoded so many passages."""

    def __init__(self, after: int, error: BaseException) -> None:
        self.left, self.error = after, error

    def encode_passages(self, passages: Sequence[Framed]) -> list[Vectors]:
        self.left -= len(passages)
        if self.left < 0:
            raise self.error
        return super().encode_passages(passages)


class Watched:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, ...] | str] = []

    def reading(self, articles: int) -> None:
        self.told.append((articles,))

    def encoding(self, done: int, total: int) -> None:
        self.told.append((done, total))

    def sealing(self) -> None:
        self.told.append("sealing")


def write(folder: Path, bodies: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for id_, body in bodies.items():
        text = f"---\nheadline: News of {id_}\nlanguage: en\n---\n\n{body}\n"
        (folder / f"{id_}.md").write_text(text)
    return folder


def add(folder: Path, *paths: Path, encoder: WordEncoder | None = None) -> Changes:
    return indexer.add(
        folder, read(paths, beside=folder), encoder=encoder or WordEncoder(), progress=Unwatched()
    )


@pytest.fixture
def news(tmp_path: Path) -> Path:
    return write(tmp_path / "news", BODIES)


@pytest.fixture
def data(tmp_path: Path, news: Path, words: WordEncoder) -> Path:
    changes = build(tmp_path / "data", [news], words)
    assert sorted(changes.added) == sorted(BODIES)
    return tmp_path / "data"


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    with closing(Store(data)) as opened:
        yield opened


def bodies(folder: Path) -> dict[str, str]:
    """Return what the index holds, having checked all of it."""
    with closing(Store(folder)) as store:
        assert audit(folder, store) == []
        return {id_: article.body for id_, article in store.articles(store.digests()).items()}


def first_quoted(folder: Path, question: str) -> str:
    with closing(Desk(folder, WordEncoder())) as desk:
        answer = desk.ask(question)
        return answer.citations[0].excerpt if answer.answered else ""


def test_build_indexes_every_article(data: Path) -> None:
    assert bodies(data) == BODIES
    assert first_quoted(data, "Who freed Durov on bail?") == BODIES["freed"]


def test_building_again_encodes_nothing(data: Path, news: Path) -> None:
    encoder = Counting()
    changes = build(data, [news], encoder)
    assert sorted(changes.unchanged) == sorted(BODIES)
    assert (changes.added, changes.changed, changes.removed) == ([], [], [])
    assert (changes.encoded, encoder.texts) == (0, [])


def test_changed_article_alone_is_encoded_again(data: Path, news: Path) -> None:
    encoder = Counting()
    changes = build(data, [write(news, {"rain": "Snow fell on Monday."})], encoder)
    assert (changes.changed, changes.encoded) == (["rain"], 1)
    assert encoder.texts == ["Snow fell on Monday."]
    assert bodies(data) == {**BODIES, "rain": "Snow fell on Monday."}


def test_new_article_alone_is_encoded(data: Path, news: Path) -> None:
    encoder = Counting()
    changes = build(data, [write(news, {"snow": "Snow fell on Monday."})], encoder)
    assert (changes.added, changes.changed) == (["snow"], [])
    assert encoder.texts == ["Snow fell on Monday."]


def test_article_that_the_paths_no_longer_hold_leaves(
    data: Path, news: Path, words: WordEncoder
) -> None:
    (news / "freed.md").unlink()
    changes = build(data, [news], words)
    assert (changes.removed, changes.kept) == (["freed"], False)
    assert bodies(data).keys() == BODIES.keys() - {"freed"}
    assert first_quoted(data, "Who freed Durov on bail?") != BODIES["freed"]


def test_error_in_one_article_stops_none_of_the_others_and_removes_nothing(
    data: Path, news: Path, words: WordEncoder
) -> None:
    (news / "freed.md").unlink()
    (news / "rain.md").write_text("---\nheadline: [\n---\n\nNot to be read.\n")
    changes = build(data, [write(news, {"snow": "Snow fell."})], words)
    assert len(changes.errors) == 1
    assert "rain.md" in str(changes.errors[0])
    assert (changes.added, changes.removed, changes.kept) == (["snow"], [], True)
    assert bodies(data) == {**BODIES, "snow": "Snow fell."}


def test_error_where_nothing_would_leave_keeps_nothing_back(
    data: Path, news: Path, words: WordEncoder
) -> None:
    (news / "other.json").write_text("{")
    changes = build(data, [news], words)
    assert (len(changes.errors), changes.kept) == (1, False)


def test_path_that_is_not_there_removes_nothing(data: Path, words: WordEncoder) -> None:
    changes = build(data, [data / "none"], words)
    assert changes.errors
    assert bodies(data) == BODIES


def test_add_leaves_the_others_alone(data: Path, tmp_path: Path) -> None:
    encoder = Counting()
    more = write(tmp_path / "more", {"snow": "Snow fell.", "rain": "It rained."})
    changes = add(data, more, encoder=encoder)
    assert (changes.added, changes.changed, changes.removed) == (["snow"], ["rain"], [])
    assert len(encoder.texts) == 2
    assert bodies(data) == {**BODIES, "snow": "Snow fell.", "rain": "It rained."}


def test_index_that_was_put_back_finds_what_is_added_then(data: Path, tmp_path: Path) -> None:
    """Though it was changed as often since as before, and gives the same ids again."""
    kept = (data / FILE_NAME).read_bytes()
    add(data, write(tmp_path / "lost", {"lost": "Ships sank off Lisbon."}))
    (data / FILE_NAME).write_bytes(kept)
    add(data, write(tmp_path / "more", {"snow": "Snow fell on Monday."}))
    found = WordIndex(data / "words")
    assert len(found.search(["snow"])) == 1
    assert found.search(["lisbon"]) == {}


def test_add_begins_an_index(tmp_path: Path, news: Path) -> None:
    assert sorted(add(tmp_path / "new", news).added) == sorted(BODIES)
    assert bodies(tmp_path / "new") == BODIES


def test_add_with_another_model_is_refused(data: Path, news: Path) -> None:
    with pytest.raises(StaleIndexError, match="build PATH"):
        add(data, news, encoder=OtherEncoder())
    assert bodies(data) == BODIES


def test_build_with_another_model_builds_anew(data: Path, news: Path) -> None:
    changes = build(data, [news], OtherEncoder())
    assert (sorted(changes.added), changes.encoded) == (sorted(BODIES), 3)
    with closing(Store(data)) as store:
        store.check_built_with(OtherEncoder())
        assert audit(data, store) == []


def test_remove_tells_what_was_there(data: Path) -> None:
    assert indexer.remove(data, ["rain", "none", "freed"]) == ["freed", "rain"]
    assert bodies(data).keys() == {"founder"}


def test_remove_from_a_store_that_was_only_just_made_says_that_it_is_empty(tmp_path: Path) -> None:
    Store(tmp_path, writable=True).close()
    with pytest.raises(NoCoverageError, match="nothing is indexed"):
        indexer.remove(tmp_path, ["rain"])


def test_remove_from_nothing_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(NoCoverageError, match="build"):
        indexer.remove(tmp_path / "none", ["rain"])
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "job",
    [
        pytest.param(lambda data, news: build(data, [news], WordEncoder()), id="build"),
        pytest.param(lambda data, news: add(data, news), id="add"),
        pytest.param(lambda data, _: indexer.remove(data, ["rain"]), id="remove"),
    ],
)
def test_two_writers_at_once_are_refused(
    data: Path, news: Path, job: Callable[[Path, Path], object]
) -> None:
    start = time.monotonic()
    with writing(data), pytest.raises(LockedError, match="another process is writing"):
        job(data, news)
    assert time.monotonic() - start < 5
    assert bodies(data) == BODIES


def test_folder_that_cannot_be_made_says_so(tmp_path: Path, news: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CoverageError, match="choose another --data"):
        build(tmp_path / "file" / "data", [news], WordEncoder())


@pytest.mark.parametrize(
    "error",
    [RuntimeError("killed"), ValueError("a bad batch"), MemoryError("too much")],
    ids=lambda error: type(error).__name__,
)
def test_run_that_ends_half_way_keeps_what_was_committed_and_the_next_completes_it(
    tmp_path: Path, news: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(indexer, "_TRANSACTION", 1)
    with pytest.raises(type(error), match=str(error)):
        build(tmp_path / "data", [news], Stumbling(1, error))
    with closing(Store(tmp_path / "data")) as store:
        committed = store.digests().keys()
    assert len(committed) == 1
    encoder = Counting()
    changes = build(tmp_path / "data", [news], encoder)
    assert set(changes.unchanged) == committed
    assert len(encoder.texts) == 2
    assert bodies(tmp_path / "data") == BODIES


def test_run_that_ends_half_way_leaves_the_earlier_version_of_an_article(
    data: Path, news: Path
) -> None:
    write(news, {"rain": "Snow fell."})
    with pytest.raises(KeyboardInterrupt):
        build(data, [news], Stumbling(0, KeyboardInterrupt()))
    assert bodies(data) == BODIES


@pytest.mark.parametrize("transaction", [1, 2, 256])
def test_groups_of_any_size_commit_everything(
    tmp_path: Path, news: Path, monkeypatch: pytest.MonkeyPatch, transaction: int
) -> None:
    monkeypatch.setattr(indexer, "_TRANSACTION", transaction)
    progress = Watched()
    data = tmp_path / "data"
    indexer.build(data, read([news]), encoder=WordEncoder(), progress=progress)
    assert progress.told[:4] == [(1,), (2,), (3,), (0, 3)]
    assert progress.told[-2:] == [(3, 3), "sealing"]
    assert bodies(data) == BODIES


def test_damaged_row_is_read_anew(data: Path, news: Path) -> None:
    with closing(sqlite3.connect(data / FILE_NAME)) as db, db:
        db.execute("UPDATE article SET body = 'Durov fled.' WHERE id = 'freed'")
        db.execute("UPDATE passage SET vectors = zeroblob(256) WHERE article = 'rain'")
    encoder = Counting()
    changes = build(data, [news], encoder)
    assert sorted(changes.damaged) == ["freed", "rain"]
    assert len(encoder.texts) == 2
    assert bodies(data) == BODIES


DAMAGE = {
    "something else": b"not a database" * 1000,
    "header only": b"SQLite format 3\x00" + b"\x00" * 5000,
    "zeros": b"\x00" * 50_000,
}


@pytest.mark.parametrize("content", DAMAGE.values(), ids=DAMAGE)
def test_damaged_store_is_set_aside_and_made_anew(
    data: Path, news: Path, words: WordEncoder, content: bytes
) -> None:
    (data / FILE_NAME).write_bytes(content)
    changes = build(data, [news], words)
    assert changes.set_aside is not None
    assert changes.set_aside.read_bytes() == content
    assert changes.set_aside.parent == data
    assert sorted(changes.added) == sorted(BODIES)
    assert bodies(data) == BODIES


def test_truncated_store_is_set_aside_and_made_anew(
    data: Path, news: Path, words: WordEncoder
) -> None:
    path = data / FILE_NAME
    path.write_bytes(path.read_bytes()[:-5000])
    changes = build(data, [news], words)
    assert changes.set_aside is not None
    assert bodies(data) == BODIES


def test_indexes_do_not_keep_what_a_damaged_store_said(
    data: Path, tmp_path: Path, words: WordEncoder
) -> None:
    """A store made anew counts its passages from 1 again: ids that the old indexes hold too."""
    (data / FILE_NAME).write_bytes(b"not a database" * 1000)
    other = {"snow": "Snow fell in Oslo.", "wind": "Wind blew.", "sun": "Seoul was sunny."}
    build(data, [write(tmp_path / "other", other)], words)
    with closing(Desk(data, words)) as desk:
        assert desk._coverage.derived.words.search(["durov"]) == {}
        assert len(desk._coverage.derived.words.search(["oslo"])) == 1
        assert desk.search("Was Seoul sunny?", k=1)[0][1].id == "sun"


def test_add_to_a_damaged_store_says_how_to_mend_it(data: Path, news: Path) -> None:
    (data / FILE_NAME).write_bytes(b"not a database" * 1000)
    with pytest.raises(DamagedStoreError, match="build PATH"):
        add(data, news)


def test_same_article_in_two_folders_is_indexed_once(
    data: Path, news: Path, tmp_path: Path, words: WordEncoder
) -> None:
    again = write(tmp_path / "again", {"rain": "It rained elsewhere."})
    build(data, [news, again], words)
    assert bodies(data)["rain"] in {BODIES["rain"], "It rained elsewhere."}
    assert bodies(data).keys() == BODIES.keys()


def test_passages_of_an_article_lie_where_it_says(store: Store) -> None:
    for id_, article in store.articles(store.digests()).items():
        texts = [one.passage.span.of(article.body) for one in store.passages_of(id_)]
        assert texts == [BODIES[id_]]
