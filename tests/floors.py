"""The floors of the quality gate: `python -m tests.floors` raises them to what is measured now.

They stand in floors.json with the hash of the data that they were measured on. None is lowered but
with `--lower`, and the changelog says why.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from index import Desk
from index.articles.files import read
from index.evaluation.evaluate import ask_all, figures
from index.evaluation.questions import Question
from index.ingest import indexer
from index.ingest.progress import Unwatched
from index.models import Encoder, Reader
from index.neural.encoder import SentenceEncoder
from index.neural.reader import TaughtReader
from tests.conftest import SHARED
from tests.judged import NEWS, multihop_questions, news_questions, seed_questions

FILE = Path(__file__).with_name("floors.json")
NAMES = ("answered", "hit@1", "hit@3", "hit@4", "hit@10", "recall@10", "refused")
SETS = {"seed": SHARED / "seeds", "multihop": NEWS, "news": NEWS}

SLACK = {"seed": 0.08, "multihop": 0.03, "news": 0.05}
"""What a figure may fall below what was measured: a question or two, for other CPUs round."""


def questions_of(name: str) -> list[Question]:
    if name == "news":
        return news_questions("development")
    return seed_questions() if name == "seed" else multihop_questions()


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, or of a folder's files in order."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def measure(name: str, folder: Path, encoder: Encoder, reader: Reader) -> dict[str, float]:
    """Index a set, where that is not done yet, and return its figures by name."""
    indexer.build(folder, read([SETS[name]]), encoder=encoder, progress=Unwatched())
    with closing(Desk(folder, encoder, reader)) as desk:
        found = figures(ask_all(desk.ask, questions_of(name)))
    return {key: found[key].value for key in NAMES}


def main() -> None:
    """Measure every set and write the floors."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lower", action="store_true", help="Also where that lowers a floor.")
    options = parser.parse_args()
    encoder, reader = SentenceEncoder(), TaughtReader()
    before = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    after = {}
    for name, path in SETS.items():
        with tempfile.TemporaryDirectory() as folder:
            found = measure(name, Path(folder), encoder, reader)
        after[name] = {"data": hash_of(path), "floors": _floors(found, SLACK[name])}
    fallen = list(_fallen(before, after))
    if fallen and not options.lower:
        sys.exit(f"would lower {', '.join(fallen)}: --lower does, and the changelog must say why")
    FILE.write_text(json.dumps(after, indent=2) + "\n", encoding="utf-8")


def _floors(found: dict[str, float], slack: float) -> dict[str, float]:
    return {name: round(max(0.0, value - slack), 3) for name, value in found.items()}


def _fallen(before: dict[str, Any], after: dict[str, Any]) -> Iterable[str]:
    for name, one in before.items():
        for figure, floor in one["floors"].items():
            if after[name]["floors"][figure] < floor:
                yield f"{figure} of {name}"


if __name__ == "__main__":
    main()
