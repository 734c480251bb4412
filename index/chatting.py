"""A conversation with the coverage in a terminal, or piped in: the bot's, without Telegram."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress

from index import console
from index.desk import Desk
from index.errors import QuestionError

__all__ = ["converse"]

_HELP = "Ask anything about the coverage. /sources shows what there is; /everywhere asks the last \
question again, whatever outlet or time it names."


def converse(desk: Desk, *, k: int) -> None:
    """Answer line after line until there are no more."""
    before = ""
    for line in _lines():
        if line in {"/quit", "/exit"}:
            return
        if line in {"/start", "/help"}:
            console.out.print(_HELP)
        elif line == "/sources":
            console.print_reach(desk.reach())
        elif line == "/everywhere":
            before = _answer_everywhere(desk, before, k)
        else:
            before = _answer(desk, line.removeprefix("/ask "), before, k) or before


def _answer_everywhere(desk: Desk, before: str, k: int) -> str:
    if not before:
        console.complain("which question? ask one before /everywhere")
        return ""
    return _answer(desk, before, "", k, anywhere=True) or before


def _answer(desk: Desk, question: str, after: str, k: int, *, anywhere: bool = False) -> str:
    """Answer one question; return what the next one follows, or "" where it cannot be asked."""
    try:
        answer = desk.ask(question, after=after, k=k, anywhere=anywhere)
    except QuestionError as error:
        console.complain(str(error))
        return ""
    console.print_answer(answer)
    return answer.text


def _lines() -> Iterator[str]:
    """Yield the lines typed or piped in, without blank ones."""
    typed = sys.stdin.isatty() and sys.stdout.isatty()
    if typed:
        with suppress(ImportError):
            import readline  # noqa: F401 - `input` then knows the arrow keys
        console.out.print("Ask about the coverage; /sources shows it, Ctrl-D ends.", style="dim")
    while True:
        try:
            line = input("› " if typed else "")
        except EOFError:
            return
        if line.strip():
            yield line.strip()
