"""Seals on the indexes derived from the store.

A derived index is a folder of files that can always be made again. Its seal lists the SHA-256 of
every file, the ids held and the store's stamp. Only what is sealed and unchanged is handed to the
library that reads it: FAISS may crash, or silently give other neighbours, on a damaged file.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

__all__ = ["Seal", "clear", "read_seal", "seal", "sealed_at", "unseal", "write_durably"]

_FORMAT = "2"
"""Of what the derived indexes hold; one sealed with another is made anew."""

_SEAL = "seal.json"
_IDS = "ids.npy"


class Seal(NamedTuple):
    """What a sound derived index holds.

    Attributes:
        stamp: The store's stamp when it was brought up to date.
        ids: Of its passages, int64.
    """

    stamp: str
    ids: np.ndarray


def seal(folder: Path, stamp: str, ids: np.ndarray) -> None:
    """Declare the files in `folder` sound; returns once that is on the disk."""
    write_durably(folder / _IDS, lambda path: _save_ids(path, ids))
    files = _hashes(path for path in sorted(folder.iterdir()) if _is_kept(path))
    said = {"format": _FORMAT, "stamp": stamp, "files": files}
    content = json.dumps(said, indent=1)
    checked = json.dumps({"sha256": _sha256(content.encode()), "content": content})
    write_durably(folder / _SEAL, lambda path: path.write_text(checked, encoding="utf-8"))


def unseal(folder: Path) -> None:
    """Say that the files in `folder` are about to change: who dies now leaves them unfinished."""
    (folder / _SEAL).unlink(missing_ok=True)


def read_seal(folder: Path) -> Seal | None:
    """Return the seal where every file is what was sealed; None where anything is amiss.

    Files that were not there then, a writer at work adds; they make no difference.
    """
    try:
        outer = json.loads((folder / _SEAL).read_text(encoding="utf-8"))
        if outer["sha256"] != _sha256(outer["content"].encode()):
            return None
        inner = json.loads(outer["content"])
        files = inner["files"]
        if inner["format"] != _FORMAT or files != _hashes(folder / name for name in files):
            return None
        return Seal(inner["stamp"], np.load(folder / _IDS, allow_pickle=False))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError):
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


def _save_ids(path: Path, ids: np.ndarray) -> None:
    with path.open("wb") as file:
        np.save(file, ids, allow_pickle=False)


def _is_kept(path: Path) -> bool:
    """Tell whether a file is to be sealed: the seal itself and locks at work are not."""
    return path.is_file() and path.name != _SEAL and path.suffix not in {".lock", ".new"}


def _hashes(paths: Iterable[Path]) -> dict[str, str]:
    return {path.name: _sha256(path.read_bytes()) for path in paths}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
