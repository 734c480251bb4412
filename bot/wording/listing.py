"""Lists and surroundings → Telegram HTML: what is covered, the latest, the new, the context."""

from __future__ import annotations

from collections.abc import Sequence

from bot.wording import captions
from bot.wording.markup import (
    MAX_LINKS,
    MAX_UNITS,
    caption,
    excerpt,
    join,
    markup,
    plain,
    quote,
    shorten,
)
from bot.wording.speech import Speech
from index import Citation, Reach, Surroundings

__all__ = ["render_latest", "render_news", "render_one", "render_reach", "render_surroundings"]

_MAX_OUTLETS = 25
_MAX_OUTLET = 70
"""Outlets listed, and code points of each: together below the limit."""

_MAX_LISTED = 10
"""Articles in a list."""


def render_reach(reach: Reach, speech: Speech) -> str:
    """Return what is covered: articles, dates, outlets with the number of their articles."""
    lines = [captions.extent(reach, speech)]
    for outlet, count in reach.outlets[:_MAX_OUTLETS]:
        name = shorten(outlet, _MAX_OUTLET) or captions.no_outlet(speech)
        lines.append(plain(f"• {name}: {speech.number(count)}").html)
    if len(reach.outlets) > _MAX_OUTLETS:
        lines.append(f"• {captions.more_outlets(len(reach.outlets) - _MAX_OUTLETS, speech)}")
    return "\n".join(lines)


def render_latest(citations: Sequence[Citation], topic: str, speech: Speech) -> str:
    """Return headlines, latest first, each linked to its article."""
    if not citations:
        return captions.nothing_latest(shorten(topic), speech)
    return _list(captions.latest(shorten(topic), speech), citations, speech)


def render_news(citations: Sequence[Citation], topic: str, speech: Speech) -> str:
    """Return what came in on a watched topic: the excerpt of one, the headlines of many."""
    title = captions.news(shorten(topic), speech)
    if len(citations) == 1:
        return f"{title}\n{render_one(citations[0], speech)}"
    return _list(title, citations, speech)


def render_one(citation: Citation, speech: Speech) -> str:
    """Return one excerpt in a quotation, its caption below."""
    return join([quote(excerpt(citation)), caption(citation, speech)], "\n").html


def render_surroundings(found: Surroundings, speech: Speech) -> str:
    """Return an excerpt, in bold, between as many sentences around it as there is room for."""
    before, after = list(found.before), list(found.after)
    below = caption(found.citation, speech)
    while _units(before, found.citation, after) + below.units > MAX_UNITS and (before or after):
        if len(before) >= len(after):
            before.pop(0)
        else:
            after.pop()
    words = plain(found.citation.excerpt)
    bold = words._replace(html=f"<b>{words.html}</b>")
    return join(
        [quote(join([plain("".join(before)), bold, plain("".join(after))], "")), below], "\n"
    ).html


def _list(title: str, citations: Sequence[Citation], speech: Speech) -> str:
    shown = citations[:_MAX_LISTED]
    longest = MAX_LINKS // len(shown)
    parts = [caption(each, speech, longest=longest, label="• ") for each in shown]
    if len(citations) > len(shown):
        parts.append(plain(f"• {captions.more_articles(len(citations) - len(shown), speech)}"))
    head = markup(title)
    while (whole := join([head, *parts], "\n")).units > MAX_UNITS:
        parts.pop()
    return whole.html


def _units(before: Sequence[str], citation: Citation, after: Sequence[str]) -> int:
    return plain("".join([*before, citation.excerpt, *after])).units + len("\n")
