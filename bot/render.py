"""Answer → Telegram HTML, always within Telegram's limits.

Source of the limits: Bot API, "Formatting options" and `sendMessage`: 4096 characters after
parsing, counted here as UTF-16 units, which is never less than Telegram counts; 100 entities;
32,768 bytes before parsing, which follow from the others: none of the units takes more than 5.
All entities together may have some 9,500 bytes, of which links take the most
(https://github.com/tdlib/telegram-bot-api/issues/165).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from bot.texts import NEAREST, REFUSAL
from index import Answer, Citation, Reach, Span

__all__ = ["MAX_UNITS", "render_answer", "render_reach"]

MAX_UNITS = 4096

_MAX_LINKS = 8_000
"""Bytes of all links in a message; each has an equal share of it."""

_MAX_BOLD = 80
"""Marked words in a message: with links and quotes that stays below 100 entities."""

_MAX_LINE = 200
"""Code points of a headline, outlet, reason or note; what is longer ends in an ellipsis."""

_OLD = dt.timedelta(days=180)
"""An excerpt so much older than the newest article gets a warning."""

_ENDED = dt.timedelta(days=14)
"""Coverage whose newest article is older than this says where it ends."""

_MAX_OUTLETS = 25
_MAX_OUTLET = 70
"""Outlets listed, and code points of each: together below the limit."""


class _Text(NamedTuple):
    """HTML, with the UTF-16 units that are left of it after parsing and its bold entities."""

    html: str
    units: int
    bold: int = 0


def render_answer(answer: Answer, *, today: dt.date) -> str:
    """Return an answer as one message; the last citations are left out where it gets too long.

    One always fits, for a sentence has at most 800 code points.

    Args:
        answer: What to show.
        today: To tell whether the coverage has ended.
    """
    shown: Sequence[Citation] = answer.citations or answer.nearest
    message = _compose(answer, shown, today)
    while message.units > MAX_UNITS and len(shown) > 1:
        shown = shown[:-1]
        message = _compose(answer, shown, today)
    return message.html


def render_reach(reach: Reach) -> str:
    """Return what is covered: articles, dates, outlets with the number of their articles."""
    lines = [f"<b>{_count(reach.articles)}</b>{_period(reach)}"]
    for outlet, count in reach.outlets[:_MAX_OUTLETS]:
        name = _shorten(outlet, _MAX_OUTLET) or "no outlet given"
        lines.append(f"• {escape(name, quote=False)}: {count:,}")
    if len(reach.outlets) > _MAX_OUTLETS:
        lines.append(f"• and {len(reach.outlets) - _MAX_OUTLETS} more outlets")
    return "\n".join(lines)


def _compose(answer: Answer, shown: Sequence[Citation], today: dt.date) -> _Text:
    parts: list[_Text] = []
    bold = _MAX_BOLD
    longest = _MAX_LINKS // max(1, len(shown))
    if answer.answered:
        first = _quote(shown[0], bold)
        parts += [first, _caption(shown[0], longest)]
        bold -= first.bold
        shown = shown[1:]
    else:
        parts.append(_Text(REFUSAL, _units(REFUSAL)))
        if answer.reason:
            parts.append(_plain(_shorten(answer.reason)))
        if shown:
            parts.append(_plain(NEAREST))
    if shown:
        parts.append(_expandable(shown, bold, longest))
    parts += [_plain(note) for note in _notes(answer, today)]
    return _join(parts, "\n")


def _quote(citation: Citation, bold: int) -> _Text:
    text = _excerpt(citation, bold)
    return text._replace(html=f"<blockquote>{text.html}</blockquote>")


def _expandable(citations: Iterable[Citation], bold: int, longest: int) -> _Text:
    parts = []
    for citation in citations:
        text = _excerpt(citation, bold)
        bold -= text.bold
        parts.append(_join([text, _caption(citation, longest)], "\n"))
    text = _join(parts, "\n\n")
    return text._replace(html=f"<blockquote expandable>{text.html}</blockquote>")


def _excerpt(citation: Citation, bold: int) -> _Text:
    """Return the excerpt, verbatim, with at most `bold` marks."""
    marks = _merge(citation.marks, citation.excerpt)[:bold]
    html, at = "", 0
    for start, end in marks:
        html += escape(citation.excerpt[at:start], quote=False)
        html += f"<b>{escape(citation.excerpt[start:end], quote=False)}</b>"
        at = end
    html += escape(citation.excerpt[at:], quote=False)
    return _Text(html, _units(citation.excerpt), len(marks))


def _merge(marks: Iterable[Span], text: str) -> list[Span]:
    """Join marks that touch or have only a space between them."""
    merged: list[Span] = []
    for mark in marks:
        if merged and not text[merged[-1].end : mark.start].strip():
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, mark.end))
        else:
            merged.append(mark)
    return merged


def _caption(citation: Citation, longest: int) -> _Text:
    """Return number, headline linked where that takes no more bytes, outlet and date."""
    headline = _shorten(citation.headline)
    linked = escape(headline, quote=False)
    links = (escape(link) for link in (citation.link, citation.url))
    if link := next((link for link in links if 0 < len(link.encode()) <= longest), ""):
        linked = f'<a href="{link}">{linked}</a>'
    rest = [_shorten(citation.outlet), _date(citation.published)]
    if citation.copies:
        rest.append(f"also in {_count(len(citation.copies))}")
    tail = "".join(f" · {part}" for part in rest if part)
    number = f"[{citation.number}] "
    return _Text(number + linked + escape(tail, quote=False), _units(number + headline + tail))


def _notes(answer: Answer, today: dt.date) -> list[str]:
    """Return what a reader must know about the age of what is shown."""
    notes = []
    if answer.understood:
        notes.append(f"Looked first for {_shorten(answer.understood)}. Without that: /everywhere")
    elif answer.reason:
        notes.append("To look in all the coverage: /everywhere")
    last = answer.reach.last
    if last is None:
        return notes
    published = answer.citations[0].published if answer.answered else None
    if published and last - published > _OLD:
        notes.append(f"Mind the date: the first excerpt is from {_date(published)}.")
    if today - last > _ENDED:
        notes.append(f"The coverage ends on {_date(last)}.")
    return notes


def _join(parts: Sequence[_Text], glue: str) -> _Text:
    return _Text(
        glue.join(part.html for part in parts),
        sum(part.units for part in parts) + len(glue) * max(0, len(parts) - 1),
        sum(part.bold for part in parts),
    )


def _plain(text: str) -> _Text:
    return _Text(escape(text, quote=False), _units(text))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _shorten(line: str, most: int = _MAX_LINE) -> str:
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _count(articles: int) -> str:
    return f"{articles:,} article{'' if articles == 1 else 's'}"


def _period(reach: Reach) -> str:
    if reach.first is None or reach.last is None:
        return ""
    if reach.first == reach.last:
        return f", of {_date(reach.first)}"
    return f", from {_date(reach.first)} to {_date(reach.last)}"


def _date(date: dt.date | None) -> str:
    return f"{date.day} {date:%b} {date.year}" if date else ""
