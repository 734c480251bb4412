"""Years: what an article is worth that knows nothing of the one asked about."""

from __future__ import annotations

import datetime as dt

import pytest

from index.types import Article, Query
from index.understanding.years import weigh_years

DAY = dt.date(2024, 9, 3)


def weight(question: str, body: str, **fields: object) -> float:
    article = Article("a", "Cases", body, **fields)  # type: ignore[arg-type]  # by name
    return weigh_years(Query(question, question), article)


@pytest.mark.parametrize(
    ("question", "body", "published"),
    [
        pytest.param("How many cases were there?", "There were 297.", None, id="no year"),
        pytest.param("How many cases in 2021?", "In 2021 there were 156.", None, id="named"),
        pytest.param("How many cases in 2021?", "In 2021/22 there were 156.", None, id="season"),
        pytest.param("How many cases in 2024?", "There were 297 this year.", DAY, id="its own"),
        pytest.param("How many cases in 2023?", "There were 97 last year.", DAY, id="last year"),
        pytest.param(
            "How many in 2020 and 2021?", "In 2021 there were 156.", None, id="one of two"
        ),
        pytest.param("How many in the 1990s?", "There were 3 in 1994.", None, id="decade"),
        pytest.param("Who paid $2000?", "A man paid two grand.", None, id="price"),
        pytest.param("What of flight 12021?", "It was late.", None, id="within a number"),
    ],
)
def test_an_article_that_may_know_of_the_year_counts_in_full(
    question: str, body: str, published: dt.date | None
) -> None:
    assert weight(question, body, published=published) == 1


@pytest.mark.parametrize(
    ("question", "published"),
    [
        pytest.param("How many cases in 2020?", DAY, id="dated"),
        pytest.param("How many cases in 2020?", None, id="without a date"),
        pytest.param("What was 1997's number?", DAY, id="genitive"),
    ],
)
def test_one_that_knows_nothing_of_it_counts_for_little(
    question: str, published: dt.date | None
) -> None:
    body = "In all of 2021 there were 156, and 12020 in the world."
    assert 0 < weight(question, body, published=published) < 0.5


def test_the_year_of_a_question_before_does_not_count_where_the_two_are_not_one() -> None:
    query = Query("How many in 2020? And of men?", "And of men?", stands_alone=False)
    assert weigh_years(query, Article("a", "Cases", "There were 297.")) == 1


def test_the_year_of_one_part_of_a_long_question_does_not_count_for_the_others() -> None:
    query = Query("How many in 2020, and why?", "", clauses=("How many in 2020", "why"))
    assert weigh_years(query, Article("a", "Cases", "There were 297.")) == 1
