"""Which passages came to the store and which left it between two moments.

By this the derived indexes catch up, at a cost that depends on what happened meanwhile and not on
how many passages stand.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from index.storage.connection import Connection, explained_rows

__all__ = ["Moment", "Turnover"]


class Moment(NamedTuple):
    """How far the store had come.

    Attributes:
        passage: The greatest id of a passage, 0 without any.
        departure: The number of the last departure, 0 before the first.
    """

    passage: int = 0
    departure: int = 0


class Turnover:
    """Arrivals and departures of passages in the store that `db` is a connection to."""

    def __init__(self, db: Connection, path: Path) -> None:
        self._db, self._reading = db, partial(explained_rows, path)

    def now(self) -> Moment:
        """Return how far the store has come."""
        with self._reading():
            (passage,) = self._db.execute("SELECT coalesce(max(id), 0) FROM passage").fetchone()
            if not self._has_departures():
                return Moment(int(passage))
            query = "SELECT coalesce(max(number), 0) FROM departure"
            (departure,) = self._db.execute(query).fetchone()
            return Moment(int(passage), int(departure))

    def between(self, since: Moment, until: Moment) -> tuple[np.ndarray, np.ndarray]:
        """Return the ids, int64, of passages that were there and left, and of those that came.

        What came and left again in between is in neither.
        """
        with self._reading():
            came = self._ids(
                "SELECT id FROM passage WHERE id > ? AND id <= ? ORDER BY id",
                since.passage,
                until.passage,
            )
            if not self._has_departures():
                return came[:0], came
            # Not what stands: a damaged row must not make it leave an index.
            left = self._ids(
                """SELECT passage FROM departure WHERE number > ? AND number <= ? AND passage <= ?
                AND NOT EXISTS (SELECT 1 FROM passage WHERE id = departure.passage)""",
                since.departure,
                until.departure,
                since.passage,
            )
            return left, came

    def _ids(self, query: str, *values: int) -> np.ndarray:
        return np.array(self._db.execute(query, values).fetchall(), dtype=np.int64).ravel()

    def _has_departures(self) -> bool:
        """Tell whether they are recorded: by the first writer since they are, before it writes."""
        query = "SELECT 1 FROM sqlite_master WHERE name = 'departure'"
        return self._db.execute(query).fetchone() is not None
