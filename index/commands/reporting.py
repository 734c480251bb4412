"""How an evaluation looks in a terminal, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from rich.progress import track
from rich.table import Table
from rich.text import Text

from index.commands.console import err, out
from index.evaluation.evaluate import Asked, figures

__all__ = ["print_report", "report_as_dict", "watched"]

_SLOWEST = 3

_MEANINGS = {
    "answered": "answerable questions answered",
    "hit@1": "something right in the first citation",
    "hit@3": "in the first three",
    "hit@4": "in the first four",
    "hit@10": "in the first ten",
    "mrr@10": "mean of 1 / rank of the first right citation",
    "recall@10": "of what is to be cited, cited in the first ten",
    "refused": "unanswerable questions refused",
    "rightly": "refusals that are right",
    "auroc": "answerable told from unanswerable by score",
}


def watched(items: Sequence[Any]) -> Iterable[Any]:
    """Return `items`, with a progress bar on stderr while they are gone through."""
    return track(items, "Asking", console=err, transient=True, disable=not err.is_terminal)


def print_report(asked: Sequence[Asked]) -> None:
    """Print every figure with its interval, and the slowest questions."""
    table = Table("figure", "value", "95 % interval", "meaning", box=None, pad_edge=False)
    for name, (value, low, high) in figures(asked).items():
        table.add_row(name, f"{value:.3f}", f"{low:.3f}–{high:.3f}", _MEANINGS[name])
    out.print(table)
    out.print(f"questions: {len(asked):,}, median {_median(asked) * 1000:.0f} ms; the slowest:")
    for one in _slowest(asked):
        out.print(Text(f"{one.seconds * 1000:>7.0f} ms  {one.question.text}"), soft_wrap=True)


def report_as_dict(asked: Sequence[Asked]) -> dict[str, Any]:
    """Return the same as `evaluate --json` prints it."""
    return {
        "questions": len(asked),
        "figures": {
            name: {key: round(share, 4) for key, share in interval._asdict().items()}
            for name, interval in figures(asked).items()
        },
        "median_ms": round(_median(asked) * 1000, 1),
        "slowest": [
            {"question": one.question.text, "ms": round(one.seconds * 1000, 1)}
            for one in _slowest(asked)
        ],
    }


def _median(asked: Sequence[Asked]) -> float:
    return median(one.seconds for one in asked) if asked else 0.0


def _slowest(asked: Sequence[Asked]) -> list[Asked]:
    return sorted(asked, key=lambda one: -one.seconds)[:_SLOWEST]
