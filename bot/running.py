"""The bot's life: what is started, in which order, and how it ends."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Self

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram.error import TelegramError

from bot.app import ALLOWED_UPDATES, App, build_app
from bot.handling.menu import publish_menu
from bot.jobs.rounds import go_rounds
from bot.keeping.database import AWAY, open_database
from bot.keeping.letting_go import let_go
from bot.newsroom import Newsroom
from bot.operation import operation_app
from bot.sending.verdicts import Verdict, judge
from bot.settings import BotSettings
from bot.updates.inbox import Inbox
from bot.updates.polling import poll
from bot.updates.turns import InTurn
from bot.updates.webhook import watch_webhook, webhook_app
from index import ClipdeskError

__all__ = ["AddressError", "online", "run"]

_FINISHING = 8.0
"""Seconds to finish what is in hand; what is not finished then stays in the inbox."""

_ENDING = 9.0
"""Seconds until what waits for the database even then is waited for no more."""

log = logging.getLogger(__name__)


class AddressError(ClipdeskError):
    """An address to listen on cannot be had; `str(error)` says which, and how to mend that."""


async def run(settings: BotSettings, newsroom: Newsroom) -> None:
    """Run until SIGTERM or SIGINT.

    Raises:
        InvalidToken: The token is not valid, or not any more.
        Conflict: Another instance uses it.
        ClipdeskError: The database cannot be used, or an address to listen on not be had.
        TelegramError: It cannot be reached.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _end, ended)
    async with AsyncExitStack() as life:
        async with _until(ended):
            url = settings.database_url.get_secret_value()
            engine = await life.enter_async_context(open_database(settings.data_dir, url))
            await life.enter_async_context(online(settings, newsroom, engine, ended))
        await ended


@asynccontextmanager
async def _until(ended: asyncio.Future[None]) -> AsyncIterator[None]:
    """Break off what the block does when the bot is to end: a start may wait for long."""
    try:
        async with asyncio.timeout(None) as limit:

            def break_off(_: object) -> None:
                limit.reschedule(0.0)

            ended.add_done_callback(break_off)
            try:
                yield
            finally:
                ended.remove_done_callback(break_off)
    except TimeoutError:
        if not limit.expired():
            raise


class _Ending:
    """The time that the end may take: it begins when the block ends.

    Args:
        engine: The database, which may not answer.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._loop = asyncio.get_running_loop()
        self._engine = engine

    def __enter__(self) -> Self:
        """Do nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Begin."""
        self._begun = self._loop.time()
        self._timer = self._loop.call_later(_ENDING, self._let_go)

    def left(self) -> float:
        """Return for how many seconds what is in hand may still be finished."""
        return max(0.0, self._begun + _FINISHING - self._loop.time())

    def stop(self) -> None:
        """Say that it has ended."""
        self._timer.cancel()

    def _let_go(self) -> None:
        log.warning("the end has taken %g s, the database is waited for no more", _ENDING)
        let_go(self._engine)


def _end(ended: asyncio.Future[None]) -> None:
    if not ended.done():
        ended.set_result(None)


@asynccontextmanager
async def online(
    settings: BotSettings, newsroom: Newsroom, engine: AsyncEngine, ended: asyncio.Future[None]
) -> AsyncIterator[App]:
    """Run the bot until the block ends, then finish what is in hand.

    Args:
        settings: Those of Telegram, and the ports.
        newsroom: What answers.
        engine: Where it keeps what it must not forget.
        ended: Gets an error when the bot can go on no more; then leave the block.
    """
    inbox = Inbox(engine)
    app = build_app(settings, newsroom, engine, inbox)
    app.bot_data["ended"] = ended
    async with AsyncExitStack() as stack:
        with _Ending(engine) as ending:
            stack.callback(ending.stop)
            await _reach_telegram(app)
            stack.push_async_callback(app.shutdown)
            await app.start()
            stack.push_async_callback(_finish, app, inbox, ending)
            await stack.enter_async_context(_working(inbox.deal(app.bot), ended))
            rounds = go_rounds(engine, newsroom, app.bot, settings)
            await stack.enter_async_context(_working(rounds, ended))
            if settings.operation_port:
                site = settings.operation_host, settings.operation_port
                server = _serving(operation_app(inbox, newsroom), *site, "OPERATION")
                await stack.enter_async_context(server)
            await stack.enter_async_context(_receiving(settings, app, inbox, ended))
            menu = publish_menu(app.bot, settings.admin_ids)
            await stack.enter_async_context(_working(menu, ended))
            yield app


@asynccontextmanager
async def _receiving(
    settings: BotSettings, app: App, inbox: Inbox, ended: asyncio.Future[None]
) -> AsyncIterator[None]:
    if not settings.webhook_url:
        async with _working(poll(app.bot, inbox, ALLOWED_UPDATES), ended):
            yield
        return
    site = settings.webhook_host, settings.webhook_port
    watch = watch_webhook(app.bot, settings.webhook_url, ALLOWED_UPDATES)
    server = _serving(webhook_app(app.bot, inbox), *site, "WEBHOOK")
    async with server, _working(watch, ended):
        yield


@asynccontextmanager
async def _working(
    work: Coroutine[None, None, None], ended: asyncio.Future[None]
) -> AsyncIterator[None]:
    """Do something beside the block; an error in it ends the bot."""

    def report(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and not ended.done() and (error := task.exception()):
            ended.set_exception(error)

    task = asyncio.create_task(work)
    task.add_done_callback(report)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def _serving(
    app: web.Application, host: str, port: int, settings: str
) -> AsyncIterator[None]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_FINISHING)
    await runner.setup()
    try:
        await _listen(runner, host, port, settings)
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int, settings: str) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except (OSError, UnicodeError) as error:  # the latter where the host is no name at all
        number = getattr(error, "errno", None)
        wrong = "PORT" if number in (errno.EADDRINUSE, errno.EACCES) else "HOST"
        raise AddressError(
            f"cannot listen on {host!r}, port {port} ({getattr(error, 'strerror', error)}): "
            f"set another {settings}_{wrong}"
        ) from error


async def _reach_telegram(app: App) -> None:
    for pause in (1, 2, 4, 8):
        try:
            await app.initialize()
            break
        except TelegramError as error:
            if judge(error) not in (Verdict.UNKNOWN, Verdict.NEVER_LEFT, Verdict.TOO_FAST):
                raise
            log.warning("cannot reach Telegram, trying again in %d s: %s", pause, error)
        await asyncio.sleep(pause)
    else:
        await app.initialize()


async def _finish(app: App, inbox: Inbox, ending: _Ending) -> None:
    stopping = asyncio.create_task(app.stop())
    await asyncio.wait([stopping], timeout=ending.left())
    if left := len(inbox.in_hand):
        log.warning("%d updates are not finished, they stay in the inbox", left)
    try:
        await inbox.close()  # now none of them may send anything
    except AWAY as error:  # nor may they without a record of it
        log.warning("cannot store what was handled: %s", error)
    processor = app.update_processor
    assert isinstance(processor, InTurn)
    await processor.cancel()
    await stopping
