"""Inference says what PyTorch says of the same weights, all but the last digits; or nearly."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from index.neural.inference import Inference
from index.neural.network import Network, load
from index.neural.reader import WEIGHTS_FILE
from index.neural.weights import MAX_TOKENS, SIZE, embedded_path, read_layers, read_taught

PAIRS = [
    ("Who freed Durov?", "Freed. A judge in Paris freed Durov. He paid five million euros."),
    ("How many users has the app?", "Freed. " + "It has a billion, who write a lot. " * 15),
    ("When was it?", "News. Rain fell on Wednesday, 28 August."),
    ("who " * 500, "word " * 20),
    ("who " * 500, "word " * 1000),
    ("釈" * 2000, "東京の警察は男を逮捕した。"),
    ("", "😀"),
    ("Who?", ""),
    ("", ""),
]

Computed = Callable[[str, str], tuple[list[int], np.ndarray]]


def compute(network: Network) -> Computed:
    """Return what PyTorch makes of a pair's tokens, with these."""

    def computed(question: str, text: str) -> tuple[list[int], np.ndarray]:
        tokens = network.tokenize([question], [text])
        with torch.inference_mode():
            hidden = network.body(**tokens).last_hidden_state[0].numpy()
        return tokens["input_ids"][0].tolist(), hidden

    return computed


@pytest.fixture(scope="module", params=["as it is", "taught"])
def both(request: pytest.FixtureRequest) -> tuple[Inference, Computed]:
    network = Network(embedded_path()).eval()
    if request.param == "as it is":
        return Inference(read_layers(), threads=1), compute(network)
    load(network, WEIGHTS_FILE)
    layers, _ = read_taught(WEIGHTS_FILE)
    return Inference(layers, threads=2), compute(network)


@pytest.mark.parametrize(("question", "text"), PAIRS)
def test_it_says_what_pytorch_says(
    both: tuple[Inference, Computed], question: str, text: str
) -> None:
    infer, computed = both
    tokens, hidden = infer(question, text)
    ids, exact = computed(question, text)
    assert tokens.ids == ids
    assert len(ids) <= MAX_TOKENS
    assert hidden.shape == (len(ids), SIZE)
    assert hidden.dtype == np.float32
    assert np.allclose(hidden, exact, atol=1e-3)


def test_one_text_is_no_pair() -> None:
    infer = Inference(read_layers(), threads=1)
    tokens, hidden = infer("Who freed Durov?")
    assert set(tokens.type_ids) == {0}
    assert len(hidden) == len(tokens.ids) < len(infer("Who freed Durov?", "A judge.")[1])


def test_texts_side_by_side_are_each_as_by_itself() -> None:
    infer = Inference(read_layers(), threads=1)
    texts = [text for pair in PAIRS for text in pair]
    for text, vectors in zip(texts, infer.each(texts), strict=True):
        assert np.allclose(vectors, infer(text)[1], atol=1e-5)


def test_threads_may_share_it() -> None:
    infer = Inference(read_layers(), threads=1)
    alone = [infer(*pair)[1] for pair in PAIRS]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda pair: infer(*pair)[1], PAIRS * 4))
    for at, hidden in enumerate(together):
        assert np.array_equal(hidden, alone[at % len(PAIRS)])


def test_in_8_bits_it_says_nearly_the_same() -> None:
    layers, _ = read_taught(WEIGHTS_FILE)
    full, rounding = (Inference(layers, threads=1, quantized=each) for each in (False, True))
    for pair in PAIRS:
        exact, rounded = full(*pair)[1], rounding(*pair)[1]
        assert not np.array_equal(exact, rounded)
        lengths = np.linalg.norm(exact, axis=1) * np.linalg.norm(rounded, axis=1)
        assert ((exact * rounded).sum(axis=1) / lengths).mean() > 0.98


def test_in_8_bits_no_sum_is_cut() -> None:
    """Each product is as large as any, and so is each sum of two, whatever the text."""
    half = SIZE // 2
    pattern = np.repeat(np.array([1, -1], dtype=np.float32), half)
    layer = "encoder.layer.0."
    layers = {
        name: np.zeros_like(weight)
        for name, weight in read_layers().items()
        if name.startswith((layer, "embeddings."))
    }
    layers["embeddings.LayerNorm.bias"] = pattern
    for part in ("attention.output", "output"):
        layers[f"{layer}{part}.LayerNorm.weight"] += 1
    wide = layers[f"{layer}intermediate.dense.weight"]
    wide += pattern
    layers[f"{layer}output.dense.weight"][0] = 4 / SIZE / len(wide)
    expected = pattern + 4 * np.eye(1, SIZE, dtype=np.float32)[0]
    expected = (expected - expected.mean()) / expected.std()
    for quantized in (False, True):
        _, hidden = Inference(layers, threads=1, quantized=quantized)("Who?")
        assert np.allclose(hidden, expected, atol=0.02)
