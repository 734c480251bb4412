"""Whoever watches the bot is answered, however much it is asked."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import operation
from bot.updates.inbox import Inbox
from tests.bots import Slow, running
from tests.emulator import Emulator
from tests.fault_processes import free_port
from tests.newsstand import QUESTION, whales


async def test_ready_is_said_while_many_questions_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operation, "_PATIENCE", 2.0)
    port = free_port()
    with whales(tmp_path).open() as desk:
        slow = Slow(desk)
        async with (
            Emulator() as telegram,
            running(telegram, slow, operation_port=port),
            aiohttp.ClientSession() as session,
        ):
            chats = [telegram.private() for _ in range(8)]  # 4 s of questions
            for chat in chats:
                chat.post(QUESTION)
            await telegram.until(lambda: bool(slow.asked), "a question")
            async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                assert (answer.status, await answer.text()) == (200, "ready\n")
            assert not all(chat.sent for chat in chats)
            slow.seconds = 0.0
            await telegram.until(lambda: all(chat.sent for chat in chats), "all answers")


async def test_coverage_that_does_not_answer_is_told_from_a_database_that_is_away(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stuck:
        async def reach(self) -> None:
            await asyncio.sleep(10)

    stuck: Any = Stuck()
    monkeypatch.setattr(operation, "_PATIENCE", 0.1)
    server = TestServer(operation.operation_app(Inbox(engine), stuck))
    async with TestClient(server) as client, client.get("/readyz") as answer:
        assert (answer.status, await answer.text()) == (503, "no answer within 0.1 s\n")
