"""Phrases that a question puts in quotation marks, looked for word for word."""

from __future__ import annotations

from index.outlets import fold_name
from index.types import Article, Passage

__all__ = ["holds", "is_in"]


def holds(text: str, phrase: str) -> bool:
    """Tell whether a text has the words of a phrase in a row, whatever its case and marks."""
    return fold_name(phrase) in fold_name(text)


def is_in(phrase: str, passage: Passage, article: Article) -> bool:
    """Tell whether a passage, or the headline above it, holds a phrase."""
    return holds(passage.span.of(article.body), phrase) or holds(article.headline, phrase)
