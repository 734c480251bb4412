"""The topics that chats want to be told of: asking for them, listing and ending them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Message, Update

from bot.handling.addressing import said_to_command
from bot.handling.context import Context, engine_of, message_of, reader_of
from bot.handling.guarding import Handler
from bot.handling.pressing import Expired, Press, pressed_by_admin
from bot.keeping.database import insert_into, unbroken
from bot.keeping.records import watches
from bot.sending.delivery import reply
from bot.sending.rights import may_decide
from bot.wording import notices
from bot.wording.buttons import watch_buttons

__all__ = ["PATTERNS", "end_watches", "watch", "watches_"]

_MAX_TOPIC = 100
"""Code points."""

_MAX_WATCHES = 20
"""Of a chat."""


async def watch(update: Update, context: Context) -> None:
    """Watch for a topic from now on."""
    message, reader = message_of(update), await reader_of(update, context)
    speech, topic = reader.speech, _topic(message)
    if not await may_decide(message):
        await reply(message, notices.only_admins(speech))
    elif not topic:
        await reply(message, notices.no_topic(speech))
    elif len(topic) > _MAX_TOPIC:
        await reply(message, notices.topic_too_long(_MAX_TOPIC, speech))
    elif await _add(engine_of(context), message, topic, speech.code):
        await reply(message, notices.watching(topic, speech))
    else:
        await reply(message, notices.too_many_watches(_MAX_WATCHES, speech))


async def watches_(update: Update, context: Context) -> None:
    """List what is watched for, with buttons that end it."""
    message, reader = message_of(update), await reader_of(update, context)
    held = await _list(engine_of(context), message.chat_id)
    buttons = watch_buttons(held) if held else None
    await reply(message, notices.watches(len(held), reader.speech), buttons)


@pressed_by_admin
async def _unwatch(press: Press) -> str:
    """End a watch in the list, and take it from there; one that has ended is only taken."""
    said = await _end(press)
    held = await _list(press.engine, press.chat.id)
    buttons = watch_buttons(held) if held else None
    html = notices.watches(len(held), press.reader.speech)
    await press.edit(html, buttons)
    return said


@pressed_by_admin
async def _stop(press: Press) -> str:
    """End a watch below what it told, and take the button away."""
    said = await _end(press)
    await press.edit_buttons(None)
    return said


PATTERNS: Mapping[str, Handler] = MappingProxyType(
    {r"^unwatch:([0-9]{1,9})$": _unwatch, r"^stop:([0-9]{1,9})$": _stop}
)
"""What the buttons of watches send → what is done."""


@unbroken
async def end_watches(engine: AsyncEngine, which: ColumnElement[bool]) -> None:
    """End the watches that a condition is true of."""
    async with engine.begin() as db:
        await db.execute(delete(watches).where(which))


def _topic(message: Message) -> str:
    """Return what is to be watched for, on one line, or "" where no word is."""
    topic = " ".join(said_to_command(message).split())
    return topic if any(map(str.isalnum, topic)) else ""


@unbroken
async def _add(engine: AsyncEngine, message: Message, topic: str, language: str) -> bool:
    """Keep a watch, unless the chat has too many others."""
    place = {
        "chat_id": message.chat_id,
        "thread_id": (message.message_thread_id or 0) if message.is_topic_message else 0,
        "topic": topic,
    }
    async with engine.begin() as db:
        same = and_(*(watches.c[name] == value for name, value in place.items()))
        others = (watches.c.chat_id == message.chat_id) & ~same
        count = select(func.count()).where(others)
        if (await db.scalar(count) or 0) >= _MAX_WATCHES:
            return False
        insert = insert_into(db, watches).values(**place, language=language, told_at=0.0)
        await db.execute(insert.on_conflict_do_nothing())
    return True


@unbroken
async def _list(engine: AsyncEngine, chat_id: int) -> list[tuple[int, str]]:
    """Return the watches of a chat: their ids and topics, oldest first."""
    query = select(watches.c.id, watches.c.topic).where(watches.c.chat_id == chat_id)
    async with engine.begin() as db:
        rows = (await db.execute(query.order_by(watches.c.id))).all()
    return [(row.id, row.topic) for row in rows]


async def _end(press: Press) -> str:
    """End the watch that a button names, and say so; of one that has ended, nothing.

    It may have ended from another message, or by this very press, which is done again where the
    message could not be edited.

    Raises:
        Expired: It is of another chat.
    """
    speech, number = press.reader.speech, int(press.said[0])
    watch = await _find(press.engine, number)
    if watch is None:
        return ""
    chat_id, topic = watch
    if chat_id != press.chat.id:
        raise Expired(notices.expired(speech))
    await end_watches(press.engine, watches.c.id == number)
    return notices.unwatched(topic, speech)


@unbroken
async def _find(engine: AsyncEngine, number: int) -> tuple[int, str] | None:
    """Return the chat and the topic of a watch."""
    query = select(watches.c.chat_id, watches.c.topic).where(watches.c.id == number)
    async with engine.begin() as db:
        row = (await db.execute(query)).one_or_none()
    return (row.chat_id, row.topic) if row else None
