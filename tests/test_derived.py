"""The derived indexes: brought up to date, mended when damaged, and never in the way."""

from __future__ import annotations

import logging
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np
import pytest

from index.errors import CoverageError, LockedError
from index.storage import derived, seals
from index.storage.derived import (
    Derived,
    bring_up_to_date,
    find_damage,
    open_derived,
    seal_times,
    writing,
)
from index.storage.rows import StoredPassage, encode
from index.storage.store import FILE_NAME, Store
from index.storage.vectors import VectorIndex
from index.text.terms import stems
from index.types import Article
from tests.conftest import ids_in
from tests.fakes import WordEncoder

BODIES = {
    "founder": "Police in Paris held the founder. A judge freed him on bail.",
    "inquiry": "Police in Seoul opened an inquiry.\n\nDeepfakes spread on Telegram.",
    "weather": "Weather stayed mild on Sunday. Storms may follow.",
}
QUESTIONS = ("Who held the founder?", "Where do deepfakes spread?", "Was Sunday mild?", "Police?")

Damage = Callable[[Path], object]


def entries(bodies: dict[str, str]) -> Iterator[tuple[Article, list[StoredPassage]]]:
    for id_, body in bodies.items():
        article = Article(id_, f"Headline of {id_}", body, outlet="Daily")
        yield article, encode(article, WordEncoder())


@pytest.fixture
def store(tmp_path: Path, words: WordEncoder) -> Iterator[Store]:
    with closing(Store(tmp_path, writable=True)) as opened:
        opened.reset(words)
        opened.replace(entries(BODIES))
        yield opened


@pytest.fixture
def built(store: Store, tmp_path: Path) -> Derived:
    return open_derived(tmp_path, store)


@pytest.fixture
def read_ids(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the passages read from a store, as they are read."""
    seen: list[int] = []
    read = Store.passages

    def passages(self: Store, ids: Iterable[int]) -> Iterator[StoredPassage]:
        for stored in read(self, ids):
            seen.append(stored.passage.id)
            yield stored

    monkeypatch.setattr(Store, "passages", passages)
    return seen


def say(found: Derived, store: Store) -> list[tuple[list[int], list[int]]]:
    """What both kinds of index propose for every question, of what is there."""
    there = set(store.passage_ids().tolist())
    return [
        (
            sorted(there & set(found.vectors.search(WordEncoder().encode_queries([question])[0]))),
            list(found.words.search(stems(question, "en"))),
        )
        for question in QUESTIONS
    ]


def hold_lock(folder: Path, held: Event, release: Event) -> None:
    with writing(folder):
        held.set()
        release.wait(30)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Another process writes to the folder."""
    context = multiprocessing.get_context("fork")
    held, release = context.Event(), context.Event()
    process = context.Process(target=hold_lock, args=(folder, held, release))
    process.start()
    try:
        assert held.wait(20)
        yield
    finally:
        release.set()
        process.join()


def test_built_indexes_hold_the_stores_passages(
    built: Derived, store: Store, tmp_path: Path
) -> None:
    ids = store.passage_ids().tolist()
    assert built.stamp == store.stamp
    assert ids_in(tmp_path) == [ids, [], ids]
    assert find_damage(tmp_path) == []
    assert all(near and shared for near, shared in say(built, store))


def test_loaded_indexes_are_the_ones_built(
    built: Derived, store: Store, tmp_path: Path, read_ids: list[int]
) -> None:
    assert say(open_derived(tmp_path, store), store) == say(built, store)
    assert read_ids == []


def test_passage_is_found_by_its_headline_and_outlet(built: Derived) -> None:
    assert len(built.words.search(["weather"])) == 1
    assert len(built.words.search(["daili"])) == 3


def test_missing_indexes_are_made(store: Store, tmp_path: Path) -> None:
    assert find_damage(tmp_path) == []
    assert not any(seal_times(tmp_path))
    assert open_derived(tmp_path, store).stamp == store.stamp
    assert find_damage(tmp_path) == []


def test_only_what_is_new_is_read_from_the_store(
    built: Derived, store: Store, tmp_path: Path, read_ids: list[int]
) -> None:
    before = set(store.passage_ids().tolist())
    store.replace(entries({"weather": "Storms hit Lisbon.", "new": "Durov spoke in Dubai."}))
    store.remove(["inquiry"])
    found = open_derived(tmp_path, store)
    new = set(store.passage_ids().tolist()) - before
    assert sorted(read_ids) == sorted([*new, *new])  # once for each index
    assert ids_in(tmp_path) == [sorted(before), sorted(new), store.passage_ids().tolist()]
    assert found.stamp == store.stamp != built.stamp


def test_brought_up_to_date_it_answers_as_one_made_anew(
    built: Derived, store: Store, tmp_path: Path
) -> None:
    store.replace(entries({"weather": "Storms hit Lisbon on Sunday."}))
    store.remove(["inquiry"])
    caught_up = open_derived(tmp_path, store)
    (tmp_path / "anew").mkdir()
    anew = open_derived(tmp_path / "anew", store)
    assert [sorted(near) for near, _ in say(caught_up, store)] == [
        sorted(near) for near, _ in say(anew, store)
    ]
    assert [set(shared) for _, shared in say(caught_up, store)] == [
        set(shared) for _, shared in say(anew, store)
    ]


def test_removed_passages_are_not_proposed(built: Derived, store: Store, tmp_path: Path) -> None:
    gone = {one.passage.id for one in store.passages_of("founder")}
    assert any(gone & {*near, *shared} for near, shared in say(built, store))
    store.remove(["founder"])
    assert not any(
        gone & {*near, *shared} for near, shared in say(open_derived(tmp_path, store), store)
    )


def test_what_came_and_went_lately_is_made_up_for_beside_what_stands(
    built: Derived, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it is much: then all of it is written together, and nothing is proposed in vain."""
    standing = (tmp_path / "vectors" / "passages.faiss").stat().st_ino
    store.replace(entries({"new": "Durov spoke in Dubai.", "weather": "Storms hit Lisbon."}))
    bring_up_to_date(tmp_path, store)
    few = open_derived(tmp_path, store, built)
    assert few.vectors.parts[0] is built.vectors.parts[0]
    assert (tmp_path / "vectors" / "passages.faiss").stat().st_ino == standing
    monkeypatch.setattr(derived, "_RECENT", 2)
    store.replace(entries({"newer": "Durov left Dubai."}))
    many = open_derived(tmp_path, store, few)
    ids = store.passage_ids().tolist()
    assert ids_in(tmp_path) == [ids, [], ids]
    assert sorted(many.vectors.search(WordEncoder().encode_queries(["Dubai"])[0])) == ids


def test_indexes_read_while_a_writer_replaces_them_are_read_again(
    built: Derived, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What moves from `recent` to `vectors` in between would be in neither."""
    store.replace(entries({"new": "Durov spoke in Dubai."}))
    bring_up_to_date(tmp_path, store)
    load = VectorIndex.load

    def load_and_be_overtaken(folder: Path) -> VectorIndex:
        found = load(folder)
        if folder.name == "vectors" and derived._RECENT:
            monkeypatch.setattr(derived, "_RECENT", 0)
            store.replace(entries({"newer": "Durov left Dubai."}))
            bring_up_to_date(tmp_path, store)
        return found

    monkeypatch.setattr(VectorIndex, "load", load_and_be_overtaken)
    found = open_derived(tmp_path, store)
    assert sorted(found.vectors.search(WordEncoder().encode_queries(["Dubai"])[0])) == (
        store.passage_ids().tolist()
    )


def test_what_a_new_article_costs_does_not_grow_with_what_stands(
    built: Derived, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the files nor the ids of all that stands are read, by the writer or the reader."""
    monkeypatch.setattr(seals, "_SETTLED", -(10**18))  # files may be trusted at once
    store.replace(entries({"new": "Durov spoke in Dubai."}))
    first = open_derived(tmp_path, store, built)
    standing = {path for name in derived.NAMES for path in (tmp_path / name).iterdir()}
    held = {path: path.stat() for path in standing}
    seen: list[Path] = []
    read_bytes = Path.read_bytes

    def read(self: Path) -> bytes:
        seen.append(self)
        return read_bytes(self)

    monkeypatch.setattr(Path, "read_bytes", read)
    monkeypatch.delattr(Store, "passage_ids")
    monkeypatch.delattr(Store, "digests")
    store.replace(entries({"newer": "Durov left Dubai."}))
    second = open_derived(tmp_path, store, first)
    there = {path for path in seen if path in held and path.exists()}
    assert not {path for path in there if path.stat() == held[path]}
    assert any(path.suffix == ".faiss" for path in seen)
    assert len(second.vectors.search(WordEncoder().encode_queries(["Dubai"])[0])) == 5


def test_passage_that_left_among_the_last_is_missed_by_none(
    built: Derived, store: Store, tmp_path: Path
) -> None:
    """The greatest id goes back with it, and is not given again."""
    store.remove(["weather"])
    open_derived(tmp_path, store)
    store.replace(entries({"new": "Durov spoke in Dubai."}))
    store.remove(["founder"])
    found = open_derived(tmp_path, store)
    assert ids_in(tmp_path)[2] == store.passage_ids().tolist()
    assert set(found.vectors.search(WordEncoder().encode_queries(["Dubai"])[0])) >= set(
        store.passage_ids().tolist()
    )


def test_indexes_of_a_store_that_was_put_back_are_made_anew(
    store: Store, tmp_path: Path, words: WordEncoder
) -> None:
    """It gives ids again under which they hold other passages."""
    folder, kept = tmp_path / "moving", tmp_path / "kept"
    folder.mkdir()
    with closing(Store(folder, writable=True)) as moving:
        moving.reset(words)
        moving.replace(entries(BODIES))
        bring_up_to_date(folder, moving)
    kept.write_bytes((folder / FILE_NAME).read_bytes())
    with closing(Store(folder, writable=True)) as moving:
        for number in range(3):
            moving.replace(entries({f"lost{number}": "Ships sank."}))
        bring_up_to_date(folder, moving)
    (folder / FILE_NAME).write_bytes(kept.read_bytes())
    with closing(Store(folder, writable=True)) as moving:
        moving.replace(entries({"new": "Durov spoke in Dubai."}))
        found = open_derived(folder, moving)
        [one] = moving.passages_of("new")
        assert list(found.words.search(["dubai"])) == [one.passage.id]
        assert found.words.search(["ship"]) == {}


def test_emptied_store_empties_the_indexes(built: Derived, store: Store, tmp_path: Path) -> None:
    store.remove(BODIES)
    assert say(open_derived(tmp_path, store), store) == [([], [])] * len(QUESTIONS)


def test_up_to_date_indexes_are_not_written_again(
    built: Derived, store: Store, tmp_path: Path
) -> None:
    times = seal_times(tmp_path)
    open_derived(tmp_path, store)
    bring_up_to_date(tmp_path, store)
    assert seal_times(tmp_path) == times
    assert all(times)


def flip_largest(folder: Path) -> None:
    path = max((file for file in folder.iterdir()), key=lambda file: file.stat().st_size)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def truncate_all(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[:-1])


def remove_all(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


@pytest.mark.parametrize("name", derived.NAMES)
@pytest.mark.parametrize("damage", [flip_largest, truncate_all, remove_all])
def test_damaged_index_is_made_anew_and_says_so(
    built: Derived,
    store: Store,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    name: str,
    damage: Damage,
) -> None:
    expected = say(built, store)
    damage(tmp_path / name)
    lines = find_damage(tmp_path)
    assert all(f"the {name} index is damaged" in line for line in lines)
    assert bool(lines) == bool(seal_times(tmp_path)[derived.NAMES.index(name)])
    with caplog.at_level(logging.WARNING):
        assert say(open_derived(tmp_path, store), store) == expected
    assert "making it anew" in caplog.text
    assert find_damage(tmp_path) == []


def test_indexes_of_another_store_are_not_taken_for_ones_own(
    built: Derived, store: Store, tmp_path: Path, words: WordEncoder
) -> None:
    """The same ids, but of other passages: a store copied over this one, or made anew."""
    (tmp_path / "other").mkdir()
    with closing(Store(tmp_path / "other", writable=True)) as other:
        other.reset(words)
        other.replace(entries({id_: f"Nothing of {id_} is left." for id_ in BODIES}))
        for name in derived.NAMES:
            (tmp_path / name).rename(tmp_path / "other" / name)
        found = open_derived(tmp_path / "other", other)
        assert found.stamp == other.stamp
        assert list(found.words.search(["founder"])) == [
            one.passage.id for one in other.passages_of("founder")
        ]
        assert found.words.search(["seoul"]) == {}


def test_only_one_writes_at_a_time(tmp_path: Path) -> None:
    with locked(tmp_path):
        start = time.monotonic()
        with pytest.raises(LockedError, match=r"is writing to .* try again"), writing(tmp_path):
            pytest.fail("two writers at once")
        assert time.monotonic() - start < 2
    with writing(tmp_path):
        pass


def test_lock_is_given_back_when_writing_fails(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), writing(tmp_path):
        raise RuntimeError
    with writing(tmp_path):
        pass


def test_unsound_index_that_is_being_written_is_waited_for_only_so_long(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derived, "_PATIENCE", 0.2)
    start = time.monotonic()
    with locked(tmp_path), pytest.raises(LockedError):
        open_derived(tmp_path, store)
    assert time.monotonic() - start < 5


def test_sound_index_serves_while_another_process_writes(
    built: Derived, store: Store, tmp_path: Path
) -> None:
    earlier = store.stamp
    store.replace(entries({"new": "Durov spoke in Dubai."}))
    start = time.monotonic()
    with locked(tmp_path):
        served = open_derived(tmp_path, store)
    assert time.monotonic() - start < 5
    assert served.stamp == earlier
    assert say(served, store) == say(built, store)
    assert open_derived(tmp_path, store).stamp == store.stamp


@pytest.fixture
def unwritable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The folder cannot be written to; for root, who can, it is made so."""
    if os.geteuid() == 0:

        def refuse(folder: Path, *, patience: float = 0.0) -> AbstractContextManager[None]:
            raise CoverageError(f"cannot write to {str(folder)!r}: choose another --data")

        monkeypatch.setattr(derived, "writing", refuse)
    tmp_path.chmod(0o555)
    yield
    tmp_path.chmod(0o755)


def test_folder_that_cannot_be_written_to_is_served_by_a_temporary_index(
    store: Store,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    unwritable: None,
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    with caplog.at_level(logging.WARNING):
        found = open_derived(tmp_path, store)
    assert "using a temporary index instead" in caplog.text
    assert all(near and shared for near, shared in say(found, store))
    store.replace(entries({"later": BODIES[next(iter(BODIES))]}))
    found = open_derived(tmp_path, store, found)
    assert all(near and shared for near, shared in say(found, store))
    assert len(list(elsewhere.iterdir())) == 1
    assert not any((tmp_path / name).exists() for name in derived.NAMES)


def test_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CoverageError, match="choose another --data"), writing(tmp_path / "file"):
        pass


def test_disk_that_is_full_says_so_and_the_next_time_all_is_well(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(derived, "seal", fail)
        with pytest.raises(CoverageError, match="No space left"):
            bring_up_to_date(tmp_path, store)
    assert say(open_derived(tmp_path, store), store)
    assert find_damage(tmp_path) == []


@pytest.mark.parametrize("count", [0, 1, 7])
def test_batches_of_any_size_add_everything(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(derived, "_BATCH", 2)
    store.remove(BODIES)
    store.replace(entries({f"a{n}": "Police held him." for n in range(count)}))
    found = open_derived(tmp_path, store)
    ids = store.passage_ids().tolist()
    assert sorted(found.words.search(["polic"])) == ids
    assert sorted(found.vectors.search(np.eye(1, 64, dtype=np.float32)[0])) == ids
