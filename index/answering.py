"""Hits → answer: refuse, or cite the best excerpts, numbered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from index.excerpts import Excerpt, choose, choose_by_passage, copies
from index.judging import FURTHER, THRESHOLD, THRESHOLD_OF_SEVERAL, THRESHOLD_READ, judge
from index.links import link_to
from index.models import Reading
from index.query import describe
from index.terms import content_terms
from index.types import Answer, Article, Citation, Hit, Query, Reach, Scope, Span

__all__ = ["compose"]


def compose(
    query: Query,
    hits: Sequence[Hit],
    articles: Mapping[str, Article],
    *,
    k: int,
    rarity: Callable[[str], float],
    reach: Reach,
    readings: Mapping[int, Reading] = MappingProxyType({}),
) -> Answer:
    """Return the answer: up to `k` citations, or a refusal with as many of the nearest.

    Args:
        query: What is asked.
        hits: The passages found.
        articles: Those the hits are of, read from the store just now.
        k: 1 and up.
        rarity: IDF of a term, above 0.
        reach: Of the coverage.
        readings: What the reader made of passages, by their ids.
    """
    judged = judge(query, hits, articles, rarity, readings)
    reason = _explain(query.scope, hits, reach)
    threshold = THRESHOLD_READ if readings else THRESHOLD
    threshold = THRESHOLD_OF_SEVERAL if query.clauses else threshold
    answers = not reason and any(one.probability >= threshold for one in judged)
    if query.clauses:
        excerpts = choose_by_passage(judged, articles, k)
    else:
        enough = FURTHER if answers else 0.0
        excerpts = choose((one for one in judged if one.probability >= enough), articles, k)
    citations = tuple(
        _cite(number, excerpt, query) for number, excerpt in enumerate(excerpts, start=1)
    )
    return Answer(
        question=query.question,
        text=query.text,
        citations=citations if answers else (),
        nearest=() if answers else citations,
        reach=reach,
        understood=describe(query.scope),
        reason=reason,
    )


def _explain(scope: Scope, hits: Sequence[Hit], reach: Reach) -> str:
    """Return why nothing can answer, where what the question names is not in the coverage."""
    if scope.absent:
        return f"There is no coverage by {' or '.join(scope.absent)}."
    if (scope.since or scope.until) and not hits and reach.first:
        return f"There is no coverage {describe(scope).removeprefix('coverage ')}."
    return ""


def _cite(number: int, excerpt: Excerpt, query: Query) -> Citation:
    article, (start, end) = excerpt.article, excerpt.span
    return Citation(
        number=number,
        article=article.id,
        headline=article.headline,
        outlet=article.outlet,
        published=article.published,
        url=article.url,
        excerpt=excerpt.span.of(article.body),
        start=start,
        end=end,
        score=round(excerpt.best.probability, 4),
        link=link_to(article.url, article.body, start, end),
        marks=_mark(excerpt.span.of(article.body), query, article.language),
        copies=copies(excerpt),
    )


def _mark(excerpt: str, query: Query, language: str) -> tuple[Span, ...]:
    """Return the spans of an excerpt's words that the question has too."""
    asked = {term.text for term in content_terms(query.text, language)}
    return tuple(term.span for term in content_terms(excerpt, language) if term.text in asked)
