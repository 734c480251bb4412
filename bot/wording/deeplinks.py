"""Links that open the private chat at a question or a citation.

    https://t.me/BOT?start=PAYLOAD

A payload is a letter for its kind and what it names, at most 64 of A-Z a-z 0-9 _ and -. What is
named may be gone, and anybody can make up a payload: reading one either gives something or None.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from index import Shown

__all__ = [
    "Link",
    "article_key",
    "find_article",
    "link_to_asking",
    "link_to_citation",
    "link_to_question",
    "read_link",
]

_MAX_PAYLOAD = 64
_KEY = 16
"""Characters of a hash that name an article: 96 bits of it."""

_CHECK = 8
"""Characters of a hash that tell whether an excerpt is still the same."""

_HOW = "inline"
"""What leads nowhere, so that the chat opens with how to ask."""

_CITATION = re.compile(rf"c([\w-]{{{_KEY}}})([\w-]{{{_CHECK}}})(\d{{1,9}})-(\d{{1,4}})", re.ASCII)
_QUESTION = re.compile(r"q([\w-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Link:
    """What a link leads to.

    Attributes:
        question: A question to answer, or "".
        article: The key of the article of a citation, or "".
        start, length: Where in it the excerpt stands, or 0.
        check: Hash of that excerpt, or "".
    """

    question: str = ""
    article: str = ""
    start: int = 0
    length: int = 0
    check: str = ""

    def is_of(self, excerpt: str) -> bool:
        """Tell whether it leads to these very characters."""
        return self.check == _hash(excerpt, _CHECK)


def link_to_question(question: str) -> str:
    """Return the payload of a question, or "" where it is too long for one."""
    encoded = base64.urlsafe_b64encode(question.encode("utf-8", "ignore")).decode().rstrip("=")
    return f"q{encoded}" if encoded and len(encoded) < _MAX_PAYLOAD else ""


def link_to_asking(question: str) -> str:
    """Return the payload of a question, or of how to ask where it is too long for one."""
    return link_to_question(question) or _HOW


def link_to_citation(shown: Shown) -> str:
    """Return the payload of an excerpt."""
    check = _hash(shown.excerpt, _CHECK)
    return f"c{article_key(shown.article)}{check}{shown.start}-{len(shown.excerpt)}"


def article_key(article: str) -> str:
    """Return by what links name an article."""
    return _hash(article, _KEY)


def find_article(key: str, articles: Iterable[str]) -> str | None:
    """Return the id of the article that a link names, if it is among some."""
    return next((article for article in articles if article_key(article) == key), None)


def read_link(payload: str) -> Link | None:
    """Return what a payload leads to, or None where it is none of ours."""
    if len(payload) > _MAX_PAYLOAD:
        return None
    if match := _CITATION.fullmatch(payload):
        key, check, start, length = match.groups()
        return Link(article=key, check=check, start=int(start), length=int(length))
    if match := _QUESTION.fullmatch(payload):
        question = _decode(match[1])
        return Link(question=question) if question.strip() else None
    return None


def _decode(encoded: str) -> str:
    padding = "=" * (-len(encoded) % 4)
    try:
        return base64.urlsafe_b64decode(encoded + padding).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _hash(text: str, length: int) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest).decode()[:length]
