"""Two processes behind one webhook and on one PostgreSQL database answer as one bot would."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.databases import new_database
from tests.emulator import Emulator
from tests.fault_campaign import account
from tests.fault_processes import PATIENCE, Home, finished, free_port, living, outcomes
from tests.quick_bot import QUESTION, build_quick, ended

LEASE = 3.0
"""Seconds for which one that was killed keeps what it had in hand; 30 would be long to wait."""


class Balancer:
    """Gives what comes to one of several ports in turn, and to the next where that one is dead."""

    def __init__(self, ports: list[int]) -> None:
        self._ports = ports
        self._turns = count()

    async def forward(self, request: web.Request) -> web.Response:
        body, first = await request.read(), next(self._turns)
        for at in range(len(self._ports)):
            port = self._ports[(first + at) % len(self._ports)]
            try:
                async with (
                    aiohttp.ClientSession() as session,
                    session.post(
                        f"http://127.0.0.1:{port}/", data=body, headers=request.headers
                    ) as answer,
                ):
                    return web.Response(status=answer.status)
            except aiohttp.ClientError:
                continue
        raise web.HTTPBadGateway


@asynccontextmanager
async def balancing(ports: list[int]) -> AsyncIterator[str]:
    """Listen for these ports; give the URL."""
    app = web.Application()
    app.router.add_post("/{path:.*}", Balancer(ports).forward)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield "http://{}:{}/".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


async def answered(port: int) -> float:
    """Return how many questions a replica says that it has answered."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/metrics") as answer,
    ):
        metrics = await answer.text()
    name = 'clipdesk_questions_total{outcome="answered"} '
    return sum(
        float(each.removeprefix(name)) for each in metrics.splitlines() if each.startswith(name)
    )


async def all_answer(telegram: Emulator, ports: list[int]) -> None:
    """Ask until each replica has answered: a busy machine may leave all to one for a while."""
    async with asyncio.timeout(PATIENCE):
        while not all([await answered(port) for port in ports]):
            chat = telegram.private()
            await chat.reply_after(chat.post(QUESTION), within=PATIENCE)


def both_up(telegram: Emulator) -> bool:
    return sum(call.method == "setWebhook" for call in telegram.calls) == 2


@pytest.fixture
async def homes(tmp_path: Path, server: str) -> list[Home]:
    """Two machines, each with an index of its own, and one database."""
    database = await new_database(server)
    build_quick(tmp_path / "first")
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    return [Home(tmp_path / name, database, LEASE) for name in ("first", "second")]


async def test_two_replicas_share_the_work_and_one_takes_over_from_the_other(
    homes: list[Home],
) -> None:
    ports, operations = [[free_port(), free_port()] for _ in range(2)]
    async with Emulator() as telegram, balancing(ports) as url:
        first, second = (
            living(
                telegram,
                home,
                WEBHOOK_URL=url,
                WEBHOOK_PORT=str(port),
                OPERATION_PORT=str(operation),
            )
            for home, port, operation in zip(homes, ports, operations, strict=True)
        )
        async with first as doomed, second:
            await telegram.until(lambda: both_up(telegram), "both replicas", within=PATIENCE)
            await all_answer(telegram, operations)

            telegram.webhook.twice = True  # the second time at the other replica
            group = telegram.group("Newsroom")
            asked = [group.post(f"/ask {QUESTION}") for _ in range(4)]
            crowd = [telegram.private() for _ in range(20)]
            for chat in crowd:
                chat.post(QUESTION)
            await telegram.until(lambda: any(chat.sent for chat in crowd), within=PATIENCE)
            doomed.kill()
            await ended(doomed)
            await finished(telegram, homes[0])
        total = account(telegram, await outcomes(homes[0]))
    assert total.holds, str(total)
    assert total.answered > total.accepted / 2
    replied = [each["reply_to_message"]["message_id"] for each in group.sent]
    assert replied == sorted(replied)  # in the order in which they asked
    assert set(replied) <= {each["message_id"] for each in asked}
