"""Whether two sentences say the same: word for word, or, in copies of a story, nearly."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import regex

__all__ = ["are_alike", "fold", "fold_body"]

_ALIKE = 0.7
"""Share of the words of either of two sentences of copies that both have, to be the same."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_NUMBER = regex.compile(
    r"\p{N}|(?:no|not|never|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?"
    r"|\p{L}+teen|\p{L}+ty|hundreds?|thousands?|millions?|billions?)$"
)
"""A number, or a denial: where copies differ in one, they do not say the same (English)."""


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return a text without case, one space between words, as sentences are compared."""
    return " ".join(text.casefold().split())


@lru_cache(maxsize=64)
def fold_body(text: str) -> str:
    """Return the same of an article, of which not so many are kept in memory."""
    return fold.__wrapped__(text)


@lru_cache(maxsize=4096)
def are_alike(one: str, other: str) -> bool:
    """Tell whether two folded sentences have most words, and all numbers, in common."""
    words, others = _words_of(one), _words_of(other)
    if (words & others).total() < _ALIKE * max(words.total(), others.total()):
        return False
    return not any(_NUMBER.match(word) for word in (words - others) | (others - words))


@lru_cache(maxsize=4096)
def _words_of(sentence: str) -> Counter[str]:
    return Counter(_WORD.findall(sentence))
