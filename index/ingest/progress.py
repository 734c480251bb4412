"""How far a run has come, told to whoever watches."""

from __future__ import annotations

from typing import Protocol

__all__ = ["PassProgress", "Progress", "Unwatched"]


class Progress(Protocol):
    """Told how far the indexer has come."""

    def reading(self, articles: int) -> None:
        """So many articles were read."""
        ...

    def encoding(self, done: int, total: int) -> None:
        """So many passages of so many were encoded and stored."""
        ...

    def sealing(self) -> None:
        """Everything is stored; the derived indexes are brought up to date."""
        ...


class PassProgress(Progress, Protocol):
    """Told how far a pass has come, and the indexer in it."""

    def visiting(self, source: str, done: int, total: int) -> None:
        """So many sources of so many are done; this one is next."""
        ...

    def looking(self, items: int) -> None:
        """So many articles of this source were looked at."""
        ...


class Unwatched:
    """Nobody watches."""

    def _ignore(self, *_: object) -> None:
        """Say nothing."""

    visiting = looking = reading = encoding = sealing = _ignore
