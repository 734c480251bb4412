"""What kind of answer a question asks for, and where a text has one of that kind (English).

Whoever asks how many is answered by a number or not at all. Questions have been sorted by what
they expect for long (Li and Roth 2002, "Learning Question Classifiers"). Here there are only the
few kinds that the words of a question tell surely, and that are known by their form.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import lru_cache

import regex

from index.types import Span
from index.understanding.grammar import MONTHS, NUMBERS, WEEKDAYS

__all__ = ["Kind", "find_kind", "find_of_kind"]


class Kind(Enum):
    """What kind of answer is asked for."""

    COUNT = "how many"
    AGE = "how old"
    AMOUNT = "how long, which share"
    MONEY = "how much it costs"
    TIME = "when"
    NAME = "who"
    PLACE = "where"


_I = regex.IGNORECASE

_PAYING = (
    "cost|costs|pay|pays|paid|paying|earn|earns|earned|spend|spends|spent|worth|sell|sells|sold|buy"
    "|buys|bought|raise|raised|invest|invested|donate|donated|owe|owes|owed|fined|charge|charges"
    "|charged|offer|offered|money|lose|lost|save|saved|gross|grossed|bid|loan|borrow|borrowed"
)
_PRICES = (
    "price|cost|salary|wage|fee|fine|revenues?|profits?|turnover|budget|income|rent|bail|net worth"
)
_MEASURES = (
    "percentage|percent|share|score|(?:average|median|minimum) age|height|length|temperature"
    "|speed|rate|population|proportion|distance|weight"
)
_WHICH = r"\b(?:what|which)(?:\s+(?:is|was|are|were)(?:\s+the)?)?(?:\s+[\p{L}’'-]+){0,4}?\s"
_OF = r"\b(?=\s+(?:of|for|in|at|between|does|did|do|is|was|will)\b|\s*\?)"
_VERB = r"(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should)\b"
_FIRST = r"^\W*(?:[\p{L}’']+[\s,]+){0,3}"

_ASKS = {
    Kind.COUNT: r"\bhow many\b|\bwhat (?:is|was|are|were) the (?:total )?number of\b",
    Kind.MONEY: rf"\bhow much\b(?=.*\b(?:{_PAYING})\b)|\bhow (?:expensive|rich|costly)\b"
    rf"|{_WHICH}(?:{_PRICES}){_OF}",
    Kind.AGE: r"\bhow old (?:is|was|are|were)\s+(?:he|she|they|his|her|my|(?-i:\p{Lu}))"
    r"|\bat (?:what|which) age\b",
    Kind.AMOUNT: r"\bhow (?:old|tall|high|long|far|wide|deep|heavy|fast|big|large|hot|cold|much)\b"
    rf"|{_WHICH}(?:{_MEASURES}){_OF}",
    Kind.TIME: rf"{_FIRST}when\s+{_VERB}"
    r"|\b(?:what|which)\s+(?:year|date|day|month|decade|century|time)\b",
    Kind.NAME: rf"{_FIRST}(?:who|whom|whose)\b",
    Kind.PLACE: rf"{_FIRST}where\s+{_VERB}"
    r"|\b(?:what|which)\s+(?:country|city|state|town|region|continent|county|province)\b",
}
_QUESTIONS = {kind: regex.compile(pattern, _I) for kind, pattern in _ASKS.items()}

_NUMERALS = frozenset(
    "zero thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty"
    " sixty seventy eighty ninety hundred hundreds thousand thousands million millions billion"
    " billions trillion trillions dozen dozens half quarter third thirds several couple few single"
    " both twice once double triple none no".split()
).union(NUMBERS)
_PERIODS = frozenset(
    "second minute hour night day week weekend month season year decade century generation"
    " seconds minutes hours nights days weeks weekends months seasons years decades centuries"
    " generations millennia lifetime ages forever always until since".split()
)
_NO_MONEY = frozenset({"free", "nothing"})
_UNITS = _PERIODS.union("mile foot inch metre meter yard ton".split())
_TIMES = frozenset(
    "jan feb mar apr jun jul aug sep sept oct nov dec spring summer autumn winter today tonight"
    " yesterday tomorrow now currently recently soon later earlier previously formerly never"
    " immediately age aged era period midnight noon dawn christmas easter war reign after before"
    " during while when as once".split()
)
_TIMES |= _PERIODS.union(MONTHS, WEEKDAYS)
_VERBS = frozenset({"may", "march"})  # no months in small letters
_KIN = frozenset(
    "mother father mum mom dad parent parents wife husband sister brother sibling siblings son"
    " sons daughter daughters uncle aunt grandmother grandfather grandparents family friend"
    " friends girlfriend boyfriend colleague colleagues".split()
)
_NO_NAMES = frozenset(
    "the a an it he she they we you i his her their its our my this that these those there but"
    " and or in on at of for to from by with as if when while after before since because so not no"
    " yes what who how why where which all some many most other another both one two then now also"
    " even just more over under".split()
)
"""What a sentence may begin with that is nobody's name."""

_TOKEN = regex.compile(r"\d+(?:[.,:/]\d+)*|[\p{L}\p{M}]+")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_NAME = regex.compile(r"\p{Ll}?\p{Lu}[\p{L}\p{M}\p{N}]*")
_CURRENCY = regex.compile(r"[$€£¥₽₩₹](?:US|A)?\s?$")
_PRICE = regex.compile(
    r"[\s-]?(?:¢|%|per\s?cent\b|(?:(?:thousand|million|billion|trillion|[kmb]n?) )?(?:\p{L}+ )?"
    r"(?:dollar|euro|pound|cent|pence|yen|yuan|rouble|ruble|rupee|won|franc|buck)s?\b)",
    _I,
)
_NO_NUMBER = regex.compile(
    rf"(?:st|nd|rd|th)\b|\s?[ap]\.?m\b|\s(?:of\s)?(?:{'|'.join(MONTHS)})\b", _I
)
_IS_TIME = regex.compile(r"(?<=\d)(?:st|nd|rd|th)\b|(?<=\d)\s?(?:[ap]\.?m|BC|AD|CE)\b", _I)
_AGE = regex.compile(r"1[01]\d|\d\d?")
_DAY = regex.compile(r"[0-3]?\d")
_AFTER_MONTH = regex.compile(rf"\b(?:{'|'.join(MONTHS)})\s$", _I)
_YEAR = regex.compile(r"(?:1[6-9]|20)\d\d")
_OF_YEAR = regex.compile(
    r"\b(?:in|since|of|by|until|from|late|early|mid)[\s-]$"
    rf"|\b(?:{'|'.join(MONTHS)}),?\s(?:\d\d?,?\s)?$",
    _I,
)
_BACK = 24
"""Characters before a number that may tell what it is of."""


@lru_cache(maxsize=256)
def find_kind(question: str) -> Kind | None:
    """Return what kind of answer is asked for; None where any may do."""
    return next((kind for kind, asks in _QUESTIONS.items() if asks.search(question)), None)


def find_of_kind(kind: Kind, text: str, question: str) -> Iterator[Span]:
    """Yield where a text has what may answer, word by word.

    Args:
        kind: What is asked for.
        text: Where.
        question: Whose own names are none of those that answer who or where.
    """
    match kind:
        case Kind.COUNT:
            return _numbers(text)
        case Kind.AGE:
            return (one for one in _numbers(text) if _is_age(one.of(text)))
        case Kind.AMOUNT:
            return _amounts(text)
        case Kind.MONEY:
            return _money(text)
        case Kind.TIME:
            return _times(text)
        case Kind.NAME | Kind.PLACE:
            return _names(text, question)


def _numbers(text: str) -> Iterator[Span]:
    """Yield numbers, but for prices, ordinals, years, days of a month and times of one."""
    for token in _TOKEN.finditer(text):
        if _is_number(token[0]) and not _NO_NUMBER.match(text, token.end()):
            before = text[max(0, token.start() - _BACK) : token.start()]
            is_year = _YEAR.fullmatch(token[0]) and _OF_YEAR.search(before)
            is_day = _DAY.fullmatch(token[0]) and _AFTER_MONTH.search(before)
            if not (is_year or is_day or _CURRENCY.search(before)):
                yield Span(*token.span())


def _amounts(text: str) -> Iterator[Span]:
    for token in _TOKEN.finditer(text):
        if _is_number(token[0]) or token[0].casefold() in _UNITS:
            yield Span(*token.span())


def _money(text: str) -> Iterator[Span]:
    for token in _TOKEN.finditer(text):
        if token[0].casefold() in _NO_MONEY or (_is_number(token[0]) and _is_priced(text, token)):
            yield Span(*token.span())


def _is_priced(text: str, token: regex.Match[str]) -> bool:
    before = text[max(0, token.start() - _BACK) : token.start()]
    return bool(_CURRENCY.search(before) or _PRICE.match(text, token.end()))


def _times(text: str) -> Iterator[Span]:
    for token in _TOKEN.finditer(text):
        is_long = token[0][0].isdigit() and len(token[0]) > 2
        is_named = token[0].casefold() in _TIMES and token[0] not in _VERBS
        if is_long or is_named or _IS_TIME.match(text, token.end()):
            yield Span(*token.span())


def _names(text: str, question: str) -> Iterator[Span]:
    asked = _words(question)
    for token in _WORD.finditer(text):
        said = token[0].casefold()
        is_name = said in _KIN or (_NAME.fullmatch(token[0]) and said not in _NO_NAMES)
        if is_name and said not in asked and len(said) > 1:
            yield Span(*token.span())


def _is_number(token: str) -> bool:
    return token[0].isdigit() or token.casefold() in _NUMERALS


def _is_age(number: str) -> bool:
    return bool(_AGE.fullmatch(number)) or number.casefold() in _NUMERALS


@lru_cache(maxsize=256)
def _words(question: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(question))
