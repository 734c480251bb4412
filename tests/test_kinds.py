"""What kind of answer is asked for, and where a text has one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.understanding.kinds import Kind, find_kind, find_of_kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many users does Telegram have?", Kind.COUNT),
        ("And how many of them are in Russia?", Kind.COUNT),
        ("What is the number of dead?", Kind.COUNT),
        ("How old is Pavel Durov?", Kind.AGE),
        ("How old was he then?", Kind.AGE),
        ("At what age did she leave?", Kind.AGE),
        ("How old is the bridge?", Kind.AMOUNT),
        ("How long is the bridge?", Kind.AMOUNT),
        ("How tall is Victor Wembanyama?", Kind.AMOUNT),
        ("What percentage of Americans agree?", Kind.AMOUNT),
        ("What is the unemployment rate in Australia?", Kind.AMOUNT),
        ("How much water is left?", Kind.AMOUNT),
        ("How much did Musk pay for Twitter?", Kind.MONEY),
        ("What is Travis Kelce's salary?", Kind.MONEY),
        ("When was Durov arrested?", Kind.TIME),
        ("Since when is he in Paris?", Kind.TIME),
        ("In which year did it open?", Kind.TIME),
        ("Who is the CEO of X?", Kind.NAME),
        ("To whom did he write?", Kind.NAME),
        ("And who was it?", Kind.NAME),
        ("What did he say when he left?", None),
        ("Where was FTX based?", Kind.PLACE),
        ("In which country was he born?", Kind.PLACE),
        ("What did he do where he lived?", None),
        ("Why was he arrested?", None),
        ("", None),
    ],
)
def test_question_tells_what_kind_of_answer_it_wants(question: str, kind: Kind | None) -> None:
    assert find_kind(question) is kind


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        (Kind.COUNT, "In 2021 police took on 156 cases.", ["156"]),
        (Kind.COUNT, "All 11 of two dozen men.", ["11", "two", "dozen"]),
        (Kind.COUNT, "On October 18, or 19 October, at 5 pm.", []),
        (Kind.COUNT, "It cost $30, €5 and £ 7.", []),
        (Kind.COUNT, "The 2nd most of all.", []),
        (Kind.AGE, "Durov, 39, left in 2014.", ["39"]),
        (Kind.AGE, "The seven-year-old dog weighs 300 pounds.", ["seven"]),
        (Kind.AMOUNT, "It took a month and 3,000 dollars.", ["month", "3,000"]),
        (Kind.MONEY, "He paid $44 billion.", ["44"]),
        (Kind.MONEY, "US$5 or five euros, not 12 goats.", ["5", "five"]),
        (Kind.MONEY, "It was nothing to the 12 men.", ["nothing"]),
        (Kind.MONEY, "It has 1 billion users and 2 million US dollars.", ["2", "million"]),
        (Kind.TIME, "He came in August 1991, on a Friday.", ["August", "1991", "Friday"]),
        (Kind.TIME, "He came to Paris, and may march on.", []),
        (Kind.TIME, "He came in May.", ["May"]),
        (Kind.NAME, "The judge met Pavel Durov.", ["Pavel"]),
        (Kind.NAME, "He met his mother.", ["mother"]),
        (Kind.NAME, "He met them.", []),
    ],
)
def test_text_is_searched_for_what_may_answer(kind: Kind, text: str, found: list[str]) -> None:
    spans = find_of_kind(kind, text, "Who is Durov?")
    assert [span.of(text) for span in spans] == found


@given(st.sampled_from(Kind), st.text(), st.text())
def test_what_is_found_lies_in_the_text_and_says_something(
    kind: Kind, text: str, question: str
) -> None:
    for span in find_of_kind(kind, text, question):
        assert 0 <= span.start < span.end <= len(text)
