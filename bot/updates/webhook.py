"""Being told of updates: `setWebhook`, and the address that Telegram then calls."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from hashlib import sha256
from typing import NoReturn

from aiohttp import web
from telegram import Bot, Update
from telegram.error import InvalidToken, TelegramError

from bot.keeping.database import AWAY
from bot.updates.inbox import Inbox
from bot.updates.polling import readable

__all__ = ["secret_of", "watch_webhook", "webhook_app"]

_HEADER = "X-Telegram-Bot-Api-Secret-Token"

_LARGEST = 1 << 20
"""Bytes of an update; Telegram's own are far smaller."""

_LOOK = 60.0
"""Seconds between looks at whether Telegram still calls here."""

log = logging.getLogger(__name__)


def secret_of(token: str) -> str:
    """Return what Telegram shows with each call: it follows from the token, but not back."""
    return hmac.new(token.encode(), b"webhook", sha256).hexdigest()


def webhook_app(bot: Bot, inbox: Inbox) -> web.Application:
    """Return the server that Telegram calls, at any path, for a proxy may change it.

    200 means stored. Anything else, an update that cannot be stored now among it, Telegram sends
    again, later and later.
    """
    secret = secret_of(bot.token).encode()

    async def receive(request: web.Request) -> web.Response:
        shown = request.headers.get(_HEADER, "").encode(errors="replace")  # it may be no text
        if not hmac.compare_digest(shown, secret):
            raise web.HTTPForbidden
        try:
            raw = json.loads(await request.read())
            update = Update.de_json(readable(raw), bot)
        except (ValueError, TypeError, AttributeError) as error:
            raise web.HTTPBadRequest from error
        try:
            await inbox.put(update)
        except AWAY as error:
            log.error("an update cannot be stored, Telegram will send it again: %s", error)
            raise web.HTTPServiceUnavailable from error
        return web.Response()

    app = web.Application(client_max_size=_LARGEST)
    app.router.add_post("/{path:.*}", receive)
    return app


async def watch_webhook(bot: Bot, url: str, allowed: list[str]) -> NoReturn:
    """Have Telegram call this address, and look every minute whether it does.

    Raises:
        InvalidToken: The token has been revoked.
    """
    secret, told, failed_at = secret_of(bot.token), "", None
    while True:
        try:
            seen = await bot.get_webhook_info()
            if seen.url != url or told != url:
                await bot.set_webhook(url, secret_token=secret, allowed_updates=allowed)
                told = url
                log.info("Telegram sends updates to %s", url)
            if seen.last_error_date not in (None, failed_at):  # it tells of the last one for ever
                failed_at = seen.last_error_date
                log.warning("Telegram could not deliver: %s", seen.last_error_message)
        except InvalidToken:
            raise
        except TelegramError as error:
            log.warning("cannot look after the webhook: %s", error)
        await asyncio.sleep(_LOOK)
