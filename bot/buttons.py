"""The buttons below answers, and what they send back.

What a button sends names only what to do, never where: that is the message it hangs under, which
Telegram names itself. So nothing can be forged for another chat.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.speech import Speech
from index import Citation

__all__ = [
    "answer_buttons",
    "ask_button",
    "citation_buttons",
    "confirm_buttons",
    "context_buttons",
    "open_button",
    "opening_address",
    "reason_buttons",
    "stop_button",
    "watch_buttons",
]

_IN_A_ROW = 5
_MAX_ADDRESS = 1_000
"""Bytes; of longer addresses it is not known whether Telegram takes them in a button."""

_UNSAFE = frozenset(' "<>\\^`{|}\n\r\t')
"""Characters that an address may hold on a page, but not in a button."""

_MAX_LABEL = 40
"""Code points of a topic on a button."""


def answer_buttons(
    numbers: Sequence[int], first: Citation | None, *, start: int, next_: int, speech: Speech
) -> InlineKeyboardMarkup:
    """Return what stands below an answer.

    Args:
        numbers: Of the citations shown.
        first: The first of them, to open.
        start: How many citations the pages before it show.
        next_: Where the next page begins, or 0 where there is none.
        speech: To label them in.
    """
    context = speech.say("Context")
    numbered = _numbered(context, "context", numbers)
    around = []
    if start:
        around.append(_button(speech.say("◀ First"), "page:0"))
    if first and (address := opening_address(first)):
        around.append(InlineKeyboardButton(speech.say("Open article"), url=address))
    if next_:
        around.append(_button(speech.say("More ▶"), f"page:{next_}"))
    votes = [_button("👍", "vote:good"), _button("👎", "vote:bad")]
    if numbers:
        votes.append(_button(speech.say("Citation is wrong"), "wrong"))
    return _markup([*_in_rows(numbered), around, votes])


def context_buttons(citation: Citation, start: int, speech: Speech) -> InlineKeyboardMarkup:
    """Return what stands below an excerpt shown in its surroundings."""
    row = [_button(speech.say("◀ Back"), f"page:{start}")]
    if address := opening_address(citation):
        row.append(InlineKeyboardButton(speech.say("Open article"), url=address))
    return _markup([row])


def open_button(citation: Citation, speech: Speech) -> InlineKeyboardMarkup | None:
    """Return what opens an article, if it has an address."""
    address = opening_address(citation)
    label = speech.say("Open article")
    return _markup([[InlineKeyboardButton(label, url=address)]]) if address else None


def citation_buttons(numbers: Sequence[int], speech: Speech) -> InlineKeyboardMarkup:
    """Return a choice of the citation that is wrong."""
    numbered = _numbered(speech.say("Which?"), "wrong", numbers)
    return _markup([*_in_rows(numbered), [_button(speech.say("Cancel"), "cancel")]])


def reason_buttons(number: int, speech: Speech) -> InlineKeyboardMarkup:
    """Return a choice of what is wrong with a citation."""
    reasons = {
        "misquoted": speech.say("Not what the article says"),
        "unrelated": speech.say("Does not answer the question"),
        "outdated": speech.say("Out of date"),
        "other": speech.say("Something else"),
    }
    rows = [[_button(label, f"wrong:{number}:{reason}")] for reason, label in reasons.items()]
    return _markup([*rows, [_button(speech.say("Cancel"), "cancel")]])


def stop_button(watch: int, speech: Speech) -> InlineKeyboardMarkup:
    """Return what ends a watch, below what it told."""
    return _markup([[_button(speech.say("Stop watching"), f"stop:{watch}")]])


def watch_buttons(watches: Iterable[tuple[int, str]]) -> InlineKeyboardMarkup:
    """Return what ends each of some watches: their ids and topics."""
    return _markup(
        [[_button(f"✕ {_shorten(topic)}", f"unwatch:{watch}")] for watch, topic in watches]
    )


def confirm_buttons(kind: str, speech: Speech) -> InlineKeyboardMarkup:
    """Return what confirms adding ("add") or removing ("remove") an article, or discards it."""
    label = speech.say("Add it") if kind == "add" else speech.say("Remove it")
    return _markup([[_button(label, f"admin:{kind}"), _button(speech.say("Discard"), "admin:no")]])


def ask_button(username: str, payload: str, speech: Speech) -> InlineKeyboardMarkup:
    """Return what opens the private chat at something, below what inline mode inserted."""
    address = f"https://t.me/{username}?start={payload}"
    return _markup([[InlineKeyboardButton(speech.say("Context, and your own question"), address)]])


def opening_address(citation: Citation) -> str:
    """Return an address that a button may lead to, of the very sentence if it can, or "".

    Telegram refuses a message for a button whose address it does not take.
    """
    for address in (citation.link, citation.url):
        if address and len(address.encode()) <= _MAX_ADDRESS and _is_public(address):
            return address
    return ""


def _is_public(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    named = all(label and label.replace("-", "").isalnum() for label in host.split("."))
    return (
        parts.scheme in ("http", "https") and "." in host and named and not _UNSAFE & set(address)
    )


def _in_rows(buttons: Sequence[InlineKeyboardButton]) -> list[Sequence[InlineKeyboardButton]]:
    return [buttons[at : at + _IN_A_ROW] for at in range(0, len(buttons), _IN_A_ROW)]


def _numbered(label: str, action: str, numbers: Sequence[int]) -> list[InlineKeyboardButton]:
    """Return a button a number, the first of them labelled."""
    if len(numbers) == 1:
        return [_button(label, f"{action}:{numbers[0]}")]
    return [
        _button(
            f"{label} [{number}]" if number == numbers[0] else f"[{number}]", f"{action}:{number}"
        )
        for number in numbers
    ]


def _button(label: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=data)


def _markup(rows: Iterable[Sequence[InlineKeyboardButton]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([row for row in rows if row])


def _shorten(topic: str) -> str:
    return topic if len(topic) <= _MAX_LABEL else topic[: _MAX_LABEL - 1] + "…"
