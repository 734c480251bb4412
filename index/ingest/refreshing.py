"""One pass over the sources: what is new is indexed, what is gone leaves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from index.errors import ClipdeskError, SourceError
from index.ingest.gathering import gather
from index.ingest.handing import hand_over
from index.ingest.ledger import FOLDER, Ledger
from index.ingest.progress import PassProgress, Unwatched
from index.ingest.sources import Source, read_sources
from index.ingest.taking import Gone, Item, LeftOut, Taken
from index.models import Encoder
from index.settings import IndexSettings
from index.storage.derived import writing
from index.web.apart import Apart
from index.web.fetching import Fetcher

__all__ = ["STALLED", "Refreshed", "refresh"]

log = logging.getLogger(__name__)

STALLED = 3
"""Failures in a row from which on a source is stalled."""

_BATCH = 50
"""Articles indexed at once."""


@dataclass(slots=True)
class Refreshed:
    """What a pass did; article ids in the order met.

    Attributes:
        visited: Names of the sources visited.
        found: Headlines of the articles that the sources have new or changed, by id.
        added, changed, removed: What of them was not indexed so already, and what is gone.
        left_out: Where something stands that was not taken, and why.
        failed: Why a source could not be read, by its name.
        stalled, recovered: Names of sources to tell the operator of: each once.
        bodies: Bodies downloaded.
        unchanged: How often a server said that what we hold is still right (304).
    """

    visited: list[str] = field(default_factory=list)
    found: dict[str, str] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    stalled: list[str] = field(default_factory=list)
    recovered: list[str] = field(default_factory=list)
    bodies: int = 0
    unchanged: int = 0


def refresh(
    settings: IndexSettings,
    *,
    load_encoder: Callable[[], Encoder],
    watching: PassProgress | None = None,
    everything: bool = False,
    dry_run: bool = False,
    fetcher: Fetcher | None = None,
    apart: Apart | None = None,
) -> Refreshed:
    """Visit the sources that are due, and index what they have.

    Blocks for as long as servers take; call it off the event loop. A kill loses nothing that was
    indexed; what was not is found again by the next pass.

    Args:
        settings: Where the index lives, and whether private addresses are allowed.
        load_encoder: Returns the encoder that the index is built with, and is called only when
            there is something to encode.
        watching: Is told how far it has come.
        everything: Whether to visit every source, due or not.
        dry_run: Whether to index nothing, and remember nothing.
        fetcher: Fetches; made from the settings where it is not given. It is closed at the end.
        apart: Reads what was fetched, in a process of its own; likewise.

    Raises:
        SourceError: `sources.toml` is missing or wrong. (What is wrong with a source is in
            `failed`.)
        LockedError: Another pass is under way, or another process is writing to the index.
        CoverageError: The index, or what is known of the sources, cannot be used.
    """
    folder = settings.data_dir
    sources = read_sources(folder)
    fetcher = fetcher or Fetcher(
        private=settings.allow_private_addresses, contact=sources.contact, delay=sources.delay
    )
    load = cache(load_encoder)
    with (
        closing(fetcher),
        closing(apart or Apart()) as apart,
        writing(folder / FOLDER),
        closing(Ledger(folder)) as ledger,
    ):
        fetcher.hosts = ledger.hosts() | dict(fetcher.hosts)
        now = fetcher.clock()
        due = [
            source
            for source in sources.all
            if everything or now - ledger.record(source.name).tried >= source.every
        ]
        run = _Pass(folder, ledger, fetcher, apart, watching or Unwatched(), load, dry_run=dry_run)
        for done, source in enumerate(due):
            run.watching.visiting(source.name, done, len(due))
            run.visit(source)
        run.done.bodies, run.done.unchanged = fetcher.bodies, fetcher.unchanged
        return run.done


@dataclass(slots=True)
class _Pass:
    """A pass under way: what was found waits in `taken` and `gone` until it is handed over."""

    folder: Path
    ledger: Ledger
    fetcher: Fetcher
    apart: Apart
    watching: PassProgress
    load_encoder: Callable[[], Encoder]
    dry_run: bool
    done: Refreshed = field(default_factory=Refreshed)
    taken: dict[str, Taken] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    newest: str = ""

    def visit(self, source: Source) -> None:
        """Take what a source has, and write down whether it could be read."""
        self.newest = self.ledger.record(source.name).newest
        before = len(self.done.found), len(self.done.left_out)
        failure = ""
        try:
            items = gather(source, self.ledger, self.fetcher, self.apart, self.folder)
            for count, item in enumerate(_apart_from_others(items), start=1):
                self.watching.looking(count)
                self._note(item)
                if len(self.taken) >= _BATCH:
                    self._keep()
        except SourceError as error:
            failure = str(error)
        self._record(source, failure)
        self._keep()
        _report(
            logging.INFO,
            f"{source.name}: {failure}" if failure else f"{source.name}: visited",
            event="visited",
            source=source.name,
            kind=source.kind,
            error=failure,
            found=len(self.done.found) - before[0],
            left_out=len(self.done.left_out) - before[1],
        )

    def _note(self, item: Item) -> None:
        """Put an item to what waits; of two articles of one id the later is right."""
        if isinstance(item, Taken):
            self.taken[item.article.id] = item
            self.gone.discard(item.article.id)
            self.newest = max(self.newest, str(item.article.published or ""))
            self.done.found[item.article.id] = item.article.headline
            _report(logging.INFO, f"{item.place}: found", event="found", place=item.place,
                    article=item.article.id, headline=item.article.headline)  # fmt: skip
        elif isinstance(item, Gone):
            self.taken.pop(item.article, None)
            self.gone.add(item.article)
            _report(logging.INFO, f"{item.place}: gone", event="gone", place=item.place,
                    article=item.article)  # fmt: skip
        else:
            self._leave_out(item)

    def _leave_out(self, item: LeftOut) -> None:
        self.done.left_out.append(item)
        _report(logging.INFO, f"{item.place}: left out: {item.reason}", event="left_out",
                place=item.place, reason=item.reason)  # fmt: skip

    def _keep(self) -> None:
        """Index what waits, and only then remember that it was found."""
        if self.dry_run:
            self.ledger.undo()
        else:
            handed = hand_over(
                self.folder,
                list(self.taken.values()),
                {self.ledger.indexed_as(one) for one in self.gone},
                load_encoder=self.load_encoder,
                progress=self.watching,
            )
            self.done.added += handed.added
            self.done.changed += handed.changed
            self.done.removed += handed.removed
            for one in self.taken:
                self.ledger.rename(one, handed.known_as.get(one, one))
            for item in handed.left_out:
                self._leave_out(item)
                self.ledger.settle(item.place, due=None, reason=item.reason)
            self.ledger.keep_hosts(self.fetcher.hosts)
            self.ledger.commit()
        self.taken.clear()
        self.gone.clear()

    def _record(self, source: Source, failure: str) -> None:
        """Write down how the visit went; tell once that a source stalls or works again."""
        self.done.visited.append(source.name)
        if failure:
            self.done.failed[source.name] = failure
        if self.dry_run:
            return
        record = self.ledger.record(source.name)
        record.tried, record.newest, record.reason = self.fetcher.clock(), self.newest, failure
        record.succeeded = record.succeeded if failure else record.tried
        record.failures = record.failures + 1 if failure else 0
        if record.failures >= STALLED and not record.stalled:
            record.stalled = True
            self.done.stalled.append(source.name)
            _report(logging.WARNING, f"source {source.name!r} stalls: {failure}",
                    event="stalled", source=source.name, error=failure)  # fmt: skip
        elif record.stalled and not failure:
            record.stalled = False
            self.done.recovered.append(source.name)
            _report(logging.WARNING, f"source {source.name!r} works again",
                    event="recovered", source=source.name)  # fmt: skip
        self.ledger.keep(record)


def _report(level: int, message: str, **facts: object) -> None:
    """Log a line for people that carries the facts for programs."""
    log.log(level, "%s", message, extra={"facts": facts})


def _apart_from_others(items: Iterator[Item]) -> Iterator[Item]:
    """Yield what a source has; what strangers wrote may break us, but no source behind theirs.

    Raises:
        SourceError: It broke us.
    """
    try:
        yield from items
    except (ClipdeskError, OSError):
        raise
    except Exception as error:
        log.exception("reading a source failed")
        raise SourceError(f"reading it fails ({type(error).__name__}: {error})") from error
