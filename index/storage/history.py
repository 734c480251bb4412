"""Versions of an article → what changed in it, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from index.text.passages import sentences
from index.types import Article, Version

__all__ = ["Change", "recount"]


@dataclass(frozen=True, slots=True)
class Change:
    """What changed in an article at one moment.

    Attributes:
        at: The moment, in UTC.
        fields: Name, value before and value after of what changed beside the body; "" for none.
        gone: Sentences of the body that stand there no longer, in order.
        new: Sentences that stand there since, in order.
        removed: Whether the whole article was removed; then all else is empty.
    """

    at: dt.datetime
    fields: tuple[tuple[str, str, str], ...] = ()
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    removed: bool = False


def recount(versions: Sequence[Version], now: Article | None) -> list[Change]:
    """Return what changed in an article, oldest first.

    Args:
        versions: What it said before, oldest first.
        now: The article as it stands, or None where it was removed.
    """
    states = [*(version.article for version in versions), now]
    moments = [version.until for version in versions]
    pairs = zip(moments, pairwise(states), strict=True)
    return [_compare(at, before, after) for at, (before, after) in pairs if before is not None]


def _compare(at: dt.datetime, before: Article, after: Article | None) -> Change:
    if after is None:
        return Change(at, removed=True)
    one, other = _sentences(before), _sentences(after)
    steps = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    changed = [step for step in steps if step[0] != "equal"]
    return Change(
        at,
        tuple(_changed_fields(before, after)),
        tuple(text for _, start, end, _, _ in changed for text in one[start:end]),
        tuple(text for _, _, _, start, end in changed for text in other[start:end]),
    )


def _changed_fields(before: Article, after: Article) -> Iterator[tuple[str, str, str]]:
    one, other = asdict(before), asdict(after)
    for name in one:
        if name != "body" and one[name] != other[name]:
            yield name, str(one[name] or ""), str(other[name] or "")


def _sentences(article: Article) -> list[str]:
    return [span.of(article.body) for span in sentences(article.body, article.language)]
