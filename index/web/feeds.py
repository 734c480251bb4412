"""RSS, Atom and JSON feeds → entries. The only import of feedparser.

Source: https://www.jsonfeed.org/version/1.1/
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin
from xml.sax import SAXException

import feedparser

from index.articles.fields import one_line, quote, unify
from index.errors import PARSER_ERRORS, RefusedError, SourceError
from index.text.decoding import decode
from index.web.entries import MOST, Entry, read_xml

__all__ = ["read_feed"]

_FULL = 500
"""Characters in the shortest text that a feed may give as the whole of an article."""

_LONG = 1500
"""The same for what a feed calls a summary."""

_MOST_TAGS = 100_000
"""In a feed; the longest real ones have some 40,000, and a tag costs its reader 0.1 ms."""

_LONGEST_TAG = 2**14  # characters; its reader's time grows with the square of it

_TAG = re.compile(r"<[^>]{0,2000}>")
_ENDING = 500  # characters at the end of a text that may tell a teaser

# What leads on to the page, of which some blogs name the headline and some the site.
_TEASES = re.compile(
    r"(?:\[?(?:…|\.\.\.|&hellip;)\]?"
    r"|\b(?:(?:continue reading|lire la suite|seguir leyendo|читать далее)[^.!?]{0,120}"
    r"|(?:read (?:more|on|the (?:full|rest).{0,40})|weiterlesen|mehr|leer más|leia mais|подробнее)"
    r"(?:\s*(?:[:«“„\"]|\b(?:about|at|auf|bei|em|en|in|on|sur|на|о)\b)[^.!?]{0,120})?))"
    r"[\s.…>»→\]]*$",
    re.IGNORECASE,
)

# What WordPress puts behind a text, teaser or not.
_TRAILER = re.compile(
    r"\b(?:the post|der beitrag|l[’']article|l[’']articolo|la entrada|o post|het bericht"
    r"|сообщение)\s.{0,300}\s(?:appeared first on|erschien zuerst auf|est apparu en premier sur"
    r"|se publicó primero en|apareceu primeiro em|proviene da|verscheen eerst op"
    r"|появил\w+ сначала на)\b[^.]{0,100}\.?\s*$",
    re.IGNORECASE,
)

_MEND = "give the address of its RSS, Atom or JSON feed"


def read_feed(data: bytes, *, content_type: str = "", url: str = "") -> list[Entry]:
    """Return what a feed lists, in its order.

    Of a feed that is not well-formed only the links are believed: a text may have been cut.

    Args:
        data: The feed.
        content_type: The header it came with.
        url: Where it stands, for relative links.

    Raises:
        RefusedError: It declares entities.
        SourceError: It is no feed.
    """
    if _looks_like_json(data, content_type):
        return _read_json(_decode_json(data, content_type), url)
    text = read_xml(data, content_type)
    _check_size(text)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        found = feedparser.parse(text, response_headers=headers)
    except PARSER_ERRORS as error:
        raise SourceError(
            f"not a feed that can be read ({one_line(str(error))}); {_MEND}"
        ) from None
    if not found.version:
        raise SourceError(f"not a feed: it begins with {quote(_head(data))}; {_MEND}")
    broken = isinstance(found.get("bozo_exception"), SAXException)
    outlet = one_line(_text_of(found.feed, "title"))
    return [_entry_of(item, outlet, url, broken=broken) for item in found.entries[:MOST]]


def _check_size(text: bytes) -> None:
    """Raise RefusedError where reading a feed would take minutes."""
    if text.count(b"<") + text.count(b"&lt;") > _MOST_TAGS:
        raise RefusedError(f"more than {_MOST_TAGS:,} tags in it; leave it out")
    tags = (len(part.partition(b">")[0]) for part in text.split(b"<") if b"=" in part)
    if max(tags, default=0) > _LONGEST_TAG:
        raise RefusedError(f"a tag of more than {_LONGEST_TAG:,} characters in it; leave it out")


def _entry_of(item: Mapping[str, Any], outlet: str, base: str, *, broken: bool) -> Entry:
    contents = [_text_of(part, "value") for part in item.get("content") or []]
    full = max(contents, key=len, default="")
    summary = _text_of(item, "summary")
    text = full if _is_full(full, _FULL) else summary if _is_full(summary, _LONG) else ""
    link = _text_of(item, "link")
    updated = _text_of(item, "updated") if "updated" in item else ""  # asked for, it warns
    return Entry(
        url=_join(base, link),
        headline=one_line(html.unescape(_TAG.sub("", _text_of(item, "title")))),
        byline=one_line(
            _text_of(item.get("author_detail") or {}, "name") or _text_of(item, "author")
        ),
        outlet=outlet,
        published=_text_of(item, "published") or updated,
        updated=updated,
        html="" if broken else text,
        id=_text_of(item, "id"),
    )


def _join(base: str, link: str) -> str:
    """Return where a link leads; as it is written where that is nowhere, to be refused later."""
    try:
        return urljoin(base, link) if link else ""
    except ValueError:
        return link


def _is_full(text: str, least: int) -> bool:
    """Say whether a text is a whole article rather than a teaser of it."""
    plain = html.unescape(_TAG.sub(" ", text)).strip()
    ending = _TRAILER.sub("", plain[-_ENDING:])
    return len(plain) >= least and _TEASES.search(ending) is None


def _looks_like_json(data: bytes, content_type: str) -> bool:
    return "json" in content_type.lower() or data.lstrip()[:1] == b"{"


def _decode_json(data: bytes, content_type: str) -> str:
    """Return JSON as UTF-8, which it is, whatever the pages in it say; or else as it may be."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decode(data, content_type)


def _read_json(text: str, url: str) -> list[Entry]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"not a JSON feed: {one_line(str(error))}; {_MEND}") from None
    version = found.get("version") if isinstance(found, dict) else None
    if not str(version).startswith("https://jsonfeed.org/version/1"):
        raise SourceError(f"not a JSON feed: its version is {quote(version)}; {_MEND}")
    items = found.get("items")
    if not isinstance(items, list):
        raise SourceError(f"not a JSON feed: its items are {quote(items)}; {_MEND}")
    outlet, authors = _text_of(found, "title"), _authors_of(found)
    return [
        _json_entry_of(item, outlet, authors, url)
        for item in items[:MOST]
        if isinstance(item, dict)
    ]


def _json_entry_of(item: Mapping[str, Any], outlet: str, authors: str, base: str) -> Entry:
    plain = _text_of(item, "content_text")
    text = _text_of(item, "content_html") or "".join(
        f"<p>{html.escape(line)}</p>" for line in plain.splitlines() if line.strip()
    )
    link = _text_of(item, "url") or _text_of(item, "external_url")
    return Entry(
        url=_join(base, link),
        headline=one_line(_text_of(item, "title")),
        byline=_authors_of(item) or authors,
        outlet=one_line(outlet),
        published=_text_of(item, "date_published"),
        updated=_text_of(item, "date_modified"),
        html=text if _is_full(text, _FULL) else "",
        id=unify(str(item.get("id", ""))),
    )


def _text_of(values: Mapping[str, Any], key: str) -> str:
    """Return a text without what cannot be stored: JSON may hold halves of characters."""
    value = values.get(key)
    return unify(value).strip() if isinstance(value, str) else ""


def _authors_of(values: Mapping[str, Any]) -> str:
    """Return the names of the authors, as version 1.1 or 1.0 gives them."""
    authors = values.get("authors") or [values.get("author")]
    if not isinstance(authors, list):
        return ""
    names = [_text_of(one, "name") for one in authors if isinstance(one, dict)]
    return one_line(", ".join(name for name in names if name))


def _head(data: bytes) -> str:
    return one_line(decode(data[:200]))[:40]
