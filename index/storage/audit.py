"""Checking a whole index: every hash, offset and vector."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from index.errors import DamagedStoreError
from index.storage.derived import find_damage
from index.storage.rows import StoredPassage
from index.storage.store import Store
from index.types import Article

__all__ = ["audit", "find_damaged_articles", "find_damaged_versions"]

_UNIT = 0.01
"""How far from 1 a vector's norm may be after rounding to float16."""


def audit(folder: Path, store: Store) -> list[str]:
    """Return a line for everything in the index that is off; empty when all is well."""
    try:
        lines = [line for said in store.check_pages() for line in said.splitlines()]
        lines += [line for lines in find_damaged_articles(store).values() for line in lines]
        lines += find_damaged_versions(store).values()
    except DamagedStoreError as error:
        lines = [str(error)]
    return lines + find_damage(folder)


def find_damaged_versions(store: Store) -> dict[str, str]:
    """Return, by article id, what is off with one of its earlier versions."""
    damaged = {}
    for id_ in store.history.ids():
        try:
            store.history.of(id_)
        except DamagedStoreError as error:
            damaged[id_] = f"article {id_!r}, earlier version: {error}"
    return damaged


def find_damaged_articles(store: Store) -> dict[str, list[str]]:
    """Return, by article id, what is off with an article or with one of its passages."""
    damaged: dict[str, list[str]] = {}
    for id_ in store.digests():
        try:
            article = store.articles([id_]).get(id_)
            lines = _check(article, store) if article else [f"article {id_!r} cannot be found"]
        except DamagedStoreError as error:
            lines = [f"article {id_!r}: {error}"]
        if lines:
            damaged[id_] = lines
    return damaged


def _check(article: Article, store: Store) -> list[str]:
    fault = store.kin.find_fault(article)
    lines = [f"article {article.id!r}: {fault}"] if fault else []
    return lines + [line for p in store.passages_of(article.id) for line in _misfits(article, p)]


def _misfits(article: Article, stored: StoredPassage) -> Iterator[str]:
    name = f"article {article.id!r}, passage {stored.passage.id}"
    start, end = stored.passage.span
    if not 0 <= start < end <= len(article.body):
        yield f"{name}: offsets {start}–{end} lie outside its {len(article.body)} characters"
    norms = np.linalg.norm(stored.vectors, axis=1)
    if not np.all(np.abs(norms - 1) < _UNIT):
        yield f"{name}: a vector is not of length 1"
