"""Which sentences the reader reads, and what it makes of them.

It reads runs of a few sentences, around those that the signals find likeliest, until one surely
answers: a passage is longer than what it takes to understand a sentence, and reading takes most of
the time that an answer takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from index.judging import Judged, Told
from index.models import Framed, Reader, Reading
from index.passages import framed
from index.terms import content_terms
from index.types import Article, Passage, Query, Span

__all__ = ["AT_ONCE", "RUNS", "SURE", "Run", "read", "runs"]

RUNS = 6
"""Most runs that are read for a question."""

AT_ONCE = 2
"""Of these, so many are read before it is seen whether one surely answers."""

SURE = 2.0
"""A reader's logit; of runs that it gives more, four in five do answer."""

_AROUND = 300
"""Code points up to which a sentence is read together with its neighbours."""


class Run(NamedTuple):
    """Sentences of a passage in a row, `first` and `last` both included."""

    passage: Passage
    first: int
    last: int

    @property
    def sentences(self) -> tuple[Span, ...]:
        """Their places in the article's body."""
        return self.passage.sentences[self.first : self.last + 1]

    def of(self, article: Article) -> str:
        """Return what they say."""
        return article.body[self.sentences[0].start : self.sentences[-1].end]


def read(
    reader: Reader, query: Query, judged: Iterable[Judged], articles: Mapping[str, Article]
) -> dict[tuple[int, int], Told]:
    """Return what the reader makes of the likeliest sentences, by their places.

    It knows English, so sentences in other languages are passed over. What stands in several
    articles, word for word, is read once.

    Args:
        reader: Who reads.
        query: What is asked.
        judged: By signals alone, likeliest first.
        articles: By id.
    """
    english = (one for one in judged if articles[one.hit.passage.article].language == "en")
    chosen: dict[str, list[Run]] = {}
    for run in runs(english):
        text = run.of(articles[run.passage.article])
        if text in chosen or len(chosen) < RUNS:
            chosen.setdefault(text, []).append(run)
    told: dict[tuple[int, int], Told] = {}
    for at in range(0, len(chosen), AT_ONCE):
        batch = list(chosen.values())[at : at + AT_ONCE]
        texts = [_frame(copies[0], articles) for copies in batch]
        readings = _read(reader, query, texts)
        for copies, reading in zip(batch, readings, strict=True):
            for run in copies:
                told |= _tell(run, reading)
        if max(reading.answers for reading in readings) >= SURE:
            break
    return told


def _read(reader: Reader, query: Query, texts: Sequence[Framed]) -> list[Reading]:
    """Read texts; for a follow-up both as it stands alone and as it was said.

    Made to stand alone it may sound like nobody would ask it.
    """
    readings = reader.read(query.sought, texts)
    if query.text == query.question or not content_terms(query.question, "en"):
        return readings
    said = reader.read(query.question, texts)
    return [_average(one, other) for one, other in zip(readings, said, strict=True)]


def _average(one: Reading, other: Reading) -> Reading:
    shares = tuple((a + b) / 2 for a, b in zip(one.shares, other.shares, strict=True))
    return Reading((one.answers + other.answers) / 2, shares, one.spans)


def runs(judged: Iterable[Judged]) -> Iterator[Run]:
    """Yield the run around each sentence that stands in none before it, none overlapping."""
    taken: set[tuple[int, int]] = set()
    for one in judged:
        if one.place not in taken:
            run = _widen(one.hit.passage, one.sentence, taken)
            taken |= {(run.passage.id, at) for at in range(run.first, run.last + 1)}
            yield run


def _widen(passage: Passage, sentence: int, taken: set[tuple[int, int]]) -> Run:
    """Take in neighbours, the one before first, for that is what a sentence leans on."""
    spans = passage.sentences
    first = last = sentence
    while True:
        wider = [(first - 1, last)] * (first > 0) + [(first, last + 1)] * (last + 1 < len(spans))
        fitting = [
            (start, end)
            for start, end in wider
            if spans[end].end - spans[start].start <= _AROUND
            and not {(passage.id, start), (passage.id, end)} & taken
        ]
        if not fitting:
            return Run(passage, first, last)
        first, last = fitting[0]


def _frame(run: Run, articles: Mapping[str, Article]) -> Framed:
    part = replace(run.passage, sentences=run.sentences)
    return framed(articles[part.article], part)


def _tell(run: Run, reading: Reading) -> Iterator[tuple[tuple[int, int], Told]]:
    start = run.sentences[0].start
    read_ = enumerate(zip(reading.shares, reading.spans, strict=True), start=run.first)
    for at, (share, span) in read_:
        within = Span(span.start + start, span.end + start)
        yield (run.passage.id, at), Told(reading.answers, share, within)
