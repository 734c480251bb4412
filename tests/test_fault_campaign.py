"""A slice of `python -m tests.fault_campaign`: every fault once, and a few kills."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fault_campaign import kill_at_random, meet
from tests.fault_processes import Home
from tests.fault_rows import ROWS
from tests.quick_bot import build_quick

SLOW = {"hang after delivery"}
"""Only in the campaign: it lasts until the bot's patience ends."""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quick")
    build_quick(folder)
    return folder


ON_A_SERVER = [
    "kill -9 in a handler",
    "kill -9 before the acknowledgement",
    "kill -9 after a message is delivered",
    "webhook, re-delivered",
]
"""Where it matters that another process must first be believed dead."""

LEASE = 2.0
"""Seconds until it is; the bot's own 30 would be long to wait."""


@pytest.mark.parametrize("name", sorted(ROWS.keys() - SLOW))
def test_a_fault_is_survived(name: str, index: Path) -> None:
    assert meet(name, index) == ""


@pytest.mark.parametrize("name", ON_A_SERVER)
def test_a_fault_is_survived_on_postgresql(name: str, index: Path, server: str) -> None:
    assert meet(name, index, server, LEASE) == ""


async def test_killed_again_and_again_it_answers_everyone_once(tmp_path: Path, url: str) -> None:
    build_quick(tmp_path)
    total = await kill_at_random(Home(tmp_path, url, LEASE), kills=6, seed=3)
    assert total.holds, str(total)
    assert total.answered > total.accepted / 2
