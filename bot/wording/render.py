"""Answer → Telegram HTML, always within Telegram's limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.wording import captions
from bot.wording.markup import (
    MAX_BOLD,
    MAX_LINKS,
    MAX_UNITS,
    Text,
    caption,
    excerpt,
    expandable,
    join,
    markup,
    plain,
    quote,
    shorten,
)
from bot.wording.speech import Speech
from index import Answer, Citation

__all__ = ["Entry", "Page", "compose", "render_answer"]

_OLD = dt.timedelta(days=180)
"""An excerpt so much older than the newest article gets a warning."""

_ENDED = dt.timedelta(days=14)
"""Coverage whose newest article is older than this says where it ends."""


class Entry(NamedTuple):
    """One place in an answer.

    Attributes:
        number: In the answer, from 1; 0 where it bears none.
        citation: What is shown there, or None where nothing may be shown any more.
        note: What is to be said of it, or "".
    """

    number: int
    citation: Citation | None
    note: str = ""


class Page(NamedTuple):
    """A message.

    Attributes:
        html: What it says.
        entries: The places that found room in it.
        reason: Why it refuses, or "".
        notes: What it says below.
        next: How many citations it and the pages before it show, or 0 where those are all.
    """

    html: str
    entries: tuple[Entry, ...]
    reason: str = ""
    notes: tuple[str, ...] = ()
    next: int = 0


def render_answer(
    answer: Answer, speech: Speech, *, today: dt.date, start: int = 0, k: int, wider: str
) -> Page:
    """Return an answer as one message.

    Args:
        answer: What to show.
        speech: To say it in.
        today: To tell whether the coverage has ended.
        start: How many citations the pages before it show.
        k: Most citations on it.
        wider: How to look in all the coverage from there, or "".
    """
    cited = answer.citations or answer.nearest
    entries = [
        Entry(each.number, each, captions.copies(len(each.copies), speech))
        for each in cited[start:][:k]
    ]
    page = compose(
        entries,
        speech,
        answered=answer.answered,
        reason=captions.lacking(answer.scope, speech) if answer.reason else "",
        notes=[] if start else _notes(answer, today, speech, wider),
    )
    shown = start + len(page.entries)
    return page._replace(next=shown if shown < len(cited) else 0)


def compose(
    entries: Sequence[Entry],
    speech: Speech,
    *,
    answered: bool,
    reason: str = "",
    notes: Sequence[str] = (),
) -> Page:
    """Return entries as one message; the last are left out where it gets too long.

    One always fits, for a sentence has at most 800 code points.
    """
    while True:
        message = _compose(entries, speech, answered, reason, notes)
        if message.units <= MAX_UNITS or len(entries) <= 1:
            return Page(message.html, tuple(entries), reason, tuple(notes))
        entries = entries[:-1]


def _compose(
    entries: Sequence[Entry], speech: Speech, answered: bool, reason: str, notes: Sequence[str]
) -> Text:
    parts: list[Text] = []
    bold = MAX_BOLD
    longest = MAX_LINKS // max(1, len(entries))
    if answered:
        first = _show(entries[0], speech, bold, longest, in_quote=True)
        parts.append(first)
        bold -= first.bold
        entries = entries[1:]
    else:
        parts.append(markup(captions.refusal(speech)))
        if reason:
            parts.append(plain(shorten(reason)))
        if entries:
            parts.append(plain(captions.nearest(speech)))
    if entries:
        shown = []
        for entry in entries:
            shown.append(_show(entry, speech, bold, longest))
            bold -= shown[-1].bold
        parts.append(expandable(join(shown, "\n\n")))
    parts += [plain(note) for note in notes]
    return join(parts, "\n")


def _show(
    entry: Entry, speech: Speech, bold: int, longest: int, *, in_quote: bool = False
) -> Text:
    """Return an excerpt and its caption, or what is to be said instead."""
    label, citation = f"[{entry.number}] " if entry.number else "", entry.citation
    if citation is None:
        return plain(label + entry.note)
    text = excerpt(citation, bold)
    below = caption(citation, speech, longest=longest, label=label, note=entry.note)
    return join([quote(text) if in_quote else text, below], "\n")


def _notes(answer: Answer, today: dt.date, speech: Speech, wider: str) -> list[str]:
    """Return what a reader must know of what was asked, where, and the age of what is shown."""
    notes = []
    if answer.text != answer.question:
        notes.append(captions.understood_as(shorten(answer.text), speech))
    notes += map(shorten, _not_found(answer, speech))
    if answer.understood and not answer.reason:
        notes.append(f"{shorten(captions.searched(answer.scope, speech))} {wider}".rstrip())
    elif wider and (answer.understood or answer.scope.absent):
        notes.append(wider)
    notes += _left_out(answer, speech)
    languages = answer.reach.languages
    if languages and speech.code not in languages and not answer.answered:
        notes.append(shorten(captions.languages(languages, speech)))
    last = answer.reach.last
    if last is None:
        return notes
    published = answer.citations[0].published if answer.answered else None
    if published and last - published > _OLD:
        notes.append(captions.old(published, speech))
    if today - last > _ENDED:
        notes.append(captions.ended(last, speech))
    return notes


def _not_found(answer: Answer, speech: Speech) -> Iterator[str]:
    """Yield what of the question the coverage does not have."""
    yield from (captions.unanswered(question, speech) for question in answer.unanswered)
    if answer.unsaid:
        yield captions.unsaid(answer.unsaid, speech)
    if answer.unmentioned:
        yield captions.unmentioned(answer.unmentioned, speech)
    if answer.meant:
        yield captions.meant(answer.meant, speech)
    if answer.scope.lacking:
        yield captions.no_coverage(answer.scope.lacking, speech)


def _left_out(answer: Answer, speech: Speech) -> list[str]:
    """Return that the chat leaves out what was asked for, or what might have answered."""
    scope = answer.scope
    if scope.left_out:  # a refusal for that reason has said it
        return [] if scope.is_left_out else [captions.left_out(scope.left_out, speech)]
    is_left_out = not set(answer.without) <= set(scope.unwanted)
    return [captions.some_left_out(speech)] if is_left_out and not answer.answered else []
