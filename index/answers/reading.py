"""Which passages the reader reads, and what it makes of their sentences.

It reads those with the likeliest sentences first, one after the other, until one surely answers or
it is hopeless: reading takes most of the time that an answer takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from index.answers.judging import READER_LANGUAGE, Judged, weigh
from index.answers.scoring import SURE, Told
from index.models import Framed, Reader, Reading
from index.text.passages import framed
from index.text.terms import stems
from index.types import Article, Passage, Query, Span
from index.understanding.kinds import find_kind, find_of_kind

__all__ = ["HOPELESS", "MOST", "read"]

MOST = 4
"""Most passages that are read for a question. Of 700 held-out questions that something answers,
.939 have the answer among the first three citations with four, and .940 with eight."""

HOPELESS = 0.03
"""Probability; where no sentence of two passages has more, those that come next do not answer
either. Of 600 held-out questions that something answers among 3,173, of three more the likeliest
sentence does not answer for that."""


def read(
    reader: Reader,
    query: Query,
    judged: Sequence[Judged],
    articles: Mapping[str, Article],
    *,
    most: int = MOST,
    until_sure: bool = True,
) -> dict[tuple[int, int], Told]:
    """Return what the reader makes of the sentences of the likeliest passages, by their places.

    It knows English, so passages in other languages are passed over. What stands in several
    articles, word for word, is read once.

    Args:
        reader: Who reads.
        query: What is asked.
        judged: By signals alone, likeliest first.
        articles: By id.
        most: Passages, 1 and up.
        until_sure: Whether to stop before that where one surely answers, or it is hopeless.
    """
    chosen: dict[str, list[Passage]] = {}
    for passage in dict.fromkeys(one.hit.passage for one in judged):
        article = articles[passage.article]
        text = passage.span.of(article.body)
        if article.language == READER_LANGUAGE and (text in chosen or len(chosen) < most):
            chosen.setdefault(text, []).append(passage)
    kind = find_kind(query.sought)
    told: dict[tuple[int, int], Told] = {}
    for number, copies in enumerate(chosen.values(), start=1):
        held = framed(articles[copies[0].article], copies[0])
        fitting = [*find_of_kind(kind, held.text, query.sought)] if kind else []
        reading = _read(reader, query, held, fitting)
        for passage in copies:
            told |= _tell(passage, reading)
        if until_sure and _is_settled(max(likely for _, likely in weigh(judged, told)), number):
            break
    return told


def _is_settled(likeliest: float, number: int) -> bool:
    """Tell whether to read no more after so many passages, by the best probability of any."""
    return likeliest >= SURE or (number > 1 and likeliest < HOPELESS)


def _read(reader: Reader, query: Query, text: Framed, fitting: Sequence[Span]) -> Reading:
    """Read a text; for a follow-up both as it stands alone and as it was said.

    Made to stand alone it may sound like nobody would ask it.
    """
    reading = reader.read(query.sought, text, fitting)
    if query.text == query.question or not stems(query.question, "en"):
        return reading
    said = reader.read(query.question, text, fitting)
    shares = tuple((a + b) / 2 for a, b in zip(reading.shares, said.shares, strict=True))
    return Reading((reading.answers + said.answers) / 2, shares, reading.spans)


def _tell(passage: Passage, reading: Reading) -> Iterator[tuple[tuple[int, int], Told]]:
    start = passage.span.start
    for at, (share, span) in enumerate(zip(reading.shares, reading.spans, strict=True)):
        within = Span(span.start + start, span.end + start)
        yield (passage.id, at), Told(reading.answers, share, within)
