"""The commands that ask nothing: what this is, what it holds, what it keeps."""

from __future__ import annotations

from telegram import Update

from bot.handling.addressing import said_to_command
from bot.handling.context import (
    Context,
    engine_of,
    message_of,
    newsroom_of,
    reader_of,
    settings_of,
)
from bot.handling.handlers import answer_question
from bot.keeping.forgetting import forget_chat
from bot.sending.delivery import reply
from bot.sending.rights import may_decide
from bot.wording import captions, notices, texts
from bot.wording.buttons import open_button
from bot.wording.deeplinks import Link, read_link
from bot.wording.listing import render_latest, render_one, render_reach, render_surroundings
from bot.wording.speech import Speech
from index import Shown

__all__ = ["about", "forget", "help_", "latest", "privacy", "sources", "start"]

_LATEST = 10
"""Articles listed."""


async def start(update: Update, context: Context) -> None:
    """Open what a link leads to; without one, say how to ask."""
    link = read_link(" ".join(context.args or []))
    if link is None:
        await help_(update, context)
    elif link.question:
        await answer_question(update, context, link.question)
    else:
        reader = await reader_of(update, context)
        await _open(update, context, link, reader.speech)


async def help_(update: Update, context: Context) -> None:
    """Say how to ask."""
    reader = await reader_of(update, context)
    me = context.bot.bot
    inline = bool(me.supports_inline_queries)
    html = texts.help_(context.bot.username, reader.speech, inline=inline)
    await reply(message_of(update), html)


async def about(update: Update, context: Context) -> None:
    """Say what this is, and how fresh its coverage."""
    newsroom, reader = newsroom_of(context), await reader_of(update, context)
    reach = await newsroom.reach()
    await reply(
        message_of(update), texts.about(reach, settings_of(context).source_url, reader.speech)
    )


async def privacy(update: Update, context: Context) -> None:
    """Say what is kept, and for how long."""
    reader = await reader_of(update, context)
    await reply(
        message_of(update), texts.privacy(settings_of(context).remember_days, reader.speech)
    )


async def sources(update: Update, context: Context) -> None:
    """List what is covered."""
    newsroom, reader = newsroom_of(context), await reader_of(update, context)
    await reply(message_of(update), render_reach(await newsroom.reach(), reader.speech))


async def latest(update: Update, context: Context) -> None:
    """List the newest articles, of all or on a topic."""
    message, newsroom = message_of(update), newsroom_of(context)
    reader = await reader_of(update, context)
    topic = said_to_command(message)
    found = await newsroom.read(
        newsroom.desk.latest, topic, k=_LATEST, without=reader.preferences.left_out
    )
    await reply(message, render_latest(found, topic, reader.speech))


async def forget(update: Update, context: Context) -> None:
    """Delete all that is kept of a chat."""
    message, newsroom = message_of(update), newsroom_of(context)
    reader = await reader_of(update, context)
    if not await may_decide(message):
        await reply(message, notices.only_admins(reader.speech))
        return
    newsroom.conversations.forget(message.chat_id)
    await forget_chat(engine_of(context), message.chat_id)
    await reply(message, texts.forgotten(reader.speech))


async def _open(update: Update, context: Context, link: Link, speech: Speech) -> None:
    """Show the excerpt that a link leads to, between its neighbours, or else its article."""
    newsroom, message = newsroom_of(context), message_of(update)
    if cited := await newsroom.open(link):
        found = await newsroom.read(newsroom.desk.surround, Shown.of(cited))
        if found:
            html = render_surroundings(found, speech)
            await reply(message, html, open_button(found.citation, speech))
            return
    opening = await newsroom.read(newsroom.desk.open, await newsroom.locate(link))
    if opening is None:
        await reply(message, captions.no_article(speech))
    else:
        await reply(message, f"{captions.no_excerpt(speech)}\n{render_one(opening, speech)}")
