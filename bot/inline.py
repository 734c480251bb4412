"""`@bot question` in any chat, and the bot summoned where it is no member: answers as articles."""

from __future__ import annotations

import asyncio

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode

from bot import captions, texts
from bot.addressing import asked_by_mention
from bot.answers import Request, lay_out
from bot.buttons import ask_button
from bot.context import Context, message_of, newsroom_of, reader_of
from bot.deeplinks import link_to_citation, link_to_question
from bot.guarding import is_fatal, standing_of
from bot.listing import render_one
from bot.markup import shorten
from bot.newsroom import Newsroom
from bot.quota import Standing
from bot.speech import Speech, speech_in
from index import Citation, QuestionError, Shown

__all__ = ["guest", "inline"]

_MOST = 10
"""Citations offered."""

_CACHE = 300
"""Seconds for which Telegram may give the same answer to the same person."""

_PAUSE = 0.3
"""Seconds; who types on within them wants no answer to what is half written."""

_MAX_DESCRIPTION = 250
_MAX_BUTTON = 60
"""Code points."""

_START = "inline"
"""What opens the private chat where a question is too long for a link; it says how to ask."""

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


async def inline(update: Update, context: Context) -> None:
    """Offer up to ten citations that answer what is being typed, or the latest for nothing."""
    query, newsroom = update.inline_query, newsroom_of(context)
    if query is None or is_fatal(update, context):
        return
    if await _is_overtaken(query.from_user.id, query.id, context):
        return
    speech, question = speech_in(query.from_user.language_code), query.query.strip()
    citations, refused = await _find(newsroom, question)
    before = f"{captions.refusal(speech)}\n{captions.nearest(speech)}\n" if refused else ""
    results = [_article(each, before, context.bot.username, speech) for each in citations]
    label = captions.refusal_short(speech) if refused else texts.ask_in_private(speech)
    start = link_to_question(question) or _START
    await query.answer(
        results,
        cache_time=_CACHE,
        is_personal=True,  # dates and captions are in the person's language
        button=InlineQueryResultsButton(shorten(label, _MAX_BUTTON), start_parameter=start),
    )


async def guest(update: Update, context: Context) -> None:
    """Answer a question in a chat that the bot is no member of: once, and keep nothing."""
    message, reader = message_of(update), await reader_of(update, context)
    speech = reader.speech
    question = asked_by_mention(message, context.bot.bot)
    question = (message.text or "") if question is None else question
    standing = standing_of(update, context)
    if standing is Standing.PASSED:
        return
    if standing is Standing.JUST_PASSED:
        html = texts.too_many(speech)
    elif is_fatal(update, context):
        html = texts.apology(speech)
    else:
        html = await _answer(newsroom_of(context), question, speech, reader.k)
    result = InlineQueryResultArticle(
        "answer",
        "Clipdesk",
        InputTextMessageContent(html, parse_mode=ParseMode.HTML, link_preview_options=_NO_PREVIEW),
        reply_markup=ask_button(
            context.bot.username, link_to_question(question) or _START, speech
        ),
    )
    await context.bot.answer_guest_query(message.guest_query_id or "", result)


async def _is_overtaken(user: int, query: str, context: Context) -> bool:
    """Wait a moment; tell whether the person typed on meanwhile."""
    last = context.bot_data.setdefault("typed", {})
    last[user] = query
    await asyncio.sleep(_PAUSE)
    if last.get(user) != query:
        return True
    del last[user]
    return False


async def _find(newsroom: Newsroom, question: str) -> tuple[tuple[Citation, ...], bool]:
    """Return citations, and whether they are only the nearest."""
    if not question:
        return tuple(await newsroom.read(newsroom.desk.latest, k=_MOST)), False
    try:
        answer = (await newsroom.ask(question)).answer
    except QuestionError:
        return (), False
    return (answer.citations or answer.nearest)[:_MOST], not answer.answered


def _article(
    citation: Citation, before: str, username: str, speech: Speech
) -> InlineQueryResultArticle:
    payload = link_to_citation(Shown(citation.article, citation.excerpt, citation.start))
    return InlineQueryResultArticle(
        payload,
        shorten(citation.headline) or "–",
        InputTextMessageContent(
            f"{before}{render_one(citation, speech)}",
            parse_mode=ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
        ),
        description=shorten(citation.excerpt, _MAX_DESCRIPTION),
        reply_markup=ask_button(username, payload, speech),
    )


async def _answer(newsroom: Newsroom, question: str, speech: Speech, k: int) -> str:
    if not question:
        return texts.no_question(speech)
    try:
        asked = await newsroom.ask(question)
    except QuestionError:
        return texts.unaskable(question, speech)
    return lay_out(asked, Request(question), speech, k=k).html
