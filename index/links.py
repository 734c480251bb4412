"""Links that open an article at the very excerpt.

Source: W3C/WICG Scroll-to-Text Fragment, https://wicg.github.io/scroll-to-text-fragment/
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

import regex

__all__ = ["link_to"]

_WHOLE = 8
"""An excerpt of no more words is named whole, a longer one by its first and last words."""

_EDGE = 4
"""Words at either end, to begin with."""

_FURTHEST = 128
"""Words before an excerpt that may tell it apart; a link that names more is too long to send."""

# Where words are not spaced, clauses stand for them: a browser matches at bounds of words only.
_STOPS = "、。，！？；："
_WORD = regex.compile(rf"[^\s{_STOPS}]+[{_STOPS}]*|[{_STOPS}]+")
_GAP = regex.compile(r"[^\S ]\s*|\s{2,}")
"""White space other than a single space, which stays as it is."""
_PARAGRAPH = "\0"


def link_to(url: str, body: str, start: int, end: int) -> str:
    """Return `url` with a text fragment that leads to `body[start:end]`, or "" without a url.

    The browser scrolls to the first place that matches, so the ends named grow until the first
    match in `body` is the right one. Where the same words stand earlier too, those before the
    excerpt tell it apart.

    Example:
        >>> link_to("https://example.org/a", "One two. Three four.", 9, 20)
        'https://example.org/a#:~:text=Three%20four.'
    """
    if not url:
        return ""
    address = url.partition(":~:")[0]  # of two directives a browser follows the first
    separator = ":~:" if "#" in address else "#:~:"
    return f"{address}{separator}text={_direct(body, start, end)}"


def _direct(body: str, start: int, end: int) -> str:
    """Return `start`, `start,end` or, with what stands before, `prefix-,start,end`, encoded."""
    words = [match.span() for match in _WORD.finditer(body, start, end)]
    first = words[0][0]
    named = _name(body, words)
    parts = [_encode(text) for text in named]
    if _find(named[0], _fold(body)) != len(_fold(body[:first])):
        parts[:0] = [f"{_encode(prefix)}-" for prefix in _precede(body, first, named[0])]
    return ",".join(parts)


def _name(body: str, words: list[tuple[int, int]]) -> list[str]:
    """Return the excerpt's two ends, or the whole where it is short or its ends would meet."""
    first, last = words[0][0], words[-1][1]
    if len(words) > _WHOLE:
        page, place = _fold(body), len(_fold(body[:first]))
        heads = [body[first:at] for _, at in words[_EDGE - 1 :]]
        head = next((text for text in heads if _find(text, page) == place), heads[0])
        after, until = place + len(_fold(head)), len(_fold(body[:last]))
        for at, _ in reversed(words[: 1 - _EDGE]):
            tail = body[at:last]
            if _find(tail, page, after) == until - len(_fold(tail)):
                return [head, tail]
    return [body[first:last]]


def _precede(body: str, at: int, text: str) -> list[str]:
    """Return the fewest words before `text` at `at` with which it stands nowhere earlier, if any.

    They are of one line, as a browser looks for them; the excerpt may begin the next.
    """
    page, place = _fold(body).replace(_PARAGRAPH, " "), len(_fold(body[:at]))
    before = body[:at].rstrip()
    words = [match.start() for match in _WORD.finditer(before, before.rfind("\n") + 1)]
    words = words[-_FURTHEST:]
    for word in reversed(words):
        whole = _fold(body[word:at] + text).replace(_PARAGRAPH, " ")
        if _find(whole, page) == place - len(_fold(body[word:at])):
            return [before[word:]]
    return [before[word:] for word in words[:1]]


def _find(text: str, page: str, start: int = 0) -> int:
    """Return where a browser first finds `text` in a folded page, from `start` on; -1 for no."""
    folded = _fold(text)
    at = page.find(folded, start)
    while at >= 0 and (_is_in_word(at, page) or _is_in_word(at + len(folded), page)):
        at = page.find(folded, at + 1)
    return at


def _is_in_word(at: int, page: str) -> bool:
    return page[max(at - 1, 0) : at].isalnum() and page[at : at + 1].isalnum()


@lru_cache(maxsize=64)
def _fold(text: str) -> str:
    """Return a text as a browser compares it: without case, spaces single, paragraphs apart."""
    return _GAP.sub(lambda gap: _PARAGRAPH if gap[0].count("\n") > 1 else " ", text).casefold()


def _encode(text: str) -> str:
    """Percent-encode, the dash too: it would mark a prefix or suffix."""
    return quote(" ".join(text.split()), safe="").replace("-", "%2D")
