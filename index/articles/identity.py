"""What an article is known by, whatever its id: where it stands, and what it says.

The only import of courlan.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit

import courlan

from index.articles.fields import is_url
from index.types import Article

__all__ = ["canonical", "keys", "place"]

# An address of a copy that somebody else serves: of what, stands in its path.
_CACHED = re.compile(
    r"(?:[^/]+\.cdn\.ampproject\.org/[a-z]+|(?:www\.)?google\.[a-z.]+/amp)/(?:s/)?"
)
_HOST = re.compile(r"(?:(?:www|m|mobile|amp)\.)+(?=[^/]+\.)")
_AMP_PATH = re.compile(r"/amp(?=/|$)|\.amp(?=(?:\.html?)?$)", re.IGNORECASE)
_AMP_QUERY = re.compile(r"(?:^|&)(?:amp(?:=[^&]*)?|output_?type=amp)(?=&|$)", re.IGNORECASE)

# What courlan raises where an address cannot be taken apart.
_NO_ADDRESS = (AttributeError, TypeError, ValueError)


def keys(article: Article) -> list[str]:
    """Return what an article is known by: its place, if it has one, and a hash of its text.

    Two articles with a key in common are the same one, or claim to stand in the same place.
    """
    said = "\n".join(
        " ".join(part.casefold().split())
        for part in (article.outlet, article.headline, article.body)
    )
    hashed = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
    return [key for key in (place(article.url), f"sha256:{hashed}") if key]


def canonical(url: str) -> str:
    """Return an address without what only tells where a reader came from.

    One that cannot be taken apart stays as it is, to be refused when it is fetched.

    >>> canonical("https://Daily.example/held?utm_source=rss&id=7")
    'https://daily.example/held?id=7'
    """
    try:
        return _normalize(url) if is_url(url) else url
    except _NO_ADDRESS:
        return url


def place(url: str) -> str:
    """Return the place that an address leads to, the same for all addresses of one article.

    Scheme, `www.`, marks of tracking and of AMP, fragments and a last slash make no difference.
    The front page of a site is no article's place: "".

    >>> place("https://amp.example.org/2024/held/?utm_source=feed#comments")
    'example.org/2024/held'
    """
    try:
        parts = urlsplit(_normalize(url.partition("#")[0]))
    except _NO_ADDRESS:
        return ""
    path = _CACHED.sub("", f"{parts.netloc}{parts.path}".lstrip("/"))
    host, _, rest = _HOST.sub("", path).partition("/")
    rest = _AMP_PATH.sub("", f"/{rest}").rstrip("/")
    query = _AMP_QUERY.sub("", parts.query).lstrip("&")
    return f"{host.lower()}{rest}{query and '?'}{query}" if host and (rest or query) else ""


def _normalize(url: str) -> str:
    return str(courlan.normalize_url(url))
