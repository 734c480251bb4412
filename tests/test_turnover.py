"""Arrivals and departures of passages: told whatever happened in between, and in any order."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.storage.store import FILE_NAME, Store
from index.storage.turnover import Moment
from tests.fakes import WordEncoder
from tests.test_derived import entries


@pytest.fixture
def store(tmp_path: Path, words: WordEncoder) -> Iterator[Store]:
    with closing(Store(tmp_path, writable=True)) as opened:
        opened.reset(words)
        yield opened


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=12))
def test_what_came_and_left_makes_one_state_of_another(
    store: Store, steps: list[tuple[str, bool]]
) -> None:
    states = [(store.turnover.now(), set(store.passage_ids().tolist()))]
    for id_, stays in steps:
        if stays:
            store.replace(entries({id_: "Police held him."}))
        else:
            store.remove([id_])
        states.append((store.turnover.now(), set(store.passage_ids().tolist())))
    last, held = states[-1]
    for moment, before in states:
        left, came = (set(ids.tolist()) for ids in store.turnover.between(moment, last))
        assert before - left | came == held
        assert left <= before
        assert not came & before


def test_damaged_departure_takes_nothing_out_that_stands(store: Store, tmp_path: Path) -> None:
    store.replace(entries({"a": "Police held him.", "b": "A judge freed him."}))
    before = store.turnover.now()
    store.remove(["a"])
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db, db:
        db.execute("UPDATE departure SET passage = 2")
    assert [one.passage.id for one in store.passages_of("b")] == [2]
    left, came = store.turnover.between(before, store.turnover.now())
    assert (left.tolist(), came.tolist()) == ([], [])


def test_store_that_records_no_departures_yet_is_read_all_the_same(
    store: Store, tmp_path: Path
) -> None:
    """As an earlier version left it, until somebody writes."""
    store.replace(entries({"a": "Police held him."}))
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db, db:
        db.execute("DROP TRIGGER passage_departs")
        db.execute("DROP TABLE departure")
    with closing(Store(tmp_path)) as reader:
        assert reader.turnover.now() == Moment(1)
        left, came = reader.turnover.between(Moment(), reader.turnover.now())
        assert (left.tolist(), came.tolist()) == ([], [1])
    with closing(Store(tmp_path, writable=True)) as writer:
        writer.remove(["a"])
        assert writer.turnover.now() == Moment(0, 1)
