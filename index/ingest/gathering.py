"""Source → what is to be taken in, what is left out and why, and what is gone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

from index.articles import files
from index.articles.fields import Fault
from index.articles.identity import canonical
from index.errors import RefusedError, SourceError
from index.ingest import archives
from index.ingest.known import Visited
from index.ingest.ledger import Ledger
from index.ingest.sources import FeedSource, FilesSource, PageSource, SitemapSource, Source
from index.ingest.taking import Gone, Item, LeftOut, Taken, are_of_one_site, read_entry
from index.ingest.visiting import visit
from index.types import Article
from index.web.apart import Apart
from index.web.entries import Entry
from index.web.feeds import read_feed
from index.web.fetching import PAGE, Fetched, Fetcher, Validators
from index.web.sitemaps import SITEMAP, Sitemap, read_sitemap

__all__ = ["gather"]

_FEED = 2 * PAGE
"""Bytes in the largest feed."""


def gather(
    source: Source, ledger: Ledger, fetcher: Fetcher, apart: Apart, folder: Path
) -> Iterator[Item]:
    """Yield what a source has that is new, changed or gone, and what of it is left out.

    What is written to the ledger is true once all that was yielded before is indexed.

    Args:
        source: Where to look.
        ledger: What is known already.
        fetcher: Fetches.
        apart: Reads.
        folder: Where relative paths begin.

    Raises:
        SourceError: The source itself cannot be read.
    """
    if isinstance(source, FeedSource):
        yield from _gather_feed(source, ledger, fetcher, apart)
        yield from visit(source, ledger, fetcher, apart)
    elif isinstance(source, SitemapSource):
        yield from _gather_sitemap(source, source.url, ledger, fetcher, apart, depth=1)
        yield from visit(source, ledger, fetcher, apart)
    elif isinstance(source, PageSource):
        yield from _gather_page(source, ledger, fetcher, apart)
    elif isinstance(source, FilesSource):
        yield from _gather_files(source, ledger, folder / source.path)


def _gather_feed(
    source: FeedSource, ledger: Ledger, fetcher: Fetcher, apart: Apart
) -> Iterator[Item]:
    fetched = _fetch(source.url, ledger, fetcher, _FEED)
    if fetched is None:
        return
    with _remembered(source.url, fetched, ledger):
        entries = apart.call(
            read_feed, fetched.body, content_type=fetched.content_type, url=fetched.url
        )
    for entry in entries:
        yield from _list(entry, source, fetched.url, ledger, apart, fetcher.clock())
    ledger.keep_visit(source.url, Visited(fetched.validators))


def _gather_sitemap(
    source: SitemapSource, url: str, ledger: Ledger, fetcher: Fetcher, apart: Apart, *, depth: int
) -> Iterator[Item]:
    """List what a sitemap lists, and what the sitemaps do that it names: no further.

    One that names only what cannot be read cannot be read itself.
    """
    fetched = _fetch(url, ledger, fetcher, SITEMAP)
    found = Sitemap(children=ledger.visited(url).children)
    if fetched is not None:
        with _remembered(url, fetched, ledger):
            found = apart.call(read_sitemap, fetched.body, content_type=fetched.content_type)
    for entry in found.entries:
        yield from _list(entry, source, source.url, ledger, apart, fetcher.clock())
    failures: list[SourceError] = []
    children = found.children if depth else ()
    for child in children:
        try:
            yield from _gather_sitemap(source, child, ledger, fetcher, apart, depth=depth - 1)
        except SourceError as error:
            failures.append(error)
            yield LeftOut(child, str(error))
    if fetched is not None:
        ledger.keep_visit(url, Visited(fetched.validators, found.children))
    if failures and len(failures) == len(children):
        raise failures[0]


def _fetch(url: str, ledger: Ledger, fetcher: Fetcher, bound: int) -> Fetched | None:
    """Return what stands at a feed's or sitemap's address, or None where we have read it."""
    before = ledger.visited(url)
    fetched = fetcher.get(url, before.validators, bound=bound)
    if fetched.status == HTTPStatus.NOT_MODIFIED:
        if before.reason:
            raise SourceError(before.reason)
        return None
    if fetched.status != HTTPStatus.OK:
        raise SourceError(f"{url}: the server answers {fetched.status}: give its new address")
    return fetched


@contextmanager
def _remembered(url: str, fetched: Fetched, ledger: Ledger) -> Iterator[None]:
    """Name the address of what nothing can be made of, and do not read it again."""
    try:
        yield
    except SourceError as error:
        said = f"{url}: {error}"
        ledger.keep_visit(url, Visited(fetched.validators, reason=said))
        raise type(error)(said) from None


def _gather_page(
    source: PageSource, ledger: Ledger, fetcher: Fetcher, apart: Apart
) -> Iterator[Item]:
    place = canonical(source.url)
    if not ledger.is_listed(place, source.name, ""):
        ledger.list_page(place, source.name, "", {}, now=fetcher.clock())
    ledger.wake(place, source.name, now=fetcher.clock())
    for item in visit(source, ledger, fetcher, apart):
        if isinstance(item, LeftOut):  # there is nothing else in this source
            raise SourceError(f"{item.place}: {item.reason}")
        yield item


def _list(
    entry: Entry,
    source: FeedSource | SitemapSource,
    origin: str,
    ledger: Ledger,
    apart: Apart,
    now: float,
) -> Iterator[Item]:
    """Have an entry's page looked at, or take what the feed itself has of it.

    A feed is believed the text of articles of its own site only, so that none can put words into
    another's mouth.
    """
    place = canonical(entry.url)
    key = place or f"{source.url}#{entry.id or entry.headline}"
    if ledger.is_listed(key, source.name, entry.fingerprint):
        return
    if ledger.adopt(key, source.name, entry.fingerprint):
        return  # what another source tells of it is no news
    ledger.list_page(key, source.name, entry.fingerprint, entry.fields, now=now)
    if entry.html and are_of_one_site(place or origin, origin):
        try:
            article = apart.call(read_entry, entry, place, outlet=source.outlet)
        except (Fault, RefusedError):
            pass  # the page may have more
        else:
            ledger.settle(key, due=None, article=article.id)
            yield Taken(article, key)
            return
    if not place:
        reason = "the feed gives neither a link nor the text of this entry"
        ledger.settle(key, due=None, reason=reason)
        yield LeftOut(key, reason)


def _gather_files(source: FilesSource, ledger: Ledger, path: Path) -> Iterator[Item]:
    """Read files that changed since the last time; what is gone from all of them is gone."""
    seen = Visited(Validators(_fingerprint(path)))
    key = f"files:{source.name}"
    if ledger.visited(key) == seen:
        return
    kept, whole = set[str](), True
    found = archives.read(path) if archives.is_archive(path) else files.read([path])
    for item in found:
        if isinstance(item, Article):
            article = replace(item, outlet=source.outlet) if source.outlet else item
            kept.add(article.id)
            ledger.hold(source.name, [article.id])
            yield Taken(article, str(path))
        else:
            whole = False
            yield LeftOut(item.path, str(item))
    if whole:  # what cannot be read may be what would be missed
        for id_ in ledger.let_go(source.name, kept):
            yield Gone(id_, str(path))
    ledger.keep_visit(key, seen)


def _fingerprint(path: Path) -> str:
    """Return what changes whenever a file in the path does."""
    try:
        paths = sorted(path.rglob("*")) if path.is_dir() else [path]
        stats = [(str(one), one.stat().st_size, one.stat().st_mtime_ns) for one in paths]
    except OSError as error:
        reason = error.strerror or error
        raise SourceError(f"{path}: cannot be read: {reason}; check the path") from None
    return hashlib.sha256(repr(stats).encode("utf-8", "surrogateescape")).hexdigest()
