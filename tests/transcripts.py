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

from index import Desk, IndexSettings, indexer
from tests.botapi import Json
from tests.bots import FOLLOW_UP, running
from tests.conftest import ROOT, Silent
from tests.emulator import Chat
from tests.telegrams import Telegram, buttons

__all__ = ["exchange"]

_WIDTH = 78


async def exchange(desk: Desk) -> str:
    """Talk to the bot in private, in a group and inline; return all that was said."""
    async with Telegram() as telegram, running(telegram, desk):
        lines = ["In private"]
        ada = telegram.private()
        for text in ("How many deepfake sex crimes did South Korean police count?", FOLLOW_UP):
            lines += await _ask(ada, "Ada", text)
        answer = ada.sent[-1]
        await telegram.pressed(ada, answer, "context:1")
        lines += ["Ada taps Context [1], and the answer becomes:", *_told(answer)]
        lines += await _ask(ada, "Ada", "What is the capital of Mongolia?", lines=3)
        group, kim = telegram.group("Newsroom"), telegram.user("Kim", language_code="de")
        lines += ["", "In a group (Kim's Telegram speaks German)"]
        lines += await _ask(group, "Kim", "/ask Which passports does Durov hold?", sender=kim)
        lines += ["", "Inline, in a chat that the bot knows nothing of"]
        typed = "@clipdesk_bot How many users does Telegram have?"
        results = (await telegram.type_inline(typed.partition(" ")[2]))["results"]
        lines += [f"Ada types: {typed}", "and is offered:"]
        lines += [f"  ▸ {each['title']}\n      {each['description']}" for each in results[:2]]
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
    said = [f"  {line}" for line in message["text"].split("\n")]
    more = ["  …"] if len(said) > lines else []
    return [*said[:lines], *more, *([f"  {_row(message)}"] if buttons(message) else [])]


def _row(message: Json) -> str:
    return " ".join(f"({label})" for label in buttons(message))


def _wrap(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return "\n".join(
        textwrap.fill(part, _WIDTH, subsequent_indent=f"{indent}  ", break_on_hyphens=False)
        for part in line.split("\n")
    )


def main() -> None:
    """Print an exchange about the articles in corpus/."""
    settings = IndexSettings()
    encoder = settings.load_encoder()
    with tempfile.TemporaryDirectory() as folder:
        indexer.build(Path(folder), [ROOT / "corpus"], encoder=encoder, progress=Silent())
        with closing(Desk(Path(folder), encoder, settings.load_reader())) as desk:
            sys.stdout.write(asyncio.run(exchange(desk)) + "\n")


if __name__ == "__main__":
    main()
