"""question × passage → does it answer, and where: read together by a small taught model.

The passage is read after its headline, as it was encoded. It knows English only.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.encoder import embedded_path
from index.errors import EncoderError
from index.models import Framed, Reading
from index.types import Span

if TYPE_CHECKING:
    from index.network import Network

__all__ = ["WEIGHTS_FILE", "TaughtReader"]

WEIGHTS_FILE = Path(__file__).with_name("reader.safetensors")
"""What `index.training` made."""

_LONGEST = 30
"""Tokens in the longest answer."""

_NONE = -1e4
"""Score of a sentence that the model did not get to see."""


class TaughtReader:
    """The shipped reader, on the CPU (see `models.Reader`)."""

    def __init__(self, path: Path = WEIGHTS_FILE, *, threads: int = 1) -> None:
        """Load it.

        Args:
            path: A file that `index.training` made.
            threads: CPU threads to compute with.

        Raises:
            EncoderError: The file or the embedded encoder is missing or damaged.
        """
        # Imported here: it takes seconds, and `stats`, `verify` and `--help` read nothing.
        import torch

        from index import inference, network

        torch.set_num_threads(threads)
        self._network: Network = network.Network(embedded_path())
        try:
            network.load(self._network, path)
        except (OSError, ValueError) as error:
            reason = str(error).partition("\n")[0]
            raise EncoderError(
                f"the reader's weights {str(path)!r} cannot be loaded ({reason}): install again"
            ) from error
        self._network.eval().requires_grad_(requires_grad=False)
        int8 = inference.computes_int8(torch.cpu.get_capabilities())
        self._infer = inference.Inference(self._network, int8=int8)

    def read(self, question: str, passage: Framed) -> Reading:
        """Return what it makes of a passage."""
        tokens = self._network.tokenize([question], [passage.frame + passage.text])
        whether, starts, ends = (scores[0].numpy() for scores in self._infer(tokens))
        places = np.array(tokens.encodings[0].offsets)
        return _reading(float(whether), starts, ends, places, passage)


def _reading(
    whether: float, starts: np.ndarray, ends: np.ndarray, places: np.ndarray, passage: Framed
) -> Reading:
    """Find the likeliest answer within each sentence; `places` are offsets of tokens."""
    own = places - len(passage.frame)
    seen = starts > _NONE / 2
    found = [_best(starts, ends, own, seen, sentence) for sentence in passage.sentences]
    scores = np.array([score for score, _ in found])
    shares = np.exp(scores - scores.max())
    return Reading(
        whether, tuple((shares / shares.sum()).tolist()), tuple(span for _, span in found)
    )


def _best(
    starts: np.ndarray, ends: np.ndarray, own: np.ndarray, seen: np.ndarray, sentence: Span
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
    first, last = np.unravel_index(int(scores.argmax()), scores.shape)
    span = Span(int(own[at[first], 0]), int(own[at[last], 1]))
    return float(scores[first, last]), span
