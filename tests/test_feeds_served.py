"""Real feeds served from loopback; all 31 of them: python -m tests.feeds_campaign."""

from __future__ import annotations

from tests.conftest import shared
from tests.feeds_campaign import BROKEN, is_right, run

SLICE = ["heise.atom", "reddit.rss", "uolNoticias.rss", "itunes-keywords-array.rss", *BROKEN]


def test_feeds_are_taken_from_or_say_why_not_and_a_second_pass_downloads_nothing() -> None:
    shared("data/feeds")
    shared("data/extraction/article-extraction-benchmark/html")
    rows = list(run(SLICE, articles=2))
    assert len(rows) == len(SLICE)
    assert [row for row in rows if not is_right(row)] == []
    assert sum(row.articles for row in rows) == 7
