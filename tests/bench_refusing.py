"""How refusing holds as the coverage grows: `python -m tests.bench_refusing` prints the table.

Indexed are paragraphs of the question sets that the reader did not learn from, and beside them
ever more others, many on the same subjects. Asked are questions about the first ones, and as many
about others of their kind that are not indexed. Some of these the coverage answers all the same:
where what is cited has the very words of an answer, that is told apart. It takes ten minutes on
two cores.
"""

from __future__ import annotations

import random
import statistics
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.progress import track
from rich.table import Table

from index import Desk
from index.neural.encoder import SentenceEncoder
from index.neural.examples import Paragraph, read_paragraphs
from index.neural.reader import TaughtReader
from index.neural.training import hold_out
from index.storage.derived import bring_up_to_date
from index.storage.rows import StoredPassage, encode
from index.storage.store import Store
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


class _Asked(NamedTuple):
    """A question, and what answers it, word for word."""

    question: str
    answers: frozenset[str]


def _questions(paragraphs: Sequence[Paragraph]) -> list[_Asked]:
    return [
        _Asked(question.text, frozenset(span.of(paragraph.text) for span in question.answers))
        for paragraph in paragraphs
        for question in paragraph.questions
    ]


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
    covered = [asked for asked in _questions(kept[:_INDEXED]) if asked.answers]
    covered = chance.sample(covered, _ASKED)
    absent = chance.sample(_questions(kept[_INDEXED:]), _ASKED)
    own = {paragraph.text for paragraph in kept}
    others = [p for name in _SETS for p in read_paragraphs(squad / name) if p.text not in own]
    chance.shuffle(others)
    encoder, reader = SentenceEncoder(threads=2), TaughtReader(threads=2)
    table = Table(
        "passages",
        "answerable answered",
        "right in first / three",
        "absent refused",
        "answered right",
    )
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


def _ask(desk: Desk, covered: Sequence[_Asked], absent: Sequence[_Asked]) -> Iterator[str]:
    """Yield the cells of a row."""
    found = [_cite(desk, asked) for asked in covered]
    yield _share(bool(right) for right in found)
    yield f"{_share(any(right[:1]) for right in found)} / {_share(map(any, found))}"
    found = [_cite(desk, asked) for asked in absent]
    yield _share(not right for right in found)
    yield _share(map(any, found))


def _cite(desk: Desk, asked: _Asked) -> list[bool]:
    """Return whether each citation of the answer has what answers; none where it refuses."""
    cited = desk.ask(asked.question, k=3).citations
    return [any(a.casefold() in one.excerpt.casefold() for a in asked.answers) for one in cited]


def _share(held: Iterable[bool]) -> str:
    return f"{statistics.mean(held):.2f}".removeprefix("0")


if __name__ == "__main__":
    main()
