"""Files of questions: what is read, and what a wrong line is told."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import QuestionError
from index.evaluation.questions import Question, read_questions
from tests.conftest import shared

TEXT = st.text(max_size=30)
SAID = TEXT.filter(str.strip)
QUESTIONS = st.builds(
    Question,
    text=SAID,
    after=TEXT,
    asked=st.none() | st.dates(),
    answerable=st.none() | st.booleans(),
    gold=st.lists(SAID, max_size=2).map(tuple),
    evidence=st.lists(SAID, max_size=2).map(tuple),
)


def written(question: Question, *, ascii_only: bool = True) -> str:
    """Return the line that a question is read from."""
    line = {
        "question": question.text,
        "after": question.after,
        "asked": question.asked.isoformat() if question.asked else None,
        "answerable": question.answerable,
        "gold": list(question.gold),
        "evidence": list(question.evidence),
    }
    return json.dumps(line, ensure_ascii=ascii_only)


def read(folder: Path, text: str) -> list[Question]:
    file = folder / "questions.jsonl"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    return list(read_questions(file))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(QUESTIONS, max_size=4))
def test_what_is_written_is_what_is_read(tmp_path: Path, questions: list[Question]) -> None:
    assert read(tmp_path, "\n".join(map(written, questions))) == questions


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param('{"question": "Who?"}', Question("Who?"), id="only the question"),
        pytest.param(
            '{"question": "Who?", "after": null, "asked": null, "gold": null}',
            Question("Who?"),
            id="nulls",
        ),
        pytest.param(
            '{"question": "Who?", "asked": "2024-09-03T10:00:00Z"}',
            Question("Who?", asked=dt.date(2024, 9, 3)),
            id="day with a time",
        ),
        pytest.param('{"question": "Who?", "source": 7}', Question("Who?"), id="something else"),
        pytest.param(
            '{"question": "Who\u2028spoke\x85?"}',
            Question("Who\u2028spoke\x85?"),
            id="ends of a line that are none in JSON",
        ),
    ],
)
def test_line_is_read(tmp_path: Path, line: str, expected: Question) -> None:
    assert read(tmp_path, line) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"question": "A?"}\r\n\r\n{"question": "B?"}\r\n', id="Windows"),
        pytest.param('\ufeff{"question": "A?"}\n  \n\n{"question": "B?"}', id="byte order mark"),
        pytest.param('  {"question": "A?"}  \n{"question": "B?"}\n\n', id="white space"),
    ],
)
def test_blank_lines_are_passed_over(tmp_path: Path, text: str) -> None:
    assert [question.text for question in read(tmp_path, text)] == ["A?", "B?"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("{question: 'Who?'}", "Expecting property name", id="no JSON"),
        pytest.param('"Who?"', "'Who?' is no object", id="only a text"),
        pytest.param('["Who?"]', "is no object", id="list"),
        pytest.param("null", "None is no object", id="nothing"),
        pytest.param("{}", "question is missing", id="empty"),
        pytest.param('{"question": null}', "question is missing", id="question is null"),
        pytest.param('{"question": "  "}', "question is missing", id="question is blank"),
        pytest.param('{"question": 7}', "question is 7, not text", id="question is a number"),
        pytest.param('{"question": "Who?", "after": ["x"]}', "after is", id="after is a list"),
        pytest.param('{"question": "Who?", "asked": "today"}', "isoformat", id="no date"),
        pytest.param(
            '{"question": "Who?", "answerable": "yes"}', "answerable is 'yes'", id="no yes or no"
        ),
        pytest.param('{"question": "Who?", "answerable": 1}', "answerable is 1", id="one"),
        pytest.param('{"question": "Who?", "gold": "x"}', "not a list of texts", id="gold a text"),
        pytest.param('{"question": "Who?", "gold": [1]}', "not a list of texts", id="numbers"),
        pytest.param(
            '{"question": "Who?", "gold": ["x", " "]}', "none of them blank", id="blank gold"
        ),
        pytest.param("[" * 100_000, "", id="too deep"),
    ],
)
def test_wrong_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    """A blank gold string would make every excerpt right."""
    with pytest.raises(QuestionError) as raised:
        read(tmp_path, f'{{"question": "Who?"}}\n\n{line}')
    message = str(raised.value)
    assert message.startswith(f"{tmp_path / 'questions.jsonl'}:3: not a question: ")
    assert reason in message
    assert "\n" not in message


def test_questions_before_a_wrong_line_are_given(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "Who?"}\n{}')
    found = read_questions(file)
    assert next(found) == Question("Who?")
    with pytest.raises(QuestionError):
        next(found)


@pytest.mark.parametrize("content", [None, b'{"question": "Wh\xff?"}'], ids=["none", "no UTF-8"])
def test_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "questions.jsonl"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(QuestionError, match=r"cannot read .*questions\.jsonl"):
        list(read_questions(file))


def test_the_seed_questions_are_read() -> None:
    questions = list(read_questions(shared("data/seed_questions.jsonl")))
    assert all(question.gold for question in questions if question.answerable)
    assert {question.answerable for question in questions} == {True, False}
