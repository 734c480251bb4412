"""Follow-ups made into questions that stand alone, where it is clear which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.followups import resolve


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        pytest.param(
            "Who is Pavel Durov?", "When was he born?", "When was Pavel Durov born?", id="he"
        ),
        pytest.param(
            "Did Pavel Durov of Telegram leave?", "Who is his lawyer?",
            "Who is Pavel Durov’s lawyer?", id="a person has two names",
        ),
        pytest.param(
            "How many users does Telegram have?", "Who owns it?", "Who owns Telegram?", id="it"
        ),
        pytest.param(
            "Is Telegram free?", "And what is its price?", "And what is Telegram’s price?",
            id="its",
        ),
        pytest.param(
            "How many users had Telegram in 2020?", "And in 2021?",
            "How many users had Telegram in 2021?", id="year",
        ),
        pytest.param(
            "How many cases were taken on this year?", "And how many in 2021?",
            "How many cases were taken on in 2021?", id="year for this year",
        ),
        pytest.param(
            "How many users does Telegram have?", "And last year?",
            "How many users does Telegram have in last year?", id="time where there was none",
        ),
        pytest.param(
            "How many users does Telegram have?", "What about WhatsApp?",
            "How many users does WhatsApp have?", id="name",
        ),
        pytest.param(
            "What did The Verge report?", "And TechCrunch?", "What did TechCrunch report?",
            id="name with an article",
        ),
        pytest.param(
            "Who is Theresa May?", "When was she born?", "When was Theresa May born?",
            id="a name like a month",
        ),
        pytest.param(
            "When did Theresa May resign?", "And Boris Johnson?", "When did Boris Johnson resign?",
            id="name for a name like a month",
        ),
        pytest.param(
            "Who is April Jones?", "Where does she live?", "Where does April Jones live?",
            id="a name that begins like a month",
        ),
        pytest.param(
            "What did Theresa May say in May?", "And June?", "What did Theresa May say in June?",
            id="month beside a name like one",
        ),
        pytest.param("Was Durov freed?", "And why?", "Why was Durov freed?", id="why"),
        pytest.param("Where was Durov freed?", "When?", "When was Durov freed?", id="when"),
    ],
)  # fmt: skip
def test_clear_follow_up_is_resolved(earlier: str, question: str, expected: str) -> None:
    assert resolve(question, earlier) == expected


@pytest.mark.parametrize(
    ("told", "question", "expected"),
    [
        pytest.param("Pavel Durov", "When was he born?", "When was Pavel Durov born?", id="he"),
        pytest.param("Pavel Durov", "His birthday?", "Pavel Durov’s birthday?", id="opening"),
        pytest.param(
            "the entrepreneur Pavel Durov", "Who is his lawyer?", "Who is Pavel Durov’s lawyer?",
            id="his",
        ),
        pytest.param("Pavel Durov", "Who owns it?", "Who owns Telegram?", id="it was asked"),
        pytest.param("in 2013", "Is he rich?", "Is Telegram rich?", id="nobody"),
    ],
)  # fmt: skip
def test_whom_the_answer_named_is_meant(told: str, question: str, expected: str) -> None:
    assert resolve(question, "Who founded Telegram?", told) == expected


@pytest.mark.parametrize(
    ("earlier", "question"),
    [
        pytest.param("Who freed Durov?", "Why?", id="who cannot be asked as why"),
        pytest.param("Who is the founder?", "When was he born?", id="no name"),
        pytest.param("Who is Durov?", "Is that true?", id="that"),
        pytest.param("How many people fled Gaza?", "How many of them are women?", id="they"),
        pytest.param("What is the iPhone 15?", "And the price?", id="neither name nor time"),
        pytest.param("Was Durov freed?", "And what does Peskov say?", id="says more"),
        pytest.param("Is it free?", "And WhatsApp?", id="nothing alike"),
    ],
)
def test_unclear_follow_up_is_not_resolved(earlier: str, question: str) -> None:
    assert resolve(question, earlier) is None


@given(st.text(), st.text())
def test_any_two_questions_are_resolved_or_not(question: str, earlier: str) -> None:
    resolved = resolve(question, earlier)
    assert resolved is None or resolved.strip()
