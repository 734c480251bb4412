"""Years that a question names: what an article is worth that knows nothing of them."""

from __future__ import annotations

from functools import lru_cache

import regex

from index.types import Article, Query

__all__ = ["weigh_years"]

_YEAR = regex.compile(r"(?<![\d.,\p{Sc}–-])(?:1[5-9]|20)\d\d(?!(?:(?<=0)['’])?s\b|[\d–-])")
"""A year, and no decade, price or range."""

_OTHER = 0.1
"""What the probability of a sentence counts for in an article that knows of none of the years.

Chosen on held-out paragraphs: `index.answers.calibration` prints what thresholds let through with
it, and without."""


def weigh_years(query: Query, article: Article) -> float:
    """Return what the probability of an article's sentences counts for, above 0 and at most 1.

    An article knows of a year that it names, and of those around its date: "last year". Of a
    question of several parts nobody knows which the year belongs to.
    """
    years = _years_in(query.text if query.stands_alone else query.question)
    if not years or query.clauses:
        return 1.0
    around = {article.published.year + at for at in (-1, 0, 1)} if article.published else set()
    said = f"{article.headline}\n{article.body}"
    is_known = any(int(year) in around or _names(said, year) for year in years)
    return 1.0 if is_known else _OTHER


@lru_cache(maxsize=256)
def _years_in(question: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_YEAR.findall(question)))


def _names(text: str, year: str) -> bool:
    """Tell whether a text has the digits of a year as a number, or at the beginning of one."""
    return regex.search(rf"(?<!\d){year}", text) is not None
