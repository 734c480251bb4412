"""Never the same article twice: whatever its id and its address are this time."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from index.articles.files import read
from index.ingest import indexer
from index.ingest.indexer import Changes
from index.ingest.progress import Unwatched
from index.storage.audit import audit
from index.storage.store import Store
from index.types import Article
from tests.fakes import WordEncoder
from tests.test_likeness import OTHER, WIRE

URL = "https://daily.example/held"


def item(id_: str, body: str = WIRE, **fields: str) -> dict[str, str]:
    return {
        "id": id_,
        "headline": "Founder held",
        "body": body,
        "outlet": "Daily",
        "url": URL,
    } | fields


def take(folder: Path, *items: dict[str, str], command: str = "build") -> Changes:
    """Build from, or add, an export with these articles."""
    export = folder.parent / "export.jsonl"
    export.write_text("".join(json.dumps(one) + "\n" for one in items))
    run = indexer.build if command == "build" else indexer.add
    return run(folder, read([export]), encoder=WordEncoder(), progress=Unwatched())


def held(folder: Path) -> dict[str, Article]:
    with closing(Store(folder)) as store:
        assert audit(folder, store) == []
        return store.articles(store.digests())


@pytest.fixture
def data(tmp_path: Path) -> Path:
    take(tmp_path / "data", item("a"), item("b", OTHER, url="", headline="Schools"))
    return tmp_path / "data"


SAME = [
    pytest.param({"url": f"{URL}?utm_source=x"}, id="tracked address"),
    pytest.param({"url": f"{URL}/amp"}, id="AMP"),
    pytest.param({"url": "", "body": WIRE}, id="same text without address"),
    pytest.param({"url": "https://daily.example/economy/held"}, id="same text elsewhere"),
    pytest.param({"body": WIRE.replace("Monday", "Sunday")}, id="corrected"),
    pytest.param({"body": OTHER}, id="same place and headline"),
    pytest.param({"headline": "Messenger's founder held"}, id="other headline, same text"),
]
DIFFERENT = [
    pytest.param({"body": OTHER, "headline": "Schools"}, id="same address alone"),
    pytest.param(
        {"outlet": "Other", "url": "https://other.example/1"}, id="another outlet's copy"
    ),
    pytest.param(
        {"url": "https://thief.example/held"}, id="copied by another site, outlet and all"
    ),
    pytest.param({"body": OTHER, "url": ""}, id="same headline alone"),
    pytest.param({"url": "https://daily.example/", "body": f"{WIRE} And more."}, id="front page"),
]


@pytest.mark.parametrize("fields", SAME)
def test_same_article_twice_in_one_run_is_taken_once(
    tmp_path: Path, fields: dict[str, str]
) -> None:
    for _ in range(2):
        changes = take(tmp_path / "data", item("a"), item("again", **fields))
        assert held(tmp_path / "data").keys() == {"a"}
        assert changes.copies == [("again", "a")]
        assert changes.known_as == {"again": "a"}
        assert (changes.changed, changes.removed) == ([], [])


@pytest.mark.parametrize("fields", SAME)
def test_same_article_in_a_later_run_is_its_later_version(
    data: Path, fields: dict[str, str]
) -> None:
    changes = take(data, item("again", **fields), command="add")
    found = held(data)
    assert found.keys() == {"a", "b"}
    assert (changes.added, changes.changed, changes.copies) == ([], ["a"], [])
    assert changes.known_as == {"again": "a"}
    assert found["a"].body == fields.get("body", WIRE)
    with closing(Store(data)) as store:
        assert [version.article.body for version in store.history.of("a")] == [WIRE]
    again = take(data, item("again", **fields), command="add")
    assert (again.unchanged, again.changed) == (["a"], [])


@pytest.mark.parametrize("fields", DIFFERENT)
@pytest.mark.parametrize("at_once", [True, False], ids=["one run", "two runs"])
def test_different_articles_are_both_taken(
    tmp_path: Path, fields: dict[str, str], at_once: bool
) -> None:
    folder, items = tmp_path / "data", [item("a"), item("other", **fields)]
    for run in [items] if at_once else [[one] for one in items]:
        changes = take(folder, *run, command="add")
        assert not changes.copies
    assert held(folder).keys() == {"a", "other"}


def test_build_from_an_export_with_new_ids_keeps_the_articles(data: Path) -> None:
    changes = take(data, item("x"), item("y", OTHER, url="", headline="Schools"))
    assert sorted(changes.unchanged) == ["a", "b"]
    assert (changes.added, changes.removed, changes.encoded) == ([], [], 0)


def test_article_under_its_own_id_comes_before_one_that_is_like_it(data: Path) -> None:
    changes = take(data, item("again", WIRE.replace("Monday", "Sunday")), item("a"))
    assert changes.copies == [("again", "a")]
    assert held(data)["a"].body == WIRE


@pytest.mark.parametrize("headline", ["Schools", "Founder held"])
@pytest.mark.parametrize("command", ["build", "add"])
def test_article_whose_id_another_one_takes_over_stays_under_its_new_one(
    data: Path, command: str, headline: str
) -> None:
    """As a file that holds today's lead, whose one of yesterday was renamed."""
    later = item("a", "Ships may enter the harbour again.", url="", headline=headline)
    changes = take(data, later, item("yesterday"), item("b", OTHER, url=""), command=command)
    assert (changes.copies, changes.changed) == ([], ["a", "b"])
    assert {id_: one.body for id_, one in held(data).items()} == {
        "a": later["body"],
        "b": OTHER,
        "yesterday": WIRE,
    }


def test_change_that_passages_do_not_depend_on_encodes_nothing(data: Path) -> None:
    with closing(Store(data)) as store:
        before = [one.vectors.tobytes() for one in store.passages_of("a")]
    changes = take(data, item("a", url=f"{URL}-now", author="Ann Other"), command="add")
    assert (changes.changed, changes.encoded) == (["a"], 0)
    assert (held(data)["a"].byline, held(data)["a"].url) == ("Ann Other", f"{URL}-now")
    with closing(Store(data)) as store:
        assert [one.vectors.tobytes() for one in store.passages_of("a")] == before
    assert take(data, item("a", headline="Freed"), command="add").encoded == len(before)
