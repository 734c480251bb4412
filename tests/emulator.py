"""A Bot API server on loopback that remembers chats, so that a real client can be tested offline.

`Emulator` hands out updates, checks and answers the bot's calls, and fails where told to. It is
made of layers, each in a module of its own: `emulated_calls ← emulated_updates ← emulated_places ←
emulated_messages ← emulated_profile ← emulator`, which serves them all over HTTP. The rules that
need no memory are in `tests.botapi`.

Source: tdlib/telegram-bot-api (`Client.cpp`, version 10.0) for order of checks and wording.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.botapi import ApiError, read_parameters
from tests.emulated_calls import Call
from tests.emulated_chat import PATIENCE, Chat
from tests.emulated_faults import FaultKind
from tests.emulated_profile import Profile

__all__ = ["Chat", "Emulator", "FaultKind"]


class Emulator(Profile):
    """Telegram, as far as one bot can tell.

    Attributes:
        token: the bot's token.
        revoked: whether the token is no longer valid.
        unfinished: how many updates the bot has acknowledged and not handled yet, if it tells.
    """

    def __init__(self, *, username: str = "clipdesk_bot", privacy: bool = True) -> None:
        """Makes a bot with this username, by default in privacy mode, and no chats."""
        super().__init__(username, privacy=privacy)
        self.token = "7201345:AAHq3xWm0nV5rT8yZ1cJ4kP6uE9sB2dF7gL"
        self.revoked = False
        self.unfinished: Callable[[], Awaitable[int]] = _nothing
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        """Starts listening on a free port of 127.0.0.1."""
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._serve_file)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes; see `close`."""
        await self.close()

    async def close(self) -> None:
        """Ends open polls and stops listening.

        Raises:
            AssertionError: some call of the bot broke the official method table.
        """
        self._closing = True
        self._notify()
        for delivery in self._deliveries:
            delivery.cancel()
        if self._runner:
            await self._runner.cleanup()
        assert not self.violations, "calls against the Bot API:\n" + "\n".join(self.violations)

    @property
    def base_url(self) -> str:
        """What `ApplicationBuilder.base_url` wants."""
        assert self._runner, "the emulator is not running: use `async with`"
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}/bot"

    async def settled(self, quiet: float = 0.3, *, within: float = PATIENCE) -> list[Call]:
        """Waits until the bot has acknowledged every update and made no call for `quiet` seconds.

        Returns:
            The calls made since the newest update was sent: none if the bot kept silent.
        """
        await self.until(lambda: not self.updates, "an acknowledgement", within=within)
        seen = -1
        while seen != len(self.calls) or await self.unfinished():
            seen = len(self.calls)
            await asyncio.sleep(quiet)
        return self.calls[self._calls_before_update :]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        try:
            return web.json_response({"ok": True, "result": await self._answer(request)})
        except ApiError as error:
            return web.json_response(error.body, status=error.status)
        except ConnectionResetError:
            if request.transport:
                request.transport.abort()
            return web.Response()
        finally:
            self._notify()

    async def _answer(self, request: web.Request) -> object:
        if request.match_info["token"] != self.token or self.revoked:
            raise ApiError(401, "Unauthorized")
        return await self._take(request.match_info["method"], await read_parameters(request))

    async def _serve_file(self, request: web.Request) -> web.Response:
        id_ = request.match_info["path"].removeprefix("documents/")
        if request.match_info["token"] != self.token or id_ in self.lost_files:
            raise web.HTTPNotFound
        return web.Response(body=self.files[id_])


async def _nothing() -> int:
    return 0
