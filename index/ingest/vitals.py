"""How the sources of a data folder are doing."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from index.ingest.known import Record
from index.ingest.ledger import Ledger
from index.ingest.sources import FILE_NAME, Source, read_sources

__all__ = ["Health", "health", "health_if_any"]


@dataclass(frozen=True, slots=True)
class Health:
    """How one source is doing.

    Attributes:
        name, kind: As `sources.toml` has them.
        articles: How many came from it and are there now.
        newest: When its newest article was published; None where none is dated.
        succeeded: When it was last read with success, in UTC; None for never.
        failures: How often in a row it could not be read since.
        reason: Why, the last time; or "".
        stalled: Whether it failed so often that it was reported.
    """

    name: str
    kind: str
    articles: int
    newest: dt.date | None
    succeeded: dt.datetime | None
    failures: int
    reason: str
    stalled: bool


def health(folder: Path) -> tuple[Health, ...]:
    """Return how each source of a data folder is doing, in the order of `sources.toml`.

    Raises:
        SourceError: `sources.toml` is missing or wrong.
        CoverageError: What is known of them cannot be read.
    """
    sources = read_sources(folder).all
    if not Ledger.exists(folder):
        return tuple(_health_of(source, Record(source.name), 0) for source in sources)
    with closing(Ledger(folder, writable=False)) as ledger:
        return tuple(
            _health_of(source, ledger.record(source.name), ledger.articles_of(source.name))
            for source in sources
        )


def health_if_any(folder: Path) -> tuple[Health, ...]:
    """Return how the sources are doing; nothing where there is no `sources.toml`."""
    return health(folder) if (folder / FILE_NAME).exists() else ()


def _health_of(source: Source, record: Record, articles: int) -> Health:
    return Health(
        source.name,
        source.kind,
        articles,
        dt.date.fromisoformat(record.newest) if record.newest else None,
        dt.datetime.fromtimestamp(record.succeeded, dt.UTC) if record.succeeded else None,
        record.failures,
        record.reason,
        record.stalled,
    )
