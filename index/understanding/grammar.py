"""How times are written in the languages of the coverage: one pattern that finds them all.

Names of months and words such as "yesterday" come from dateparser's dictionaries. Its own search
is not used: it takes "the 2 men" for February, and "в августе 2024 года" for a year.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import regex

__all__ = ["MONTHS", "NEWS", "NUMBERS", "PART", "WEEKDAYS", "Grammar", "grammar_of"]

_I = regex.IGNORECASE
MONTHS = (
    "january february march april may june july august september october november december".split()
)
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
"""In English, in lower case and in order, as dateparser's dictionaries have them."""

NEWS = r"(?:news|headlines|updates?|developments|stories|articles|coverage)"
"""What a time may own: yesterday's headlines (English)."""

_AGO = {
    "1 day ago": "day",
    "2 day ago": "day before",
    "1 week ago": "week",
    "1 month ago": "month",
    "1 year ago": "year",
}

# How else the same is said, which dateparser does not know.
_MORE = {
    "de": {
        "week": ["letzter woche", "vergangene woche", "vergangener woche", "vorige woche"],
        "month": ["letzter monat", "vergangenen monat", "vorigen monat"],
        "year": ["letzten jahr", "vergangenen jahr", "vergangenes jahr", "vorigen jahr"],
    },
    "en": {
        "day": ["last night"],
        "day before": ["the day before yesterday"],
        "weekend": ["last weekend", "past weekend", "over the weekend", "at the weekend"],
        "week": ["previous week"],
        "month": ["previous month"],
        "year": ["previous year"],
    },
    "ko": {
        "day before": ["그저께", "그제"],
        "week": ["지난 주"],
        "month": ["지난 달"],
        "year": ["지난해"],
    },
}

NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
_DAYS = r"(?P<days>days?|tagen?|jours?|d[ií]as?|дн\p{L}+|день|일)"
_WEEKS = r"(?P<weeks>weeks?|wochen?|semaines?|semanas?|недел\p{L}+|주)"
_SPELLS = rf"(?:{_DAYS}|{_WEEKS}|(?P<months>months?|monaten?|mois|mes(?:es)?|месяц\p{{L}}*|개월))"
_HOURS = r"(?P<hours>hours?|stunden?|heures?|horas?|час\p{L}*|시간)"
_LAST = r"last|past|previous|letzten|vergangenen|derni[eè]re?s|[uú]ltim[oa]s|последни[ех]|за|지난"
_ROLLING = (
    rf"(?P<rolling>(?:{_LAST})\s+(?P<count>\d{{1,3}}|{'|'.join(NUMBERS)})\s*"
    rf"(?:{_SPELLS}|{_HOURS})|\b(?P<count>\d{{1,3}})\s+(?:{_LAST})\s+{_SPELLS}\b"
    rf"|(?<=\b(?:in|over|during|within)\s+the\s+)(?:last|past)\s+{_SPELLS}\b)(?![\p{{Latin}}\p{{Cyrillic}}]|\s+of\b|['’]s)"
)
_COUNT = rf"(?P<count>\d{{1,3}}|an?|{'|'.join(NUMBERS)})"
_COUNTED_AGO = (
    rf"\b(?P<ago>(?:vor|il\s+y\s+a|hace)\s+{_COUNT}\s*{_SPELLS}|{_COUNT}\s*{_SPELLS}"
    r"(?:\s+ago|\s+назад|\s*전))(?![\p{Latin}\p{Cyrillic}])"
)
PART = (
    r"(?P<part>(?P<opens>early|(?:beginning|start|first\s+(?:\w+\s+)?(?:days?|weeks?|half))\s+of|Anfang"
    r"|début|principios\s+de|начал[ае])"
    r"|(?P<closes>(?:end|last\s+(?:\w+\s+)?(?:days?|weeks?))\s+of|Ende|fin|finales\s+de|кон(?:ца|це))"
    r"|late|mid|(?:middle|second\s+half)\s+of|Mitte|mi|mediados\s+de|середин[еуы])"
)
"""A part of a month that is spoken of: the end of October, mid-October."""

_ON = (
    r"(?<=\b(?:on|last|past|since|after|before|until|till|by|from|to|and|am|seit|ab|vor|bis|letzten"
    r"|vergangenen|le|depuis|avant|après|el|desde|hasta|в|во|с|со|до|после|по)\s+)"
)
"""What stands before a day of the week that is a date, as "Black Monday" is not."""

_MONTH = r"(?P<number>0?[1-9]|1[0-2])"
_NO_MONTH = r"(?P<day>1[3-9]|2\d|3[01])"
_NUMERIC = (
    r"(?<![\d-])(?P<year>\d{4})-(?P<number>\d{1,2})-(?P<day>\d{1,2})(?![\d-])"
    r"|(?<![\d.])(?P<day>\d{1,2})\.(?P<number>\d{1,2})\.(?P<year>\d{4})(?!\d)"
    rf"|(?<![\d/])(?:{_MONTH}/{_NO_MONTH}|{_NO_MONTH}/{_MONTH})/(?P<year>\d{{4}})(?![\d/])"
    r"|(?:(?<!\d)(?P<year>\d{4})\s*[년年]\s*)?(?<!\d)(?P<number>\d{1,2})\s*[월月]"
    r"(?:\s*(?P<from>\d{1,2})\s*[일日号號]?\s*(?:부터|から|[-–~])\s*(?P<day>\d{1,2})\s*[일日号號]"
    r"(?:까지|まで)?|\s*(?P<day>\d{1,2})\s*[일日号號])?"
)
_ORDINAL = r"(?:st|nd|rd|th|er|º|\.)?"
_YEAR = r"(?:\.?,?\s+(?:of\s+|del?\s+)?(?P<year>\d{4})\b)?"


class Grammar(NamedTuple):
    """How times are written: numbers of months and weekdays, names of spans, and one pattern."""

    months: dict[str, int]
    weekdays: dict[str, int]
    spans: dict[str, str]
    pattern: regex.Pattern[str]


@lru_cache(maxsize=8)
def grammar_of(languages: tuple[str, ...]) -> Grammar:
    """Return the grammar of languages; those that dateparser does not know add nothing."""
    months: dict[str, int] = {}
    weekdays: dict[str, int] = {}
    spans: dict[str, str] = {}
    for language in languages:
        info = _dictionary(language)
        for number, month in enumerate(MONTHS, start=1):
            for name in info.get(month, ()):
                months |= dict.fromkeys(_forms(name.casefold(), language), number)
        for number, weekday in enumerate(WEEKDAYS):
            names = [name.casefold() for name in info.get(weekday, ())]
            weekdays |= {name: number for name in names if len(name) > (2 if "요" in name else 4)}
        for ago, unit in _AGO.items():
            for name in info.get("relative-type", {}).get(ago, ()):
                spans[name.casefold()] = unit
        for unit, names in _MORE.get(language, {}).items():
            spans |= dict.fromkeys(names, unit)
    if "de" in languages:
        spans.pop("hier", None)  # "here"
    return Grammar(months, weekdays, spans, _pattern(months, weekdays, spans))


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
    spans_ = rf"(?<!\bthe\s)(?P<said>{said})(?:['’]s(?=\s+{NEWS}\b))?(?!['’]s|\s+of\b)"
    named = rf"(?:{_ON}|(?=\p{{Hangul}}))(?P<weekday>{_either(weekdays)})"
    show = r"(?-i:\s+Night)\b"  # Monday Night Football; but "on Monday night"
    part = r"(?:\s+(?:morning|afternoon|evening|night)\b)?"
    day = rf"{named}(?!{show}){part}(?![\p{{Latin}}\p{{Cyrillic}}]|['’]s)"
    return regex.compile(rf"{_NUMERIC}|{_ROLLING}|{_COUNTED_AGO}|{dated}|{spans_}|{day}", _I)


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
