"""ZIP and WARC archives of pages → articles. Nothing is unpacked to the disk."""

from __future__ import annotations

import io
import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from index.articles.fields import Fault, is_url, one_line, quote
from index.articles.files import decode_text
from index.articles.formats import READERS, Draft
from index.errors import ArticleError, RefusedError, SourceError
from index.ingest.taking import read_page
from index.text.decoding import decode
from index.types import Article
from index.web.fetching import PAGE
from index.web.inflating import inflate, too_large

__all__ = ["is_archive", "read"]

_ZIP, _WARC = (".zip",), (".warc", ".warc.gz")
_PAGES = (".html", ".htm")  # which may say how they are encoded

_MOST = 100_000
"""Members of an archive that are looked at."""

_LARGEST = 4 * 2**30
"""Bytes that may come out of one archive."""

# What reading anything that anybody calls an archive may stumble on.
_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


def is_archive(path: Path) -> bool:
    """Say whether a path is named as an archive that can be read."""
    return path.name.lower().endswith((*_ZIP, *_WARC))


def read(path: Path) -> Iterator[Article | ArticleError]:
    """Read every article of an archive; what cannot be read comes as an error.

    Of a ZIP the kinds of files are read that `index add` reads, of a WARC the pages that servers
    gave.
    """
    try:
        read_members = _read_zip if path.name.lower().endswith(_ZIP) else _read_warc
        empty = True
        for item in read_members(path):
            empty = False
            yield item
        if empty:
            yield ArticleError("no page in this archive; is it the right file?", path=str(path))
    except (*_ERRORS, ArchiveLoadFailed) as error:
        said = quote(one_line(str(error)))
        yield ArticleError(f"cannot be read: {said}; make the archive anew", path=str(path))


def _read_zip(path: Path) -> Iterator[Article | ArticleError]:
    left = _LARGEST
    with zipfile.ZipFile(path) as archive:
        for count, info in enumerate(archive.infolist()):
            if count == _MOST or left <= 0:
                yield _too_many(path)
                return
            place = f"{path}:{one_line(info.filename)}"
            kind = PurePosixPath(info.filename).suffix.lower()
            try:
                if _is_wanted(info):
                    left -= info.file_size if info.file_size <= PAGE else 0  # else it stays packed
                    data = _read_member(archive, info)
                    stem = PurePosixPath(info.filename).stem
                    text = decode(data) if kind in _PAGES else decode_text(data, kind)
                    for draft in READERS[kind](text, stem):
                        yield _finish(draft, stem, place)
            except Fault as fault:
                yield fault.at(place)
            except (SourceError, *_ERRORS) as error:
                yield ArticleError(one_line(str(error)), path=place)


def _is_wanted(info: zipfile.ZipInfo) -> bool:
    """Say whether to read a member; raise RefusedError where its name leads astray."""
    name = PurePosixPath(info.filename)
    odd = name.is_absolute() or ".." in name.parts or "\\" in info.orig_filename
    if odd or ":" in "".join(name.parts[:1]) or "\0" in info.orig_filename:
        raise RefusedError("its name leads out of the archive; it is left out")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise RefusedError("it is a link, not a file; it is left out")
    hidden = any(part.startswith((".", "__MACOSX")) for part in name.parts)
    readme = name.name.lower() == "readme.md"
    return not (info.is_dir() or hidden or readme) and name.suffix.lower() in READERS


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.flag_bits & 1:
        raise SourceError("it is encrypted; put it in without a password")
    if info.file_size > PAGE:  # more than it says never comes out of it
        raise too_large(PAGE)
    with archive.open(info) as member:
        return _read_all(member)


def _read_warc(path: Path) -> Iterator[Article | ArticleError]:
    left = _LARGEST
    with path.open("rb") as file:
        for count, record in enumerate(ArchiveIterator(file)):
            if count == _MOST or left <= 0:
                yield _too_many(path)
                return
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            if not _is_page(record) or not is_url(url):
                continue
            left -= PAGE  # what cannot be taken counts as the largest that can
            try:
                data = _body_of(record)
                left += PAGE - len(data)
                header = record.http_headers.get_header("Content-Type") or ""
                yield read_page(decode(data, header), url, {})
            except Fault as fault:
                yield fault.at(f"{path}:{one_line(url)}")
            except SourceError as error:
                yield ArticleError(str(error), path=f"{path}:{one_line(url)}")


def _is_page(record: Any) -> bool:
    if record.rec_type != "response" or record.http_headers is None:
        return False
    kind = (record.http_headers.get_header("Content-Type") or "").lower()
    return record.http_headers.get_statuscode() == "200" and "html" in kind


def _body_of(record: Any) -> bytes:
    """Return a page as its server meant it; warcio's own reader knows no bound."""
    data = _read_all(record.raw_stream)
    if "chunked" in (record.http_headers.get_header("Transfer-Encoding") or "").lower():
        data = _read_all(ChunkedDataReader(io.BytesIO(data), decomp_type=None))
    coding = (record.http_headers.get_header("Content-Encoding") or "").strip().lower()
    return inflate([data], coding, bound=PAGE)


def _read_all(stream: IO[bytes]) -> bytes:
    """Return all that a stream gives, piece by piece; raise RefusedError beyond `PAGE`."""
    whole = bytearray()
    while piece := stream.read(2**16):
        whole += piece
        if len(whole) > PAGE:
            raise too_large(PAGE)
    return bytes(whole)


def _finish(draft: Draft | Fault, stem: str, place: str) -> Article | ArticleError:
    if isinstance(draft, Fault):
        return draft.at(place)
    try:
        return draft.compose(stem)
    except Fault as fault:
        return fault.at(place)


def _too_many(path: Path) -> ArticleError:
    reason = f"more than {_MOST:,} files or {_LARGEST // 2**30} GiB in it; split it"
    return ArticleError(reason, path=str(path))
