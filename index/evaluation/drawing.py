"""Judged questions → a picture of how risk grows with coverage. The only import of matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ClipdeskError
from index.evaluation.evaluate import Asked, risk_coverage

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw"]

_INCHES = (6.4, 4.4)
_DOTS = 160
"""An inch."""

_CURVE, _POINT = "#1f5fa8", "#b5321f"


def draw(asked: Sequence[Asked], path: Path) -> None:
    """Write the risk–coverage curve of `asked` as a PNG, with the point that is shipped.

    Raises:
        ClipdeskError: matplotlib is not installed, no question says what is right, or the file
            cannot be written.
    """
    # Imported here: nothing else needs it, and it is installed by an extra of its own.
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ClipdeskError(
            f"matplotlib cannot be imported ({error}): pip install -e '.[evaluate]'"
        ) from error
    known = [one for one in asked if one.wrong is not None]
    if not known:
        raise ClipdeskError("there is nothing to draw: no question says what is right")
    figure = Figure(figsize=_INCHES, layout="constrained")
    _fill(figure.add_subplot(), known)
    try:
        FigureCanvasAgg(figure).print_figure(path, format="png", dpi=_DOTS)
    except OSError as error:
        raise ClipdeskError(f"cannot write {str(path)!r}: {error}") from error


def _fill(axes: Axes, known: Sequence[Asked]) -> None:
    """Draw the curve, and where on it, or near it, the answers given lie."""
    coverage, risk = risk_coverage(known)
    axes.plot(coverage, risk, color=_CURVE, marker=".", label="for every threshold")
    answered = [one for one in known if one.answered]
    if answered:
        share = len(answered) / len(known)
        wrong = sum(bool(one.wrong) for one in answered) / len(answered)
        label = f"as shipped: {share:.0%} answered, {wrong:.0%} of these wrongly"
        axes.plot(share, wrong, "o", markersize=8, color=_POINT, label=label)
    axes.set_title(f"Risk and coverage, {len(known)} judged questions")
    axes.set_xlabel("coverage: share of the questions that is answered")
    axes.set_ylabel("risk: share of the answers that is wrong")
    axes.set_xlim(0, 1.02)
    axes.set_ylim(0, max(0.1, 1.15 * float(risk.max())))
    axes.grid(alpha=0.3)
    axes.legend(loc="best")
