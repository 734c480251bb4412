"""Raw fields → Article: dates, ids, languages, and what cleaning may not touch."""

from __future__ import annotations

import contextlib
import datetime as dt
import doctest
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.articles import fields
from index.articles.fields import Fault, clean, compose, name_fields
from index.types import Article

BODY = "Police in Paris held the founder on Monday. He was released on Wednesday."


def make(**values: object) -> Article:
    return compose(name_fields({"headline": "Founder held", "body": BODY} | values), "news")


def fail(**values: object) -> Fault:
    with pytest.raises(Fault) as caught:
        make(**values)
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "2024-09-03", "20240903", "2024-9-3", "2024/09/03", "2024年9月3日", "Sept. 3, 2024",
        "3 September 2024", "3rd of September 2024", "Tue, 03 Sep 2024 23:30:00 -0700",
        "2024-09-03T23:30:00-11:00", "2024-09-03 23:30:00Z", "September 3, 2024 at 10:01 AM EDT",
    ],
)  # fmt: skip
def test_a_date_is_read_as_written(text: str) -> None:
    assert make(published=text).published == dt.date(2024, 9, 3)


@pytest.mark.parametrize(
    "text",
    [
        "September", "September 2024", "2024", "Monday", "10:30", "3 Sep 24", "03/09/2024",
        "2024-02-30", "2024-13-01", "1725350400", "Sept 3", "last week", "2024 " * 99,
    ],
)  # fmt: skip
def test_a_date_is_never_filled_in_or_guessed(text: str) -> None:
    fault = fail(published=text)
    assert fault.field == "published"
    assert fault.reason.endswith("; write it like 2024-09-03")
    assert len(fault.reason) < 160


def test_a_date_in_the_future_is_a_mistake_but_on_the_cover_of_a_quarterly() -> None:
    today = dt.datetime.now(dt.UTC).date()
    assert make(published=str(today + dt.timedelta(90))).published
    assert fail(published="2099-01-01").reason == "in the future: '2099-01-01'; correct it"
    assert fail(published=str(today), updated="3 May 2101").field == "updated"


@given(st.text(max_size=40) | st.from_regex(r"[0-9A-Za-z :/.,+-]{1,30}", fullmatch=True))
@settings(deadline=None)
def test_any_date_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Fault):
        assert isinstance(make(published=text).published, dt.date | None)


@pytest.mark.parametrize(
    ("body", "language"),
    [
        (BODY, "en"),
        ("Der Gründer wurde am Montag von der Polizei in Paris festgenommen.", "de"),
        ("Основатель был задержан полицией в Париже в понедельник вечером.", "ru"),
    ],
)
def test_a_missing_language_is_detected(
    capfd: pytest.CaptureFixture[str], body: str, language: str
) -> None:
    assert make(headline="Durov", body=body).language == language
    assert capfd.readouterr() == ("", "")


def test_a_body_needs_a_letter() -> None:
    fault = fail(body="12 — 34")
    assert (fault.field, "'12 — 34'" in fault.reason) == ("body", True)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"url": "https://e.org/2024/durov-held/?a=b#c"}, r"durov-held-[0-9a-f]{8}",
                     id="url"),
        pytest.param({"url": "https://e.org/" + "x" * 300}, r"x{55}-[0-9a-f]{8}", id="long url"),
        pytest.param({}, r"news-founder-held-[0-9a-f]{8}", id="headline"),
        pytest.param({"headline": "Café — вести"}, r"news-cafe-[0-9a-f]{8}", id="not ASCII"),
    ],
)  # fmt: skip
def test_an_id_is_made_from_the_url_or_the_headline(
    values: dict[str, object], expected: str
) -> None:
    assert re.fullmatch(expected, make(**values).id)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\0b\x07c\x9fd\x7f", "abcd"),
        ("\ufeffa\ud800b", "ab"),
        ("a \t\nb\xa0\n", "a\nb\n"),
        ("a\n\n\nb\n \n\t\n\nc", "a\n\nb\n\nc"),
        ("\ta  b", "\ta  b"),
        ("e\u0301 “q” ﬁ …\xa0x", "e\u0301 “q” ﬁ …\xa0x"),
        ("\u202aא\u202c", "\u202aא\u202c"),
    ],
    ids=["newlines", "controls", "BOM and surrogate", "line ends", "blank lines", "indent",
         "verbatim", "bidi stays in a body"],
)  # fmt: skip
def test_cleaning_changes_only_what_nobody_reads(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(st.text(st.characters(codec=None) | st.sampled_from("\r\n\t \0\x85\u2028\ufeff\xa0")))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters(codec=None) | st.sampled_from("\r\n\t \0\x85\u2028\ufeff\xa0")))
def test_cleaning_only_drops_what_is_not_a_line_break(text: str) -> None:
    rest = iter(re.sub("\r\n|[\r\v\f\x85\u2028\u2029]", "\n", text))
    assert all(character in rest for character in clean(text))


def test_examples_in_docstrings_hold() -> None:
    tested = doctest.testmod(fields)
    assert tested.attempted
    assert not tested.failed
