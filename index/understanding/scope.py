"""The part of the coverage that a question asks about: what lies in it, and what is preferred."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from index.types import Origin, Scope
from index.understanding.dates import REPORTED

__all__ = ["bound", "covers", "deny", "named_by", "prefer", "within"]

_OUTLET = 0.25
"""What an outlet or byline that the question names adds to a fused score of 0 to 1."""

_DATE = 0.2
"""What a day that the question names adds."""


def bound(scope: Scope, today: dt.date) -> Scope:
    """Return a scope whose days are no preference but a bound, none of them after today.

    What an outlet brought out on a day is of that day; what happened is reported two days more.
    """
    if not scope.dates:
        return scope
    last = max(scope.dates)
    if not (scope.outlets or scope.bylines):
        last = max(last, min(last + REPORTED, today))
    return replace(scope, since=min(scope.dates), until=last, dates=())


def within(scope: Scope, origin: Origin) -> bool:
    """Tell whether an article lies within the time asked about; one without a date does."""
    if origin.published is None:
        return True
    after = scope.since is None or scope.since <= origin.published
    return after and (scope.until is None or origin.published <= scope.until)


def named_by(scope: Scope, origin: Origin) -> str:
    """Return which outlet or author that a scope names an article is by, or ""."""
    if origin.outlet in scope.outlets:
        return origin.outlet
    return origin.byline if origin.byline in scope.bylines else ""


def covers(scope: Scope, origin: Origin) -> bool:
    """Tell whether an article is of the time asked about and, where any is named, by one named."""
    is_anybody = not (scope.outlets or scope.bylines)
    return within(scope, origin) and (is_anybody or bool(named_by(scope, origin)))


def deny(outlets: Sequence[str]) -> str:
    """Return that there is no coverage by some outlets, in words."""
    return f"There is no coverage by {' or '.join(outlets)}."


def prefer(scope: Scope, origin: Origin) -> float:
    """Return what an article's origin adds to its score, 0 and up."""
    return _OUTLET * bool(named_by(scope, origin)) + _DATE * (origin.published in scope.dates)
