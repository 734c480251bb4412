"""The part of the coverage that a question asks about: what lies in it, what is preferred."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Origin, Scope
from index.understanding.scope import prefer, within

DAY = dt.date(2024, 9, 3)
BEFORE, AFTER = DAY - dt.timedelta(1), DAY + dt.timedelta(1)
HERE = Origin("Daily", "Ann Other", DAY)

NAMES = st.sampled_from(["", "Daily", "Weekly", "Ann Other"])
DATES = st.none() | st.dates(BEFORE - dt.timedelta(5), AFTER + dt.timedelta(5))
ORIGINS = st.builds(Origin, NAMES, NAMES, DATES)
SCOPES = st.builds(
    Scope,
    outlets=st.lists(NAMES.filter(bool), max_size=2).map(tuple),
    bylines=st.lists(NAMES.filter(bool), max_size=2).map(tuple),
    since=DATES,
    until=DATES,
    dates=st.lists(DATES.filter(bool), max_size=2).map(tuple),
)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        pytest.param(None, None, True, id="no time asked about"),
        pytest.param(DAY, DAY, True, id="that very day"),
        pytest.param(BEFORE, AFTER, True, id="between"),
        pytest.param(DAY, None, True, id="since, included"),
        pytest.param(AFTER, None, False, id="too early"),
        pytest.param(None, DAY, True, id="until, included"),
        pytest.param(None, BEFORE, False, id="too late"),
        pytest.param(AFTER, BEFORE, False, id="no day at all"),
    ],
)
def test_article_lies_within_the_time_asked_about(
    since: dt.date | None, until: dt.date | None, expected: bool
) -> None:
    assert within(Scope(since=since, until=until), HERE) == expected


@given(SCOPES)
def test_article_without_a_date_lies_within_any_time(scope: Scope) -> None:
    assert within(scope, HERE._replace(published=None))


@given(SCOPES, ORIGINS)
def test_names_and_single_days_are_no_bounds(scope: Scope, origin: Origin) -> None:
    assert within(Scope(since=scope.since, until=scope.until), origin) == within(scope, origin)


@given(ORIGINS)
def test_nothing_is_preferred_where_nothing_is_named(origin: Origin) -> None:
    assert prefer(Scope(phrases=("any one",), absent=("Monthly",)), origin) == 0


@given(SCOPES, ORIGINS)
def test_preference_is_never_below_nothing_nor_more_than_half(
    scope: Scope, origin: Origin
) -> None:
    """So that a fused score of 0 to 1 still says most."""
    assert 0 <= prefer(scope, origin) <= 0.5


@pytest.mark.parametrize(
    "scope",
    [
        pytest.param(Scope(outlets=("Weekly", "Daily")), id="outlet"),
        pytest.param(Scope(bylines=("Ann Other",)), id="byline"),
        pytest.param(Scope(dates=(BEFORE, DAY)), id="day"),
    ],
)
def test_what_is_named_is_preferred(scope: Scope) -> None:
    assert prefer(scope, HERE) > 0
    assert prefer(scope, Origin("Evening", "Ben Else", AFTER)) == 0


def test_outlet_and_day_count_together_but_outlet_and_byline_once() -> None:
    outlet, day = prefer(Scope(outlets=("Daily",)), HERE), prefer(Scope(dates=(DAY,)), HERE)
    both = Scope(outlets=("Daily",), bylines=("Ann Other",), dates=(DAY,))
    assert prefer(both, HERE) == pytest.approx(outlet + day)
