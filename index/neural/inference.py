"""The embedded model, and the reader, as they compute, without PyTorch.

ONNX Runtime makes the same numbers of a text but for their last digits (or nearly the same, where
it multiplies in 8 bits), in half of the time where it is as short as a question; and PyTorch alone
takes seconds to import, and hundreds of megabytes.

Several texts are computed as one row of tokens, of which each sees only its own text's: for a long
question and its clauses that takes two thirds of the time that one after the other takes.

Source: packing, Krell et al. 2021, arXiv:2107.02027.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

from index.neural.weights import (
    EPSILON,
    HEADS,
    MAX_TOKENS,
    Weights,
    embedded_path,
    read_embeddings,
)

__all__ = ["Inference"]


class Inference:
    """Text, or two → tokens, and what a network of the embedded model's kind makes of each.

    May be shared by threads.
    """

    def __init__(self, layers: Weights, *, threads: int, quantized: bool = False) -> None:
        """Make it ready to compute.

        Args:
            layers: Its weights, but for the embeddings, which are the embedded model's.
            threads: CPU threads to compute with.
            quantized: Multiply matrices in 8 bits: the less exact, the sooner.

        Raises:
            EncoderError: The embedded model is missing or damaged.
        """
        # Imported here: it takes half a second, and `stats`, `verify` and `--help` read nothing.
        import onnxruntime

        from index.neural import bert

        self._tokenizer = Tokenizer.from_file(str(embedded_path() / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
        known = read_embeddings()
        self._words = known["embeddings.word_embeddings.weight"]
        self._places = known["embeddings.position_embeddings.weight"]
        self._kinds = known["embeddings.token_type_embeddings.weight"]
        turned = {name: np.ascontiguousarray(weight.T) for name, weight in layers.items()}
        if quantized:
            turned = bert.quantize(turned)
        # The session does not copy what it is handed, and so it must stay.
        self._weights = {
            name: onnxruntime.OrtValue.ortvalue_from_numpy(weight)
            for name, weight in turned.items()
        }
        options = onnxruntime.SessionOptions()
        options.add_external_initializers(list(self._weights), list(self._weights.values()))
        options.log_severity_level = 3  # it warns of what is nobody's concern
        options.intra_op_num_threads = threads
        # Threads that wait for work by trying again and again take the cores from all else.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            bert.draw(turned, heads=HEADS, epsilon=EPSILON),
            options,
            providers=["CPUExecutionProvider"],
            # A sum and its norm take longer as one operator than as two (in version 1.32).
            disabled_optimizers=["SkipLayerNormFusion"],
        )
        self._inputs, self._hidden = (bert.INPUT, bert.SEEN), bert.HIDDEN

    def __call__(
        self, text: str, other: str | None = None
    ) -> tuple[Encoding, npt.NDArray[np.float32]]:
        """Return the tokens of a text, or of two, and their vectors, float32, (tokens, SIZE).

        Of two the longer is cut, down to half of what the network sees, then both.
        """
        tokens = self._tokenizer.encode(text, other)
        (vectors,) = self._compute([tokens])
        return tokens, vectors

    def each(self, texts: Sequence[str]) -> list[npt.NDArray[np.float32]]:
        """Return the vectors of the tokens of each text, of 1 and up, as they are of it alone.

        Where it multiplies in 8 bits only nearly so: what is given is rounded by a common range.
        """
        return self._compute([self._tokenizer.encode(text) for text in texts])

    def _compute(self, several: Sequence[Encoding]) -> list[npt.NDArray[np.float32]]:
        embedded = np.concatenate([self._embed(tokens) for tokens in several])
        counts = [len(tokens) for tokens in several]
        whose = np.repeat(np.arange(len(counts)), counts)
        given = (embedded[None], whose[:, None] == whose)
        (hidden,) = self._session.run([self._hidden], dict(zip(self._inputs, given, strict=True)))
        return np.split(hidden[0], np.cumsum(counts)[:-1])

    def _embed(self, tokens: Encoding) -> npt.NDArray[np.float32]:
        places = self._places[: len(tokens)]
        return np.asarray(self._words[tokens.ids] + self._kinds[tokens.type_ids] + places)
