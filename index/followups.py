"""A follow-up and the question before it → one question that stands alone (English).

What the follow-up leaves out is taken from the question before it: whom "he" or "it" means, or all
but the one thing that is now another ("And in 2021?", "What about WhatsApp?", "Why?").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import regex

from index.grammar import MONTHS, WEEKDAYS
from index.types import Span

__all__ = ["leans", "resolve"]

_I = regex.IGNORECASE

_PRONOUN = regex.compile(
    r"\b(?:(?P<whose>his|its|her(?=\s+\p{L}))|(?P<person>he|she|him|her)"
    r"|(?P<thing>it(?!\s+(?:true|possible|likely|clear|known|legal|safe)\b))|they|them|their)\b",
    _I,
)
"""What stands for something named before; for one name only the groups."""

_POINTING = regex.compile(
    r"\b(?:this(?!\s+(?:week|month|year|spring|summer|autumn|winter)\b)"
    r"|(?<!\b(?:true|possible|likely|clear|known|say|says|said)\s+)that|these|those|else)\b",
    _I,
)

_OPENING = regex.compile(
    r"[¿¡\s]*(?:and|but|so|then|also|what about|how about|why not"
    r"|а|и|но|а что|et|mais|et si|und|aber|was ist mit|y|pero|qué hay de)\b",
    _I,
)
"""How a follow-up opens, in English and in ru, fr, de, es."""

_CAPITALISED = r"\p{Lu}[\p{L}\p{M}\p{N}]*(?:[’'-](?!s\b)[\p{L}\p{M}\p{N}]+)*"
_PARTICLE = r"(?:von|van|der|den|de|la|del|di|da|bin|al|el)"
_NAME = regex.compile(rf"\b{_CAPITALISED}(?:\s+(?:{_PARTICLE}\s+)*{_CAPITALISED})*")
_MONTH = rf"(?:{'|'.join(map(str.capitalize, MONTHS))})"
_MONTH_ALONE = regex.compile(_MONTH)
_YEAR = regex.compile(r"(?:19|20)\d\d")
_DAY = rf"(?:{'|'.join(map(str.capitalize, WEEKDAYS))})"
_BEFORE_TIMES = r"in|since|before|after|until|during|of|by"
_BARE = (
    rf"(?-i:(?<=\b(?i:{_BEFORE_TIMES}|on|and|but|about)\s+)(?:{_MONTH}|{_DAY})"
    rf"|(?<!\b\p{{Lu}}[\p{{L}}\p{{M}}]*\.?\s+)(?:{_MONTH}|{_DAY})(?!\s+\p{{Lu}}))"
)
"""May, but not that of "Theresa May", nor April Jones or a Black Friday."""

_TIME = regex.compile(
    r"\b(?:(?:this|last|next)\s+(?:week|month|year|spring|summer|autumn|winter"
    rf"|{_MONTH}|{_DAY})|today|yesterday"
    rf"|(?:(?:\d{{1,2}}\s+)?{_MONTH}\s+)?{_YEAR.pattern}|{_BARE})\b",
    _I,
)
_ASKS = regex.compile(
    r"(?i:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can"
    r"|could|will|would|should|and|but|in|on|at|please|tell|show|give|explain|me|about|according"
    r"|to|thanks|yes|no|ok|okay|hello|hi|the(?!\s+(?-i:\p{Lu})))\b\s*|I\b\s*"
)
"""What a sentence may begin with that is no name, though it has a capital."""

_AROUND = regex.compile(
    r"(?:\W|\b(?:how\s+(?:many|much)|in|on|at|of|for|with|to|by|from|about|during|since|the)\b)*",
    _I,
)
"""What a follow-up may say around the one thing that is another."""

_IN = regex.compile(rf"\b(?:{_BEFORE_TIMES})\s+$", _I)
_TIED = regex.compile(r"\b(?P<how>in|at|on|from|of|for|with|to|by|about)\s+(?:the\s+)?$", _I)
"""What ties a name to a question."""

_WHERE = regex.compile(r"\b(?:in|at|from)\s+(?:the\s+)?$", _I)
"""What makes a name that of a place."""

_SENTENCE_END = regex.compile(r"[.?!]\s+")

_CIRCUMSTANCE = regex.compile(
    r"\W*(?:(?:and|but|so)\s+)?(?P<how>when|where|why|how)\s*\?*\s*$", _I
)
_VERB = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b"
_VERB_ALONE = regex.compile(_VERB, _I)
_ASKED = regex.compile(rf"(?:(?:when|where|why|how)\s+)?(?P<rest>{_VERB}.*)", _I)
_WHO = regex.compile(r"\W*(?:who|whom|whose)\b", _I)
_WHO_IS = regex.compile(
    rf"\W*(?i:who\s+(?:is|was|are|were))\s+(?P<name>{_NAME.pattern})(?P<of>['’]s?\s[^?]+?)?\W*"
)
_COMPLETE = regex.compile(
    rf"\W*(?:(?:who|what|which|when|where|why|how)\s+)?(?:{_VERB}|happened\b)", _I
)
"""How a question begins that says what it asks."""


def leans(question: str, terms: Sequence[Span]) -> bool:
    """Tell whether a question is only understood after the one before it (English).

    It opens as a follow-up does, says "he" before it names anybody, or "it" or "that" and no name,
    or says next to nothing.

    Args:
        question: On one line.
        terms: Where the terms of its content stand.
    """
    if _OPENING.match(question) or not terms:
        return True
    named = min((span.start for span in _names(question)), default=len(question))
    if any(not m["thing"] and m.start() < named for m in _PRONOUN.finditer(question)):
        return True
    if any(span.start > 0 and question[span.start].isupper() for span in terms):
        return False
    points = _PRONOUN.search(question) or _POINTING.search(question)
    return bool(points) or (len(terms) == 1 and not _COMPLETE.match(question))


def resolve(
    question: str,
    earlier: str,
    told: str = "",
    is_source: Callable[[str], bool] = lambda _: False,
) -> str | None:
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
        is_source: Whether a name is that of an outlet or an author: such take each other's place,
            and are nobody that is spoken of.
    """
    if match := _CIRCUMSTANCE.match(question):
        asked = _ASKED.fullmatch(earlier)
        return f"{match['how'].capitalize()} {_lower(asked['rest'])}" if asked else None
    return _exchange(question, earlier, is_source) or _name(question, earlier, told, is_source)


def _exchange(question: str, earlier: str, is_source: Callable[[str], bool]) -> str | None:
    """Put the one thing that a follow-up says in the place of its like, if it says no more."""
    opened = _OPENING.match(question)
    begin = opened.end() if opened else 0
    for find in (_times, _names):
        told = [span for span in find(question) if span.start >= begin]
        if len(told) != 1:
            continue
        before, after = question[begin : told[0].start], question[told[0].end :]
        if not _AROUND.fullmatch(f"{before} {after}"):
            continue
        new = told[0].of(question)
        if find is _times:
            return _exchange_time(new, earlier)
        return _exchange_name(before, new, earlier, is_source)
    return None


def _exchange_time(new: str, earlier: str) -> str:
    """Exchange a time for the last one, of whose year a month alone is; or add it."""
    old = _times(earlier)[-1:]
    if not old:
        return f"{earlier.rstrip(' ?')} in {new}?"
    if (year := _YEAR.search(old[0].of(earlier))) and _MONTH_ALONE.fullmatch(new):
        new = f"{new} {year[0]}"
    before, after = earlier[: old[0].start], earlier[old[0].end :]
    is_bare = new[0].isdecimal() and not _IN.search(before)
    return f"{before}{'in ' if is_bare else ''}{new}{after}"


def _exchange_name(
    before: str, new: str, earlier: str, is_source: Callable[[str], bool]
) -> str | None:
    """Exchange a name for one of its kind, and a place for a place.

    Args:
        before: What the follow-up says before the name.
        new: The name.
        earlier: The question before.
        is_source: See `resolve`.
    """
    named = _names(earlier)
    kind = [span for span in named if is_source(span.of(earlier)) == is_source(new)]
    tied = _TIED.search(before)
    if tied and not is_source(new):
        said = before[tied.start() :] + new
        for start, end in reversed(kind):
            place = _TIED.search(earlier, 0, start)
            if place and place["how"].casefold() == tied["how"].casefold():
                return f"{earlier[: place.start()]}{said}{earlier[end:]}"
        return f"{earlier.rstrip(' ?')} {said}?" if named else None
    loose = [span for span in kind if not _WHERE.search(earlier, 0, span.start)]
    return next(
        (f"{earlier[:start]}{new}{earlier[end:]}" for start, end in reversed(loose or kind)), None
    )


def _name(question: str, earlier: str, told: str, is_source: Callable[[str], bool]) -> str | None:
    """Put the name of whom or what it means in the place of a pronoun."""
    match = next((m for m in _PRONOUN.finditer(question) if any(m.groupdict().values())), None)
    if match is None:
        return None
    names = [span.of(earlier) for span in _names(earlier)]
    names = [one for one in names if not is_source(one)] or names
    if match["person"] or (match["whose"] or "").casefold() in ("his", "her"):
        names = _persons(question[match.end() :], earlier, told, names)
    else:
        names = names[-1:]
    if not names:
        return None
    said = f"{names[0]}’s" if match["whose"] else names[0]
    return f"{question[: match.start()]}{said}{question[match.end() :]}"


def _persons(after: str, earlier: str, told: str, names: list[str]) -> list[str]:
    """Return the names of persons that a question and its answer speak of, likeliest first.

    Args:
        after: What a follow-up says behind the pronoun.
        earlier: The question.
        told: The words that answered it; they name somebody else only where it asks for that.
        names: Those in the question.
    """
    answered = [span.of(told) for span in _names(told)] if _WHO.match(earlier) else []
    if is_named := _WHO_IS.fullmatch(earlier):
        owned = (is_named["of"] or "").split()[1:]
        if not owned or after.split()[:1] == owned[:1]:
            # Whom the question names, and of whose lawyer the lawyer is spoken again.
            answered, names = [], [is_named["name"]]
        else:
            names = [f"{is_named['name']}{is_named['of']}"]
    return [one for one in [*answered, *names] if " " in one] or names


def _times(text: str) -> Sequence[Span]:
    return [Span(*match.span()) for match in _TIME.finditer(text)]


def _names(text: str) -> Sequence[Span]:
    found = []
    text = _TIME.sub(lambda time: " " * len(time[0]), text)
    for match in _NAME.finditer(text):
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


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
