"""A question made into one like it that the same text does not answer."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.neural.altering import ask_for, asked_for, oppose, swap

SEEDS = st.integers(0, 10_000)
QUESTIONS = st.sampled_from(
    [
        "Where did Pavel Durov live in 2014?",
        "Who was born before Peskov?",
        "What can Telegram do?",
        "How many users has the app?",
        "Which is the largest city of the north?",
        "Why wasn't Durov freed?",
        "When did the U.S. Congress meet J. K. Rowling?",
        "Durov?",
        "",
    ]
)
TEXT = "In 2021 J. K. Rowling met Emmanuel Macron in Paris. He left for St. Gallen in March."


def everything(question: str, *texts: str, shown: str = "") -> set[str | None]:
    """Return all that a question may become when chance decides."""
    return {swap(question, texts, shown, random.Random(seed)) for seed in range(200)}


def opposites(question: str) -> set[str | None]:
    return {oppose(question, random.Random(seed)) for seed in range(200)}


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        pytest.param(
            "Where did Durov live?",
            "So Macron said. Then Peskov spoke.",
            {"Where did Macron live?", "Where did Peskov live?"},
            id="names",
        ),
        pytest.param(
            "Where did Durov live?",
            "It was said in Paris. Macron spoke.",
            {"Where did Paris live?"},
            id="names end with their sentence",
        ),
        pytest.param(
            "Where did Durov live?",
            "Then J. K. Rowling of the U.S. left.",
            {"Where did J. K. Rowling live?", "Where did U.S. live?"},
            id="initials",
        ),
        pytest.param(
            "What happened in 2014?",
            "Of 1,200 people in 2014 and 2021.",
            {"What happened in 1,200?", "What happened in 2021?"},
            id="numbers",
        ),
        pytest.param("What happened?", TEXT, {None}, id="no name in the question"),
        pytest.param("Durov left when?", TEXT, {None}, id="first word"),
        pytest.param("Where did Durov live?", "Nobody spoke of Durov.", {None}, id="none other"),
        pytest.param(
            "Where did Durov live?",
            "The brothers Pavel Durov left.",
            {None},
            id="the same, longer",
        ),
        pytest.param("Where did Durov live?", "", {None}, id="no text"),
    ],
)
def test_another_entity_or_number_is_named(
    question: str, text: str, expected: set[str | None]
) -> None:
    assert everything(question, text) == expected


def test_names_that_the_text_shown_lacks_are_taken_more_often() -> None:
    texts = "So Macron said.", "Then Peskov spoke."
    found = [
        swap("Where did Durov live?", texts, texts[0], random.Random(seed)) for seed in range(400)
    ]
    assert 0.65 < found.count("Where did Peskov live?") / len(found) < 0.85


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param(
            "Who was not first?", {"Who was not last?", None}, id="antonym, denied already"
        ),
        pytest.param("Who came first?", {"Who came last?", None}, id="antonym, nothing to deny"),
        pytest.param(
            "Who is it?", {"Who is not it?", "Who isn't it?", "Who is never it?"}, id="denial"
        ),
        pytest.param(
            "What can Telegram do?",
            {
                "What can Telegram not do?",
                "What can not Telegram do?",
                "What can't Telegram do?",
                "What can never Telegram do?",
            },
            id="can",
        ),
        pytest.param(
            "When will he come?",
            {
                "When will he not come?",
                "When will not he come?",
                "When won't he come?",
                "When will never he come?",
            },
            id="will",
        ),
        pytest.param(
            "Where did the judge sit?",
            {
                "Where did the judge not sit?",
                "Where did not the judge sit?",
                "Where didn't the judge sit?",
                "Where did never the judge sit?",
            },
            id="subject of two words",
        ),
        pytest.param("Why isn't he free?", {None}, id="denied already"),
        pytest.param("Why isn’t he free?", {None}, id="typographic apostrophe"),
        pytest.param("Who was never free?", {"Who was always free?", None}, id="never"),
        pytest.param("Who came?", {None}, id="nothing to deny"),
    ],
)
def test_opposite_is_asked_for(question: str, expected: set[str | None]) -> None:
    assert opposites(question) == expected


@given(QUESTIONS, SEEDS)
def test_altered_question_is_another_one(question: str, seed: int) -> None:
    for altered in (
        swap(question, [TEXT], TEXT, random.Random(seed)),
        oppose(question, random.Random(seed)),
    ):
        assert altered is None or altered.strip() != question


@given(QUESTIONS, SEEDS)
def test_same_seed_alters_alike(question: str, seed: int) -> None:
    first, second = random.Random(seed), random.Random(seed)
    assert swap(question, [TEXT], "", first) == swap(question, [TEXT], "", second)
    assert oppose(question, first) == oppose(question, second)


@given(QUESTIONS, SEEDS)
def test_only_one_name_or_number_is_another(question: str, seed: int) -> None:
    altered = swap(question, [TEXT], TEXT, random.Random(seed))
    if altered is not None:
        shared = max(at for at in range(len(question) + 1) if altered.startswith(question[:at]))
        rest = question[shared:]
        tail = max(n for n in range(len(rest) + 1) if altered.endswith(rest[len(rest) - n :]))
        assert altered[shared : len(altered) - tail] in TEXT


THINGS = asked_for(["How many users left?", "how many employees stayed?", "Who founded it?"])


def test_what_is_asked_for_is_told_by_how_it_is_asked() -> None:
    assert THINGS == {"how many": ["users", "employees"], "who": ["founded"]}


def test_auxiliaries_are_nothing_to_ask_for() -> None:
    assert asked_for(["What was it?", "Which are they?", "Who is he?"]) == {}


def test_question_asks_for_another_thing_that_the_text_does_not_name() -> None:
    chance = random.Random(1)
    found = {ask_for("How many users left?", THINGS, "Users left.", chance) for _ in range(20)}
    assert found - {None} == {"How many employees left?"}


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        pytest.param("How many users left?", "An employee left.", id="all are named"),
        pytest.param("Where did users go?", "", id="asks for nothing of the kind"),
        pytest.param("What was it?", "", id="an auxiliary"),
    ],
)
def test_no_other_thing_to_ask_for(question: str, shown: str) -> None:
    assert ask_for(question, THINGS, shown, random.Random(1)) is None
