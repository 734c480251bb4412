"""Times of publication that a question asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import regex
from dateutil.relativedelta import relativedelta

from index.types import Span
from index.understanding.grammar import PART
from index.understanding.moments import Moment, find_moments

__all__ = ["REPORTED", "Times", "read_times", "tells_of"]

REPORTED = dt.timedelta(days=2)
"""How long after a day articles about it appear."""

_DAY = dt.timedelta(days=1)
_YEAR = dt.timedelta(days=365)
_I = regex.IGNORECASE

# What stands before a time and makes it a bound: "since August", "vor dem 3. September".
_THE = rf"(?:\s+(?:the|le|la|el|dem|der|den|del|du|de|zum))*(?:\s+{PART}-?)?\s*$"
_BOUNDS = {
    "since": regex.compile(
        rf"\b(?:since|as\s+of|seit|ab|depuis|[àa]\s+partir|desde|с|со){_THE}", _I
    ),
    "after": regex.compile(rf"\b(?:after|nach|après|después|tras|после){_THE}", _I),
    "before": regex.compile(
        rf"\b(?:before|prior\s+to|earlier\s+than|vor|avant|antes|раньше|ранее|до|перед){_THE}", _I
    ),
    "until": regex.compile(rf"\b(?:until|till|up\s+to|through|bis|jusqu['’]\w+|hasta){_THE}", _I),
}

_NOT = regex.compile(r"\b(?:not|no|nicht|pas|не)\s+$", _I)
_DENIED = {"before": "since", "until": "since", "after": "until"}
"""What a bound is with "not" before it: not before November."""

# The same where it stands behind the time: from October on; in Korean, Japanese and Chinese.
_CLINGING = {
    "since": regex.compile(
        r"\s*(?:이후|부터|以降|以来|から)|\s+(?:onwards?\b|(?:on|an)(?=\s*(?:[?!.,;:]|$)))", _I
    ),
    "before": regex.compile(r"\s*(?:이전|전에|以前|之前)"),
    "until": regex.compile(r"\s*(?:까지|まで)"),
}
_DASH = regex.compile(r"\s*(?:to|until|through|bis|по|[-–—])(?:\s+zum)?\s*", _I)

# A day that says which, and not when: the January 6 riot.
_WHICH = regex.compile(r"(?<!\b(?:on|from|since)\s)\b(?:the|his|her|their|its|our)\s*$", _I)
_ARTICLE = regex.compile(r",?\s+(?:article|column|edition|piece|report|review|story)", _I)
_EVENT = regex.compile(
    r"['’]s\b|\s+(?:attack|election|hearing|insurrection|massacre|meeting|protest|referendum|riot"
    r"|summit|uprising|vote)",
    _I,
)


class Times(NamedTuple):
    """When what a question asks for was published.

    Attributes:
        since, until: First and last day, both included; None where it sets no bound.
        days: Single days that it names, which bound nothing.
        spans: Where the question says so, in order.
    """

    since: dt.date | None = None
    until: dt.date | None = None
    days: tuple[dt.date, ...] = ()
    spans: tuple[Span, ...] = ()


def read_times(
    text: str,
    *,
    today: dt.date,
    languages: Iterable[str],
    outlets: int,
    last: dt.date | None = None,
) -> Times:
    """Return the times of publication that a question asks for.

    A bare year, "this week" and "today" are what it is about, and bound nothing. A day means
    articles of that day and the two after it, none after today; but where a question names outlets
    too, or several days, or a day of the week, these are where to look first.

    Args:
        text: The question.
        today: The day it is asked on.
        languages: ISO 639 codes of the coverage; English is always understood.
        outlets: How many outlets it names.
        last: The day of the newest article. Where that is a year ago, "in October" is the last one
            up to it: of all that came since there is nothing.
    """
    is_archive = last is not None and today - last >= _YEAR
    latest = last if is_archive else None
    moments = find_moments(text, today=today, languages=languages, latest=latest)
    try:
        times = _resolve(text, moments, outlets) if moments else Times()
        is_past = times.since and times.since <= today
        return times._replace(until=times.until and min(times.until, today)) if is_past else times
    except OverflowError:  # beyond the first or last day of the calendar
        return Times()


def tells_of(
    text: str, since: dt.date, until: dt.date, *, today: dt.date, languages: Iterable[str]
) -> bool:
    """Tell whether a text names a time that lies between two days.

    Args:
        text: Of an article.
        since: First day.
        until: Last day.
        today: The day it was said on.
        languages: ISO 639 codes of it.
    """
    moments = find_moments(text, today=today, languages=languages)
    return any(since <= one.first and one.last <= until for one in moments)


def _resolve(text: str, moments: Sequence[Moment], outlets: int) -> Times:
    for one, next_ in pairwise(moments):
        if _is_range(text, one, next_):
            return Times(one.first, _end(one, next_), spans=(one.span, next_.span))
    bounds = [_bound(text, one) for one in moments]
    days = {one.first: bound for one, bound in zip(moments, bounds, strict=True) if one.is_day}
    # "on Monday" may be any: where the article says it, or the one before now.
    is_any = len(moments) == 1 and moments[0].is_weekday and not bounds[0]
    when = [
        (one, bound)
        for one, bound in zip(moments, bounds, strict=True)
        if not one.is_day or _says_when(text, one, bound)
    ]
    spans = tuple(one.span for one, _ in when)
    if is_any or _are_preferred(list(days.values()), outlets):
        return Times(days=tuple(days), spans=spans)
    limits = [_limit(one, bound) for one, bound in when]
    since = min((one.since for one in limits if one.since), default=None)
    until = max((one.until for one in limits if one.until), default=None)
    return Times() if since and until and since > until else Times(since, until, spans=spans)


def _are_preferred(bounds: Sequence[str], outlets: int) -> bool:
    """Tell whether days, given what bounds each, are where to look first and no limit."""
    if len(bounds) > 1 or (outlets and bounds == [""]):
        return True
    return outlets > 1 and not {"after", "before"}.isdisjoint(bounds)


def _bound(text: str, moment: Moment) -> str:
    """Return what a moment bounds: "since", "after", "before" or "until" it, or ""."""
    before = text[max(0, moment.span.start - 40) : moment.span.start]
    for kind, pattern in _BOUNDS.items():
        if match := pattern.search(before):
            if _NOT.search(before[: match.start()]):
                return _DENIED.get(kind, kind)
            return _of_part(kind, match)
    after = (kind for kind, one in _CLINGING.items() if one.match(text, moment.span.end))
    return next(after, "")


def _of_part(kind: str, match: regex.Match[str]) -> str:
    """Return what a bound is of a month of which it names a part, whose days nobody says.

    Only before its beginning and after its end there is nothing of it.
    """
    if kind == "before" and not match["opens"] and match["part"]:
        return "until"
    return "since" if kind == "after" and not match["closes"] and match["part"] else kind


def _limit(moment: Moment, bound: str) -> Times:
    if moment.is_rolling or bound == "since":
        return Times(since=moment.first)
    if bound == "after":
        return Times(since=moment.last if moment.is_day else moment.last + _DAY)
    if bound == "before":
        return Times(until=moment.first - _DAY)
    if bound == "until":
        return Times(until=moment.last)
    return Times(moment.first, moment.last + REPORTED)


def _says_when(text: str, moment: Moment, bound: str) -> bool:
    """Tell whether a day is when, and not which: after the January 6 riot."""
    if _EVENT.match(text, moment.span.end):
        return False
    which = not bound and bool(_WHICH.search(text[: moment.span.start]))
    return not which or bool(_ARTICLE.match(text, moment.span.end))


def _is_range(text: str, one: Moment, next_: Moment) -> bool:
    if one.first > next_.last or one.is_rolling or next_.is_rolling:
        return False
    return one.begins or bool(_DASH.fullmatch(text, one.span.end, next_.span.start))


def _end(one: Moment, next_: Moment) -> dt.date:
    """Return the last day of a range: without a year of its own, the first such day in it."""
    if next_.has_year or not one.has_year:
        return next_.last
    end: dt.date = next_.last + relativedelta(years=one.first.year - next_.last.year)
    return end if end >= one.first else end + relativedelta(years=1)
