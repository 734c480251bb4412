"""What whoever runs the bot can ask it: is it alive, can it work, how does it go."""

from __future__ import annotations

import asyncio
import datetime as dt

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.keeping.database import AWAY
from bot.metrics import DEPTH, INDEX_AGE
from bot.newsroom import Newsroom
from bot.updates.inbox import Inbox
from index import ClipdeskError

__all__ = ["operation_app"]

_PATIENCE = 5.0
"""Seconds for the database and the coverage to answer."""


def operation_app(inbox: Inbox, newsroom: Newsroom) -> web.Application:
    """Return the server of `/healthz`, `/readyz` and `/metrics`."""
    looks: list[asyncio.Task[str]] = []

    async def look() -> str:
        """Wait no longer than promised for a look, which all who ask meanwhile share.

        It cannot be broken off (see `database.unbroken`), however long the database is silent.
        """
        if not looks or looks[-1].done():
            looks[:] = [asyncio.create_task(_trouble(inbox, newsroom))]
        done, _ = await asyncio.wait(looks, timeout=_PATIENCE)
        return looks[-1].result() if done else f"no answer within {_PATIENCE:g} s"

    async def stop_looking(_: web.Application) -> None:
        for each in looks:
            each.cancel()
            await asyncio.wait([each])

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(_: web.Request) -> web.Response:
        if trouble := await look():
            raise web.HTTPServiceUnavailable(text=f"{trouble}\n")
        return web.Response(text="ready\n")

    async def metrics(_: web.Request) -> web.Response:
        await look()  # sets the gauges
        headers = {"Content-Type": CONTENT_TYPE_LATEST}
        return web.Response(body=generate_latest(), headers=headers)

    app = web.Application()
    app.on_cleanup.append(stop_looking)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)
    return app


async def _trouble(inbox: Inbox, newsroom: Newsroom) -> str:
    """Return why the bot cannot work, or "", and set the gauges on the way."""
    try:
        DEPTH.set(await inbox.count_waiting())
        last = (await newsroom.reach()).last
    except AWAY:
        return "the bot's database cannot be reached"
    except ClipdeskError as error:
        return str(error)
    if last:
        INDEX_AGE.set((dt.datetime.now(dt.UTC).date() - last).days)
    return "" if inbox.sound else "the bot's database could not be reached"
