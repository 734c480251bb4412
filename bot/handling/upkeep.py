"""The commands of those who run the bot: take an article out, mend the index, see how it goes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from telegram import Update

from bot.handling.context import (
    Context,
    engine_of,
    message_of,
    newsroom_of,
    reader_of,
    settings_of,
)
from bot.handling.guarding import Handler
from bot.keeping.feedback import count_verdicts
from bot.keeping.submissions import keep_submission
from bot.sending.activity import typing
from bot.sending.delivery import reply
from bot.threads import in_thread
from bot.updates.inbox import Inbox
from bot.wording import reports
from bot.wording.buttons import confirm_buttons
from index import ClipdeskError, health_if_any, look_up, mend

__all__ = ["COMMANDS"]


async def _remove(update: Update, context: Context) -> None:
    """Show which article would be removed, with buttons to remove it or not."""
    message, speech = message_of(update), (await reader_of(update, context)).speech
    sought = " ".join(context.args or [])
    folder = settings_of(context).data_dir
    try:
        found = await in_thread(look_up, folder, sought) if sought else []
    except ClipdeskError as error:
        await reply(message, reports.failed(str(error)))
        return
    if not found:
        await reply(message, reports.nothing_such(sought, speech))
        return
    html = reports.removal(found, speech)
    sent = await reply(message, html, confirm_buttons("remove", speech))
    ids = [article.id for article in found]
    await keep_submission(engine_of(context), sent, "remove", ids)


async def _reindex(update: Update, context: Context) -> None:
    """Bring the derived indexes up to date, and mend what is damaged."""
    message, speech = message_of(update), (await reader_of(update, context)).speech
    newsroom, settings = newsroom_of(context), settings_of(context)
    try:
        async with typing(message):
            found = await in_thread(mend, settings.data_dir, newsroom.encoder)
    except ClipdeskError as error:
        await reply(message, reports.failed(str(error)))
        return
    await reply(message, reports.mended(found, speech))


async def _stats(update: Update, context: Context) -> None:
    """Say how the coverage, the sources and the bot are doing."""
    message, speech = message_of(update), (await reader_of(update, context)).speech
    newsroom, settings = newsroom_of(context), settings_of(context)
    inbox: Inbox = context.bot_data["inbox"]
    desk = newsroom.desk
    try:
        latest = await newsroom.read(desk.latest, k=1)
        passages = await newsroom.read(desk.passages)
        reach = await newsroom.reach()
        sources = await in_thread(health_if_any, settings.data_dir)
    except ClipdeskError as error:
        await reply(message, reports.failed(str(error)))
        return
    verdicts = await count_verdicts(engine_of(context))
    waiting = max(0, await inbox.count_waiting() - len(inbox.in_hand))
    newest = latest[0] if latest else None
    html = reports.state(reach, passages, newest, sources, verdicts, waiting, speech)
    await reply(message, html)


COMMANDS: Mapping[str, Handler] = MappingProxyType(
    {"remove": _remove, "reindex": _reindex, "stats": _stats}
)
"""What those who run the bot can tell it."""
