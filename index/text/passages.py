"""Article → passages: runs of whole sentences, with exact offsets into the body."""

from __future__ import annotations

from collections.abc import Iterator

import regex
import sentencex

from index.models import Framed
from index.types import Article, Passage, Span

__all__ = [
    "MAX_SENTENCE",
    "MAX_WORDS",
    "SPLITTING",
    "count_words",
    "framed",
    "says_nothing",
    "sentences",
    "split",
]

MAX_WORDS = 100
"""Words in a passage; a single longer sentence makes a passage of its own."""

MAX_SENTENCE = 800
"""Code points in a sentence. What is longer is a list or a table that nobody punctuated."""

SPLITTING = f"sentencex, {MAX_WORDS} words, {MAX_SENTENCE} characters"
"""How passages are cut; an index cut to other measures is stale."""

# Where an overlong sentence may be cut, best first: lines, clauses, words.
_CUTS = [regex.compile(r"\n+\s*"), regex.compile(r"(?<=[;:,、；：，])\s*"), regex.compile(r"\s+")]
_PARAGRAPH = regex.compile(r"\n[^\S\n]*\n|\n(?=[^\S\n]*[•●▪*\-–—] )")
_LEADING = regex.compile(r"\s*(?:[•●▪*\-–—]\s+)?")
_QUOTATION_ENDS = regex.compile(r"[.!?,…]\s*[”\"»“’']\s*$")
_ATTRIBUTION = 4
"""Words in a sentence that is taken for the attribution of the quotation before it."""

_TIME_ENDS = regex.compile(r"\d\s*[ap]\.m\.\s*$", regex.IGNORECASE)
_ZONE = regex.compile(r"(?:[ECMP][SD]?T|GMT|UTC|BST|CES?T|EES?T|[AJKI]ST|AE[SD]T|local)\b")

_HEADING = 80
"""Code points; a longer line says something even if nobody put a stop to it."""

_ENDS = regex.compile(
    r"[\p{Sentence_Terminal}…][\p{P}\s]*$|[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]$"
)
"""How a sentence ends; some scripts have no full stop."""

_ASKS = regex.compile(r"[?？؟]\s*$")
_WORD = regex.compile(r"[\p{L}\p{N}]")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")


def split(article: Article) -> list[Passage]:
    """Cut an article into passages of at most `MAX_WORDS` words, in order.

    Every sentence with a letter or digit in it is in exactly one passage.
    """
    passages: list[Passage] = []
    run: list[Span] = []
    words = 0
    for sentence in sentences(article.body, article.language):
        size = count_words(sentence.of(article.body))
        if run and words + size > MAX_WORDS:
            passages.append(Passage(article.id, tuple(run)))
            run, words = [], 0
        run.append(sentence)
        words += size
    if run:
        passages.append(Passage(article.id, tuple(run)))
    return passages


def framed(article: Article, passage: Passage) -> Framed:
    """Return a passage as it is encoded: after its headline, its sentences counted from itself."""
    start, end = passage.span
    return Framed(
        frame=f"{article.headline}. ",
        text=article.body[start:end],
        sentences=tuple(Span(s.start - start, s.end - start) for s in passage.sentences),
    )


def sentences(text: str, language: str) -> list[Span]:
    """Return the sentences of `text` in order, without the white space around them.

    None crosses a paragraph's end, none is longer than `MAX_SENTENCE` code points, and each has
    a letter or digit in it.

    Args:
        text: Any text.
        language: ISO 639 code; one that the splitter does not know is cut by general rules.
    """
    return [
        trimmed
        for paragraph in _between(_PARAGRAPH, Span(0, len(text)), text)
        for sentence in _segment(paragraph, text, language)
        for piece in _shorten(sentence, text)
        if _WORD.search(text, *(trimmed := _trim(piece, text)))
    ]


def says_nothing(sentence: str) -> bool:
    """Tell whether a sentence is only a line over a section, or only asks."""
    return bool(_ASKS.search(sentence)) or (
        len(sentence) <= _HEADING and not _ENDS.search(sentence)
    )


def _segment(paragraph: Span, text: str, language: str) -> list[Span]:
    found: list[Span] = []
    for bound in sentencex.get_sentence_boundaries(language, paragraph.of(text)):
        span = Span(paragraph.start + bound["start_index"], paragraph.start + bound["end_index"])
        if found and (_is_attribution(found[-1], span, text) or _is_zone(found[-1], span, text)):
            found[-1] = Span(found[-1].start, span.end)
        else:
            found.append(span)
    return found


def _is_attribution(before: Span, span: Span, text: str) -> bool:
    """Tell whether a span only says whose the quotation before it is: “We left.” Lavrov said."""
    quoted = _QUOTATION_ENDS.search(before.of(text)) is not None
    return quoted and len(span.of(text).split()) <= _ATTRIBUTION


def _is_zone(before: Span, span: Span, text: str) -> bool:
    """Tell whether a span begins with the zone of the time of day before it: 9 p.m. ET."""
    return bool(_TIME_ENDS.search(before.of(text)) and _ZONE.match(text, *span))


def _shorten(sentence: Span, text: str) -> list[Span]:
    """Cut an overlong sentence at the best places that make every piece short enough."""
    pieces = [sentence]
    for cut in _CUTS:
        pieces = [
            short
            for piece in pieces
            for short in (
                _pack(_between(cut, piece, text)) if _size(piece) > MAX_SENTENCE else [piece]
            )
        ]
    return [
        Span(at, min(at + MAX_SENTENCE, piece.end))
        for piece in pieces
        for at in range(piece.start, piece.end, MAX_SENTENCE)
    ]


def _pack(pieces: Iterator[Span]) -> list[Span]:
    """Join neighbours again as long as the whole stays short enough."""
    packed: list[Span] = []
    for piece in pieces:
        if packed and piece.end - packed[-1].start <= MAX_SENTENCE:
            packed[-1] = Span(packed[-1].start, piece.end)
        else:
            packed.append(piece)
    return packed


def _between(cut: regex.Pattern[str], span: Span, text: str) -> Iterator[Span]:
    start = span.start
    for match in cut.finditer(text, span.start, span.end):
        if match.start() > start:
            yield Span(start, match.start())
        start = match.end()
    if span.end > start:
        yield Span(start, span.end)


def _trim(span: Span, text: str) -> Span:
    """Leave out white space at both ends and a list's bullet at the start."""
    leading = _LEADING.match(text, *span)
    start = leading.end() if leading else span.start
    return Span(start, max(start, span.start + len(span.of(text).rstrip())))


def _size(span: Span) -> int:
    return span.end - span.start


def count_words(text: str) -> int:
    """Count words; in scripts without spaces, two characters make one."""
    return len(text.split()) + len(_UNSPACED.findall(text)) // 2
