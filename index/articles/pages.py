"""Saved web page → the raw fields of its article. The only import of trafilatura."""

from __future__ import annotations

import logging
import re

import htmldate
import regex
import trafilatura
from trafilatura.settings import Document

from index.articles.fields import Fault, clean, is_url, one_line, unify
from index.articles.walls import declared_words, find_wall, is_whole
from index.errors import PARSER_ERRORS
from index.text.passages import count_words

__all__ = ["extract", "extract_text"]

_SHORTEST = 20
"""Words in the shortest body; log-in and consent pages have fewer."""

_NOTHING = "no article found in this page; save its text as .txt"

# A paragraph that is a byline: By Kate Moss and Ann O'Hara.
_NAME = r"\p{Lu}[\p{L}\p{M}.'’-]*+"
_BYLINE = regex.compile(rf"By\s+({_NAME}(?:,?\s+(?:(?:and|&)\s+)?{_NAME}){{1,7}})(?<!\.)")

# trafilatura and htmldate log each page they give up on; that is said here as an error instead.
for _library in ("trafilatura", "htmldate"):
    logging.getLogger(_library).addHandler(logging.NullHandler())
    logging.getLogger(_library).propagate = False


def extract(text: str, stem: str) -> dict[str, object]:
    """Return what a page says of its article, by field.

    Its language is left to be detected, for templates often declare a wrong one.

    Args:
        text: The page's HTML.
        stem: The file's name without its ending: the id, and the headline of an untitled page.

    Raises:
        Fault: There is no article in the page, it has fewer than `_SHORTEST` words, or what is
            there is a request for consent, or a part of an article for subscribers.
    """
    text = unify(text)
    page = _parse(text)
    outlet = page.sitename or page.hostname or ""
    headline = one_line(_strip_outlet(page.title or stem, outlet))
    byline, body = _take_byline(_space_out(_find_whole(page.text or "", text), headline))
    words = count_words(body)
    if words < _SHORTEST:
        raise Fault(_NOTHING, "body")
    if wall := find_wall(text, body, words):
        raise Fault(wall, "body")
    return {
        "id": stem,
        "headline": headline,
        "outlet": outlet,
        "byline": page.author or byline,
        "published": page.date,
        "updated": _find_update(text, page.date),
        "url": page.url if is_url(page.url or "") else "",
        "body": body,
    }


def extract_text(fragment: str) -> str:
    """Return the text of an article's HTML that has no page around it.

    Raises:
        Fault: There is none in it.
    """
    try:
        found = trafilatura.extract(
            f"<html><body><article>{unify(fragment)}</article></body></html>",
            include_comments=False,
            favor_recall=True,  # all of it is the article
        )
    except PARSER_ERRORS:
        found = None
    if not found:
        raise Fault("no text in this HTML; write the article as text", "body")
    return _space_out(found, "")


def _parse(text: str) -> Document:
    """Find the article without reader comments, and the date only where the page states it."""
    dates = {"extensive_search": False, "original_date": True, "outputformat": "%Y-%m-%d"}
    try:
        found = trafilatura.bare_extraction(
            text, include_comments=False, with_metadata=True, date_extraction_params=dates
        )
    except PARSER_ERRORS:
        found = None
    if not isinstance(found, Document):
        raise Fault(_NOTHING, "body")
    return found


def _find_whole(body: str, text: str) -> str:
    """Return all of the body where a page says that it has more words than were found.

    Then all its paragraphs are taken, if that comes to about as many.
    """
    declared = declared_words(text)
    if is_whole(count_words(body), declared):
        return body
    root, *_ = trafilatura.baseline(text)
    simple = "\n".join("".join(part.itertext()) for part in root.iter("p"))
    missing = abs(count_words(simple) - declared)
    return simple if missing < abs(count_words(body) - declared) else body


def _find_update(text: str, published: str | None) -> str | None:
    """Return the date on which a page says that it was last changed, if that was later."""
    try:
        found = htmldate.find_date(text, extensive_search=False, outputformat="%Y-%m-%d")
    except PARSER_ERRORS:
        return None
    return found if found and published and found > published else None


def _strip_outlet(headline: str, outlet: str) -> str:
    """Take the outlet's name off the end of a page's title."""
    ending = rf"\s+[-–—|:·»]\s+{re.escape(outlet)}\s*$"
    return (outlet and re.sub(ending, "", headline, flags=re.IGNORECASE)) or headline


def _space_out(text: str, headline: str) -> str:
    """Put blank lines between paragraphs, and leave out a headline that is repeated on top."""
    paragraphs = [line for line in clean(text).split("\n") if line]
    if len(paragraphs) > 1 and one_line(paragraphs[0]) == headline:
        del paragraphs[0]
    return "\n\n".join(paragraphs)


def _take_byline(body: str) -> tuple[str, str]:
    """Return the byline that a body begins with, or "", and the body without it."""
    first, _, rest = body.partition("\n\n")
    found = _BYLINE.fullmatch(first)
    return (found[1], rest) if found and rest else ("", body)
