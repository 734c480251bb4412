"""Choosing one after the other, each for what those before it do not say.

A long question asks for several things, each of which may stand elsewhere. So what is chosen next
is what says most on the whole question and most on a clause of it that nothing chosen covers yet.

Source: facility location, Lin & Bilmes 2011, "A Class of Submodular Functions for Document
Summarization", ACL.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["pick"]

_WHOLE = 0.6
"""What the whole question counts beside its clauses."""


def pick(
    whole: np.ndarray,
    parts: np.ndarray,
    voices: Sequence[str],
    *,
    unheard: float,
    k: int | None = None,
) -> list[tuple[int, float]]:
    """Return rows, best first, each with its score; ties in the order given.

    Args:
        whole: Scores on the whole question, 0 to about 1, one a row.
        parts: Scores on each of its clauses, 0 to 1, (rows, clauses); clauses may be none.
        voices: Of the rows: which of those that are each to be heard it is of, or "".
        unheard: What the first row of each of them counts more.
        k: Most rows; all of them where it is not given.

    Returns:
        Pairs of row and score, 0 to 1, never rising.
    """
    several = parts.shape[1] > 0
    if not several and not any(voices):
        order = np.argsort(-whole, kind="stable")[:k]
        return [(int(at), min(1.0, float(whole[at]))) for at in order]
    base, most = (_WHOLE * whole, 1 + _WHOLE) if several else (whole, 1.0)
    covered = np.zeros(parts.shape[1])
    heard = np.array(voices, dtype=np.str_)
    waiting = heard != ""
    left = np.ones(len(whole), dtype=bool)
    chosen: list[tuple[int, float]] = []
    while left.any() and len(chosen) != k:
        gain = np.maximum(0, parts - covered).mean(axis=1) if several else 0.0
        scores = np.where(left, base + gain + unheard * waiting, -np.inf)
        at = int(scores.argmax())
        chosen.append((at, min(1.0, float(scores[at]) / most)))
        left[at] = False
        waiting &= heard != heard[at]
        covered = np.maximum(covered, parts[at])
    return chosen
