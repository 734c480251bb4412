"""How refusing holds as the coverage grows: `python -m tests.bench_refusing` prints the table.

Indexed are paragraphs of the question sets that the reader did not learn from, and beside them
ever more others, many on the same subjects. Asked are questions about the first ones, and as many
about others of their kind that are not indexed. It takes a quarter of an hour on two cores.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from index import Desk
from index.derived import bring_up_to_date
from index.encoder import SentenceEncoder
from index.examples import Paragraph, read_paragraphs
from index.reader import TaughtReader
from index.rows import StoredPassage, encode
from index.store import Store
from index.training import hold_out
from index.types import Article
from tests.judged import DATA

_SETS = (
    "du-split-test-v1.1.json.gz",
    "squadshifts-new_wiki_v1.0.json.gz",
    "squadshifts-reddit_v1.0.json.gz",
)
_INDEXED = 300
"""Paragraphs of which some questions are asked; about the other ones, too, but they are absent."""

_OTHERS = (0, 1500, 5600)
"""Paragraphs beside them."""

_ASKED = 400
_SEED = 1


def _article(id_: str, paragraph: Paragraph) -> Article:
    return Article(id_, paragraph.title or "News", paragraph.text)


def _encode(
    articles: Sequence[Article], encoder: SentenceEncoder
) -> Iterator[tuple[Article, list[StoredPassage]]]:
    for article in track(articles, "Encoding", console=Console(stderr=True), transient=True):
        yield article, encode(article, encoder)


def main() -> None:
    """Fill one index ever more, ask each time, and print."""
    chance = random.Random(_SEED)
    squad = DATA / "squad"
    kept = hold_out(squad)
    chance.shuffle(kept)
    covered = [(q.text, {a.of(p.text) for a in q.answers})
               for p in kept[:_INDEXED] for q in p.questions if q.answers]  # fmt: skip
    absent = [q.text for p in kept[_INDEXED:] for q in p.questions]
    covered, absent = chance.sample(covered, _ASKED), chance.sample(absent, _ASKED)
    own = {paragraph.text for paragraph in kept}
    others = [p for name in _SETS for p in read_paragraphs(squad / name) if p.text not in own]
    chance.shuffle(others)
    encoder, reader = SentenceEncoder(threads=2), TaughtReader(threads=2)
    table = Table("passages", "answerable answered", "right in first / three", "absent refused")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with closing(Store(folder, writable=True)) as store:
            store.reset(encoder)
            articles = [_article(f"own {at}", p) for at, p in enumerate(kept[:_INDEXED])]
            store.replace(_encode(articles, encoder))
            done = 0
            for count in _OTHERS:
                more = [_article(f"other {at}", others[at]) for at in range(done, count)]
                store.replace(_encode(more, encoder))
                bring_up_to_date(folder, store)
                done = count
                with closing(Desk(folder, encoder, reader)) as desk:
                    table.add_row(f"{desk.passages():,}", *_ask(desk, covered, absent))
    Console(width=100).print(table)


def _ask(
    desk: Desk, covered: Sequence[tuple[str, set[str]]], absent: Sequence[str]
) -> Iterator[str]:
    """Yield the share answered, those with the answer in what is cited, and the share refused."""
    answered, first, three = 0, 0, 0
    for question, answers in covered:
        cited = desk.ask(question, k=3).citations
        right = [any(answer in one.excerpt for answer in answers) for one in cited]
        answered, first, three = answered + bool(cited), first + any(right[:1]), three + any(right)
    refused = sum(not desk.ask(question, k=3).answered for question in absent)
    yield f"{answered / len(covered):.2f}"
    yield f"{first / len(covered):.2f} / {three / len(covered):.2f}"
    yield f"{refused / len(absent):.2f}"


if __name__ == "__main__":
    main()
