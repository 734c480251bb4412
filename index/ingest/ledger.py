"""What is known of sources and of the pages they lead to: one small SQLite file.

It can be lost: then everything is fetched anew, and what is indexed stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import CoverageError, DamagedStoreError
from index.ingest.known import Known, Record, Visited
from index.storage.connection import connect, connect_to_read, explained
from index.web.fetching import NO_VALIDATORS, Host, Validators

__all__ = ["FOLDER", "Ledger"]

FOLDER = "sources"
"""The folder in the data folder that is the ledger's own."""

_FILE_NAME = "ledger.sqlite"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS source (
    name TEXT PRIMARY KEY,
    tried REAL NOT NULL,                   -- seconds since 1970, as all times here
    succeeded REAL NOT NULL,
    failures INTEGER NOT NULL,             -- in a row
    reason TEXT NOT NULL,
    stalled INTEGER NOT NULL,
    newest TEXT NOT NULL                   -- ISO date of the newest article
);
CREATE TABLE IF NOT EXISTS visit (
    url TEXT PRIMARY KEY, etag TEXT NOT NULL, modified TEXT NOT NULL,
    children TEXT NOT NULL,                -- the sitemaps that an index named: JSON
    reason TEXT NOT NULL                   -- why nothing could be made of it, or ''
);
CREATE TABLE IF NOT EXISTS host (
    origin TEXT PRIMARY KEY, rules TEXT NOT NULL, read REAL NOT NULL, not_before REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS page (
    url TEXT PRIMARY KEY,
    source TEXT NOT NULL,                  -- for which it is looked at
    fingerprint TEXT NOT NULL,             -- of what is listed of it: JSON, by source
    told TEXT NOT NULL,                    -- what the source said of it: JSON, by field
    etag TEXT NOT NULL DEFAULT '',
    modified TEXT NOT NULL DEFAULT '',
    article TEXT NOT NULL DEFAULT '',      -- the id of what it gave, or ''
    since REAL NOT NULL,                   -- when it was last listed as new
    due REAL,                              -- when to look at it; NULL for no more
    failures INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS page_due ON page (source, due);
CREATE INDEX IF NOT EXISTS page_article ON page (article);
CREATE TABLE IF NOT EXISTS held (
    source TEXT NOT NULL, article TEXT NOT NULL, PRIMARY KEY (source, article)
);
CREATE INDEX IF NOT EXISTS held_article ON held (article);
CREATE TABLE IF NOT EXISTS alias (
    article TEXT PRIMARY KEY,              -- the id by which sources have it
    indexed TEXT NOT NULL                  -- the one under which it is indexed
);
CREATE INDEX IF NOT EXISTS alias_indexed ON alias (indexed);
"""


class Ledger:
    """An open ledger. What is written is kept with `commit`, or not at all."""

    def __init__(self, folder: Path, *, writable: bool = True) -> None:
        """Open the ledger of a data folder; a writable one is made where there is none.

        Raises:
            CoverageError: It cannot be used.
        """
        self._path = folder / FOLDER / _FILE_NAME
        with self._explained():
            if writable:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._db = connect(self._path)
                self._db.executescript(_SCHEMA)
                self._db.execute("BEGIN")
            else:
                self._db = connect_to_read(self._path)

    @staticmethod
    def exists(folder: Path) -> bool:
        """Say whether there is one in a data folder."""
        return (folder / FOLDER / _FILE_NAME).exists()

    def commit(self) -> None:
        """Keep what was written since the last time."""
        with self._explained():
            self._db.execute("COMMIT")
            self._db.execute("BEGIN")

    def undo(self) -> None:
        """Forget what was written since the last `commit`."""
        with self._explained():
            self._db.execute("ROLLBACK")
            self._db.execute("BEGIN")

    def close(self) -> None:
        """Close it; what was not committed is forgotten."""
        self._db.close()

    # Sources

    def record(self, name: str) -> Record:
        """Return what is known of a source."""
        columns = "name, tried, succeeded, failures, reason, stalled, newest"
        rows = self._ask(f"SELECT {columns} FROM source WHERE name = ?", name)
        if not rows:
            return Record(name)
        _, tried, succeeded, failures, reason, stalled, newest = rows[0]
        return Record(name, tried, succeeded, failures, reason, bool(stalled), newest)

    def keep(self, record: Record) -> None:
        """Write down what is known of a source."""
        self._ask(
            "INSERT OR REPLACE INTO source VALUES (?, ?, ?, ?, ?, ?, ?)",
            record.name, record.tried, record.succeeded, record.failures, record.reason,
            record.stalled, record.newest,
        )  # fmt: skip

    def articles_of(self, name: str) -> int:
        """Return how many articles came from a source and are still there."""
        query = """SELECT count(*) FROM (
            SELECT article FROM page WHERE source = ?1 AND article <> ''
            UNION SELECT article FROM held WHERE source = ?1)"""
        return int(self._ask(query, name)[0][0])

    # What servers said

    def visited(self, url: str) -> Visited:
        """Return what came of the last visit to a feed, a sitemap or files."""
        rows = self._ask("SELECT etag, modified, children, reason FROM visit WHERE url = ?", url)
        if not rows:
            return Visited()
        etag, modified, children, reason = rows[0]
        return Visited(Validators(etag, modified), tuple(json.loads(children)), reason)

    def keep_visit(self, url: str, visited: Visited) -> None:
        """Write it down."""
        self._ask(
            "INSERT OR REPLACE INTO visit VALUES (?, ?, ?, ?, ?)",
            url, visited.validators.etag, visited.validators.modified,
            json.dumps(visited.children), visited.reason,
        )  # fmt: skip

    def hosts(self) -> dict[str, Host]:
        """Return what is known of hosts."""
        rows = self._ask("SELECT origin, rules, read, not_before FROM host")
        return {origin: Host(*known) for origin, *known in rows}

    def keep_hosts(self, hosts: Mapping[str, Host]) -> None:
        """Write down what is known of hosts."""
        for origin, host in hosts.items():
            self._ask(
                "INSERT OR REPLACE INTO host VALUES (?, ?, ?, ?)",
                origin, host.rules, host.read, host.not_before,
            )  # fmt: skip

    # Pages

    def is_listed(self, url: str, source: str, fingerprint: str) -> bool:
        """Say whether a page is known with all that a source lists of it now."""
        return self._listings(url).get(source) == fingerprint

    def adopt(self, url: str, source: str, fingerprint: str) -> bool:
        """Have a page looked at for a source that lists it, too; say whether that is all.

        It is not where the page has given no article, or the source listed it otherwise before.
        """
        listings = self._listings(url)
        has_given = self._ask("SELECT 1 FROM page WHERE url = ? AND article <> ''", url)
        if not listings or source in listings or not has_given:
            return False
        self._ask(
            "UPDATE page SET source = ?, fingerprint = ? WHERE url = ?",
            source, json.dumps(listings | {source: fingerprint}), url,
        )  # fmt: skip
        return True

    def list_page(
        self, url: str, source: str, fingerprint: str, told: Mapping[str, object], *, now: float
    ) -> None:
        """Write down that a source lists a page, which is to be looked at now."""
        self._ask(
            """INSERT INTO page (url, source, fingerprint, told, since, due)
            VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (url) DO UPDATE SET
            source = ?2, fingerprint = ?3, told = ?4, since = ?5, due = ?5, failures = 0,
            reason = ''""",
            url, source, json.dumps(self._listings(url) | {source: fingerprint}),
            json.dumps(told, ensure_ascii=False), now,
        )  # fmt: skip

    def _listings(self, url: str) -> dict[str, str]:
        """Return the fingerprints of what is listed of a page, by source."""
        rows = self._ask("SELECT fingerprint FROM page WHERE url = ?", url)
        found = rows[0][0] if rows else ""
        # What an earlier version wrote there is no JSON.
        return dict(json.loads(found)) if found.startswith("{") else {}

    def wake(self, url: str, source: str, *, now: float) -> None:
        """Have a page looked at now, for a source."""
        self._ask("UPDATE page SET source = ?, due = ? WHERE url = ?", source, now, url)

    def due(self, source: str, *, now: float, most: int) -> list[Known]:
        """Return a source's pages that are to be looked at now, the longest due first."""
        rows = self._ask(
            """SELECT url, told, etag, modified, article, since, failures FROM page
            WHERE source = ? AND due <= ? ORDER BY due, rowid LIMIT ?""",
            source, now, most,
        )  # fmt: skip
        return [
            Known(url, json.loads(told), Validators(etag, modified), *rest)
            for url, told, etag, modified, *rest in rows
        ]

    def settle(
        self,
        url: str,
        *,
        due: float | None,
        article: str = "",
        validators: Validators = NO_VALIDATORS,
        failures: int = 0,
        reason: str = "",
    ) -> None:
        """Write down what came of a page, and when to look at it again."""
        self._ask(
            """UPDATE page SET due = ?2, article = ?3, etag = ?4, modified = ?5, failures = ?6,
            reason = ?7 WHERE url = ?1""",
            url, due, article, validators.etag, validators.modified, failures, reason,
        )  # fmt: skip

    # Articles of files

    def hold(self, source: str, articles: Iterable[str]) -> None:
        """Write down that a source's files hold these articles."""
        for article in articles:
            self._ask("INSERT OR IGNORE INTO held VALUES (?, ?)", source, article)

    def let_go(self, source: str, kept: Collection[str]) -> list[str]:
        """Forget articles of a source that are not `kept`; return those that no other has."""
        rows = self._ask("SELECT article FROM held WHERE source = ?", source)
        gone = sorted({article for (article,) in rows} - set(kept))
        for article in gone:
            self._ask("DELETE FROM held WHERE source = ? AND article = ?", source, article)
        return [article for article in gone if not self.is_held(article)]

    def is_held(self, article: str) -> bool:
        """Say whether any source has an article, under this id or another."""
        query = """WITH same (id) AS (SELECT ?1 UNION SELECT article FROM alias WHERE indexed = ?1)
            SELECT EXISTS (SELECT 1 FROM held WHERE article IN same)
            OR EXISTS (SELECT 1 FROM page WHERE article IN same)"""
        return bool(self._ask(query, self.indexed_as(article))[0][0])

    # Articles that are indexed under another id than their source's

    def rename(self, article: str, indexed: str) -> None:
        """Write down under which id an article is indexed, be it its own."""
        self._ask("DELETE FROM alias WHERE article = ?", article)
        if indexed != article:
            self._ask("INSERT INTO alias VALUES (?, ?)", article, indexed)

    def indexed_as(self, article: str) -> str:
        """Return the id under which an article is indexed."""
        rows = self._ask("SELECT indexed FROM alias WHERE article = ?", article)
        return str(rows[0][0]) if rows else article

    def _ask(self, query: str, *values: Any) -> list[Any]:
        with self._explained():
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            with explained(self._path):
                yield
        except DamagedStoreError:
            raise CoverageError(
                f"{str(self._path)!r} is damaged: delete the folder {str(self._path.parent)!r}; "
                "everything is then fetched anew, and what is indexed stays"
            ) from None
