"""Outlets that a question asks to leave out: "other than The Verge", "not from TechCrunch"."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from index.types import Span
from index.understanding.naming import Mention, group

__all__ = ["find_excluded"]

_BUT = regex.compile(
    r"\b(?:except(?:ing)?(?:\s+(?:for|from|by|in))?|excluding|besides|(?:apart|aside)\s+from"
    r"|other\s+than|(?:any|every)(?:one|body)\s+but|(?:but\s+)?not\s+from"
    r"|außer|nicht\s+von|sauf|excepto|salvo|кроме)\s+(?:the\s+)?['‘\"“«]*$",
    regex.IGNORECASE,
)


def find_excluded(text: str, mentions: Sequence[Mention]) -> list[tuple[Span, list[Mention]]]:
    """Return the rows of outlets that a text asks to leave out, each with where it says so.

    Args:
        text: A question.
        mentions: The outlets that it names, in order.
    """
    found = []
    for row in group(mentions, text):
        if but := _BUT.search(text, 0, row[0].span.start):
            found.append((Span(but.start(), row[-1].span.end), row))
    return found
