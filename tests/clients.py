"""The stock client of python-telegram-bot, and requests by hand, to try the emulator with."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import aiohttp
from telegram import Bot, Message, Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest

from tests.botapi import Json
from tests.emulator import Emulator
from tests.quick_bot import Reachable

__all__ = ["client", "fetch_texts", "polling", "send_raw", "spans_of"]


def client(telegram: Emulator, token: str | None = None) -> Bot:
    """Return the stock client of a bot, by default the one with the right token."""
    # Without certificates to load, which loopback needs none of, a client is made much faster.
    plain = [HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2)]
    return Bot(
        token or telegram.token,
        base_url=telegram.base_url,
        request=plain[0],
        get_updates_request=plain[1],
    )


async def _echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    message = update.effective_message
    if message and message.text and message.text != "hush":
        await message.reply_text(message.text.upper())


@contextlib.asynccontextmanager
async def polling(telegram: Emulator) -> AsyncIterator[None]:
    """Run an application that repeats all but "hush" in capitals, until the block ends."""
    builder = ApplicationBuilder().token(telegram.token).base_url(telegram.base_url)
    app: Application = builder.build()  # type: ignore[type-arg]  # six parameters nobody needs here
    app.add_handler(MessageHandler(filters.ALL, _echo))
    async with app:
        await app.start()
        assert app.updater
        await app.updater.start_polling()
        yield
        await app.updater.stop()
        await app.stop()


async def send_raw(
    telegram: Reachable, method: str, *, token: str | None = None, **request: object
) -> Json:
    """Call a method in a form of one's own, with `json` or `data`; return the whole answer."""
    url = f"{telegram.base_url}{token or telegram.token}/{method}"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, **request) as response,  # type: ignore[arg-type]  # json= or data=
    ):
        body: Json = await response.json()
    return body


async def fetch_texts(bot: Bot, **asked: object) -> list[str | None]:
    """Fetch updates; return the texts of their messages."""
    updates = await bot.get_updates(**asked)  # type: ignore[arg-type]  # as get_updates has them
    return [update.effective_message.text for update in updates if update.effective_message]


def spans_of(message: Message) -> list[tuple[str, int, int]]:
    """Return the kind, offset and length of each entity."""
    return [(each.type, each.offset, each.length) for each in message.entities]
