"""Text → the days, weeks, months and years that it names, in the languages of the coverage."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import regex
from dateutil.relativedelta import relativedelta

from index.types import Span
from index.understanding.grammar import NUMBERS, PART, Grammar, grammar_of

__all__ = ["Moment", "find_moments"]

_I = regex.IGNORECASE

# Where a time may be named. In other languages than these, only the dictionaries can tell.
_GATED = frozenset({"de", "en", "es", "fr", "ko", "ru"})
_MAYBE = regex.compile(
    r"\d|weekend|어제|작일|그저께|그제|vorgestern|anteayer|позавчера|지난|작년|\b(?:last|past|previous|yesterday|letzte|vergangen|vorige|gestern|hier\b"
    r"|derni|ayer|pasad|[uú]ltim|вчера|прошл|последн|jan|feb|f[eé]v|ene|march\b|mars\b|marzo|märz"
    r"|apr|avr|abr|may|mai\b|jun|juin|jul|juil|aug|ao[uû]t|ago|sep|oct|okt|nov|dec|d[eé]c|dez|dic"
    r"|янв|фев|март|апр|ма[йея]\b|июн|июл|авг|сен|окт|ноя|дек|ago\b|vor\b|il y a\b|hace\b|lun|mart"
    r"|mi[eé]rc|juev|viern|s[aá]b|domingo)"
    r"|(?:day|tag|woch|di|manche)\b|назад|전|понедел|вторн|сред|четв|пятниц|суббот|воскр|요일",
    _I,
)
_LAST = regex.compile(r"\b(?:last|past|letzte[nr]|vergangene[nr]|pasado|прошл(?:ом|ый))\s+$", _I)
_IN = regex.compile(
    r"\b(?:in|during|throughout|since|after|before|until|till|through|between|and|to|of|im|en|depuis"
    r"|avant|après|desde|hasta|antes\s+de|seit|ab|vor|nach|bis|durante|earlier\s+than"
    r"|jusqu['’](?:en|au|à)|в|с|до|раньше|ранее|после|по)"
    rf"(?:\s+(?:(?:la\s+)?{PART}-?|le|el))?\s*$",
    _I,
)

# What stands before two times and between them: from October to December.
_THE = r"(?:\s+(?:the|le|la|el|dem|der|den|del|du|de|zum))*"
_FROM = regex.compile(
    rf"\b(?:(?:between|from|zwischen|von|vom|entre|du|del?|des|desde|depuis|с|со|между){_THE}"
    rf"(?:\s+{PART}-?)?\s*|d['’]\s*)$",
    _I,
)
_TO = regex.compile(
    r",?\s*(?:and|to|until|till|through|und|bis|et|au|à|y|al?|hasta|jusqu['’](?:en|au|à)|и|по|до"
    r"|[-–—]|부터)(?:\s+(?:the|dem|zum|le|el))*\s*",
    _I,
)
_RANGE = regex.compile(r"\s*(?:to|until|till|through|bis|à|al?|hasta|по|[-–—])\s*", _I)
"""What stands between two times and needs nothing before them: October to December 2022."""

_BESIDE = regex.compile(r",?\s*\(?(?:(?:the|den|dem|el|le)\s+)?", _I)
"""What stands between a date and its day of the week."""

# English months that are words as well: they count with a capital, or with a year.
_WORDS = frozenset({"may", "march", "mar", "mars", "dec", "jan"})

_SINGLE = regex.compile(r"\bfrom\s+$", _I)

_NAMES = frozenset({"april", "may", "june", "august"})
"""English months that people are called, too: a letter from May."""


class Moment(NamedTuple):
    """A time named.

    Attributes:
        span: Where, in the text.
        first, last: Its first and last day; the same for a day.
        is_rolling: Whether it goes on until now: the last three weeks.
        is_relative: Whether it is told from now: yesterday, last week.
        is_weekday: Whether it is a day of the week.
        has_year: Whether it says of which year it is, or is told from now.
        begins: Whether it goes on until the one after it: from October to December.
    """

    span: Span
    first: dt.date
    last: dt.date
    is_rolling: bool = False
    is_relative: bool = False
    is_weekday: bool = False
    has_year: bool = True
    begins: bool = False

    @property
    def is_day(self) -> bool:
        """Whether it is a single day."""
        return self.first == self.last


def find_moments(
    text: str, *, today: dt.date, languages: Iterable[str], latest: dt.date | None = None
) -> list[Moment]:
    """Return the times that a text names, in order; no bare years, durations or times of day.

    Args:
        text: Any text.
        today: The day it is said on.
        languages: ISO 639 codes; English is always understood.
        latest: Up to which a date without a year is the latest such day; today if not given.
    """
    known = tuple(sorted({*languages, "en"}))
    if _GATED.issuperset(known) and not _MAYBE.search(text):
        return []
    grammar = grammar_of(known)
    matches = list(grammar.pattern.finditer(text))
    begin = {at for at, pair in enumerate(pairwise(matches)) if _begins(*pair)}
    found: list[Moment] = []
    for at, match in reversed([*enumerate(matches)]):
        is_bound = at in begin or at - 1 in begin
        later = found[-1] if found else None
        is_time = is_bound or _is_time(match)
        read = partial(_read, match, grammar, today, latest or today, later)
        moment = read(begins=at in begin) if is_time else None
        if moment and later and _are_one(text, moment, later):
            day = moment if later.is_weekday else later
            found[-1] = day._replace(
                span=Span(moment.span.start, later.span.end), begins=later.begins
            )
        elif moment:
            found.append(moment._replace(begins=at in begin))
        else:
            begin.discard(at - 1)
    return found[::-1]


def _begins(one: regex.Match[str], next_: regex.Match[str]) -> bool:
    """Tell whether what is said is from one time to the next."""
    text, last = one.string, one.end()
    if (
        next_["year"]
        and one["month"] not in _WORDS
        and _RANGE.fullmatch(text, last, next_.start())
    ):
        return True
    is_joined = bool(_TO.fullmatch(text, last, next_.start()))
    return is_joined and (text.startswith("부터", last) or bool(_FROM.search(text[: one.start()])))


def _are_one(text: str, one: Moment, next_: Moment) -> bool:
    """Tell whether of two times one is the other's day of the week: Friday, 13 October."""
    if one.is_weekday == next_.is_weekday or not (one.is_day and next_.is_day):
        return False
    is_dated = not (next_ if one.is_weekday else one).is_relative
    return is_dated and bool(_BESIDE.fullmatch(text, one.span.end, next_.span.start))


def _read(
    match: regex.Match[str],
    grammar: Grammar,
    today: dt.date,
    latest: dt.date,
    later: Moment | None,
    *,
    begins: bool,
) -> Moment | None:
    """Return the time matched; one without a year takes that of the one named after it.

    Where it begins what that one ends, it is no later than that.
    """
    said, span = match.groupdict(), Span(*match.span())
    last = _LAST.search(match.string, 0, span.start) if said["weekday"] or said["month"] else None
    span = Span(last.start(), span.end) if last else span
    try:
        if said["rolling"]:
            return Moment(span, today - _spell(said), today, is_rolling=True, is_relative=True)
        if said["ago"]:
            return Moment(span, *_ago(said, today), is_relative=True)
        if said["weekday"]:
            back = (today.weekday() - grammar.weekdays[said["weekday"].casefold()]) % 7
            day = today - dt.timedelta(days=back or 7 * bool(last))
            if begins and later and later.is_weekday and day > later.first:
                day -= dt.timedelta(days=7)
            return Moment(span, day, day, is_relative=True, is_weekday=True)
        if said["said"]:
            days = _back(grammar.spans[" ".join(said["said"].casefold().split())], today)
            return Moment(span, *days, is_relative=True)
        month = int(said["number"] or grammar.months[said["month"].casefold()])
        limit = later.last if later and not later.is_relative else latest
        limit = today - relativedelta(day=1, days=1) if last else limit
        return Moment(span, *_days(said, month, limit), has_year=bool(said["year"]))
    except (KeyError, ValueError, OverflowError):  # FRİDAY; 31 September
        return None


def _is_time(match: regex.Match[str]) -> bool:
    """Tell whether what may be no more than a month's name is a time.

    In May, last May, from May 2023, from November, but not "may", "from May" or "Theresa May".
    """
    name, said = match["month"], match.groupdict()
    if not name or said["day"]:
        return True
    if name in _WORDS and not said["year"]:
        return False
    before = match.string[: match.start()]
    if _IN.search(before) or _LAST.search(before):
        return True
    if said["year"]:
        return bool(_FROM.search(before))
    return name.casefold() not in _NAMES and bool(_SINGLE.search(before))


def _days(said: dict[str, str | None], month: int, limit: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last day of a date as written, by default the latest up to a limit."""
    year = int(said["year"] or limit.year)
    first, last = int(said["from"] or said["day"] or 1), int(said["day"] or 0)
    if not said["year"]:
        year -= (month, first) > (limit.month, limit.day)
        while (month, last) == (2, 29) and year % 4:
            year -= 1
    start = dt.date(year, month, first)
    return start, start + relativedelta(day=last or 31)


def _ago(said: dict[str, str | None], today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the day so many days ago, the days around so many weeks ago, or the month."""
    day: dt.date = today - _spell(said)
    if said["months"]:
        return day.replace(day=1), day + relativedelta(day=31)
    around = dt.timedelta(days=3 if said["weeks"] else 0)
    return day - around, day + around


def _spell(said: dict[str, str | None]) -> relativedelta:
    count = said["count"] or "1"
    if count.casefold() in ("a", "an"):
        count = "1"
    number = int(count) if count.isdecimal() else NUMBERS.index(count.casefold()) + 1
    if said["hours"]:
        return relativedelta(days=math.ceil(number / 24))
    if said["months"]:
        return relativedelta(months=number)
    return relativedelta(weeks=number) if said["weeks"] else relativedelta(days=number)


def _back(unit: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last day of yesterday, last week and the like."""
    if unit in ("day", "day before"):
        first = today - dt.timedelta(days=1 if unit == "day" else 2)
        return first, first
    if unit == "weekend":
        first = today - dt.timedelta(days=(today.weekday() - 5) % 7)
        return first, first + dt.timedelta(days=1)
    if unit == "week":
        first = today - dt.timedelta(days=today.weekday() + 7)
        return first, first + dt.timedelta(days=6)
    if unit == "month":
        first = today.replace(day=1) - relativedelta(months=1)
        return first, first + relativedelta(day=31)
    return dt.date(today.year - 1, 1, 1), dt.date(today.year - 1, 12, 31)
