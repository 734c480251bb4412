"""Sitemaps and indexes of sitemaps → entries."""

from __future__ import annotations

import gzip

import pytest

from index.errors import RefusedError, SourceError
from index.web.entries import Entry
from index.web.sitemaps import Sitemap, read_sitemap

NEWS = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://daily.example/old </loc><lastmod>2024-09-01</lastmod></url>
<url><image:image><image:loc>https://daily.example/a.png</image:loc><image:title>A picture
</image:title></image:image><loc>https://daily.example/held</loc><news:news><news:publication>
<news:name>The Daily</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2024-09-03T10:00:00Z</news:publication_date>
<news:title>Founder held</news:title></news:news></url></urlset>"""
INDEX = b"""<sitemapindex><sitemap><loc>https://daily.example/1.xml</loc></sitemap>
<sitemap><loc>https://daily.example/2.xml</loc><lastmod>2024-09-03</lastmod></sitemap>
</sitemapindex>"""


@pytest.mark.parametrize("data", [NEWS, gzip.compress(NEWS)], ids=["plain", "gzip"])
def test_a_news_sitemap_is_read_newest_first(data: bytes) -> None:
    held = Entry(
        "https://daily.example/held", "Founder held", "", "The Daily", "2024-09-03T10:00:00Z"
    )
    old = Entry("https://daily.example/old", updated="2024-09-01")
    assert read_sitemap(data) == Sitemap((held, old))


def test_an_index_names_its_sitemaps_newest_first() -> None:
    urls = ("https://daily.example/2.xml", "https://daily.example/1.xml")
    assert read_sitemap(INDEX) == Sitemap(children=urls)


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"<rss></rss>", "it is <rss>"), (b"hello", "not a sitemap"), (b"<urlset>", "not a sitemap")],
)
def test_what_is_no_sitemap_says_so(data: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read_sitemap(data)


def test_a_sitemap_that_may_do_harm_is_refused() -> None:
    with pytest.raises(RefusedError, match="declares the entity"):
        read_sitemap(b'<!DOCTYPE urlset [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + INDEX)
    with pytest.raises(RefusedError, match="larger than"):
        read_sitemap(gzip.compress(b" " * (60 * 2**20)))
