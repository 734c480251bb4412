"""A store of an earlier format is brought up to date in place."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from index import Desk
from index.errors import StaleIndexError
from index.ingest import indexer
from index.storage.audit import audit, find_damaged_articles
from index.storage.derived import bring_up_to_date
from index.storage.migrating import migrate
from index.storage.rows import FORMAT
from index.storage.store import FILE_NAME, Store
from tests.conftest import ROOT
from tests.fakes import WordEncoder

BODY = "Police held the founder on Monday. A judge freed him on Wednesday.\n\nHe paid bail."


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder with a store as format 1 left it, one of its three articles damaged."""
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        db.executescript((ROOT / "tests" / "format_1.sql").read_text("utf-8"))
        assert db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone() == ("1",)
    return tmp_path


def rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(folder / FILE_NAME)) as db:
        tables = [
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        return {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in sorted(tables)}


def test_writer_migrates_a_store_of_format_1_and_keeps_its_vectors(old: Path) -> None:
    passages = rows(old)["passage"]
    indexer.remove(old, ["damaged"])
    assert rows(old)["passage"] == passages[:2]
    with closing(Store(old)) as store:
        assert store.meta["format"] == FORMAT
        held = store.articles(["held", "rain"])
    assert held["held"].body == BODY
    assert (held["held"].published, held["held"].updated) == (dt.date(2024, 8, 24), None)
    with closing(Desk(old, WordEncoder())) as desk:
        assert desk.ask("Who freed the founder on Wednesday?").citations[0].article == "held"


def test_migrated_store_is_sound_but_for_what_was_damaged_before(old: Path) -> None:
    with closing(Store(old, writable=True)) as store:
        assert find_damaged_articles(store).keys() == {"damaged"}
        store.remove(["damaged"])
        bring_up_to_date(old, store)
        assert audit(old, store) == []
        assert store.history.ids() == []


def test_reader_of_a_store_of_format_1_says_which_command_migrates_it(old: Path) -> None:
    with pytest.raises(StaleIndexError, match=r"format '1', not .* build PATH"):
        Desk(old, WordEncoder())


def test_migrating_again_changes_nothing(old: Path) -> None:
    Store(old, writable=True).close()
    once = rows(old)
    Store(old, writable=True).close()
    assert rows(old) == once


def test_migrated_store_has_the_tables_of_a_new_one(old: Path, tmp_path: Path) -> None:
    def columns(folder: Path) -> dict[str, list[str]]:
        with closing(sqlite3.connect(folder / FILE_NAME)) as db:
            return {
                table: sorted(row[1] for row in db.execute(f"PRAGMA table_info({table})"))
                for table in rows(folder)
            }

    (tmp_path / "new").mkdir()
    for folder in (old, tmp_path / "new"):
        Store(folder, writable=True).close()
    assert columns(old) == columns(tmp_path / "new")


def test_migration_cut_off_midway_leaves_the_old_store(old: Path, tmp_path: Path) -> None:
    before = rows(old)
    copy = shutil.copytree(old, tmp_path / "copy")

    class Failing(sqlite3.Connection):
        def execute(self, statement: str, *rest: object) -> sqlite3.Cursor:
            if statement == "COMMIT":
                raise sqlite3.OperationalError("disk I/O error")
            return super().execute(statement, *rest)  # type: ignore[arg-type]  # as it came

    with (
        closing(sqlite3.connect(copy / FILE_NAME, isolation_level=None, factory=Failing)) as db,
        pytest.raises(sqlite3.OperationalError),
    ):
        migrate(db, copy / FILE_NAME)
    assert rows(copy) == before
