"""A follow-up and the question before it → one question that stands alone (English).

What the follow-up leaves out is taken from the question before it: whom "he" or "it" means, or all
but the one thing that is now another ("And in 2021?", "What about WhatsApp?", "Why?").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import regex

from index.text.terms import stems
from index.types import Span
from index.understanding.newest import find_topic
from index.understanding.spoken import (
    BEFORE_TIMES,
    FROM_NOW,
    IS_DAY,
    NAME,
    VERB,
    WEEKDAY,
    YEAR,
    find_names,
    find_times,
)

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
    r"|(?:(?:no|sorry)\W+)?i meant?|(?:no|sorry)(?=,)"
    r"|а|и|но|а что|et|mais|et si|und|aber|was ist mit|y|pero|qué hay de)\b"
    r"(?:[\s,]+(?:also|what\s+about|how\s+about|was\s+ist\s+mit|qué\s+hay\s+de)\b)?",
    _I,
)
"""How a follow-up opens, in English and in ru, fr, de, es; and what may come behind that."""

_AROUND = regex.compile(
    r"(?:\W|\b(?:how\s+(?:many|much)|according\s+to|in|on|at|of|for|with|to|by|from|about|during"
    r"|since|the)\b)*",
    _I,
)
"""What a follow-up may say around the one thing that is another."""

_IN = regex.compile(rf"\b(?P<how>{BEFORE_TIMES})\s+$", _I)
"""What ties a time to a question; "in" and "on" depend on the time."""

_TIED = regex.compile(
    r"\b(?P<how>according\s+to|in|at|on|from|of|for|with|to|by|about)\s+(?:the\s+)?$", _I
)
"""What ties a name to a question."""

_TIED_FIRST = regex.compile(
    rf"\W*(?:{BEFORE_TIMES}|according\s+to|at|for|from|with|to|about)\b", _I
)
_THE = regex.compile(r"\bthe\s+$", _I)

_WHERE = regex.compile(r"\b(?:in|at|from)\s+(?:the\s+)?$", _I)
"""What makes a name that of a place."""

_IN_PLACE = regex.compile(r"\bin\s+(?:the\s+)?$", _I)
"""What makes a name that of where it is, and not of what "it" is."""

_CIRCUMSTANCE = regex.compile(
    r"\W*(?:(?:and|but|so)\s+)?(?P<how>when|where|why|how)\s*\?*\s*$", _I
)
_ASKED = regex.compile(rf"(?:(?:when|where|why|how)\s+)?(?P<rest>{VERB}.*)", _I)
_WHO = regex.compile(r"\W*(?:who|whom|whose)\b", _I)
_WHO_IS = regex.compile(
    rf"\W*(?i:who)(?P<rest>\s+(?i:is|was|are|were)\s+(?P<name>{NAME.pattern})"
    r"(?P<of>['’]s?\s[^?]+?)?\W*)"
)
_TOPIC = regex.compile(
    rf"[\s,]*(?:(?P<how>about|on|with|for)\s+)?(?!{VERB}|(?:who|what|which|when|where|why|how|tell"
    r"|show|give|find|explain|please)\b)(?P<topic>\p{L}[\w'’-]*(?:\s+[\w'’-]+){,3})\W*",
    _I,
)
"""What a follow-up says that names another topic."""

_COMPLETE = regex.compile(
    rf"\W*(?:(?:who|what|which|when|where|why|how)\s+)?(?:{VERB}|happened\b)", _I
)
"""How a question begins that says what it asks."""


def leans(question: str, terms: Sequence[Span]) -> bool:
    """Tell whether a question is only understood after the one before it (English).

    It opens as a follow-up does, says "he" before it names anybody, or "it" or "that" and no name,
    or says next to nothing: no more than "in October" or "according to The Age".

    Args:
        question: On one line.
        terms: Where the terms of its content stand.
    """
    if _OPENING.match(question) or not terms:
        return True
    if _TIED_FIRST.match(question) and _only(question, 0):
        return True
    named = min((span.start for span in find_names(question)), default=len(question))
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
    opened = _OPENING.match(question)
    if opened and (match := _WHO_IS.fullmatch(question, opened.end())):
        return f"Who{match['rest']}".strip()
    return (
        _exchange(question, earlier, is_source)
        or _exchange_topic(question, earlier)
        or _name(question, earlier, told, is_source)
    )


def _exchange(question: str, earlier: str, is_source: Callable[[str], bool]) -> str | None:
    """Put the one thing that a follow-up says in the place of its like, if it says no more."""
    opened = _OPENING.match(question)
    begin = opened.end() if opened else 0
    only = _only(question, begin)
    if only is None:
        return None
    before, new = question[begin : only.start], only.of(question)
    if only in find_times(question):
        return _exchange_time(before, new, earlier)
    return _exchange_name(before, new, earlier, is_source)


def _exchange_topic(question: str, earlier: str) -> str | None:
    """Put what a follow-up names in the place of what news was asked for on, or ask for that."""
    opened, topic = _OPENING.match(question), find_topic(earlier)
    other = _TOPIC.fullmatch(question, opened.end()) if opened else None
    if topic is None or not other or not stems(other["topic"], "en"):
        return None
    if topic:
        return earlier.replace(topic, other["topic"])
    return f"{earlier.rstrip(' ?')} {other['how']} {other['topic']}?" if other["how"] else None


def _only(question: str, begin: int) -> Span | None:
    """Return the one time or name that a question says from a place on, if it says no more."""
    for find in (find_times, find_names):
        told = [span for span in find(question) if span.start >= begin]
        if len(told) != 1:
            continue
        before, after = question[begin : told[0].start], question[told[0].end :]
        if find is find_times:
            before = _IN.sub("", before)
        if _AROUND.fullmatch(f"{before} {after}"):
            return told[0]
    return None


def _exchange_time(said: str, new: str, earlier: str) -> str:
    """Exchange a time for the last one, of whose year one without a year is; or add it.

    Args:
        said: What the follow-up says before the time.
        new: The time.
        earlier: The question before.
    """
    old = find_times(earlier)[-1:]
    before, after, tied = f"{earlier.rstrip(' ?')} ", "?", None
    is_from_now = bool(FROM_NOW.fullmatch(new))
    if old:
        before, after = earlier[: old[0].start], earlier[old[0].end :]
        year = YEAR.search(old[0].of(earlier))
        is_whole = is_from_now or YEAR.search(new) or WEEKDAY.fullmatch(new)
        new = f"{new} {year[0]}" if year and not is_whole else new
        if _THE.search(before):  # the 2023 report
            return f"{before}{new}{after}"
        tied = None if FROM_NOW.fullmatch(old[0].of(earlier)) else _IN.search(before)
    own = _IN.search(said) or tied
    how = "" if is_from_now else "on" if IS_DAY.search(new) else "in"
    if own and own["how"].casefold() not in ("in", "on"):
        how = own["how"]
    return f"{before[: tied.start()] if tied else before}{how} {new}{after}".replace("  ", " ")


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
    named = find_names(earlier)
    kind = [span for span in named if is_source(span.of(earlier)) == is_source(new)]
    tied = _TIED.search(before)
    if tied and not (is_source(new) and kind):
        said = _lower(before[tied.start() :]) + new
        for start, end in reversed(kind):
            place = _TIED.search(earlier, 0, start)
            if place and place["how"].casefold() == tied["how"].casefold():
                return f"{earlier[: place.start()]}{said}{earlier[end:]}"
        return f"{earlier.rstrip(' ?')} {said}?" if named or is_source(new) else None
    loose = [span for span in kind if not _WHERE.search(earlier, 0, span.start)] or kind
    if the := _THE.search(before):
        loose = [span for span in loose if _THE.search(earlier, 0, span.start)] or loose
    if not loose:
        return None
    start, end = loose[-1]
    article = _THE.search(earlier, 0, start)
    start = article.start() if article else start
    return f"{earlier[:start]}{'the ' if the else ''}{new}{earlier[end:]}"


def _name(question: str, earlier: str, told: str, is_source: Callable[[str], bool]) -> str | None:
    """Put the name of whom or what it means in the place of a pronoun."""
    match = next((m for m in _PRONOUN.finditer(question) if any(m.groupdict().values())), None)
    if match is None:
        return None
    spans = find_names(earlier)
    if match["thing"]:
        spans = [span for span in spans if not _IN_PLACE.search(earlier, 0, span.start)]
    names = [span.of(earlier) for span in spans]
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
    answered = [span.of(told) for span in find_names(told)] if _WHO.match(earlier) else []
    if is_named := _WHO_IS.fullmatch(earlier):
        owned = (is_named["of"] or "").split()[1:]
        if not owned or after.split()[:1] == owned[:1]:
            # Whom the question names, and of whose lawyer the lawyer is spoken again.
            answered, names = [], [is_named["name"]]
        else:
            names = [f"{is_named['name']}{is_named['of']}"]
    return [one for one in [*answered, *names] if " " in one] or answered or names


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
