"""Real exchanges over the real protocol, written down as the README shows them.

python -m tests.transcripts    # prints them, of the articles in corpus/
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import textwrap
from contextlib import closing
from pathlib import Path

from index import Desk, IndexSettings
from index.articles.files import read
from index.ingest import indexer
from index.ingest.progress import Unwatched
from tests.botapi import Json, utf16_length
from tests.bots import DEEPFAKES, FOLLOW_UP, PASSPORTS, UNCOVERED, USERS, running
from tests.conftest import ROOT
from tests.emulator import Chat
from tests.telegrams import Telegram, buttons

__all__ = ["exchange"]

_WIDTH = 78


async def exchange(desk: Desk) -> str:
    """Talk to the bot in private, in a group and inline; return all that was said."""
    async with Telegram() as telegram, running(telegram, desk):
        lines = ["In private"]
        ada = telegram.private()
        lines += await _ask(ada, "Ada", DEEPFAKES[0])
        lines += await _ask(ada, "Ada", FOLLOW_UP, lines=2)
        answer = ada.sent[-1]
        await telegram.pressed(ada, answer, "context:1")
        lines += ["Ada taps Context [1], and the answer becomes:", *_told(answer)]
        lines += await _ask(ada, "Ada", UNCOVERED, lines=4)
        group, kim = telegram.group("Newsroom"), telegram.user("Kim", language_code="de")
        lines += ["", "In a group (Kim's Telegram speaks German)"]
        lines += await _ask(group, "Kim", f"/ask {PASSPORTS[0]}", sender=kim, lines=4)
        lines += ["", "Inline, in a chat that the bot knows nothing of"]
        typed = f"@clipdesk_bot {USERS[0]}"
        results = (await telegram.type_inline(typed.partition(" ")[2]))["results"]
        lines += [f"Ada types: {typed}", "and is offered:"]
        for each in results[:2]:
            lines += [f"  ▸ {each['title']}", f"      {each['description']}"]
        lines += ["She taps the first, which inserts:"]
        lines += _told(results[0]["input_message_content"] | {"reply_markup": {}})
        lines += [f"  {_row(results[0])}"]
    return "\n".join(_wrap(line) for line in lines)


async def _ask(
    chat: Chat, name: str, text: str, *, sender: Json | None = None, lines: int = 99
) -> list[str]:
    answer = await chat.reply_after(chat.post(text, sender=sender))
    return [f"{name}: {text}", "Clipdesk:", *_told(answer, lines)]


def _told(message: Json, lines: int = 99) -> list[str]:
    """Return a message line by line, what is quoted behind a bar, its buttons at the end."""
    said, at = [], 0
    for line in message["text"].split("\n"):
        quoted = any(
            each["offset"] <= at < each["offset"] + each["length"]
            for each in message["entities"]
            if each["type"].endswith("blockquote")
        )
        said.append(f"  │ {line}" if quoted else f"  {line}")
        at += utf16_length(line) + 1
    more = ["  …"] if len(said) > lines else []
    return [*said[:lines], *more, *([f"  {_row(message)}"] if buttons(message) else [])]


def _row(message: Json) -> str:
    return " ".join(f"({label})" for label in buttons(message))


def _wrap(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip(" │"))]
    return textwrap.fill(line, _WIDTH, subsequent_indent=indent, break_on_hyphens=False) or line


def main() -> None:
    """Print an exchange about the articles in corpus/."""
    settings = IndexSettings()
    encoder = settings.load_encoder()
    with tempfile.TemporaryDirectory() as folder:
        indexer.build(Path(folder), read([ROOT / "corpus"]), encoder=encoder, progress=Unwatched())
        with closing(Desk(Path(folder), encoder, settings.load_reader())) as desk:
            sys.stdout.write(asyncio.run(exchange(desk)) + "\n")


if __name__ == "__main__":
    main()
