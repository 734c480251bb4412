"""The pages that a source listed, looked at when they are due."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from http import HTTPStatus

from index.articles.fields import Fault
from index.errors import ClipdeskError, RefusedError, SourceError
from index.ingest.known import Known
from index.ingest.ledger import Ledger
from index.ingest.sources import Source
from index.ingest.taking import Gone, Item, LeftOut, Taken, read_page
from index.text.decoding import decode
from index.web.apart import Apart
from index.web.fetching import NO_VALIDATORS, Fetched, Fetcher

__all__ = ["visit"]

_MOST_PAGES = 100
"""Pages of one source looked at in one pass; the others wait for the next."""

_LONGEST = 600.0
"""Seconds after which the other pages wait for the next pass, too."""

log = logging.getLogger(__name__)

_HOUR, _DAY = 3600.0, 86400.0
_LATEST = 30 * _DAY  # a page that stood so long is looked at as often again
_MOST_FAILURES = 8  # then a page that never gave an article is given up


def visit(source: Source, ledger: Ledger, fetcher: Fetcher, apart: Apart) -> Iterator[Item]:
    """Look at a source's pages that are due: the new ones, and the older ones ever more rarely.

    A page is asked for only what is new. What is 410, or 404 twice, is gone.
    """
    begun = fetcher.clock()
    for page in ledger.due(source.name, now=begun, most=_MOST_PAGES):
        if fetcher.clock() - begun > _LONGEST:
            return
        try:
            validators = page.validators if page.article else NO_VALIDATORS
            fetched = fetcher.get(page.url, validators)
            yield from _settle(page, fetched, source, ledger, apart, fetcher.clock())
        except (Fault, SourceError) as error:
            yield _fail(page, error, ledger, fetcher.clock())
        except (ClipdeskError, OSError):  # not the page's
            raise
        except Exception as error:  # or no page behind this one would ever be looked at
            log.exception("%s: reading it fails", page.url)
            unforeseen = SourceError(f"{page.url}: reading it fails ({type(error).__name__})")
            yield _fail(page, unforeseen, ledger, fetcher.clock())


def _settle(
    page: Known, fetched: Fetched, source: Source, ledger: Ledger, apart: Apart, now: float
) -> Iterator[Item]:
    due = now + min(max(now - page.since, _HOUR), _LATEST)
    if fetched.status == HTTPStatus.NOT_MODIFIED:
        ledger.settle(page.url, due=due, article=page.article, validators=page.validators)
    elif fetched.status == HTTPStatus.OK:
        text = decode(fetched.body, fetched.content_type)
        article = apart.call(read_page, text, fetched.url, page.told, outlet=source.outlet)
        ledger.settle(page.url, due=due, article=article.id, validators=fetched.validators)
        yield Taken(article, page.url)
        if page.article != article.id:
            yield from _go(page, ledger)
    elif page.article and (fetched.status == HTTPStatus.GONE or page.failures):
        ledger.settle(page.url, due=None, reason=f"gone: {fetched.status}")
        yield from _go(page, ledger)
    else:
        raise SourceError(f"{page.url}: the server answers {fetched.status}: it is not there")


def _go(page: Known, ledger: Ledger) -> Iterator[Gone]:
    """Yield the article that a page no longer gives, unless it is had from elsewhere."""
    if page.article and not ledger.is_held(page.article):
        yield Gone(page.article, page.url)


def _fail(page: Known, error: Fault | SourceError, ledger: Ledger, now: float) -> LeftOut:
    """Try again later and later; what was taken before stays."""
    failures = page.failures + 1
    hopeless = isinstance(error, RefusedError) or failures >= _MOST_FAILURES
    later = now + min(_HOUR * 2.0 ** min(failures - 1, _MOST_FAILURES), _DAY)
    reason = error.reason if isinstance(error, Fault) else str(error)
    ledger.settle(
        page.url,
        due=None if hopeless and not page.article else later,
        article=page.article,
        validators=page.validators,
        failures=failures,
        reason=reason,
    )
    return LeftOut(page.url, reason)
