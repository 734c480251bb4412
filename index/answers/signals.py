"""What the sentences of a hit have to do with a question: how near they are, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import repeat

from index.answers.scoring import Signals
from index.text.terms import stems
from index.types import Article, Hit, Query
from index.understanding.kinds import Kind, find_kind, find_of_kind

__all__ = ["READER_LANGUAGE", "TermWeights", "signals", "weigh_terms"]

READER_LANGUAGE = "en"
"""Of the articles that the reader reads, and in which kinds are known."""

_ENOUGH = 5
"""Terms of a question that an answer need not say more than."""

_NAMELESS = 0.5
"""What fits where it is asked who or where, and nothing is named: "a judge" may answer, too."""


class TermWeights:
    """The terms that are asked about, each with its weight.

    Saying as much as the weightiest `_ENOUGH` terms is enough: no sentence repeats all of a
    question that takes a paragraph to ask.
    """

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights
        self._enough = sum(sorted(weights.values(), reverse=True)[:_ENOUGH])

    def share(self, said: frozenset[str]) -> float:
        """Return how much of what is asked is said, by weight, 0 to 1."""
        found = sum(weight for term, weight in self._weights.items() if term in said)
        return min(1.0, found / self._enough) if self._enough else 0.0


def weigh_terms(query: Query, language: str, rarity: Callable[[str], float]) -> list[TermWeights]:
    """Return what the whole question asks about, then each clause; an earlier question's half.

    Args:
        query: What is asked.
        language: Of the sentences; its words are stemmed as theirs.
        rarity: IDF of a term, above 0.
    """
    own = _said_by(query.question, language)
    whole = {
        term: rarity(term) * (1.0 if term in own else 0.5)
        for term in _said_by(query.sought, language)
    }
    clauses = [_said_by(clause, language) for clause in query.clauses]
    return [
        TermWeights(whole),
        *(TermWeights({term: rarity(term) for term in each}) for each in clauses),
    ]


def signals(
    query: Query, hit: Hit, article: Article, asked: Sequence[TermWeights]
) -> Iterator[tuple[Signals, ...]]:
    """Yield for each sentence of a hit its signals on the whole question, then on each clause.

    Args:
        query: What is asked.
        hit: Of a passage of the article.
        article: It.
        asked: What `weigh_terms` says of the article's language.
    """
    language = article.language
    sentences = [_said_by(span.of(article.body), language) for span in hit.passage.sentences]
    about = f"{article.headline}\n{article.outlet}\n{article.byline}"
    surroundings = _said_by(about, language).union(*sentences)
    around = [each.share(surroundings) for each in asked]
    closeness = zip(hit.closeness, *hit.parts, strict=True)
    for near, sentence, span in zip(closeness, sentences, hit.passage.sentences, strict=True):
        said = (each.share(sentence) for each in asked)
        fits = repeat(_fits(query, span.of(article.body), language))
        yield tuple(map(Signals, near, said, around, fits))


def _fits(query: Query, said: str, language: str) -> float:
    """Return whether a sentence has anything of the kind that is asked for; 1 if none is."""
    kind = find_kind(query.sought) if language == READER_LANGUAGE and not query.clauses else None
    if kind is None or any(find_of_kind(kind, said, query.sought)):
        return 1.0
    return _NAMELESS if kind in (Kind.NAME, Kind.PLACE) else 0.0


@lru_cache(maxsize=4096)
def _said_by(text: str, language: str) -> frozenset[str]:
    return frozenset(stems(text, language))
