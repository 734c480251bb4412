"""What stands in front of an article: pages for subscribers only, and requests for consent."""

from __future__ import annotations

import regex

__all__ = ["declared_words", "find_wall", "is_whole"]

_WHOLE = 0.75
"""Share of the words that a page says its article has from which the article is whole."""

_TEASER = 200
"""Words up to which what a page for subscribers shows is taken for the article's beginning."""

_NOTICE = 400
"""Words up to which a page may be nothing but a request for consent."""

_DENSE = 25
"""Of so many words one speaks of consent, in a request for it; of articles on it, fewer."""

_WORD_COUNT = regex.compile(r'"wordCount"\s*:\s*"?(\d{1,6})\b')
_FOR_SUBSCRIBERS = regex.compile(
    r'isAccessibleForFree\\?["\']?\s*(?::|\bcontent=)\s*\\?["\']?false\b', regex.IGNORECASE
)
_CONSENT = regex.compile(
    r"\b(?:cookies?|consent|privacy|personal data|partners|vendors|preferences|"
    r"datenschutz|einwilligung|personenbezogene|partnern?|confidentialité|consentement|"
    r"données personnelles|partenaires|privacidad|consentimiento|datos personales|socios|"
    r"privacidade|dados pessoais|parceiros|dati personali|consenso|toestemming)\b",
    regex.IGNORECASE,
)
_CHOICE = regex.compile(
    r"\b(?:accept|reject|agree|decline|manage|akzeptieren|ablehnen|zustimmen|accepter|refuser|"
    r"aceptar|rechazar|aceitar|rejeitar|accetta|rifiuta|accepteren|weigeren)\b",
    regex.IGNORECASE,
)


def declared_words(page: str) -> int:
    """Return how many words a page says that its article has; 0 where it does not say.

    Source: `wordCount` of https://schema.org/Article
    """
    counts = [int(count) for count in _WORD_COUNT.findall(page)]
    return counts[0] if len(set(counts)) == 1 else 0  # of several articles, which one?


def is_whole(words: int, declared: int) -> bool:
    """Tell whether a body of so many words is all of an article that is said to have others."""
    return words >= declared * _WHOLE


def find_wall(page: str, body: str, words: int) -> str:
    """Return why what was found in a page is not its article, with what to do, or "".

    Args:
        page: The page's HTML.
        body: What was found in it.
        words: How many that has.

    Source: `isAccessibleForFree` of https://schema.org/CreativeWork
    """
    if words <= _TEASER and _FOR_SUBSCRIBERS.search(page):
        return "only the beginning of an article for subscribers; save the page while logged in"
    if not is_whole(words, declared := declared_words(page)):
        return f"only {words:,} of the article's {declared:,} words; save its text as .txt"
    dense = len(_CONSENT.findall(body)) * _DENSE >= words
    if words <= _NOTICE and dense and _CHOICE.search(body):
        return "a request for consent stands in front of the article; consent and save again"
    return ""
