"""Judged sentences → answer: refuse, or cite the best excerpts, numbered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from index.answers.citing import cite, mark_words
from index.answers.excerpts import Excerpt, choose, choose_by_passage, copies
from index.answers.judging import (
    CERTAIN,
    FURTHER,
    FURTHER_READ,
    THRESHOLD,
    THRESHOLD_OF_SEVERAL,
    THRESHOLD_UNREAD,
    Judged,
    is_certain,
    threshold_read,
)
from index.types import Answer, Article, Citation, Query, Reach, Scope, Span
from index.understanding.dates import tells_of
from index.understanding.naming import find_outlets
from index.understanding.phrases import is_in
from index.understanding.query import describe
from index.understanding.scope import deny, within

__all__ = ["compose", "lack", "report"]


def compose(
    query: Query,
    judged: Sequence[Judged],
    articles: Mapping[str, Article],
    *,
    k: int,
    reach: Reach,
    passages: int,
    groups: Mapping[str, str],
) -> Answer:
    """Return the answer: up to `k` citations, or a refusal with as many of the nearest.

    Args:
        query: What is asked.
        judged: The sentences found, best first.
        articles: Those the sentences are of, read from the store just now.
        k: 1 and up.
        reach: Of the coverage.
        passages: How many it has.
        groups: Of the articles, by id: copies of one story are in the same.
    """
    is_read = any(one.told for one in judged)
    unsaid = tuple(_unsaid(query.scope.phrases, judged, articles))
    least_of = partial(_threshold, query, is_read=is_read, read=threshold_read(passages))
    likely = [one for one in judged if one.probability >= least_of(one)]
    query, judged = _instead(query, judged, likely, articles, reach)
    is_found = _is_found(query.scope, articles)
    reason = _explain(query, reach, is_found=is_found)
    answers = is_found and not reason and bool(likely)
    if query.clauses:
        excerpts = choose_by_passage(judged, articles, k, groups)
    else:
        worth = _worth_citing(judged, least_of, is_read=is_read) if answers else judged
        excerpts = choose(worth, articles, k, groups)
    asked = "" if is_read else query.text
    citations = tuple(
        _cite(number, excerpt, asked, groups) for number, excerpt in enumerate(excerpts, start=1)
    )
    scope = _heeded(query.scope, articles.values())
    return Answer(
        question=query.question,
        text=query.text,
        told=_tell(excerpts[0]) if answers and excerpts else "",
        citations=citations if answers else (),
        nearest=() if answers else citations,
        reach=reach,
        scope=scope,
        understood=describe(scope),
        reason=reason,
        without=query.without,
        unsaid=unsaid,
    )


def report(query: Query, newest: Sequence[Citation], *, reach: Reach) -> Answer:
    """Return the answer to what asks for news alone: what is newest, as it was found."""
    scope = _heeded(query.scope, newest)
    return Answer(
        question=query.question,
        text=query.text,
        citations=tuple(newest),
        nearest=(),
        reach=reach,
        scope=scope,
        understood=describe(scope),
        without=query.without,
    )


def lack(query: Query, nearest: Sequence[Citation], *, reach: Reach) -> Answer:
    """Return that there is nothing of what asks for news of an outlet or author and a time.

    Args:
        query: What is asked.
        nearest: What there is of them at other times, latest first.
        reach: Of the coverage.
    """
    return replace(
        report(query, (), reach=reach),
        nearest=tuple(nearest),
        reason=f"There is no {describe(query.scope, between=' ')}.",
    )


def _worth_citing(
    judged: Sequence[Judged], least_of: Callable[[Judged], float], *, is_read: bool
) -> list[Judged]:
    """Return the sentences that answer by themselves, then those that may add to it."""
    if is_certain(judged):
        return [one for one in judged if one.probability >= CERTAIN]
    enough = FURTHER_READ if is_read else FURTHER
    answering = [one for one in judged if one.probability >= least_of(one)]
    return answering + [one for one in judged if enough <= one.probability < least_of(one)]


def _instead(
    query: Query,
    judged: Sequence[Judged],
    likely: Iterable[Judged],
    articles: Mapping[str, Article],
    reach: Reach,
) -> tuple[Query, Sequence[Judged]]:
    """Return what answers instead of coverage that is not there, and the query without that.

    Others may quote an outlet of which there is nothing, and tell of a time when nothing was
    published, but for what somebody is said to have published then. Comparisons stay as they are.
    """
    scope = query.scope
    if query.clauses:
        return query, judged
    if scope.absent:
        named = set(scope.absent)
        instead = [one for one in likely if named <= _named_by(one, articles, reach)]
        scope = replace(scope, absent=(), lacking=scope.absent)
    elif scope.is_bound and not _is_found(scope, articles):
        instead = [one for one in likely if _tells_of(one, articles, scope)]
        scope = replace(scope, since=None, until=None)
    else:
        return query, judged
    return (replace(query, scope=scope), instead) if instead else (query, judged)


def _heeded(scope: Scope, articles: Iterable[Article | Citation]) -> Scope:
    """Return a scope without the days of which no article was found, though preferred."""
    found = {article.published for article in articles}
    return replace(scope, dates=tuple(day for day in scope.dates if day in found))


def _is_found(scope: Scope, articles: Mapping[str, Article]) -> bool:
    return any(within(scope, article.origin) for article in articles.values())


def _named_by(one: Judged, articles: Mapping[str, Article], reach: Reach) -> set[str]:
    """Return the outlets that a sentence names."""
    said = one.span.of(articles[one.hit.passage.article].body)
    return {named.name for named in find_outlets(said, reach.outlets)}


def _tells_of(one: Judged, articles: Mapping[str, Article], scope: Scope) -> bool:
    """Tell whether a sentence itself names the time asked about, or one within it."""
    article = articles[one.hit.passage.article]
    if not (article.published and scope.since and scope.until):
        return False
    said, days = one.span.of(article.body), (scope.since, scope.until)
    return tells_of(said, *days, today=article.published, languages=[article.language])


def _unsaid(
    phrases: Iterable[str], judged: Iterable[Judged], articles: Mapping[str, Article]
) -> Iterator[str]:
    """Yield the phrases that no passage found has: those that have one are found first."""
    passages = {one.hit.passage for one in judged}
    for phrase in phrases:
        if not any(is_in(phrase, passage, articles[passage.article]) for passage in passages):
            yield phrase


def _threshold(query: Query, one: Judged, *, is_read: bool, read: float) -> float:
    """Return from which probability a sentence answers; `read` for one that was read."""
    if query.clauses:
        return THRESHOLD_OF_SEVERAL
    if not is_read:
        return THRESHOLD
    return read if one.told else THRESHOLD_UNREAD


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
