"""The names and the times that a question speaks of (English)."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from index.types import Span
from index.understanding.grammar import MONTHS, WEEKDAYS

__all__ = [
    "BEFORE_TIMES",
    "FROM_NOW",
    "IS_DAY",
    "NAME",
    "VERB",
    "WEEKDAY",
    "YEAR",
    "find_names",
    "find_times",
]

_I = regex.IGNORECASE

_CAPITALISED = r"\p{Ll}?\p{Lu}[\p{L}\p{M}\p{N}]*(?:[’'-](?!s\b)[\p{L}\p{M}\p{N}]+)*"
_PARTICLE = r"(?:von|van|der|den|de|la|del|di|da|bin|al|el)"
NAME = regex.compile(rf"\b{_CAPITALISED}(?:\s+(?:{_PARTICLE}\s+)*{_CAPITALISED})*")
_MONTH = rf"(?:{'|'.join(map(str.capitalize, MONTHS))})"
YEAR = regex.compile(r"(?:19|20)\d\d")
_DAY = rf"(?:{'|'.join(map(str.capitalize, WEEKDAYS))})"
BEFORE_TIMES = r"in|on|since|before|after|until|during|of|by"
_BARE = (
    rf"(?-i:(?<=\b(?i:{BEFORE_TIMES}|and|but|about)\s+)(?:{_MONTH}|{_DAY})"
    rf"|(?<!\b\p{{Lu}}[\p{{L}}\p{{M}}]*\.?\s+)(?:{_MONTH}|{_DAY})(?!\s+\p{{Lu}}))"
)
"""May, but not that of "Theresa May", nor April Jones or a Black Friday."""

_TIME = regex.compile(
    r"\b(?:(?:this|last|next)\s+(?:week|month|year|spring|summer|autumn|winter"
    rf"|{_MONTH}|{_DAY})|today|yesterday"
    rf"|(?:\d{{1,2}}\s+{_MONTH}|{_MONTH}\s+\d{{1,2}})(?:,?\s+{YEAR.pattern})?"
    rf"|(?:{_MONTH}\s+)?{YEAR.pattern}|{_BARE})\b",
    _I,
)
FROM_NOW = regex.compile(r"(?:this|last|next)\b.*|today|yesterday", _I)
"""A time that nothing need tie to a question."""

WEEKDAY = regex.compile(_DAY, _I)
"""A day that has no year."""

IS_DAY = regex.compile(rf"\b(?:{_DAY}|\d{{1,2}})\b", _I)
"""What makes a time a day."""

_ASKS = regex.compile(
    r"(?i:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can"
    r"|could|will|would|should|and|but|in|on|at|of|for|with|from|by|please|tell|show|give|explain|me|about|according"
    r"|to|thanks|yes|no|ok|okay|really|hello|hi|the(?!\s+(?-i:\p{Lu})))\b\s*|I\b\s*"
)
"""What a sentence may begin with that is no name, though it has a capital."""

_SENTENCE_END = regex.compile(r"[.?!]\s+")

VERB = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b"
_VERB_ALONE = regex.compile(VERB, _I)


def find_times(text: str) -> Sequence[Span]:
    """Return where a question names times, in order."""
    return [Span(*match.span()) for match in _TIME.finditer(text)]


def find_names(text: str) -> Sequence[Span]:
    """Return where a question names somebody or something, in order; times are no names."""
    found = []
    text = _TIME.sub(lambda time: " " * len(time[0]), text)
    for match in NAME.finditer(text):
        start, end = match.span()
        is_verb = False  # after one comes no other: "Did Will …" asks about somebody called so
        while (asking := _ASKS.match(text, start, end)) and not _is_inside(text, start):
            if is_verb and _VERB_ALONE.fullmatch(asking[0].strip()):
                break
            is_verb, start = bool(_VERB_ALONE.fullmatch(asking[0].strip())), asking.end()
        if start < end:
            found.append(Span(start, end))
    return found


def _is_inside(text: str, at: int) -> bool:
    """Tell whether more than what a sentence may begin with stands in it before a place."""
    before = max((end.end() for end in _SENTENCE_END.finditer(text, 0, at)), default=0)
    while asking := _ASKS.match(text, before, at):
        before = asking.end()
    return before < at
