"""Which passages the reader reads, and what it makes of their sentences.

It reads those with the likeliest sentences first, until one surely answers or it is hopeless:
reading takes most of the time that an answer takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from index.judging import Judged, Told
from index.models import Framed, Reader, Reading
from index.passages import framed
from index.terms import content_terms
from index.types import Article, Passage, Query, Span

__all__ = ["AT_ONCE", "HOPELESS", "MOST", "SURE", "read"]

MOST = 4
"""Most passages that are read for a question. Of 700 held-out questions that something answers,
.939 have the answer among the first three citations with four, and .940 with eight."""

AT_ONCE = 2
"""Of these, so many are read before it is seen whether to read on."""

SURE = 2.0
"""A reader's logit; of passages that it gives more, four in five do answer."""

HOPELESS = -2.0
"""A reader's logit; where no passage has more, those that come next do not answer either. Reading
on found no more of the same 700 answers, and of 300 questions that nothing answers one in two is
done with at once."""


def read(
    reader: Reader,
    query: Query,
    judged: Iterable[Judged],
    articles: Mapping[str, Article],
    *,
    most: int = MOST,
    sure: float = SURE,
    hopeless: float = HOPELESS,
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
        sure: The logit at which the reader need not read on.
        hopeless: The logit below which it need not either.
    """
    chosen: dict[str, list[Passage]] = {}
    for passage in dict.fromkeys(one.hit.passage for one in judged):
        article = articles[passage.article]
        text = passage.span.of(article.body)
        if article.language == "en" and (text in chosen or len(chosen) < most):
            chosen.setdefault(text, []).append(passage)
    told: dict[tuple[int, int], Told] = {}
    for at in range(0, len(chosen), AT_ONCE):
        batch = list(chosen.values())[at : at + AT_ONCE]
        texts = [framed(articles[copies[0].article], copies[0]) for copies in batch]
        readings = _read(reader, query, texts)
        for copies, reading in zip(batch, readings, strict=True):
            for passage in copies:
                told |= _tell(passage, reading)
        likeliest = max(reading.answers for reading in readings)
        if likeliest >= sure or likeliest < hopeless:
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


def _tell(passage: Passage, reading: Reading) -> Iterator[tuple[tuple[int, int], Told]]:
    start = passage.span.start
    for at, (share, span) in enumerate(zip(reading.shares, reading.spans, strict=True)):
        within = Span(span.start + start, span.end + start)
        yield (passage.id, at), Told(reading.answers, share, within)
