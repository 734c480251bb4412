"""Phrases in quotation marks: whether a question asks no more than where one stands."""

from __future__ import annotations

import pytest

from index.types import Query, Scope
from index.understanding.phrases import asks_where


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which article says “the white horse”?", True),
        ("Who wrote “the white horse”?", True),
        ("In which story does “the white horse” appear?", True),
        ("“the white horse”", True),
        ("Who found “the white horse” in Bern?", False),
        ("How old is “the white horse”?", False),
        ("Which article is about horses?", False),
    ],
)
def test_what_asks_only_where_a_phrase_stands_is_told_apart(question: str, expected: bool) -> None:
    phrases = ("the white horse",) if "“" in question else ()
    assert asks_where(Query(question, question, scope=Scope(phrases=phrases))) == expected
