"""Which authors a question names as having written."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import regex

from index.types import Span
from index.understanding.naming import ASKED, WORK
from index.understanding.outlets import end_of_name, fold_name, tokens

__all__ = ["Author", "find_authors", "find_bylines", "is_author"]

_I = regex.IGNORECASE
_BY = regex.compile(
    r"\b(?:by|author|columnist|reporter|journalist|according\s+to|von|laut|par|selon|por|según)\s+$",
    _I,
)
_WORK_OF = regex.compile(
    rf"['’]s?\s+(?:\w+\s+)?{WORK}\b|\s+(?:wrote|writes|reports|reported)\b", _I
)
_WROTE = regex.compile(r"\s+(?:\w+ly\s+|also\s+|ever\s+)?(?:write|report|publish|review)\b", _I)
_BY_LINE = regex.compile(r"^\s*(?:by|von|par|por)\s+", _I)
_BETWEEN = regex.compile(r"\s*[,;&|/]\s*|\s+(?:and|und|et|y|e|и)\s+", _I)


class Author(NamedTuple):
    """An author named as having written: where, in the text, and the bylines with that name."""

    span: Span
    bylines: tuple[str, ...]


def find_bylines(text: str, bylines: frozenset[str]) -> tuple[str, ...]:
    """Return the bylines that a text names as having written, in the order named.

    `by A B`, `according to A B`, `A B's column`, `did A B write`; each name has two words or more.
    """
    named = find_authors(text, bylines)
    return tuple(dict.fromkeys(byline for author in named for byline in author.bylines))


def find_authors(text: str, bylines: frozenset[str]) -> list[Author]:
    """Return the authors that a text names as having written, in order."""
    authors = _authors(bylines)
    words = tokens(text)
    found: list[Author] = []
    for at in range(len(words)):
        for end in range(end_of_name(text, words, at, authors.longest), at + 1, -1):
            known = authors.bylines.get(" ".join(token.text for token in words[at:end]), ())
            span = Span(words[at].span.start, words[end - 1].span.end)
            if known and _writes(text, *span):
                found.append(Author(span, known))
    return found


def _writes(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 40) : start]
    if _BY.search(before) or _WORK_OF.match(text, end):
        return True
    return bool(ASKED.search(before) and _WROTE.match(text, end))


class _Authors(NamedTuple):
    """Bylines by the folded name of each author, and most words in one."""

    bylines: dict[str, tuple[str, ...]]
    longest: int


@lru_cache(maxsize=8)
def _authors(bylines: frozenset[str]) -> _Authors:
    found: dict[str, tuple[str, ...]] = {}
    for byline in sorted(bylines):
        for key in {fold_name(name) for name in _BETWEEN.split(_BY_LINE.sub("", byline))}:
            if " " in key:
                found[key] = (*found.get(key, ()), byline)
    return _Authors(found, max((len(key.split()) for key in found), default=1))


def is_author(name: str, bylines: frozenset[str]) -> bool:
    """Tell whether a name of two words or more is that of an author."""
    return fold_name(name) in _authors(bylines).bylines
