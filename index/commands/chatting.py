"""A conversation with the coverage in a terminal, or piped in: the bot's, without Telegram."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress

from index.commands import console
from index.desk import Desk
from index.errors import QuestionError
from index.types import Answer

__all__ = ["converse"]

_HELP = "Ask anything about the coverage. /sources shows what there is; /everywhere asks the last \
question again, whatever outlet or time it names, or the question behind it; /quit ends."


def converse(desk: Desk, *, k: int) -> None:
    """Answer line after line until there are no more."""
    before: Answer | None = None
    for line in _lines():
        command, question = _part(line)
        if command in {"/quit", "/exit"}:
            return
        before = _do(desk, command, question, before, k) or before


def _part(line: str) -> tuple[str, str]:
    """Return the command that a line gives, and what stands behind it."""
    if not line.startswith("/"):
        return "/ask", line
    command, *rest = line.split(maxsplit=1)
    return command.casefold(), "".join(rest)


def _do(desk: Desk, command: str, question: str, before: Answer | None, k: int) -> Answer | None:
    """Do what a command says; return the answer, where it asks for one."""
    if command in {"/ask", "/everywhere"} and question:
        return _answer(desk, question, before, k, anywhere=command == "/everywhere")
    if command == "/everywhere" and before:
        return _answer(desk, before.text, None, k, anywhere=True)
    if command == "/everywhere":
        console.complain("which question? ask one before /everywhere, or put it behind")
    elif command == "/ask":
        console.complain("which question? put it behind /ask, or just write it")
    elif command == "/sources":
        console.print_reach(desk.reach())
    elif command in {"/start", "/help"}:
        console.out.print(_HELP)
    else:
        console.complain(
            f"there is no command {command!r} in the terminal: there are /ask, /everywhere, "
            "/sources, /help and /quit"
        )
    return None


def _answer(
    desk: Desk, question: str, before: Answer | None, k: int, *, anywhere: bool = False
) -> Answer | None:
    """Answer one question, which may follow another; None where it cannot be asked."""
    after, told = (before.text, before.told) if before else ("", "")
    try:
        answer = desk.ask(question, after=after, told=told, k=k, anywhere=anywhere)
    except QuestionError as error:
        console.complain(str(error))
        return None
    console.print_answer(answer, wider="/everywhere")
    return answer


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
