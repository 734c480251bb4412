"""How far the coverage in the store reaches: where its articles come from, and the newest."""

from __future__ import annotations

import json
from collections.abc import Collection

from index.storage.connection import Connection, rows_by_id
from index.storage.rows import read_date
from index.types import Origin, Reach, Scope

__all__ = ["read_newest", "read_origins", "read_reach"]


_NEWEST = """
SELECT id FROM article
WHERE outlet NOT IN (SELECT value FROM json_each(:without))
    AND (:named = '[]' OR outlet IN (SELECT value FROM json_each(:named))
        OR byline IN (SELECT value FROM json_each(:named)))
    AND (:since IS NULL OR published >= :since)
    AND (:until IS NULL OR published <= :until)
ORDER BY published DESC, rowid DESC LIMIT :k
"""


def read_newest(db: Connection, k: int, without: Collection[str], scope: Scope) -> list[str]:
    """Return the ids of the `k` articles published last (see `Store.newest`)."""
    asked = {
        "without": json.dumps(list(without)),
        "named": json.dumps([*scope.outlets, *scope.bylines]),
        "since": scope.since and scope.since.isoformat(),
        "until": scope.until and scope.until.isoformat(),
        "k": k,
    }
    return [id_ for (id_,) in db.execute(_NEWEST, asked)]


def read_origins(db: Connection, ids: Collection[str]) -> dict[str, Origin]:
    """Return where articles come from, by id.

    Raises:
        ValueError, TypeError: One cannot be found, or its date is not what was written.
    """
    rows = rows_by_id(db, "id, outlet, byline, published FROM article", ids)
    found = {id_: Origin(outlet, byline, read_date(day)) for id_, outlet, byline, day in rows}
    if lost := set(ids) - found.keys():
        raise ValueError(f"the article {min(lost)!r} cannot be found")
    return found


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
