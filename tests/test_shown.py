"""What is kept of answers, settings and jobs, in SQLite and in PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.keeping.feedback import all_feedback, count_verdicts, give_feedback
from bot.keeping.marks import load_mark, save_mark
from bot.keeping.preferences import Preferences, load_preferences, save_preferences
from bot.keeping.shown import (
    Place,
    ShownAnswer,
    drop_old_answers,
    find_answer,
    keep_answer,
    walk_answers,
)
from index import Shown, Span

ANSWER = ShownAnswer(
    question="Who? <&> 🗞",
    after="And before?",
    told="he",
    anywhere=True,
    answered=False,
    language="ko",
    start=3,
    next=0,
    places=(
        Place(4, Shown("a", "“Quoted”\nlines 😀", 7), "corrected", (Span(1, 7),)),
        Place(5, None, "withdrawn"),
    ),
    reason="There is no coverage by “A&B”.",
    notes=("The coverage ends on 3 Sep 2024.", "Old 🗞"),
    chat_id=-1_001_234_567_890,
    message_id=2**31,
    shown_at=1_800_000_000.25,
)


async def test_an_answer_comes_back_as_it_was(engine: AsyncEngine) -> None:
    await keep_answer(engine, ANSWER)
    found = await find_answer(engine, ANSWER.chat_id, ANSWER.message_id)
    assert found == ANSWER
    assert found.at(4) == Shown("a", "“Quoted”\nlines 😀", 7)
    assert found.at(5) is None
    assert found.at(6) is None
    assert await find_answer(engine, ANSWER.chat_id, 5) is None
    assert await find_answer(engine, 5, ANSWER.message_id) is None


async def test_a_later_page_takes_the_place_of_the_earlier(engine: AsyncEngine) -> None:
    await keep_answer(engine, ANSWER)
    later = replace(ANSWER, start=6, places=())
    await keep_answer(engine, later)
    assert await find_answer(engine, ANSWER.chat_id, ANSWER.message_id) == later


async def test_every_answer_is_walked_over_once_oldest_first(engine: AsyncEngine) -> None:
    # Some were shown at the same moment.
    kept = [replace(ANSWER, message_id=at, shown_at=1000.0 + at // 3) for at in range(12)]
    for answer in reversed(kept):
        await keep_answer(engine, answer)
    with mock.patch("bot.keeping.shown._AT_ONCE", 5):
        walked = [one async for batch in walk_answers(engine) for one in batch]
    assert walked == kept
    await drop_old_answers(engine, 1002.0)
    walked = [one async for batch in walk_answers(engine) for one in batch]
    assert walked == kept[6:]


async def test_settings_come_back_as_they_were(engine: AsyncEngine) -> None:
    assert await load_preferences(engine, 7) == Preferences()
    for chosen in (Preferences("de", 5, ("Käse & Söhne", "")), Preferences()):
        await save_preferences(engine, 7, chosen)
        assert await load_preferences(engine, 7) == chosen
    assert await load_preferences(engine, 8) == Preferences()


async def test_the_last_vote_and_the_last_report_on_a_citation_count(engine: AsyncEngine) -> None:
    for reason in ("misquoted", "other"):
        await give_feedback(engine, ANSWER, "wrong", reason=reason, number=4)
    for verdict in ("bad", "good"):
        await give_feedback(engine, ANSWER, verdict)
    report, vote = await all_feedback(engine)
    assert (report.verdict, report.reason, report.article) == ("wrong", "other", "a")
    assert (vote.verdict, vote.reason, vote.article) == ("good", "", "")


async def test_verdicts_are_counted(engine: AsyncEngine) -> None:
    assert await count_verdicts(engine) == {}
    for key, verdict in [("a", "good"), ("b", "bad"), ("c", "good")]:
        await give_feedback(engine, replace(ANSWER, key=key), verdict)
    await give_feedback(engine, replace(ANSWER, key="b"), "wrong", reason="other", number=4)
    assert await count_verdicts(engine) == {"good": 2, "bad": 1, "wrong": 1}


async def test_a_job_goes_on_from_its_mark(engine: AsyncEngine) -> None:
    assert await load_mark(engine, "news", "x") == ""
    for mark in ("x:1", "x:2"):
        await save_mark(engine, "news", "x", mark)
    assert await load_mark(engine, "news", "x") == "x:2"
    assert await load_mark(engine, "other", "x") == ""
    assert await load_mark(engine, "news", "y") == ""
