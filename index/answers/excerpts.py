"""Judged sentences → excerpts: which to show, and from where to where.

An excerpt is a small run of sentences, never cut inside one; nothing is shown twice. Outlets take
a story from an agency and change a word here and there: what a copy of a story says much alike is
not shown again either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import regex

from index.answers.alike import are_alike, fold, fold_body
from index.answers.judging import Judged
from index.types import Article, Passage, Span

__all__ = ["Excerpt", "choose", "choose_by_passage", "copies"]

_MAX_RUN = 500
"""Code points up to which neighbouring sentences are joined into one excerpt."""

_MAX_LONG_RUN = 560
"""The same for a question that asks for several things: an excerpt says more than one of them."""

_FULL = 400
"""Code points up to which an excerpt is filled up with the sentences around it, for these help to
understand it, and say what is asked where the best sentence does not. Of 700 held-out questions
that something answers, .901 have the answer in the first citation and .939 in the first three;
.880 and .929 with bare sentences and a quarter less to read."""

_NEARLY = 0.6
"""Share of the best sentence's probability that a neighbour needs to be joined to it."""

_LEANING = regex.compile(
    r"(?-i:\p{Ll})|[“\"«„]|(?:he|she|it|they|his|her|its|their|this|that|these|those|but|and|also)\b",
    regex.IGNORECASE,
)
"""How a sentence begins that is hard to understand without the one before it (English)."""


@dataclass(slots=True)
class Excerpt:
    """A run of sentences of one article, as it grows.

    Attributes:
        article: Whose it is.
        span: From its first sentence's start to its last one's end.
        best: The sentence it began with.
        said: Its sentences, folded.
        others: Where else one of its sentences is said, too: articles, each with the passage.
    """

    article: Article
    span: Span
    best: Judged
    said: set[str]
    others: list[tuple[Article, Passage]] = field(default_factory=list)


def choose(
    judged: Iterable[Judged],
    articles: Mapping[str, Article],
    k: int,
    groups: Mapping[str, str],
) -> list[Excerpt]:
    """Return up to `k` excerpts, best first: neighbours joined, copies folded.

    Fewer are the first of more.

    Args:
        judged: Sentences, best first.
        articles: Those they are of, by id.
        k: 1 and up.
        groups: Of the articles, by id: copies of one story are in the same.
    """
    chosen: list[Excerpt] = []
    likely: dict[tuple[str, Span], float] = {}
    for one in judged:
        article = articles[one.hit.passage.article]
        likely[article.id, one.span] = one.probability
        sentence = fold(one.span.of(article.body))
        same = next((e for e in chosen if _says(e, sentence, article, groups)), None)
        if same is not None:
            same.others.append((article, one.hit.passage))
        else:
            _take(one, article, chosen)
    filled: list[Excerpt] = []
    while chosen and len(filled) < k:
        excerpt, *chosen = chosen
        chosen = _fill(excerpt, likely, filled, chosen, groups)
        filled.append(excerpt)
    return filled


def choose_by_passage(
    judged: Iterable[Judged],
    articles: Mapping[str, Article],
    k: int,
    groups: Mapping[str, str],
) -> list[Excerpt]:
    """Return up to `k` excerpts, one a passage in the order of the hits, copies folded.

    For a question that asks for several things: the hits were chosen so that each says another.
    None is left out for its worth, which tells little about these: without all below .5, the
    answers to MultiHop-RAG's covered questions lose a quarter of the evidence, and of what remains
    25 % is evidence instead of 21 %.
    """
    chosen: list[Excerpt] = []
    by_rank = sorted(judged, key=lambda one: (one.hit.rank, one.sentence))
    for _, sentences in groupby(by_rank, key=lambda one: one.hit.rank):
        passage = list(sentences)
        best = max(passage, key=lambda one: one.worth)
        article = articles[best.hit.passage.article]
        sentence = fold(best.span.of(article.body))
        same = next((e for e in chosen if _says(e, sentence, article, groups)), None)
        if same is not None:
            same.others.append((article, best.hit.passage))
        elif len(chosen) < k:
            span = _grow(best, passage, article.body, {text for e in chosen for text in e.said})
            chosen.append(Excerpt(article, span, best, _said_in(span, best, article.body)))
    return chosen


def _grow(best: Judged, passage: Sequence[Judged], body: str, said: set[str]) -> Span:
    """Widen a sentence by its neighbours, the better one first, none of them said before."""
    worth = {one.span: one.worth for one in passage}
    spans = best.hit.passage.sentences
    first = last = best.sentence
    while True:
        beside = [at for at in (first - 1, last + 1) if 0 <= at < len(spans)]
        fitting = [
            at
            for at in beside
            if spans[max(last, at)].end - spans[min(first, at)].start <= _MAX_LONG_RUN
            and fold(spans[at].of(body)) not in said
        ]
        if not fitting:
            return Span(spans[first].start, spans[last].end)
        at = max(fitting, key=lambda at: worth.get(spans[at], 0.0))
        first, last = min(first, at), max(last, at)


def _fill(
    excerpt: Excerpt,
    likely: Mapping[tuple[str, Span], float],
    better: Sequence[Excerpt],
    worse: list[Excerpt],
    groups: Mapping[str, str],
) -> list[Excerpt]:
    """Fill an excerpt up with its neighbours, the likelier one first, none that others say.

    It never outgrows what the articles that carry it too have in common.

    Returns:
        Those of the worse ones that still say something: not what it was filled up with.
    """
    article, sentences = excerpt.article, excerpt.best.hit.passage.sentences
    body = article.body
    while True:
        before = [s for s in sentences if s.end <= excerpt.span.start][-1:]
        after = [s for s in sentences if s.start >= excerpt.span.end][:1]
        fuller = {
            sentence: replace(
                excerpt,
                span=_cover(excerpt.span, sentence),
                said=excerpt.said | {fold(sentence.of(body))},
            )
            for sentence in (*before, *after)
            if not any(
                _says(e, fold(sentence.of(body)), article, groups)
                for e in (*better, *_not_begun_with(sentence.of(body), worse))
            )
        }
        fitting = [
            sentence
            for sentence, one in fuller.items()
            if _is_run(one.span, body, _FULL) and copies(one, groups) == copies(excerpt, groups)
        ]
        if not fitting:
            return worse
        chosen = max(fitting, key=lambda at: likely.get((article.id, at), 0.0))
        excerpt.span, excerpt.said = fuller[chosen].span, fuller[chosen].said
        worse = _not_begun_with(chosen.of(body), worse)


def _not_begun_with(sentence: str, excerpts: Iterable[Excerpt]) -> list[Excerpt]:
    return [e for e in excerpts if fold(e.best.span.of(e.article.body)) != fold(sentence)]


def _take(one: Judged, article: Article, chosen: list[Excerpt]) -> None:
    """Join a sentence to the excerpt it belongs to, or make one of it."""
    for span in (_widen(one, article.body), one.span):
        near = next((e for e in chosen if _joins(e, article, span, one.probability)), None)
        said = _said_in(span, one, article.body)
        if any(said & e.said for e in chosen if e is not near):
            continue  # the sentence it leans on is quoted already
        if near is None:
            chosen.append(Excerpt(article, span, one, said))
        else:
            near.span = _cover(near.span, span)
            near.said |= said
        return


def _widen(one: Judged, body: str) -> Span:
    """Return the sentence, with the one before it where it leans on that."""
    sentences = one.hit.passage.sentences
    sentence = sentences[one.sentence]
    if one.sentence == 0 or not _LEANING.match(body, *sentence):
        return sentence
    run = Span(sentences[one.sentence - 1].start, sentence.end)
    return run if _is_run(run, body) else sentence


def _joins(excerpt: Excerpt, article: Article, span: Span, probability: float) -> bool:
    """Tell whether a sentence next to an excerpt, and nearly as good, belongs to it."""
    if excerpt.article is not article or probability < excerpt.best.probability * _NEARLY:
        return False
    gap = Span(min(excerpt.span.end, span.end), max(excerpt.span.start, span.start))
    return not gap.of(article.body).strip() and _is_run(_cover(excerpt.span, span), article.body)


def _is_run(span: Span, body: str, longest: int = _MAX_RUN) -> bool:
    """Tell whether a span is short enough to show and within one paragraph."""
    return span.end - span.start <= longest and "\n" not in span.of(body)


def _cover(one: Span, other: Span) -> Span:
    return Span(min(one.start, other.start), max(one.end, other.end))


def _said_in(span: Span, one: Judged, body: str) -> set[str]:
    """Return the sentences of a span of the passage, folded."""
    inside = [s for s in one.hit.passage.sentences if span.start <= s.start and s.end <= span.end]
    return {fold(sentence.of(body)) for sentence in inside}


def copies(excerpt: Excerpt, groups: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ids of the other articles that carry the whole excerpt.

    Word for word, or, where they are copies of the same story, much alike.
    """
    text = fold(excerpt.span.of(excerpt.article.body))
    ids = (
        one.id
        for one, passage in excerpt.others
        if one is not excerpt.article
        and (
            text in fold_body(one.body)
            or (_are_kin(excerpt.article, one, groups) and _carries(passage, one, excerpt.said))
        )
    )
    return tuple(dict.fromkeys(ids))


def _carries(passage: Passage, article: Article, said: Iterable[str]) -> bool:
    """Tell whether a passage says all of some sentences, or much alike."""
    sentences = [fold(sentence.of(article.body)) for sentence in passage.sentences]
    return all(each in sentences or any(are_alike(each, s) for s in sentences) for each in said)


def _says(excerpt: Excerpt, sentence: str, article: Article, groups: Mapping[str, str]) -> bool:
    """Tell whether an excerpt says a sentence of an article already."""
    if sentence in excerpt.said:
        return True
    return _are_kin(excerpt.article, article, groups) and any(
        are_alike(sentence, said) for said in excerpt.said
    )


def _are_kin(one: Article, other: Article, groups: Mapping[str, str]) -> bool:
    """Tell whether two articles are copies of the same story."""
    if one.id == other.id:
        return False
    group = groups.get(one.id)
    return group is not None and group == groups.get(other.id)
