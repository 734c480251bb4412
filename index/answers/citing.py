"""A part of an article → the citation of it."""

from __future__ import annotations

from collections.abc import Iterable

from index.text.terms import content_terms, stems
from index.types import Article, Citation, Span

__all__ = ["cite", "mark_words"]


def cite(
    article: Article,
    span: Span,
    *,
    number: int = 1,
    score: float = 0.0,
    marks: Iterable[Span] = (),
    copies: Iterable[str] = (),
) -> Citation:
    """Return the citation of a part of an article's body, verbatim and linked.

    Args:
        article: As it was read from the store just now.
        span: The part, within the body.
        number: Its place in what is shown, 1 and up.
        score: How well it answers, 0 to 1.
        marks: What to mark in it: spans within the excerpt, in order.
        copies: Ids of further articles that carry it.
    """
    return Citation(
        number=number,
        article=article.id,
        headline=article.headline,
        outlet=article.outlet,
        published=article.published,
        url=article.url,
        excerpt=span.of(article.body),
        start=span.start,
        end=span.end,
        score=round(score, 4),
        marks=tuple(marks),
        copies=tuple(copies),
        body=article.body,
    )


def mark_words(article: Article, span: Span, text: str) -> tuple[Span, ...]:
    """Return where in a part of an article the words of `text` stand: spans within the part."""
    wanted = set(stems(text, article.language))
    if not wanted:
        return ()
    found = content_terms(span.of(article.body), article.language)
    return tuple(term.span for term in found if term.text in wanted)
