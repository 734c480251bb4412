"""What a site asks of robots. The only import of protego.

protego follows RFC 9309 with wildcards and the longest match; the standard library's parser knows
neither.
"""

from __future__ import annotations

import logging
from functools import lru_cache

from protego import Protego

__all__ = ["NAME", "delay_of", "is_allowed"]

NAME = "Clipdesk"
"""By which robots.txt may address us."""

_LONGEST_DELAY = 30.0
"""Seconds; a site that asks for more gets no more, or a pass would not end."""

logging.getLogger("protego").setLevel(logging.CRITICAL)  # it complains of every odd line


def is_allowed(rules: str, url: str) -> bool:
    """Say whether the text of a robots.txt lets us fetch `url`."""
    return bool(_parse(rules).can_fetch(url, NAME))


def delay_of(rules: str) -> float:
    """Return the seconds that it asks us to leave between two requests, at most 30."""
    asked = _parse(rules).crawl_delay(NAME)
    return min(float(asked or 0), _LONGEST_DELAY)


@lru_cache(maxsize=16)
def _parse(rules: str) -> Protego:
    return Protego.parse(rules)
