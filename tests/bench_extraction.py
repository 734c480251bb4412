"""How well articles are taken out of web pages: `python -m tests.bench_extraction`.

Prints how good Clipdesk's bodies are beside those of trafilatura with its defaults, by the
measure of the benchmark whose 181 saved pages these are: runs of four words, as often as they
occur, that the text and the one people took have in common. Then what was left out, and how often
a headline, a date and so on was found.

Source: `evaluate.py` of https://github.com/scrapinghub/article-extraction-benchmark
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import mean
from typing import NamedTuple

import trafilatura
from rich.console import Console
from rich.progress import track
from rich.table import Table

from index.articles.fields import Fault, compose, name_fields
from index.articles.pages import extract
from index.types import Article
from tests.pages import Page, pages

_WORD = re.compile(r"\w+")
_RUN = 4


class Score(NamedTuple):
    """Means over the pages, 0 to 1, and of the first two their harmonic mean."""

    precision: float
    recall: float
    f1: float


def score(pairs: Iterable[tuple[str, str]]) -> Score:
    """Compare texts with what they should be: (right, taken)."""
    parts = [_compare(right, taken) for right, taken in pairs]
    precision = mean(
        shared / taken if taken else float(not right) for shared, right, taken in parts
    )
    recall = mean(shared / right if right else float(not taken) for shared, right, taken in parts)
    return Score(precision, recall, 2 * precision * recall / (precision + recall))


def _compare(right: str, taken: str) -> tuple[int, int, int]:
    """Return how many runs of words both have, and each has."""
    one, other = _runs(right), _runs(taken)
    return (one & other).total(), one.total(), other.total()


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    cut = (tuple(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1)))
    return Counter(run for run in cut if run)


def take(page: Page) -> Article | Fault:
    """Return the article of a page, or why it was left out."""
    try:
        return compose(name_fields(extract(page.html, page.id)), page.id)
    except Fault as fault:
        return fault


def scores(found: Sequence[tuple[Page, Article | Fault]]) -> dict[str, Score]:
    """Return how well Clipdesk and trafilatura did; on what Clipdesk left out, it took nothing."""
    ours = [(page.body, item.body if isinstance(item, Article) else "") for page, item in found]
    theirs = [(page.body, trafilatura.extract(page.html) or "") for page, _ in found]
    both = [at for at, (_, item) in enumerate(found) if isinstance(item, Article)]
    return {
        "Clipdesk, all pages": score(ours),
        "trafilatura, all pages": score(theirs),
        "Clipdesk, those not left out": score(ours[at] for at in both),
        "trafilatura, the same": score(theirs[at] for at in both),
    }


def main() -> None:
    console = Console(width=90)
    read = track(list(pages()), "Reading", console=Console(stderr=True), transient=True)
    found = [(page, take(page)) for page in read]
    table = Table(f"{len(found)} pages", "precision", "recall", "F1")
    for name, one in scores(found).items():
        table.add_row(name, *(f"{value:.4f}" for value in one))
    console.print(table)
    taken = [item for _, item in found if isinstance(item, Article)]
    filled = {
        "an article": taken,
        "headline": [one for one in taken if one.headline != one.id],
        "published": [one for one in taken if one.published],
        "updated": [one for one in taken if one.updated],
        "byline": [one for one in taken if one.byline],
        "outlet": [one for one in taken if one.outlet],
        "address": [one for one in taken if one.url],
        "language": [one for one in taken if one.language],
    }
    for page, item in found:
        if isinstance(item, Fault):
            console.print(f"left out: {page.url}: {item.reason}", soft_wrap=True)
    console.print(", ".join(f"{name}: {len(having)}" for name, having in filled.items()))


if __name__ == "__main__":
    main()
