"""How well the sentences found answer a question, and in which order.

First by signals alone, then, for what the reader has read, by what it made of them, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from index.answers.picking import pick
from index.answers.scoring import SURE, Signals, Told, probability
from index.answers.signals import READER_LANGUAGE, signals, weigh_terms
from index.text.passages import says_nothing
from index.types import Article, Hit, Query, Scope, Span
from index.understanding.phrases import asks_where, holds
from index.understanding.scope import named_by, prefer
from index.understanding.years import weigh_years

__all__ = [
    "CERTAIN",
    "FURTHER",
    "FURTHER_READ",
    "HITS",
    "THRESHOLD",
    "THRESHOLD_OF_SEVERAL",
    "THRESHOLD_READ",
    "THRESHOLD_UNREAD",
    "Judged",
    "is_certain",
    "judge",
    "rejudge",
    "threshold_read",
    "weigh",
]

HITS = 20
"""Passages whose sentences are judged."""

_PHRASE = 0.3
"""What a sentence is preferred by that holds what the question puts in quotation marks."""

_UNHEARD = 0.5
"""What the likeliest sentence of each outlet or author that the question names is preferred by."""

CERTAIN = 1.0
"""Probability of a sentence that has the very words of which is only asked where they stand."""

_UNREAD = 0.5
"""What the probability of a sentence that was not read counts beside those that were."""

_BEHIND = 0.2
"""The same for one that could have been read, but comes behind passages of which none surely
answers. Of 655 held-out questions that something answers, asked of their paragraphs among 70 news
articles, three more have the answer among the first three citations for that."""

THRESHOLD = 0.5
"""Below this probability of the best sentence the coverage does not answer."""

THRESHOLD_READ = 0.025
"""The same where the reader has read, in a coverage of few passages: the lowest at which, among
511, four in five of the held-out questions about what is not there are refused. Of those that
something answers .94 are answered."""

_THRESHOLD_OF_MANY = 0.15
"""The same in one of many: where most of both is right, among 3,173 passages. Of the questions
that nothing answers .82 are refused, of the others .84 answered (`tests.bench_refusing`)."""

_FEW, _MANY = 500, 1500
"""Up to how many passages are few, and from how many on they are many: 70 news articles are."""

THRESHOLD_UNREAD = THRESHOLD * _UNREAD
"""The same for what was not read, where something was. It is more than `_BEHIND`: what could have
been read, but comes behind passages of which none surely answers, answers nothing by itself. Of
those 655 questions none goes unanswered for that."""

THRESHOLD_OF_SEVERAL = 0.25
"""The same for a question that asks for several things: no sentence answers them all."""

FURTHER = 0.1
"""Below this a sentence adds nothing to an answer that others give."""

FURTHER_READ = 0.06
"""The same where the reader has read."""


class Judged(NamedTuple):
    """One sentence of a hit, and what is thought of it.

    Attributes:
        hit: Where it stands.
        sentence: Its place in the passage.
        signals: On the whole question.
        probability: That it answers the whole question, 0 to 1.
        worth: That it answers the question or one of its clauses, 0 to 1.
        weight: What both count for by the years that its article knows of, 0 to 1.
        told: What the reader made of it, if it was read.
    """

    hit: Hit
    sentence: int
    signals: Signals
    probability: float
    worth: float
    weight: float = 1.0
    told: Told | None = None

    @property
    def span(self) -> Span:
        """Where it stands in its article."""
        return self.hit.passage.sentences[self.sentence]

    @property
    def place(self) -> tuple[int, int]:
        """The number of its passage and its own."""
        return self.hit.passage.id, self.sentence


def judge(
    query: Query,
    hits: Iterable[Hit],
    articles: Mapping[str, Article],
    rarity: Callable[[str], float],
) -> list[Judged]:
    """Return every sentence of the hits with its probability, best first; ties as ranked.

    What the question's scope prefers comes before what is a little likelier, and the first of
    each outlet that it names before all others.

    Args:
        query: What is asked.
        hits: Of passages of `articles`; those of others are passed over.
        articles: By id.
        rarity: IDF of a term, above 0.
    """
    weights = {id_: weigh_years(query, article) for id_, article in articles.items()}
    languages = {article.language for article in articles.values()}
    asked = {language: weigh_terms(query, language, rarity) for language in languages}
    judged = [
        _judge_one(hit, at, known, weights[article.id])
        for hit in hits
        if (article := articles.get(hit.passage.article))
        for at, known in enumerate(signals(query, hit, article, asked[article.language]))
    ]
    said = [one.span.of(articles[one.hit.passage.article].body) for one in judged]
    if asks_where(query):
        judged = [_find(one, text, query.scope) for one, text in zip(judged, said, strict=True)]
    full = [
        one
        for one, text in zip(judged, said, strict=True)
        if one.probability == CERTAIN or not says_nothing(text)
    ]
    return _rank(query, full or judged, articles)


def weigh(
    judged: Iterable[Judged], told: Mapping[tuple[int, int], Told]
) -> Iterator[tuple[tuple[int, int], float]]:
    """Yield the places of the sentences that were read, each with how likely it answers."""
    for one in judged:
        if read := told.get(one.place):
            yield one.place, one.weight * probability(one.signals, read)


def rejudge(
    query: Query,
    judged: Sequence[Judged],
    articles: Mapping[str, Article],
    told: Mapping[tuple[int, int], Told],
) -> list[Judged]:
    """Return what was judged as it stands now that the reader has read some of it, best first.

    Args:
        query: What is asked.
        judged: By signals alone.
        articles: By id.
        told: What the reader made of sentences, by their places.
    """
    read = dict(weigh(judged, told))
    is_sure = any(likely >= SURE for likely in read.values())

    def reconsider(one: Judged) -> Judged:
        if one.place in read:
            likely = read[one.place]
        else:
            is_readable = articles[one.hit.passage.article].language == READER_LANGUAGE
            likely = one.probability * (_BEHIND if is_readable and not is_sure else _UNREAD)
        return one._replace(probability=likely, worth=likely, told=told.get(one.place))

    return _rank(query, [reconsider(one) for one in judged], articles)


def is_certain(judged: Iterable[Judged]) -> bool:
    """Tell whether some sentence is certain, so that nothing need be read, nor shown beside it."""
    return any(one.probability == CERTAIN for one in judged)


def threshold_read(passages: int) -> float:
    """Return from which probability a sentence that was read answers, where there is so much.

    The more there is, the likelier something only sounds like an answer (`tests.bench_refusing`).

    Args:
        passages: In the coverage.
    """
    return float(np.interp(passages, (_FEW, _MANY), (THRESHOLD_READ, _THRESHOLD_OF_MANY)))


def _find(one: Judged, said: str, scope: Scope) -> Judged:
    """Return a sentence as certain where it says a phrase of which is only asked where it is."""
    is_where = any(holds(said, phrase) for phrase in scope.phrases)
    return one._replace(probability=CERTAIN, worth=CERTAIN) if is_where else one


def _rank(query: Query, judged: Sequence[Judged], articles: Mapping[str, Article]) -> list[Judged]:
    held = [articles[one.hit.passage.article] for one in judged]
    order = pick(
        np.array([_score(query, one, a) for one, a in zip(judged, held, strict=True)]),
        np.empty((len(judged), 0)),
        [named_by(query.scope, article.origin) for article in held],
        unheard=_UNHEARD,
    )
    return [judged[at] for at, _ in order]


def _score(query: Query, one: Judged, article: Article) -> float:
    """Return by what a sentence is ranked: its probability, and what the scope prefers."""
    text = one.span.of(article.body)
    quotes = any(holds(text, phrase) for phrase in query.scope.phrases)
    return one.probability + prefer(query.scope, article.origin) + _PHRASE * quotes


def _judge_one(hit: Hit, sentence: int, known: Sequence[Signals], weight: float) -> Judged:
    likely = [weight * probability(each) for each in known]
    return Judged(hit, sentence, known[0], likely[0], max(likely), weight)
