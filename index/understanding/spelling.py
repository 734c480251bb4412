"""Names in a question that no article mentions, and words of the coverage spelt nearly so."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from itertools import product

import regex

from index.storage.store import Store
from index.storage.words import WordIndex
from index.text.terms import stems
from index.understanding.casing import inner_parts
from index.understanding.spoken import find_names

__all__ = ["find_unknown"]

_SHORT = 5
"""Letters; a shorter word resembles too many."""

_LONG = 8
"""Letters from which on two may be wrong."""

_LIKE = 0.85
"""Share of letters in common, as difflib counts them, from which on a word may stand for another:
"Altmann" for "Altman", but not "Charter" for "Chargers"."""

_FOREIGN = 3
"""Words that no article has from which on, if they are most of a question, it is in another
language, and none of them is misspelt."""

_LOOKED_AT = 5
"""Passages in which the nearest spelling is looked for."""

_WORD = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Greek}\p{M}]+(?:[’'](?!s\b)\p{L}+)*")
_OPENS = regex.compile(r"(?:^|[.?!]\s+)[\s¿¡]*$")


def find_unknown(
    question: str, *, languages: Collection[str], words: WordIndex, store: Store
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what in a question no article has, and what may be meant.

    Args:
        question: What is looked for.
        languages: Of the coverage.
        words: Its word index.
        store: Its articles.

    Returns:
        Names that no article has, as they are written; and words of the coverage that are spelt
        nearly as words that none has.
    """
    said = [match.group() for match in _WORD.finditer(question)]
    unknown = {word for word in said if not _is_known(word, languages, words)}
    names = [] if question.isupper() else list(_names(question, unknown))
    is_foreign = len(unknown) >= _FOREIGN and len(unknown) > len(said) / 2
    wrong = [] if is_foreign else [word for word in said if word in unknown]
    near = (_find_near(word, languages, words, store) for word in wrong)
    return tuple(dict.fromkeys(names)), tuple(dict.fromkeys(filter(None, near)))


def _names(question: str, unknown: Collection[str]) -> Iterator[str]:
    """Yield the names that are unknown: whole ones, or the words of them that are.

    Any word that opens a sentence has a capital, and may be no name in another language. What
    letters stand for may be written out: USA.
    """
    for start, end in find_names(question):
        opens = _OPENS.search(question[:start]) and _WORD.match(question, start)
        name = question[opens.end() if opens else start : end].strip()
        strange = [w for w in _WORD.findall(name) if w in unknown and not w.isupper()]
        if strange and len(strange) == len(_WORD.findall(name)):
            yield name
        else:  # without the "del" of Mar del Plata
            yield from (word for word in strange if word != word.lower())


def _is_known(word: str, languages: Collection[str], words: WordIndex) -> bool:
    """Tell whether a word stands in the coverage, or says nothing in a language of it."""
    for language in {*languages, "en"}:
        terms = stems(word, language)
        if not terms or any(words.has(term) for term in terms):
            return True
    return False


def _find_near(word: str, languages: Collection[str], words: WordIndex, store: Store) -> str:
    """Return the name in the coverage that is spelt most like a word, as it stands there, or "".

    Only names: what is no word of the coverage may well be one of the language.
    """
    wrong = 0 if len(word) < _SHORT else 1 if len(word) < _LONG else 2
    for language, distance in product(languages, range(1, wrong + 1)):
        ids = words.near(stems(word, language)[0], distance, most=_LOOKED_AT)
        found = [name for name in _names_in(ids, store) if _is_like(word, name)]
        if found:
            return max(found, key=lambda name: _likeness(word, name))
    return ""


def _is_like(word: str, name: str) -> bool:
    """Tell whether a word may be a name misspelt: one letter or few are wrong, or their order."""
    one, other = word.casefold(), name.casefold()
    if one[0] != other[0]:
        return False
    is_shuffled = sorted(one) == sorted(other)
    wrong = sum(a != b for a, b in zip(one, other, strict=False))
    is_one_off = len(one) == len(other) and wrong == 1
    return is_shuffled or is_one_off or _likeness(word, name) >= _LIKE


def _likeness(word: str, name: str) -> float:
    return difflib.SequenceMatcher(None, word.casefold(), name.casefold()).ratio()


def _names_in(ids: Collection[int], store: Store) -> Iterator[str]:
    """Yield the words of passages that have a capital and do not begin a sentence."""
    return (word for word in inner_parts(ids, store, _WORD) if not word.islower())
