"""Links into the private chat: what is written is read, and junk is nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wording.deeplinks import (
    Link,
    article_key,
    find_article,
    link_to_citation,
    link_to_question,
    read_link,
)
from index import Shown

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(texts)
def test_a_question_comes_back_as_it_was_or_has_no_link(question: str) -> None:
    payload = link_to_question(question)
    if payload:
        assert PAYLOAD.fullmatch(payload)
        link = read_link(payload)
        assert link == (Link(question=question) if question.strip() else None)
    else:
        assert not question or len(question.encode()) > 40


@given(texts, texts, st.integers(0, 999_999_999))
def test_a_citation_comes_back_as_it_was(article: str, excerpt: str, start: int) -> None:
    payload = link_to_citation(Shown(article, excerpt, start))
    assert PAYLOAD.fullmatch(payload)
    link = read_link(payload)
    assert link
    assert (link.article, link.start, link.length) == (article_key(article), start, len(excerpt))
    assert link.is_of(excerpt)
    assert not link.is_of(excerpt + "x")


@given(texts)
def test_an_article_is_found_by_its_key(article: str) -> None:
    assert find_article(article_key(article), ["another", article]) == article
    assert find_article(article_key(article), ["another"]) is None


@given(texts)
def test_whatever_somebody_makes_up_leads_nowhere_or_to_something_of_ours(payload: str) -> None:
    link = read_link(payload)
    assert link is None or link.question or link.article


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "inline",
        "from-a-link",
        "q",
        "q===",
        "q__8",
        "qIA",
        "a",
        "atooshort",
        "a" * 65,
        "c" + "A" * 24 + "-1",
        "c" + "A" * 24 + "1-",
        "c" + "A" * 24 + "9999999999-1",
        "q" + "A" * 64,
        "a../../../etc/pa",
        "aааааааааааааааааа",
        "c" + "A" * 24 + "٣-٣",
        "qА",
    ],
)
def test_junk_leads_nowhere(payload: str) -> None:
    assert read_link(payload) is None
