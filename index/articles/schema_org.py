"""schema.org articles in JSON → the fields that exports have.

Source: https://schema.org/NewsArticle
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["flatten", "is_article"]

_CONTEXT = "schema.org"


def is_article(found: Mapping[str, object]) -> bool:
    """Say whether an object is an article as schema.org has them: NewsArticle and its kin."""
    kinds = _list_of(found.get("@type"))
    named = any(str(kind).rpartition("/")[2].endswith(("Article", "Posting")) for kind in kinds)
    return named and (_CONTEXT in str(found.get("@context", _CONTEXT)))


def flatten(found: Mapping[str, object]) -> dict[str, object]:
    """Return its fields by the names that exports have; what is not said is left out.

    >>> flatten({"@type": "NewsArticle", "headline": "Held", "author": [{"name": "Anna"}]})
    {'headline': 'Held', 'byline': 'Anna'}
    """
    fields = {
        "id": _text_of(found.get("identifier")),
        "headline": _text_of(found.get("headline")) or _text_of(found.get("name")),
        "body": found.get("articleBody") or found.get("text"),
        "outlet": _names_of(found.get("publisher")),
        "byline": _names_of(found.get("author")) or _names_of(found.get("creator")),
        "published": _text_of(found.get("datePublished")),
        "url": _url_of(found),
        "language": _text_of(found.get("inLanguage")),
    }
    return {field: value for field, value in fields.items() if value}


def _url_of(found: Mapping[str, object]) -> object:
    page = found.get("mainEntityOfPage")
    own = found.get("url") or (page.get("@id") if isinstance(page, Mapping) else page)
    address = own or found.get("@id")
    return address if str(address).startswith("http") else None


def _names_of(value: object) -> str:
    """Return the names of people or organisations, however they are given."""
    names = [one.get("name") if isinstance(one, Mapping) else one for one in _list_of(value)]
    return ", ".join(name for name in names if isinstance(name, str) and name)


def _text_of(value: object) -> object:
    """Return a value that may be wrapped, as languages and identifiers may."""
    if isinstance(value, Mapping):
        return value.get("alternateName") or value.get("value") or value.get("name")
    return value


def _list_of(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]
