"""Judged sentences → answer: refuse, or cite the best excerpts, numbered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from index.citing import cite, mark_words
from index.excerpts import Excerpt, choose, choose_by_passage, copies
from index.judging import (
    FURTHER,
    THRESHOLD,
    THRESHOLD_OF_SEVERAL,
    THRESHOLD_READ,
    THRESHOLD_UNREAD,
    Judged,
)
from index.naming import find_outlets
from index.phrases import is_in
from index.query import describe
from index.scope import deny, within
from index.types import Answer, Article, Citation, Query, Reach, Span

__all__ = ["compose"]


def compose(
    query: Query,
    judged: Sequence[Judged],
    articles: Mapping[str, Article],
    *,
    k: int,
    reach: Reach,
    groups: Mapping[str, str] = MappingProxyType({}),
) -> Answer:
    """Return the answer: up to `k` citations, or a refusal with as many of the nearest.

    Args:
        query: What is asked.
        judged: The sentences found, best first.
        articles: Those the sentences are of, read from the store just now.
        k: 1 and up.
        reach: Of the coverage.
        groups: Of the articles, by id: copies of one story are in the same.
    """
    is_read = any(one.told for one in judged)
    unsaid = tuple(_unsaid(query.scope.phrases, judged, articles))
    quoting = _quoting(query, judged, articles, reach)
    if _any_answers(query, quoting, is_read=is_read):
        lacking = query.scope.absent
        query = replace(query, scope=replace(query.scope, absent=(), lacking=lacking))
        judged = quoting
    is_found = any(within(query.scope, article.origin) for article in articles.values())
    reason = _explain(query, reach, is_found=is_found)
    answers = is_found and not reason and _any_answers(query, judged, is_read=is_read)
    if query.clauses:
        excerpts = choose_by_passage(judged, articles, k, groups)
    else:
        enough = THRESHOLD_READ if is_read else FURTHER
        excerpts = choose(
            (one for one in judged if one.probability >= enough or not answers),
            articles,
            k,
            groups,
        )
    asked = "" if is_read else query.text
    citations = tuple(
        _cite(number, excerpt, asked, groups) for number, excerpt in enumerate(excerpts, start=1)
    )
    return Answer(
        question=query.question,
        text=query.text,
        told=_tell(excerpts[0]) if answers and excerpts else "",
        citations=citations if answers else (),
        nearest=() if answers else citations,
        reach=reach,
        scope=query.scope,
        understood=describe(query.scope),
        reason=reason,
        without=query.without,
        unsaid=unsaid,
    )


def _quoting(
    query: Query, judged: Iterable[Judged], articles: Mapping[str, Article], reach: Reach
) -> list[Judged]:
    """Return the sentences in which others name the outlets that the coverage has nothing of.

    None where no such outlet is named, or several are compared.
    """
    wanted = set(query.scope.absent)
    if not wanted or query.clauses:
        return []
    said = [(one, one.span.of(articles[one.hit.passage.article].body)) for one in judged]
    return [one for one, text in said if wanted <= _named(text, reach)]


def _named(text: str, reach: Reach) -> set[str]:
    return {one.name for one in find_outlets(text, reach.outlets)}


def _any_answers(query: Query, judged: Iterable[Judged], *, is_read: bool) -> bool:
    return any(one.probability >= _threshold(query, one, is_read=is_read) for one in judged)


def _unsaid(
    phrases: Iterable[str], judged: Iterable[Judged], articles: Mapping[str, Article]
) -> Iterator[str]:
    """Yield the phrases that no passage found has: those that have one are found first."""
    passages = {one.hit.passage for one in judged}
    for phrase in phrases:
        if not any(is_in(phrase, passage, articles[passage.article]) for passage in passages):
            yield phrase


def _threshold(query: Query, one: Judged, *, is_read: bool) -> float:
    """Return from which probability a sentence answers; `is_read` is whether any was read."""
    if query.clauses:
        return THRESHOLD_OF_SEVERAL
    if not is_read:
        return THRESHOLD
    return THRESHOLD_READ if one.told else THRESHOLD_UNREAD


def _explain(query: Query, reach: Reach, *, is_found: bool) -> str:
    """Return why nothing can answer, where what the question names is lacking or left out."""
    scope = query.scope
    if scope.absent:
        return deny(scope.absent)
    if scope.is_left_out:
        return f"Coverage by {' and '.join(scope.left_out)} is left out."
    if (scope.since or scope.until) and not is_found and reach.first and not query.without:
        return f"There is no {describe(scope, between=' ')}."
    return ""


def _cite(number: int, excerpt: Excerpt, asked: str, groups: Mapping[str, str]) -> Citation:
    return cite(
        excerpt.article,
        excerpt.span,
        number=number,
        score=excerpt.best.probability,
        marks=_mark(excerpt, asked),
        copies=copies(excerpt, groups),
    )


def _tell(excerpt: Excerpt) -> str:
    """Return the words of an excerpt that answer, by the reader, or ""."""
    told = excerpt.best.told
    return told.span.of(excerpt.article.body) if told else ""


def _mark(excerpt: Excerpt, asked: str) -> tuple[Span, ...]:
    """Return where the answer stands in an excerpt, by the reader; else the words asked for."""
    start, told = excerpt.span.start, excerpt.best.told
    if told and told.span.start < told.span.end:
        return (Span(told.span.start - start, told.span.end - start),)
    return mark_words(excerpt.article, excerpt.span, asked)
