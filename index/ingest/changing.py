"""Given articles into and out of an index that is asked meanwhile; and mending it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from index.errors import DamagedStoreError, LockedError
from index.ingest.handing import Handed, hand_over
from index.ingest.progress import Unwatched
from index.ingest.taking import Taken
from index.models import Encoder
from index.storage.audit import find_damaged_articles
from index.storage.connection import spell_build
from index.storage.derived import bring_up_to_date, find_damage, open_to_write, writing
from index.storage.rows import encode
from index.storage.store import Store
from index.types import Article

__all__ = ["Mended", "change", "mend"]

_T = TypeVar("_T")

_PATIENCE = 20.0
_PAUSE = 0.5
"""Seconds to wait for another writer, and between two attempts."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What was damaged.

    Attributes:
        indexes: A line for each derived index that was made anew because of damage.
        encoded: Ids of articles that were encoded again.
        lost: Ids of those that are not what was written, and must be added again.
    """

    indexes: tuple[str, ...]
    encoded: tuple[str, ...]
    lost: tuple[str, ...]


def change(
    folder: Path,
    *,
    add: Collection[Article] = (),
    remove: Collection[str] = (),
    load_encoder: Callable[[], Encoder],
) -> Handed:
    """Index articles, each in the place of its earlier version, and take others out, by id.

    Waits a while for whoever else is writing.

    Raises:
        LockedError: They are still writing.
        CoverageError: The index cannot be used.
    """

    def hand() -> Handed:
        taken = [Taken(article, article.headline) for article in add]
        # Whose an id is gets looked up before an article is indexed: so one at a time.
        with writing(folder / "submitted"):
            return hand_over(
                folder,
                taken,
                remove,
                load_encoder=load_encoder,
                progress=Unwatched(),
                by_hand=True,
            )

    return _patiently(hand)


def mend(folder: Path, load_encoder: Callable[[], Encoder]) -> Mended:
    """Bring the derived indexes up to date, and make anew what is damaged and can be.

    Nothing is taken out: an article that is not what was written stays unquotable until it is
    added again or removed.

    Raises:
        LockedError: Another process is writing, and does not end.
        DamagedStoreError: The file itself is damaged: `build` makes another.
        CoverageError: The index cannot be used.
    """
    with (
        writing(folder, patience=_PATIENCE),
        closing(Store(folder)),  # there is one
        closing(open_to_write(folder)) as store,
    ):
        if said := store.check_pages():
            raise DamagedStoreError(
                f"{str(store.path)!r} is damaged ({said[0]}): {spell_build(folder)} PATH…"
            )
        indexes = find_damage(folder)
        damaged = find_damaged_articles(store)
        sound = [one for id_ in damaged if (one := _read(store, id_))]
        if sound:
            encoder = load_encoder()
            store.check_built_with(encoder)
            store.replace((one, encode(one, encoder)) for one in sound)
        bring_up_to_date(folder, store)
    encoded = tuple(article.id for article in sound)
    return Mended(tuple(indexes), encoded, tuple(sorted(damaged.keys() - set(encoded))))


def _read(store: Store, id_: str) -> Article | None:
    """Return an article if it is what was written."""
    try:
        return store.articles([id_]).get(id_)
    except DamagedStoreError:
        return None


def _patiently(work: Callable[[], _T]) -> _T:
    """Do something as soon as nobody else is writing."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return work()
        except LockedError:
            if time.monotonic() > until:
                raise
        time.sleep(_PAUSE)
