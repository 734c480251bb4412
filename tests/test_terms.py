"""Text → terms: what is told apart, what is the same, and where each term stands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.text.terms import content_terms, stems, terms
from index.types import Span

LANGUAGES = st.sampled_from(["en", "fr", "de", "ru", "ja", "zh", "ko", "th", "ar", "xx", ""])
PIECES = (
    "U.S.", "Durov’s", "1,000.50", "naïve", "東京都", "ユーザー", "텔레그램", "\u0301", "ﷺ", "x_y",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=12).map(" ".join),
)
MANY = settings(max_examples=150, deadline=None)


def folded(text: str, language: str = "en") -> list[str]:
    return [term.text for term in terms(text, language)]


def content(text: str, language: str = "en") -> list[str]:
    return [term.text for term in content_terms(text, language)]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        pytest.param("en", "Telegram", "TELEGRAM", id="case"),
        pytest.param("en", "Macron", "Macrón", id="accent"),
        pytest.param("en", "Macrón", "Macro\u0301n", id="composed and not"),
        pytest.param("en", "Telegram", "Ｔｅｌｅｇｒａｍ", id="full width"),
        pytest.param("en", "ﬁned", "fined", id="ligature"),
        pytest.param("en", "U.S.", "US", id="acronym"),
        pytest.param("en", "F.B.I.", "FBI", id="longer acronym"),
        pytest.param("en", "1,000", "1000", id="thousands"),
        pytest.param("en", "1,000,000", "1000000", id="millions"),
        pytest.param("en", "users", "user", id="plural"),
        pytest.param("en", "arrested", "arresting", id="inflection"),
        pytest.param("de", "Straße", "STRASSE", id="sharp s"),
        pytest.param("fr", "journaliste", "journalistes", id="French"),
        pytest.param("es", "detenido", "detenidos", id="Spanish"),
        pytest.param("ru", "Пользователи", "пользователей", id="Russian"),
        pytest.param("tr", "Ankara", "ANKARA", id="Turkish"),
        pytest.param("el", "Αθήνα", "ΑΘΗΝΑ", id="Greek"),
        pytest.param("xx", "Kyiv", "kyiv", id="a language nobody knows"),
    ],
)
def test_same_term(language: str, one: str, other: str) -> None:
    assert folded(one, language) == folded(other, language)
    assert len(folded(one, language)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("police", "politics", id="words that begin alike"),
        pytest.param("2024", "2023", id="years"),
        pytest.param("3.5 million", "35 million", id="decimal and whole"),
        pytest.param("Kim", "Kin", id="names"),
    ],
)
def test_another_term(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_possessive_is_the_name_itself(apostrophe: str) -> None:
    assert content(f"Durov{apostrophe}s arrest") == content("Durov arrest")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param("What did Durov say about the app?", ["durov", "app"], id="statement"),
        pytest.param("Who is he?", [], id="only frame"),
        pytest.param("How many users does it have?", ["user"], id="number"),
        pytest.param("Why doesn't Durov own it?", ["durov"], id="contraction"),
        pytest.param("What does the US want?", ["us", "want"], id="US is not us"),
    ],
)
def test_content_terms_are_what_a_question_is_about(question: str, expected: list[str]) -> None:
    assert content(question) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        pytest.param("fr", "les utilisateurs de la ville", 2, id="French"),
        pytest.param("de", "die Nutzer und das Netz", 2, id="German"),
        pytest.param("es", "los usuarios de la red", 2, id="Spanish"),
        pytest.param("ru", "и пользователи в сети", 2, id="Russian"),
        pytest.param("xx", "the users of the net", 5, id="unknown: none is left out"),
    ],
)
def test_stop_words_are_those_of_the_language(language: str, text: str, expected: int) -> None:
    assert len(content(text, language)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("東京都", ["東京", "京都"], id="Chinese characters"),
        pytest.param("逮捕された", ["逮捕", "捕さ", "され", "れた"], id="Japanese, scripts mixed"),
        pytest.param("텔레그램은", ["텔레", "레그", "그램", "램은"], id="Korean"),
        pytest.param("ไทย", ["ไท", "ทย"], id="Thai"),
        pytest.param("字", ["字"], id="a single one"),
        pytest.param("東京 Tokyo", ["東京", "tokyo"], id="beside Latin"),
        pytest.param("Telegramは", ["telegram", "は"], id="touching Latin"),
        pytest.param("2024年", ["2024", "年"], id="after a number"),
        pytest.param("𠮷野家", ["𠮷野", "野家"], id="astral"),
        pytest.param("ユーザー", ["ユー", "ーザ", "ザー"], id="katakana with its long vowel mark"),
    ],
)
def test_scripts_without_spaces_are_cut_into_overlapping_pairs(
    text: str, expected: list[str]
) -> None:
    assert [term.text for term in terms(text, "ja")] == expected


def test_korean_noun_is_found_under_its_particles() -> None:
    assert set(folded("텔레그램", "ko")) < set(folded("텔레그램에서", "ko"))


def test_spans_of_pairs_overlap_by_one_character() -> None:
    assert [term.span for term in terms("a 東京都", "ja")] == [Span(0, 1), Span(2, 4), Span(3, 5)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("U.S. talks", ["U.S.", "talks"], id="acronym"),
        pytest.param("paid $1,000.50.", ["paid", "1,000.50"], id="number"),
        pytest.param("MH17 and COVID-19", ["MH17", "and", "COVID", "19"], id="codes"),
        pytest.param("😀 naïve 😀 𝒜", ["naïve", "𝒜"], id="astral"),
        pytest.param("", [], id="empty"),
        pytest.param("… — !", [], id="punctuation"),
    ],
)
def test_spans_cover(text: str, expected: list[str]) -> None:
    assert [term.span.of(text) for term in terms(text, "en")] == expected


@MANY
@given(TEXTS, LANGUAGES)
def test_what_a_span_covers_folds_to_the_term_again(text: str, language: str) -> None:
    for term in terms(text, language):
        again = [other.text for other in terms(term.span.of(text), language)]
        assert again == [term.text]


@MANY
@given(TEXTS, LANGUAGES)
def test_terms_are_in_order_and_inside_the_text(text: str, language: str) -> None:
    spans = [term.span for term in terms(text, language)]
    assert spans == sorted(spans)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


@MANY
@given(TEXTS, LANGUAGES)
def test_no_term_is_empty_or_has_white_space_in_it(text: str, language: str) -> None:
    """The word index is given the terms joined by spaces."""
    for term in terms(text, language):
        assert term.text.split() == [term.text]


@MANY
@given(TEXTS, LANGUAGES)
def test_content_terms_are_terms(text: str, language: str) -> None:
    every, about = terms(text, language), content_terms(text, language)
    assert [term for term in every if term in about] == about
    assert stems(text, language) == [term.text for term in about]


@MANY
@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=30))
def test_every_letter_and_digit_is_in_a_term(text: str) -> None:
    covered = {at for term in terms(text, "en") for at in range(*term.span)}
    assert covered == set(range(len(text)))
