"""The indexes derived from the store: opened, checked, brought up to date, made anew."""

from __future__ import annotations

import atexit
import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from filelock import FileLock, Timeout

from index.errors import CoverageError, LockedError
from index.seals import Seal, clear, read_seal, seal, sealed_at
from index.store import Store
from index.terms import terms
from index.types import Article, Passage
from index.vectors import VectorIndex
from index.words import Entry, WordIndex

__all__ = [
    "NAMES",
    "Derived",
    "bring_up_to_date",
    "find_damage",
    "open_derived",
    "seal_times",
    "writing",
]

log = logging.getLogger(__name__)

NAMES = ("vectors", "words")
"""Folders of the derived indexes."""

_BATCH = 500
"""Passages read from the store at once."""

_PATIENCE = 30.0
"""Seconds a reader waits for a writer that is replacing the files it needs."""


class Derived(NamedTuple):
    """Both derived indexes, and the store's stamp that the older of them was made for."""

    vectors: VectorIndex
    words: WordIndex
    stamp: str


@contextmanager
def writing(folder: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Be the only writer in `folder`, or raise LockedError after `patience` seconds."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "write.lock", timeout=patience)
        lock.acquire()
    except Timeout as error:
        raise LockedError(
            f"another process is writing to {str(folder)!r}: try again when it has ended"
        ) from error
    except OSError as error:
        raise CoverageError(
            f"cannot write to {str(folder)!r} ({error.strerror}): choose another --data"
        ) from error
    with lock:
        yield


def open_derived(folder: Path, store: Store) -> Derived:
    """Open both indexes; where they are missing, damaged or behind, mend them first.

    Where another process is writing, the last sound state serves. Where the folder cannot be
    written to, they are made in a temporary one.
    """
    ready = _load(folder, store.stamp)
    if ready is not None and ready.stamp == store.stamp:
        return ready
    try:
        with writing(folder, patience=0.0 if ready else _PATIENCE):
            return bring_up_to_date(folder, store)
    except LockedError:
        if ready is None:
            raise
        return ready
    except CoverageError as error:
        log.warning("%s; using a temporary index instead", error)
        temporary = Path(tempfile.mkdtemp(prefix="clipdesk-"))
        atexit.register(shutil.rmtree, temporary, ignore_errors=True)
        return bring_up_to_date(temporary, store)


def bring_up_to_date(folder: Path, store: Store) -> Derived:
    """Make both indexes hold exactly the store's passages; the caller is the only writer.

    What is sound is added to and removed from; what is not is made anew, without encoding.
    """
    stamp, wanted = store.stamp, store.passage_ids()
    try:
        vectors = _sync_vectors(folder / "vectors", store, stamp, wanted)
        words = _sync_words(folder / "words", store, stamp, wanted)
    except (OSError, RuntimeError) as error:  # FAISS says what the disk does as RuntimeError
        raise CoverageError(f"cannot write to {str(folder)!r} ({error})") from error
    return Derived(vectors, words, stamp)


def find_damage(folder: Path) -> list[str]:
    """Return a line for each derived index that is missing or not what was written."""
    return [
        f"the {name} index is missing or damaged; the next question makes it anew"
        for name in NAMES
        if read_seal(folder / name) is None
    ]


def seal_times(folder: Path) -> list[int]:
    """Return when each index was last sealed, in nanoseconds; 0 for never."""
    return [sealed_at(folder / name) for name in NAMES]


def _load(folder: Path, stamp: str) -> Derived | None:
    """Return the indexes of the store with this stamp, be they behind it; None if unsound."""
    seals = [_read_own_seal(folder / name, stamp) for name in NAMES]
    if seals[0] is None or seals[1] is None:
        return None
    made_for = seals[0].stamp if seals[0].stamp == seals[1].stamp else ""
    try:
        return Derived(VectorIndex.load(folder / "vectors"), WordIndex(folder / "words"), made_for)
    except (OSError, RuntimeError, ValueError) as error:
        log.warning("cannot open the indexes in %s: %s", folder, error)
        return None


def _sync_vectors(folder: Path, store: Store, stamp: str, wanted: np.ndarray) -> VectorIndex:
    held = _sound(folder, stamp)
    index = VectorIndex.load(folder) if held else VectorIndex.empty(store.dimension)
    gone, new = _difference(held, wanted)
    if held is None or held.stamp != stamp:
        index.remove(gone)
        for batch in _batches(new):
            index.add(store.passages(batch))
        index.save(folder)
        seal(folder, stamp, wanted)
    return index


def _sync_words(folder: Path, store: Store, stamp: str, wanted: np.ndarray) -> WordIndex:
    held = _sound(folder, stamp)
    index = WordIndex(folder)
    gone, new = _difference(held, wanted)
    if held is None or held.stamp != stamp:
        index.update(remove=gone.tolist(), add=_entries(store, new))
        seal(folder, stamp, wanted)
    return index


def _sound(folder: Path, stamp: str) -> Seal | None:
    """Return the seal of a sound index; otherwise leave an empty folder to make it anew in."""
    found = _read_own_seal(folder, stamp)
    if found is None:
        if folder.exists():
            log.warning(
                "the index in %s is damaged, unfinished or of another store: making it anew",
                folder,
            )
        clear(folder)
    return found


def _read_own_seal(folder: Path, stamp: str) -> Seal | None:
    """Return the seal of a sound index of the store with this stamp, an earlier one too.

    Under the ids that another store gave stand other passages.
    """
    found = read_seal(folder)
    if found is None or found.stamp.partition(":")[0] != stamp.partition(":")[0]:
        return None
    return found


def _difference(held: Seal | None, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the passage ids to remove and those to add."""
    have = held.ids if held else np.empty(0, dtype=np.int64)
    return np.setdiff1d(have, wanted), np.setdiff1d(wanted, have)


def _entries(store: Store, ids: np.ndarray) -> Iterator[Entry]:
    for batch in _batches(ids):
        passages = [stored.passage for stored in store.passages(batch)]
        articles = store.articles({passage.article for passage in passages})
        for passage in passages:
            yield _entry(articles[passage.article], passage)


def _entry(article: Article, passage: Passage) -> Entry:
    """A passage is found by its own words, its headline's, its outlet's and its byline's."""
    text = "\n".join(
        [article.headline, article.outlet, article.byline, passage.span.of(article.body)]
    )
    return Entry(
        passage.id,
        [term.text for term in terms(text, article.language)],
        article.outlet,
        article.byline,
        article.published,
    )


def _batches(ids: np.ndarray) -> Iterator[list[int]]:
    for at in range(0, len(ids), _BATCH):
        yield ids[at : at + _BATCH].tolist()
