"""What the reader reads, and what it makes of the sentences in it.

It reads windows: the likeliest sentence with those around it, then the likeliest one that is in
none before, until one surely answers or it is hopeless. Reading takes most of the time that an
answer takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from index.answers.judging import Judged, weigh
from index.answers.scoring import SURE, Told
from index.answers.signals import READER_LANGUAGE
from index.models import Framed, Reader, Reading
from index.text.passages import count_words, framed
from index.text.terms import stems
from index.types import Article, Passage, Query, Span
from index.understanding.kinds import find_kind, find_of_kind

__all__ = ["HOPELESS", "MOST", "WINDOW", "read"]

WINDOW = 70
"""Words in a window, if its sentence is not longer by itself. Whole passages have two fifths more
to read and tell no better: of 400 held-out questions among 8,234 passages and as many that nothing
answers, AUROC .85 by both."""

MOST = 4
"""Most windows that are read for a question. Of those 400, 277 are answered, and by the likeliest
sentence, with four, and 282 with eight."""

HOPELESS = 0.02
"""Probability; where no sentence that was read has more, those that come next do not answer
either. Of those 277 one more would be with no such limit, and of the 400 that nothing answers 184
are done with after one window."""


def read(
    reader: Reader,
    query: Query,
    judged: Sequence[Judged],
    articles: Mapping[str, Article],
    *,
    most: int = MOST,
    until_sure: bool = True,
) -> dict[tuple[int, int], Told]:
    """Return what the reader makes of the likeliest sentences and those around, by their places.

    It knows English, so passages in other languages are passed over. What stands in several
    articles, word for word, is read once.

    Args:
        reader: Who reads.
        query: What is asked.
        judged: By signals alone, likeliest first.
        articles: By id.
        most: Windows, 1 and up.
        until_sure: Whether to stop before that where one surely answers, or it is hopeless.
    """
    kind = find_kind(query.sought)
    told: dict[tuple[int, int], Told] = {}
    for copies in _choose(judged, articles, most):
        window = copies[0].window
        held = framed(articles[window.article], window)
        fitting = [*find_of_kind(kind, held.text, query.sought)] if kind else []
        reading = _read(reader, query, held, fitting)
        for one in copies:
            told = {**_tell(one, reading), **told}
        likeliest = max(likely for _, likely in weigh(judged, told))
        if until_sure and not HOPELESS <= likeliest < SURE:
            break
    return told


class _Chosen(NamedTuple):
    """A run of sentences of a passage, and which of the passage's is its first."""

    window: Passage
    first: int


def _choose(
    judged: Sequence[Judged], articles: Mapping[str, Article], most: int
) -> Iterable[list[_Chosen]]:
    """Return up to `most` windows, the likeliest first, each with its copies elsewhere."""
    chosen: dict[str, list[_Chosen]] = {}
    covered: set[tuple[int, int]] = set()
    for one in judged:
        article = articles[one.hit.passage.article]
        if one.place in covered or article.language != READER_LANGUAGE:
            continue
        said = one.span.of(article.body)
        if len(chosen) >= most and not any(said in text for text in chosen):
            continue  # nor is it a copy
        found = _widen(one.hit.passage, one.sentence, article.body)
        text = found.window.span.of(article.body)
        if text in chosen or len(chosen) < most:
            chosen.setdefault(text, []).append(found)
            last = found.first + len(found.window.sentences)
            covered.update((found.window.id, at) for at in range(found.first, last))
    return chosen.values()


def _widen(passage: Passage, sentence: int, body: str) -> _Chosen:
    """Return the window around a sentence, as much of it before as after, where there is room."""
    sentences = passage.sentences
    first, last = sentence, sentence + 1
    while True:
        wider = [
            (start, end)
            for start, end in ((first - 1, last), (first, last + 1))
            if start >= 0
            and end <= len(sentences)
            and count_words(body[sentences[start].start : sentences[end - 1].end]) <= WINDOW
        ]
        if not wider:
            return _Chosen(replace(passage, sentences=sentences[first:last]), first)
        first, last = min(wider, key=lambda run: abs(run[0] + run[1] - 1 - 2 * sentence))


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


def _tell(one: _Chosen, reading: Reading) -> dict[tuple[int, int], Told]:
    start = one.window.span.start
    return {
        (one.window.id, at): Told(
            reading.answers, share, Span(span.start + start, span.end + start)
        )
        for at, (share, span) in enumerate(
            zip(reading.shares, reading.spans, strict=True), start=one.first
        )
    }
