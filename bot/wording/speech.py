"""The languages that the bot speaks: its catalogues, plural forms, numbers and dates."""

from __future__ import annotations

import datetime as dt
import gettext
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from types import MappingProxyType

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

__all__ = ["DOMAIN", "ENGLISH", "LANGUAGES", "LOCALE", "Speech", "speech_in"]

LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "en": "English",
        "ru": "Русский",
        "ko": "한국어",
        "fr": "Français",
        "es": "Español",
        "de": "Deutsch",
    }
)
"""Code → what it is called by those who speak it."""

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "clipdesk"
"""Where the catalogues lie: `LANGUAGE/LC_MESSAGES/clipdesk.po`. English is their source."""

_DAYS = {"en": "d MMM y", "ru": "d MMM y"}
"""How a day is written where it is not as the language's own short form has it."""


@dataclass(frozen=True, slots=True)
class Speech:
    """One language, to say things in.

    What is said is given in English, as a literal, so that `pybabel extract` finds it.
    """

    code: str
    _catalogue: gettext.NullTranslations

    def say(self, text: str, **values: object) -> str:
        """Return a text in this language, its `{places}` filled."""
        return self._catalogue.gettext(text).format(**values)

    def html(self, text: str, **values: object) -> str:
        """Return a text that is HTML, its `{places}` filled with what is not."""
        return self.say(text, **{name: escape(str(v), quote=False) for name, v in values.items()})

    def count(self, one: str, many: str, number: int) -> str:
        """Return a text in the form that this language has for a number, `{number}` filled."""
        form = self._catalogue.ngettext(one, many, number)
        return form.format(number=self.number(number))

    def number(self, number: int) -> str:
        """Return a number as it is written."""
        return format_decimal(number, locale=self.code)

    def languages(self, codes: Iterable[str]) -> str:
        """Return the names of languages, by ISO 639 code; one without a name stays its code."""
        names = Locale.parse(self.code).languages
        return ", ".join(str(names.get(code, code)) for code in codes)

    def day(self, day: dt.date | None) -> str:
        """Return a date as it is written, its month shortened, or ""."""
        if day is None:
            return ""
        if self.code in _DAYS:
            return format_date(day, _DAYS[self.code], locale=self.code)
        return format_skeleton("yMMMd", day, locale=self.code)


@lru_cache(maxsize=len(LANGUAGES))
def _speech(code: str) -> Speech:
    if code == "en":
        return Speech(code, gettext.NullTranslations())
    return Speech(code, gettext.translation(DOMAIN, LOCALE, [code]))


ENGLISH = _speech("en")


def speech_in(code: str | None) -> Speech:
    """Return the language of an IETF tag such as "pt-BR"; English where the bot lacks it."""
    language = (code or "").partition("-")[0].lower()
    return _speech(language) if language in LANGUAGES else ENGLISH
