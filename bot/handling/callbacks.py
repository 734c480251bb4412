"""The buttons below an answer: more of it, the context of an excerpt, and what readers think."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from telegram.constants import ChatType

from bot.handling.answers import Request, buttons_of, lay_out, lay_out_again, shown_again
from bot.handling.guarding import Handler
from bot.handling.pressing import Expired, Press, pressed
from bot.keeping.feedback import REASONS, give_feedback
from bot.keeping.shown import ShownAnswer, find_answer, keep_answer
from bot.wording import captions, notices
from bot.wording.buttons import citation_buttons, context_buttons, reason_buttons
from bot.wording.listing import render_surroundings
from bot.wording.render import Entry
from bot.wording.speech import Speech, speech_in

__all__ = ["PATTERNS", "unknown"]


@pressed
async def _page(press: Press) -> str:
    """Show another page of an answer, in its place; or the same again, after the context."""
    shown, [start] = await _shown(press), press.said
    if int(start) == shown.start and (entries := await _read_again(press, shown)):
        laid_out = lay_out_again(shown, entries, _speech(shown), press.bot.username)
        await press.edit(laid_out.html, laid_out.buttons)
        return ""
    newsroom, chosen = press.newsroom, press.reader.preferences
    request = Request(shown.question, shown.after, shown.told, shown.anywhere)
    answer = await newsroom.find(*request, without=chosen.left_out)
    found = len(answer.citations or answer.nearest)
    at = int(start) if int(start) < found else 0
    speech = _speech(shown)
    is_private = press.chat.type == ChatType.PRIVATE
    wider = captions.look_everywhere(speech, private=is_private)
    laid_out = lay_out(answer, request, speech, k=press.reader.k, start=at, wider=wider)
    await press.edit(laid_out.html, laid_out.buttons)
    kept = replace(
        laid_out.shown,
        chat_id=shown.chat_id,
        message_id=shown.message_id,
        key=shown.key,
        shown_at=shown.shown_at,
    )
    await keep_answer(press.engine, kept)
    return "" if at == int(start) else notices.changed(press.reader.speech)


@pressed
async def _context(press: Press) -> str:
    """Show an excerpt between the sentences around it, in the place of the answer."""
    shown, [number] = await _shown(press), press.said
    place = shown.at(int(number))
    if place is None:
        return notices.changed(press.reader.speech)
    desk = press.newsroom.desk
    found = await press.newsroom.read(desk.surround, place, question=shown.question)
    if found is None:
        return notices.changed(press.reader.speech)
    speech = _speech(shown)
    buttons = context_buttons(found.citation, shown.start, speech)
    html = render_surroundings(found, speech)
    await press.edit(html, buttons)
    return ""


@pressed
async def _vote(press: Press) -> str:
    """Keep that an answer is good, or bad."""
    [verdict] = press.said
    await give_feedback(press.engine, await _shown(press), verdict)
    return notices.thanks(press.reader.speech)


@pressed
async def _wrong(press: Press) -> str:
    """Ask which citation is wrong; where there is only one, what is wrong with it."""
    shown = await _shown(press)
    numbers = [each.number for each in shown.places if each.shown]
    if len(numbers) == 1:
        buttons = reason_buttons(numbers[0], _speech(shown))
    else:
        buttons = citation_buttons(numbers, _speech(shown))
    await press.edit_buttons(buttons)
    return ""


@pressed
async def _wrong_one(press: Press) -> str:
    """Ask what is wrong with a citation."""
    shown, [number] = await _shown(press), press.said
    if shown.at(int(number)) is None:
        return notices.changed(press.reader.speech)
    buttons = reason_buttons(int(number), _speech(shown))
    await press.edit_buttons(buttons)
    return ""


@pressed
async def _wrong_because(press: Press) -> str:
    """Keep what is wrong with a citation."""
    shown, (number, reason) = await _shown(press), press.said
    if shown.at(int(number)) is None:
        return notices.changed(press.reader.speech)
    await give_feedback(press.engine, shown, "wrong", reason=reason, number=int(number))
    await _restore(press, shown)
    return notices.thanks(press.reader.speech)


@pressed
async def _cancel(press: Press) -> str:
    """Put the buttons of the answer back."""
    await _restore(press, await _shown(press))
    return ""


@pressed
async def unknown(press: Press) -> str:
    """Answer a button that no pattern knows: of an older version, or made up."""
    return notices.expired(press.reader.speech)


PATTERNS: Mapping[str, Handler] = MappingProxyType(
    {
        r"^page:([0-9]{1,2})$": _page,
        r"^context:([0-9]{1,2})$": _context,
        r"^vote:(good|bad)$": _vote,
        r"^wrong$": _wrong,
        r"^wrong:([0-9]{1,2})$": _wrong_one,
        rf"^wrong:([0-9]{{1,2}}):({'|'.join(REASONS)})$": _wrong_because,
        r"^cancel$": _cancel,
    }
)
"""What the buttons below an answer send → what is done."""


async def _shown(press: Press) -> ShownAnswer:
    """Return what the message under which the button hangs shows.

    Raises:
        Expired: It is not kept (any more).
    """
    shown = await find_answer(press.engine, press.chat.id, press.message_id)
    if shown is None:
        raise Expired(notices.expired(press.reader.speech))
    return shown


async def _read_again(press: Press, shown: ShownAnswer) -> list[Entry]:
    """Return what an answer shows, each excerpt read again; nothing where one is not there."""
    newsroom, entries = press.newsroom, []
    for place in shown.places:
        if place.shown is None:
            entries.append(Entry(place.number, None, place.note))
        elif cited := await newsroom.read(newsroom.desk.cite, place.shown):
            entries.append(shown_again(place, cited))
        else:
            return []
    return entries


async def _restore(press: Press, shown: ShownAnswer) -> None:
    newsroom = press.newsroom
    first = next((each.shown for each in shown.places if each.shown), None)
    cited = await newsroom.read(newsroom.desk.cite, first) if first else None
    buttons = buttons_of(shown, cited, _speech(shown))
    await press.edit_buttons(buttons)


def _speech(shown: ShownAnswer) -> Speech:
    return speech_in(shown.language)
