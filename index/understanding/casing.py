"""Names typed without capitals → as the coverage writes them: openai → OpenAI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import islice, pairwise

import regex

from index.storage.store import Store
from index.storage.words import WordIndex
from index.text.terms import stems
from index.understanding.spoken import find_times

__all__ = ["inner_parts", "write_names"]

_LOOKED_AT = 10
"""Passages in which it is looked up how a word is written."""

_MOST_WORDS = 30
"""Of a question whose names are looked up: what is longer was not typed in a chat, and each word
takes milliseconds."""

_MOSTLY = 0.8
"""Share of the times that it stands inside a sentence from which on a word is a name."""

_WORD = regex.compile(r"[\p{L}\p{M}]+")
_TOGETHER = regex.compile(r"[ -]")


def write_names(
    question: str, *, languages: Collection[str], words: WordIndex, store: Store
) -> str:
    """Return a question with its names as the coverage writes them, if it has no capital inside.

    People in a chat type none; what a name is shows in how the articles write it. So does what is
    none, though it begins a question: Score? Ordinary words are names together: Jordan Love, World
    Cup. A long text is left as it is.

    Args:
        question: On one line.
        languages: Of the coverage.
        words: Its word index.
        store: Its articles.
    """
    spoken = list(_WORD.finditer(question))
    if len(spoken) > _MOST_WORDS or question[1:] != question[1:].lower():
        return question

    def look_up(said: str) -> str:
        return _look_up(said, languages, words, store)

    times = find_times(question)
    written = question
    for one in spoken:
        if not any(time.start <= one.start() < time.end for time in times):
            written = _put(look_up(one[0]), one.start(), written)
    for one, other in pairwise(spoken):
        if _TOGETHER.fullmatch(question, one.end(), other.start()):
            both = question[one.start() : other.end()]
            if (name := look_up(both)) != both:
                written = _put(name, one.start(), written)
    return written


def inner_parts(ids: Collection[int], store: Store, part: regex.Pattern[str]) -> Iterator[str]:
    """Yield what matches in the sentences of passages, but for what each begins with."""
    passages = [stored.passage for stored in store.passages(ids)]
    articles = store.articles({passage.article for passage in passages})
    for passage in passages:
        for sentence in passage.sentences:
            said = sentence.of(articles[passage.article].body)
            first = _WORD.search(said)
            if first:
                yield from (match[0] for match in part.finditer(said, first.end()))


def _look_up(said: str, languages: Collection[str], words: WordIndex, store: Store) -> str:
    """Return one word or two as they mostly stand in the coverage: as a name, or as none."""
    if said == said.upper() or not stems(said, "en"):
        return said  # of a script without capitals, or no name
    ids: set[int] = set()
    for language in languages:
        terms = stems(said, language)
        ids.update(islice(words.search(terms, every=True), _LOOKED_AT) if terms else ())
    spelt = regex.compile(rf"\b{regex.escape(said)}\b", regex.IGNORECASE)
    written = Counter(inner_parts(ids, store, spelt))
    names = Counter({form: times for form, times in written.items() if _is_name(form)})
    if names and names.total() >= _MOSTLY * written.total():
        return names.most_common(1)[0][0]
    is_none = written[said.lower()] >= _MOSTLY * written.total() > 0
    return said.lower() if is_none else said


def _is_name(part: str) -> bool:
    return all(word != word.lower() for word in _WORD.findall(part))


def _put(part: str, at: int, text: str) -> str:
    return f"{text[:at]}{part}{text[at + len(part) :]}"
