"""The reader's network as it reads: with little around it, and in 8 bits where that pays.

In 8 bits the weights have one scale a row, as they are kept; what goes in has one scale a token,
found then. One for all tokens, as in the dynamic quantization of PyTorch, spoils the answers: a
few tokens of such networks are far larger than all others.

Source: Yao et al. 2022, arXiv:2206.01861 (ZeroQuant: token-wise scales for what goes in).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from index.network import Network, mask_places

__all__ = ["Inference", "computes_int8"]


def computes_int8(capabilities: Mapping[str, Any]) -> bool:
    """Tell whether the CPU multiplies 8-bit numbers itself (see `torch.cpu.get_capabilities`)."""
    return any(capabilities.get(name) for name in ("avx512_vnni", "avx_vnni", "amx_int8"))


class Inference:
    """What a taught network makes of one pair (see `Network.forward`), quicker."""

    def __init__(self, network: Network, *, int8: bool) -> None:
        """Take over the weights of a network, which is left as it is.

        Args:
            network: A taught one.
            int8: Whether to multiply 8-bit numbers; without that it says what the network says.
        """
        self._network = network
        heads = network.body.config.num_attention_heads
        linear = _Linear8 if int8 else _Linear
        self._layers = [_Layer(layer, heads, linear) for layer in network.body.encoder.layer]

    @torch.inference_mode()
    def __call__(self, tokens: Any) -> tuple[Tensor, Tensor, Tensor]:
        """Return logits: whether, shape (1,); starts and ends, (1, tokens); float32."""
        (hidden,) = self._network.body.embeddings(
            input_ids=tokens["input_ids"], token_type_ids=tokens["token_type_ids"]
        )
        for layer in self._layers:
            hidden = layer(hidden)
        places = self._network.where(hidden)[None]
        return self._network.whether(hidden[0]), *mask_places(places, tokens)


class _Layer:
    """One layer of BERT, on the tokens of a pair."""

    def __init__(self, layer: Any, heads: int, linear: type[_Linear | _Linear8]) -> None:
        attention = layer.attention
        self._heads = heads
        self._ask = linear(attention.self.query, attention.self.key, attention.self.value)
        self._gather = linear(attention.output.dense)
        self._widen = linear(layer.intermediate.dense)
        self._narrow = linear(layer.output.dense)
        self._norms: tuple[nn.LayerNorm, nn.LayerNorm] = (
            attention.output.LayerNorm,
            layer.output.LayerNorm,
        )

    def __call__(self, hidden: Tensor) -> Tensor:
        attended, widened = self._norms
        hidden = attended(hidden + self._gather(self._attend(self._ask(hidden))))
        return widened(hidden + self._narrow(functional.gelu(self._widen(hidden))))  # type: ignore[no-any-return]

    def _attend(self, asked: Tensor) -> Tensor:
        """Return what each token gathers from the others."""
        query, key, value = asked.view(1, len(asked), 3, self._heads, -1).permute(2, 0, 3, 1, 4)
        found = functional.scaled_dot_product_attention(query, key, value)
        return found[0].transpose(0, 1).reshape(len(asked), -1)


class _Linear:
    """Linear maps of the same input side by side."""

    def __init__(self, *maps: nn.Linear) -> None:
        self._weight = torch.cat([one.weight for one in maps])
        self._bias = torch.cat([one.bias for one in maps])

    def __call__(self, rows: Tensor) -> Tensor:
        return functional.linear(rows, self._weight, self._bias)


class _Linear8:
    """The same in 8 bits."""

    def __init__(self, *maps: nn.Linear) -> None:
        weight = torch.cat([one.weight for one in maps])
        scale = weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / 127
        self._weight = (weight / scale).round().to(torch.int8).t()
        self._scale = scale.squeeze(1)
        self._bias = torch.cat([one.bias for one in maps])

    def __call__(self, rows: Tensor) -> Tensor:
        scale = rows.abs().amax(dim=1, keepdim=True).clamp_(min=1e-8) / 127
        product = torch._int_mm((rows / scale).round_().to(torch.int8), self._weight)
        return torch.addcmul(self._bias, product * scale, self._scale)
