"""The reader's network: the embedded encoder, taught to read a question and a text together.

For each pair it scores whether the text answers the question at all, and for each token how likely
the answer starts and ends there. What was taught is kept in one small file of 8-bit weights, one
scale a row; the embeddings are those of the encoder and are not kept again.

Source: Devlin et al. 2019, arXiv:1810.04805, section 4.3, with a score of its own for "no answer".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer
from transformers.utils import logging

from index.neural.weights import MAX_TOKENS, digest, read_taught

__all__ = ["Network", "load", "save"]

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
        elsewhere = ~(tokens["token_type_ids"].bool() & tokens["attention_mask"].bool())
        places = self.where(hidden).masked_fill(elsewhere[..., None], _NOT_A_PLACE)
        return (whether, *places.unbind(-1))


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
    checksum = digest({name: weight.numpy() for name, weight in kept.items()})
    save_file(kept, path, metadata={"sha256": checksum})


def load(network: Network, path: Path) -> None:
    """Read what `save` wrote into a network of the same encoder.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not such a file.
    """
    layers, heads = read_taught(path)
    taught = {**layers, **heads}
    with torch.no_grad():
        for name, weight in _taught(network):
            weight.copy_(torch.from_numpy(taught[name.removeprefix("body.")]))


def _taught(network: Network) -> Iterable[tuple[str, Tensor]]:
    for name, weight in network.state_dict().items():
        if not name.startswith(_SHARED):
            yield name, weight
