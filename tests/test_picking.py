"""Choosing one after the other: each row once, best first, for what is not said yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.answers.picking import pick

NAMES = st.sampled_from(["", "A", "B", "C"])
UNIT = st.floats(0, 1)


@st.composite
def rows(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, list[str]]:
    count, clauses = draw(st.integers(0, 12)), draw(st.integers(0, 4))
    whole = draw(arrays(np.float64, count, elements=st.floats(0, 1.35)))
    parts = draw(arrays(np.float64, (count, clauses), elements=UNIT))
    return whole, parts, draw(st.lists(NAMES, min_size=count, max_size=count))


def choose(
    whole: Sequence[float],
    parts: Sequence[Sequence[float]] = (),
    outlets: str = "",
    *,
    named: str = "",
    unheard: float = 0.1,
    k: int | None = None,
) -> list[int]:
    """Return the rows picked; `outlets` has a letter for each row."""
    covers = np.array(parts) if parts else np.empty((len(whole), 0))
    voices = voices_of(outlets or " " * len(whole), named)
    found = pick(np.array(whole), covers, voices, unheard=unheard, k=k)
    return [row for row, _ in found]


def voices_of(outlets: Sequence[str], named: Collection[str]) -> list[str]:
    return [outlet if outlet in named else "" for outlet in outlets]


@given(rows(), st.sets(NAMES), UNIT, st.none() | st.integers(0, 15))
def test_each_row_is_picked_at_most_once_with_scores_that_never_rise(
    given_rows: tuple[np.ndarray, np.ndarray, list[str]],
    named: set[str],
    unheard: float,
    k: int | None,
) -> None:
    whole, parts, outlets = given_rows
    found = pick(whole, parts, voices_of(outlets, named), unheard=unheard, k=k)
    picked = [row for row, _ in found]
    assert len(set(picked)) == len(picked) == min(len(whole), len(whole) if k is None else k)
    assert set(picked) <= set(range(len(whole)))
    assert all(0 <= score <= 1 for _, score in found)
    assert all(one >= other for (_, one), (_, other) in pairwise(found))


@given(rows(), st.sets(NAMES), UNIT, st.integers(0, 12))
def test_fewer_rows_are_the_first_of_more(
    given_rows: tuple[np.ndarray, np.ndarray, list[str]], named: set[str], unheard: float, k: int
) -> None:
    whole, parts, outlets = given_rows
    voices = voices_of(outlets, named)
    every = pick(whole, parts, voices, unheard=unheard)
    assert pick(whole, parts, voices, unheard=unheard, k=k) == every[:k]


@given(rows(), st.sets(st.sampled_from("ABC")))
def test_each_outlet_that_is_named_is_heard_before_any_is_heard_twice(
    given_rows: tuple[np.ndarray, np.ndarray, list[str]], named: set[str]
) -> None:
    """Where being unheard counts for more than all else."""
    whole, parts, outlets = given_rows
    picked = pick(whole, parts, voices_of(outlets, named), unheard=10.0)
    found = [outlets[row] for row, _ in picked]
    held = named & set(outlets)
    assert set(found[: len(held)]) == held


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(choose([]), [], id="none"),
        pytest.param(choose([0.2, 0.9, 0.5]), [1, 2, 0], id="best first"),
        pytest.param(choose([0.5, 0.9, 0.5, 0.5]), [1, 0, 2, 3], id="ties in the order given"),
        pytest.param(choose([0.2, 0.9, 0.5], k=1), [1], id="the best only"),
        pytest.param(choose([0.2, 0.9], k=0), [], id="no more than none"),
        pytest.param(choose([0.5, 0.6], outlets="AB", named="A"), [0, 1], id="named outlet"),
        pytest.param(choose([0.5, 0.7], outlets="AB", named="A"), [1, 0], id="named, but far off"),
        pytest.param(
            choose([0.9, 0.8, 0.75], outlets="AAB", named="AB"), [0, 2, 1], id="each named"
        ),
        pytest.param(choose([0.5, 0.6], outlets="AB", named="C"), [1, 0], id="named, not there"),
        pytest.param(
            choose([0.9, 0.8, 0.5], [[1, 0], [1, 0], [0, 1]]), [0, 2, 1], id="another clause"
        ),
        pytest.param(
            choose([0.5, 0.5, 0.5], [[0.9, 0], [0, 0.8], [0.6, 0.6]]),
            [2, 0, 1],
            id="says something on both",
        ),
        pytest.param(choose([0.1, 0.9], [[0.5], [0.5]]), [1, 0], id="better on the whole"),
    ],
)
def test_pick(arguments: list[int], expected: list[int]) -> None:
    assert arguments == expected


def test_score_of_a_row_that_says_everything_is_one() -> None:
    (first, second) = pick(
        np.array([1.0, 1.0]), np.array([[1.0, 1.0], [1.0, 1.0]]), ["", ""], unheard=0.1
    )
    assert first == (0, 1.0)
    assert second[0] == 1
    assert 0 < second[1] < 0.5  # only the whole: no clause is left that it says more of
