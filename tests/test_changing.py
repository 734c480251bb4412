"""Articles in and out of an index that is asked meanwhile; what is damaged is made anew."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from index.desk import Desk
from index.errors import DamagedStoreError, LockedError, NoCoverageError
from index.ingest import changing
from index.ingest.changing import change, mend
from index.storage.audit import audit
from index.storage.connection import connect
from index.storage.derived import writing
from index.storage.store import FILE_NAME, Store
from index.types import Article
from tests.fakes import WordEncoder
from tests.test_likeness import OTHER, WIRE

HELD = Article("held", "Founder held", WIRE, url="https://daily.example/held")
SCHOOLS = Article("schools", "Schools reopen", OTHER)


def held(folder: Path) -> set[str]:
    with closing(Store(folder)) as store:
        return set(store.digests())


def damage(folder: Path) -> list[str]:
    with closing(Store(folder)) as store:
        return audit(folder, store)


def tamper(folder: Path, statement: str) -> None:
    with closing(connect(folder / FILE_NAME)) as db:
        db.execute(statement)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    handed = change(tmp_path, add=[HELD, SCHOOLS], load_encoder=WordEncoder)
    assert handed.added == ["held", "schools"]
    return tmp_path


def test_of_several_of_one_id_the_first_is_taken(data: Path) -> None:
    longer = replace(HELD, body=f"{WIRE} A yacht was found in Monaco. " * 9)
    other = replace(HELD, byline="Zed Zoe")
    handed = change(data, add=[longer, other], load_encoder=WordEncoder)
    assert handed.changed == ["held"]
    assert ["of its own" in one.reason for one in handed.left_out] == [True]
    with closing(Store(data)) as store:
        assert store.articles(["held"])["held"] == longer
    assert damage(data) == []


def test_what_is_added_is_answered_from_and_what_is_removed_is_not(data: Path) -> None:
    with closing(Desk(data, WordEncoder())) as desk:
        later = replace(HELD, body=f"{WIRE} A yacht was found in Monaco.")
        assert change(data, add=[later], load_encoder=WordEncoder).changed == ["held"]
        assert desk.ask("Where was a yacht found?").citations
        assert change(data, remove=["held", "no such"], load_encoder=WordEncoder).removed == [
            "held"
        ]
        assert not any(one.article == "held" for one in desk.ask("Where was a yacht?").nearest)
    assert damage(data) == []


def test_a_change_waits_for_another_writer(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing, "_PAUSE", 0.01)
    changed = threading.Event()

    def take_out() -> None:
        change(data, remove=["held"], load_encoder=WordEncoder)
        changed.set()

    with writing(data):
        thread = threading.Thread(target=take_out)
        thread.start()
        assert not changed.wait(0.1)
        assert held(data) == {"held", "schools"}
    thread.join()
    assert held(data) == {"schools"}


def test_a_change_gives_up_in_the_end(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing, "_PATIENCE", 0.0)
    with writing(data), pytest.raises(LockedError):
        change(data, remove=["held"], load_encoder=WordEncoder)


def test_nothing_damaged_is_nothing_to_mend(data: Path) -> None:
    found = mend(data, WordEncoder)
    assert (found.indexes, found.encoded, found.lost) == ((), (), ())


def test_a_damaged_passage_is_encoded_again(data: Path) -> None:
    tamper(data, "UPDATE passage SET vectors = zeroblob(length(vectors)) WHERE article = 'held'")
    assert damage(data)
    assert mend(data, WordEncoder).encoded == ("held",)
    assert damage(data) == []
    with closing(Desk(data, WordEncoder())) as desk:
        assert desk.reach().articles == 2


def test_a_damaged_index_is_made_anew(data: Path) -> None:
    (data / "words" / "meta.json").unlink()
    assert len(mend(data, WordEncoder).indexes) == 1
    assert damage(data) == []


def test_an_article_that_is_not_what_was_written_is_told_and_left(data: Path) -> None:
    tamper(data, "UPDATE article SET body = 'Other.' WHERE id = 'held'")
    assert mend(data, WordEncoder).lost == ("held",)
    assert held(data) == {"held", "schools"}


def test_what_cannot_be_mended_says_what_to_do(data: Path, tmp_path: Path) -> None:
    with closing(connect(data / FILE_NAME)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("DELETE FROM article WHERE id = 'held'")
    with pytest.raises(DamagedStoreError, match="build PATH"):
        mend(data, WordEncoder)
    with pytest.raises(NoCoverageError):
        mend(tmp_path / "none", WordEncoder)
