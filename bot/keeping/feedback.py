"""What readers think of answers: kept with a hash of the question, not with the person.

python -m bot feedback
"""

from __future__ import annotations

import hashlib
import sys
import time
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.keeping.database import insert_into, open_to_read, unbroken
from bot.keeping.records import feedback
from bot.keeping.shown import ShownAnswer
from bot.settings import BotSettings

__all__ = [
    "REASONS",
    "Feedback",
    "all_feedback",
    "count_verdicts",
    "describe_feedback",
    "give_feedback",
    "hashed",
    "list_feedback",
]

REASONS = ("misquoted", "unrelated", "outdated", "other")
"""What can be wrong with a citation."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """One verdict on an answer, or on one of its citations.

    Attributes:
        question: Hash of the question.
        verdict: "good", "bad" or "wrong".
        reason: One of `REASONS` where a citation is wrong, or "".
        article, excerpt: The citation that is wrong, or "".
        given_at: Seconds since 1970.
    """

    question: str
    verdict: str
    reason: str
    article: str
    excerpt: str
    given_at: float


def hashed(question: str) -> str:
    """Return what a question is recognised by: without case, spaces single."""
    folded = " ".join(question.casefold().split())
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@unbroken
async def give_feedback(
    engine: AsyncEngine,
    answer: ShownAnswer,
    verdict: str,
    *,
    reason: str = "",
    number: int = 0,
) -> None:
    """Keep what a reader thinks of an answer, or of its citation with a number.

    It takes the place of what was thought before of just that, by anybody: by whom is not kept.
    """
    citation = answer.at(number) if number else None
    values = {
        "question": hashed(answer.question),
        "verdict": verdict,
        "reason": reason,
        "article": citation.article if citation else "",
        "excerpt": citation.excerpt if citation else "",
        "given_at": time.time(),
    }
    async with engine.begin() as db:
        insert = insert_into(db, feedback).values(answer=answer.key, number=number, **values)
        same = feedback.primary_key.columns
        await db.execute(insert.on_conflict_do_update(index_elements=same, set_=values))


async def list_feedback(settings: BotSettings) -> None:
    """Print all that readers think, oldest first, a line each.

    Raises:
        DatabaseError: The bot has kept nothing yet, or what it keeps cannot be read.
    """
    url = settings.database_url.get_secret_value()
    async with open_to_read(settings.data_dir, url) as engine:
        given = await all_feedback(engine)
    for one in given:
        sys.stdout.write(f"{describe_feedback(one)}\n")
    sys.stderr.write(f"{len(given)} verdicts\n")


@unbroken
async def all_feedback(engine: AsyncEngine) -> list[Feedback]:
    """Return all that readers think, oldest first."""
    told = [feedback.c[each.name] for each in fields(Feedback)]
    query = select(*told).order_by(feedback.c.given_at)
    async with engine.connect() as db:
        rows = (await db.execute(query)).all()
    return [Feedback(*values) for values in rows]


@unbroken
async def count_verdicts(engine: AsyncEngine) -> dict[str, int]:
    """Return how often each verdict was given; those never given are left out."""
    query = select(feedback.c.verdict, func.count()).group_by(feedback.c.verdict)
    async with engine.begin() as db:
        return dict((await db.execute(query)).all())


def describe_feedback(given: Feedback) -> str:
    """Return a line of `python -m bot feedback`."""
    day = datetime.fromtimestamp(given.given_at, UTC).strftime("%Y-%m-%d %H:%M")
    excerpt = " ".join(given.excerpt.split())  # it may have several lines
    about = [f"{given.reason}: {given.article}: {excerpt}"] if given.article else []
    return "  ".join([day, given.question, given.verdict, *about])
