"""A follow-up and the question before it → one question that stands alone (English).

What the follow-up leaves out is taken from the question before it: whom "he" or "it" means, or all
but the one thing that is now another ("And in 2021?", "What about WhatsApp?", "Why?").
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

from index.types import Span

__all__ = ["OPENING", "PRONOUN", "resolve"]

_I = regex.IGNORECASE

PRONOUN = regex.compile(
    r"\b(?:(?P<whose>his|its|her(?=\s+\p{L}))|(?P<person>he|she|him|her)|(?P<thing>it)"
    r"|they|them|their|this|that|these|those|else)\b",
    _I,
)
"""What stands for something said before; a name for only the groups."""

OPENING = regex.compile(
    r"[¿¡\s]*(?:and|but|so|then|also|what about|how about|why not"
    r"|а|и|но|а что|et|mais|et si|und|aber|was ist mit|y|pero|qué hay de)\b",
    _I,
)
"""How a follow-up opens, in English and in ru, fr, de, es."""

_CAPITALISED = r"\p{Lu}[\p{L}\p{M}\p{N}’'-]*(?<!['’]s)"
_NAME = regex.compile(rf"\b{_CAPITALISED}(?:\s+{_CAPITALISED})*")
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_BEFORE_TIMES = r"in|since|before|after|until|during|of|by"
_BARE_MONTH = (
    rf"(?-i:(?<=\b(?i:{_BEFORE_TIMES}|and|but|about)\s+){_MONTH}"
    rf"|(?<!\b\p{{Lu}}[\p{{L}}\p{{M}}]*\.?\s+){_MONTH}(?!\s+\p{{Lu}}))"
)
"""May, but not that of "Theresa May", nor April Jones."""

_TIME = regex.compile(
    r"\b(?:(?:this|last|next)\s+(?:week|month|year|spring|summer|autumn|winter)|today|yesterday"
    rf"|(?:(?:\d{{1,2}}\s+)?{_MONTH}\s+)?(?:19|20)\d\d|{_BARE_MONTH})\b",
    _I,
)
_ASKS = regex.compile(
    r"(?i:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can"
    r"|could|will|would|should|and|but|in|on|at|the(?!\s+(?-i:\p{Lu})))\b\s*"
)
"""What a question may begin with that is no name, though it has a capital."""

_AROUND = regex.compile(
    r"(?:\W|\b(?:how\s+(?:many|much)|in|on|at|of|for|with|to|by|from|about|during|since|the)\b)*",
    _I,
)
"""What a follow-up may say around the one thing that is another."""

_IN = regex.compile(rf"\b(?:{_BEFORE_TIMES})\s+$", _I)

_CIRCUMSTANCE = regex.compile(
    r"\W*(?:(?:and|but|so)\s+)?(?P<how>when|where|why|how)\s*\?*\s*$", _I
)
_VERB = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b"
_ASKED = regex.compile(rf"(?:(?:when|where|why|how)\s+)?(?P<rest>{_VERB}.*)", _I)


def resolve(question: str, earlier: str, told: str = "") -> str | None:
    """Return what a follow-up asks as a question that stands alone; None where that is not clear.

    Example:
        >>> resolve("When was he born?", "Who is Pavel Durov?")
        'When was Pavel Durov born?'
        >>> resolve("And in 2021?", "How many users had it in 2020?")
        'How many users had it in 2021?'
        >>> resolve("When was he born?", "Who founded Telegram?", "Pavel Durov")
        'When was Pavel Durov born?'

    Args:
        question: The follow-up, on one line.
        earlier: The question before it, standing alone.
        told: The words that answered it, or "".
    """
    if match := _CIRCUMSTANCE.match(question):
        asked = _ASKED.fullmatch(earlier)
        return f"{match['how'].capitalize()} {_lower(asked['rest'])}" if asked else None
    return _exchange(question, earlier) or _name(question, earlier, told)


def _exchange(question: str, earlier: str) -> str | None:
    """Put the one thing that a follow-up says in the place of its like, if it says no more."""
    opened = OPENING.match(question)
    begin = opened.end() if opened else 0
    for find in (_times, _names):
        told = [span for span in find(question) if span.start >= begin]
        if len(told) != 1:
            continue
        (start, end), new = told[0], told[0].of(question)
        if not _AROUND.fullmatch(f"{question[begin:start]} {question[end:]}"):
            continue
        if old := find(earlier)[-1:]:
            before, after = earlier[: old[0].start], earlier[old[0].end :]
            is_bare = find is _times and new[0].isdecimal() and not _IN.search(before)
            return f"{before}{'in ' if is_bare else ''}{new}{after}"
        if find is _times:
            return f"{earlier.rstrip(' ?')} in {new}?"
    return None


def _name(question: str, earlier: str, told: str) -> str | None:
    """Put the name of whom or what it means in the place of a pronoun."""
    match = next((m for m in PRONOUN.finditer(question) if any(m.groupdict().values())), None)
    names = [span.of(earlier) for span in _names(earlier)]
    if match is None:
        return None
    if match["person"] or (match["whose"] or "").casefold() in ("his", "her"):
        answered = [span.of(told) for span in _names(told)]
        names = [one for one in [*answered, *names] if " " in one] or names
        name = next(iter(names), None)
    else:
        name = names[-1] if names else None
    if name is None:
        return None
    said = f"{name}’s" if match["whose"] else name
    return f"{question[: match.start()]}{said}{question[match.end() :]}"


def _times(text: str) -> Sequence[Span]:
    return [Span(*match.span()) for match in _TIME.finditer(text)]


def _names(text: str) -> Sequence[Span]:
    found = []
    text = _TIME.sub(lambda time: " " * len(time[0]), text)
    for match in _NAME.finditer(text):
        start, end = match.span()
        while (asking := _ASKS.match(text, start, end)) and not _is_inside(text, start):
            start = asking.end()
        if start < end:
            found.append(Span(start, end))
    return found


def _is_inside(text: str, at: int) -> bool:
    """Tell whether more than what a question may begin with stands before a place."""
    before = 0
    while asking := _ASKS.match(text, before, at):
        before = asking.end()
    return before < at


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
