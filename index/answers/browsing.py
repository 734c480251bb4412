"""Reading the coverage without a question: the newest of it, an article, what is around it.

Whatever comes out is read from the store at that moment, like an answer's excerpts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from index.answers.amending import Shown
from index.answers.citing import cite, mark_words
from index.storage.store import Store
from index.text.passages import sentences
from index.types import Article, Citation, Scope, Span

__all__ = [
    "Surroundings",
    "cite_again",
    "open_at",
    "open_newest",
    "opening",
    "surround",
]

_AROUND = 2
"""Sentences shown on either side of an excerpt."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """An excerpt between the sentences around it.

    Attributes:
        citation: The excerpt.
        before: Sentences before it in order, each with the space that follows it.
        after: Sentences after it, each with the space before it.
    """

    citation: Citation
    before: tuple[str, ...]
    after: tuple[str, ...]


def open_newest(store: Store, k: int, without: Collection[str], scope: Scope) -> list[Citation]:
    """Return the openings of the articles published last (see `Store.newest`)."""
    newest = store.newest(k, without, scope)
    return [opening(each, number=at) for at, each in enumerate(newest, start=1)]


def _find_shown(shown: Shown, article: Article) -> Span | None:
    """Return where an excerpt stands in its article, best where it was, or None if nowhere."""
    if not shown.excerpt:
        return None
    start = shown.start
    if not article.body.startswith(shown.excerpt, start):
        start = article.body.find(shown.excerpt)
    return Span(start, start + len(shown.excerpt)) if start >= 0 else None


def opening(article: Article, *, number: int = 1) -> Citation:
    """Return a citation of an article's first sentence, or of all of it where it has none."""
    spans = sentences(article.body, article.language)
    return cite(article, spans[0] if spans else Span(0, len(article.body)), number=number)


def open_at(article: Article | None, span: Span | None) -> Citation | None:
    """Return a citation of a part of an article, or its opening; None where there is no such."""
    if article is None or span is None:
        return opening(article) if article else None
    is_part = 0 <= span.start < span.end <= len(article.body) and span.of(article.body).strip()
    return cite(article, span) if is_part else None


def cite_again(article: Article | None, shown: Shown, *, question: str = "") -> Citation | None:
    """Return a citation of an excerpt that was shown; None where it is not there."""
    span = _find_shown(shown, article) if article else None
    if article is None or span is None:
        return None
    return cite(article, span, marks=mark_words(article, span, question))


def surround(article: Article | None, shown: Shown, *, question: str = "") -> Surroundings | None:
    """Return an excerpt with the sentences before and after it; None where it is not there."""
    cited = cite_again(article, shown, question=question)
    if article is None or cited is None:
        return None
    span = Span(cited.start, cited.end)
    spans = sentences(article.body, article.language)
    before = [each for each in spans if each.end <= span.start][-_AROUND:]
    after = [each for each in spans if each.start >= span.end][:_AROUND]
    starts = [*(each.start for each in before), span.start]
    ends = [span.end, *(each.end for each in after)]
    return Surroundings(
        cited,
        tuple(article.body[one:other] for one, other in pairwise(starts)),
        tuple(article.body[one:other] for one, other in pairwise(ends)),
    )
