"""The part of the coverage that a question asks about: what lies in it, and what is preferred."""

from __future__ import annotations

from collections.abc import Sequence

from index.types import Origin, Scope

__all__ = ["covers", "deny", "prefer", "within"]

_OUTLET = 0.25
"""What an outlet or byline that the question names adds to a fused score of 0 to 1."""

_DATE = 0.2
"""What a day that the question names adds."""


def within(scope: Scope, origin: Origin) -> bool:
    """Tell whether an article lies within the time asked about; one without a date does."""
    if origin.published is None:
        return True
    after = scope.since is None or scope.since <= origin.published
    return after and (scope.until is None or origin.published <= scope.until)


def covers(scope: Scope, origin: Origin) -> bool:
    """Tell whether an article is of the time asked about and, where any is named, by one named."""
    is_named = origin.outlet in scope.outlets or origin.byline in scope.bylines
    return within(scope, origin) and (is_named or not (scope.outlets or scope.bylines))


def deny(outlets: Sequence[str]) -> str:
    """Return that there is no coverage by some outlets, in words."""
    return f"There is no coverage by {' or '.join(outlets)}."


def prefer(scope: Scope, origin: Origin) -> float:
    """Return what an article's origin adds to its score, 0 and up."""
    named = origin.outlet in scope.outlets or origin.byline in scope.bylines
    return _OUTLET * named + _DATE * (origin.published in scope.dates)
