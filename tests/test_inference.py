"""Inference says what the network says: in 8 bits nearly, else all but the last digits."""

from __future__ import annotations

import pytest
import torch

from index.encoder import embedded_path
from index.inference import Inference, computes_int8
from index.network import Network, load
from index.reader import WEIGHTS_FILE

QUESTIONS = ["Who freed Durov?", "When was it?", "How many users does the app have?", ""]
TEXTS = [
    "Founder freed. A judge in Paris freed Durov on bail. He paid five million euros.",
    "Founder freed. " + "The app has a billion users, who write every day. " * 12,
    "News. Rain fell on Wednesday, 28 August.",
    "😀",
]


@pytest.fixture(scope="module")
def network() -> Network:
    made = Network(embedded_path())
    load(made, WEIGHTS_FILE)
    return made.eval().requires_grad_(requires_grad=False)


@pytest.mark.parametrize(("int8", "apart"), [(True, 0.5), (False, 1e-3)])
def test_it_says_what_the_network_says(network: Network, int8: bool, apart: float) -> None:
    tokens = network.tokenize(QUESTIONS, TEXTS)
    said = Inference(network, int8=int8)(tokens)
    for exact, quick in zip(network(tokens), said, strict=True):
        assert quick.shape == exact.shape
        assert torch.allclose(quick, exact, atol=apart)


@pytest.mark.parametrize("int8", [True, False])
def test_it_says_the_same_of_a_text_alone_and_among_others(network: Network, int8: bool) -> None:
    infer = Inference(network, int8=int8)
    tokens = network.tokenize(QUESTIONS, TEXTS)
    among, starts, _ = infer(tokens)
    alone, start, _ = infer(network.tokenize(QUESTIONS[:1], TEXTS[:1]))
    assert among[0] == pytest.approx(float(alone[0]), abs=1e-4)
    assert torch.allclose(starts[0, : start.shape[1]], start[0], atol=1e-3)


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
