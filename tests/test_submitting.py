"""What is sent to be indexed: extracted, compared with what is there, and never harmful."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from index import IndexSettings
from index.ingest.submitting import Proposed, look_up, propose_file, propose_link, propose_text
from tests.conftest import build
from tests.fakes import WordEncoder
from tests.test_likeness import OTHER, WIRE
from tests.test_refreshing import page
from tests.web import Here, Reply, Web, fetcher, serve

URL = "https://daily.example/held"


def settings(folder: Path) -> IndexSettings:
    """Settings of a folder in which one article is indexed."""
    own = folder / "own.json"
    held = {"id": "held", "headline": "Founder held", "outlet": "Daily", "url": URL, "body": WIRE}
    own.write_text(json.dumps(held))
    build(folder / "data", [own], WordEncoder())
    return IndexSettings(data_dir=folder / "data")


def sent(folder: Path, name: str, content: str, **more: Any) -> Proposed:
    return propose_file(settings(folder), name, content.encode(), apart=Here(), **more)


def link(folder: Path, web: Web, path: str) -> Proposed:
    return propose_link(settings(folder), web.url(path), fetcher=fetcher(), apart=Here())


def test_a_link_gives_the_article_of_its_page(tmp_path: Path) -> None:
    with serve() as web:
        web.pages["/1"] = Reply(page(1))
        [one] = link(tmp_path, web, "/1").found
        assert (one.article.headline, one.article.url) == ("Founder 1 held", web.url("/1"))
        assert str(one.article.published) == "2024-09-02"
        assert one.earlier is None
        first, last = one.ends
        assert one.article.body.startswith(first)
        assert last == "It is part 3."


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(status=404), "the server answers 404"),
        (Reply(b"<html><body>Log in.</body></html>"), "no article found in this page"),
    ],
)
def test_a_link_without_an_article_says_why(tmp_path: Path, reply: Reply, reason: str) -> None:
    with serve() as web:
        web.pages["/1"] = reply
        proposed = link(tmp_path, web, "/1")
        assert proposed.found == ()
        assert reason in proposed.wrong[0]


@pytest.mark.parametrize("url", ["http://127.0.0.1/x", "http://localhost/", "http://[::1]/x"])
def test_a_link_that_leads_inside_is_not_followed(tmp_path: Path, url: str) -> None:
    proposed = propose_link(settings(tmp_path), url, apart=Here())
    assert proposed.found == ()
    assert "not public" in proposed.wrong[0]


def test_a_file_gives_its_articles_and_what_is_wrong_with_the_others(tmp_path: Path) -> None:
    lines = [{"headline": "Schools", "body": OTHER}, {"headline": "Empty"}]
    proposed = sent(tmp_path, "../../two.jsonl", "\n".join(map(json.dumps, lines)))
    assert [one.article.headline for one in proposed.found] == ["Schools"]
    assert proposed.wrong == ("two.jsonl:2: body: missing; give the article its text",)


@pytest.mark.parametrize("name", ["x.exe", "article", ".html", "..", "a/b\\c.pdf"])
def test_a_file_of_another_kind_is_told(tmp_path: Path, name: str) -> None:
    proposed = sent(tmp_path, name, "nothing in it")
    assert (proposed.found, len(proposed.wrong)) == ((), 1)


@pytest.mark.parametrize("name", ["기" * 120 + ".txt", "🐋" * 90 + ".TXT", ".txt.txt"])
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    [one] = sent(tmp_path, name, f"Schools reopen\n\n{OTHER}").found
    assert one.article.headline == "Schools reopen"


def test_the_ends_of_a_long_article_are_found_at_once(tmp_path: Path) -> None:
    body = "It begins. " + "It goes on and on. " * 30_000 + "It ends."
    [one] = sent(tmp_path, "long.txt", f"Long\n\n{body}").found
    assert one.ends == ("It begins.", "It ends.")


def test_a_file_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    text = "---\nheadline: Schools\n---\n" + OTHER
    [one] = propose_file(settings(tmp_path), "schools.md", text.encode()).found
    assert (one.article.id, one.article.body) == ("schools", OTHER.strip())


def test_the_same_article_takes_the_place_of_the_earlier(tmp_path: Path) -> None:
    later = {"id": "again", "headline": "Founder held", "outlet": "Daily", "url": URL}
    [one] = sent(tmp_path, "a.json", json.dumps(later | {"body": WIRE + " More."})).found
    assert one.earlier is not None
    assert (one.article.id, one.earlier.id, one.is_there) == ("held", "held", False)
    [same] = sent(tmp_path, "a.json", json.dumps(later | {"body": WIRE})).found
    assert same.is_there


def test_an_article_of_another_site_may_not_take_an_id(tmp_path: Path) -> None:
    other = {"id": "held", "headline": "Hoax", "url": "https://thief.example/1", "body": OTHER}
    proposed = sent(tmp_path, "a.json", json.dumps(other))
    assert proposed.found == ()
    assert proposed.wrong == (f"Hoax: its id 'held' is that of {URL}",)


def test_a_text_is_taken_apart_as_pasted(tmp_path: Path) -> None:
    told = {"outlet": "Channel", "url": "https://t.me/daily/7", "published": "2024-09-03"}
    [one] = propose_text(settings(tmp_path), f"Schools reopen\n\n{OTHER}", told).found
    assert (one.article.headline, one.article.outlet) == ("Schools reopen", "Channel")
    assert one.article.body == OTHER.strip()
    [bare] = propose_text(settings(tmp_path), OTHER, {}).found
    assert OTHER.startswith(bare.article.headline.rstrip("…"))
    assert propose_text(settings(tmp_path), "123", {}).wrong


def test_an_article_is_looked_up_by_id_or_address(tmp_path: Path) -> None:
    folder = settings(tmp_path).data_dir
    for sought in ("held", URL, f"{URL}/amp?utm_source=x"):
        assert [one.id for one in look_up(folder, sought)] == ["held"]
    for sought in ("other", "https://daily.example/", "https://daily.example/other", "'; --"):
        assert look_up(folder, sought) == []
