"""Paths → Articles: Markdown, pasted text, saved pages and JSON, each id once."""

from __future__ import annotations

import codecs
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from index.articles.fields import Fault, quote, unify
from index.articles.formats import READERS, Draft
from index.errors import ArticleError
from index.text.decoding import guess
from index.types import Article

__all__ = ["KINDS", "count_others", "decode_text", "read"]

KINDS = tuple(READERS)
"""Endings of the files that are read, in lower case."""

_GUESSED = (".txt", ".html", ".htm")  # kinds that come in other encodings than Unicode's
_MEBIBYTE = 2**20
_BOUND = 8 * _MEBIBYTE  # bytes in a file of one article
_BOUND_OF_MANY = 64 * _MEBIBYTE  # bytes in a .json or .jsonl file
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


def read(paths: Iterable[Path], *, beside: Path | None = None) -> Iterator[Article | ArticleError]:
    """Read every article in order; what cannot be read comes as an error and the rest go on.

    A folder is read with all folders in it, by name, without hidden ones, README.md and other
    kinds of files. A file reached twice is read once.

    Args:
        paths: Files and folders.
        beside: Where the index lives: passed over where it lies in one of the folders.

    Yields:
        Articles, no two with the same id, and errors that name file, line and field.
    """
    origins: dict[str, str] = {}
    for file in _find(paths, beside):
        if isinstance(file, ArticleError):
            yield file
        else:
            yield from _read_file(file, origins)


def count_others(paths: Iterable[Path], *, beside: Path | None = None) -> Counter[str]:
    """Count the files of other kinds that `read` passes over in folders, by their endings.

    Args:
        paths: As given to `read`.
        beside: The same.
    """
    folders = filter(_is_folder, paths)
    found = (file for folder in folders for file in _walk(folder, beside))
    return Counter(
        file.suffix.lower() for file in found if isinstance(file, Path) and not _is_kind(file)
    )


def _find(paths: Iterable[Path], beside: Path | None) -> Iterator[Path | ArticleError]:
    """Yield the files named and those in the folders named, each once."""
    seen: set[str] = set()
    for path in paths:
        for found in _expand(path, beside):
            if isinstance(found, ArticleError):
                yield found
            elif (real := os.path.realpath(found)) not in seen:
                seen.add(real)
                yield found


def _expand(path: Path, beside: Path | None) -> Iterator[Path | ArticleError]:
    try:
        if _is_folder(path):
            yield from _search(path, beside)
        elif _is_kind(path):
            yield path
        else:
            path.stat()
            reason = f"files named {quote(path.suffix)} are not read; give {', '.join(KINDS)}"
            yield _blame(path, Fault(reason))
    except OSError as error:
        yield _blame(path, error)


def _search(folder: Path, beside: Path | None) -> Iterator[Path | ArticleError]:
    """Yield the files of a folder that are read; where there is none, say so."""
    empty = True
    for found in _walk(folder, beside):
        if isinstance(found, ArticleError) or _is_kind(found):
            empty = False
            yield found
    if empty:
        yield _blame(folder, Fault(f"no article in this folder; put {', '.join(KINDS)} there"))


def _walk(folder: Path, beside: Path | None) -> Iterator[Path | ArticleError]:
    """Yield all files that may be meant, and errors for folders that cannot be read."""
    pending = [folder]
    entered = {os.path.realpath(beside)} - {os.path.realpath(folder)} if beside else set()
    while pending:
        path = pending.pop()
        if not _is_folder(path):
            yield path
        elif (real := os.path.realpath(path)) not in entered:
            entered.add(real)
            try:
                pending += sorted(filter(_is_wanted, path.iterdir()), reverse=True)
            except OSError as error:
                yield _blame(path, error)


def _is_wanted(path: Path) -> bool:
    return not path.name.startswith(".") and path.name.lower() != "readme.md"


def _is_kind(path: Path) -> bool:
    return path.suffix.lower() in KINDS


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # its parent may not be entered; reading it says so
        return False


def _read_file(path: Path, origins: dict[str, str]) -> Iterator[Article | ArticleError]:
    """Read one file's articles; `origins` says of each id taken by which article it is."""
    kind = path.suffix.lower()
    try:
        text = decode_text(_load(path, kind), kind)
        for draft in READERS[kind](text, path.stem):
            yield _finish(draft, path, origins)
    except (Fault, OSError) as error:
        yield _blame(path, error)


def _finish(draft: Draft | Fault, path: Path, origins: dict[str, str]) -> Article | ArticleError:
    if isinstance(draft, Fault):
        return _blame(path, draft)
    try:
        article = draft.compose(path.stem)
        if article.id in origins:
            taken = f"{quote(article.id)} is taken by {origins[article.id]}; choose another"
            raise Fault(taken, "id", line=draft.find_line("id"), item=draft.item)
    except Fault as fault:
        return _blame(path, fault)
    origins[article.id] = _point_to(path, draft)
    return article


def _point_to(path: Path, draft: Draft) -> str:
    """Name an article's file, and the line or item it stands in, where known."""
    line = draft.find_line("id")
    place = _printable(path) if line is None else f"{_printable(path)}:{line}"
    return place if draft.item is None else f"{place}, item {draft.item}"


def _load(path: Path, kind: str) -> bytes:
    bound = _BOUND_OF_MANY if kind in (".json", ".jsonl") else _BOUND
    if not path.is_file():
        path.stat()
        raise Fault("neither a file nor a folder; give one that can be read")
    with path.open("rb") as file:
        data = file.read(bound + 1)
    if len(data) > bound:
        raise Fault(f"larger than {bound // _MEBIBYTE} MiB; split it into smaller files")
    return data


def decode_text(data: bytes, kind: str) -> str:
    """Return the text of a file, whatever it may say of encodings: it may be about them.

    Args:
        data: What is in it.
        kind: Its ending, one of `KINDS`.

    Raises:
        Fault: It is empty, or no text.
    """
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0" if wide or b"\0" in data or kind not in _GUESSED else _guess(data)
    if "\0" in text or len(_CONTROL.findall(text)) * 100 > len(text):
        raise Fault("not a text file; save the article as text, in UTF-8")
    if not unify(text).strip():
        raise Fault("the file is empty; write the article into it", "body")
    return text


def _guess(data: bytes) -> str:
    try:
        return data.decode(guess(data))
    except UnicodeDecodeError:
        return "\0"


def _blame(path: Path, error: Fault | OSError) -> ArticleError:
    if isinstance(error, Fault):
        return error.at(_printable(path))
    if isinstance(error, FileNotFoundError):
        return ArticleError("no such file or folder; check the name", path=_printable(path))
    reason = f"cannot be read: {error.strerror or error}; check its permissions"
    return ArticleError(reason, path=_printable(path))


def _printable(path: Path) -> str:
    """Return the path as it can be printed on one line."""
    return "".join(c if c.isprintable() else "\ufffd" for c in str(path))
