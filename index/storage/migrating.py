"""No store, or one of an earlier format → one of this format, without encoding again."""

from __future__ import annotations

import hashlib
import json
import logging
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from index.errors import DamagedStoreError
from index.storage.connection import Connection, connect, explained_rows, transaction
from index.storage.kin import Kin
from index.storage.rows import ARTICLE_FIELDS, SCHEMA, read_date
from index.types import Article

__all__ = ["create", "migrate"]

log = logging.getLogger(__name__)


def create(path: Path) -> None:
    """Make an empty store beside its place and put it there: it is never half made."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    # SQLite would replay into a database what another of its name has left beside it.
    for name in (new.name, path.name):
        for suffix in ("-wal", "-shm"):
            path.with_name(name + suffix).unlink(missing_ok=True)
    with closing(connect(new)) as db:
        migrate(db, new)
    new.replace(path)


def migrate(db: Connection, path: Path) -> None:
    """Bring a store up to the format of `rows.SCHEMA`, in one transaction; make a new one.

    What is damaged stays damaged: its checksum does not become right.

    Args:
        db: A connection that may write.
        path: The store's file.
    """
    with transaction(db):
        old = _format_of(db) == "1"
        if old:
            log.warning("bringing %s up to date; this takes a moment", path)
            db.execute("ALTER TABLE article ADD COLUMN updated TEXT")
        for statement in SCHEMA.split(";\n"):
            db.execute(statement)
        if old:
            _fill_in(db, path)
            db.execute("UPDATE meta SET value = '2' WHERE key = 'format'")


def _format_of(db: Connection) -> str | None:
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
        return None
    row = db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    return row and str(row[0])


def _fill_in(db: Connection, path: Path) -> None:
    """Add what format 1 did not keep: digests over the date of update too, and kin."""
    kin = Kin(db, path)
    query = f"SELECT {ARTICLE_FIELDS} FROM article WHERE id = ?"
    for id_ in [id_ for (id_,) in db.execute("SELECT id FROM article ORDER BY rowid")]:
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
            kin.join(article)


def _digest_of_format_1(article: Article) -> str:
    fields = asdict(article)
    del fields["updated"]
    text = json.dumps(fields, default=str, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
