"""The nouns: what a digest covers, what a span says, what cannot be changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import types
from index.types import Answer, Article, Citation, Passage, Reach, Span

ARTICLE = Article(
    id="held",
    headline="Founder held",
    body="Police held him.",
    outlet="Daily",
    byline="Ann Other",
    published=dt.date(2024, 8, 24),
    url="https://example.org/held",
    language="en",
)
CHANGES = {
    "id": "held-2",
    "headline": "Founder held.",
    "body": "Police held him. ",
    "outlet": "",
    "byline": "Ann  Other",
    "published": dt.date(2024, 8, 25),
    "updated": dt.date(2024, 8, 26),
    "url": "https://example.org/held#",
    "language": "fr",
}
REACH = Reach(articles=0, first=None, last=None)
CITATION = Citation(1, "held", "Founder held", "Daily", None, "", "Police", 0, 6, 0.9)


def test_every_field_of_an_article_has_a_change_to_test() -> None:
    assert set(CHANGES) == {field.name for field in fields(Article)}


@pytest.mark.parametrize("field", CHANGES)
def test_digest_changes_with(field: str) -> None:
    changed = replace(ARTICLE, **{field: CHANGES[field]})  # type: ignore[arg-type]  # by name
    assert changed.digest != ARTICLE.digest


def test_digest_is_the_same_for_an_equal_article() -> None:
    assert replace(ARTICLE).digest == ARTICLE.digest


def test_digest_tells_an_undated_article_from_any_dated_one() -> None:
    undated = replace(ARTICLE, published=None)
    assert undated.digest != ARTICLE.digest


def test_digest_tells_apart_what_stands_in_which_field() -> None:
    one = Article("a", "b", "c", outlet="Daily", byline="")
    other = Article("a", "b", "c", outlet="", byline="Daily")
    assert one.digest != other.digest


def test_digest_is_sha_256_in_hexadecimal_and_stable() -> None:
    """Stored digests are compared across runs: another way of computing them is a new format."""
    assert ARTICLE.digest == "fd3413016485ff89151b95c990004837cdd2209079ce15297a00f3fc158daa32"


@given(st.text(), st.text())
def test_digest_is_equal_only_for_equal_bodies(one: str, other: str) -> None:
    digests = Article("a", "b", one).digest, Article("a", "b", other).digest
    assert (digests[0] == digests[1]) == (one == other)


def test_digest_takes_lone_surrogates() -> None:
    assert Article("a", "b", "\ud83d").digest != Article("a", "b", "\ude00").digest


@pytest.mark.parametrize(
    ("span", "text", "found"),
    [
        pytest.param(Span(0, 2), "Hello", "He", id="start"),
        pytest.param(Span(3, 5), "Hello", "lo", id="end"),
        pytest.param(Span(2, 2), "Hello", "", id="empty"),
        pytest.param(Span(1, 2), "a😀b", "😀", id="astral, one code point"),
        pytest.param(Span(0, 9), "é", "é", id="beyond the end"),
    ],
)
def test_span_covers(span: Span, text: str, found: str) -> None:
    assert span.of(text) == found


@given(st.text(), st.integers(0, 50), st.integers(0, 50))
def test_span_is_what_slicing_says(text: str, start: int, end: int) -> None:
    assert Span(start, end).of(text) == text[start:end]


def test_span_of_a_passage_reaches_from_its_first_sentence_to_its_last() -> None:
    assert Passage("a", (Span(3, 9), Span(10, 12), Span(14, 20))).span == Span(3, 20)
    assert Passage("a", (Span(3, 9),)).span == Span(3, 9)


def test_answer_with_citations_answers_and_one_without_refuses() -> None:
    assert Answer("Who?", (CITATION,), (), REACH).answered
    assert not Answer("Who?", (), (CITATION,), REACH).answered
    assert not Answer("Who?", (), (), REACH).answered


@pytest.mark.parametrize(
    "value",
    [ARTICLE, CITATION, REACH, Passage("a", (Span(0, 1),)), Answer("Who?", (), (), REACH)],
    ids=lambda value: type(value).__name__,
)
def test_values_cannot_be_changed(value: object) -> None:
    name = fields(value)[0].name  # type: ignore[arg-type]  # they are dataclasses
    with pytest.raises(FrozenInstanceError):
        setattr(value, name, "other")


def test_dataclasses_are_slotted() -> None:
    nouns = [getattr(types, name) for name in types.__all__]
    assert all(hasattr(noun, "__slots__") for noun in nouns if is_dataclass(noun))
