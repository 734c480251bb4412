"""A page, or a feed's own text → an article that is where it says it is."""

from __future__ import annotations

import doctest
import re

import pytest

from index.articles.fields import Fault
from index.ingest import taking
from index.ingest.taking import are_of_one_site, read_entry, read_page
from index.web.entries import Entry
from tests.test_refreshing import SENTENCES, page

URL = "https://news.daily.example/held?utm_source=rss"


@pytest.mark.parametrize(
    ("own", "url"),
    [
        ("", "https://news.daily.example/held"),
        ("https://news.daily.example/held.html", "https://news.daily.example/held.html"),
        ("https://other.example/held", "https://news.daily.example/held"),
        ("javascript:alert(1)", "https://news.daily.example/held"),
    ],
)
def test_a_page_is_believed_its_address_within_its_site(own: str, url: str) -> None:
    assert read_page(page(0, url=own).decode(), URL, {}).url == url


def test_a_source_fills_in_what_a_page_does_not_say() -> None:
    text = re.sub(r"<meta[^>]+>", "", page(0).decode())
    told = {"byline": "Anna", "published": "2024-09-05", "headline": "Never printed"}
    article = read_page(text, URL, told)
    assert (article.headline, article.byline) == ("Founder 0 held", "Anna")
    assert str(article.published) == "2024-09-05"
    assert read_page(text, URL, told, outlet="The Daily").outlet == "The Daily"


def test_what_a_source_says_wrongly_is_left_out() -> None:
    text = re.sub(r"<meta[^>]+>", "", page(0).decode())
    assert read_page(text, URL, {"published": "03/04/05"}).published is None


def test_a_feeds_own_text_is_its_article() -> None:
    html = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    entry = Entry(URL, "Held & freed", "Anna", "The Daily", "2024-09-03", html=html)
    article = read_entry(entry, "https://news.daily.example/held")
    assert (article.headline, article.byline, article.outlet, str(article.published)) == (
        "Held & freed", "Anna", "The Daily", "2024-09-03",
    )  # fmt: skip
    assert article.body == "\n\n".join(SENTENCES)
    with pytest.raises(Fault):
        read_entry(Entry(URL, "Held", html="<p>Log in.</p>"), URL)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.bbc.co.uk/a", "https://news.bbc.co.uk/b", True),
        ("https://one.co.uk/a", "https://two.co.uk/a", False),
        ("https://one.github.io/", "https://two.github.io/", False),
        ("http://127.0.0.1:1/", "http://127.0.0.1:2/", True),
        ("http://127.0.0.1/", "http://10.0.0.1/", False),
    ],
)
def test_a_site_is_what_somebody_registered(one: str, other: str, same: bool) -> None:
    assert are_of_one_site(one, other) is same


def test_examples_are_true() -> None:
    assert doctest.testmod(taking).failed == 0
