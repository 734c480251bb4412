"""What feeds and sitemaps list, and XML from strangers made safe to read."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import astuple, dataclass
from xml.parsers import expat

from index.errors import RefusedError
from index.text.decoding import decode

__all__ = ["MOST", "Entry", "read_xml"]

MOST = 1000
"""Entries of one feed or sitemap that are looked at: the first ones."""

_DECLARATION = re.compile(r"\A\s*(<\?xml[^>]*\?>)?\s*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a feed or a sitemap lists it; what is not known is "".

    Attributes:
        url: Where it stands, as a stranger wrote it.
        headline, byline, outlet, published: As written.
        updated: Changes with the article.
        html: Its full text, where the feed has it; HTML.
        id: What the feed calls it.
    """

    url: str
    headline: str = ""
    byline: str = ""
    outlet: str = ""
    published: str = ""
    updated: str = ""
    html: str = ""
    id: str = ""

    @property
    def fingerprint(self) -> str:
        """The same as long as nothing that is listed of it changes."""
        return hashlib.sha256(repr(astuple(self)).encode("utf-8", "replace")).hexdigest()[:32]

    @property
    def fields(self) -> dict[str, object]:
        """What it says of the article, by field."""
        told = {
            "headline": self.headline,
            "byline": self.byline,
            "outlet": self.outlet,
            "published": self.published,
        }
        return {field: value for field, value in told.items() if value}


def read_xml(data: bytes, content_type: str) -> bytes:
    """Return XML in UTF-8 that declares no entities; what stands before it is left out.

    Raises:
        RefusedError: It declares entities, which may grow without end or read files.
    """
    text = _DECLARATION.sub("", decode(data, content_type), count=1).replace("\0", "")
    whole = b'<?xml version="1.0" encoding="utf-8"?>' + text.encode("utf-8", "replace")
    _refuse_entities(whole)
    return whole


def _refuse_entities(data: bytes) -> None:
    """Raise RefusedError for one; a parser looks for them, for a pattern can be led astray."""
    parser = expat.ParserCreate()

    def stop(*_: object) -> None:
        raise _RootReachedError

    def refuse(name: str, *_: object) -> None:
        raise RefusedError(f"it declares the entity {name!r}; ask its maker for plain XML")

    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = stop
    with suppress(expat.ExpatError, _RootReachedError):  # its reader says if it is well-formed
        parser.Parse(data, True)


class _RootReachedError(Exception):
    """Entities are declared before the first element, which is reached."""
