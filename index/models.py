"""What models are given and what they give back; any that does the same will do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from index.types import Span

__all__ = ["Encoder", "Framed", "Reader", "Reading", "Vectors"]

Vectors: TypeAlias = npt.NDArray[np.float32]
"""Unit vectors, one a row: shape (rows, dimension), float32, L2 norm 1."""


@dataclass(frozen=True, slots=True)
class Framed:
    """What an encoder sees of a passage.

    Attributes:
        frame: Put before the text so that it is understood: the headline.
        text: The passage.
        sentences: Spans within `text`.
    """

    frame: str
    text: str
    sentences: tuple[Span, ...]


class Encoder(Protocol):
    """Texts → unit vectors.

    Attributes:
        name: What the model is called by people.
        fingerprint: Equal only for encoders whose vectors can be compared.
        dimension: Of its vectors.
    """

    name: str
    fingerprint: str
    dimension: int

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors of questions, shape (texts, dimension), float32."""
        ...

    def encode_passages(self, passages: Sequence[Framed]) -> list[Vectors]:
        """Return (1 + sentences, dimension) float32 for each: the whole, then each sentence."""
        ...


class Reading(NamedTuple):
    """What a reader makes of a passage.

    Attributes:
        answers: Whether it answers at all, as a logit; higher is likelier.
        shares: How likely the answer stands in each sentence, if in one; their sum is 1.
        spans: The likeliest answer in each sentence, within the passage's text.
    """

    answers: float
    shares: tuple[float, ...]
    spans: tuple[Span, ...]


class Reader(Protocol):
    """question × passage → whether it answers, and where."""

    def read(self, question: str, passage: Framed, fitting: Sequence[Span] = ()) -> Reading:
        """Return what it makes of a passage.

        Args:
            question: What is asked.
            passage: What is read.
            fitting: Where its text has what may answer. In a sentence with any of these the
                answer holds one; in others it may be anything.
        """
        ...
