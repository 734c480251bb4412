"""Question sets in SQuAD's format → examples to teach the reader with.

An example is a question and a window of whole sentences that answers it, or does not. Those that
do not are of six kinds, ever harder: the window is of another paragraph that reads alike, or of
the same paragraph but without the answer; the question names another entity, number or year than
the window does, or asks for another thing ("How many users" for "How many employees"); it says the
opposite; or a person wrote it so that nothing answers it.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sklearn.feature_extraction.text import TfidfVectorizer

from index.neural.altering import Things, ask_for, asked_for, oppose, swap
from index.text.passages import sentences
from index.types import Span

__all__ = ["Example", "Paragraph", "Question", "examples", "read_paragraphs"]

_SHORTEST, _LONGEST = 15, 100
"""Words that a window has at most: as many as chance takes between these. A passage has 100."""

_FRAMED = 0.7
"""How often what a paragraph is about is put before its window."""

_SHOWN = 2
"""Windows in which a question without an answer is shown."""

_LIKE = 3
"""Paragraphs that read alike, for each."""

_ROWS = 512
"""Paragraphs compared with all others at once."""

# How often an answerable question also gives an example that does not answer, by kind.
_ELSEWHERE, _BESIDE, _SWAPPED, _OPPOSED, _OTHER = 0.3, 0.35, 0.4, 0.3, 0.4


class Question(NamedTuple):
    """A judged question, as people wrote it.

    Attributes:
        text: On one line.
        answers: Where its answers stand in the paragraph; none where it has no answer.
        decoys: Where what only looks like an answer stands, if it has no answer.
    """

    text: str
    answers: tuple[Span, ...]
    decoys: tuple[Span, ...] = ()


class Paragraph(NamedTuple):
    """A text, what it is about ("" where that is not said), and what was asked about it."""

    title: str
    text: str
    questions: tuple[Question, ...]


class Example(NamedTuple):
    """What the reader learns from.

    Attributes:
        question: As asked.
        frame: Put before the window, as a headline is; or "".
        window: Whole sentences.
        answer: Where the answer stands in the window; None where it holds none.
    """

    question: str
    frame: str
    window: str
    answer: Span | None


def read_paragraphs(path: Path) -> list[Paragraph]:
    """Return the paragraphs of a file in SQuAD's format, version 1.1 or 2.0, gzipped or not."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [
        Paragraph(_title(article), paragraph["context"], tuple(_questions(paragraph["qas"])))
        for article in json.loads(raw)["data"]
        for paragraph in article["paragraphs"]
    ]


def examples(paragraphs: Sequence[Paragraph], *, seed: int) -> list[Example]:
    """Return what `paragraphs` teach, shuffled; the same for the same seed."""
    chance = random.Random(seed)
    cut = [_Cut(paragraph, sentences(paragraph.text, "en")) for paragraph in paragraphs]
    like = _neighbours([paragraph.text for paragraph in paragraphs])
    things = asked_for(q.text for paragraph in paragraphs for q in paragraph.questions)
    found = [
        example
        for at, one in enumerate(cut)
        for question in one.paragraph.questions
        for example in _teach(one, question, [cut[n] for n in like[at]], things, chance)
    ]
    chance.shuffle(found)
    return found


class _Cut(NamedTuple):
    """A paragraph and its sentences, or some of them in a row."""

    paragraph: Paragraph
    sentences: list[Span]


def _title(article: dict[str, Any]) -> str:
    title = str(article.get("title") or "").replace("_", " ")
    return title if title.isprintable() and "%" not in title and len(title) < 80 else ""


def _questions(found: Iterable[dict[str, Any]]) -> Iterator[Question]:
    for one in found:
        text = " ".join(one["question"].split())
        yield Question(text, *(_spans(one.get(key)) for key in ("answers", "plausible_answers")))


def _spans(answers: Iterable[dict[str, Any]] | None) -> tuple[Span, ...]:
    starts = [(one["answer_start"], len(one["text"])) for one in answers or ()]
    return tuple(Span(start, start + length) for start, length in starts)


def _teach(
    cut: _Cut,
    question: Question,
    like: Sequence[_Cut],
    things: Things,
    chance: random.Random,
) -> Iterator[Example]:
    """Yield what one question teaches."""
    if not question.answers:  # written by people: the most precious kind
        for _ in range(_SHOWN):
            around = chance.choice(question.decoys) if question.decoys else None
            yield from _show(question.text, cut, _window(cut, around, chance), None, chance)
        return
    answer = chance.choice(question.answers)
    window = _window(cut, answer, chance)
    if window and window.start <= answer.start < answer.end <= window.end:
        yield from _show(question.text, cut, window, answer, chance)
        yield from _mislead(cut, question, window, like, chance)
        if chance.random() < _OTHER:
            other = ask_for(question.text, things, window.of(cut.paragraph.text), chance)
            yield from _show(other, cut, window, None, chance)


def _mislead(
    cut: _Cut, question: Question, window: Span, like: Sequence[_Cut], chance: random.Random
) -> Iterator[Example]:
    """Yield examples much like that of an answerable question's window, without an answer."""
    texts = [one.paragraph.text for one in (cut, *like)]
    said = {span.of(texts[0]) for span in question.answers}
    if like and chance.random() < _ELSEWHERE:
        other = chance.choice(like)
        elsewhere = _without(said, other, _window(other, None, chance))
        yield from _show(question.text, other, elsewhere, None, chance)
    if chance.random() < _BESIDE:
        beside = _without(said, cut, _beside(cut, question, chance))
        yield from _show(question.text, cut, beside, None, chance)
    if chance.random() < _SWAPPED:
        swapped = swap(question.text, texts, window.of(texts[0]), chance)
        yield from _show(swapped, cut, window, None, chance)
    if chance.random() < _OPPOSED:
        yield from _show(oppose(question.text, chance), cut, window, None, chance)


def _show(
    text: str | None, cut: _Cut, window: Span | None, answer: Span | None, chance: random.Random
) -> Iterator[Example]:
    """Yield the example that a question and a window make, where there are both."""
    if text is None or window is None:
        return
    title = cut.paragraph.title
    frame = f"{title}. " if title and chance.random() < _FRAMED else ""
    inside = Span(answer.start - window.start, answer.end - window.start) if answer else None
    yield Example(text, frame, window.of(cut.paragraph.text), inside)


def _window(cut: _Cut, around: Span | None, chance: random.Random) -> Span | None:
    """Return a run of sentences of random length that holds `around`, or any; None without any."""
    spans = cut.sentences
    if not spans:
        return None
    around = around or chance.choice(spans)
    first = max((n for n, span in enumerate(spans) if span.start <= around.start), default=0)
    last = next((n for n, span in enumerate(spans) if span.end >= around.end), len(spans) - 1)
    return _grow(cut, first, max(first, last), chance.randint(_SHORTEST, _LONGEST), chance)


def _grow(cut: _Cut, first: int, last: int, size: int, chance: random.Random) -> Span:
    """Widen a run of sentences on either side as long as it has no more than `size` words."""
    spans, text = cut.sentences, cut.paragraph.text
    while True:
        sides = [(first - 1, last)] * (first > 0) + [(first, last + 1)] * (last + 1 < len(spans))
        wider = [
            side
            for side in sides
            if len(text[spans[side[0]].start : spans[side[1]].end].split()) <= size
        ]
        if not wider:
            return Span(spans[first].start, spans[last].end)
        first, last = chance.choice(wider)


def _beside(cut: _Cut, question: Question, chance: random.Random) -> Span | None:
    """Return a run of sentences of the same paragraph before or after every answer."""
    start = min(span.start for span in question.answers)
    end = max(span.end for span in question.answers)
    before = [span for span in cut.sentences if span.end <= start]
    after = [span for span in cut.sentences if span.start >= end]
    sides = [side for side in (before, after) if side]
    return _window(_Cut(cut.paragraph, chance.choice(sides)), None, chance) if sides else None


def _without(said: Collection[str], cut: _Cut, window: Span | None) -> Span | None:
    """Return the window, or None where it says one of the answers after all."""
    shown = window.of(cut.paragraph.text).casefold() if window else ""
    return None if any(answer.casefold() in shown for answer in said) else window


def _neighbours(texts: Sequence[str]) -> list[list[int]]:
    """Return, for each text, the others most like it by their words (TF-IDF)."""
    k = min(_LIKE, len(texts) - 1)
    if k < 1:
        return [[] for _ in texts]
    rows = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(texts)
    found = []
    for at in range(0, len(texts), _ROWS):
        scores = (rows[at : at + _ROWS] @ rows.T).toarray()
        scores[range(len(scores)), range(at, at + len(scores))] = -1
        best = (-scores).argpartition(k, axis=1)[:, :k]
        found += [sorted(map(int, line)) for line in best]
    return found
