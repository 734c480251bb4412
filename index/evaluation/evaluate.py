"""Judged questions → figures: how often the right thing is cited, and refusing is right.

    answered   of the answerable questions, those that were answered
    hit@n      of the answerable, those with something right among the first n citations
    mrr@10     of the answerable, the mean of 1 / rank of the first right citation
    recall@10  of what an answer should cite, what the first ten citations hold
    refused    of the unanswerable, those that were refused (recall of refusing)
    rightly    of the refused, those that are unanswerable (precision of refusing)
    auroc      how well the score of the best citation tells answerable from unanswerable

Only what is cited counts, never what a refusal offers as the nearest coverage. An excerpt is right
when it holds one of the gold strings, or lies within one; where a question has none, when it is of
an article that is evidence. An answerable question with neither says only whether it was answered.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from index.errors import QuestionError
from index.evaluation.questions import Question
from index.types import Answer, Citation

__all__ = [
    "CITATIONS",
    "Asked",
    "Figures",
    "Interval",
    "ask_all",
    "auroc",
    "figures",
    "rank_gold",
    "risk_coverage",
]

CITATIONS = 10
"""Asked for with every question."""

_RESAMPLES = 1000
"""For the bootstrap intervals. Source: Efron & Tibshirani 1993, chapter 13 (percentiles)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A judged question and what came of it.

    Attributes:
        question: What was asked, and what is right.
        answered: Whether it was answered.
        rank: Of the first right citation, 1-based; 0 for none.
        found: Share of the gold strings, or of the evidence, among the citations; 0 to 1.
        right: Whether anything shown is right, cited or offered as the nearest coverage.
        score: Of the best citation, or of the nearest coverage; 0 to 1, and 0 where no threshold
            would have it answered, because the coverage lacks what the question names.
        seconds: It took.
    """

    question: Question
    answered: bool
    rank: int
    found: float
    right: bool
    score: float
    seconds: float

    @property
    def wrong(self) -> bool | None:
        """Whether an answer with what was shown is wrong; None where nobody said what is right."""
        if not self.question.answerable:
            return True
        return not self.right if self.question.gold or self.question.evidence else None


class Interval(NamedTuple):
    """A share, 0 to 1, with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


Figures = dict[str, Interval]
"""By name; those that the questions say nothing of are left out."""


def ask_all(ask: Callable[..., Answer], questions: Iterable[Question]) -> list[Asked]:
    """Ask every question that is judged, and compare with what is right.

    One that cannot be asked as it stands counts as refused.

    Args:
        ask: As `Desk.ask` does.
        questions: Those that are not judged are passed over.
    """
    return [_ask(ask, question) for question in questions if question.answerable is not None]


def figures(asked: Sequence[Asked], *, seed: int = 0) -> Figures:
    """Return what can be said of `asked`, each with its interval; the same for the same seed."""
    if not asked:
        return {}
    chance = np.random.default_rng(seed)
    picks = chance.integers(len(asked), size=(_RESAMPLES, len(asked)))
    found = {}
    for name, measure in _MEASURES.items():
        values = np.array([measure(one) for one in asked])
        if np.isfinite(values).any():
            found[name] = _interval(values, picks, _mean)
    judged = np.array([(bool(one.question.answerable), one.score) for one in asked])
    if len(set(judged[:, 0])) == 2:
        found["auroc"] = _interval(judged, picks, auroc)
    return found


def risk_coverage(asked: Iterable[Asked]) -> tuple[np.ndarray, np.ndarray]:
    """Return, for every threshold, the share answered and of these the share wrongly answered.

    An answer is wrong where nothing right is shown, or where the question is unanswerable;
    questions that do not say what is right are left out. Coverage rises, 0 to 1; questions of one
    score are answered together.

    Source: El-Yaniv & Wiener 2010, JMLR 11.
    """
    known = [(one.score, one.wrong) for one in asked if one.wrong is not None]
    known.sort(key=lambda one: -one[0])
    scores = np.array([score for score, _ in known])
    wrong = np.cumsum([is_wrong for _, is_wrong in known], dtype=float)
    count = np.arange(1, len(known) + 1)
    ends = np.flatnonzero(np.append(scores[1:] != scores[:-1], [True] * bool(known)))
    return count[ends] / max(1, len(known)), wrong[ends] / count[ends]


def auroc(judged: np.ndarray) -> float:
    """Return the chance that an answerable question scores higher than an unanswerable one.

    Ties count half.

    Args:
        judged: Whether a question is answerable (above 0) and its score, (questions, 2).

    Returns:
        0 to 1; not a number where there are none of either kind.
    """
    answerable, scores = judged[:, 0] > 0, judged[:, 1]
    high, low = np.sort(scores[answerable]), np.sort(scores[~answerable])
    if not high.size or not low.size:
        return float("nan")
    below = np.searchsorted(low, high, "left") + np.searchsorted(low, high, "right")
    return float(below.sum() / (2 * high.size * low.size))


def rank_gold(gold: Iterable[str], excerpts: Iterable[str]) -> list[int]:
    """Return for each gold string the rank of the first excerpt that is right by it, or 0.

    White space of every kind is one space.
    """
    shown = [_flat(excerpt) for excerpt in excerpts]
    return [
        next((rank for rank, text in enumerate(shown, 1) if one in text or text in one), 0)
        for one in map(_flat, gold)
    ]


def _ask(ask: Callable[..., Answer], question: Question) -> Asked:
    begun = time.perf_counter()
    try:
        answer = ask(question.text, after=question.after, k=CITATIONS, today=question.asked)
    except QuestionError:  # which the reader is told, and no answer
        return Asked(question, False, 0, 0.0, False, 0.0, time.perf_counter() - begun)
    seconds = time.perf_counter() - begun
    ranks = _ranks(question, answer.citations)
    shown = answer.citations or answer.nearest
    cited = [rank for rank in ranks if rank]
    return Asked(
        question=question,
        answered=answer.answered,
        rank=min(cited, default=0),
        found=len(cited) / len(ranks) if ranks else 0.0,
        right=any(_ranks(question, shown)),
        score=0.0 if answer.reason else max((c.score for c in shown), default=0.0),
        seconds=seconds,
    )


def _ranks(question: Question, shown: Sequence[Citation]) -> list[int]:
    """Return for each gold string, or article, the number of the citation that has it; or 0."""
    if question.gold:
        return rank_gold(question.gold, [citation.excerpt for citation in shown])
    return [
        next((c.number for c in shown if id_ in (c.article, *c.copies)), 0)
        for id_ in question.evidence
    ]


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _cited(measure: Callable[[Asked], float]) -> Callable[[Asked], float]:
    """Measure what an answerable question got cited, where it says what is right."""
    return lambda one: (
        float(measure(one)) if one.question.answerable and one.wrong is not None else np.nan
    )


def _hit(most: int) -> Callable[[Asked], float]:
    return _cited(lambda one: 1 <= one.rank <= most)


_MEASURES: dict[str, Callable[[Asked], float]] = {
    "answered": lambda one: float(one.answered) if one.question.answerable else np.nan,
    "hit@1": _hit(1),
    "hit@3": _hit(3),
    "hit@4": _hit(4),
    "hit@10": _hit(10),
    "mrr@10": _cited(lambda one: 1 / one.rank if one.rank else 0.0),
    "recall@10": _cited(lambda one: one.found),
    "refused": lambda one: np.nan if one.question.answerable else float(not one.answered),
    "rightly": lambda one: np.nan if one.answered else float(not one.question.answerable),
}
"""What each question says of a figure; not a number where it says nothing of it."""


def _interval(
    values: np.ndarray, picks: np.ndarray, measure: Callable[[np.ndarray], float]
) -> Interval:
    resampled = [measure(values[pick]) for pick in picks]
    low, high = np.nanpercentile(resampled, [2.5, 97.5])
    return Interval(measure(values), float(low), float(high))


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")
