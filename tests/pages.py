"""The saved pages of the extraction benchmark, with what people took for their articles.

Source: https://github.com/scrapinghub/article-extraction-benchmark, 181 pages.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from typing import NamedTuple

from index.articles.fields import Fault, compose, name_fields
from index.articles.pages import extract
from index.types import Article
from tests.conftest import SHARED

FOLDER = SHARED / "data" / "extraction" / "article-extraction-benchmark"


class Page(NamedTuple):
    """A saved page.

    Attributes:
        id: Its name.
        saved: Its bytes as they were saved.
        html: The same as text.
        body: Its article's text, as people saw it.
        url: Where it was saved from.
    """

    id: str
    saved: bytes
    html: str
    body: str
    url: str


def pages() -> Iterator[Page]:
    """Yield every page, by name; ends the process with a reason where they are not here."""
    if not FOLDER.exists():
        sys.exit("needs ../shared/data/extraction/article-extraction-benchmark, which is not here")
    truth = json.loads((FOLDER / "ground-truth.json").read_text("utf-8"))
    for id_, said in sorted(truth.items()):
        saved = gzip.decompress((FOLDER / "html" / f"{id_}.html.gz").read_bytes())
        html, url = saved.decode("utf-8", "replace"), said.get("url", "")
        yield Page(id_, saved, html, said["articleBody"], url)


def articles_of_pages() -> list[Article]:
    """Return the articles of all pages that hold one."""
    found = []
    for page in pages():
        try:
            found.append(compose(name_fields(extract(page.html, page.id)), page.id))
        except Fault:  # bench_extraction tells of these
            continue
    return found
