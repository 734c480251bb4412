"""Work that may take long, in threads that do not keep the process alive.

What files or the network do to it is raised as a `WorkError`: a bare OSError means that the bot's
database is away, and then an update waits (see `database.AWAY`), for which here is no reason.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import ParamSpec, TypeVar

from index import ClipdeskError

__all__ = ["WorkError", "in_thread", "told_apart"]

_P = ParamSpec("_P")
_T = TypeVar("_T")


class WorkError(ClipdeskError):
    """This machine does not let some work be done; `str(error)` is one line that says why."""


@contextmanager
def told_apart() -> Iterator[None]:
    """Raise what files do to the work in this block as a `WorkError`, not as the database's."""
    try:
        yield
    except OSError as error:
        raise WorkError(
            f"this machine does not let that be done ({error}): check its disk and its folders"
        ) from error


async def in_thread(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Return what some work returns, done in a thread of its own.

    Cancelled, it is waited for no more, and goes on until the process ends. So it must be safe to
    be killed at any point, as changing the index is.

    Raises:
        WorkError: It raised an OSError.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_T] = loop.create_future()

    def tell(settle: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if future.done() else settle())

    def do() -> None:
        try:
            done = work(*args, **kwargs)
        except BaseException as error:
            failure = error
            tell(lambda: future.set_exception(failure))
        else:
            tell(lambda: future.set_result(done))

    threading.Thread(target=do, name=getattr(work, "__name__", None), daemon=True).start()
    with told_apart():
        return await future
