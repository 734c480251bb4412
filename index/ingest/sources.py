"""`sources.toml`: where articles are taken from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from index.articles.fields import one_line, quote
from index.errors import RefusedError, SourceError
from index.web.guard import check_url

__all__ = [
    "FILE_NAME",
    "FeedSource",
    "FilesSource",
    "PageSource",
    "SitemapSource",
    "Source",
    "Sources",
    "read_sources",
]

FILE_NAME = "sources.toml"

_UNITS = {"m": 60, "h": 3600, "d": 86400}
_PERIOD = re.compile(r"([1-9]\d{0,3})\s*([mhd])")
_LARGEST = 2**20  # bytes of the file


def _seconds(value: object) -> object:
    """Return the seconds of a period such as "30m"."""
    match = _PERIOD.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('not a period; write it like "30m", "2h" or "1d"')
    return int(match[1]) * _UNITS[match[2]]


def _web_address(text: str) -> str:
    """Return an address whose form can do no harm; whether it is private is seen later."""
    try:
        check_url(text, private=True)
    except RefusedError as error:
        raise ValueError(str(error)) from None
    return text


_Url = Annotated[str, AfterValidator(_web_address)]


class Source(BaseModel):
    """What all sources have.

    Attributes:
        name: Unique among the sources.
        every: Seconds from one visit to the next.
        outlet: The publication, where the articles name none or another than readers know.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    kind: ClassVar[str]

    name: str = Field(min_length=1, max_length=60, pattern=r"^[\w.\- ]+$")
    every: Annotated[int, BeforeValidator(_seconds)] = 1800
    outlet: str = ""


class FeedSource(Source):
    """An RSS, Atom or JSON feed."""

    kind = "feed"
    url: _Url


class SitemapSource(Source):
    """A sitemap, a news sitemap or an index of them."""

    kind = "sitemap"
    url: _Url


class PageSource(Source):
    """A single page."""

    kind = "page"
    url: _Url


class FilesSource(Source):
    """A file or folder that `index add` reads, or a ZIP or WARC archive of pages.

    A path that is not absolute begins at the data folder.
    """

    kind = "files"
    path: Path = Field(strict=False)


class Sources(BaseModel):
    """The whole file.

    Attributes:
        contact: Where the owner of a site can reach the operator: an address of the web or mail.
        delay: Seconds to leave between two requests to a host.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    contact: str = Field(default="", pattern=r"^[!-~]*$", max_length=200)
    delay: float = Field(default=1.0, ge=0, le=60)
    feed: tuple[FeedSource, ...] = ()
    sitemap: tuple[SitemapSource, ...] = ()
    page: tuple[PageSource, ...] = ()
    files: tuple[FilesSource, ...] = ()

    @property
    def all(self) -> tuple[Source, ...]:
        """All sources, in the order of their kinds."""
        return (*self.feed, *self.sitemap, *self.page, *self.files)

    @model_validator(mode="after")
    def _check_names(self) -> Sources:
        names = [source.name for source in self.all]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two sources are named {name!r}; rename one of them")
        return self


def read_sources(folder: Path) -> Sources:
    """Return the sources of a data folder.

    Raises:
        SourceError: There is no such file, or it is wrong; names line, table and field.
    """
    path = folder / FILE_NAME
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST + 1).decode()
        if len(text) > _LARGEST:
            raise SourceError(f"{path}: larger than {_LARGEST:,} bytes; is it the right file?")
        return Sources.model_validate(tomllib.loads(text))
    except FileNotFoundError:
        raise SourceError(
            f"there is no {str(path)!r}: write [[feed]], name = …, url = … into it "
            "(see README, Sources)"
        ) from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(f"{path}: not TOML: {one_line(str(error))}; correct it there") from None
    except ValidationError as error:
        raise SourceError(f"{path}{_explain(error, text)}") from None


def _explain(error: ValidationError, text: str) -> str:
    """Return line, table, field and what is wrong of the first error."""
    first = error.errors()[0]
    place = list(first["loc"])
    table, number = str(place[0]) if place else "", next(iter(place[1:]), None)
    field = str(place[-1]) if place and isinstance(place[-1], str) else ""
    where = f"{table} {number + 1}: " if isinstance(number, int) else ""
    named = f"{field}: " if field and (where or field == table) else ""
    line = _line_of(text, table, number if isinstance(number, int) else None, field)
    reason = first["msg"].removeprefix("Value error, ")
    return f"{line}: {where}{named}{_say(first['type'], reason, first['input'])}"


def _say(kind: str, reason: str, value: Any) -> str:
    if kind == "missing":
        return "missing; add it"
    if kind == "extra_forbidden":
        return "unknown; check its spelling (see README, Sources)"
    if kind == "value_error" and not isinstance(value, str | int | float):
        return reason
    return f"{reason} (it is {quote(value)}); correct it there"


def _line_of(text: str, table: str, number: int | None, field: str) -> str:
    """Return ":line" of a field, or else of its table; "" where neither is found."""
    at, seen = "", -1
    for count, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\[?\s*([\w-]+)\s*\]\]?", line)
        if header and at:
            break
        if header:
            seen += header[1] == table
            if header[1] == table and number in (None, seen):
                at = f":{count}"
        elif (at or number is None) and re.match(rf"\s*{re.escape(field)}\s*=", line):
            return f":{count}"
    return at
