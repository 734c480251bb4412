"""Phrases that a question puts in quotation marks, looked for word for word."""

from __future__ import annotations

from index.text.terms import stems
from index.types import Article, Passage, Query
from index.understanding.outlets import fold_name

__all__ = ["asks_where", "holds", "is_in"]

_ASKS = frozenset(
    stems(
        "appear article carry come contain find found headline include line mention outlet paper"
        " phrase piece print publish quote quotation read report sentence stand story text use"
        " word write written wrote",
        "en",
    )
)
"""What a question may say around a phrase that asks no more than where it stands, or who says it
(English)."""


def asks_where(query: Query) -> bool:
    """Tell whether a question asks only where a phrase stands, or who says it."""
    said = query.text
    for phrase in query.scope.phrases:
        said = said.replace(phrase, " ")
    return bool(query.scope.phrases) and _ASKS.issuperset(stems(said, "en"))


def holds(text: str, phrase: str) -> bool:
    """Tell whether a text has the words of a phrase in a row, whatever its case and marks."""
    return fold_name(phrase) in fold_name(text)


def is_in(phrase: str, passage: Passage, article: Article) -> bool:
    """Tell whether a passage, or the headline above it, holds a phrase."""
    return holds(passage.span.of(article.body), phrase) or holds(article.headline, phrase)
