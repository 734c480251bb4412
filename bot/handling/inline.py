"""`@bot question` in any chat, and the bot summoned where it is no member: answers as articles."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Update,
    User,
)

from bot.handling.addressing import asked_outright
from bot.handling.answers import Request, lay_out, lay_out_inserted
from bot.handling.context import Context, Reader, engine_of, message_of, newsroom_of, reader_of
from bot.handling.guarding import is_fatal, may_tap, standing_of
from bot.handling.quota import Standing
from bot.keeping.database import is_shared
from bot.keeping.shown import ShownAnswer, keep_answer
from bot.newsroom import Newsroom
from bot.sending.delivery import answer_guest
from bot.sending.editing import edit_inserted
from bot.wording import captions, texts
from bot.wording.buttons import ask_button
from bot.wording.deeplinks import Link, link_to_asking, link_to_citation, read_link
from bot.wording.markup import shorten
from bot.wording.render import Entry
from bot.wording.speech import Speech, speech_in
from index import Citation, QuestionError, Shown

__all__ = ["chosen", "guest", "inline"]

_MOST = 10
"""Citations offered."""

_CACHE = 300
"""Seconds for which Telegram may give the same answer to the same person."""

_BRIEF = 10
"""The same, of the nothing that somebody gets who asks too much."""

_PAUSE = 0.3
"""Seconds; who types on within them wants no answer to what is half written."""

_MAX_DESCRIPTION = 250
_MAX_BUTTON = 60
"""Code points."""

_NEAREST = "n"
"""Before the id of what does not answer, but is the nearest."""


async def inline(update: Update, context: Context) -> None:
    """Offer up to ten citations that answer what is being typed, or the latest for nothing."""
    query = update.inline_query
    if query is None or is_fatal(update, context):
        return
    if await _is_overtaken(query.from_user.id, query.id, context):
        return
    if may_tap(update, context):
        await _offer(query, context)
    else:
        await query.answer([], cache_time=_BRIEF, is_personal=True)


async def chosen(update: Update, context: Context) -> None:
    """Keep what somebody inserted, so that it follows corrections; withdraw what is gone."""
    result, newsroom = update.chosen_inline_result, newsroom_of(context)
    if result is None or not result.inline_message_id or is_fatal(update, context):
        return
    link = read_link(result.result_id.removeprefix(_NEAREST))
    if link is None:
        return
    cited = await newsroom.open(link)
    if cited is None and not await _is_ours(link, context):
        return
    speech = speech_in(result.from_user.language_code)
    note = "" if cited else captions.withdrawn(datetime.now(UTC).date(), speech)
    answered = not result.result_id.startswith(_NEAREST)
    html, buttons, shown = lay_out_inserted(
        Entry(0, cited, note),
        result.query,
        speech,
        answered=answered,
        username=context.bot.username,
    )
    if cited:
        await _keep(context, shown, result.from_user, result.inline_message_id)
    else:
        await edit_inserted(context.bot, result.inline_message_id, html, buttons)


async def guest(update: Update, context: Context) -> None:
    """Answer a question in a chat that the bot is no member of, once."""
    message, reader = message_of(update), await reader_of(update, context)
    speech = reader.speech
    question = asked_outright(message, context.bot.bot)
    standing = standing_of(update, context)
    shown = None
    if standing is Standing.PASSED:
        return
    if standing is Standing.JUST_PASSED:
        html = texts.too_many(speech)
    elif is_fatal(update, context):
        html = texts.apology(speech)
    else:
        html, shown = await _answer(context, question, reader)
    buttons = ask_button(context.bot.username, link_to_asking(question), speech)
    inline_id = await answer_guest(context.bot, message, html, buttons)
    if shown and message.from_user:
        await _keep(context, shown, message.from_user, inline_id)


async def _is_ours(link: Link, context: Context) -> bool:
    """Tell whether an article was offered from this coverage, be it gone by now.

    Where replicas share the database, one that is not here may be another's.
    """
    if not is_shared(engine_of(context)):
        return True
    return bool(await newsroom_of(context).locate(link))


async def _keep(context: Context, shown: ShownAnswer, user: User, inline_id: str) -> None:
    """Keep what was inserted as that of whoever had it inserted: where they forget it, it goes."""
    kept = replace(shown, chat_id=user.id, inline_id=inline_id)
    await keep_answer(engine_of(context), kept)


async def _is_overtaken(user: int, query: str, context: Context) -> bool:
    """Wait a moment; tell whether the person typed on meanwhile."""
    last = context.bot_data.setdefault("typed", {})
    last[user] = query
    await asyncio.sleep(_PAUSE)
    if last.get(user) != query:
        return True
    del last[user]
    return False


async def _offer(query: InlineQuery, context: Context) -> None:
    speech, question = speech_in(query.from_user.language_code), query.query.strip()
    citations, refused = await _find(newsroom_of(context), question)
    results = [
        _article(each, question, speech, answered=not refused, username=context.bot.username)
        for each in citations
    ]
    label = captions.refusal_short(speech) if refused else texts.ask_in_private(speech)
    start = link_to_asking(question)
    await query.answer(
        results,
        cache_time=_CACHE,
        is_personal=True,  # dates and captions are in the person's language
        button=InlineQueryResultsButton(shorten(label, _MAX_BUTTON), start_parameter=start),
    )


async def _find(newsroom: Newsroom, question: str) -> tuple[tuple[Citation, ...], bool]:
    """Return citations, and whether they are only the nearest."""
    if not question:
        return tuple(await newsroom.read(newsroom.desk.latest, k=_MOST)), False
    try:
        answer = await newsroom.find(question)
    except QuestionError:
        return (), False
    return (answer.citations or answer.nearest)[:_MOST], not answer.answered


def _article(
    citation: Citation, question: str, speech: Speech, *, answered: bool, username: str
) -> InlineQueryResultArticle:
    payload = link_to_citation(Shown.of(citation))
    entry = Entry(0, citation)
    laid_out = lay_out_inserted(entry, question, speech, answered=answered, username=username)
    return InlineQueryResultArticle(
        payload if answered else f"{_NEAREST}{payload}",
        shorten(citation.headline) or "–",
        InputTextMessageContent(laid_out.html),
        description=shorten(citation.excerpt, _MAX_DESCRIPTION),
        reply_markup=laid_out.buttons,
    )


async def _answer(
    context: Context, question: str, reader: Reader
) -> tuple[str, ShownAnswer | None]:
    """Return what to say to a guest, for whom no command works, and what is to be kept of it."""
    if not question:
        return texts.no_guest_question(context.bot.username, reader.speech), None
    try:
        answer = await newsroom_of(context).ask(question)
    except QuestionError:
        return texts.unaskable(question, reader.speech), None
    laid_out = lay_out(answer, Request(question), reader.speech, k=reader.k, wider="")
    return laid_out.html, laid_out.shown
