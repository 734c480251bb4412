"""The promise itself: every excerpt is its article's text at its offsets, whatever is asked."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from index import Desk, QuestionError
from index.articles.files import read
from index.types import Article
from tests.conftest import ROOT

COUNT = 100

ODD = (
    "", "?", "😀🎉", "\u202eWho is\u202c Durov?", "Who\0 is Durov?", "d u r o v", "2024-09-03",
    '"a billion users"', "«Дуров»", "Кто такой Павел Дуров?", "杜罗夫是谁？", "من هو دوروف؟",
    "DUROV!!!", "durov -telegram +paris", "title:durov AND body:*", "IN Gaza", "<b>Who?</b>",
    "Who is he?", "And then?", "Why?", "What about France?", "the of and", "é" * 300, "%s {0}",
    "Durov " * 200, "e\u0301te\u0301", "ﬁnance", "İstanbul", "\ud83d Durov", "a" * 999, "1",
)  # fmt: skip
"""Questions that no reader of news would ask, and some that one would."""


class Asked(NamedTuple):
    """A question, the one before it, and how many excerpts are asked for."""

    question: str
    after: str
    k: int


def make_up(articles: Sequence[Article], judged: Sequence[str]) -> Iterator[Asked]:
    """Yield `COUNT` questions: odd ones, judged ones, and made of what the articles say."""
    chance = random.Random(500)
    words = [word for article in articles for word in article.body.split()]
    given, before = [*ODD, *judged], ""
    for number in range(COUNT):
        article = chance.choice(articles)
        body, at = article.body, chance.randrange(len(article.body))
        kinds = [
            " ".join(chance.sample(words, chance.randint(1, 12))),
            f"What about {article.headline}?",
            body[at : at + chance.randint(1, 400)],
            chance.choice(body.split("\n")),
        ]
        question = given[number] if number < len(given) else chance.choice(kinds)
        yield Asked(question, before if chance.random() < 0.3 else "", chance.randint(1, 10))
        before = question


def check_verbatim(desk: Desk, paths: list[Path], judged: Sequence[str]) -> None:
    """Ask and compare with the articles as they are read from their files."""
    articles = [article for article in read(paths) if isinstance(article, Article)]
    bodies = {article.id: article.body for article in articles}
    excerpts = answered = refused = unasked = 0
    for question, after, k in make_up(articles, judged):
        try:
            answer = desk.ask(question, after=after, k=k)
        except QuestionError:
            unasked += 1
            continue
        answered += answer.answered
        refused += not answer.answered
        for citation in answer.citations + answer.nearest:
            assert citation.excerpt == bodies[citation.article][citation.start : citation.end]
            assert citation.excerpt.strip()
            excerpts += 1
    counts = f"{answered} answered, {refused} refused, {unasked} not asked"
    print(f"{COUNT} questions, {counts}: {excerpts} excerpts")  # noqa: T201 - for `pytest -s`
    assert answered + refused + unasked == COUNT
    assert min(answered, refused, unasked) > 0
    assert excerpts > COUNT


def test_every_excerpt_of_a_hundred_answers_over_the_samples_is_verbatim(sample: Desk) -> None:
    check_verbatim(sample, [ROOT / "corpus"], [])
