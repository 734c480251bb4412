"""An answer laid out: its message, its buttons, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from telegram import InlineKeyboardMarkup

from bot.keeping.shown import Place, ShownAnswer
from bot.wording.buttons import answer_buttons, ask_button
from bot.wording.deeplinks import link_to_asking, link_to_citation
from bot.wording.render import Entry, Page, compose, render_answer
from bot.wording.speech import Speech
from index import Answer, Citation, Shown

__all__ = [
    "LaidOut",
    "Request",
    "buttons_of",
    "lay_out",
    "lay_out_again",
    "lay_out_inserted",
    "shown_again",
]


class Request(NamedTuple):
    """What was asked (see `Newsroom.ask`)."""

    question: str
    after: str = ""
    told: str = ""
    anywhere: bool = False


class LaidOut(NamedTuple):
    """A message: its HTML, its buttons, and what is to be kept once it is sent."""

    html: str
    buttons: InlineKeyboardMarkup
    shown: ShownAnswer


def lay_out(
    answer: Answer, request: Request, speech: Speech, *, k: int, start: int = 0, wider: str
) -> LaidOut:
    """Lay out a page of an answer.

    Args:
        answer: What to lay out.
        request: What was asked.
        speech: To say it in.
        k: Most citations on it.
        start: How many citations the pages before it show.
        wider: How to look in all the coverage from there, or "".
    """
    today = datetime.now(UTC).date()
    page = render_answer(answer, speech, today=today, start=start, k=k, wider=wider)
    shown = ShownAnswer(
        *request,
        answered=answer.answered,
        language=speech.code,
        start=start,
        next=page.next,
        places=_places(page),
        reason=page.reason,
        notes=page.notes,
    )
    return LaidOut(page.html, _buttons(shown, page, speech), shown)


def lay_out_inserted(
    entry: Entry, question: str, speech: Speech, *, answered: bool, username: str
) -> LaidOut:
    """Lay out a single entry, to be inserted where the bot is no member.

    Args:
        entry: What to show.
        question: What was typed.
        speech: To say it in.
        answered: Whether it answers, and is not only the nearest there is.
        username: The bot's own.
    """
    page = compose([entry], speech, answered=answered)
    shown = ShownAnswer(
        *Request(question),
        answered=answered,
        language=speech.code,
        start=0,
        next=0,
        places=_places(page),
    )
    return LaidOut(page.html, _buttons_inserted(shown, username, speech), shown)


def lay_out_again(
    shown: ShownAnswer, entries: list[Entry], speech: Speech, username: str
) -> LaidOut:
    """Lay out an answer shown earlier, of which something has changed.

    Args:
        shown: What was kept of it.
        entries: What it shows now, in the same places.
        speech: The language it was said in.
        username: The bot's own.
    """
    page = compose(
        entries, speech, answered=shown.answered, reason=shown.reason, notes=shown.notes
    )
    fits = len(page.entries)  # what does not is on the next page
    next_ = shown.next if fits == len(entries) else shown.start + fits
    again = replace(shown, places=_places(page), next=next_)
    if shown.inline_id:
        return LaidOut(page.html, _buttons_inserted(again, username, speech), again)
    return LaidOut(page.html, _buttons(again, page, speech), again)


def _buttons_inserted(shown: ShownAnswer, username: str, speech: Speech) -> InlineKeyboardMarkup:
    """Return the button of what is inserted where the bot is no member.

    It opens the private chat: at what is cited, where that is one excerpt, else at the question.
    """
    alone = shown.at(0)
    payload = link_to_citation(alone) if alone else link_to_asking(shown.question)
    return ask_button(username, payload, speech)


def buttons_of(shown: ShownAnswer, first: Citation | None, speech: Speech) -> InlineKeyboardMarkup:
    """Return the buttons of an answer.

    Args:
        shown: The answer.
        first: The first excerpt in it, if there is one.
        speech: The language it was said in.
    """
    return answer_buttons(
        [each.number for each in shown.places if each.shown],
        first,
        start=shown.start,
        next_=shown.next,
        speech=speech,
    )


def shown_again(place: Place, cited: Citation) -> Entry:
    """Return what a place shows, as before, of its excerpt read again."""
    return Entry(place.number, replace(cited, number=place.number, marks=place.marks), place.note)


def _buttons(shown: ShownAnswer, page: Page, speech: Speech) -> InlineKeyboardMarkup:
    first = next((each.citation for each in page.entries if each.citation), None)
    return buttons_of(shown, first, speech)


def _places(page: Page) -> tuple[Place, ...]:
    return tuple(_place(entry) for entry in page.entries)


def _place(entry: Entry) -> Place:
    cited = entry.citation
    if cited is None:
        return Place(entry.number, None, entry.note)
    return Place(entry.number, Shown.of(cited), entry.note, cited.marks)
