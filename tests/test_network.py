"""The reader's network: pairs in, logits out, and its weights in a small file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from index.neural.network import Network, load, save
from index.neural.weights import MAX_TOKENS, digest, embedded_path

QUESTION = "Who freed Durov?"
TEXT = "Founder freed. A judge in Paris freed Durov on bail. 😀 “He” paid."
NOWHERE = -1e4


def make(seed: int) -> Network:
    torch.manual_seed(seed)
    return Network(embedded_path()).eval().requires_grad_(requires_grad=False)


@pytest.fixture(scope="module")
def network() -> Network:
    """As it is before it is taught; not to be changed."""
    return make(1)


@pytest.fixture(scope="module")
def saved(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "reader.safetensors"
    save(network, path)
    return path


def taught(network: Network) -> dict[str, torch.Tensor]:
    return {
        name: weight
        for name, weight in network.state_dict().items()
        if not name.startswith("body.embeddings.")
    }


def test_what_is_saved_is_what_is_loaded_but_for_rounding(network: Network, saved: Path) -> None:
    other = make(2)
    assert not torch.equal(other.where.weight, network.where.weight)
    load(other, saved)
    before, after = taught(network), taught(other)
    for name, weight in before.items():
        if weight.dim() == 2:
            step = weight.abs().amax(dim=1, keepdim=True) / 127
            assert ((after[name] - weight).abs() <= step * 0.501).all(), name
        else:
            assert torch.equal(after[name], weight), name
    tokens = network.tokenize([QUESTION], [TEXT])
    for one, another in zip(network(tokens), other(tokens), strict=True):
        assert torch.allclose(one, another, atol=0.1)


def test_saved_again_it_is_the_same(saved: Path, tmp_path: Path) -> None:
    """So that rounding does not add up."""
    other = make(2)
    load(other, saved)
    save(other, tmp_path / "again")
    first, second = load_file(saved), load_file(tmp_path / "again")
    assert first.keys() == second.keys()
    for name, weight in first.items():
        assert np.allclose(weight.astype(float), second[name].astype(float), rtol=1e-5), name


def test_file_is_small_and_has_no_embeddings(network: Network, saved: Path) -> None:
    whole = sum(weight.numel() * 4 for weight in network.state_dict().values())
    assert saved.stat().st_size < whole / 6
    assert not any("embeddings" in name for name in load_file(saved))


def test_rows_of_nothing_are_saved(tmp_path: Path, network: Network) -> None:
    with torch.no_grad():
        kept = network.where.weight.clone()
        network.where.weight.zero_()
        save(network, tmp_path / "zero")
        network.where.weight.copy_(kept)
    other = make(2)
    load(other, tmp_path / "zero")
    assert not other.where.weight.any()


def test_embeddings_are_not_taught() -> None:
    learning = {name for name, weight in Network(embedded_path()).named_parameters()
                if weight.requires_grad}  # fmt: skip
    assert not any("embeddings" in name for name in learning)
    assert {"whether.weight", "where.bias"} <= learning


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda kept: kept.pop("where.bias"), id="a weight is missing"),
        pytest.param(lambda kept: kept.pop("where.weight.scale"), id="a scale is missing"),
        pytest.param(
            lambda kept: kept.update({"where.bias": np.zeros(1, np.float32)}), id="another shape"
        ),
        pytest.param(
            lambda kept: kept.update({"where.weight.scale": np.zeros((3, 1), np.float32)}),
            id="another scale",
        ),
        pytest.param(lambda kept: kept.clear(), id="nothing"),
    ],
)  # fmt: skip
def test_file_that_holds_something_else_is_refused(
    saved: Path, tmp_path: Path, damage: object
) -> None:
    kept = load_file(saved)
    assert callable(damage)
    damage(kept)
    save_file(kept, tmp_path / "damaged", metadata={"sha256": digest(kept)})
    with pytest.raises(ValueError, match="not the weights of a reader"):
        load(make(2), tmp_path / "damaged")


def test_flipped_bit_is_refused(saved: Path, tmp_path: Path) -> None:
    data = bytearray(saved.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "damaged").write_bytes(data)
    with pytest.raises(ValueError, match="not as they were written"):
        load(make(2), tmp_path / "damaged")


@pytest.mark.parametrize("length", [0, 7, 1000, -1])
def test_truncated_file_is_refused(saved: Path, tmp_path: Path, length: int) -> None:
    (tmp_path / "damaged").write_bytes(saved.read_bytes()[:length])
    with pytest.raises(ValueError, match="not the weights of a reader"):
        load(make(2), tmp_path / "damaged")


def test_missing_file_is_no_other_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(make(2), tmp_path / "none")


# Tokens


def test_tokens_stand_where_they_are_in_the_text(network: Network) -> None:
    encoding = network.tokenize([QUESTION], [TEXT]).encodings[0]
    words = {
        TEXT[start:end]
        for kind, (start, end) in zip(encoding.type_ids, encoding.offsets, strict=True)
        if kind == 1
    }
    assert {"judge", "Paris", "“", "paid"} <= words


@pytest.mark.parametrize(
    ("question", "text"),
    [
        pytest.param(QUESTION, "word " * 1000, id="long text"),
        pytest.param("who " * 500, "word " * 20, id="long question"),
        pytest.param("who " * 500, "word " * 1000, id="both long"),
        pytest.param("釈" * 2000, TEXT, id="a token a character"),
        pytest.param("", "", id="neither"),
        pytest.param("", TEXT, id="no question"),
        pytest.param(QUESTION, "", id="no text"),
    ],
)
def test_any_pair_is_tokenized_and_read(network: Network, question: str, text: str) -> None:
    """A question may have a thousand characters, and twice that with the one before it."""
    tokens = network.tokenize([question, QUESTION], [text, TEXT])
    count = tokens["input_ids"].shape[1]
    assert count <= MAX_TOKENS
    whether, starts, ends = network(tokens)
    assert whether.shape == (2,)
    assert starts.shape == ends.shape == (2, count)
    assert all(torch.isfinite(scores).all() for scores in (whether, starts, ends))


@pytest.mark.parametrize("count", [1, 20, 100])
def test_question_of_less_than_half_is_never_cut(network: Network, count: int) -> None:
    encoding = network.tokenize(["who " * count], ["word " * 1000]).encodings[0]
    assert encoding.type_ids.count(0) == count + 2  # and what begins and ends it
    assert len(encoding.ids) == MAX_TOKENS


def test_only_the_text_has_places(network: Network) -> None:
    tokens = network.tokenize([QUESTION, "Who?"], [TEXT, "He."])
    for scores in network(tokens)[1:]:
        for row, encoding in zip(scores, tokens.encodings, strict=True):
            of_text = torch.tensor(
                [kind == 1 and seen == 1
                 for kind, seen in zip(encoding.type_ids, encoding.attention_mask, strict=True)]
            )  # fmt: skip
            assert (row[~of_text] == NOWHERE).all()
            assert (row[of_text] > NOWHERE / 2).all()


def test_pair_is_read_alike_alone_and_among_others(network: Network) -> None:
    alone = network(network.tokenize([QUESTION], ["He paid."]))
    among = network(network.tokenize([QUESTION] * 2, ["He paid.", TEXT * 5]))
    count = alone[1].shape[1]
    assert torch.allclose(alone[0][0], among[0][0], atol=1e-3)
    for one, other in zip(alone[1:], among[1:], strict=True):
        assert torch.allclose(one[0], other[0, :count], atol=1e-3)
