"""The indexes derived from the store: opened, checked, brought up to date, made anew."""

from __future__ import annotations

import atexit
import logging
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from filelock import FileLock, Timeout

from index.errors import CoverageError, LockedError
from index.storage.seals import Seal, clear, read_seal, seal, sealed_at, unseal
from index.storage.store import Store
from index.storage.vectors import JoinedIndex, VectorIndex
from index.storage.words import Entry, WordIndex
from index.text.terms import terms
from index.types import Article, Passage

__all__ = [
    "NAMES",
    "Derived",
    "bring_up_to_date",
    "find_damage",
    "open_derived",
    "open_to_write",
    "seal_times",
    "writing",
]

log = logging.getLogger(__name__)

NAMES = ("vectors", "recent", "words")
"""Folders of the derived indexes. What came or went lately, `recent` makes up for, so that a new
article costs the same however many stand in `vectors`."""

_RECENT = 1000
"""Passages that came or went since `vectors` was written, up to which it is left as it is."""

_BATCH = 500
"""Passages read from the store at once."""

_PATIENCE = 30.0
"""Seconds a reader waits for a writer that is replacing the files it needs."""


class Derived(NamedTuple):
    """The derived indexes, and the store's stamp that the oldest of them was made for.

    Attributes:
        vectors: Of `vectors` and `recent`.
        words: The word index.
        stamp: Without a generation where they were made for several.
        sealed: When each was sealed, as `seal_times` tells.
    """

    vectors: JoinedIndex
    words: WordIndex
    stamp: str
    sealed: Sequence[int]


@contextmanager
def writing(folder: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Be the only writer in `folder`, or raise LockedError after `patience` seconds."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = FileLock(folder / "write.lock", timeout=patience).acquire()
    except Timeout as error:
        raise LockedError(
            f"another process is writing to {str(folder)!r}: try again when it has ended"
        ) from error
    except OSError as error:
        raise CoverageError(
            f"cannot write to {str(folder)!r} ({error.strerror}): choose another --data"
        ) from error
    with held:
        yield


def open_to_write(folder: Path) -> Store:
    """Open the store to change it, or make one; the caller is the only writer.

    Where it was put back as it was before, what was made for a later state of it is forgotten:
    once it has been changed as often again, the two could not be told apart.
    """
    store = Store(folder, writable=True)
    for name in NAMES:
        found = _read_own_seal(folder / name, store.stamp)
        if found is not None and _generation(found.stamp) > _generation(store.stamp):
            unseal(folder / name)
    return store


def open_derived(folder: Path, store: Store, earlier: Derived | None = None) -> Derived:
    """Open the indexes; where they are missing, damaged or behind, mend them first.

    Where another process is writing, the last sound state serves, be it `earlier`. Where the
    folder cannot be written to, they are made in a temporary one. What of `earlier` still stands
    there is not read again.
    """
    if earlier is not None and _identity(earlier.stamp) != _identity(store.stamp):
        earlier = None
    ready = _load(folder, store.stamp, earlier) or earlier
    if ready is not None and ready.stamp == store.stamp:
        return ready
    try:
        with writing(folder, patience=0.0 if ready else _PATIENCE):
            return _renew(folder, store, earlier)
    except LockedError:
        if ready is None:
            raise
        return ready
    except CoverageError as error:
        log.warning("%s; using a temporary index instead", error)
        return _renew(_temporary(folder), store, None)


@cache
def _temporary(folder: Path) -> Path:
    """Return the folder in the place of one that cannot be written to, until the process ends."""
    temporary = Path(tempfile.mkdtemp(prefix="clipdesk-"))
    atexit.register(shutil.rmtree, temporary, ignore_errors=True)
    return temporary


def bring_up_to_date(folder: Path, store: Store) -> None:
    """Make the indexes hold the store's passages; the caller is the only writer.

    What is sound is added to and removed from; what is not is made anew, without encoding.
    """
    wanted = Seal(store.stamp, store.turnover.now())
    try:
        _sync_both(folder, store, wanted)
        _sync_words(folder / "words", store, wanted)
    except (OSError, RuntimeError) as error:  # FAISS says what the disk does as RuntimeError
        raise CoverageError(f"cannot write to {str(folder)!r} ({error})") from error


def find_damage(folder: Path) -> list[str]:
    """Return a line for each derived index that is not what was written.

    One that is not there, or that a writer did not finish, is no damage: it is still to be made.
    """
    return [
        f"the {name} index is damaged; the next question makes it anew"
        for name in NAMES
        if sealed_at(folder / name) and read_seal(folder / name, anew=True) is None
    ]


def seal_times(folder: Path) -> list[int]:
    """Return when each index was last sealed, in nanoseconds; 0 for never."""
    return [sealed_at(folder / name) for name in NAMES]


def _renew(folder: Path, store: Store, earlier: Derived | None) -> Derived:
    bring_up_to_date(folder, store)
    found = _load(folder, store.stamp, earlier)
    if found is None:
        raise CoverageError(f"the disk of {str(folder)!r} loses what is written: choose another")
    return found


def _load(folder: Path, stamp: str, earlier: Derived | None) -> Derived | None:
    """Return the indexes of the store with this stamp, be they behind it; None if unsound."""
    sealed = seal_times(folder)
    try:
        vectors = _load_vectors(folder / "vectors", stamp, sealed[0], earlier)
        recent, words = (_read_own_seal(folder / name, stamp) for name in NAMES[1:])
        if vectors is None or recent is None or words is None:
            return None
        joined = JoinedIndex(vectors, VectorIndex.load(folder / "recent"))
        made_for = words.stamp if words.stamp == recent.stamp else f"{_identity(stamp)}:"
        found = Derived(joined, WordIndex(folder / "words"), made_for, sealed)
    except (OSError, RuntimeError, ValueError) as error:
        log.warning("cannot open the indexes in %s: %s", folder, error)
        return None
    # A writer may have been at work between one and the next.
    return found if seal_times(folder) == sealed else _load(folder, stamp, earlier)


def _load_vectors(
    folder: Path, stamp: str, sealed: int, earlier: Derived | None
) -> VectorIndex | None:
    if earlier is not None and sealed and earlier.sealed[0] == sealed:
        return earlier.vectors.parts[0]
    return VectorIndex.load(folder) if _read_own_seal(folder, stamp) else None


def _sync_both(folder: Path, store: Store, wanted: Seal) -> None:
    """Leave `vectors` as it is where `recent` can make up for what came and went since.

    What went is proposed all the same, and then not found in the store.
    """
    held = _read_earlier_seal(folder / "vectors", wanted.stamp)
    if held is None or sum(map(len, _changes(store, held, wanted))) > _RECENT:
        _sync_vectors(folder / "vectors", store, wanted)
        held = wanted
    # Last: until then nothing is missed.
    _sync_vectors(folder / "recent", store, wanted._replace(beyond=held.moment.passage))


def _sync_vectors(folder: Path, store: Store, wanted: Seal) -> None:
    held = _sound(folder, wanted.stamp)
    if held is not None and held.beyond != wanted.beyond:
        held = None  # it makes up for an earlier state
    if held is None or held.stamp != wanted.stamp:
        index = VectorIndex.load(folder) if held else VectorIndex.empty(store.dimension)
        gone, new = _changes(store, held, wanted)
        index.remove(gone)
        for batch in _batches(new):
            index.add(store.passages(batch))
        unseal(folder)
        index.save(folder)
        seal(folder, wanted)


def _sync_words(folder: Path, store: Store, wanted: Seal) -> None:
    held = _sound(folder, wanted.stamp)
    if held is None or held.stamp != wanted.stamp:
        gone, new = _changes(store, held, wanted)
        unseal(folder)
        WordIndex(folder).update(remove=gone.tolist(), add=_entries(store, new))
        seal(folder, wanted)


def _changes(store: Store, held: Seal | None, wanted: Seal) -> tuple[np.ndarray, np.ndarray]:
    """Return the ids of the passages to remove and of those to add."""
    if held is not None:
        return store.turnover.between(held.moment, wanted.moment)
    ids = store.passage_ids()
    return ids[:0], ids[(ids > wanted.beyond) & (ids <= wanted.moment.passage)]


def _sound(folder: Path, stamp: str) -> Seal | None:
    """Return the seal of a sound index; otherwise leave an empty folder to make it anew in."""
    found = _read_earlier_seal(folder, stamp)
    if found is None:
        if folder.exists():
            log.warning("%s is damaged, unfinished or of another store: making it anew", folder)
        clear(folder)
    return found


def _read_earlier_seal(folder: Path, stamp: str) -> Seal | None:
    """Return the seal of a sound index of the store with this stamp as it was, or is."""
    found = _read_own_seal(folder, stamp)
    return found if found and _generation(found.stamp) <= _generation(stamp) else None


def _read_own_seal(folder: Path, stamp: str) -> Seal | None:
    """Return the seal of a sound index of the store with this stamp, of another state of it too.

    Under the ids that another store gave stand other passages.
    """
    found = read_seal(folder)
    return found if found and _identity(found.stamp) == _identity(stamp) else None


def _identity(stamp: str) -> str:
    return stamp.partition(":")[0]


def _generation(stamp: str) -> int:
    """Return how often the store had been changed; less than before where it was put back."""
    return int(stamp.partition(":")[2])


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
