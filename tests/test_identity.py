"""What an article is known by: one place for all its addresses, one hash for its text."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import identity
from index.articles.identity import canonical, keys, place
from index.types import Article

STORY = "daily.example/2024/held"


@pytest.mark.parametrize(
    "url",
    [
        "https://daily.example/2024/held",
        "http://www.daily.example/2024/held/",
        "https://DAILY.example:443/2024/held#comments",
        "https://daily.example/2024/held?utm_source=feed&utm_medium=rss&fbclid=x",
        "https://amp.daily.example/2024/held",
        "https://m.daily.example/2024/held",
        "https://daily.example/amp/2024/held",
        "https://daily.example/2024/held/amp/",
        "https://daily.example/2024/held.amp",
        "https://daily.example/2024/held?amp",
        "https://daily.example/2024/held?outputType=amp&utm_campaign=x",
        "https://www.google.com/amp/s/daily.example/2024/held",
        "https://daily-example.cdn.ampproject.org/c/s/daily.example/2024/held",
        "https://daily.example/2024/held#:~:text=Police%20held",
    ],
)
def test_addresses_of_one_article_lead_to_one_place(url: str) -> None:
    assert place(url) == STORY


@pytest.mark.parametrize(
    "url",
    [
        "https://daily.example/2024/held-again",
        "https://daily.example/2024/Held",
        "https://daily.example/2024/held?id=3",
        "https://daily.example/2024/held?page=2",
        "https://other.example/2024/held",
        "https://daily.example/2024/amplified",
        "https://amp.example/2024/held",
    ],
)
def test_other_articles_stand_in_other_places(url: str) -> None:
    assert place(url)
    assert place(url) != STORY


@pytest.mark.parametrize(
    "url",
    ["", "https://daily.example", "https://www.daily.example/?utm_source=x", "http://[", "x"],
)
def test_front_pages_and_what_is_no_address_are_no_place(url: str) -> None:
    assert place(url) == ""


@pytest.mark.parametrize("url", ["http://daily&#1b]", "https://daily.example/\ud800", "held"])
def test_what_cannot_be_taken_apart_stays_as_it_is(url: str) -> None:
    assert canonical(url) == url


@given(st.text())
def test_no_address_is_too_odd(url: str) -> None:
    for address in (url, f"https://daily.example/{url}"):
        place(address)
        canonical(address)


def test_examples_are_true() -> None:
    assert doctest.testmod(identity).failed == 0


def test_text_is_known_by_what_it_says_wherever_it_stands() -> None:
    one = Article("a", "Founder held", "Police held  him.", "Daily", url="https://daily.example/1")
    two = Article(
        "b", "FOUNDER HELD", "Police held him.\n", "daily", url="https://daily.example/2"
    )
    other = Article("c", "Founder held", "Police held her.", "Daily")
    assert keys(one)[1:] == keys(two)[1:]
    assert keys(one)[0] != keys(two)[0]
    assert not set(keys(other)) & set(keys(one))
    assert len(keys(other)) == 1
