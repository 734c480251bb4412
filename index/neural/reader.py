"""question × passage → does it answer, and where: read together by a small taught model.

The passage is read after its headline, as it was encoded. It knows English only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.errors import EncoderError
from index.models import Framed, Reading
from index.neural.inference import Inference
from index.neural.weights import read_taught
from index.types import Span

__all__ = ["WEIGHTS_FILE", "TaughtReader"]

WEIGHTS_FILE = Path(__file__).with_name("reader.safetensors")
"""What `index.neural.training` made."""

_LONGEST = 30
"""Tokens in the longest answer."""

_NONE = -1e4
"""Score of what is not the text's, and of a sentence that the model did not get to see."""


class TaughtReader:
    """The shipped reader, on the CPU (see `models.Reader`)."""

    def __init__(self, path: Path = WEIGHTS_FILE, *, threads: int = 1) -> None:
        """Load it.

        Args:
            path: A file that `index.neural.training` made.
            threads: CPU threads to compute with.

        Raises:
            EncoderError: The file or the embedded encoder is missing or damaged.
        """
        try:
            layers, heads = read_taught(path)
        except (OSError, ValueError) as error:
            reason = str(error).partition("\n")[0]
            raise EncoderError(
                f"the reader's weights {str(path)!r} cannot be loaded ({reason}): install again"
            ) from error
        self._infer = Inference(layers, threads=threads, quantized=True)
        self._heads = heads

    def read(self, question: str, passage: Framed, fitting: Sequence[Span] = ()) -> Reading:
        """Return what it makes of a passage (see `models.Reader`)."""
        tokens, hidden = self._infer(question, passage.frame + passage.text)
        (whether,) = self._score("whether", hidden[0])
        of_text = np.array(tokens.type_ids, dtype=bool)[:, None]
        starts, ends = np.where(of_text, self._score("where", hidden), _NONE).T
        places = np.array(tokens.offsets)
        return _reading(float(whether), starts, ends, places, passage, fitting)

    def _score(self, head: str, hidden: np.ndarray) -> np.ndarray:
        """Return what a head makes of vectors, (…, SIZE) → (…, numbers that it gives)."""
        scores: np.ndarray = hidden @ self._heads[f"{head}.weight"].T + self._heads[f"{head}.bias"]
        return scores


def _reading(
    whether: float,
    starts: np.ndarray,
    ends: np.ndarray,
    places: np.ndarray,
    passage: Framed,
    fitting: Sequence[Span],
) -> Reading:
    """Find the likeliest answer within each sentence; `places` are offsets of tokens."""
    own = places - len(passage.frame)
    seen = starts > _NONE / 2
    found = [_best(starts, ends, own, seen, sentence, fitting) for sentence in passage.sentences]
    scores = np.array([score for score, _ in found])
    shares = np.exp(scores - scores.max())
    return Reading(
        whether, tuple((shares / shares.sum()).tolist()), tuple(span for _, span in found)
    )


def _best(
    starts: np.ndarray,
    ends: np.ndarray,
    own: np.ndarray,
    seen: np.ndarray,
    sentence: Span,
    fitting: Sequence[Span],
) -> tuple[float, Span]:
    """Return the score and the place of the likeliest answer within a sentence."""
    inside = seen & (own[:, 0] >= sentence.start) & (own[:, 1] <= sentence.end)
    inside &= own[:, 1] > own[:, 0]  # what ends the text stands at 0
    at = np.flatnonzero(inside)
    if not at.size:
        return _NONE, Span(sentence.start, sentence.start)
    scores = starts[at][:, None] + ends[at][None, :]
    size = np.arange(at.size)
    length = size[None, :] - size[:, None]
    scores[(length < 0) | (length >= _LONGEST)] = 2 * _NONE
    if held := [one for one in fitting if sentence.start <= one.start and one.end <= sentence.end]:
        begun, ended = own[at, 0][:, None], own[at, 1][None, :]
        holds = [(begun <= one.start) & (ended >= one.end) for one in held]
        scores = np.where(np.any(holds, axis=0), scores, scores + _NONE)
    first, last = np.unravel_index(int(scores.argmax()), scores.shape)
    span = Span(int(own[at[first], 0]), int(own[at[last], 1]))
    return float(scores[first, last]), span
