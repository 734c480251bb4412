"""The reader's network: the embedded encoder, taught to read a question and a text together.

For each pair it scores whether the text answers the question at all, and for each token how likely
the answer starts and ends there. What was taught is kept in one small file of 8-bit weights, one
scale a row; the embeddings are those of the encoder and are not kept again.

Source: Devlin et al. 2019, arXiv:1810.04805, section 4.3, with a score of its own for "no answer".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer
from transformers.utils import logging

__all__ = ["MAX_TOKENS", "Network", "load", "mask_places", "save"]

MAX_TOKENS = 256
"""Of a question and a text together; what is longer is cut off at the end of the longer one."""

_SHARED = "body.embeddings."
_NOT_A_PLACE = -1e4
"""Score of a token that is none of the text's."""


class Network(nn.Module):
    """question and text → whether, and where from, and where to."""

    def __init__(self, path: Path) -> None:
        """Take the encoder in the folder `path`; its heads know nothing yet."""
        super().__init__()
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        self.body: Any = AutoModel.from_pretrained(
            str(path), add_pooling_layer=False, local_files_only=True
        )
        self.tokenizer: Any = AutoTokenizer.from_pretrained(str(path), local_files_only=True)
        self.body.embeddings.requires_grad_(requires_grad=False)
        size = self.body.config.hidden_size
        self.whether = nn.Linear(size, 1)
        self.where = nn.Linear(size, 2)

    def tokenize(self, questions: Sequence[str], texts: Sequence[str]) -> Any:
        """Return the tokens of pairs, padded to the longest, as `forward` takes them.

        A question gives way to its text only beyond half of `MAX_TOKENS`.
        """
        return self.tokenizer(
            list(questions),
            list(texts),
            truncation="longest_first",
            max_length=MAX_TOKENS,
            padding=True,
            return_tensors="pt",
        )

    def forward(self, tokens: Any) -> tuple[Tensor, Tensor, Tensor]:
        """Return logits: whether, shape (pairs,); starts and ends, (pairs, tokens); float32."""
        names = ("input_ids", "attention_mask", "token_type_ids")
        hidden = self.body(**{name: tokens[name] for name in names}).last_hidden_state.float()
        whether = self.whether(hidden[:, 0]).squeeze(-1)
        return whether, *mask_places(self.where(hidden), tokens)


def mask_places(places: Tensor, tokens: Any) -> tuple[Tensor, Tensor]:
    """Return scores of starts and of ends, (pairs, tokens); far below 0 outside the texts.

    Args:
        places: Of all tokens, (pairs, tokens, 2).
        tokens: As `Network.tokenize` returns them.
    """
    elsewhere = ~(tokens["token_type_ids"].bool() & tokens["attention_mask"].bool())
    starts, ends = places.masked_fill(elsewhere[..., None], _NOT_A_PLACE).unbind(-1)
    return starts, ends


def save(network: Network, path: Path) -> None:
    """Write what was taught, and its checksum, to a safetensors file, at a quarter of its size."""
    kept: dict[str, Tensor] = {}
    for name, weight in _taught(network):
        if weight.dim() == 2:
            scale = weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / 127
            kept[name] = (weight / scale).round().to(torch.int8)
            kept[f"{name}.scale"] = scale
        else:
            kept[name] = weight
    kept = {name: weight.contiguous() for name, weight in kept.items()}
    save_file(kept, path, metadata={"sha256": _digest(kept)})


def load(network: Network, path: Path) -> None:
    """Read what `save` wrote into a network of the same encoder.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not such a file.
    """
    try:
        with safe_open(path, "pt") as file:
            checksum = (file.metadata() or {}).get("sha256")
        kept = load_file(path)
        if checksum != _digest(kept):
            raise ValueError("not the weights of a reader: they are not as they were written")
        with torch.no_grad():
            for name, weight in _taught(network):
                scale = kept[f"{name}.scale"] if weight.dim() == 2 else 1.0
                weight.copy_((kept[name] * scale).view_as(weight))
    except (SafetensorError, KeyError, RuntimeError) as error:
        raise ValueError(f"not the weights of a reader: {error}") from error


def _digest(kept: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name, weight in sorted(kept.items()):
        digest.update(name.encode())
        digest.update(weight.numpy().tobytes())
    return digest.hexdigest()


def _taught(network: Network) -> Iterable[tuple[str, Tensor]]:
    for name, weight in network.state_dict().items():
        if not name.startswith(_SHARED):
            yield name, weight
