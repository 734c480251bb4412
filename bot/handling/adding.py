"""A link, file or article sent by who runs the bot: extracted, shown, indexed once confirmed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from telegram import Document, Message, MessageOriginChannel, Update
from telegram.error import InvalidToken
from telegram.ext import filters

from bot.handling.admins import pressed_by_runner
from bot.handling.context import Context, engine_of, message_of, reader_of, settings_of
from bot.handling.guarding import Handler
from bot.handling.pressing import Expired, Press
from bot.keeping.submissions import drop_submission, find_submission, keep_submission
from bot.sending.activity import typing
from bot.sending.delivery import reply
from bot.sending.verdicts import repeatable
from bot.settings import BotSettings
from bot.threads import in_thread
from bot.wording import notices, reports
from bot.wording.buttons import confirm_buttons
from bot.wording.markup import shorten
from index import (
    Article,
    ClipdeskError,
    Handed,
    Proposed,
    change,
    propose_file,
    propose_link,
    propose_text,
)

__all__ = ["PATTERNS", "SUBMITTED", "submitted"]

_LINK = re.compile(r"(https?://\S+)")
_SHARED_LINK = re.compile(r"(?:.{0,400}\s)?(https?://\S+)", re.DOTALL)

_FORWARDED, _PASTED = 200, 600
"""Characters from which on a text is an article; a shorter one is a question."""

_BOUND = 8 * 2**20
"""Bytes in a file."""

_MAX_TOAST = 190
"""Code points that are told in passing."""


class _Submitted(filters.MessageFilter):
    """What is to be indexed, not to be answered."""

    def filter(self, message: Message) -> bool:
        """Tell whether a message is a file, a link or an article."""
        text = _text_of(message)
        if message.document is not None or _link_of(message):
            return True
        return len(text) >= (_FORWARDED if message.forward_origin else _PASTED)


SUBMITTED = _Submitted()


async def submitted(update: Update, context: Context) -> None:
    """Show what is made of it, with buttons to add it or not."""
    message, reader = message_of(update), await reader_of(update, context)
    try:
        async with typing(message):
            proposed = await _propose(message, settings_of(context))
    except ClipdeskError as error:
        await reply(message, reports.failed(str(error)))
        return
    new = [one.article for one in proposed.found if not one.is_there]
    buttons = confirm_buttons("add", reader.speech) if new else None
    sent = await reply(message, reports.preview(proposed, reader.speech), buttons)
    if new:
        await keep_submission(engine_of(context), sent, "add", [asdict(one) for one in new])


@pressed_by_runner
async def _add(press: Press) -> str:
    """Index what the message above the button shows."""
    articles = [_article(fields) for fields in await _confirmed(press, "add")]
    handed = await _change(press, add=articles)
    return await _close(press, reports.added(handed, press.reader.speech))


@pressed_by_runner
async def _remove(press: Press) -> str:
    """Take out what the message above the button names."""
    handed = await _change(press, remove=await _confirmed(press, "remove"))
    return await _close(press, reports.removed(handed.removed, press.reader.speech))


@pressed_by_runner
async def _discard(press: Press) -> str:
    """Do nothing of it, unless it is done already."""
    await _confirmed(press, "add", "remove")
    return await _close(press, reports.discarded(press.reader.speech))


PATTERNS: Mapping[str, Handler] = MappingProxyType(
    {r"^admin:add$": _add, r"^admin:remove$": _remove, r"^admin:no$": _discard}
)
"""What the buttons below a preview send → what is done."""


async def _propose(message: Message, settings: BotSettings) -> Proposed:
    if message.document is not None:
        return await _propose_file(message.document, settings)
    if link := _link_of(message):
        return await in_thread(propose_link, settings, link)
    told = _told_of(message)
    return await in_thread(propose_text, settings, _text_of(message), told)


async def _propose_file(document: Document, settings: BotSettings) -> Proposed:
    name = document.file_name or "article"
    if (document.file_size or 0) > _BOUND:
        return Proposed(wrong=(f"{name}: larger than {_BOUND // 2**20} MiB",))
    with repeatable():
        file = await document.get_file()
        try:
            content = bytes(await file.download_as_bytearray())
        except InvalidToken:  # PTB says so of any 404, and the token was taken a moment before
            return Proposed(wrong=(f"{name}: Telegram does not have it any more; send it again",))
    return await in_thread(propose_file, settings, name, content)


def _text_of(message: Message) -> str:
    return (message.text or message.caption or "").strip()


def _link_of(message: Message) -> str:
    """Return the address that is all of a message, or ends one that was forwarded; or ""."""
    text = _text_of(message)
    match = (_SHARED_LINK if message.forward_origin else _LINK).fullmatch(text)
    return match[1] if match else ""


def _told_of(message: Message) -> dict[str, object]:
    """Return what Telegram says of where a forwarded article comes from, by field."""
    origin = message.forward_origin
    if origin is None:
        return {}
    told: dict[str, object] = {"published": origin.date.date().isoformat()}
    if isinstance(origin, MessageOriginChannel):
        told["outlet"] = origin.chat.title
        told["byline"] = origin.author_signature
        if origin.chat.username:
            told["url"] = f"https://t.me/{origin.chat.username}/{origin.message_id}"
    return told


async def _confirmed(press: Press, *kinds: str) -> list[Any]:
    """Return what a press is about, which is to add or to remove.

    Raises:
        Expired: It is done, or too old.
    """
    engine = press.engine
    content = await find_submission(engine, press.chat.id, press.message_id, kinds)
    if content is None:
        raise Expired(notices.expired(press.reader.speech))
    return content


async def _change(
    press: Press, *, add: Collection[Article] = (), remove: Collection[str] = ()
) -> Handed:
    """Change the coverage; where that cannot be done, whoever pressed is told why."""
    folder, load = press.settings.data_dir, press.newsroom.encoder
    try:
        return await in_thread(change, folder, add=add, remove=remove, load_encoder=load)
    except ClipdeskError as error:
        raise Expired(shorten(str(error), _MAX_TOAST)) from None


async def _close(press: Press, html: str) -> str:
    """Say in place what came of it; last it is forgotten, so that a death here loses nothing."""
    await press.edit(html, None)
    await drop_submission(press.engine, press.chat.id, press.message_id)
    return ""


def _article(fields: Mapping[str, Any]) -> Article:
    days = {name: _day(fields[name]) for name in ("published", "updated")}
    return Article(**{**fields, **days})


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
