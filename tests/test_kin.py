"""Copies of a story are one group, whatever comes and goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index.errors import DamagedStoreError
from index.storage.audit import audit, find_damaged_articles
from index.storage.derived import bring_up_to_date
from index.storage.store import Store
from index.types import Article
from tests.fakes import WordEncoder
from tests.test_likeness import OTHER, WIRE
from tests.test_store import entry, tamper

COPY = WIRE.replace("PARIS (Agency) — ", "")
CUT = WIRE[: len(WIRE) * 3 // 4]


@pytest.fixture
def store(tmp_path: Path, words: WordEncoder) -> Iterator[Store]:
    with closing(Store(tmp_path, writable=True)) as opened:
        opened.reset(words)
        yield opened


def put(store: Store, **bodies: str) -> None:
    for id_, body in bodies.items():
        store.replace([entry(Article(id_, f"Headline of {id_}", body, outlet=f"Daily {id_}"))])


def grouped(store: Store) -> list[set[str]]:
    """Return the groups as sets of ids, in the order of their first ids."""
    names = store.kin.groups(sorted(store.digests()))
    return [{id_ for id_ in names if names[id_] == name} for name in dict.fromkeys(names.values())]


def test_copies_are_one_group_and_others_alone(store: Store) -> None:
    put(store, a=WIRE, b=OTHER, c=COPY, d=CUT)
    assert grouped(store) == [{"a", "c", "d"}, {"b"}]


def test_what_is_not_there_is_in_no_group(store: Store) -> None:
    put(store, a=WIRE)
    assert store.kin.groups(["a", "none"]).keys() == {"a"}
    assert store.kin.groups([]) == {}


def test_group_outlives_the_article_it_began_with(store: Store) -> None:
    put(store, a=WIRE, b=COPY)
    store.remove(["a"])
    put(store, c=CUT)
    assert grouped(store) == [{"b", "c"}]


def test_article_that_says_something_else_leaves_its_group(store: Store) -> None:
    put(store, a=WIRE, b=COPY)
    put(store, a=OTHER)
    assert grouped(store) == [{"a"}, {"b"}]
    put(store, a=WIRE)
    assert grouped(store) == [{"a", "b"}]


def test_corrected_article_stays_in_its_group(store: Store) -> None:
    put(store, a=WIRE, b=COPY)
    put(store, a=WIRE.replace("Monday", "Sunday"))
    assert grouped(store) == [{"a", "b"}]


def test_copy_of_two_groups_makes_them_one(store: Store) -> None:
    first, second = WIRE[: len(WIRE) * 3 // 5], WIRE[len(WIRE) * 2 // 5 :]
    put(store, a=first, b=second, c=f"{first} x", d=f"{second} x")
    assert grouped(store) == [{"a", "c"}, {"b", "d"}]
    put(store, e=WIRE)
    assert grouped(store) == [{"a", "b", "c", "d", "e"}]


def test_articles_are_found_by_their_keys(store: Store) -> None:
    one = Article("a", "Held", WIRE, url="https://daily.example/held?utm_source=x")
    store.replace([entry(one)])
    assert store.kin.holders(Article("b", "Other", OTHER, url="http://daily.example/held/")) == [
        "a"
    ]
    assert store.kin.holders(Article("b", "HELD", WIRE)) == ["a"]
    assert store.kin.holders(Article("b", "Held", OTHER)) == []
    store.remove(["a"])
    assert store.kin.holders(one) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE kin SET name = 'other' WHERE article = 'a'", "not what was written"),
        ("UPDATE kin SET signature = zeroblob(512) WHERE article = 'a'", "not what was written"),
        ("DELETE FROM kin WHERE article = 'a'", "signature is missing"),
        ("DELETE FROM known WHERE article = 'a'", "not known by its keys"),
        ("UPDATE known SET key = key || 'x' WHERE article = 'a'", "not known by its keys"),
        ("DELETE FROM band WHERE article = 'a'", "not found by its signature"),
        ("UPDATE band SET band = band + 1 WHERE article = 'a'", "not found by its signature"),
        ("UPDATE kin SET checksum = 'text' WHERE article = 'a'", "not what was written"),
    ],
)
def test_damage_is_listed_by_an_audit_and_told_as_the_articles(
    store: Store, tmp_path: Path, change: str, said: str
) -> None:
    put(store, a=WIRE, b=COPY)
    bring_up_to_date(tmp_path, store)
    assert audit(tmp_path, store) == []
    tamper(tmp_path, change)
    assert any(said in line for line in audit(tmp_path, store))
    assert find_damaged_articles(store).keys() == {"a"}


def test_damaged_signature_is_not_compared_with(store: Store, tmp_path: Path) -> None:
    put(store, a=WIRE)
    tamper(tmp_path, "UPDATE kin SET name = 'other'")
    with pytest.raises(DamagedStoreError, match="build"):
        put(store, b=COPY)
    assert store.digests().keys() == {"a"}
