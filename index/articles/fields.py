"""Raw fields → Article: named, cleaned and checked; what is wrong is told as a `Fault`."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import reprlib
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import dateutil.parser
import py3langid

from index.errors import ArticleError
from index.types import Article

__all__ = [
    "KEYS",
    "Fault",
    "clean",
    "compose",
    "is_url",
    "name_fields",
    "one_line",
    "quote",
    "unify",
]

KEYS = {
    "id": "id",
    "headline": "headline", "title": "headline",
    "outlet": "outlet", "source": "outlet",
    "byline": "byline", "author": "byline",
    "published": "published", "published_at": "published", "publishedAt": "published",
    "date": "published",
    "updated": "updated", "updated_at": "updated", "updatedAt": "updated", "modified": "updated",
    "url": "url", "link": "url",
    "language": "language", "lang": "language",
    "body": "body", "text": "body", "content": "body",
}  # fmt: skip
"""Fields by what they may be called; of two names found in one article the upper counts."""

_AHEAD = dt.timedelta(days=100)
"""How far ahead a date may lie: a quarterly bears the day until which it is sold."""

_ID_SIZE = 200  # characters in an id
_DERIVED_ID_SIZE = 64  # characters in an id made from the URL or the headline
_DETECTED_ON = 3000  # characters, enough to tell the language by

# Unicode's mandatory line breaks (UAX #14), and what has no place in a text.
_BREAK = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_DROPPED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_BIDI = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?!\d)")
_FULL_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_LANGUAGE = re.compile(r"([a-z]{2,3})([-_][a-z0-9]+)*", re.IGNORECASE)

# A date is complete and means one thing where these defaults and orders give the same.
_READINGS = ((dt.datetime(2000, 1, 1), False), (dt.datetime(2001, 2, 2), True))  # noqa: DTZ001

_QUOTER = reprlib.Repr()
_QUOTER.maxstring = _QUOTER.maxother = _QUOTER.maxlong = 60


class Fault(Exception):
    """What is wrong with an article, told before it is known in which file.

    Args:
        reason: What is wrong, naming the value, and what mends it.
        field: The field at fault, where one is.
        line: 1-based line, where known.
        item: 1-based place among the items of an array, where it stands in one.
    """

    def __init__(
        self,
        reason: str,
        field: str | None = None,
        *,
        line: int | None = None,
        item: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason, self.field, self.line, self.item = reason, field, line, item

    def at(self, path: str) -> ArticleError:
        """Return it as the error of a file."""
        reason = self.reason if self.item is None else f"item {self.item}: {self.reason}"
        return ArticleError(reason, path=path, line=self.line, field=self.field)


def name_fields(values: Mapping[str, object]) -> dict[str, object]:
    """Return what is filled in, by field.

    >>> name_fields({"title": "Founder held", "author": " ", "tags": ["law"]})
    {'headline': 'Founder held'}
    """
    fields: dict[str, object] = {}
    for key, field in KEYS.items():
        value = _unwrap(values.get(key), field)
        if value is not None and not (isinstance(value, str) and not value.strip()):
            fields.setdefault(field, value)
    return fields


def _unwrap(value: Any, field: str) -> Any:
    """Return the text of what exports wrap up: WordPress's `rendered`, an outlet's `name`."""
    if isinstance(value, list):
        return [_unwrap(part, field) for part in value]
    if isinstance(value, dict):
        return value.get("rendered", value.get("name", value))
    return None if field == "byline" and isinstance(value, int) else value  # a key, no name


def compose(fields: Mapping[str, object], stem: str) -> Article:
    """Return the article that `fields` make.

    A missing id is made from the URL or, without one, from `stem` and the headline; a missing
    language is detected.

    Args:
        fields: Values by field, as `name_fields` returns them.
        stem: The file's name without its ending.

    Raises:
        Fault: The headline or the body is missing, or a value is not what its field takes.
    """
    headline = _line_of(fields, "headline")
    if not headline:
        raise Fault("missing; give the article a headline", "headline")
    body = _body_of(fields)
    url = _url_of(fields)
    return Article(
        id=_id_of(fields) or _derive_id(url, stem, headline, body),
        headline=headline,
        body=body,
        outlet=_line_of(fields, "outlet"),
        byline=_line_of(fields, "byline"),
        published=_date_of(fields, "published"),
        updated=_date_of(fields, "updated"),
        url=url,
        language=_language_of(fields) or _detect(f"{headline}\n{body[:_DETECTED_ON]}"),
    )


def clean(text: str) -> str:
    r"""Return `text` with \n for every line break and without what nobody can read.

    Control characters but \n and \t, lone surrogates, BOMs, white space at line ends and the
    third and further of several line breaks are dropped; nothing else changes.

    >>> clean("One. \r\n\r\n\r\n\r\nTwo.\0")
    'One.\n\nTwo.'
    """
    text = "\n".join(line.rstrip() for line in unify(text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text)


def unify(text: str) -> str:
    r"""Return `text` with \n for every line break, without controls, lone surrogates and BOMs."""
    return _DROPPED.sub("", _BREAK.sub("\n", text))


def one_line(text: str) -> str:
    """Return `text` on one line, single spaces between its words and no bidi controls."""
    return " ".join(_BIDI.sub("", unify(text)).split())


def quote(value: object) -> str:
    """Return `value` as a message names it: its `repr`, shortened in the middle."""
    return _QUOTER.repr(value)


def is_url(text: str) -> bool:
    """Say whether `text` is an http(s) address."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
    except ValueError:
        return False


def _line_of(fields: Mapping[str, object], field: str) -> str:
    value = fields.get(field, "")
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = ", ".join(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Fault(f"not text: {quote(value)}; write it as text", field)
    return one_line(str(value))


def _body_of(fields: Mapping[str, object]) -> str:
    value = fields.get("body", "")
    if not isinstance(value, str):
        raise Fault(f"not text: {quote(value)}; write it as text", "body")
    body = clean(value).strip("\n")
    if not body:
        raise Fault("missing; give the article its text", "body")
    if not any(character.isalpha() for character in body):
        raise Fault(f"no letter in it: {quote(body)}; give the article its text", "body")
    return body


def _id_of(fields: Mapping[str, object]) -> str:
    found = _line_of(fields, "id").replace(" ", "-")
    if len(found) > _ID_SIZE:
        reason = f"longer than {_ID_SIZE} characters: {quote(found)}; give it a shorter one"
        raise Fault(reason, "id")
    return found


def _derive_id(url: str, stem: str, headline: str, body: str) -> str:
    """Make an id that is the same in every run and wherever the article stands in its file."""
    words = re.sub(r"[?#].*", "", url).rstrip("/").rpartition("/")[2] or f"{stem} {headline}"
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    known_by = url or f"{headline}\n{body[:_DETECTED_ON]}"
    digest = hashlib.sha256(known_by.encode()).hexdigest()[:8]
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "article"
    return f"{slug[: _DERIVED_ID_SIZE - len(digest) - 1].strip('-')}-{digest}"


def _url_of(fields: Mapping[str, object]) -> str:
    url = _line_of(fields, "url")
    if url and not is_url(url):
        reason = f"not a web address: {quote(url)}; write it like https://example.org/article"
        raise Fault(reason, "url")
    return url


def _date_of(fields: Mapping[str, object], field: str) -> dt.date | None:
    """Read a date as written, in its own time zone; nothing missing or ambiguous is filled in."""
    text = _line_of(fields, field)
    text = _YEAR_FIRST.sub(lambda m: f"{m[1]}-{m[2]:0>2}-{m[3]:0>2}", text, count=1)
    if not text:
        return None
    found = _read_date(text, field)
    if found > dt.datetime.now(dt.UTC).date() + _AHEAD:
        raise Fault(f"in the future: {quote(text)}; correct it", field)
    return found


def _read_date(text: str, field: str) -> dt.date:
    try:
        return dt.datetime.fromisoformat(text).date()
    except ValueError:
        pass
    readings = {_parse_date(text, default, day_first) for default, day_first in _READINGS}
    found = next(iter(readings))
    if len(readings) == 1 and found is not None:
        return found
    wrong = "not a date" if readings == {None} else "not a complete and unambiguous date"
    raise Fault(f"{wrong}: {quote(text)}; write it like 2024-09-03", field)


def _parse_date(text: str, default: dt.datetime, day_first: bool) -> dt.date | None:
    if len(text) > 60 or not _FULL_YEAR.search(text):
        return None
    try:
        order = day_first and not _YEAR_FIRST.match(text)
        found = dateutil.parser.parse(text, default=default, dayfirst=order, ignoretz=True)
    except (ValueError, OverflowError):
        return None
    return found.date()


def _language_of(fields: Mapping[str, object]) -> str:
    text = _line_of(fields, "language")
    match = _LANGUAGE.fullmatch(text)
    if text and match is None:
        raise Fault(f"not a language code: {quote(text)}; write it like en", "language")
    return match[1].lower() if match else ""


def _detect(text: str) -> str:
    return str(py3langid.classify(text)[0])
