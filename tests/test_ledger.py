"""What is known of sources and pages, kept or forgotten as a whole."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from index.errors import CoverageError
from index.ingest.known import Record, Visited
from index.ingest.ledger import FOLDER, Ledger
from index.web.fetching import Host, Validators

URL = "https://daily.example/held"


def test_what_is_committed_is_kept_and_the_rest_forgotten(tmp_path: Path) -> None:
    visited = Visited(Validators('"a"', "Tue"), ("https://daily.example/1.xml",), "why")
    record = Record("daily", 1.5, 1.0, 2, "why", True, "2024-09-03")
    with closing(Ledger(tmp_path)) as ledger:
        ledger.keep(record)
        ledger.keep_visit(URL, visited)
        ledger.keep_hosts({"https://daily.example": Host("Disallow:", 1.0, 2.0)})
        ledger.commit()
        ledger.keep_visit(URL, Visited())
        ledger.undo()
        ledger.keep(Record("other"))
    with closing(Ledger(tmp_path, writable=False)) as ledger:
        assert ledger.record("daily") == record
        assert ledger.visited(URL) == visited
        assert ledger.hosts() == {"https://daily.example": Host("Disallow:", 1.0, 2.0)}
        assert ledger.record("other") == Record("other")


def test_pages_are_due_when_they_are_new_or_changed_or_later(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path)) as ledger:
        assert not ledger.is_listed(URL, "daily", "a")
        ledger.list_page(URL, "daily", "a", {"headline": "Held"}, now=10)
        assert ledger.is_listed(URL, "daily", "a")
        (page,) = ledger.due("daily", now=10, most=5)
        assert (page.url, page.told, page.article) == (URL, {"headline": "Held"}, "")
        ledger.settle(URL, due=100, article="held-1", validators=Validators('"x"'))
        assert ledger.due("daily", now=99, most=5) == []
        assert ledger.articles_of("daily") == 1
        ledger.list_page(URL, "daily", "b", {}, now=50)
        (page,) = ledger.due("daily", now=50, most=5)
        assert (page.article, page.validators) == ("held-1", Validators('"x"'))
        ledger.settle(URL, due=None)
        assert ledger.due("daily", now=1e12, most=5) == []
        assert not ledger.is_held("held-1")


def test_whether_an_article_is_held_is_told_without_reading_all_that_are(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path)) as ledger:
        ledger.hold("export", [f"article-{n}" for n in range(1000)])
        steps: list[int] = []
        ledger._db.set_progress_handler(lambda: steps.append(1), 100)
        assert not ledger.is_held("another")
        assert ledger.is_held("article-999")
        assert len(steps) < 10


def test_a_damaged_ledger_says_what_to_delete(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "ledger.sqlite").write_bytes(b"nothing of the kind" * 100)
    for writable in (True, False):
        with pytest.raises(CoverageError, match="is damaged: delete the folder"):
            Ledger(tmp_path, writable=writable)


def test_an_article_is_held_by_whoever_has_it_under_any_id(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path)) as ledger:
        ledger.hold("files", ["a"])
        ledger.hold("export", ["again"])
        ledger.rename("again", "a")
        assert (ledger.indexed_as("again"), ledger.indexed_as("a")) == ("a", "a")
        assert ledger.let_go("files", ()) == []
        assert ledger.is_held("a")
        assert ledger.let_go("export", ()) == ["again"]
        ledger.rename("again", "again")
        assert ledger.indexed_as("again") == "again"
