"""What is known of one sentence → how likely it answers a question.

    nearness  cosine of the question with the sentence, encoded in its surroundings
    said      share of what the question is about that the sentence says itself
    around    share that it says together with its passage and headline
    fits      whether it has anything of the kind that is asked for, such as a number

Shares weigh each term by how rare it is in the coverage (IDF), so that a name counts for more than
"police". The probability is logistic. For what the reader has not read its weights were chosen on
development data (of the questions that `make bench-quality` asks), so that one half is where
refusing begins; for what it has they are fitted.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from index.types import Span

__all__ = ["LEAST_SHARE", "READ", "SURE", "WEIGHTS", "Signals", "Told", "Weights", "probability"]

SURE = 0.5
"""Probability of a sentence that was read, from which nothing else is. Of 400 held-out questions
that something answers among 8,234 passages, 230 are done with after one window then, and of two
more the likeliest sentence does not answer than where four are always read."""

LEAST_SHARE = 1e-3
"""Below this it does not matter how unlikely a sentence is to hold the answer."""


class Signals(NamedTuple):
    """What is known of one sentence; `nearness` -1 to 1, the others 0 to 1."""

    nearness: float
    said: float
    around: float
    fits: float


class Told(NamedTuple):
    """What the reader made of one sentence.

    Attributes:
        answers: Whether the passage that it was read in answers, as a logit.
        share: How likely the answer stands in this one, if in any of them; 0 to 1.
        span: The likeliest answer in it, within the article's body.
    """

    answers: float
    share: float
    span: Span

    @property
    def features(self) -> tuple[float, float]:
        """What READ weighs of it, besides the signals."""
        return self.answers, math.log(max(self.share, LEAST_SHARE))


class Weights(NamedTuple):
    """Of the logistic function, one for each signal, and its constant term."""

    nearness: float
    said: float
    around: float
    fits: float
    constant: float
    answers: float = 0.0
    share: float = 0.0


WEIGHTS = Weights(nearness=6.0, said=5.0, around=3.0, fits=2.5, constant=-9.7)
"""For what the reader has not read."""

READ = Weights(
    nearness=4.93, said=1.06, around=1.78, fits=1.25, constant=-7.53, answers=0.62, share=0.46
)
"""For what it has; `index.answers.calibration` fits them, among some 3,000 passages. Fitted among
few, where little only sounds like an answer, they take too much for likely elsewhere."""


def probability(signals: Signals, told: Told | None = None) -> float:
    """Return how likely a sentence with these signals answers, 0 to 1.

    Args:
        signals: Of the sentence.
        told: What the reader made of it, if it was read.
    """
    if told is None:
        total = WEIGHTS.constant + _weigh(WEIGHTS, signals)
    else:
        answers, share = told.features
        total = READ.constant + _weigh(READ, signals) + READ.answers * answers + READ.share * share
    return 1 / (1 + math.exp(-total))


def _weigh(weights: Weights, signals: Signals) -> float:
    return sum(weight * signal for weight, signal in zip(weights, signals, strict=False))
