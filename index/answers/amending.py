"""What was shown of articles ↔ what they say now: which excerpts no longer stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from index.answers.alike import fold
from index.answers.citing import cite
from index.text.passages import sentences
from index.types import Article, Citation, Span, Version

__all__ = ["Amendment", "Shown", "amend"]

_CLEARLY = 0.6
"""Share of words, in order, that what stands in an excerpt's place has in common with it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An excerpt that a reader was shown.

    Attributes:
        article: The article's id.
        excerpt: What was shown of its body, verbatim.
        start: Where that began in the body.
    """

    article: str
    excerpt: str
    start: int

    @classmethod
    def of(cls, citation: Citation) -> Shown:
        """Return the excerpt that a citation shows."""
        return cls(citation.article, citation.excerpt, citation.start)


@dataclass(frozen=True, slots=True)
class Amendment:
    """What became of an excerpt that its article no longer has word for word.

    Attributes:
        shown: The excerpt.
        kind: "corrected" where other words clearly stand in its place, else "withdrawn".
        citation: Of these words, when corrected: number 1, and for a score how much of their
            words they share with the excerpt, 0 to 1. Otherwise None.
        known: Whether a version of the article that is kept has the excerpt. Otherwise it was
            shown from another coverage.
    """

    shown: Shown
    kind: Literal["corrected", "withdrawn"]
    citation: Citation | None
    known: bool


def amend(
    shown: Shown, article: Article | None, versions: Callable[[str], Sequence[Version]]
) -> Amendment | None:
    """Return what became of an excerpt, or None where its article still has it, be it elsewhere.

    Args:
        shown: The excerpt.
        article: Its article as it stands, or None where it was removed.
        versions: Returns what an article said before, oldest first, by its id.
    """
    if article is not None and shown.excerpt in article.body:
        return None
    earlier = _find_earlier(shown, versions(shown.article))
    if article is None:
        return Amendment(shown, "withdrawn", None, known=earlier is not None)
    runs = _runs(shown, article, earlier)
    measured = [(_likeness(shown.excerpt, run.of(article.body)), run) for run in runs]
    likeness, run = max(measured, key=lambda one: one[0], default=(0.0, Span(0, 0)))
    if likeness < _CLEARLY:
        return Amendment(shown, "withdrawn", None, known=earlier is not None)
    new = cite(article, run, score=likeness)
    return Amendment(shown, "corrected", new, known=earlier is not None)


def _find_earlier(shown: Shown, versions: Sequence[Version]) -> Article | None:
    """Return the latest version that had the excerpt, best of all where it was shown from."""
    having = [one.article for one in versions if shown.excerpt in one.article.body]
    exact = [one for one in having if one.body.startswith(shown.excerpt, shown.start)]
    return next(reversed(exact or having), None)


def _runs(shown: Shown, article: Article, earlier: Article | None) -> Iterator[Span]:
    """Yield the runs of sentences that may stand in the excerpt's place.

    They are of about as many sentences, each of them new or one of the excerpt's own: what stood
    beside the excerpt before does not stand in its place now.
    """
    own = _folded_sentences(shown.excerpt, article.language)
    before = _folded_sentences(earlier.body, earlier.language) - own if earlier else set()
    spans = sentences(article.body, article.language)
    eligible = [fold(span.of(article.body)) not in before for span in spans]
    for first in range(len(spans)):
        for last in range(first, min(first + len(own) + 1, len(spans))):
            if not eligible[last]:
                break
            yield Span(spans[first].start, spans[last].end)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, fold(one).split(), fold(other).split(), autojunk=False).ratio()


def _folded_sentences(text: str, language: str) -> set[str]:
    return {fold(span.of(text)) for span in sentences(text, language)}
