"""Several questions at once: each is answered, and it is told which is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index import Answer, Desk
from index.understanding.several import split_questions
from tests.newsstand import Newsstand

TWO = "Who founded Telegram? How many users does it have?"


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        (TWO, ["Who founded Telegram?", "How many users does it have?"]),
        ("¿Qué pasó? ¿Quién es Durov?", ["¿Qué pasó?", "¿Quién es Durov?"]),
        ("몇 명인가요？ 누가 만들었나요？", ["몇 명인가요？", "누가 만들었나요？"]),
        ("Really?! (Or why?) Who says so??", ["Really?!", "(Or why?)", "Who says so??"]),
        pytest.param(
            "He was held. Why? Is he free? I need to know.",
            ["He was held. Why?", "Is he free? I need to know."],
            id="what is said beside",
        ),
        pytest.param("How are you? Who is Durov? Thanks!", ["Who is Durov?"], id="courtesies"),
        pytest.param("Thanks", ["Thanks"], id="nothing asked"),
        pytest.param("Durov arrested", ["Durov arrested"], id="no question mark"),
        pytest.param("Is it safe?no", ["Is it safe?no"], id="no space"),
        pytest.param("a? b? c? d? e?", ["a? b? c? d? e?"], id="too many"),
        pytest.param('Who wrote "Is it? A book"?', ['Who wrote "Is it? A book"?'], id="quoted"),
    ],
)
def test_questions_are_split(text: str, questions: list[str]) -> None:
    assert split_questions(text) == questions


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    stand = Newsstand(tmp_path)
    stand.put("whales", "Some 340 whales live near Iceland. Whales near Iceland eat fish.")
    stand.put("volcano", "The volcano in Grindavik erupted on Monday.", outlet="Daily")
    stand.publish()
    with stand.open() as desk:
        yield desk


WHALES, VOLCANO = "How many whales live near Iceland?", "When did the volcano in Grindavik erupt?"
LAKE = "How deep is Lake Baikal?"


def quoted(answer: Answer) -> list[tuple[int, str]]:
    return [(one.number, one.excerpt) for one in answer.citations or answer.nearest]


def test_each_question_is_answered_in_turn(desk: Desk) -> None:
    answer = desk.ask(f"{WHALES} {VOLCANO}", k=2)
    assert [one.article for one in answer.citations] == ["whales", "volcano"]
    assert [one.number for one in answer.citations] == [1, 2]
    assert answer.question == answer.text == f"{WHALES} {VOLCANO}"
    assert (answer.unanswered, answer.nearest) == ((), ())


def test_nothing_is_cited_twice(desk: Desk) -> None:
    assert quoted(desk.ask(f"{WHALES} {WHALES}")) == quoted(desk.ask(WHALES))


def test_no_more_is_cited_than_is_wanted(desk: Desk) -> None:
    assert quoted(desk.ask(f"{WHALES} {VOLCANO}", k=1)) == quoted(desk.ask(WHALES, k=1))


def test_it_is_told_which_is_not_answered(desk: Desk) -> None:
    answer = desk.ask(f"{LAKE} {VOLCANO}")
    assert quoted(answer) == quoted(desk.ask(VOLCANO))
    assert answer.unanswered == (LAKE,)
    assert answer.unmentioned == desk.ask(LAKE).unmentioned == ("Lake Baikal",)


def test_where_none_is_answered_all_is_refused(desk: Desk) -> None:
    answer = desk.ask(f"{LAKE} Who is the queen of Sheba?")
    assert not answer.answered
    assert answer.nearest
    assert answer.unanswered == ()


def test_each_follows_the_one_before(desk: Desk) -> None:
    answer = desk.ask("How many whales live near Iceland? What about Norway?")
    assert answer.text == f"{WHALES} How many whales live near Norway?"
    answer = desk.ask("And in 2021? Why?", after=VOLCANO)
    erupt = "did the volcano in Grindavik erupt in 2021?"
    assert answer.text == f"When {erupt} Why {erupt}"


def test_what_follows_changes_the_last_of_several(desk: Desk) -> None:
    before = desk.ask(f"{WHALES} {VOLCANO}")
    answer = desk.ask("And in 2021?", after=before.text)
    assert answer.text == "When did the volcano in Grindavik erupt in 2021?"


def test_outlets_are_each_of_its_own_question(desk: Desk) -> None:
    answer = desk.ask(f"According to the BBC, {WHALES} {VOLCANO}")
    assert [one.article for one in answer.citations] == ["volcano"]
    assert answer.scope.lacking == ("BBC",)
    assert answer.reason == ""
    answer = desk.ask(f"According to the BBC, {WHALES} According to CNN, {VOLCANO}")
    assert not answer.answered
    assert answer.reason == "There is no coverage by BBC. There is no coverage by CNN."
    assert answer.scope.absent == ("BBC", "CNN")
    answer = desk.ask(f"According to Daily, {VOLCANO} According to The Gazette, {WHALES}")
    assert answer.understood == "coverage by Daily and The Gazette"


def test_unclear_question_behind_another_is_not_said_twice(desk: Desk) -> None:
    answer = desk.ask(f"{WHALES} Are those really blue?")
    assert answer.text == f"{WHALES} Are those really blue?"


@pytest.mark.parametrize("other", ["Who erupted in May 1980?", "Who was held on 2 June 1991?"])
def test_questions_about_different_times_are_asked_as_a_whole(desk: Desk, other: str) -> None:
    """Of one alone neither could be told where was looked, nor why nothing was found."""
    both = f"What was written on 3 September 2024 of whales near Iceland? {other}"
    answer = desk.ask(both)
    assert answer.question == both
    assert answer.unanswered == ()
    assert answer.understood or answer.reason


def test_time_that_none_of_several_is_of_is_told(desk: Desk) -> None:
    answer = desk.ask("What did The Gazette say in May 1980? And what did Daily say in May 1980?")
    assert not answer.answered
    assert answer.reason.startswith("There is no coverage")
    assert answer.scope.since
