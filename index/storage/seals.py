"""Seals on the indexes derived from the store.

A derived index is a folder of files that can always be made again. Its seal lists the SHA-256 of
every file, and the state of the store that it was made for. Only what is sealed and unchanged is
handed to the library that reads it: FAISS may crash, or silently give other neighbours, on a
damaged file.

A file that a process has read once it reads again only where size, times or place have changed: so
what it costs to seal a little more does not grow with what stands.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from index.storage.turnover import Moment

__all__ = ["Seal", "clear", "read_seal", "seal", "sealed_at", "unseal", "write_durably"]

_FORMAT = "3"
"""Of what the derived indexes hold; one sealed with another is made anew."""

_SEAL = "seal.json"

_SETTLED = 2 * 10**9
"""Nanoseconds after which a file that changes again has another time, on any file system."""


class Seal(NamedTuple):
    """What a sound derived index holds.

    Attributes:
        stamp: The store's stamp when it was brought up to date.
        moment: How far the store had come: it holds the passages that were there then.
        beyond: Of these only those with a greater id; 0 for all.
    """

    stamp: str
    moment: Moment
    beyond: int = 0


def seal(folder: Path, held: Seal) -> None:
    """Declare the files in `folder` sound; returns once that is on the disk."""
    files = _hashes(path for path in sorted(folder.iterdir()) if _is_kept(path))
    content = json.dumps({"format": _FORMAT, **held._asdict(), "files": files}, indent=1)
    checked = json.dumps({"sha256": _sha256(content.encode()), "content": content})
    write_durably(folder / _SEAL, lambda path: path.write_text(checked, encoding="utf-8"))


def unseal(folder: Path) -> None:
    """Say that the files in `folder` are about to change: who dies now leaves them unfinished."""
    (folder / _SEAL).unlink(missing_ok=True)


def read_seal(folder: Path, *, anew: bool = False) -> Seal | None:
    """Return the seal where every file is what was sealed; None where anything is amiss.

    Files that were not there then, a writer at work adds; they make no difference.

    Args:
        folder: The derived index's.
        anew: Whether to read also what this process has read before and nobody has written since:
            what the disk itself has lost is only seen so.
    """
    if anew:
        _read_hash.cache_clear()
    try:
        outer = json.loads((folder / _SEAL).read_text(encoding="utf-8"))
        if outer["sha256"] != _sha256(outer["content"].encode()):
            return None
        inner = json.loads(outer["content"])
        files = inner["files"]
        if inner["format"] != _FORMAT or files != _hashes(folder / name for name in files):
            return None
        return Seal(inner["stamp"], Moment(*inner["moment"]), inner["beyond"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def sealed_at(folder: Path) -> int:
    """Return when the folder was sealed, in nanoseconds since 1970; 0 where it is not."""
    try:
        return (folder / _SEAL).stat().st_mtime_ns
    except OSError:
        return 0


def clear(folder: Path) -> None:
    """Leave an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def write_durably(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file, then put it in the place of `path` in one step.

    A full disk or a crash leaves the earlier file as it was.
    """
    temporary = path.with_name(path.name + ".new")
    try:
        write(temporary)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _is_kept(path: Path) -> bool:
    """Tell whether a file is to be sealed: the seal itself and locks at work are not."""
    return path.is_file() and path.name != _SEAL and path.suffix not in {".lock", ".new"}


def _hashes(paths: Iterable[Path]) -> dict[str, str]:
    return {path.name: _hash(path) for path in paths}


def _hash(path: Path) -> str:
    """Return a file's SHA-256."""
    now = path.stat()
    if time.time_ns() - max(now.st_mtime_ns, now.st_ctime_ns) < _SETTLED:
        return _sha256(path.read_bytes())  # who writes it now may leave its times as they are
    return _read_hash(path, now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns)


@lru_cache(maxsize=1024)
def _read_hash(path: Path, *_: int) -> str:
    """Return the SHA-256 of a file in a state that is never again that of another content."""
    return _sha256(path.read_bytes())


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
