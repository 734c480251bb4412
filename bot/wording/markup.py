"""Pieces of Telegram HTML that know how long they are after parsing.

Source of the limits: Bot API, "Formatting options" and `sendMessage`: 4096 characters after
parsing, counted here as UTF-16 units, which is never less than Telegram counts; 100 entities;
32,768 bytes before parsing, which follow from the others: none of the units takes more than 5.
All entities together may have some 9,500 bytes, of which links take the most
(https://github.com/tdlib/telegram-bot-api/issues/165).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from bot.wording.speech import Speech
from index import Citation, Span

__all__ = [
    "MAX_BOLD",
    "MAX_LINKS",
    "MAX_UNITS",
    "Text",
    "caption",
    "excerpt",
    "expandable",
    "join",
    "markup",
    "plain",
    "quote",
    "shorten",
    "units",
]

MAX_UNITS = 4096

MAX_LINKS = 8_000
"""Bytes of all links in a message; each has an equal share of it."""

MAX_BOLD = 80
"""Marked words in a message: with links and quotes that stays below 100 entities."""

_MAX_LINE = 200
"""Code points of a headline, outlet, reason or note; what is longer ends in an ellipsis."""

_STEERING = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Marks that steer the direction of writing: left open, they reach beyond their own name."""


class Text(NamedTuple):
    """HTML, with the UTF-16 units that are left of it after parsing and its bold entities."""

    html: str
    units: int
    bold: int = 0


def plain(text: str) -> Text:
    """Return a text to be shown as it is."""
    return Text(escape(text, quote=False), units(text))


def markup(html: str) -> Text:
    """Return one of the bot's own texts; its tags are counted too, which is more than it takes."""
    return Text(html, units(html))


def quote(text: Text) -> Text:
    """Return a text in a quotation."""
    return text._replace(html=f"<blockquote>{text.html}</blockquote>")


def expandable(text: Text) -> Text:
    """Return a text in a quotation that unfolds on a tap."""
    return text._replace(html=f"<blockquote expandable>{text.html}</blockquote>")


def join(parts: Sequence[Text], glue: str) -> Text:
    """Return all parts, `glue` between them."""
    return Text(
        glue.join(part.html for part in parts),
        sum(part.units for part in parts) + len(glue) * max(0, len(parts) - 1),
        sum(part.bold for part in parts),
    )


def excerpt(citation: Citation, bold: int = MAX_BOLD) -> Text:
    """Return the excerpt, verbatim, with at most `bold` marks."""
    marks = _merge(citation.marks, citation.excerpt)[:bold]
    html, at = "", 0
    for start, end in marks:
        html += escape(citation.excerpt[at:start], quote=False)
        html += f"<b>{escape(citation.excerpt[start:end], quote=False)}</b>"
        at = end
    html += escape(citation.excerpt[at:], quote=False)
    return Text(html, units(citation.excerpt), len(marks))


def caption(
    citation: Citation,
    speech: Speech,
    *,
    longest: int = MAX_LINKS,
    label: str = "",
    note: str = "",
) -> Text:
    """Return label, headline linked where that takes no more bytes, outlet, date and note.

    Args:
        citation: Whose.
        speech: For the date.
        longest: Bytes that a link may take.
        label: What stands before it, such as "[1] ".
        note: What stands behind it.
    """
    headline = shorten(citation.headline)
    linked = escape(headline, quote=False)
    links = (escape(link) for link in (citation.link, citation.url))
    if link := next((link for link in links if 0 < len(link.encode()) <= longest), ""):
        linked = f'<a href="{link}">{linked}</a>'
    rest = [shorten(citation.outlet), speech.day(citation.published), note]
    tail = "".join(f" · {part}" for part in rest if part)
    return Text(label + linked + escape(tail, quote=False), units(label + headline + tail))


def shorten(line: str, most: int = _MAX_LINE) -> str:
    """Return a line of at most so many code points, without what turns the text around it."""
    line = line.translate(_STEERING)
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def units(text: str) -> int:
    """Return the UTF-16 units of a text, in which Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _merge(marks: Iterable[Span], text: str) -> list[Span]:
    """Join marks that touch or have only a space between them."""
    merged: list[Span] = []
    for mark in marks:
        if merged and not text[merged[-1].end : mark.start].strip():
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, mark.end))
        else:
            merged.append(mark)
    return merged
