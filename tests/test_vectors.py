"""The vector index: what is near is proposed, what is removed is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.models import Vectors
from index.storage.rows import StoredPassage
from index.storage.vectors import CANDIDATES, JoinedIndex, VectorIndex
from index.types import Passage, Span

DIMENSION = 384


def normal(rows: np.ndarray) -> Vectors:
    unit: Vectors = (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)
    return unit


def clustered(count: int, *, seed: int = 0) -> Vectors:
    """Unit vectors in clusters, as those of passages about the same events are."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(max(count // 50, 1), DIMENSION))
    return normal(
        centres[np.arange(count) % len(centres)] + random.normal(size=(count, DIMENSION))
    )


def passages(vectors: Vectors, first: int = 1) -> list[StoredPassage]:
    """A passage for each vector: the whole and its only sentence have the same."""
    return [
        StoredPassage(Passage("a", (Span(0, 1),), id_), np.stack([row, row]))
        for id_, row in enumerate(vectors, start=first)
    ]


def search(index: VectorIndex, vector: Vectors) -> list[int]:
    return JoinedIndex(index).search(vector)


def filled(vectors: Vectors) -> VectorIndex:
    index = VectorIndex.empty(DIMENSION)
    index.add(passages(vectors))
    return index


def true_nearest(vectors: Vectors, question: Vectors, k: int = 10) -> list[int]:
    order = np.argsort(-(vectors @ question))
    return [int(at) + 1 for at in order[:k]]


def test_empty_index_finds_nothing() -> None:
    assert search(VectorIndex.empty(DIMENSION), clustered(1)[0]) == []


def test_fewer_passages_than_candidates_are_all_found_once() -> None:
    vectors = clustered(30)
    assert sorted(search(filled(vectors), vectors[7])) == list(range(1, 31))


def test_passage_itself_is_proposed_first() -> None:
    vectors = clustered(300)
    index = filled(vectors)
    assert [search(index, row)[0] for row in vectors[:20]] == list(range(1, 21))


def test_passage_is_found_by_any_of_its_sentences() -> None:
    vectors = clustered(200)
    index = VectorIndex.empty(DIMENSION)
    sentences = tuple(Span(at, at + 1) for at in range(100))
    index.add([StoredPassage(Passage("a", sentences, 7), vectors[:101])])
    index.add(passages(vectors[101:], first=50))
    assert all(search(index, row)[0] == 7 for row in (vectors[0], vectors[1], vectors[100]))


def test_candidates_hold_nearly_all_of_the_true_ten_nearest() -> None:
    vectors, questions = clustered(5000), clustered(5000, seed=0)[::250]
    index = filled(vectors)
    questions = normal(questions + np.random.default_rng(1).normal(size=questions.shape) * 0.03)
    found = [
        len(set(true_nearest(vectors, question)) & set(search(index, question))) / 10
        for question in questions
    ]
    assert np.mean(found) >= 0.9


def test_no_more_than_the_candidates_are_proposed() -> None:
    vectors = clustered(2000)
    found = search(filled(vectors), vectors[0])
    assert len(found) == len(set(found)) <= CANDIDATES


def test_removed_passages_are_never_proposed() -> None:
    vectors = clustered(500)
    index = filled(vectors)
    gone = set(range(1, 500, 2))
    index.remove(np.array(sorted(gone), dtype=np.int64))
    for row in vectors[::25]:
        found = search(index, row)
        assert found
        assert not gone & set(found)


def test_passages_that_stay_are_still_found_after_others_leave() -> None:
    vectors = clustered(300)
    index = filled(vectors)
    index.remove(np.arange(1, 200))
    assert all(search(index, vectors[at])[0] == at + 1 for at in range(199, 300, 10))


@pytest.mark.parametrize(
    "gone",
    [
        pytest.param([], id="none"),
        pytest.param([999], id="unknown"),
        pytest.param([1, 1, 2], id="twice"),
        pytest.param([1, 2, 3], id="all"),
    ],
)
def test_removing(gone: list[int]) -> None:
    vectors = clustered(3)
    index = filled(vectors)
    index.remove(np.array(gone, dtype=np.int64))
    assert set(search(index, vectors[0])) == {1, 2, 3} - set(gone)


def test_removed_and_added_again_is_found_by_its_new_vectors() -> None:
    vectors = clustered(100)
    index = filled(vectors)
    index.remove(np.array([1]))
    index.add(passages(-vectors[:1]))
    assert search(index, -vectors[0])[0] == 1
    assert search(index, vectors[0])[0] != 1


def test_saved_index_is_the_one_loaded(tmp_path: Path) -> None:
    vectors = clustered(400)
    index = filled(vectors)
    index.remove(np.arange(1, 50))
    index.save(tmp_path)
    loaded = VectorIndex.load(tmp_path)
    assert all(search(loaded, row) == search(index, row) for row in vectors[::40])


def test_loaded_index_takes_additions_and_removals(tmp_path: Path) -> None:
    vectors = clustered(100)
    filled(vectors[:60]).save(tmp_path)
    loaded = VectorIndex.load(tmp_path)
    loaded.add(passages(vectors[60:], first=61))
    loaded.remove(np.array([5]))
    assert search(loaded, vectors[80])[0] == 81
    assert set(search(loaded, vectors[0])) == set(range(1, 101)) - {5}


def test_empty_index_can_be_saved(tmp_path: Path) -> None:
    VectorIndex.empty(DIMENSION).save(tmp_path)
    loaded = VectorIndex.load(tmp_path)
    loaded.add(passages(clustered(1)))
    assert search(loaded, clustered(1)[0]) == [1]


def test_great_ids_survive() -> None:
    vectors = clustered(2)
    index = VectorIndex.empty(DIMENSION)
    index.add(passages(vectors, first=2**50))
    assert search(index, vectors[1])[0] == 2**50 + 1


@pytest.mark.parametrize("dimension", [8, 64, 100, 384, 768])
def test_any_dimension_works(dimension: int) -> None:
    vectors = normal(np.random.default_rng(0).normal(size=(40, dimension)))
    index = VectorIndex.empty(dimension)
    index.add(passages(vectors))
    assert all(at + 1 in search(index, vectors[at])[:5] for at in range(40))
