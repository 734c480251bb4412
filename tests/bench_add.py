"""How long until one new article is found, among ever more passages: `python -m tests.bench_add`.

The articles are made up, of words and vectors drawn at random: how long it takes depends on how
many there are, not on what they say. What is timed is what happens beside encoding: `add`, in the
process that writes, and the first question after it at a desk that was open all the time. The
processor's time is to be compared where others use the machine, too.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from index import Desk
from index.articles.files import read
from index.ingest import indexer
from index.ingest.progress import Unwatched
from index.models import Framed, Vectors
from index.storage.derived import bring_up_to_date
from index.storage.rows import encode
from index.storage.store import Store
from index.types import Article

SIZES = (1_000, 10_000, 100_000)
TURNS = 15
SETTLED = 3.0
"""Seconds after which what was written is no longer new: a large index has stood long."""

DIMENSION = 384
VOCABULARY = [f"w{zlib.crc32(str(n).encode()):x}" for n in range(30_000)]


class MadeUpEncoder:
    """Gives each text a vector of its own, at once."""

    name = "made up"
    fingerprint = "made up 1"
    dimension = DIMENSION

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.concatenate([_drawn(text, 1) for text in texts])

    def encode_passages(self, passages: Sequence[Framed]) -> list[Vectors]:
        return [_drawn(p.text, 1 + len(p.sentences)) for p in passages]


class Times(NamedTuple):
    """Seconds on the clock, and the processor's, which a busy machine stretches much less."""

    added: float
    found: float
    worked: float
    sought: float


def _drawn(text: str, rows: int) -> Vectors:
    chance = np.random.default_rng(zlib.crc32(text.encode()))
    drawn = chance.standard_normal((rows, DIMENSION), dtype=np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return drawn


def articles(chance: np.random.Generator) -> Iterator[Article]:
    """Yield articles of some seven passages, for ever."""
    shares = 1 / np.arange(10, 10 + len(VOCABULARY))
    for number in iter(lambda: int(chance.integers(2**40)), None):
        drawn = iter(chance.choice(VOCABULARY, 35 * 18, p=shares / shares.sum()))
        lines = [" ".join(next(drawn) for _ in range(18)).capitalize() + "." for _ in range(35)]
        outlet, headline = f"Daily {number % 50}", f"News {number}"
        url = f"https://daily.example/{number}"
        yield Article(f"a{number}", headline, " ".join(lines), outlet, url=url)


def fill(folder: Path, size: int) -> None:
    """Make an index of so many passages."""
    encoder, chance, count = MadeUpEncoder(), np.random.default_rng(size), 0
    with closing(Store(folder, writable=True)) as store:
        store.reset(encoder)
        source = articles(chance)
        while count < size:
            group = []
            for article in (next(source) for _ in range(100)):
                rows = encode(article, encoder)
                group.append((article, rows))
                count += len(rows)
            store.replace(group)
        bring_up_to_date(folder, store)


def add_one(folder: Path, desk: Desk, turn: int) -> Times:
    """Add an article that says something never said, and ask for it."""
    word = f"never{turn}said"
    export = folder / "new.md"
    text = " ".join(f"Of {word} the {VOCABULARY[turn * 40 + n]} said so." for n in range(40))
    export.write_text(f"---\nid: new{turn}\nheadline: Of {word}\nlanguage: en\n---\n\n{text}\n")
    clocks = [(time.perf_counter(), time.process_time())]
    changes = indexer.add(folder, read([export]), encoder=MadeUpEncoder(), progress=Unwatched())
    clocks.append((time.perf_counter(), time.process_time()))
    (hit, article), *_ = desk.search(f"What of {word}?", k=1)
    clocks.append((time.perf_counter(), time.process_time()))
    if (changes.added, article.id) != ([f"new{turn}"], f"new{turn}"):
        raise RuntimeError(f"{changes} {hit} {article.id}")
    (added, worked), (found, sought) = np.diff(clocks, axis=0).tolist()
    return Times(added, found, worked, sought)


def measure(size: int, turns: int) -> list[Times]:
    """Return the times of each turn in an index of so many passages."""
    with tempfile.TemporaryDirectory(prefix="clipdesk-") as name:
        folder = Path(name)
        fill(folder, size)
        time.sleep(SETTLED)
        with closing(Desk(folder, MadeUpEncoder())) as desk:
            desk.search("Is anything there?")
            return [add_one(folder, desk, turn) for turn in range(turns)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="Passages.")
    parser.add_argument("--turns", type=int, default=TURNS, help="Articles added at each size.")
    options = parser.parse_args()
    table = Table("passages", "add", "then find", "both", "slowest", "processor", "of it to add")
    for size in track(options.sizes, "Adding", console=Console(stderr=True), transient=True):
        times = measure(size, options.turns)
        both = [one.added + one.found for one in times]
        row = [
            statistics.median(one.added for one in times),
            statistics.median(one.found for one in times),
            statistics.median(both),
            max(both),
            statistics.median(one.worked + one.sought for one in times),
            statistics.median(one.worked for one in times),
        ]
        table.add_row(f"{size:,}", *(f"{seconds * 1000:.0f} ms" for seconds in row))
    Console(width=80).print(table)


if __name__ == "__main__":
    main()
