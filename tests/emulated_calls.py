"""Calls of the bot: checked against the official table, failed where told to, and watched."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from tests.botapi import ApiError, Json
from tests.emulated_chat import PATIENCE
from tests.emulated_faults import Fault, FaultKind, fail
from tests.method_table import MethodTable

__all__ = ["Call", "Calls"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call the bot made. `at` is in seconds of the monotonic clock."""

    method: str
    parameters: Json
    at: float


class Calls:
    """What takes calls; each layer above it adds methods that can be called.

    Attributes:
        calls: every call the bot made, but for getUpdates, oldest first.
        violations: what was wrong with the bot's calls; closing fails unless it is empty.
        interrupt: called with each call's method and "before" or "after" it is applied; if it
            returns True, the connection is closed there without an answer.
    """

    def __init__(self) -> None:
        """Starts with no method at all."""
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.interrupt: Callable[[str, str], bool] = lambda _method, _when: False
        self._methods: dict[str, Callable[[Json], Any]] = {}
        self._table = MethodTable.load()
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._changed = asyncio.Event()
        self._closing = False

    def fail_next(
        self,
        method: str,
        status: FaultKind = 500,
        description: str = "",
        *,
        applied: bool = False,
        times: int = 1,
        **parameters: object,
    ) -> None:
        """Makes the next calls of a method fail, in the order of being told so.

        Args:
            method: such as `sendMessage`.
            status: how, see `FaultKind`.
            description: Telegram's words; by default the status's own.
            applied: whether the call does its work before it fails.
            times: how many calls fail so.
            parameters: for the client, such as `retry_after` or `migrate_to_chat_id`.
        """
        if method not in self._methods:
            raise ValueError(f"{method!r} is not emulated: use one of {sorted(self._methods)}")
        self._faults[method].extend([Fault(status, description, parameters, applied)] * times)

    async def until(
        self, condition: Callable[[], bool], what: str = "it", *, within: float = PATIENCE
    ) -> None:
        """Waits up to `within` seconds until something the bot does makes `condition` true.

        Raises:
            AssertionError: it did not become true in time.
        """
        if not await self._wait(condition, within):
            recent = [(call.method, call.parameters) for call in self.calls[-3:]]
            raise AssertionError(f"waited {within} s for {what} in vain; last calls: {recent}")

    async def _take(self, method: str, raw: Json) -> object:
        """Checks a call, applies it and returns the result, or fails as it was told to.

        Raises:
            ApiError: a refusal.
            ConnectionResetError: the connection is to be closed without an answer.
            HTTPException: an answer that is no JSON.
        """
        method = self._name_of(method)
        parameters = self._check(method, raw)
        fault = self._faults[method].popleft() if self._faults[method] else None
        if self.interrupt(method, "before"):
            raise ConnectionResetError
        if fault and not fault.applied:
            await self._fail(fault)
        result = self._methods[method](parameters)
        if inspect.isawaitable(result):
            result = await result
        if fault:
            await self._fail(fault)
        if self.interrupt(method, "after"):
            raise ConnectionResetError
        return result

    async def _fail(self, fault: Fault) -> NoReturn:
        if fault.status == "hang":
            await self._wait(lambda: False, None)
        fail(fault)

    def _name_of(self, method: str) -> str:
        """The method as documented: Telegram takes it in any case."""
        for name in (*self._methods, *self._table.methods):
            if name.lower() == method.lower():
                if name in self._methods:
                    return name
                self.violations.append(f"{name}: the emulator does not know this method yet")
        raise ApiError(404, "Not Found: method not found")

    def _check(self, method: str, raw: Json) -> Json:
        parameters = self._table.decode(method, raw)
        if method != "getUpdates":
            self.calls.append(Call(method, parameters, time.monotonic()))
        if faults := self._table.check(method, parameters):
            self.violations += faults
            raise ApiError(400, f"Bad Request: {faults[0]}")
        return parameters

    def _notify(self) -> None:
        """Wakes everyone who waits, to look again."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _wait(self, condition: Callable[[], bool], seconds: float | None) -> bool:
        """Waits for `condition`, at most so long and never past closing; says whether it holds."""
        try:
            async with asyncio.timeout(seconds):
                while not condition() and not self._closing:
                    await self._changed.wait()
        except TimeoutError:
            pass
        return condition()
