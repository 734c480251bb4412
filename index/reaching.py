"""How far the coverage in the store reaches."""

from __future__ import annotations

from index.connection import Connection
from index.rows import read_date
from index.types import Reach

__all__ = ["read_reach"]


def read_reach(db: Connection) -> Reach:
    """Return how far the coverage reaches.

    Raises:
        ValueError, TypeError: A date is not what was written.
    """
    count, first, last = db.execute(
        "SELECT count(*), min(published), max(published) FROM article"
    ).fetchone()
    outlets = db.execute(
        "SELECT outlet, count(*) FROM article GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    languages = db.execute("SELECT DISTINCT language FROM article ORDER BY 1")
    bylines = db.execute("SELECT DISTINCT byline FROM article WHERE byline <> ''")
    return Reach(
        count,
        read_date(first),
        read_date(last),
        tuple(outlets),
        tuple(language for (language,) in languages),
        frozenset(byline for (byline,) in bylines),
    )
