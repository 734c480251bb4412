"""Sitemaps, news sitemaps and indexes of sitemaps → entries. The only import of lxml.

Source: https://www.sitemaps.org/protocol.html and
https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml import etree

from index.articles.fields import one_line, quote
from index.errors import SourceError
from index.web.entries import MOST, Entry, read_xml
from index.web.inflating import inflate

__all__ = ["SITEMAP", "Sitemap", "read_sitemap"]

SITEMAP = 50 * 2**20
"""Bytes in the largest sitemap, decompressed, as the protocol has it."""

_MOST_CHILDREN = 50


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists: articles or, if it is an index, further sitemaps; newest first."""

    entries: tuple[Entry, ...] = ()
    children: tuple[str, ...] = ()


def read_sitemap(data: bytes, *, content_type: str = "") -> Sitemap:
    """Return what a sitemap lists, also where it is packed with gzip.

    Raises:
        RefusedError: It declares entities, or is a bomb.
        SourceError: It is no sitemap.
    """
    if data.startswith(b"\x1f\x8b"):
        data, content_type = inflate([data], "gzip", bound=SITEMAP), ""
    root = _parse(read_xml(data, content_type))
    kind = etree.QName(root).localname
    if kind == "sitemapindex":
        children = [_texts(child) for child in root if _is(child, "sitemap")]
        newest = sorted(children, key=lambda texts: texts.get("lastmod", ""), reverse=True)
        return Sitemap(children=tuple(texts.get("loc", "") for texts in newest[:_MOST_CHILDREN]))
    if kind != "urlset":
        mend = "give the address of a sitemap, or of a feed as a feed"
        raise SourceError(f"not a sitemap: it is <{one_line(kind)}>; {mend}")
    entries = [_entry_of(_texts(child)) for child in root if _is(child, "url")]
    newest_first = sorted(
        entries, key=lambda entry: entry.published or entry.updated, reverse=True
    )
    return Sitemap(tuple(newest_first[:MOST]))


def _parse(text: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        reason = one_line(str(error.msg))
        raise SourceError(f"not a sitemap: {quote(reason)}; give the address of one") from None


def _entry_of(texts: dict[str, str]) -> Entry:
    return Entry(
        url=texts.get("loc", ""),
        headline=one_line(texts.get("title", "")),
        outlet=one_line(texts.get("name", "")),
        published=texts.get("publication_date", ""),
        updated=texts.get("lastmod", ""),
    )


def _texts(element: Any) -> dict[str, str]:
    """Return the texts of an element's parts by their names; the first of each."""
    found: dict[str, str] = {}
    for part in element.iter(etree.Element):
        # An image of the article has a `loc` and a `title`, too.
        if not _is_of_image(part) and part.text and part.text.strip():
            found.setdefault(etree.QName(part).localname, part.text.strip())
    return found


def _is_of_image(part: Any) -> bool:
    return (
        (etree.QName(part).namespace or "")
        .rpartition("/schemas/")[2]
        .startswith(("sitemap-image", "sitemap-video"))
    )


def _is(element: Any, kind: str) -> bool:
    return isinstance(element.tag, str) and etree.QName(element).localname == kind
