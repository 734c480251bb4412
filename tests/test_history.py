"""What changed in an article, and when."""

from __future__ import annotations

import datetime as dt

from index.storage.history import Change, recount
from index.types import Article, Version

FIRST = Article(
    "a", "Founder held", "Police held him. Nobody knows why.\n\nHe paid bail.", "Daily"
)
MORNING = dt.datetime(2024, 9, 3, 8, 0, tzinfo=dt.UTC)
NOON = dt.datetime(2024, 9, 3, 12, 0, tzinfo=dt.UTC)


def changed(**fields: object) -> Article:
    values = {"headline": FIRST.headline, "body": FIRST.body, "outlet": FIRST.outlet} | fields
    return Article("a", **values)  # type: ignore[arg-type]  # by name


def test_article_that_never_changed_has_no_history() -> None:
    assert recount([], FIRST) == []


def test_sentences_that_went_and_came_are_told() -> None:
    now = changed(body="Police held him. He paid bail.\n\nA judge freed him.")
    assert recount([Version(FIRST, NOON)], now) == [
        Change(NOON, gone=("Nobody knows why.",), new=("A judge freed him.",))
    ]


def test_fields_that_changed_are_told_with_both_values() -> None:
    now = changed(headline="Founder freed", updated=dt.date(2024, 9, 4), outlet="")
    assert recount([Version(FIRST, NOON)], now) == [
        Change(
            NOON,
            fields=(
                ("headline", "Founder held", "Founder freed"),
                ("outlet", "Daily", ""),
                ("updated", "", "2024-09-04"),
            ),
        )
    ]


def test_each_change_is_told_in_order_and_removal_last() -> None:
    second = changed(headline="Founder freed")
    told = recount([Version(FIRST, MORNING), Version(second, NOON)], None)
    assert [(one.at, one.removed) for one in told] == [(MORNING, False), (NOON, True)]
    assert told[1] == Change(NOON, removed=True)
