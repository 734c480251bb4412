"""When to ask a server again. The only import of tenacity."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import tenacity

from index.errors import SourceError

__all__ = ["DAY", "TransientError", "asking_again", "seconds_of"]

DAY = 24 * 3600.0
"""Seconds; no server makes us wait longer."""

_ATTEMPTS = 3
_PATIENCE = 30.0  # seconds that we wait for a host within a pass


class TransientError(SourceError):
    """The same request may succeed later.

    Attributes:
        after: Seconds that the server asks us to wait, where it does.
        rest: Seconds to leave the host alone once we have given up.
    """

    def __init__(self, reason: str, *, after: float | None = None, rest: float = 0.0) -> None:
        super().__init__(reason)
        self.after, self.rest = after, after or rest


def asking_again(sleep: Callable[[float], None]) -> tenacity.Retrying:
    """Return what calls a function up to three times, later and later, while it may help.

    Where the server says when, that is kept to; where it wants longer peace than half a minute,
    it is not asked again.
    """
    return tenacity.Retrying(
        stop=tenacity.stop_after_attempt(_ATTEMPTS),
        wait=_wait,
        retry=tenacity.retry_if_exception(_is_worth_another),
        sleep=sleep,
        reraise=True,
    )


def seconds_of(text: str) -> float | None:
    """Return the seconds that a `Retry-After` asks us to wait, at most a day; None without one."""
    try:
        if text.isdigit():
            return min(float(text), DAY)
        wanted = parsedate_to_datetime(text).timestamp() - time.time()
        return min(max(wanted, 0.0), DAY)
    except (ValueError, TypeError):
        return None


def _is_worth_another(error: BaseException) -> bool:
    if not isinstance(error, TransientError):
        return False
    return error.after is None or error.after <= _PATIENCE


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    after = error.after if isinstance(error, TransientError) else None
    if after is not None:
        return after
    return tenacity.wait_random_exponential(multiplier=1, max=10)(state)
