"""Reading what strangers wrote in a process of its own, which may neither last nor grow for ever.

The only import of pebble: it ends a process that takes too long, and starts another.
"""

from __future__ import annotations

import logging
import multiprocessing
import resource
import signal
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from index.errors import RefusedError

__all__ = ["Apart"]

_SECONDS = 60.0
"""For one page or feed; real ones take less than one."""

_BYTES = 4 * 2**30
"""Of memory that the process may have, its libraries in it."""

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Apart:
    """A process that calls functions for us; it is started by the first call."""

    def __init__(self, *, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._pool = ProcessPool(
            max_workers=1, context=multiprocessing.get_context("spawn"), initializer=_begin
        )

    def call(self, function: Callable[_P, _R], *args: _P.args, **options: _P.kwargs) -> _R:
        """Return what a function returns that stands at the top of a module, or raise its error.

        Raises:
            RefusedError: It took too long or too much memory, or brought the process down.
        """
        future = self._pool.schedule(
            function, args=list(args), kwargs=dict(options), timeout=self._seconds
        )
        try:
            result: _R = future.result()
        except TimeoutError:
            reason = f"reading it takes longer than {self._seconds:g} seconds; leave it out"
            raise RefusedError(reason) from None
        except (MemoryError, RecursionError, ProcessExpired):
            raise RefusedError("reading it takes more than there is; leave it out") from None
        return result

    def close(self) -> None:
        """End the process."""
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble left it without
        self._pool.join()


def _begin() -> None:
    """Bound the memory, leave Ctrl-C to the process that waits for us, and log nothing."""
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable()
