"""What a command printed, and the articles that it is about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["BODIES", "QUESTION", "Run", "write"]

BODIES = {
    "founder": "Telegram was founded by Durov. He left Russia.",
    "freed": "A judge in Paris freed Durov on bail.",
    "rain": "Rain fell on Sunday.",
}
QUESTION = "Who freed Durov on bail?"


class Run(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object printed."""
        assert self.out.count("\n") == 1
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The one line on stderr, where that is all there is."""
        assert (self.code, self.out) == (1, "")
        assert self.err.startswith("error: ")
        assert self.err.count("\n") == 1
        return self.err


def write(folder: Path, bodies: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for id_, body in bodies.items():
        front = f"headline: News of {id_}\noutlet: Daily\npublished: 2024-09-03\nlanguage: en"
        (folder / f"{id_}.md").write_text(f"---\n{front}\n---\n\n{body}\n")
    return folder
