"""A command as a process: errors in one line, interrupts, exit codes, any bytes in and out."""

from __future__ import annotations

import io
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from index.commands import console
from index.errors import ClipdeskError

__all__ = ["fail", "run", "working"]

_INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""


def run(command: Callable[[], object]) -> None:
    """Run a command to its end; what a person can mend is one line on stderr and exit 1."""
    logging.basicConfig(format="%(message)s", level=logging.ERROR)
    logging.getLogger("index").setLevel(logging.WARNING)
    _accept_any_character()
    try:
        try:
            command()
        finally:
            sys.stdout.flush()
    except ClipdeskError as error:
        fail(str(error))
    except BrokenPipeError:  # whoever read the output has left, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        where = f"{error.filename!r}: " if error.filename else ""
        fail(f"{where}{error.strerror or error}")
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            console.complain("interrupted; what was stored is kept")
        raise


def fail(message: str) -> NoReturn:
    """End the process with what went wrong on one line of stderr."""
    console.complain(f"error: {message}")
    sys.exit(1)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on stderr that something takes a moment; Ctrl-C ends the process there and then.

    Libraries swallow a KeyboardInterrupt while they are imported, or make another error of it.
    """

    def stop(*_: object) -> None:
        console.err.show_cursor(True)
        console.complain("interrupted")
        os._exit(_INTERRUPTED)

    before = signal.signal(signal.SIGINT, stop)
    try:
        with console.err.status(what):
            yield
    finally:
        signal.signal(signal.SIGINT, before)


def _accept_any_character() -> None:
    """Read bytes that are no text and print what a terminal cannot show, rather than fail."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)
