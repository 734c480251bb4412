"""Which sentences are shown, from where to where; by passage where several things are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.answers.excerpts import Excerpt, choose, choose_by_passage, copies
from index.answers.judging import Judged
from index.answers.scoring import Signals
from index.text.passages import sentences, split
from index.types import Article, Hit
from tests.test_answering import BODIES

Choose = Callable[..., list[Excerpt]]

FILLER = "Meteorologists throughout northern Scandinavia acknowledged disappointing precipitation"
"""Eighty-seven characters in seven words."""

WORTHS = st.lists(st.floats(0, 1), min_size=1, max_size=50)


def coverage(bodies: Iterable[str]) -> dict[str, Article]:
    return {f"a{n}": Article(f"a{n}", "News", body) for n, body in enumerate(bodies, start=1)}


def judged(articles: dict[str, Article], worths: Sequence[float]) -> list[Judged]:
    """Return every sentence as judged; worths are given in order, over and over."""
    found: list[Judged] = []
    passages = [passage for article in articles.values() for passage in split(article)]
    for rank, passage in enumerate(passages, start=1):
        count = len(passage.sentences)
        hit = Hit(passage, 1 / rank, rank, (0.5,) * count)
        for at in range(count):
            worth = worths[len(found) % len(worths)]
            found.append(Judged(hit, at, Signals(0, 0, 0, 1), worth, worth))
    return sorted(found, key=lambda one: -one.probability)


def by_passage(*bodies: str, worths: Sequence[float] = (0.5,), k: int = 3) -> list[str]:
    articles = coverage(bodies)
    found = choose_by_passage(judged(articles, worths), articles, k, {})
    return [excerpt.span.of(excerpt.article.body) for excerpt in found]


@pytest.mark.parametrize("which", [choose, choose_by_passage])
@settings(max_examples=100, deadline=None)
@given(st.lists(BODIES, max_size=4), WORTHS, st.integers(1, 5))
def test_excerpts_never_overlap_and_are_whole_sentences(
    which: Choose, bodies: list[str], worths: list[float], k: int
) -> None:
    articles = coverage(bodies)
    found = which(judged(articles, worths), articles, k, {})
    assert len(found) <= k
    places = sorted((one.article.id, *one.span) for one in found)
    for (article, _, end), (other, start, _) in pairwise(places):
        assert article != other or end <= start
    for one in found:
        spans = sentences(one.article.body, "en")
        assert one.span.start in {span.start for span in spans}
        assert one.span.end in {span.end for span in spans}


@settings(max_examples=100, deadline=None)
@given(st.lists(BODIES, max_size=4), WORTHS, st.integers(1, 5))
def test_fewer_excerpts_are_the_first_of_more(
    bodies: list[str], worths: list[float], k: int
) -> None:
    articles = coverage(bodies)
    found = judged(articles, worths)
    fewer, more = choose(found, articles, k, {}), choose(found, articles, k + 2, {})
    assert [e.span for e in fewer] == [e.span for e in more[:k]]


@pytest.mark.parametrize("which", [choose, choose_by_passage])
@settings(max_examples=100, deadline=None)
@given(st.lists(BODIES, max_size=4), WORTHS)
def test_no_sentence_is_in_two_excerpts(
    which: Choose, bodies: list[str], worths: list[float]
) -> None:
    articles = coverage(bodies)
    found = which(judged(articles, worths), articles, 5, {})
    for at, one in enumerate(found):
        assert not any(one.said & other.said for other in found[:at])


@settings(max_examples=100, deadline=None)
@given(st.lists(BODIES, max_size=4), WORTHS, st.integers(1, 4))
def test_every_passage_gives_one_excerpt_or_is_a_copy_of_one(
    bodies: list[str], worths: list[float], k: int
) -> None:
    articles = coverage(bodies)
    found = choose_by_passage(judged(articles, worths), articles, k, {})
    ranks = [excerpt.best.hit.rank for excerpt in found]
    assert ranks == sorted(set(ranks))
    assert len(found) >= min(k, bool(bodies))


def test_passages_come_in_the_order_of_the_hits_not_of_their_sentences() -> None:
    found = by_passage("Rain fell.", "Snow fell.", "Hail fell.", worths=(0.1, 0.9, 0.5), k=2)
    assert found == ["Rain fell.", "Snow fell."]


@pytest.mark.parametrize(
    ("body", "worths", "shown"),
    [
        pytest.param(
            "{0} Bert left. {0}", (0.1, 0.9, 0.2), "Bert left. {0}", id="the likelier first"
        ),
        pytest.param(
            "{0} Bert left. {0}", (0.2, 0.9, 0.1), "{0} Bert left.", id="the likelier before"
        ),
        pytest.param(
            "Anna left. Bert left. Carl left. Dora left.",
            (0.1, 0.9, 0.1, 0.1),
            "Anna left. Bert left. Carl left. Dora left.",
            id="while there is room",
        ),
        pytest.param(
            "Anna left.\n\nBert left. Carl left.\n\nDora left.",
            (0.1, 0.9, 0.1, 0.1),
            "Bert left. Carl left.",
            id="one paragraph",
        ),
        pytest.param("{0} {0}", (0.1, 0.9), "{0}", id="no room"),
    ],
)
def test_an_excerpt_is_filled_up(body: str, worths: Sequence[float], shown: str) -> None:
    long = " ".join([FILLER] * 3) + "."
    articles = coverage([body.format(long)])
    [excerpt] = choose(judged(articles, worths), articles, 1, {})
    assert excerpt.span.of(excerpt.article.body) == shown.format(long)


def test_an_excerpt_is_filled_up_with_nothing_that_another_says() -> None:
    articles = coverage(["Anna left. Bert left.", "Bert left. Carl left."])
    found = choose(judged(articles, (0.9, 0.1, 0.2, 0.8)), articles, 2, {})
    assert [one.span.of(one.article.body) for one in found] == [
        "Anna left. Bert left.",
        "Carl left.",
    ]


def test_an_excerpt_is_filled_up_with_nothing_that_a_copy_of_its_story_says_much_alike() -> None:
    articles = coverage(
        ["Anna left. Bert went home to Paris late.", "Bert went home to Paris early. Carl left."]
    )
    kin = dict.fromkeys(articles, "story")
    found = choose(judged(articles, (0.9, 0.1, 0.1, 0.8)), articles, 2, kin)
    assert [one.span.of(one.article.body) for one in found] == [
        "Anna left. Bert went home to Paris late.",
        "Carl left.",
    ]


@pytest.mark.parametrize(
    ("other", "copied"),
    [
        pytest.param("Ten people died in the storm.", True, id="much alike"),
        pytest.param("Ten people have died in the storm.", True, id="a word more"),
        pytest.param("Forty people died in the storm.", False, id="another number"),
    ],
)
def test_a_copy_of_its_story_carries_all_of_an_excerpt_or_is_none(
    other: str, copied: bool
) -> None:
    articles = coverage(
        ["Ten people died in the storm. The mayor left.", f"{other} The mayor left."]
    )
    kin = dict.fromkeys(articles, "story")
    first, *_ = choose(judged(articles, (0.1, 0.9)), articles, 2, kin)
    assert len(copies(first, kin)) == 1
    shown = first.span.of(first.article.body)
    assert ("Ten people died" in shown) == copied


def test_an_excerpt_is_filled_up_with_what_its_copies_say_too() -> None:
    articles = coverage(["Anna left. Bert left. Carl left.", "Anna left. Bert left. Dora left."])
    [excerpt] = choose(judged(articles, (0.1, 0.9, 0.1)), articles, 1, {})
    assert excerpt.span.of(excerpt.article.body) == "Anna left. Bert left."
    assert len(copies(excerpt, {})) == 1


def test_nothing_judged_gives_no_excerpt() -> None:
    assert choose_by_passage([], {}, 3, {}) == []


def test_sentence_is_widened_by_its_neighbours_the_better_one_first() -> None:
    names = "Firstly Secondly Thirdly Fourthly Fifthly Sixthly Seventhly Eighthly".split()
    body = " ".join(f"{name} {FILLER}." for name in names)
    (excerpt,) = by_passage(body, worths=(0.6, 0.5, 0.4, 0.9, 0.3, 0.2, 0.8, 0.7))
    assert excerpt == body[: body.index("Sixthly") - 1]
    (excerpt,) = by_passage(body, worths=(0.6, 0.2, 0.1, 0.9, 0.3, 0.2, 0.8, 0.7))
    assert excerpt == body[body.index("Fourthly") :]


def test_long_sentence_stands_alone() -> None:
    long = f"Durov {'acknowledged ' * 42}left."
    assert by_passage(f"{long} Rain fell in Paris.", worths=(0.9, 0.1)) == [long]


def test_excerpt_of_a_long_question_may_go_on_in_the_next_paragraph() -> None:
    """News has paragraphs of one sentence; what else is asked often stands in the next."""
    body = "Rain fell.\n\nDurov left. He flew."
    assert by_passage(body, worths=(0.1, 0.9, 0.1)) == [body]


def test_what_an_excerpt_said_is_not_said_by_the_next() -> None:
    first, second = "Durov left. Rain fell.", "Rain fell. Snow fell. Hail fell."
    assert by_passage(first, second, worths=(0.9, 0.1, 0.1, 0.9, 0.1)) == [
        first,
        "Snow fell. Hail fell.",
    ]


@pytest.mark.parametrize("k", [1, 3])
def test_copies_are_folded_into_the_first(k: int) -> None:
    articles = coverage(["Durov left.", "DUROV  left.", "Rain fell. Durov left."])
    worths = (0.5, 0.5, 0.1, 0.9)
    (excerpt, *others) = choose_by_passage(judged(articles, worths), articles, k, {})
    assert others == []
    assert excerpt.article.id == "a1"
    assert copies(excerpt, {}) == ("a2", "a3")


NEAR = (
    "Police in Paris freed the founder of Telegram on bail on Wednesday.",
    "French police in Paris freed the founder of Telegram on bail Wednesday.",
)
KIN = {"a1": "wire", "a2": "wire"}


@pytest.mark.parametrize("which", [choose, choose_by_passage])
def test_copy_of_a_story_that_says_much_the_same_is_folded(which: Callable[..., Any]) -> None:
    articles = coverage(NEAR)
    (excerpt,) = which(judged(articles, (0.9, 0.8)), articles, 3, KIN)
    assert copies(excerpt, KIN) == ("a2",)


@pytest.mark.parametrize("which", [choose, choose_by_passage])
@pytest.mark.parametrize(
    ("bodies", "groups"),
    [
        pytest.param(NEAR, {"a1": "wire", "a2": "other"}, id="other stories"),
        pytest.param(NEAR, {}, id="nothing known"),
        pytest.param(("He paid 5 million euros.", "He paid 6 million euros."), KIN, id="numbers"),
        pytest.param(("He paid five million.", "He paid six million."), KIN, id="in words"),
        pytest.param(("Durov was freed.", "Durov was not freed."), KIN, id="denial"),
        pytest.param(("Police freed Durov.", "Rain fell in Paris."), KIN, id="something else"),
    ],
)
def test_what_is_not_the_same_is_shown(
    which: Callable[..., Any], bodies: tuple[str, str], groups: dict[str, str]
) -> None:
    articles = coverage(bodies)
    found = which(judged(articles, (0.9, 0.8)), articles, 3, groups)
    assert [one.article.id for one in found] == ["a1", "a2"]
