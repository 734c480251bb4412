"""Texts → unit vectors. The only import of sentence_transformers.

With the embedded model it is needed for passages alone, and there only where it is quicker: see
`computes_bfloat16`; else `inference` computes the same.

A passage is encoded once, with its headline, and its sentences' vectors are pooled out of that one
pass over the text, each from its own tokens. So a sentence that says "the app" still carries the
Telegram of the sentence before it, and costs nothing more.

Source: late chunking, Günther et al. 2024, arXiv:2409.04701.
"""

from __future__ import annotations

import copy
import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from index.errors import EncoderError
from index.models import Framed, Vectors
from index.neural.inference import Inference
from index.neural.weights import EMBEDDED_MODEL, SIZE, embedded_path, read_layers
from index.types import Span

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["BATCH", "SentenceEncoder", "computes_bfloat16"]

_EMBEDDED_WEIGHTS = "2c705a5e3279febcd4b210fc95a6231ced10be71e400e863ab41b623d5799508"
"""The digest of the embedded model's weights (see `_Loaded`)."""

BATCH = 32
"""Passages encoded at once by sentence-transformers."""

# What the libraries stumble on in a folder that is no model, or a damaged one.
_LOADING_ERRORS = (
    AttributeError,
    ImportError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


class _Loaded(NamedTuple):
    """A model of sentence-transformers.

    Attributes:
        model: It.
        weights: SHA-256 of its weights, as float32.
        tokenizer: A copy of its own: asked for offsets, a tokenizer changes its settings, and may
            not while it takes a question apart.
    """

    model: SentenceTransformer
    weights: str
    tokenizer: Any


class SentenceEncoder:
    """A sentence-transformers model, on the CPU.

    May be shared by threads, of which only one encodes passages.

    Attributes:
        name: What the model was asked for as.
        fingerprint: Changes with the weights, the prefixes and the way of pooling.
        dimension: Of its vectors.
    """

    def __init__(
        self,
        name: str = EMBEDDED_MODEL,
        *,
        threads: int = 1,
        query_prefix: str = "",
        passage_prefix: str = "",
    ) -> None:
        """Load a model.

        Args:
            name: `EMBEDDED_MODEL`, a folder, or any name sentence-transformers knows.
            threads: CPU threads to compute with; all cores are best for passages.
            query_prefix: What the model wants written before a question; where none is given,
                what its own configuration says.
            passage_prefix: The same for a passage.

        Raises:
            EncoderError: It cannot be loaded, or the embedded weights are not the official ones.
        """
        self.name, self._threads = name, threads
        self._inference: Inference | None = None
        own: dict[str, str | None] = {}
        if name == EMBEDDED_MODEL:
            self._inference = Inference(read_layers(), threads=threads)
            weights, self.dimension, self._pools_tokens = _EMBEDDED_WEIGHTS, SIZE, True
        else:
            model, weights, _ = self._loaded
            own = dict(model.prompts or {})
            self.dimension = int(model.get_embedding_dimension() or 0)
            self._pools_tokens = _is_mean_pooled(model)
        self._query_prefix = query_prefix or own.get("query") or ""
        self._passage_prefix = passage_prefix or own.get("document") or own.get("passage") or ""
        self.fingerprint = _digest(
            weights, self._query_prefix, self._passage_prefix, "late" if self._pools_tokens else ""
        )

    @cached_property
    def _loaded(self) -> _Loaded:
        return _load(self.name, self._threads)

    # The prefixes are written here: `prompt=""` keeps the model from adding one of its own again.

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors of questions, shape (texts, dimension), float32."""
        asked = [self._query_prefix + text for text in texts]
        vectors: Any
        if self._inference:
            vectors = [tokens.mean(axis=0) for tokens in self._inference.each(asked)]
        else:
            vectors = self._loaded.model.encode(
                asked, prompt="", convert_to_numpy=True, show_progress_bar=False
            )
        return _unit(np.asarray(vectors, dtype=np.float32))

    def encode_passages(self, passages: Sequence[Framed]) -> list[Vectors]:
        """Return, for each passage, the unit vectors of the whole and of each sentence.

        Returns:
            In the order given, arrays of shape (1 + sentences, dimension), float32.
        """
        if not passages:
            return []
        texts = [self._passage_prefix + passage.frame + passage.text for passage in passages]
        if self._pools_tokens:
            return self._encode_late(texts, passages)
        return self._encode_apart(texts, passages)

    def _encode_late(self, texts: list[str], passages: Sequence[Framed]) -> list[Vectors]:
        vectors = []
        for text, passage, (at, tokens) in zip(texts, passages, self._tokens(texts), strict=True):
            base = len(text) - len(passage.text)
            rows = [tokens.mean(axis=0)]
            rows += [_pool(tokens, at, base, sentence, rows[0]) for sentence in passage.sentences]
            vectors.append(_unit(np.stack(rows)))
        return vectors

    def _tokens(self, texts: list[str]) -> Iterator[tuple[np.ndarray, Vectors]]:
        """Yield for each text where its tokens stand, shape (tokens, 2), and their vectors."""
        if self._inference and not computes_bfloat16():
            with ThreadPoolExecutor(self._threads) as pool:
                for tokens, vectors in pool.map(self._inference, texts):
                    yield np.array(tokens.offsets), vectors
            return
        model, _, tokenizer = self._loaded
        outputs: Any = model.encode(
            texts, prompt="", batch_size=BATCH, output_value=None, show_progress_bar=False
        )
        offsets = tokenizer(
            texts, return_offsets_mapping=True, truncation=True, max_length=model.max_seq_length
        )["offset_mapping"]
        for output, places in zip(outputs, offsets, strict=True):
            yield np.array(places), output["token_embeddings"][: len(places)].float().numpy()

    def _encode_apart(self, texts: list[str], passages: Sequence[Framed]) -> list[Vectors]:
        """For models whose vector is no mean of their tokens: encode each sentence by itself."""
        every = [
            [text, *(self._passage_prefix + p.frame + s.of(p.text) for s in p.sentences)]
            for text, p in zip(texts, passages, strict=True)
        ]
        flat = self._loaded.model.encode(
            [text for group in every for text in group],
            prompt="",
            batch_size=BATCH,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        bounds = np.cumsum([len(group) for group in every])[:-1]
        return [_unit(rows) for rows in np.split(np.asarray(flat, dtype=np.float32), bounds)]


def _pool(tokens: Vectors, at: np.ndarray, base: int, sentence: Span, whole: Vectors) -> Vectors:
    """Return the mean of a sentence's tokens; of the whole where it was cut off by the model."""
    inside = (at[:, 0] >= base + sentence.start) & (at[:, 1] <= base + sentence.end)
    inside &= at[:, 1] > at[:, 0]
    mean: Vectors = tokens[inside].mean(axis=0) if inside.any() else whole
    return mean


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(norms, 1e-12)).astype(np.float32)
    return unit


def _load(name: str, threads: int) -> _Loaded:
    # Imported here: it takes seconds, and the embedded model needs it for passages alone.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    import transformers
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer

    quiet: Any = transformers.utils.logging
    quiet.disable_progress_bar()
    quiet.set_verbosity_error()
    torch.set_num_threads(threads)
    path = str(embedded_path()) if name == EMBEDDED_MODEL else name
    try:
        model = SentenceTransformer(path, device="cpu", local_files_only=name == EMBEDDED_MODEL)
    except (*_LOADING_ERRORS, SafetensorError) as error:
        reason = (str(error).strip() or repr(error)).splitlines()[0]
        raise EncoderError(
            f"cannot load the embedding model {name!r}: {reason}; "
            "set EMBEDDING_MODEL to a folder or a sentence-transformers name"
        ) from error
    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(tensor.float().contiguous().numpy().tobytes())
    if computes_bfloat16():
        model = model.to(torch.bfloat16)
    return _Loaded(model, digest.hexdigest(), copy.deepcopy(model.tokenizer))


@cache
def computes_bfloat16() -> bool:
    """Tell whether the CPU is known to multiply bfloat16 itself: PyTorch is quickest there then.

    Without that bfloat16 is slower than float32, and ONNX Runtime quicker than either.
    """
    try:
        flags = Path("/proc/cpuinfo").read_text("utf-8").split()
    except OSError:  # no Linux
        return False
    return not {"amx_bf16", "avx512_bf16"}.isdisjoint(flags)


def _is_mean_pooled(model: SentenceTransformer) -> bool:
    """Tell whether a text's vector is the plain mean of its tokens' vectors."""
    kinds = [type(module).__name__ for module in model]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return False
    return bool(model[1].pooling_mode == "mean") and model.tokenizer.is_fast


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
