"""Stand-ins that are quick, deterministic and mean something."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from index.models import Framed, Vectors
from index.text.terms import stems

DIMENSION = 64


class WordEncoder:
    """Hashes words to dimensions, so that texts that share words are near each other."""

    name = "words"
    fingerprint = "words-1"
    dimension = DIMENSION

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([_hashed(text) for text in texts])

    def encode_passages(self, passages: Sequence[Framed]) -> list[Vectors]:
        return [
            np.stack([_hashed(p.frame + p.text), *(_hashed(s.of(p.text)) for s in p.sentences)])
            for p in passages
        ]


class OtherEncoder(WordEncoder):
    """The same under another name: its vectors must not be mixed with the first one's."""

    name = "other words"
    fingerprint = "words-2"


def _hashed(text: str) -> Vectors:
    vector = np.zeros(DIMENSION, dtype=np.float32)
    for stem in stems(text, "en"):
        vector[zlib.crc32(stem.encode()) % DIMENSION] += 1
    norm = float(np.linalg.norm(vector))
    if norm == 0:
        vector[0] = norm = 1.0
    unit: Vectors = vector / norm
    return unit
