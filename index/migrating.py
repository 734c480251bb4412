"""A store of an earlier format → one of this format, in place and without encoding again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from index.connection import Connection, explained_rows
from index.errors import DamagedStoreError
from index.rows import ARTICLE_FIELDS, SCHEMA, read_date
from index.types import Article

__all__ = ["migrate"]


def migrate(db: Connection, path: Path) -> None:
    """Bring a store up to the format of `rows.SCHEMA`, in one transaction; make a new one.

    What is damaged stays damaged: its checksum does not become right.

    Args:
        db: A connection that may write.
        path: The store's file.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        if _format_of(db) == "1":
            _add_dates_of_update(db, path)
            db.execute("UPDATE meta SET value = '2' WHERE key = 'format'")
        for statement in SCHEMA.split(";\n"):
            db.execute(statement)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _format_of(db: Connection) -> str | None:
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
        return None
    row = db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    return row and str(row[0])


def _add_dates_of_update(db: Connection, path: Path) -> None:
    """Format 1 knew none, and took its digests without them."""
    db.execute("ALTER TABLE article ADD COLUMN updated TEXT")
    query = f"SELECT {ARTICLE_FIELDS} FROM article WHERE id = ?"
    for id_ in [id_ for (id_,) in db.execute("SELECT id FROM article")]:
        try:
            with explained_rows(path):
                row = db.execute(query, (id_,)).fetchone()
                _, headline, body, outlet, byline, published, url, language, _, digest = row
                date = read_date(published)
                article = Article(id_, headline, body, outlet, byline, date, url, language)
        except DamagedStoreError:
            continue
        if digest == _digest_of_format_1(article):
            db.execute("UPDATE article SET digest = ? WHERE id = ?", (article.digest, id_))


def _digest_of_format_1(article: Article) -> str:
    fields = asdict(article)
    del fields["updated"]
    text = json.dumps(fields, default=str, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
