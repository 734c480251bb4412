"""A pass over the sources: what is new is indexed, once and whole, and what is gone leaves."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from index import IndexSettings
from index.articles.files import read
from index.desk import Desk
from index.errors import LockedError, SourceError
from index.ingest import indexer, visiting
from index.ingest.changing import change
from index.ingest.gathering import gather
from index.ingest.ledger import Ledger
from index.ingest.progress import Unwatched
from index.ingest.refreshing import Refreshed, refresh
from index.ingest.sources import Source
from index.ingest.taking import Item, read_page
from index.ingest.vitals import health
from index.storage.store import Store
from index.types import Article
from index.web.fetching import NO_VALIDATORS
from tests.fakes import WordEncoder
from tests.web import Clock, Here, Reply, Web, fetcher, serve

SENTENCES = [
    f"Police in Paris held the founder number {n} on Monday and a judge freed him on bail, the "
    f"court said in statement {n} to reporters who had waited outside since the morning."
    for n in range(8)
]
HOUR = 3600.0


def page(number: int, *, url: str = "", text: str = "") -> bytes:
    """A page whose article is about a founder of its own."""
    canonical = f'<link rel="canonical" href="{url}">' if url else ""
    body = "".join(f"<p>{text or SENTENCES[number]} It is part {n}.</p>" for n in range(4))
    return (
        f"<html><head><title>Founder {number} held</title>{canonical}"
        f'<meta property="article:published_time" content="2024-09-0{number + 1}T10:00:00Z">'
        f"</head><body><article><h1>Founder {number} held</h1>{body}</article></body></html>"
    ).encode()


def feed(web: Web, *numbers: int, html: str = "", host: str = "127.0.0.1") -> Reply:
    content = f"<content:encoded><![CDATA[{html}]]></content:encoded>" if html else ""
    items = "".join(
        f"<item><title>Founder {n} held</title>"
        f"<link>{web.url(f'/{n}?utm_source=rss', host)}</link>"
        f"<pubDate>Tue, 0{n + 1} Sep 2024 10:00:00 GMT</pubDate>"
        f"<description>A founder was held.</description>{content}</item>"
        for n in numbers
    )
    return Reply(
        f'<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>The Daily</title>{items}</channel></rss>".encode(),
        "application/rss+xml",
    )


class Room:
    """A data folder, a web and a clock."""

    def __init__(self, folder: Path, web: Web) -> None:
        self.folder, self.web, self.clock = folder, web, Clock()
        self.settings = IndexSettings(data_dir=folder, allow_private_addresses=True)

    def write(self, text: str) -> None:
        (self.folder / "sources.toml").write_text("delay = 0\n" + text)

    def run(self, **options: Any) -> Refreshed:
        given: dict[str, Any] = {"everything": True, "load_encoder": WordEncoder} | options
        return refresh(self.settings, fetcher=fetcher(self.clock), apart=Here(), **given)

    def bodies(self) -> dict[str, str]:
        with closing(Store(self.folder)) as store:
            return {a.headline: a.body for a in store.articles(store.digests()).values()}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with serve() as web:
        web.pages |= {f"/{n}?utm_source=rss": Reply(b"", status=500) for n in range(8)}
        web.pages |= {f"/{n}": Reply(page(n)) for n in range(8)}
        web.pages["/feed"] = feed(web, 0, 1)
        room = Room(tmp_path, web)
        room.write(f'[[feed]]\nname = "daily"\nurl = "{web.url("/feed")}"\n')
        yield room


def test_what_a_feed_teases_is_read_from_its_pages(room: Room) -> None:
    done = room.run()
    assert sorted(done.found.values()) == ["Founder 0 held", "Founder 1 held"]
    assert (len(done.added), done.left_out, done.failed) == (2, [], {})
    with closing(Desk(room.folder, WordEncoder())) as desk:
        (citation, *_) = desk.ask("Who freed the founder number 1 on bail?").citations
        assert citation.url == room.web.url("/1")
        assert str(citation.published) == "2024-09-02"
        assert citation.excerpt in room.bodies()[citation.headline]


def test_a_second_pass_downloads_nothing(room: Room) -> None:
    room.run()
    asked = len(room.web.asked)
    done = room.run()
    assert (done.bodies, done.unchanged, done.found, done.added) == (0, 1, {}, [])
    assert len(room.web.asked) == asked + 1


def test_what_a_feed_has_whole_is_taken_from_it(room: Room) -> None:
    html = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    room.web.pages["/feed"] = feed(room.web, 0, html=html)
    done = room.run()
    assert len(done.added) == 1
    assert "/0" not in room.web.paths()
    assert room.bodies()["Founder 0 held"] == "\n\n".join(SENTENCES)


def test_a_feed_puts_no_words_into_the_mouth_of_another_site(room: Room) -> None:
    html = "".join(f"<p>The founder confessed, we made up. {s}</p>" for s in SENTENCES)
    room.web.pages["/feed"] = feed(room.web, 0, html=html, host="other.example")
    room.run()
    assert "made up" not in room.bodies()["Founder 0 held"]


def test_a_page_takes_the_place_of_no_other_sites_article(room: Room) -> None:
    room.run()
    mine = room.web.url("/1")
    room.web.pages["/feed"] = feed(room.web, 2, host="evil.example")
    room.web.pages["/2"] = Reply(page(2, url=mine, text="The founder confessed, we made up."))
    done = room.run()
    assert [id_ for id_ in done.changed if id_] == []
    with closing(Store(room.folder)) as store:
        by_url = {a.url: a.body for a in store.articles(store.digests()).values()}
    assert "made up" not in by_url[mine]
    assert "made up" in by_url[room.web.url("/2", "evil.example")]


def test_what_speaks_of_html_is_indexed_as_it_is_and_once(room: Room) -> None:
    said = "Write &lt;p&gt; or &lt;/p&gt; around what you say, the teacher said."
    room.web.pages["/0"] = Reply(page(0, text=said))
    assert len(room.run().added) == 2
    assert "Write <p> or </p> around what you say" in room.bodies()["Founder 0 held"]
    room.clock.now += HOUR
    done = room.run()
    assert (done.added, done.changed) == ([], [])


def test_what_was_removed_by_hand_no_source_brings_back(room: Room) -> None:
    room.run()
    with closing(Store(room.folder)) as store:
        removed = store.articles(store.digests())
    [id_] = [one.id for one in removed.values() if one.headline == "Founder 0 held"]
    indexer.remove(room.folder, [id_])
    room.web.pages["/0"] = Reply(page(0, text="The founder went home, says a later version."))
    room.web.pages["/feed"] = feed(room.web, 0, 1, 2)
    room.clock.now += HOUR
    done = room.run()
    assert [one.place for one in done.left_out] == [room.web.url("/0")]
    assert "removed by hand" in done.left_out[0].reason
    assert sorted(room.bodies()) == ["Founder 1 held", "Founder 2 held"]
    room.clock.now += HOUR
    assert room.run().left_out == []  # that is said once


def test_what_was_removed_by_hand_comes_back_under_no_other_id(room: Room) -> None:
    room.run()
    with closing(Store(room.folder)) as store:
        held = list(store.digests())
    indexer.remove(room.folder, held)
    export = room.folder / "export.jsonl"
    fields = {"headline": "Founder 0", "body": "Other words.", "url": room.web.url("/0")}
    export.write_text(json.dumps({"id": "other", **fields}))
    room.write(f'[[files]]\nname = "export"\npath = "{export.name}"\n')
    assert "removed by hand" in room.run().left_out[0].reason
    assert room.bodies() == {}


def test_what_is_added_by_hand_again_sources_keep_up_to_date(room: Room) -> None:
    room.write(f'[[page]]\nname = "live"\nurl = "{room.web.url("/0")}"\n')
    [id_] = room.run().added
    with closing(Store(room.folder)) as store:
        [article] = store.articles([id_]).values()
    change(room.folder, remove=[id_], load_encoder=WordEncoder)
    assert room.run().added == []
    assert change(room.folder, add=[article], load_encoder=WordEncoder).added == [id_]
    room.web.pages["/0"] = Reply(page(0, text="The founder went home, says a later version."))
    assert room.run().changed == [id_]


@pytest.fixture
def half_removed(room: Room, monkeypatch: pytest.MonkeyPatch) -> Article:
    """Removed by hand, though not to the end: it stands, as in a store that was put back."""
    room.run()
    with closing(Store(room.folder)) as store:
        held = store.articles(store.digests()).values()
    [article] = [one for one in held if one.headline == "Founder 0 held"]
    with monkeypatch.context() as killed:
        killed.setattr(Store, "remove", lambda *_: sys.exit("killed"))
        with pytest.raises(SystemExit):
            indexer.remove(room.folder, [article.id])
    assert "Founder 0 held" in room.bodies()
    return article


@pytest.mark.parametrize("changes", [False, True])
def test_what_was_removed_by_hand_and_stands_all_the_same_leaves_with_the_next_pass(
    room: Room, half_removed: Article, changes: bool
) -> None:
    if changes:
        room.web.pages["/0"] = Reply(page(0, text="The founder went home, says a later version."))
    room.clock.now += HOUR
    assert room.run().removed == [half_removed.id]
    assert sorted(room.bodies()) == ["Founder 1 held"]


@pytest.mark.parametrize("how", ["change", "add", "build"])
def test_what_was_added_by_hand_as_it_stands_is_kept_out_no_more(
    room: Room, half_removed: Article, how: str
) -> None:
    if how == "change":
        change(room.folder, add=[half_removed], load_encoder=WordEncoder)
    else:
        export = room.folder / "export.json"
        export.write_text(json.dumps(asdict(half_removed), default=str))
        run = indexer.add if how == "add" else indexer.build
        made = run(room.folder, read([export]), encoder=WordEncoder(), progress=Unwatched())
        assert (made.unchanged, made.let_in) == ([half_removed.id], [half_removed.id])
    room.web.pages["/0"] = Reply(page(0, text="The founder went home, says a later version."))
    room.clock.now += HOUR
    done = room.run()
    assert (done.removed, done.changed) == ([], [half_removed.id])


def test_what_is_gone_from_a_source_may_come_back_with_it(room: Room) -> None:
    folder = room.folder / "export"
    folder.mkdir()
    fields = {"id": "held", "headline": "Founder held", "body": "A founder was held in Paris."}
    (folder / "one.json").write_text(json.dumps(fields))
    (folder / "rain.json").write_text(json.dumps(fields | {"id": "rain", "body": "Rain fell."}))
    room.write('[[files]]\nname = "export"\npath = "export"\n')
    room.run()
    (folder / "one.json").rename(room.folder / "aside.json")
    assert room.run().removed == ["held"]
    (room.folder / "aside.json").rename(folder / "two.json")
    assert room.run().added == ["held"]


def test_an_article_of_another_site_keeps_its_id(room: Room) -> None:
    """Ids hold a short hash of the address, of which another with the same can be searched for."""
    room.run()
    with closing(Store(room.folder)) as store:
        held = store.articles(store.digests())
    (victim,) = [id_ for id_, article in held.items() if article.url == room.web.url("/1")]
    evil = {
        "id": victim,
        "headline": "Made up",
        "body": SENTENCES[5],
        "url": "https://evil.example/",
    }
    (room.folder / "evil.jsonl").write_text(json.dumps(evil))
    room.write('[[files]]\nname = "evil"\npath = "evil.jsonl"\n')
    done = room.run()
    assert (done.changed, done.added) == ([], [])
    assert f"its id {victim!r} is that of {room.web.url('/1')}" in done.left_out[0].reason
    assert "Founder 1 held" in room.bodies()


def test_pages_that_take_too_long_wait_for_the_next_pass(room: Room) -> None:
    def slow() -> Reply:
        room.clock.now += 601
        return Reply(page(0))

    room.web.pages["/0"] = slow
    assert list(room.run().found.values()) == ["Founder 0 held"]
    assert list(room.run().found.values()) == ["Founder 1 held"]


def test_a_later_version_takes_the_place_of_the_earlier_one(room: Room) -> None:
    room.run()
    room.web.pages["/1"] = Reply(page(1, text="The charges against the founder were dropped."))
    assert room.run().changed == []  # it is not due yet
    room.clock.now += 2 * HOUR
    done = room.run()
    assert len(done.changed) == 1
    assert done.unchanged == 2  # the feed and the other page
    assert "dropped" in room.bodies()["Founder 1 held"]


@pytest.mark.parametrize(("status", "passes"), [(410, 1), (404, 2)])
def test_what_is_gone_leaves(room: Room, status: int, passes: int) -> None:
    room.run()
    room.web.pages["/1"] = Reply(status=status)
    for left in range(passes, 0, -1):
        assert len(room.bodies()) == 2
        room.clock.now += 3 * HOUR
        assert len(room.run().removed) == (left == 1)
    assert list(room.bodies()) == ["Founder 0 held"]


def put_in(room: Room, id_: str, number: int, *, url: str) -> None:
    """Index an article that is in the feed, too, under an id of its own."""
    room.run()
    [same] = [one for one in articles(room) if one.headline == f"Founder {number} held"]
    indexer.remove(room.folder, [same.id])
    shutil.rmtree(room.folder / "sources")
    export = room.folder / "own.json"
    told = {"id": id_, "headline": same.headline, "body": same.body, "outlet": same.outlet}
    export.write_text(json.dumps(told | {"url": url}))
    indexer.add(room.folder, read([export]), encoder=WordEncoder(), progress=Unwatched())


def articles(room: Room) -> list[Article]:
    with closing(Store(room.folder)) as store:
        return list(store.articles(store.digests()).values())


def test_what_was_there_under_another_id_leaves_when_its_page_is_gone(room: Room) -> None:
    put_in(room, "ours", 1, url=room.web.url("/1"))
    for _ in range(2):
        room.run()
        assert sorted(one.headline for one in articles(room)) == [
            "Founder 0 held",
            "Founder 1 held",
        ]
        assert "ours" in {one.id for one in articles(room)}
        room.clock.now += 3 * HOUR
    room.web.pages["/1"] = Reply(status=410)
    assert room.run().removed == ["ours"]
    assert list(room.bodies()) == ["Founder 0 held"]


def test_what_two_sources_have_under_two_ids_stays_while_one_has_it(room: Room) -> None:
    put_in(room, "ours", 1, url=room.web.url("/1"))
    room.write(
        f'[[feed]]\nname = "daily"\nurl = "{room.web.url("/feed")}"\n'
        '[[files]]\nname = "own"\npath = "own.json"\n'
    )
    room.run()
    room.clock.now += 3 * HOUR
    room.web.pages["/1"] = Reply(status=410)
    assert room.run().removed == []
    (room.folder / "own.json").write_text(json.dumps({"headline": "Other", "body": "Of it."}))
    assert room.run().removed == ["ours"]


def test_a_page_that_names_another_address_of_its_own_keeps_its_article(room: Room) -> None:
    room.write(f'[[feed]]\nname = "daily"\nurl = "{room.web.url("/feed")}"\noutlet = "Daily"\n')
    room.run()
    room.web.pages["/1"] = Reply(page(1, url=room.web.url("/moved")))
    room.clock.now += 3 * HOUR
    assert room.run().removed == []
    assert len(room.bodies()) == 2


def test_an_article_copied_by_another_site_stays_where_it_is(room: Room) -> None:
    put_in(room, "ours", 1, url="https://daily.example/1")
    room.run()
    urls = {one.url for one in articles(room) if one.headline == "Founder 1 held"}
    assert urls == {"https://daily.example/1", room.web.url("/1")}


def test_a_page_that_fails_for_a_while_keeps_its_article(room: Room) -> None:
    room.run()
    room.web.pages["/1"] = Reply(status=500)
    for _ in range(12):
        room.clock.now += 25 * HOUR
        assert room.run().removed == []
    assert len(room.bodies()) == 2


def test_what_cannot_be_taken_is_told_with_its_reason(room: Room) -> None:
    room.web.pages["/0"] = Reply(b"<html><body>Log in to read on.</body></html>")
    room.web.pages["/1"] = Reply(status=403)
    done = room.run()
    assert {item.place: item.reason for item in done.left_out} == {
        room.web.url("/0"): "no article found in this page; save its text as .txt",
        room.web.url("/1"): f"{room.web.url('/1')}: the server answers 403 Forbidden",
    }
    assert done.failed == {}


def test_a_sitemap_and_the_sitemaps_it_names_are_read(room: Room) -> None:
    web = room.web

    def sitemap(*paths: str, kind: str, part: str) -> Reply:
        urls = "".join(f"<{part}><loc>{web.url(path)}</loc></{part}>" for path in paths)
        return Reply(f"<{kind}>{urls}</{kind}>".encode(), "application/xml")

    web.pages["/map"] = sitemap("/a.xml", "/b.xml", "/c.xml", kind="sitemapindex", part="sitemap")
    web.pages["/a.xml"] = sitemap("/0", kind="urlset", part="url")
    web.pages["/b.xml"] = sitemap("/1", kind="urlset", part="url")
    room.write(f'[[sitemap]]\nname = "map"\nurl = "{web.url("/map")}"\n')
    first = room.run()
    assert len(first.added) == 2
    assert [item.place for item in first.left_out] == [web.url("/c.xml")]
    second = room.run()
    assert (second.bodies, second.unchanged) == (0, 3)
    web.pages["/b.xml"] = sitemap("/1", "/2", kind="urlset", part="url")
    assert len(room.run().added) == 1  # although the index did not change


def test_an_index_none_of_whose_sitemaps_can_be_read_fails(room: Room) -> None:
    """Or nobody would be told that nothing comes any more."""
    web = room.web
    index = "".join(f"<sitemap><loc>{web.url(path)}</loc></sitemap>" for path in ("/a", "/b"))
    web.pages["/map"] = Reply(f"<sitemapindex>{index}</sitemapindex>".encode())
    room.write(f'[[sitemap]]\nname = "map"\nurl = "{web.url("/map")}"\n')
    for _ in range(2):  # the second time the index itself is not modified
        done = room.run()
        assert "/a: the server answers 404" in done.failed["map"]
        assert len(done.left_out) == 2
    assert room.run().stalled == ["map"]


def test_what_two_feeds_list_goes_back_and_forth_between_neither(room: Room) -> None:
    """Each tells of it in its own way, and lists it again and again beside what is new."""
    web, html = room.web, "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    room.write(
        f'[[feed]]\nname = "all"\nurl = "{web.url("/feed")}"\n'
        f'[[feed]]\nname = "politics"\nurl = "{web.url("/politics")}"\n'
    )
    for newest in (1, 2, 3):
        listed = feed(web, 0, newest, html=html)
        web.pages["/feed"] = listed
        web.pages["/politics"] = replace(
            listed, body=listed.body.replace(b"<title>The Daily<", b"<title>Daily Politics<")
        )
        done = room.run()
        assert len(done.found) == len(done.added) == (2 if newest == 1 else 1)
        assert done.changed == []


def test_a_page_is_looked_at_for_whoever_lists_it_now(room: Room) -> None:
    """The source that listed it first may be none any more."""
    room.run()
    room.web.pages["/other"] = room.web.pages["/feed"]
    room.write(f'[[feed]]\nname = "other"\nurl = "{room.web.url("/other")}"\n')
    assert room.run().found == {}
    room.clock.sleep(2 * HOUR)
    room.web.pages["/0"] = Reply(page(0, text="The charges were dropped, said the court."))
    assert len(room.run().changed) == 1


def test_a_single_page_is_looked_at_in_every_pass(room: Room) -> None:
    room.write(f'[[page]]\nname = "one"\nurl = "{room.web.url("/3")}"\noutlet = "Daily"\n')
    assert len(room.run().added) == 1
    assert room.run().unchanged == 1
    room.web.pages["/3"] = Reply(page(3, text="The charges were dropped, said the court."))
    assert len(room.run().changed) == 1
    room.web.pages["/3"] = Reply(status=500)
    assert "answers 500" in room.run().failed["one"]


def test_a_single_page_is_looked_at_although_a_feed_lists_it_too(room: Room) -> None:
    room.write(
        f'[[feed]]\nname = "daily"\nurl = "{room.web.url("/feed")}"\n'
        f'[[page]]\nname = "one"\nurl = "{room.web.url("/0")}"\n'
    )
    room.run()
    room.web.pages["/0"] = Reply(page(0, text="The charges were dropped, said the court."))
    assert len(room.run().changed) == 1


def test_files_are_read_when_they_change_and_what_left_them_leaves(room: Room) -> None:
    export = room.folder / "export.jsonl"

    def write(*numbers: int) -> None:
        lines = [{"id": f"n{n}", "headline": f"N{n}", "body": SENTENCES[n]} for n in numbers]
        export.write_text("".join(json.dumps(line) + "\n" for line in lines))

    room.write('[[files]]\nname = "export"\npath = "export.jsonl"\noutlet = "Daily"\n')
    write(0, 1)
    assert room.run().added == ["n0", "n1"]
    assert room.run().found == {}
    write(1, 2)
    done = room.run()
    assert (done.added, done.removed) == (["n2"], ["n0"])
    export.write_text(export.read_text() + "{broken\n")
    write_broken = export.read_text().splitlines()[1:]
    export.write_text("\n".join(write_broken))
    done = room.run()
    assert done.removed == []  # what cannot be read may be what would be missed
    assert "not JSON" in done.left_out[0].reason
    export.unlink()
    assert "No such file" in room.run().failed["export"]


def test_what_two_sources_have_is_taken_once_and_leaves_with_the_last(room: Room) -> None:
    lines = json.dumps({"id": "n0", "headline": "N0", "body": SENTENCES[0]})
    for name in ("a", "b"):
        (room.folder / f"{name}.jsonl").write_text(lines)
    room.write("".join(f'[[files]]\nname = "{n}"\npath = "{n}.jsonl"\n' for n in "ab"))
    assert room.run().added == ["n0"]
    other = json.dumps({"id": "n1", "headline": "N1", "body": SENTENCES[1]})
    (room.folder / "a.jsonl").write_text(other)
    assert room.run().removed == []
    (room.folder / "b.jsonl").write_text(other)
    assert room.run().removed == ["n0"]


def test_a_dry_run_changes_nothing(room: Room) -> None:
    done = room.run(dry_run=True)
    assert sorted(done.found.values()) == ["Founder 0 held", "Founder 1 held"]
    assert done.added == []
    assert not (room.folder / "coverage.sqlite").exists()
    assert len(room.run().added) == 2


def test_a_source_is_visited_when_it_is_due(room: Room) -> None:
    assert room.run(everything=False).visited == ["daily"]
    assert room.run(everything=False).visited == []
    room.clock.now += HOUR
    assert room.run(everything=False).visited == ["daily"]


def test_a_stalled_source_is_told_once_and_again_when_it_recovers(room: Room) -> None:
    room.run()
    room.web.pages["/feed"] = Reply(status=500)
    told = [room.run().stalled for _ in range(5)]
    assert told == [[], [], ["daily"], [], []]
    (ill,) = health(room.folder)
    assert (ill.stalled, ill.failures, ill.articles) == (True, 5, 2)
    assert "answers 500" in ill.reason
    room.web.pages["/feed"] = feed(room.web, 0, 1, 2)
    assert room.run().recovered == ["daily"]
    assert room.run().recovered == []
    (well,) = health(room.folder)
    assert (well.stalled, well.failures, well.reason, well.articles) == (False, 0, "", 3)
    assert str(well.newest) == "2024-09-03"
    assert well.succeeded is not None
    assert well.succeeded.timestamp() == pytest.approx(room.clock.now)


def test_one_source_that_fails_holds_up_no_other(room: Room) -> None:
    room.write(
        f'[[feed]]\nname = "bad"\nurl = "{room.web.url("/0")}"\n'
        f'[[feed]]\nname = "good"\nurl = "{room.web.url("/feed")}"\n'
    )
    done = room.run()
    assert len(done.added) == 2
    assert "not a feed: it begins with '<html>" in done.failed["bad"]


def test_one_source_that_breaks_us_holds_up_no_other(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(source: Source, *rest: Any) -> Iterator[Item]:
        if source.name == "bad":
            raise RuntimeError("deep in a library")
        yield from gather(source, *rest)

    monkeypatch.setattr("index.ingest.refreshing.gather", broken)
    url = room.web.url("/feed")
    room.write("".join(f'[[feed]]\nname = "{name}"\nurl = "{url}"\n' for name in ("bad", "good")))
    done = room.run()
    assert done.failed == {"bad": "reading it fails (RuntimeError: deep in a library)"}
    assert len(done.added) == 2
    assert "Traceback" in caplog.text


def test_one_page_that_breaks_us_holds_up_no_other(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    read = read_page

    def break_down(text: str, url: str, told: dict[str, object], *, outlet: str = "") -> Article:
        if url.endswith("/0"):
            raise ZeroDivisionError
        return read(text, url, told, outlet=outlet)

    monkeypatch.setattr(visiting, "read_page", break_down)
    done = room.run()
    assert list(done.found.values()) == ["Founder 1 held"]
    ((place, reason),) = ((one.place, one.reason) for one in done.left_out)
    assert place == room.web.url("/0")
    assert "reading it fails (ZeroDivisionError)" in reason
    assert "ZeroDivisionError" in caplog.text
    assert not done.failed


def test_a_page_may_fail_for_years(room: Room) -> None:
    room.run()
    room.web.pages["/0"] = Reply(b"", status=500)
    with closing(Ledger(room.folder)) as ledger:
        ledger.settle(
            room.web.url("/0"),
            due=0.0,
            article="kept",
            validators=NO_VALIDATORS,
            failures=5000,
            reason="x",
        )
    assert not room.run().failed


def test_an_address_that_is_none_holds_up_nothing_else(room: Room) -> None:
    web = room.web
    items = [
        {"id": n, "url": url, "title": f"Founder {n} held", "content_text": "\n".join(SENTENCES)}
        for n, url in enumerate(
            ["http://[no", "http://\u2100/a", "//[no", "http://xn--_/a", web.url("/4")]
        )
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "The Daily", "items": items}
    web.pages["/feed"] = Reply(json.dumps(feed).encode(), "application/feed+json")
    done = room.run()
    assert list(done.found.values()) == ["Founder 4 held"]
    assert len(done.left_out) == 4
    assert done.failed == {}


def test_two_passes_at_once_do_not_meet(room: Room) -> None:
    def second() -> Reply:
        with pytest.raises(LockedError, match="another process is writing"):
            room.run()
        return feed(room.web, 0)

    room.web.pages["/feed"] = second
    assert len(room.run().added) == 1


@pytest.mark.parametrize("at", ["indexing", "remembering"])
def test_a_pass_that_dies_is_made_up_for_by_the_next(
    room: Room, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies without a word, as by kill -9: in a process of its own."""
    if (child := os.fork()) == 0:
        if at == "indexing":
            monkeypatch.setattr("index.ingest.indexer.add", lambda *_, **__: os._exit(9))
        else:
            monkeypatch.setattr(Ledger, "commit", lambda _: os._exit(9))
        room.run()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    done = room.run()
    assert sorted(done.found.values()) == ["Founder 0 held", "Founder 1 held"]
    assert len(done.added) == (2 if at == "indexing" else 0)
    assert len(room.bodies()) == 2


def test_without_sources_it_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no .*sources\.toml'.*\[\[feed\]\]"):
        refresh(IndexSettings(data_dir=tmp_path), load_encoder=WordEncoder)
