"""The command line with a quick encoder: `python -m tests.quick_cli [OPTIONS] -- COMMAND …`.

So that a process of its own starts in a second instead of five. The options stand for what a test
wants the machine to be like.
"""

from __future__ import annotations

import argparse
import codecs
import importlib
import os
import resource
import sys
import time
from collections.abc import Sequence

from index import IndexSettings
from index.__main__ import main
from index.models import Framed, Vectors
from tests.fakes import WordEncoder

NOBODY = 65534


class SlowEncoder(WordEncoder):
    """Takes its time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def encode_passages(self, passages: Sequence[Framed]) -> list[Vectors]:
        until = time.monotonic() + self._seconds
        while time.monotonic() < until:
            time.sleep(0.01)  # as a model does, it comes back to Python, which sees a Ctrl-C
        return super().encode_passages(passages)


def run() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--slow", type=float, default=0.0, help="Seconds for a group of passages.")
    parser.add_argument("--nobody", action="store_true", help="Not as root, who may do anything.")
    parser.add_argument("--largest", type=int, help="Bytes that a file may have: a full disk.")
    parser.add_argument("command", nargs="*")
    options = parser.parse_args()

    def load(self: IndexSettings, *, threads: int = 1) -> WordEncoder:
        return SlowEncoder(options.slow)

    IndexSettings.load_encoder = load  # type: ignore[assignment]
    IndexSettings.load_reader = lambda self: None  # type: ignore[assignment,method-assign,return-value]
    if options.nobody and os.getuid() == 0:
        # What is imported when first used, and nobody may not read.
        codecs.lookup("utf-8-sig")
        importlib.import_module("datasketch")
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    if options.largest is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (options.largest, options.largest))
    sys.argv = ["python -m index", *options.command]
    main()


if __name__ == "__main__":
    run()
