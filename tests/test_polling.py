"""Fetching updates: what goes wrong is said, and where nobody expected it, shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from bot.updates import polling
from bot.updates.inbox import Inbox
from tests.bots import running
from tests.emulator import Emulator
from tests.newsstand import QUESTION, whales


@pytest.mark.parametrize(
    ("error", "is_shown"),
    [
        pytest.param(SQLAlchemyError("disk full"), False, id="database"),
        pytest.param(ConnectionRefusedError("disk full"), False, id="its-network"),
        pytest.param(KeyError("disk full"), True, id="unexpected"),
    ],
)
async def test_only_an_error_that_nobody_expected_is_shown_with_where_it_came_from(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    is_shown: bool,
) -> None:
    accept, failures = Inbox.accept, [error]

    async def fail_first(self: Inbox, new: object) -> None:
        if new and failures:
            raise failures.pop()
        await accept(self, new)  # type: ignore[arg-type]

    monkeypatch.setattr(Inbox, "accept", fail_first)
    monkeypatch.setattr(polling, "_LONGEST_PAUSE", 0.05)
    with whales(tmp_path).open() as desk:
        async with Emulator() as telegram, running(telegram, desk):
            chat = telegram.private()
            await chat.reply_after(chat.post(QUESTION))
            await telegram.settled()
    assert len(chat.sent) == 1
    [record] = [each for each in caplog.records if each.name == "bot.updates.polling"]
    assert "cannot fetch updates" in caplog.text
    assert "disk full" in caplog.text
    assert (record.exc_info is not None) is is_shown


async def test_updates_that_telegram_numbers_anew_are_acknowledged_and_followed(
    tmp_path: Path,
) -> None:
    with whales(tmp_path).open() as desk:
        async with Emulator() as telegram, running(telegram, desk):
            chat = telegram.private()
            await chat.reply_after(chat.post(QUESTION))
            await telegram.settled()
            telegram.renumber(300)
            for _ in range(2):
                await chat.reply_after(chat.post(QUESTION))
                await telegram.settled()
    assert len(chat.sent) == 3
