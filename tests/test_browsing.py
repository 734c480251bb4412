"""Browsing: the newest, a topic, what is around an excerpt, what came in."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest

from index import News, Shown, Span
from index.storage.store import FILE_NAME
from tests.newsstand import SAID, Newsstand


def test_the_latest_come_latest_first(stand: Newsstand) -> None:
    stand.put("undated", "Nobody knows when.", published="")
    stand.publish()
    with stand.open() as desk:
        found = desk.latest(k=20)
    dates = [each.published for each in found if each.published]
    assert dates == sorted(dates, reverse=True)
    assert found[-1].article == "undated"
    assert [each.number for each in found] == list(range(1, 10))
    assert found[0].excerpt == "The weather was fine that day."


def test_no_more_are_returned_than_asked_for_and_none_left_out(stand: Newsstand) -> None:
    with stand.open() as desk:
        assert len(desk.latest(k=2)) == 2
        everything = desk.latest(k=20)
        assert len(desk.latest(k=20, without=["Käseblatt"])) == len(everything) - 1


def test_a_topic_finds_what_is_on_it_and_nothing_else(stand: Newsstand) -> None:
    with stand.open() as desk:
        found = desk.latest("whales near Iceland", k=20)
        assert {each.article for each in found} == {f"whales-{at}" for at in range(len(SAID))}
        assert {each.excerpt for each in found} == set(SAID)
        assert desk.latest("cheese in Iceland") == []
        assert desk.latest("the", k=3) == []
        assert desk.latest("whales", without=["The Gazette"]) == []


def test_the_latest_on_a_topic_is_found_among_much_that_is_older_and_nearer(
    tmp_path: Path,
) -> None:
    stand = Newsstand(tmp_path)
    for at in range(90):
        stand.put(f"old-{at}", f"Whales near Iceland sing, {at}.", published="2022-01-01")
    more = "Rain fell on the coast for a day, and a ship came late."
    stand.put("new", f"{more} Whales near Iceland sing again. {more}", published="2024-09-03")
    stand.publish()
    with stand.open() as desk:
        found = desk.latest("whales near Iceland", k=3)
    assert found[0].article == "new"
    assert len(found) == 3


def test_an_excerpt_stands_between_the_sentences_around_it(stand: Newsstand) -> None:
    with stand.open() as desk:
        start = len("The weather was fine that day. Nobody was on the quay.\n\n")
        shown = Shown("whales-0", SAID[0], start)
        found = desk.surround(shown, question="Which whales?")
        cited = desk.cite(shown, question="Which whales?")
    assert found
    assert found.citation == cited
    assert found.before == ("The weather was fine that day. ", "Nobody was on the quay.\n\n")
    assert found.after == ("\n\nA bell rang at noon.", " The boats came home.")
    assert found.citation.excerpt == SAID[0]
    assert [mark.of(SAID[0]) for mark in found.citation.marks] == ["whales"]


@pytest.mark.parametrize(
    "shown",
    [
        Shown("nowhere", SAID[0], 0),
        Shown("whales-0", "Never said.", 0),
        Shown("whales-0", "", 0),
        Shown("whales-1", SAID[0], 5),
    ],
)
def test_what_is_not_in_its_article_is_not_shown(stand: Newsstand, shown: Shown) -> None:
    with stand.open() as desk:
        assert desk.surround(shown) is None
        assert desk.cite(shown) is None


@pytest.mark.parametrize("span", [Span(-1, 5), Span(5, 5), Span(9, 3), Span(0, 10**6)])
def test_a_part_that_an_article_does_not_have_is_not_opened(stand: Newsstand, span: Span) -> None:
    with stand.open() as desk:
        assert desk.open("whales-0", span) is None
        assert desk.open("nowhere") is None


def test_an_article_is_opened_at_its_beginning_or_where_wanted(stand: Newsstand) -> None:
    with stand.open() as desk:
        opened = desk.open("cheese")
        part = desk.open("cheese", Span(0, 6))
    assert opened
    assert part
    assert opened.excerpt == "Cheese got dearer in Bern."
    assert part.excerpt == "Cheese"


# What came in


def test_nothing_is_new_at_the_first_look(stand: Newsstand) -> None:
    with stand.open() as desk:
        first = desk.news(["whales"], since="")
        assert first.found == {}
        assert desk.news(["whales"], since=first.mark).found == {}


def test_what_came_in_since_is_found_once(stand: Newsstand) -> None:
    with stand.open() as desk:
        mark = desk.news(["whales"], since="").mark
        stand.put("new", "It is spring. Whales have come back to Norway. People are glad.")
        stand.publish()
        news = desk.news(["whales", "cheese"], since=mark)
        assert [each.excerpt for each in news.found["whales"]] == [
            "Whales have come back to Norway."
        ]
        assert "cheese" not in news.found
        assert desk.news(["whales"], since=news.mark).found == {}


def test_many_are_looked_at_piece_by_piece(stand: Newsstand) -> None:
    with stand.open() as desk:
        mark = desk.news(["whales"], since="").mark
        for at in range(5):
            stand.put(f"new-{at}", f"Whales have come to harbour {at}. People are glad.")
        stand.publish()
        found: list[str] = []
        with mock.patch("index.desk._LOOKED_AT", 2):
            for more in (True, True, False):
                news = desk.news(["whales"], since=mark)
                mark = news.mark
                assert news.more is more
                found += [each.article for each in news.found["whales"]]
        assert sorted(found) == [f"new-{at}" for at in range(5)]
        assert desk.news(["whales"], since=mark) == News(mark, {})


def test_nothing_is_new_to_a_topic_that_is_watched_for_only_now(stand: Newsstand) -> None:
    with stand.open() as desk:
        mark = desk.news([], since="").mark
        stand.put("new", "Whales have come back to Norway. People are glad.")
        stand.publish()
        mark = desk.news([], since=mark).mark
        assert desk.news(["whales"], since=mark).found == {}


def test_what_comes_into_a_coverage_that_was_put_back_is_new(stand: Newsstand) -> None:
    """Though a passage had its id before."""
    store = stand.folder / "index" / FILE_NAME
    kept = store.read_bytes()
    stand.put("lost", "Whales have come to Norway. They are many. People are glad.")
    stand.publish()
    with stand.open() as desk:
        mark = desk.news(["whales"], since="").mark
    store.write_bytes(kept)
    stand.drop("lost")
    with stand.open() as desk:
        mark = desk.news(["whales"], since=mark).mark
        stand.put("new", "Whales have come back to Iceland. People are glad.")
        stand.publish()
        assert desk.news(["whales"], since=mark).found["whales"][0].article == "new"


def test_nothing_is_new_after_a_build_with_other_marks(stand: Newsstand) -> None:
    with stand.open() as desk:
        assert desk.news(["whales"], since="another-index:0").found == {}


def test_the_stamp_changes_with_every_change_and_only_then(stand: Newsstand) -> None:
    with stand.open() as desk:
        before = desk.stamp()
        assert desk.stamp() == before
        stand.drop("cheese")
        stand.publish()
        assert desk.stamp() != before
        assert "cheese" not in desk.ids()
