"""Inference says what the network says: in 8 bits nearly, else all but the last digits."""

from __future__ import annotations

import pytest
import torch

from index.encoder import embedded_path
from index.inference import Inference, computes_int8
from index.network import Network, load
from index.reader import WEIGHTS_FILE

PAIRS = [
    (
        "Who freed Durov?",
        "Founder freed. A judge in Paris freed Durov on bail. He paid five million euros.",
    ),
    (
        "How many users does the app have?",
        "Founder freed. " + "The app has a billion users, who write every day. " * 12,
    ),
    ("When was it?", "News. Rain fell on Wednesday, 28 August."),
    ("", "😀"),
]


@pytest.fixture(scope="module")
def network() -> Network:
    made = Network(embedded_path())
    load(made, WEIGHTS_FILE)
    return made.eval().requires_grad_(requires_grad=False)


@pytest.mark.parametrize(("question", "text"), PAIRS)
@pytest.mark.parametrize(("int8", "apart"), [(True, 0.5), (False, 1e-3)])
def test_it_says_what_the_network_says(
    network: Network, int8: bool, apart: float, question: str, text: str
) -> None:
    tokens = network.tokenize([question], [text])
    said = Inference(network, int8=int8)(tokens)
    for exact, quick in zip(network(tokens), said, strict=True):
        assert quick.shape == exact.shape
        assert torch.allclose(quick, exact, atol=apart)


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        ({"avx512_vnni": True}, True),
        ({"avx_vnni": True}, True),
        ({"avx2": True}, False),
        ({}, False),
    ],
)
def test_8_bits_are_for_cpus_that_multiply_them(
    capabilities: dict[str, bool], expected: bool
) -> None:
    assert computes_int8(capabilities) == expected
