"""A question → its answer, from the coverage as it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

from index.answers.answering import compose, lack, report
from index.answers.browsing import open_newest
from index.answers.judging import HITS, is_certain, judge, rejudge
from index.answers.reading import read
from index.answers.retriever import retrieve
from index.answers.topics import newest_on
from index.models import Reader
from index.storage.coverage import Coverage
from index.types import Answer, Article, Citation, Hit, Query
from index.understanding.casing import write_names
from index.understanding.query import clean, understand
from index.understanding.scope import within
from index.understanding.several import merge, split_questions
from index.understanding.spelling import find_unknown

__all__ = ["ask", "find", "find_newest"]

_TOPIC_HITS = 60
"""Passages of the last days, or of all, among which the newest on a topic are looked for."""


def ask(
    now: Coverage,
    question: str,
    *,
    after: str,
    told: str,
    k: int,
    today: dt.date,
    anywhere: bool,
    without: Collection[str],
    reader: Reader | None,
) -> Answer:
    """Return the answer to a question, or one to several that are asked at once (see `Desk.ask`).

    Of several each follows the one before it. Where they ask about different times, no one note
    says where was looked: then they are asked as a whole.
    """
    write = partial(
        write_names, languages=now.reach.languages, words=now.derived.words, store=now.store
    )

    def answer(text: str, after: str, told: str) -> Answer:
        query = understand(
            text,
            after=after,
            told=told,
            reach=now.reach,
            today=today,
            anywhere=anywhere,
            without=without,
            write=write,
        )
        return _answer(now, query, k, reader)

    cleaned = clean(question)
    first, *others = split_questions(cleaned)
    answers = [answer(first, after, told)]
    for each in others:
        answers.append(answer(each, answers[-1].text, answers[-1].told))
    if len({(one.scope.since, one.scope.until) for one in answers}) > 1:
        return answer(cleaned, after, told)
    return merge(cleaned, answers, k) if others else answers[0]


def find(now: Coverage, query: Query, k: int) -> tuple[list[Hit], dict[str, Article]]:
    """Return the `k` passages closest to a query, and the articles they are of.

    Raises:
        DamagedStoreError: One of either is not what was written, or lost.
    """
    hits = retrieve(
        query,
        k=k,
        languages=now.reach.languages,
        encoder=now.encoder,
        store=now.store,
        derived=now.derived,
    )
    cited = {hit.passage.article for hit in hits}
    articles = now.store.articles(cited)
    now.store.origins(cited - articles.keys())  # raises where one is lost
    return hits, articles


def find_newest(now: Coverage, query: Query, k: int) -> list[Citation]:
    """Return what was published last on what a query seeks, or of all there is for ""."""
    if not query.sought:
        return open_newest(now.store, k, query.without, query.scope)
    return newest_on(
        query,
        k,
        last=now.reach.last,
        find=lambda bounded: find(now, bounded, _TOPIC_HITS),
        rarity=now.derived.words.rarity,
    )


def _answer(now: Coverage, query: Query, k: int, reader: Reader | None) -> Answer:
    sought = query.sought
    if query.topic is not None and (answer := _report(now, query, query.topic, k)):
        return answer
    query = replace(query, about=query.topic or query.about)
    answer = _compose(now, query, *find(now, query, max(HITS, k)), k, reader)
    if not answer.answered and not answer.reason and query.scope.is_bound:
        answer = _look_back(now, query, k, reader) or answer
    if answer.answered or answer.reason:
        return answer
    unmentioned, meant = find_unknown(
        sought,
        languages=now.reach.languages,
        words=now.derived.words,
        store=now.store,
    )
    return replace(answer, unmentioned=unmentioned, meant=meant)


def _compose(
    now: Coverage,
    query: Query,
    hits: Sequence[Hit],
    articles: Mapping[str, Article],
    k: int,
    reader: Reader | None,
) -> Answer:
    """Return what the passages found answer."""
    judged = judge(query, hits, articles, now.derived.words.rarity)
    if reader and query.stands_alone and not query.clauses and not is_certain(judged):
        # Whoever taught the reader asked one thing at a time.
        told = read(reader, query, judged, articles)
        judged = rejudge(query, judged, articles, told) if told else judged
    groups = now.store.kin.groups(articles)
    return compose(
        query,
        judged,
        articles,
        k=k,
        reach=now.reach,
        passages=now.derived.words.size,
        groups=groups,
    )


def _look_back(now: Coverage, query: Query, k: int, reader: Reader | None) -> Answer | None:
    """Return the answer of what was published at other times and tells of the one asked about.

    What happened last year stands in this year's reports. None where nothing of it answers.
    """
    anytime = replace(query, scope=replace(query.scope, since=None, until=None))
    hits, articles = find(now, anytime, max(HITS, k))
    others = {id_: one for id_, one in articles.items() if not within(query.scope, one.origin)}
    elsewhere = [hit for hit in hits if hit.passage.article in others]
    answer = _compose(now, query, elsewhere, others, k, reader)
    return answer if answer.answered else None


def _report(now: Coverage, query: Query, topic: str, k: int) -> Answer | None:
    """Return what is newest on a topic as the answer to a query.

    None where nothing is, and what others say may answer.
    """
    scope = query.scope
    if scope.absent or scope.phrases or scope.is_left_out:
        return None
    wanted = replace(query, text=topic, question=topic, about="")
    if found := find_newest(now, wanted, k):
        return report(query, found, reach=now.reach)
    if topic or query.without or not (scope.outlets or scope.bylines):
        return None
    anytime = replace(wanted, scope=replace(scope, since=None, until=None))
    nearest = find_newest(now, anytime, k)
    if any(one.published is None for one in nearest):  # nobody knows whether these are of then
        return None
    return lack(query, nearest, reach=now.reach)
