"""What was shown and stands no longer: corrected where that is clear, withdrawn otherwise."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index import Amendment, Desk, Shown
from index.ingest import indexer
from index.storage.store import FILE_NAME
from tests.conftest import build
from tests.fakes import WordEncoder
from tests.test_indexer import write

DEAD = "The fire in the harbour killed 12 people on Monday."
BODY = (
    f"{DEAD} Nobody knows how it began.\n\n"
    "The mayor spoke of a dark day. Police opened an inquiry."
)


@pytest.fixture
def data(tmp_path: Path, words: WordEncoder) -> Path:
    build(
        tmp_path / "data", [write(tmp_path / "news", {"fire": BODY, "rain": "Rain fell."})], words
    )
    return tmp_path / "data"


@pytest.fixture
def desk(data: Path) -> Iterator[Desk]:
    with closing(Desk(data, WordEncoder())) as opened:
        yield opened


def shown(excerpt: str = DEAD) -> Shown:
    return Shown("fire", excerpt, max(BODY.find(excerpt), 0))


def rewrite(data: Path, body: str) -> None:
    build(data, [write(data.parent / "news", {"fire": body})], WordEncoder())


def amended(desk: Desk, excerpt: str = DEAD) -> tuple[str, str]:
    """Return the kind of the amendment and what stands now."""
    found = desk.amend([shown(excerpt)])
    if not found:
        return "stands", excerpt
    (one,) = found
    assert one.shown == shown(excerpt)
    return one.kind, one.citation.excerpt if one.citation else ""


def test_what_stands_is_not_amended(desk: Desk) -> None:
    assert desk.amend([shown(), shown("The mayor spoke of a dark day.")]) == []
    assert desk.amend([]) == []


def test_what_only_moved_still_stands(data: Path, desk: Desk) -> None:
    rewrite(data, f"Firemen came from three towns. {BODY}")
    assert desk.amend([shown()]) == []


def test_corrected_sentence_is_cited_as_it_stands_now(data: Path, desk: Desk) -> None:
    now = "The fire in the harbour killed 14 people on Monday."
    rewrite(data, "Updated. " + BODY.replace(DEAD, now))
    (found,) = desk.amend([shown()])
    assert found.kind == "corrected"
    assert found.citation is not None
    assert found.citation.excerpt == now
    assert (found.citation.start, found.citation.end) == (9, 9 + len(now))
    assert found.citation.headline == "News of fire"
    assert 0.8 < found.citation.score < 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(BODY.replace(f"{DEAD} ", ""), "", id="sentence gone"),
        pytest.param("The festival opened to great applause.", "", id="another text"),
        pytest.param(
            BODY.replace(DEAD, "All who live there are safe."), "", id="another sentence"
        ),
        pytest.param(
            BODY.replace(f"{DEAD} ", "") + " The harbour fire killed 12 people on Sunday.",
            "The harbour fire killed 12 people on Sunday.",
            id="moved and changed",
        ),
        pytest.param(
            BODY.replace("on Monday", "late on Monday, the mayor said"),
            "The fire in the harbour killed 12 people late on Monday, the mayor said.",
            id="made longer",
        ),
        pytest.param(
            BODY.replace("killed 12 people on Monday", "killed 12 people. It broke out on Monday"),
            "The fire in the harbour killed 12 people. It broke out on Monday.",
            id="made two",
        ),
    ],
)
def test_in_its_place_stands_what_is_clearly_like_it(
    data: Path, desk: Desk, body: str, expected: str
) -> None:
    rewrite(data, body)
    assert amended(desk) == ("corrected" if expected else "withdrawn", expected)


def test_sentence_that_stood_beside_it_before_does_not_stand_in_its_place(
    data: Path, desk: Desk
) -> None:
    beside = "The fire in the tower killed 12 people on Monday."
    rewrite(data, f"{DEAD} {beside}")
    assert amended(desk)[0] == "stands"
    rewrite(data, beside)
    assert amended(desk) == ("withdrawn", "")


def test_of_two_sentences_shown_the_one_left_stands_in_their_place(data: Path, desk: Desk) -> None:
    both = f"{DEAD} Nobody knows how it began."
    rewrite(data, BODY.replace(" Nobody knows how it began.", ""))
    assert amended(desk, both) == ("corrected", DEAD)


def test_excerpt_of_several_sentences_is_corrected_as_a_whole(data: Path, desk: Desk) -> None:
    both = f"{DEAD} Nobody knows how it began."
    rewrite(data, BODY.replace("12", "15"))
    assert amended(desk, both) == ("corrected", both.replace("12", "15"))


def test_removed_article_withdraws_what_was_shown_of_it(data: Path, desk: Desk) -> None:
    indexer.remove(data, ["fire"])
    assert desk.amend([shown()]) == [Amendment(shown(), "withdrawn", None, known=True)]


def test_article_that_never_was_withdraws_too(desk: Desk) -> None:
    unknown = Shown("none", "Anything.", 0)
    assert desk.amend([unknown]) == [Amendment(unknown, "withdrawn", None, known=False)]


def test_only_what_changed_is_returned_in_the_order_given(data: Path, desk: Desk) -> None:
    rewrite(data, BODY.replace("12", "13").replace("dark", "black"))
    asked = [
        shown("The mayor spoke of a dark day."),
        Shown("rain", "Rain fell.", 0),
        shown("Police opened an inquiry."),
        shown(),
    ]
    assert [one.shown for one in desk.amend(asked)] == [asked[0], asked[3]]


def test_damaged_article_holds_up_no_other(data: Path, desk: Desk) -> None:
    rewrite(data, BODY.replace("12", "13"))
    with closing(sqlite3.connect(data / FILE_NAME)) as db, db:
        db.execute("UPDATE article SET body = 'Hail fell.' WHERE id = 'rain'")
    asked = [Shown("rain", "Rain fell.", 0), shown()]
    assert [one.shown for one in desk.amend(asked)] == [asked[1]]


def test_change_back_amends_nothing(data: Path, desk: Desk) -> None:
    rewrite(data, BODY.replace("12", "13"))
    assert amended(desk)[0] == "corrected"
    rewrite(data, BODY)
    assert desk.amend([shown()]) == []


def test_what_was_corrected_twice_is_told_by_the_version_it_was_shown_from(
    data: Path, desk: Desk
) -> None:
    rewrite(data, BODY.replace("12", "13"))
    rewrite(data, BODY.replace("12", "14"))
    for number in ("12", "13"):
        assert amended(desk, DEAD.replace("12", number))[1] == DEAD.replace("12", "14")
