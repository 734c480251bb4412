"""Text → the days, weeks, months and years that it names, in the languages of the coverage.

Names of months and words such as "yesterday" come from dateparser's dictionaries. Its own search
is not used: it takes "the 2 men" for February, and "в августе 2024 года" for a year.
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import regex
from dateutil.relativedelta import relativedelta

from index.types import Span

__all__ = ["Moment", "find_moments"]

_I = regex.IGNORECASE
_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_AGO = {"1 day ago": "day", "1 week ago": "week", "1 month ago": "month", "1 year ago": "year"}

# How else the same is said, which dateparser does not know.
_MORE = {
    "de": {
        "week": ["letzter woche", "vergangene woche", "vergangener woche", "vorige woche"],
        "month": ["letzter monat", "vergangenen monat", "vorigen monat"],
        "year": ["letzten jahr", "vergangenen jahr", "vergangenes jahr", "vorigen jahr"],
    },
    "en": {"week": ["previous week"], "month": ["previous month"], "year": ["previous year"]},
    "ko": {"week": ["지난 주"], "month": ["지난 달"], "year": ["지난해"]},
}

# Where a time may be named. In other languages than these, only the dictionaries can tell.
_GATED = frozenset({"de", "en", "es", "fr", "ko", "ru"})
_MAYBE = regex.compile(
    r"\d|어제|작일|지난|작년|\b(?:last|past|previous|yesterday|letzte|vergangen|vorige|gestern|hier\b"
    r"|derni|ayer|pasad|[uú]ltim|вчера|прошл|последн|jan|feb|f[eé]v|ene|march\b|mars\b|marzo|märz"
    r"|apr|avr|abr|may|mai\b|jun|juin|jul|juil|aug|ao[uû]t|ago|sep|oct|okt|nov|dec|d[eé]c|dez|dic"
    r"|янв|фев|март|апр|ма[йея]\b|июн|июл|авг|сен|окт|ноя|дек|ago\b|vor\b|il y a\b|hace\b|lun|mart"
    r"|mi[eé]rc|juev|viern|s[aá]b|domingo)"
    r"|(?:day|tag|woch|di|manche)\b|назад|전|понедел|вторн|сред|четв|пятниц|суббот|воскр|요일",
    _I,
)
_IN = regex.compile(
    r"\b(?:in|during|throughout|since|after|before|until|till|through|between|and|to|of|im|en|depuis"
    r"|avant|après|desde|hasta|antes\s+de|seit|vor|nach|bis|durante|в|с|до|после|по)"
    r"(?:\s+(?:early|mid|late|Anfang|Mitte|Ende|le|el))?\s*$",
    _I,
)

# English months that are words as well: they count with a capital, or with a year.
_WORDS = frozenset({"may", "march", "mar", "mars", "dec", "jan"})
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
_DAYS = r"(?P<days>days?|tagen?|jours?|d[ií]as?|дн\p{L}+|день|일)"
_WEEKS = r"(?P<weeks>weeks?|wochen?|semaines?|semanas?|недел\p{L}+|주)"
_SPELLS = rf"(?:{_DAYS}|{_WEEKS}|(?P<months>months?|monaten?|mois|mes(?:es)?|месяц\p{{L}}*|개월))"
_LAST = r"last|past|previous|letzten|vergangenen|derni[eè]re?s|[uú]ltim[oa]s|последни[ех]|за|지난"
_ROLLING = (
    rf"(?P<rolling>(?:{_LAST})\s+(?P<count>\d{{1,3}}|{'|'.join(_NUMBERS)})\s*{_SPELLS}"
    rf"|\b(?P<count>\d{{1,3}})\s+(?:{_LAST})\s+{_SPELLS}\b"
    rf"|(?<=\b(?:in|over|during|within)\s+the\s+)(?:last|past)\s+{_SPELLS}\b)(?![\p{{Latin}}\p{{Cyrillic}}]|\s+of\b|['’]s)"
)
_COUNT = rf"(?P<count>\d{{1,3}}|an?|{'|'.join(_NUMBERS)})"
_AGO_ = (
    rf"\b(?P<ago>(?:vor|il\s+y\s+a|hace)\s+{_COUNT}\s*{_SPELLS}|{_COUNT}\s*{_SPELLS}"
    r"(?:\s+ago|\s+назад|\s*전))(?![\p{Latin}\p{Cyrillic}])"
)
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_ON = (
    r"(?<=\b(?:on|last|past|since|after|before|until|till|by|from|to|and|am|seit|ab|vor|bis|letzten"
    r"|vergangenen|le|depuis|avant|après|el|desde|hasta|в|во|с|со|до|после|по)\s+)"
)
"""What stands before a day of the week that is a date, as "Black Monday" is not."""

_NUMERIC = (
    r"(?<![\d-])(?P<year>\d{4})-(?P<number>\d{1,2})-(?P<day>\d{1,2})(?![\d-])"
    r"|(?<![\d.])(?P<day>\d{1,2})\.(?P<number>\d{1,2})\.(?P<year>\d{4})(?!\d)"
    r"|(?:(?<!\d)(?P<year>\d{4})\s*[년年]\s*)?(?<!\d)(?P<number>\d{1,2})\s*[월月]"
    r"(?:\s*(?P<day>\d{1,2})\s*[일日号號])?"
)
_ORDINAL = r"(?:st|nd|rd|th|er|º|\.)?"
_YEAR = r"(?:\.?,?\s+(?:of\s+|del?\s+)?(?P<year>\d{4})\b)?"


class Moment(NamedTuple):
    """A time named.

    Attributes:
        span: Where, in the text.
        first, last: Its first and last day; the same for a day.
        is_rolling: Whether it goes on until now: the last three weeks.
        is_relative: Whether it is told from now: yesterday, last week.
        is_weekday: Whether it is a day of the week.
    """

    span: Span
    first: dt.date
    last: dt.date
    is_rolling: bool = False
    is_relative: bool = False
    is_weekday: bool = False

    @property
    def is_day(self) -> bool:
        """Whether it is a single day."""
        return self.first == self.last


class _Grammar(NamedTuple):
    """How times are written: numbers of months and weekdays, names of spans, and one pattern."""

    months: dict[str, int]
    weekdays: dict[str, int]
    spans: dict[str, str]
    pattern: regex.Pattern[str]


def find_moments(text: str, *, today: dt.date, languages: Iterable[str]) -> list[Moment]:
    """Return the times that a text names, in order; no bare years, durations or times of day.

    Args:
        text: Any text.
        today: The day it is said on; a date without a year is the latest such day up to then.
        languages: ISO 639 codes; English is always understood.
    """
    known = tuple(sorted({*languages, "en"}))
    if _GATED.issuperset(known) and not _MAYBE.search(text):
        return []
    grammar = _grammar(known)
    found: list[Moment] = []
    for match in reversed(list(grammar.pattern.finditer(text))):
        moment = _read(match, grammar, today, found[-1] if found else None)
        found += [moment] if moment else []
    return found[::-1]


def _read(
    match: regex.Match[str], grammar: _Grammar, today: dt.date, later: Moment | None
) -> Moment | None:
    """Return the time matched; one without a year takes that of the one named after it."""
    said, span = match.groupdict(), Span(*match.span())
    try:
        if said["rolling"]:
            return Moment(span, today - _spell(said), today, is_rolling=True, is_relative=True)
        if said["ago"]:
            return Moment(span, *_ago(said, today), is_relative=True)
        if said["weekday"]:
            back = (today.weekday() - grammar.weekdays[said["weekday"].casefold()]) % 7
            if regex.search(r"\b(?:last|past)\s+$", match.string[: match.start()], _I):
                back = back or 7
            day = today - dt.timedelta(days=back)
            return Moment(span, day, day, is_relative=True, is_weekday=True)
        if said["said"]:
            days = _back(grammar.spans[" ".join(said["said"].casefold().split())], today)
            return Moment(span, *days, is_relative=True)
        if said["month"] and not _is_month(match):
            return None
        month = int(said["number"] or grammar.months[said["month"].casefold()])
        limit = later.last if later and not later.is_relative else today
        return Moment(span, *_days(said, month, limit))
    except (KeyError, ValueError, OverflowError):  # FRİDAY; 31 September
        return None


def _is_month(match: regex.Match[str]) -> bool:
    """Tell whether the name of a month alone is one: in May, but not "may" or "Theresa May"."""
    name, said = match["month"], match.groupdict()
    if name in _WORDS and not (said["day"] or said["year"]):
        return False
    return bool(said["day"] or _IN.search(match.string[: match.start()]))


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
    number = int(count) if count.isdecimal() else _NUMBERS.index(count.casefold()) + 1
    if said["months"]:
        return relativedelta(months=number)
    return relativedelta(weeks=number) if said["weeks"] else relativedelta(days=number)


def _back(unit: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last day of yesterday, last week, last month or last year."""
    if unit == "day":
        first = today - dt.timedelta(days=1)
        return first, first
    if unit == "week":
        first = today - dt.timedelta(days=today.weekday() + 7)
        return first, first + dt.timedelta(days=6)
    if unit == "month":
        first = today.replace(day=1) - relativedelta(months=1)
        return first, first + relativedelta(day=31)
    return dt.date(today.year - 1, 1, 1), dt.date(today.year - 1, 12, 31)


@lru_cache(maxsize=8)
def _grammar(languages: tuple[str, ...]) -> _Grammar:
    """Return the grammar of languages; those that dateparser does not know add nothing."""
    months: dict[str, int] = {}
    weekdays: dict[str, int] = {}
    spans: dict[str, str] = {}
    for language in languages:
        info = _dictionary(language)
        for number, month in enumerate(_MONTHS, start=1):
            for name in info.get(month, ()):
                months |= dict.fromkeys(_forms(name.casefold(), language), number)
        for number, weekday in enumerate(_WEEKDAYS):
            names = [name.casefold() for name in info.get(weekday, ())]
            weekdays |= {name: number for name in names if len(name) > (2 if "요" in name else 4)}
        for ago, unit in _AGO.items():
            known = info.get("relative-type", {}).get(ago, ())
            for name in (*known, *_MORE.get(language, {}).get(unit, ())):
                spans[name.casefold()] = unit
    if "de" in languages:
        spans.pop("hier", None)  # "here"
    return _Grammar(months, weekdays, spans, _pattern(months, weekdays, spans))


def _dictionary(language: str) -> dict[str, Any]:
    """Load what dateparser knows of a language; its first import takes a quarter of a second."""
    if not regex.fullmatch(r"[a-z]{2,3}", language):
        return {}
    try:
        module = importlib.import_module(f"dateparser.data.date_translation_data.{language}")
    except ModuleNotFoundError:
        return {}
    return dict(module.info)


def _forms(name: str, language: str) -> list[str]:
    """Return the forms of a month's name that are no other word: июль → июль, июле."""
    if regex.search(r"\d", name) or (language != "en" and len(name) < 4 and name.isascii()):
        return ["mai"] if name == "mai" else []
    return [name, f"{name.rstrip('ьй')}е"] if language == "ru" else [name]


def _pattern(
    months: Iterable[str], weekdays: Iterable[str], spans: Iterable[str]
) -> regex.Pattern[str]:
    month = rf"\b(?P<month>{_either(months)})\b"
    said = "|".join(rf"{_edge(one[0])}{_spaced(one)}{_edge(one[-1])}" for one in _longest(spans))
    dated = (
        rf"(?<![\d.,])(?:(?P<from>\d{{1,2}}){_ORDINAL}\s*(?:and|to|und|bis|et|au|y|al|и|по|[-–—])"
        rf"\s*)?(?P<day>\d{{1,2}}){_ORDINAL}\s+(?:of\s+|de\s+)?{month}{_YEAR}"
        rf"|{month}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:%]|[.,]\d){_YEAR}"
        rf"|{month}{_YEAR}"
    )
    spans_ = rf"(?<!\bthe\s)(?P<said>{said})(?!['’]s|\s+of\b)"
    named = rf"(?:{_ON}|(?=\p{{Hangul}}))(?P<weekday>{_either(weekdays)})"
    day = rf"{named}(?![\p{{Latin}}\p{{Cyrillic}}]|['’]s)"
    return regex.compile(rf"{_NUMERIC}|{_ROLLING}|{_AGO_}|{dated}|{spans_}|{day}", _I)


def _longest(names: Iterable[str]) -> list[str]:
    return sorted(names, key=len, reverse=True)


def _either(names: Iterable[str]) -> str:
    return "|".join(regex.escape(name) for name in _longest(names))


def _spaced(name: str) -> str:
    return r"\s+".join(regex.escape(word) for word in name.split())


def _edge(letter: str) -> str:
    """Return what bounds a name at a letter: nothing where words are not set apart."""
    unspaced = regex.match(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}]", letter)
    return "" if unspaced else r"\b"
