"""A page, or a feed's own text → an article that is where it says it is."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias
from urllib.parse import urlsplit

from tld import get_fld

from index.articles import pages
from index.articles.fields import Fault, compose, is_url, name_fields
from index.articles.identity import canonical
from index.types import Article
from index.web.entries import Entry

__all__ = [
    "Gone",
    "Item",
    "LeftOut",
    "Taken",
    "are_of_one_site",
    "read_entry",
    "read_page",
]

_OPTIONAL = ("published", "byline", "outlet")


class Taken(NamedTuple):
    """An article, and where it came from."""

    article: Article
    place: str


class LeftOut(NamedTuple):
    """Where something stands that is not taken, and why."""

    place: str
    reason: str


class Gone(NamedTuple):
    """The id of an article that is not there any more, and where it was."""

    article: str
    place: str


Item: TypeAlias = Taken | LeftOut | Gone
"""What a source yields."""


def are_of_one_site(one: str, other: str) -> bool:
    """Say whether two addresses belong to whoever registered their domain.

    >>> are_of_one_site("https://news.bbc.co.uk/a", "https://www.bbc.co.uk/b")
    True
    """
    return _site(one) == _site(other)


def read_page(text: str, url: str, told: Mapping[str, object], *, outlet: str = "") -> Article:
    """Return the article of a page.

    A page is believed its own address only within its site, so that none can take the place of
    another's article.

    Args:
        text: Its HTML.
        url: Where it was fetched from.
        told: What its source says of it, by field: it fills in what the page does not say.
        outlet: The publication, whatever the page says; or "".

    Raises:
        Fault: There is no article in it.
    """
    stem = str(told.get("headline") or urlsplit(url).path.rstrip("/").rpartition("/")[2] or url)
    found = name_fields(pages.extract(text, stem))
    found.pop("id", None)
    own = str(found.get("url", ""))
    found["url"] = canonical(own if own and are_of_one_site(own, url) else url)
    if outlet:
        found["outlet"] = outlet
    return _compose({**told, **found}, stem)


def read_entry(entry: Entry, place: str, *, outlet: str = "") -> Article:
    """Return the article of a feed's own text.

    Args:
        entry: As the feed lists it.
        place: Its canonical address, or "".
        outlet: The publication, whatever the feed says; or "".

    Raises:
        Fault: There is none in it.
    """
    title = html.escape(entry.headline)
    text = f"<html><head><title>{title}</title></head><body><article>{entry.html}</article></body>"
    found = pages.extract(text, entry.headline)
    told = {**entry.fields, "body": found["body"], "url": place}
    if outlet:
        told["outlet"] = outlet
    return _compose(name_fields(told), entry.id or entry.headline)


def _compose(fields: dict[str, object], stem: str) -> Article:
    """Make the article; what it can do without is left out where it is wrong."""
    try:
        return compose(fields, stem)
    except Fault as fault:
        if fault.field not in _OPTIONAL:
            raise
        return _compose({name: fields[name] for name in fields if name != fault.field}, stem)


def _site(url: str) -> str:
    if not is_url(url):
        return url
    host = urlsplit(url).hostname or ""
    return get_fld(url, fail_silently=True, search_private=True) or host
