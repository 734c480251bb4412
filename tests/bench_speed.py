"""How long a question takes, over ever more passages: `make bench-speed` prints the table.

The articles are 70 of real news and some thousand paragraphs of the question sets that teach the
reader, and beyond their number the same again, with other vectors near the true ones. Asked are
short questions about these paragraphs, short ones that nothing answers, and long ones about the
news. Beside it stands the bare model: the time to encode the question, in the same run.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from index import Desk
from index.articles.files import read
from index.models import Vectors
from index.neural.encoder import SentenceEncoder
from index.neural.reader import TaughtReader
from index.storage.derived import bring_up_to_date
from index.storage.rows import StoredPassage
from index.storage.store import Store
from index.text.passages import framed, split
from index.types import Article, Passage
from tests.judged import NEWS, multihop_questions, paragraphs, seed_questions

SIZES = (2_000, 20_000)

PARAGRAPHS = (
    "du-split-test-v1.1.json.gz",
    "squadshifts-new_wiki_v1.0.json.gz",
)
ASKED = 100
"""Short questions, about as many paragraphs. These go in first and the news next, so that even the
smallest index has all that is asked about."""


def fill(
    store: Store, copies: list[tuple[Article, list[Passage], list[Vectors]]], size: int
) -> None:
    """Put in articles until there are so many passages."""
    chance, count, turn = np.random.default_rng(0), 0, 0
    while count < size:
        batch = []
        for article, passages, vectors in copies:
            if count >= size:
                break
            name = f"{article.id}-{turn}"
            rows = [
                StoredPassage(replace(passage, article=name), _near(rows, chance))
                for passage, rows in zip(passages, vectors, strict=True)
            ]
            batch.append((replace(article, id=name), rows))
            count += len(rows)
        store.replace(batch)
        turn += 1


def _near(rows: Vectors, chance: np.random.Generator) -> Vectors:
    moved = rows + chance.normal(0, 0.02, rows.shape).astype(np.float32)
    near: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return near


def clock(ask: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Return how many milliseconds each took."""
    times = []
    for question in questions:
        begun = time.perf_counter()
        ask(question)
        times.append((time.perf_counter() - begun) * 1000)
    return times


def main() -> None:
    """Fill indexes of each size, ask, and print."""
    encoder, reader = SentenceEncoder(threads=2), TaughtReader(threads=2)
    news = [item for item in read([NEWS]) if isinstance(item, Article)]
    about = [pair for name in PARAGRAPHS for pair in paragraphs(name)]
    asked = [questions[0].text for _, questions in about[:ASKED]]
    others = [article for article, _ in about]
    articles = [*others[:ASKED], *news, *others[ASKED:]]
    copies = []
    for article in track(articles, "Encoding", console=Console(stderr=True), transient=True):
        passages = split(article)
        frames = [framed(article, passage) for passage in passages]
        copies.append((article, passages, encoder.encode_passages(frames)))
    kinds = {
        "short, covered": asked,
        "short, not covered": [question.text for question in seed_questions()],
        "long": [question.text for question in multihop_questions()],
    }

    def encode(question: str) -> object:
        return encoder.encode_queries([question])

    table = Table("passages", "questions", "p50", "p95", "of it encoding")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with closing(Store(folder, writable=True)) as store:
                store.reset(encoder)
                fill(store, copies, size)
                bring_up_to_date(folder, store)
            with closing(Desk(folder, encoder, reader)) as desk:
                for what, questions in kinds.items():
                    clock(desk.ask, questions[:5])
                    times = clock(desk.ask, questions)
                    bare = statistics.median(clock(encode, questions))
                    p95 = statistics.quantiles(times, n=20)[-1]
                    row = (statistics.median(times), p95, bare)
                    table.add_row(f"{size:,}", what, *(f"{ms:.0f} ms" for ms in row))
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
