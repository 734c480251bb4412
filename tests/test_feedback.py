"""What readers think is listed, also beside a running bot, and names nobody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.keeping.database import open_database
from bot.keeping.feedback import Feedback, describe_feedback, give_feedback, hashed, list_feedback
from bot.keeping.servers import DatabaseError
from bot.keeping.shown import Place, ShownAnswer
from bot.settings import BotSettings
from index import Shown
from tests.databases import new_database

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
        await give_feedback(engine, ANSWER, "wrong", reason="outdated", number=1)
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


@pytest.mark.parametrize("content", [b"", b"no database" * 100], ids=["empty", "damaged"])
async def test_what_cannot_be_read_is_said_with_how_to_mend_it(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "bot.sqlite").write_bytes(content)
    with pytest.raises(DatabaseError, match=r"cannot be read .*: start the bot, "):
        await list_feedback(BotSettings(data_dir=tmp_path))
    assert (tmp_path / "bot.sqlite").read_bytes() == content


async def test_feedback_changes_no_server_that_the_bot_has_not_used_yet(
    tmp_path: Path, server: str
) -> None:
    url = await new_database(server)
    settings = BotSettings(data_dir=tmp_path, database_url=SecretStr(url))
    for _ in range(2):
        with pytest.raises(DatabaseError, match="DATABASE_URL"):
            await list_feedback(settings)


def test_a_rating_is_one_line() -> None:
    given = Feedback("0123456789abcdef", "good", "", "", "", 1_700_000_000.0)
    assert describe_feedback(given) == "2023-11-14 22:13  0123456789abcdef  good"
    excerpt = "Cheese got dearer.\n\nSo did milk."
    wrong = replace(given, verdict="wrong", reason="other", article="cheese", excerpt=excerpt)
    assert describe_feedback(wrong).endswith("  other: cheese: Cheese got dearer. So did milk.")
