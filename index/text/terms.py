"""Text → terms: the one way in which words are told apart, folded and stemmed.

Passages and questions pass through the same function, so a term of one can be looked up in the
other; each term knows where it stands, so that it can be shown.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

import regex
import Stemmer
import tantivy

from index.types import Span

__all__ = ["Term", "content_terms", "stems", "terms"]

# Scripts written without spaces, and Korean, whose particles cling to their nouns: these are cut
# into overlapping pairs of characters (Lucene's CJKBigramFilter does the same).
# Unicode gives the long vowel mark, ー, to no script.
_UNSPACED = r"[ーｰ\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_WORD = regex.compile(
    rf"(?P<unspaced>{_UNSPACED}+)"
    r"|(?P<acronym>\b(?:\p{L}\.){2,})"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    rf"|(?P<word>[[\p{{L}}\p{{M}}\p{{N}}_]--{_UNSPACED}]+)",
    regex.VERSION1,  # for the difference of sets, --
)

# The dots of acronyms, what sets off thousands, and the spaces that a ligature is spelt out with.
_DROPPED = regex.compile(r"\.(?!\d)|[.,](?=\d{3}(?!\d))|\s")

# How questions are framed in English; what they are about is left when these are taken away.
# tantivy's list for English (Lucene's) has 33 words, none of them of this kind.
_FRAME = frozenset(
    """
    i you he she we me him her them my your his our its who whom whose which what when where why
    how am were been being do does did doing done has have had having can could should would shall
    may might must many much more most some any all about from up down out over under again so
    than too very just also only own same both each other while during before after between
    because until say says said saying tell tells told s t d ll ve re m don didn doesn isn wasn
    """.split()
)
_LISTED = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian",
    "pt": "portuguese", "ru": "russian", "sv": "swedish",
}  # fmt: skip


class Term(NamedTuple):
    """A folded, stemmed word and where it stands."""

    text: str
    span: Span


def terms(text: str, language: str) -> list[Term]:
    """Return the terms of `text` in order, stop words included.

    Args:
        text: Any text.
        language: ISO 639 code; chooses the stemmer. Without a stemmer words are only folded.
    """
    return [Term(_stem(word, language), Span(*place)) for word, place in _words(text)]


def content_terms(text: str, language: str) -> list[Term]:
    """Return the terms that are not stop words of `language`, in order."""
    return [
        Term(_stem(word, language), Span(*place))
        for word, place in _words(text)
        if not _is_stop_word(word, language)
    ]


def stems(text: str, language: str) -> list[str]:
    """Return the texts of `content_terms`, in half of the time: for who need not show them."""
    return [_stem(word, language) for word, _ in _words(text) if not _is_stop_word(word, language)]


def _words(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for match in _WORD.finditer(text):
        start, end = match.span()
        if match.lastgroup != "unspaced":
            yield _fold(match.group()), (start, end)
        elif end - start == 1:
            yield match.group(), (start, end)
        else:
            for at in range(start, end - 1):
                yield text[at : at + 2], (at, at + 2)


@lru_cache(maxsize=65536)
def _fold(word: str) -> str:
    """Drop case, accents and dots: U.S. → us, Macrón → macron, 1,000 → 1000, but 3.5 → 3.5.

    A word of which that leaves nothing, such as an accent alone, stays as it is.
    """
    plain = unicodedata.normalize("NFKD", word).casefold()
    return _DROPPED.sub("", "".join(c for c in plain if not unicodedata.combining(c))) or word


@lru_cache(maxsize=65536)
def _stem(word: str, language: str) -> str:
    return _stemmer(language)(word)


@lru_cache(maxsize=64)
def _stemmer(language: str) -> Callable[[str], str]:
    try:
        stemmer = Stemmer.Stemmer(language)
    except KeyError:
        return str
    # Arabic's takes a filler of lines alone, ـ, for nothing.
    return lambda word: str(stemmer.stemWord(word)) or word


@lru_cache(maxsize=65536)
def _is_stop_word(word: str, language: str) -> bool:
    if language == "en" and word in _FRAME:
        return True
    return language in _LISTED and not _stop_filter(_LISTED[language]).analyze(word)


@lru_cache(maxsize=64)
def _stop_filter(name: str) -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw())
    return builder.filter(tantivy.Filter.stopword(name)).build()
