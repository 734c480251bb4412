"""The buttons below answers, and what they send back.

What a button sends names only what to do, never where: that is the message it hangs under, which
Telegram names itself. So nothing can be forged for another chat.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.wording.markup import shorten
from bot.wording.speech import Speech
from index import Citation

__all__ = [
    "MAX_LABEL",
    "answer_buttons",
    "ask_button",
    "button",
    "citation_buttons",
    "confirm_buttons",
    "context_buttons",
    "in_rows",
    "keyboard",
    "open_button",
    "reason_buttons",
    "stop_button",
    "watch_buttons",
]

_IN_A_ROW = 5
_MAX_ADDRESS = 1_000
"""Bytes; of longer addresses it is not known whether Telegram takes them in a button."""

_UNSAFE = frozenset(' "<>\\^`{|}\n\r\t')
"""Characters that an address may hold on a page, but not in a button."""

MAX_LABEL = 40
"""Code points of a topic or an outlet on a button."""


def button(label: str, data: str) -> InlineKeyboardButton:
    """Return a button that sends something back."""
    return InlineKeyboardButton(label, callback_data=data)


def in_rows(
    buttons: Sequence[InlineKeyboardButton], width: int = _IN_A_ROW
) -> list[Sequence[InlineKeyboardButton]]:
    """Return rows of at most so many buttons."""
    return [buttons[at : at + width] for at in range(0, len(buttons), width)]


def keyboard(rows: Iterable[Sequence[InlineKeyboardButton]]) -> InlineKeyboardMarkup:
    """Return what stands below a message; a row without buttons is none."""
    return InlineKeyboardMarkup([row for row in rows if row])


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
        around.append(button(speech.say("◀ First"), "page:0"))
    if first and (address := _opening_address(first)):
        around.append(InlineKeyboardButton(speech.say("Open article"), url=address))
    if next_:
        around.append(button(speech.say("More ▶"), f"page:{next_}"))
    votes = [button("👍", "vote:good"), button("👎", "vote:bad")]
    if numbers:
        votes.append(button(speech.say("Wrong citation"), "wrong"))
    return keyboard([*in_rows(numbered), around, votes])


def context_buttons(citation: Citation, start: int, speech: Speech) -> InlineKeyboardMarkup:
    """Return what stands below an excerpt shown in its surroundings."""
    row = [button(speech.say("◀ Back"), f"page:{start}")]
    if address := _opening_address(citation):
        row.append(InlineKeyboardButton(speech.say("Open article"), url=address))
    return keyboard([row])


def open_button(citation: Citation, speech: Speech) -> InlineKeyboardMarkup | None:
    """Return what opens an article, if it has an address."""
    address = _opening_address(citation)
    label = speech.say("Open article")
    return keyboard([[InlineKeyboardButton(label, url=address)]]) if address else None


def citation_buttons(numbers: Sequence[int], speech: Speech) -> InlineKeyboardMarkup:
    """Return a choice of the citation that is wrong."""
    numbered = _numbered(speech.say("Which one?"), "wrong", numbers)
    return keyboard([*in_rows(numbered), [button(speech.say("Cancel"), "cancel")]])


def reason_buttons(number: int, speech: Speech) -> InlineKeyboardMarkup:
    """Return a choice of what is wrong with a citation."""
    reasons = {
        "misquoted": speech.say("Not what the article says"),
        "unrelated": speech.say("Does not answer the question"),
        "outdated": speech.say("Out of date"),
        "other": speech.say("Something else"),
    }
    rows = [[button(label, f"wrong:{number}:{reason}")] for reason, label in reasons.items()]
    return keyboard([*rows, [button(speech.say("Cancel"), "cancel")]])


def stop_button(watch: int, speech: Speech) -> InlineKeyboardMarkup:
    """Return what ends a watch, below what it told."""
    return keyboard([[button(speech.say("Stop watching"), f"stop:{watch}")]])


def watch_buttons(watches: Iterable[tuple[int, str]]) -> InlineKeyboardMarkup:
    """Return what ends each of some watches: their ids and topics."""
    return keyboard(
        [
            [button(f"✕ {shorten(topic, MAX_LABEL)}", f"unwatch:{watch}")]
            for watch, topic in watches
        ]
    )


def confirm_buttons(kind: str, speech: Speech) -> InlineKeyboardMarkup:
    """Return what confirms adding ("add") or removing ("remove") an article, or discards it."""
    label = speech.say("Add it") if kind == "add" else speech.say("Remove it")
    return keyboard([[button(label, f"admin:{kind}"), button(speech.say("Discard"), "admin:no")]])


def ask_button(username: str, payload: str, speech: Speech) -> InlineKeyboardMarkup:
    """Return what opens the private chat at something, below what inline mode inserted."""
    address = f"https://t.me/{username}?start={payload}"
    return keyboard(
        [[InlineKeyboardButton(speech.say("See the context or ask a question"), address)]]
    )


def _opening_address(citation: Citation) -> str:
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


def _numbered(label: str, action: str, numbers: Sequence[int]) -> list[InlineKeyboardButton]:
    """Return a button a number, the first of them labelled."""
    if len(numbers) == 1:
        return [button(label, f"{action}:{numbers[0]}")]
    return [
        button(
            f"{label} [{number}]" if number == numbers[0] else f"[{number}]", f"{action}:{number}"
        )
        for number in numbers
    ]
