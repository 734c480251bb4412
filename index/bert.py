"""The layers of BERT as an ONNX graph: what such a network computes, operator by operator.

The graph is small: of the weights it has the names and shapes, and whoever runs it hands them in.

Source: Devlin et al. 2019, arXiv:1810.04805, section 3, and Vaswani et al. 2017, arXiv:1706.03762;
the operators are those of ONNX, opset 23 (https://onnx.ai/onnx/operators/).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onnx import NodeProto, StringStringEntryProto, TensorProto, helper

__all__ = ["HIDDEN", "INPUT", "draw"]

INPUT = "embedded"
"""What goes in: token, place and kind embeddings added up, float32, shape (1, tokens, size)."""

HIDDEN = "hidden"
"""What comes out: what the last layer makes of each token, of the same shape and type."""

_OPSET = helper.make_opsetid("", 23)
_ASKED = ("query", "key", "value")
_ELSEWHERE = StringStringEntryProto(key="location", value="handed in")


def draw(shapes: Mapping[str, tuple[int, ...]], *, heads: int, epsilon: float) -> bytes:
    """Return the graph, as an ONNX model serialized.

    Args:
        shapes: Of the weights, all float32, that must be handed in under these names: the norm of
            the embeddings and all layers, named as in Hugging Face's BertModel, matrices turned
            so that vectors are multiplied by them from the left.
        heads: Of attention.
        epsilon: What norms add to a variance.
    """
    drawing = _Drawing(heads, epsilon)
    drawn = drawing.norm(INPUT, "embeddings.LayerNorm")
    for number in range(sum(name.endswith(".intermediate.dense.bias") for name in shapes)):
        drawn = drawing.layer(drawn, f"encoder.layer.{number}")
    drawing.add("Identity", drawn, output=HIDDEN)
    (size,) = shapes["embeddings.LayerNorm.weight"]
    shape: list[int | str | None] = [1, "tokens", size]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n in (INPUT, HIDDEN)]
    weights = [_promise(name, dims) for name, dims in shapes.items()]
    graph = helper.make_graph(drawing.nodes, "bert", ends[:1], ends[1:], weights)
    model = helper.make_model_gen_version(graph, opset_imports=[_OPSET])
    return bytes(model.SerializeToString())


def _promise(name: str, shape: tuple[int, ...]) -> TensorProto:
    """Return a weight that is handed in."""
    return TensorProto(
        name=name,
        dims=shape,
        data_type=TensorProto.FLOAT,
        data_location=TensorProto.EXTERNAL,
        external_data=[_ELSEWHERE],
    )


class _Drawing:
    """A graph in the making; each method adds to it and returns what its result is called."""

    def __init__(self, heads: int, epsilon: float) -> None:
        self.nodes: list[NodeProto] = []
        self._heads, self._epsilon = heads, epsilon

    def add(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """Add an operator; its result gets a name of its own where `output` gives none."""
        output = output or f"{operator}.{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def layer(self, given: str, name: str) -> str:
        """Add a layer: what each token gathers from the others, then what it makes of that."""
        asked = [self._linear(given, f"{name}.attention.self.{part}") for part in _ASKED]
        found = self.add("Attention", *asked, q_num_heads=self._heads, kv_num_heads=self._heads)
        found = self._linear(found, f"{name}.attention.output.dense")
        found = self.norm(self.add("Add", found, given), f"{name}.attention.output.LayerNorm")
        wide = self.add("Gelu", self._linear(found, f"{name}.intermediate.dense"))
        made = self._linear(wide, f"{name}.output.dense")
        return self.norm(self.add("Add", made, found), f"{name}.output.LayerNorm")

    def norm(self, given: str, name: str) -> str:
        """Add a norm over each token's numbers."""
        return self.add(
            "LayerNormalization", given, f"{name}.weight", f"{name}.bias", epsilon=self._epsilon
        )

    def _linear(self, given: str, name: str) -> str:
        return self.add("Add", self.add("MatMul", given, f"{name}.weight"), f"{name}.bias")
