"""Query → ranked hits: passages near in meaning and passages that share words, fused.

The clauses of a long question are looked up like questions of their own (see `picking`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from index.answers.picking import pick
from index.models import Encoder, Vectors
from index.storage.derived import Derived
from index.storage.rows import Candidates
from index.storage.store import Store
from index.text.terms import stems
from index.types import Hit, Origin, Query, Scope
from index.understanding.phrases import is_in
from index.understanding.scope import named_by, prefer, within

__all__ = ["DENSE_WEIGHT", "fuse", "retrieve"]

DENSE_WEIGHT = 0.5
"""Share of the dense score in the fused one; the rest is BM25's."""

_OF_SEVERAL = 100
"""Passages that each ranking proposes for a question of several clauses, for it has many."""

_UNHEARD = 0.3
"""What the first hit of an outlet or author that the question names counts more."""

_QUOTED = 1.5
"""What a passage counts more that has what stands in quotation marks, so that it comes first."""

_ANY = Origin("", "", None)


def retrieve(
    query: Query,
    *,
    k: int,
    languages: Collection[str],
    encoder: Encoder,
    store: Store,
    derived: Derived,
) -> list[Hit]:
    """Return the `k` passages closest to a query, best first; ties by passage id.

    Where the time that it names holds nothing, they are of all times.

    Args:
        query: What is asked.
        k: Most hits, 1 and up.
        languages: Of the coverage; the query's words are stemmed as each of them stems.
        encoder: The one the coverage was built with.
        store: The articles.
        derived: Both indexes of it.

    Raises:
        DamagedStoreError: A passage is not what was written.
    """
    texts = [query.sought, *query.clauses]
    vectors = encoder.encode_queries(texts)
    words = [_terms(text, languages) for text in texts]
    rankings = [_rankings(derived, terms, query) for terms in words]
    lexical = [dict(chain.from_iterable(r.items() for r in several)) for several in rankings]
    most = _OF_SEVERAL if query.clauses else None
    near = [derived.vectors.search(vector)[:most] for vector in vectors]
    shared = [list(scores)[:most] for several in rankings for scores in several]
    shared += [
        list(derived.words.search((), within=days, without=query.without))
        for days in _days(query.scope)
    ]
    quoting = {
        id_ for phrase in query.scope.phrases for id_ in _having(phrase, derived, languages)
    }
    found = store.candidates({id_ for ids in (*near, *shared, quoting) for id_ in ids})
    origins = _origins(query, found.articles, store)
    wanted = [at for at, origin in enumerate(origins) if origin.outlet not in query.without]
    sought = [at for at in wanted if within(query.scope, origins[at])] or wanted
    if not sought:
        return []
    # Not by BLAS: its threads would go on spinning beside the reader's, and the last digits of a
    # product depend on where among the others its row stands.
    closeness = np.einsum("rd,td->rt", found.vectors, vectors)
    nearness = _nearness(closeness, found.firsts)[sought]
    scores = _scores([found.ids[at] for at in sought], nearness, lexical)
    whole = scores[:, 0] + [prefer(query.scope, origins[at]) for at in sought]
    if quoting:
        quotes = _quotes(query.scope.phrases, found, quoting, store)
        whole += [_QUOTED * (at in quotes) for at in sought]
    voices = [named_by(query.scope, origins[at]) for at in sought]
    chosen = pick(whole, scores[:, 1:], voices, unheard=_UNHEARD, k=k)
    return [
        _hit(found, sought[at], closeness, score, rank)
        for rank, (at, score) in enumerate(chosen, start=1)
    ]


def fuse(dense: np.ndarray, lexical: np.ndarray) -> np.ndarray:
    """Return the convex combination of both scores, each brought to 0…1 over the candidates.

    Args:
        dense: Cosines, -1 to 1.
        lexical: BM25 scores, 0 and up.

    Source: Bruch, Gai & Ingber 2023, arXiv:2210.11934 (better than reciprocal rank fusion).
    """
    return DENSE_WEIGHT * _scaled(dense) + (1 - DENSE_WEIGHT) * _scaled(lexical)


def _origins(query: Query, articles: Sequence[str], store: Store) -> list[Origin]:
    """Return where articles come from; `_ANY` where it does not matter, for it takes a while."""
    if query.scope == Scope() and not query.without:
        return [_ANY] * len(articles)
    known = store.origins(articles)
    return [known[id_] for id_ in articles]


def _rankings(derived: Derived, terms: Sequence[str], query: Query) -> list[dict[int, float]]:
    """Search all the coverage by words, and each part of it that the question names."""
    return [
        derived.words.search(terms, within=part, without=query.without)
        for part in (None, *_parts(query.scope))
    ]


def _parts(scope: Scope) -> list[Scope]:
    """Return the parts of the coverage to be searched by themselves as well."""
    days = Scope(since=scope.since, until=scope.until)
    parts = [replace(days, outlets=(outlet,)) for outlet in scope.outlets]
    parts += [replace(days, bylines=(byline,)) for byline in scope.bylines]
    return parts or _days(scope)


def _days(scope: Scope) -> list[Scope]:
    """Return the days that a question asks about, if any: it may share no word with them."""
    bounds = Scope(since=scope.since, until=scope.until)
    return [bounds] if bounds != Scope() else []


def _having(phrase: str, derived: Derived, languages: Collection[str]) -> Iterator[int]:
    """Yield the passages that have all terms of a phrase: it may stand in one of them."""
    for language in languages:
        if terms := stems(phrase, language):
            yield from derived.words.search(terms, every=True)


def _quotes(
    phrases: Iterable[str], found: Candidates, having: Collection[int], store: Store
) -> set[int]:
    """Return which of the candidates, by their places, hold one of some phrases word for word."""
    passages = {at: found.passage(at) for at, id_ in enumerate(found.ids) if id_ in having}
    articles = store.articles({passage.article for passage in passages.values()})
    return {
        at
        for at, passage in passages.items()
        if any(is_in(phrase, passage, articles[passage.article]) for phrase in phrases)
    }


def _nearness(closeness: Vectors, firsts: np.ndarray) -> Vectors:
    """Return of each passage the mean of the whole one's cosine and its best sentence's.

    Args:
        closeness: Cosines of the rows of all passages, one below the other, each with all texts.
        firsts: At which row each begins, with the whole.
    """
    sentences = closeness.copy()
    sentences[firsts] = -np.inf
    nearness: Vectors = (closeness[firsts] + np.maximum.reduceat(sentences, firsts, axis=0)) / 2
    return nearness


def _scores(
    ids: Sequence[int], nearness: Vectors, lexical: Sequence[Mapping[int, float]]
) -> np.ndarray:
    """Return the fused scores, (passages, 1 + clauses), each column 0 to 1."""
    columns = [
        fuse(nearness[:, at], np.array([scores.get(id_, 0.0) for id_ in ids]))
        for at, scores in enumerate(lexical)
    ]
    return np.stack(columns, axis=1)


def _hit(found: Candidates, at: int, closeness: Vectors, score: float, rank: int) -> Hit:
    passage, first = found.passage(at), found.firsts[at] + 1
    sentences = closeness[first : first + len(passage.sentences)]
    parts = tuple(tuple(column) for column in sentences[:, 1:].T.tolist())
    return Hit(passage, score, rank, tuple(sentences[:, 0].tolist()), parts)


def _scaled(scores: np.ndarray) -> np.ndarray:
    if not scores.size:
        return scores
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)


def _terms(text: str, languages: Collection[str]) -> list[str]:
    """Return the terms of a text as each language of the coverage stems them."""
    return [stem for language in languages for stem in stems(text, language)]
