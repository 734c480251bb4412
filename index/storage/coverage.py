"""The coverage, open to be read: what writers commit meanwhile is taken up."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from index.models import Encoder
from index.storage.derived import Derived, open_derived, seal_times
from index.storage.store import Store
from index.types import Reach

__all__ = ["Coverage"]

_RETRY = 10.0
"""Seconds between attempts to catch up with a store whose writer is at work, or died."""


class Coverage:
    """What is indexed in one folder, in its newest sound state. Not to be shared by threads.

    Attributes:
        encoder: The one that it was built with.
        store: The articles.
        derived: Both indexes of them; behind the store where a writer is still at work.
        reach: How far they reach.
    """

    store: Store
    derived: Derived
    reach: Reach

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        """Open what is indexed in `folder` (see `Desk`).

        Args:
            folder: Where it was indexed.
            encoder: The one that it must have been built with.
        """
        self._folder, self.encoder = folder, encoder
        self._open()

    @contextmanager
    def unchanging(self) -> Iterator[Self]:
        """Take up the newest sound state; it stays the same until the block ends."""
        if not self._is_open or self.store.is_replaced():
            self.store.close()
            self._open()
        elif self._is_behind():
            self._open_derived(self.derived)
        with self.store.unchanging():
            yield self

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _open(self) -> None:
        """Open what stands there now; where that fails, the next block tries again."""
        self._is_open = False
        self.store = Store(self._folder)
        try:
            self._open_derived(None)
        except BaseException:
            self.store.close()
            raise
        self._is_open = True

    def _open_derived(self, earlier: Derived | None) -> None:
        self.store.check_built_with(self.encoder)
        seen, tried = self._state(), time.monotonic()
        self.derived = open_derived(self._folder, self.store, earlier)
        self.reach = self.store.reach()
        # Last, so that where one of these failed the next block tries again.
        self._seen, self._tried = seen, tried

    def _state(self) -> tuple[str, Sequence[int]]:
        """Return what changes whenever there may be something newer to open."""
        return self.store.stamp, seal_times(self._folder)

    def _is_behind(self) -> bool:
        """Tell whether to open the derived indexes anew.

        While another process writes they stay behind the store. It may also have died before it
        brought them up to date, which changes nothing to be seen: so try again now and then.
        """
        if self._state() != self._seen:
            return True
        late = self.derived.stamp != self.store.stamp
        return late and time.monotonic() - self._tried > _RETRY
