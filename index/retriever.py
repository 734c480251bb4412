"""Query → ranked hits: passages near in meaning and passages that share words, fused.

The clauses of a long question are looked up like questions of their own (see `picking`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from index.derived import Derived
from index.models import Encoder, Vectors
from index.picking import pick
from index.rows import StoredPassage
from index.scope import prefer, within
from index.store import Store
from index.terms import content_terms
from index.types import Hit, Origin, Query, Scope

__all__ = ["DENSE_WEIGHT", "fuse", "retrieve"]

DENSE_WEIGHT = 0.5
"""Share of the dense score in the fused one; the rest is BM25's."""

_UNHEARD = 0.3
"""What the first hit of an outlet that the question names counts more."""


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
    vectors = np.stack([encoder.encode_query(text) for text in texts])
    words = [_terms(text, languages) for text in texts]
    lexical = [_search_words(derived, terms, query) for terms in words]
    near = [id_ for vector in vectors for id_ in derived.vectors.search(vector)]
    ids = dict.fromkeys([*near, *(id_ for scores in lexical for id_ in scores)])
    found = sorted(store.passages(ids), key=lambda stored: stored.passage.id)
    origins = store.origins({stored.passage.article for stored in found})
    found = [one for one in found if _is_sought(query, _origin(one, origins))]
    closeness = [stored.vectors @ vectors.T for stored in found]
    scores = _scores(found, closeness, lexical)
    whole = scores[:, 0] + [prefer(query.scope, _origin(one, origins)) for one in found]
    outlets = [_origin(one, origins).outlet for one in found]
    chosen = pick(whole, scores[:, 1:], outlets, named=query.scope.outlets, unheard=_UNHEARD, k=k)
    return [
        Hit(
            found[at].passage,
            score,
            rank,
            tuple(closeness[at][1:, 0].tolist()),
            tuple(tuple(column) for column in closeness[at][1:, 1:].T.tolist()),
        )
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


def _origin(stored: StoredPassage, origins: Mapping[str, Origin]) -> Origin:
    return origins[stored.passage.article]


def _is_sought(query: Query, origin: Origin) -> bool:
    return origin.outlet not in query.without and within(query.scope, origin)


def _search_words(derived: Derived, terms: Sequence[str], query: Query) -> dict[int, float]:
    """Search all the coverage, and once more the part that the question names."""
    found = derived.words.search(terms, without=query.without)
    for part in _parts(query.scope):
        found |= derived.words.search(terms, within=part, without=query.without)
    return found


def _parts(scope: Scope) -> list[Scope]:
    """Return the parts of the coverage to be searched by themselves as well."""
    days = Scope(since=scope.since, until=scope.until)
    parts = [replace(days, outlets=(outlet,)) for outlet in scope.outlets]
    parts += [replace(days, bylines=(byline,)) for byline in scope.bylines]
    return parts or ([days] if scope.since or scope.until else [])


def _scores(
    found: Sequence[StoredPassage],
    closeness: Sequence[Vectors],
    lexical: Sequence[Mapping[int, float]],
) -> np.ndarray:
    """Return the fused scores, (passages, 1 + clauses), each column 0 to 1."""
    ids = [stored.passage.id for stored in found]
    columns = [
        fuse(
            np.array([_nearness(rows[:, at]) for rows in closeness]),
            np.array([scores.get(id_, 0.0) for id_ in ids]),
        )
        for at, scores in enumerate(lexical)
    ]
    return np.stack(columns, axis=1)


def _scaled(scores: np.ndarray) -> np.ndarray:
    if not scores.size:
        return scores
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)


def _nearness(closeness: Vectors) -> float:
    """Return the mean of the whole passage's cosine and its best sentence's."""
    return float((closeness[0] + closeness[1:].max()) / 2)


def _terms(text: str, languages: Collection[str]) -> list[str]:
    """Return the terms of a text as each language of the coverage stems them."""
    return [term.text for language in languages for term in content_terms(text, language)]
