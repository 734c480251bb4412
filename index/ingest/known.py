"""What is known of a source, of a visit and of a page, as the ledger keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from index.web.fetching import NO_VALIDATORS, Validators

__all__ = ["Known", "Record", "Visited"]


@dataclass(slots=True)
class Record:
    """What is known of a source.

    Attributes:
        name: The source's.
        tried, succeeded: When it was last visited, and with success; seconds since 1970, 0 for
            never.
        failures: In a row.
        reason: Of the last failure, or "".
        stalled: Whether it was reported as stalled.
        newest: ISO date of its newest article, or "".
    """

    name: str
    tried: float = 0.0
    succeeded: float = 0.0
    failures: int = 0
    reason: str = ""
    stalled: bool = False
    newest: str = ""


@dataclass(frozen=True, slots=True)
class Visited:
    """What came of a visit.

    Attributes:
        validators: By which the server knows what we read.
        children: The sitemaps that it named.
        reason: Why nothing could be made of it, or "".
    """

    validators: Validators = NO_VALIDATORS
    children: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A page that a source led to: when to look at it again, and what is known of it."""

    url: str
    told: Mapping[str, object] = field(default_factory=dict)
    validators: Validators = NO_VALIDATORS
    article: str = ""
    since: float = 0.0
    failures: int = 0
