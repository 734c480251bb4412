"""Work that may take long, in threads that do not keep the process alive."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

__all__ = ["in_thread"]

_P = ParamSpec("_P")
_T = TypeVar("_T")


async def in_thread(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Return what some work returns, done in a thread of its own.

    Cancelled, it is waited for no more, and goes on until the process ends. So it must be safe to
    be killed at any point, as changing the index is.
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
    return await future
