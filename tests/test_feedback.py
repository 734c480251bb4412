"""What readers think is listed, also beside a running bot, and names nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.database import DatabaseError, open_database
from bot.feedback import Feedback, describe_feedback, give_feedback, hashed, list_feedback
from bot.settings import BotSettings
from bot.shown import Place, ShownAnswer
from index import Shown

SHOWN = Shown("cheese", "Cheese got dearer.", 0)
ANSWER = ShownAnswer(
    question="What got dearer?",
    after="",
    told="",
    anywhere=False,
    answered=True,
    language="en",
    start=0,
    next=0,
    places=(Place(1, SHOWN),),
    chat_id=4711,
    message_id=5,
)


async def test_feedback_is_listed_beside_a_running_bot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_database(tmp_path) as engine:
        await give_feedback(engine, ANSWER, "wrong", reason="outdated", citation=SHOWN)
        await list_feedback(BotSettings(data_dir=tmp_path))
    printed = capsys.readouterr()
    [line] = printed.out.splitlines()
    assert line.endswith(
        f"  {hashed('what got  DEARER?')}  wrong  outdated: cheese: Cheese got dearer."
    )
    assert "4711" not in line
    assert "dearer?" not in line
    assert printed.err == "1 verdicts\n"


async def test_where_nothing_is_kept_yet_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="start it first"):
        await list_feedback(BotSettings(data_dir=tmp_path))


def test_a_rating_is_one_line() -> None:
    given = Feedback("0123456789abcdef", "good", "", "", "", 1_700_000_000.0)
    assert describe_feedback(given) == "2023-11-14 22:13  0123456789abcdef  good"
