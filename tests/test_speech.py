"""Every language says everything: nothing missing, no placeholder lost, all of it parses."""

from __future__ import annotations

import datetime as dt
import io
import re
import string
from functools import cache
from typing import Any

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.wording.speech import DOMAIN, ENGLISH, LANGUAGES, LOCALE, speech_in
from tests.botapi import parse_text
from tests.conftest import ROOT

TRANSLATED = [code for code in LANGUAGES if code != "en"]
KEYWORDS = {"say": None, "html": None, "count": (1, 2)}
HTML_TAG = re.compile(r"</?[a-z]+>")


@cache
def said() -> set[Any]:
    """Return every text that the bot says, as it stands in the code; plurals as pairs."""
    found = extract_from_dir(ROOT / "bot", [("**.py", "python")], keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found}


@cache
def catalogue(code: str) -> Catalog:
    path = LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as file:
        return read_po(file, locale=code)


def messages(code: str) -> list[Message]:
    return [message for message in catalogue(code) if message.id]


def forms(message: Message) -> list[tuple[str, str]]:
    """Return each translation beside the English that it must be true to."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[-1], form) for form in message.string or ()]


def places(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text)} - {None}


def test_there_is_something_to_say() -> None:
    assert len(said()) > 90


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_catalogue_misses_a_text_or_keeps_one_that_is_not_said(code: str) -> None:
    translated = {
        message.id if isinstance(message.id, str) else tuple(message.id)
        for message in messages(code)
    }
    assert translated == said()


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_text_is_translated(code: str) -> None:
    for message in messages(code):
        assert not message.fuzzy, message.id
        for english, translation in forms(message):
            assert translation.strip(), english
            assert translation == translation.strip() or english != english.strip(), english


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_placeholder_is_missed_or_misspelt(code: str) -> None:
    for message in messages(code):
        for english, translation in forms(message):
            assert places(translation) == places(english), translation


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_markup_or_command_is_lost(code: str) -> None:
    for message in messages(code):
        for english, translation in forms(message):
            assert sorted(HTML_TAG.findall(translation)) == sorted(HTML_TAG.findall(english))
            commands = re.compile(r"(?<!<)/[a-z]+\b(?!>)")  # with a letter behind it none is one
            assert sorted(commands.findall(translation)) == sorted(commands.findall(english))


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_text_parses_under_telegrams_own_parser(code: str) -> None:
    for message in messages(code):
        for english, translation in forms(message):
            filled = translation.format(**dict.fromkeys(map(str, places(english)), "x &amp; y"))
            text, _ = parse_text(filled, "HTML")
            assert "<" not in text
            assert "&" not in text.replace("x & y", "")


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_has_the_plural_forms_of_its_language(code: str) -> None:
    needed = catalogue(code).num_plurals
    assert needed == {"ru": 3, "ko": 1}.get(code, 2)
    for message in messages(code):
        if not isinstance(message.id, str):
            assert len(message.string or ()) == needed


@pytest.mark.parametrize("code", TRANSLATED)
def test_what_is_compiled_is_what_is_written(code: str) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(code))
    path = LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.mo"
    assert path.read_bytes() == compiled.getvalue(), "make catalogues"


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("ru", "ru"),
        ("de-AT", "de"),
        ("KO", "ko"),
        ("es-419", "es"),
        ("pt-br", "en"),
        ("", "en"),
        (None, "en"),
        ("../../etc", "en"),
    ],
)
def test_a_language_is_chosen_by_its_tag(tag: str | None, code: str) -> None:
    assert speech_in(tag).code == code


@pytest.mark.parametrize(
    ("code", "forms"),
    [
        ("en", ["1 article", "2 articles", "5 articles", "21 articles", "1,000 articles"]),
        ("ru", ["1 статья", "2 статьи", "5 статей", "21 статья", "1\xa0000 статей"]),
        ("ko", ["기사 1건", "기사 2건", "기사 5건", "기사 21건", "기사 1,000건"]),
        ("fr", ["1 article", "2 articles", "5 articles", "21 articles", "1\u202f000 articles"]),
        ("de", ["1 Artikel", "2 Artikel", "5 Artikel", "21 Artikel", "1.000 Artikel"]),
    ],
)
def test_numbers_take_the_form_of_the_language(code: str, forms: list[str]) -> None:
    speech = speech_in(code)
    counts = (1, 2, 5, 21, 1000)
    assert [speech.count("{number} article", "{number} articles", n) for n in counts] == forms


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("en", "3 Sep 2024"),
        ("ru", "3 сент. 2024"),
        ("ko", "2024년 9월 3일"),
        ("fr", "3 sept. 2024"),
        ("es", "3 sept 2024"),
        ("de", "3. Sept. 2024"),
    ],
)
def test_days_are_written_as_the_language_has_them(code: str, written: str) -> None:
    assert speech_in(code).day(dt.date(2024, 9, 3)) == written
    assert speech_in(code).day(None) == ""


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_is_called_what_its_speakers_call_it(code: str) -> None:
    name = Locale(code).get_display_name(code)
    assert name
    assert LANGUAGES[code].casefold() == name.casefold()


def test_what_is_no_html_is_escaped_where_html_is_said() -> None:
    assert ENGLISH.html("<b>{name}</b>", name="<&>") == "<b>&lt;&amp;&gt;</b>"
    assert ENGLISH.say("{name}", name="<&>") == "<&>"
