"""The answers shown, for as long as their buttons work and they follow corrections."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Select, and_, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.keeping.database import insert_into, unbroken
from bot.keeping.records import shown_answers
from index import Shown, Span

__all__ = [
    "Place",
    "ShownAnswer",
    "change_answer",
    "drop_old_answers",
    "find_answer",
    "keep_answer",
    "walk_answers",
]

_AT_ONCE = 200
"""Answers in a batch."""

_PLACE = ("chat_id", "message_id", "inline_id")
"""The columns that tell a message from all others."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place in an answer.

    Attributes:
        number: In the answer, from 1; 0 where it bears none.
        shown: What is shown there, or None where it was withdrawn.
        note: What is said of it, or "".
        marks: What is marked in it: spans within the excerpt.
    """

    number: int
    shown: Shown | None
    note: str = ""
    marks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer shown; each attribute is a column of `shown_answers`."""

    question: str
    after: str
    told: str
    anywhere: bool
    answered: bool
    language: str
    start: int
    next: int
    places: tuple[Place, ...]
    reason: str = ""
    notes: tuple[str, ...] = ()
    chat_id: int = 0
    message_id: int = 0
    inline_id: str = ""
    key: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    shown_at: float = field(default_factory=time.time)

    def at(self, number: int) -> Shown | None:
        """Return what is shown under a number, if anything is."""
        return next((each.shown for each in self.places if each.number == number), None)


@unbroken
async def keep_answer(engine: AsyncEngine, answer: ShownAnswer) -> None:
    """Keep an answer, in the place of what its message showed before."""
    values = _values(answer)
    async with engine.begin() as db:
        insert = insert_into(db, shown_answers).values(values)
        await db.execute(insert.on_conflict_do_update(index_elements=_PLACE, set_=values))


@unbroken
async def change_answer(engine: AsyncEngine, before: ShownAnswer, after: ShownAnswer) -> bool:
    """Keep an answer in the place of another, if that is still kept as it was read.

    Returns:
        Whether it was: meanwhile the message may show another page, or be forgotten.
    """
    same = and_(*(shown_answers.c[name] == value for name, value in _values(before).items()))
    async with engine.begin() as db:
        changed = await db.execute(update(shown_answers).where(same).values(_values(after)))
    return changed.rowcount > 0


@unbroken
async def find_answer(
    engine: AsyncEngine, chat_id: int, message_id: int, inline_id: str = ""
) -> ShownAnswer | None:
    """Return the answer that a message of a chat shows, if it is (still) kept."""
    query = select(shown_answers).where(
        shown_answers.c.chat_id == chat_id,
        shown_answers.c.message_id == message_id,
        shown_answers.c.inline_id == inline_id,
    )
    async with engine.begin() as db:
        row = (await db.execute(query)).one_or_none()
    return _read(row) if row else None


async def walk_answers(engine: AsyncEngine) -> AsyncIterator[list[ShownAnswer]]:
    """Yield every answer kept, in batches, oldest first."""
    names = ("shown_at", *_PLACE)
    place = tuple_(*(shown_answers.c[name] for name in names))
    query = select(shown_answers).order_by(*place.clauses).limit(_AT_ONCE)
    after: tuple[Any, ...] | None = None
    while True:
        later = query if after is None else query.where(place > after)
        rows = await _read_rows(engine, later)
        if not rows:
            return
        yield [_read(row) for row in rows]
        after = tuple(rows[-1]._mapping[name] for name in names)


@unbroken
async def drop_old_answers(engine: AsyncEngine, before: float) -> None:
    """Forget the answers shown before a time, in seconds since 1970."""
    async with engine.begin() as db:
        await db.execute(delete(shown_answers).where(shown_answers.c.shown_at < before))


@unbroken
async def _read_rows(engine: AsyncEngine, query: Select[Any]) -> Sequence[Row[Any]]:
    async with engine.begin() as db:
        rows: Sequence[Row[Any]] = (await db.execute(query)).all()
    return rows


def _values(answer: ShownAnswer) -> dict[str, Any]:
    values = {
        name: getattr(answer, name)
        for name in shown_answers.c.keys()  # noqa: SIM118 - iterating gives columns
    }
    places = [
        [
            each.number,
            (each.shown.article, each.shown.excerpt, each.shown.start) if each.shown else None,
            each.note,
            each.marks,
        ]
        for each in answer.places
    ]
    return values | {"places": json.dumps(places), "notes": json.dumps(answer.notes)}


def _read(row: Row[Any]) -> ShownAnswer:
    values = dict(row._mapping)
    values["places"] = tuple(
        Place(number, Shown(*shown) if shown else None, note, tuple(Span(*each) for each in marks))
        for number, shown, note, marks in json.loads(values["places"])
    )
    values["notes"] = tuple(json.loads(values["notes"]))
    return ShownAnswer(**values)
