"""Files of questions: one JSON object a line, to be asked in a row or judged."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import QuestionError

__all__ = ["Question", "read_questions"]


@dataclass(frozen=True, slots=True)
class Question:
    """One line of such a file.

    Attributes:
        text: What is asked.
        after: The question before it in the conversation, or "".
        asked: The day it is asked on; None for today.
        answerable: Whether the coverage answers; None where nobody judged that.
        gold: Strings of which a right excerpt holds one, or lies within one.
        evidence: Ids of the articles that answer.
    """

    text: str
    after: str = ""
    asked: dt.date | None = None
    answerable: bool | None = None
    gold: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


def read_questions(file: Path) -> Iterator[Question]:
    """Yield the questions of a JSONL file in order; blank lines are passed over.

    Raises:
        QuestionError: It cannot be read, or a line is not what it should be; names file and line.
    """
    try:
        # Not `splitlines`: what JSON takes for a character is the end of a line to it.
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeError) as error:
        raise QuestionError(f"cannot read {str(file)!r}: {error}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield _read(json.loads(line))
            except (ValueError, TypeError, RecursionError) as error:
                raise QuestionError(f"{file}:{number}: not a question: {error}") from error


def _read(line: Any) -> Question:
    if not isinstance(line, Mapping):
        raise TypeError(f"{line!r} is no object with a question in it")
    text = _text(line, "question")
    if not text.strip():
        raise ValueError("question is missing")
    answerable = line.get("answerable")
    if answerable is not None and not isinstance(answerable, bool):
        raise TypeError(f"answerable is {answerable!r}, not true or false")
    asked = _text(line, "asked")
    return Question(
        text=text,
        after=_text(line, "after"),
        asked=dt.date.fromisoformat(asked[:10]) if asked else None,
        answerable=answerable,
        gold=_texts(line, "gold"),
        evidence=_texts(line, "evidence"),
    )


def _text(line: Mapping[str, Any], key: str) -> str:
    value = line.get(key)
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{key} is {value!r}, not text")
    return value or ""


def _texts(line: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = line.get(key) or []
    if not isinstance(value, list) or not all(
        isinstance(one, str) and one.strip() for one in value
    ):
        raise TypeError(f"{key} is {value!r}, not a list of texts, none of them blank")
    return tuple(value)
