"""An answer as the bot shows it: without the outlets that a chat leaves out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from index import Answer, Citation

__all__ = ["Asked", "leave_out"]


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer, and what is to be said of it.

    Attributes:
        answer: What to show.
        left_out: Outlets that would have answered, had the chat not left them out.
    """

    answer: Answer
    left_out: tuple[str, ...] = ()


def leave_out(answer: Answer, outlets: Collection[str]) -> tuple[Answer, tuple[str, ...]]:
    """Return an answer without what some outlets say, numbered anew.

    Returns:
        The answer, and these outlets where it refuses only because of them.
    """
    citations, nearest = _without(answer.citations, outlets), _without(answer.nearest, outlets)
    kept = replace(answer, citations=citations, nearest=nearest)
    if answer.answered and not kept.answered:
        return kept, tuple(dict.fromkeys(each.outlet for each in answer.citations))
    return kept, ()


def _without(citations: Collection[Citation], outlets: Collection[str]) -> tuple[Citation, ...]:
    kept = (each for each in citations if each.outlet not in outlets)
    return tuple(replace(each, number=at) for at, each in enumerate(kept, start=1))
