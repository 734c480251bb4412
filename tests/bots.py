"""The real application over real HTTP, and what can be said of its answers."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import ssl
import tempfile
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import unquote

from pydantic import SecretStr

from bot.app import App
from bot.keeping.database import open_database
from bot.newsroom import Newsroom
from bot.running import online
from bot.settings import BotSettings
from index import Answer, Desk, Reach
from tests.botapi import Json
from tests.conftest import ROOT
from tests.emulator import Emulator

BODIES = [
    path.read_text(encoding="utf-8").split("---\n", 2)[2]
    for path in (ROOT / "corpus").glob("*.md")
    if path.name != "README.md"
]

# What the coverage answers, and a run of characters that the answer must show.
USERS = "How many users does Telegram have?", "Telegram has nearly 1 billion users."
DEEPFAKES = "How many deepfake sex crimes did South Korean police count?", "297 cases"
PASSPORTS = "Which passports does Durov hold?", "United Arab Emirates"
FOLLOW_UP = "And in 2021?"
ABSENT = f"According to Bloomberg, h{DEEPFAKES[0][1:]}"
LACKING = "There is no coverage by Bloomberg."
UNCOVERED = "What is the capital of Mongolia?"

# Certificates, which loopback needs none of, are loaded once instead of for every client.
_load_certificates = functools.cache(ssl.create_default_context)


class Wrapped(Desk):
    """A desk like another, asked through it; subclasses make it slow or let it fail."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.asked: list[tuple[str, str]] = []
        self.anywhere: list[bool] = []
        for name in (
            "encoder",
            "latest",
            "cite",
            "surround",
            "open",
            "stamp",
            "ids",
            "news",
            "amend",
            "passages",
        ):
            setattr(self, name, getattr(desk, name))

    def ask(
        self,
        question: str,
        *,
        after: str = "",
        told: str = "",
        k: int = 3,
        today: dt.date | None = None,
        anywhere: bool = False,
        without: Collection[str] = (),
    ) -> Answer:
        self.asked.append((question, after))
        self.anywhere.append(anywhere)
        self.meet(question)
        return self._desk.ask(
            question,
            after=after,
            told=told,
            k=k,
            today=today,
            anywhere=anywhere,
            without=without,
        )

    def meet(self, question: str) -> None:
        """Do what is different about it."""

    def reach(self) -> Reach:
        return self._desk.reach()


class Slow(Wrapped):
    """Takes its time, in seconds."""

    seconds = 0.5

    def meet(self, question: str) -> None:
        time.sleep(self.seconds)


@asynccontextmanager
async def running(
    telegram: Emulator,
    desk: Desk,
    *,
    folder: Path | None = None,
    database: str = "",
    ended: asyncio.Future[None] | None = None,
    menu: bool = False,
    **settings: Any,
) -> AsyncIterator[App]:
    """Run the bot on this Telegram until the block ends, then stop it as a signal would.

    Args:
        telegram: What it talks to.
        desk: What it asks.
        folder: Where it keeps its database; by default one that is deleted afterwards.
        database: The URL of a PostgreSQL database to keep it in instead.
        ended: Gets an error when the bot can go on no more.
        menu: Whether to publish the menu meanwhile, which takes 24 calls.
        settings: Further ones.
    """
    before = _chosen(telegram)
    given = BotSettings(
        telegram_bot_token=SecretStr(telegram.token),
        telegram_api_url=telegram.base_url,
        **settings,
    )
    with (
        tempfile.TemporaryDirectory() as empty,
        mock.patch("bot.handling.menu._PAUSE", 0.0),
        mock.patch.object(ssl, "create_default_context", _load_certificates),
        nullcontext() if menu else mock.patch("bot.running.publish_menu"),
    ):
        async with (
            open_database(folder or Path(empty), database) as engine,
            online(given, Newsroom(desk, given.excerpts), engine, ended or _nobody()) as app,
        ):
            await telegram.until(lambda: _chosen(telegram) > before, "the choice of a way")
            with mock.patch.object(telegram, "unfinished", app.bot_data["inbox"].count_waiting):
                yield app


def _chosen(telegram: Emulator) -> int:
    """Return how often a bot said in which way it wants its updates."""
    return sum(call.method in {"deleteWebhook", "setWebhook"} for call in telegram.calls)


def _nobody() -> asyncio.Future[None]:
    """Return a future that nobody looks at."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    future.add_done_callback(lambda done: done.exception())
    return future


@asynccontextmanager
async def answering(desk: Desk, *, privacy: bool = True) -> AsyncIterator[Emulator]:
    """Run the bot on a Telegram of its own."""
    async with Emulator(privacy=privacy) as telegram, running(telegram, desk):
        yield telegram


def marked(message: Json, kind: str) -> list[str]:
    """Return the texts that entities of one kind cover."""
    raw = message["text"].encode("utf-16-le")
    return [
        raw[2 * each["offset"] : 2 * (each["offset"] + each["length"])].decode("utf-16-le")
        for each in message.get("entities", [])
        if each["type"] == kind
    ]


def links(message: Json) -> list[str]:
    """Return the addresses linked to, in order."""
    return [each["url"] for each in message["entities"] if each["type"] == "text_link"]


def excerpts(message: Json) -> list[str]:
    """Return the excerpts that a message cites, in order."""
    further = [
        excerpt_and_caption.rsplit("\n", 1)[0]
        for quoted in marked(message, "expandable_blockquote")
        for excerpt_and_caption in quoted.split("\n\n")
    ]
    return [*marked(message, "blockquote"), *further]


def check_citations(message: Json) -> None:
    """Check that every excerpt is verbatim and cited, with a link to that very excerpt."""
    shown = excerpts(message)
    assert shown
    assert len(shown) == len(links(message)) == len(marked(message, "text_link"))
    for excerpt, link in zip(shown, links(message), strict=True):
        assert any(excerpt in body for body in BODIES)
        _, fragment = link.split("#:~:text=")
        ends = [unquote(end) for end in fragment.split(",")]
        assert excerpt.startswith(ends[0])
        assert excerpt.endswith(ends[-1])
    for number, _ in enumerate(shown, start=1):
        assert f"[{number}] " in message["text"]
    assert message["link_preview_options"] == {"is_disabled": True}


def check_answer(message: Json, expected: str) -> None:
    """Check that a message answers, its first excerpt outside of what must be expanded."""
    check_citations(message)
    [first] = marked(message, "blockquote")
    assert message["text"].startswith(first)
    assert expected in "\n".join(excerpts(message))
