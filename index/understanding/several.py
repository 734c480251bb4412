"""Several questions sent at once → each by itself; their answers → one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, zip_longest

import regex

from index.types import Answer, Citation, Scope
from index.understanding.courtesies import is_courtesy
from index.understanding.query import MAX_QUESTION, describe, unique

__all__ = ["merge", "split_questions"]

_MOST = 4
"""Questions; of more none is answered by itself: each takes as long as one alone."""

_END = regex.compile(r"(?<![?？؟])[?？؟][!?？؟\p{Pe}\p{Pf}]*+(?:\s+|$)")
_QUOTED = regex.compile(r"[“„\"«「『][^“”„\"«»「」『』]*[”“\"»」』]")
_LETTER = regex.compile(r"[\p{L}\p{N}]")


def split_questions(text: str) -> list[str]:
    """Return the questions of a text, each with what is said before it, without courtesies.

    Where it has none, or very many, the text as it is.

    Example:
        >>> split_questions("Who founded Telegram? How many users does it have? Thanks!")
        ['Who founded Telegram?', 'How many users does it have?']

    Args:
        text: What was sent, cleaned.
    """
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    ends = [
        match.end()
        for match in _END.finditer(text)
        if not any(start < match.start() < end for start, end in quoted)
    ]
    parts = [text[at:end].strip() for at, end in zip([0, *ends], ends, strict=False)]
    rest = text[ends[-1] :].strip() if ends else ""
    if parts and rest and not is_courtesy(rest):
        parts[-1] = f"{parts[-1]} {rest}"
    asked = [part for part in parts if _LETTER.search(part) and not is_courtesy(part)]
    return asked if 1 <= len(asked) <= _MOST else [text]


def merge(question: str, answers: Sequence[Answer], k: int) -> Answer:
    """Return the one answer to several questions: the best citation for each, then the next.

    It answers where one of them is answered, and tells which are not.

    Args:
        question: All that was sent, cleaned.
        answers: To each, in order; all looked for in one time.
        k: Most citations, 1 and up.
    """
    answered = [one for one in answers if one.answered]
    is_explained = all(one.reason for one in answers)
    text = " ".join(_alone([one.text for one in answers]))
    scope = _join([one.scope for one in answers], is_explained=is_explained)
    return Answer(
        question=question,
        citations=_deal([one.citations for one in answered], k),
        nearest=() if answered else _deal([one.nearest for one in answers], k),
        reach=answers[-1].reach,
        text=text if len(text) <= MAX_QUESTION else question,  # so that it can be asked again
        told=answers[-1].told,
        scope=scope,
        understood=describe(scope),
        reason=" ".join(unique(one.reason for one in answers)) if is_explained else "",
        without=answers[-1].without,
        unanswered=tuple(one.question for one in answers if not one.answered) if answered else (),
        unsaid=unique(chain.from_iterable(one.unsaid for one in answers)),
        unmentioned=unique(chain.from_iterable(one.unmentioned for one in answers)),
        meant=unique(chain.from_iterable(one.meant for one in answers)),
    )


def _alone(texts: Sequence[str]) -> Iterator[str]:
    """Yield the texts that the next one does not begin with, as an unclear follow-up does."""
    for text, after in zip_longest(texts, texts[1:], fillvalue=""):
        if not after.startswith(text):
            yield text


def _deal(cited: Sequence[Sequence[Citation]], k: int) -> tuple[Citation, ...]:
    """Return up to `k` citations, of each row in turn, without such as overlap an earlier one."""
    dealt: list[Citation] = []
    for one in filter(None, chain.from_iterable(zip_longest(*cited))):
        if not any(_overlap(one, other) for other in dealt):
            dealt.append(replace(one, number=len(dealt) + 1))
    return tuple(dealt[:k])


def _overlap(one: Citation, other: Citation) -> bool:
    return one.article == other.article and one.start < other.end and other.start < one.end


def _join(scopes: Sequence[Scope], *, is_explained: bool) -> Scope:
    """Return whom and what any of some scopes names.

    Args:
        scopes: Of each question; of one time.
        is_explained: Whether all are refused for what they name; else what is absent is lacking,
            too.
    """
    absent = unique(chain.from_iterable(one.absent for one in scopes))
    lacking = chain.from_iterable(one.lacking for one in scopes)
    return Scope(
        outlets=unique(chain.from_iterable(one.outlets for one in scopes)),
        bylines=unique(chain.from_iterable(one.bylines for one in scopes)),
        absent=absent,
        lacking=unique(lacking if is_explained else [*absent, *lacking]),
        left_out=unique(chain.from_iterable(one.left_out for one in scopes)),
        unwanted=unique(chain.from_iterable(one.unwanted for one in scopes)),
        since=scopes[0].since,
        until=scopes[0].until,
        dates=unique(chain.from_iterable(one.dates for one in scopes)),
        phrases=unique(chain.from_iterable(one.phrases for one in scopes)),
    )
