"""What takes long keeps nobody from ending the bot."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from bot.handling import adding, upkeep
from bot.handling.guarding import is_passing
from bot.settings import BotSettings
from bot.threads import WorkError, in_thread
from index import change, mend, propose_text
from tests.bots import running
from tests.fakes import WordEncoder
from tests.newsstand import whales
from tests.telegrams import Telegram
from tests.test_bot_admins import ARTICLE


async def test_what_work_returns_or_raises_is_returned_or_raised() -> None:
    assert await in_thread(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await in_thread(divmod, 7, 0)


async def test_what_files_do_to_work_is_not_the_databases() -> None:
    missing = Path("/nowhere/at/all")
    with pytest.raises(WorkError, match=str(missing)) as raised:
        await in_thread(missing.read_text, encoding="utf-8")
    assert not is_passing(raised.value)


def test_work_that_hangs_keeps_the_process_from_ending_no_moment() -> None:
    began, over = threading.Event(), threading.Event()

    def hang() -> None:
        began.set()
        over.wait(10)

    async def live() -> None:
        task = asyncio.create_task(in_thread(hang))
        await asyncio.sleep(0)
        assert began.wait(5)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    at = time.monotonic()
    asyncio.run(live())  # waits for the threads that asyncio.to_thread makes
    assert time.monotonic() - at < 5
    over.set()


async def test_nothing_that_changes_the_index_keeps_the_bot_alive(tmp_path: Path) -> None:
    stand, alive = whales(tmp_path), dict[str, bool]()

    def watched(work: Callable[..., Any]) -> Callable[..., Any]:
        def do(*args: Any, **kwargs: Any) -> Any:
            alive[work.__name__] = not threading.current_thread().daemon
            return work(*args, **kwargs)

        return do

    with (
        mock.patch.object(BotSettings, "load_encoder", return_value=WordEncoder()),
        mock.patch.object(adding, "change", watched(change)),
        mock.patch.object(adding, "propose_text", watched(propose_text)),
        mock.patch.object(upkeep, "mend", watched(mend)),
        stand.open() as desk,
    ):
        async with Telegram() as telegram:
            ada = telegram.private("Ada")
            given = {"data_dir": stand.folder / "index", "admin_ids": {ada.id}}
            async with running(telegram, desk, **given):  # type: ignore[arg-type]
                preview = await ada.reply_after(ada.post(ARTICLE * 2))
                await telegram.pressed(ada, preview, "admin:add")
                await ada.reply_after(ada.post("/reindex"))
    assert alive == {"propose_text": False, "change": False, "mend": False}
