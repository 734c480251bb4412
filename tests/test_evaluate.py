"""Judged questions → figures: what counts as right, and what the figures say of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Answer, Citation, Desk, QuestionError, Reach
from index.evaluation.evaluate import (
    CITATIONS,
    Asked,
    Figures,
    ask_all,
    auroc,
    figures,
    rank_gold,
    risk_coverage,
)
from index.evaluation.questions import Question
from tests.conftest import build
from tests.fakes import WordEncoder

REACH = Reach(1, None, None)
RIGHT, UNKNOWN, NONE = (
    Question("Who left?", answerable=True, gold=("left",)),
    Question("Who left?", answerable=True),
    Question("Who came?", answerable=False),
)


def asked(question: Question, *, rank: int = 0, score: float = 0.5, **fields: Any) -> Asked:
    defaults = {"answered": bool(rank), "found": float(bool(rank)), "right": bool(rank)}
    return Asked(question, rank=rank, score=score, seconds=0.1, **(defaults | fields))


ASKED = st.builds(
    Asked,
    question=st.sampled_from([RIGHT, UNKNOWN, NONE]),
    answered=st.booleans(),
    rank=st.integers(0, CITATIONS),
    found=st.floats(0, 1),
    right=st.booleans(),
    score=st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]),
    seconds=st.just(0.1),
)


def values(found: Figures) -> dict[str, float]:
    return {name: figure.value for name, figure in found.items()}


class Desks:
    """A desk that gives one answer, and remembers what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.calls: list[tuple[str, dict[str, object]]] = []

    def ask(self, question: str, **options: Any) -> Answer:
        self.calls.append((question, options))
        return self.answer


def cite(*excerpts: str, scores: Sequence[float] = (), copies: str = "") -> tuple[Citation, ...]:
    """Return citations of the articles a1, a2…, each with an excerpt."""
    return tuple(
        Citation(
            number, f"a{number}", "News", "", None, "", excerpt, 0, len(excerpt),
            score=scores[number - 1] if scores else 0.9, copies=tuple(copies.split()),
        )
        for number, excerpt in enumerate(excerpts, start=1)
    )  # fmt: skip


def compare(question: Question, answer: Answer) -> Asked:
    (found,) = ask_all(Desks(answer).ask, [question])
    return found


def answered(*citations: Citation) -> Answer:
    return Answer("?", citations, (), REACH)


def refused(*nearest: Citation, reason: str = "") -> Answer:
    return Answer("?", (), nearest, REACH, reason=reason)


# What is right


@pytest.mark.parametrize(
    ("gold", "excerpts", "ranks"),
    [
        pytest.param(["left"], ["Durov left.", "He left."], [1], id="first that holds it"),
        pytest.param(["left"], ["Durov came.", "He left."], [2], id="second"),
        pytest.param(["left"], ["Durov came."], [0], id="none"),
        pytest.param(["left"], [], [0], id="nothing shown"),
        pytest.param([], ["Durov left."], [], id="nothing to be shown"),
        pytest.param(["Durov left. He flew."], ["He flew."], [1], id="lies within"),
        pytest.param(["He  left\nParis"], ["So he.", "He left Paris."], [2], id="white space"),
        pytest.param([" left "], ["left."], [1], id="white space around"),
        pytest.param(["Left"], ["Durov left."], [0], id="case"),
        pytest.param(["flew", "left"], ["He left.", "He flew."], [2, 1], id="each"),
    ],
)
def test_gold_strings_are_ranked(gold: list[str], excerpts: list[str], ranks: list[int]) -> None:
    assert rank_gold(gold, iter(excerpts)) == ranks


@pytest.mark.parametrize(
    ("question", "answer", "rank", "found", "right"),
    [
        pytest.param(RIGHT, answered(*cite("came.", "left.")), 2, 1.0, True, id="cited"),
        pytest.param(RIGHT, answered(*cite("came.")), 0, 0.0, False, id="something else"),
        pytest.param(RIGHT, refused(*cite("left.")), 0, 0.0, True, id="only the nearest"),
        pytest.param(RIGHT, refused(), 0, 0.0, False, id="nothing"),
        pytest.param(UNKNOWN, answered(*cite("left.")), 0, 0.0, False, id="nobody knows"),
        pytest.param(
            Question("?", answerable=True, gold=("came", "left")),
            answered(*cite("left.")), 1, 0.5, True, id="one of two",
        ),
        pytest.param(
            Question("?", answerable=True, evidence=("a2", "a9")),
            answered(*cite("x", "y")), 2, 0.5, True, id="article",
        ),
        pytest.param(
            Question("?", answerable=True, evidence=("b",)),
            answered(*cite("x", copies="c b")), 1, 1.0, True, id="copy of the article",
        ),
        pytest.param(
            Question("?", answerable=True, gold=("left",), evidence=("a1",)),
            answered(*cite("came.")), 0, 0.0, False, id="the article, but not the words",
        ),
    ],
)  # fmt: skip
def test_answer_is_compared_with_what_is_right(
    question: Question, answer: Answer, rank: int, found: float, right: bool
) -> None:
    one = compare(question, answer)
    assert (one.rank, one.found, one.right) == (rank, found, right)
    assert one.answered == answer.answered
    assert one.seconds >= 0


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        pytest.param(answered(*cite("x", "y", scores=(0.6, 0.8))), 0.8, id="best citation"),
        pytest.param(refused(*cite("x", scores=(0.3,))), 0.3, id="nearest"),
        pytest.param(refused(), 0.0, id="nothing"),
        pytest.param(
            refused(*cite("x", scores=(0.9,)), reason="There is no coverage by X."),
            0.0,
            id="refused whatever the threshold",
        ),
    ],
)
def test_score_is_that_of_the_best_shown(answer: Answer, score: float) -> None:
    assert compare(RIGHT, answer).score == score


@pytest.mark.parametrize(
    ("one", "wrong"),
    [
        pytest.param(asked(RIGHT, rank=1), False, id="right"),
        pytest.param(asked(RIGHT), True, id="not right"),
        pytest.param(asked(RIGHT, right=True), False, id="refused, but had it"),
        pytest.param(asked(NONE), True, id="unanswerable"),
        pytest.param(asked(NONE, rank=1), True, id="unanswerable and cited"),
        pytest.param(asked(UNKNOWN), None, id="unknown"),
    ],
)
def test_answer_is_wrong_where_nothing_right_is_shown(one: Asked, wrong: bool | None) -> None:
    assert one.wrong is wrong


def test_questions_are_asked_as_they_say_and_only_where_judged() -> None:
    desk, day = Desks(refused()), dt.date(2024, 9, 3)
    follow_up = Question("And him?", after="Who left?", asked=day, answerable=True)
    found = ask_all(desk.ask, [Question("?"), follow_up, NONE])
    assert [one.question for one in found] == [follow_up, NONE]
    assert desk.calls == [
        ("And him?", {"after": "Who left?", "k": CITATIONS, "today": day}),
        ("Who came?", {"after": "", "k": CITATIONS, "today": None}),
    ]


def test_real_desk_is_asked(tmp_path: Path) -> None:
    text = "A judge in Paris freed Durov on bail. Rain fell in the north."
    (tmp_path / "a.md").write_text(f"---\nheadline: Founder freed\n---\n{text}\n")
    build(tmp_path / "data", [tmp_path / "a.md"], WordEncoder())
    questions = [
        Question("Who freed Durov on bail?", answerable=True, gold=("A judge in Paris",)),
        Question("When did the volcano near Naples erupt?", answerable=False),
    ]
    with closing(Desk(tmp_path / "data", WordEncoder())) as desk:
        found = ask_all(desk.ask, questions)
    assert [(one.answered, one.rank) for one in found] == [(True, 1), (False, 0)]
    assert values(figures(found)) == {
        "answered": 1.0, "hit@1": 1.0, "hit@3": 1.0, "hit@4": 1.0, "hit@10": 1.0,
        "mrr@10": 1.0, "recall@10": 1.0, "refused": 1.0, "rightly": 1.0, "auroc": 1.0,
    }  # fmt: skip


# Figures


def test_figures_of_a_few_questions() -> None:
    found = values(
        figures([
            asked(RIGHT, rank=1, score=0.9),
            asked(RIGHT, rank=4, found=0.5, score=0.6),
            asked(RIGHT, answered=True, score=0.5),
            asked(RIGHT, score=0.2),
            asked(NONE, answered=True, score=0.5),
            asked(NONE, score=0.1),
        ])
    )  # fmt: skip
    assert found == pytest.approx({
        "answered": 3 / 4,
        "hit@1": 1 / 4,
        "hit@3": 1 / 4,
        "hit@4": 2 / 4,
        "hit@10": 2 / 4,
        "mrr@10": (1 + 1 / 4) / 4,
        "recall@10": 1.5 / 4,
        "refused": 1 / 2,
        "rightly": 1 / 2,
        "auroc": (4 + 2 + 0.5) / 8,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("found", "names"),
    [
        pytest.param([], set(), id="nothing asked"),
        pytest.param([asked(NONE)], {"refused", "rightly"}, id="only unanswerable, refused"),
        pytest.param([asked(NONE, answered=True)], {"refused"}, id="only unanswerable, answered"),
        pytest.param([asked(UNKNOWN, answered=True)], {"answered"}, id="nobody knows"),
        pytest.param(
            [asked(UNKNOWN, answered=True), asked(NONE, answered=True)],
            {"answered", "refused", "auroc"},
            id="nobody knows, and unanswerable",
        ),
        pytest.param(
            [asked(RIGHT, rank=1)],
            {"answered", "hit@1", "hit@3", "hit@4", "hit@10", "mrr@10", "recall@10"},
            id="only answerable",
        ),
    ],
)
def test_figures_that_nothing_is_said_of_are_left_out(found: list[Asked], names: set[str]) -> None:
    assert set(figures(found)) == names


@settings(max_examples=15, deadline=None)
@given(st.lists(ASKED, max_size=25), st.integers(0, 3))
def test_interval_holds_the_value_and_both_are_shares(found: list[Asked], seed: int) -> None:
    for figure in figures(found, seed=seed).values():
        assert 0 <= figure.value <= 1
        assert 0 <= figure.low <= figure.value + 1e-9
        assert figure.value <= figure.high + 1e-9 <= 1 + 2e-9


@settings(max_examples=5, deadline=None)
@given(st.lists(ASKED, max_size=20), st.integers(0, 3))
def test_same_seed_gives_the_same_figures(found: list[Asked], seed: int) -> None:
    assert figures(found, seed=seed) == figures(found, seed=seed)


def test_interval_narrows_with_more_questions() -> None:
    few = [asked(RIGHT, rank=1), asked(RIGHT)] * 5
    widths = [one.high - one.low for one in (figures(few)["hit@1"], figures(few * 20)["hit@1"])]
    assert widths[0] > 2 * widths[1] > 0


def test_figures_that_always_are_the_same_have_no_interval() -> None:
    assert figures([asked(RIGHT, rank=1)] * 9)["hit@1"] == (1.0, 1.0, 1.0)


# Telling answerable from unanswerable

SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=15)


def judged(high: Sequence[float], low: Sequence[float]) -> np.ndarray:
    """Return the scores of answerable questions and those of others, as `auroc` takes them."""
    return np.array([*((True, score) for score in high), *((False, score) for score in low)])


@pytest.mark.parametrize(
    ("high", "low", "expected"),
    [
        pytest.param([0.8, 0.9], [0.1, 0.7], 1.0, id="perfect"),
        pytest.param([0.1, 0.7], [0.8, 0.9], 0.0, id="inverted"),
        pytest.param([0.5, 0.5], [0.5], 0.5, id="all alike"),
        pytest.param([0.2, 0.8], [0.5], 0.5, id="half"),
        pytest.param([0.5, 0.8], [0.5], 0.75, id="a tie counts half"),
    ],
)
def test_auroc(high: list[float], low: list[float], expected: float) -> None:
    assert auroc(judged(high, low)) == pytest.approx(expected)


def test_auroc_of_a_random_ranking_is_near_one_half() -> None:
    chance = np.random.default_rng(0)
    high, low = chance.random(2000).tolist(), chance.random(2000).tolist()
    assert auroc(judged(high, low)) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(("high", "low"), [([], [0.5]), ([0.5], [])])
def test_auroc_of_one_kind_only_is_no_number(high: list[float], low: list[float]) -> None:
    assert np.isnan(auroc(judged(high, low)))


@given(SCORES, SCORES)
def test_auroc_is_the_share_of_pairs_in_order(high: list[float], low: list[float]) -> None:
    pairs = [1.0 if h > one else 0.5 if h == one else 0.0 for h in high for one in low]
    assert auroc(judged(high, low)) == pytest.approx(sum(pairs) / len(pairs))
    assert auroc(judged(low, high)) == pytest.approx(1 - sum(pairs) / len(pairs))


# Risk and coverage


def test_risk_rises_as_more_is_answered() -> None:
    coverage, risk = risk_coverage([
        asked(NONE, score=0.4),
        asked(RIGHT, rank=1, score=0.9),
        asked(RIGHT, right=True, score=0.6),
        asked(UNKNOWN, answered=True, score=0.7),
        asked(RIGHT, answered=True, score=0.1),
    ])  # fmt: skip
    assert coverage.tolist() == pytest.approx([0.25, 0.5, 0.75, 1.0])
    assert risk.tolist() == pytest.approx([0, 0, 1 / 3, 2 / 4])


def test_questions_of_one_score_are_answered_together() -> None:
    found = [asked(RIGHT, rank=1, score=0.5), asked(NONE, score=0.5), asked(NONE, score=0.1)]
    for order in (found, found[::-1]):
        coverage, risk = risk_coverage(order)
        assert coverage.tolist() == pytest.approx([2 / 3, 1.0])
        assert risk.tolist() == pytest.approx([1 / 2, 2 / 3])


@pytest.mark.parametrize("found", [[], [asked(UNKNOWN, answered=True)]], ids=["none", "unknown"])
def test_nothing_known_has_no_curve(found: list[Asked]) -> None:
    coverage, risk = risk_coverage(found)
    assert (coverage.tolist(), risk.tolist()) == ([], [])


@given(st.lists(ASKED, max_size=25))
def test_coverage_rises_to_one_and_risk_is_what_a_threshold_gives(found: list[Asked]) -> None:
    known = [one for one in found if one.wrong is not None]
    coverage, risk = risk_coverage(found)
    assert all(one < other for one, other in pairwise(coverage.tolist()))
    for threshold, covered, wrong in zip(
        sorted({one.score for one in known}, reverse=True), coverage, risk, strict=True
    ):
        taken = [one for one in known if one.score >= threshold]
        assert covered == pytest.approx(len(taken) / len(known))
        assert wrong == pytest.approx(sum(bool(one.wrong) for one in taken) / len(taken))
    assert not known or coverage[-1] == 1


def test_question_that_cannot_be_asked_counts_as_refused() -> None:
    def ask(question: str, **_: Any) -> Answer:
        raise QuestionError("there is no word in that question")

    (one,) = ask_all(ask, [Question("😀", answerable=True, gold=("left",))])
    assert (one.answered, one.rank, one.score) == (False, 0, 0.0)
    assert values(figures([one]))["answered"] == 0
