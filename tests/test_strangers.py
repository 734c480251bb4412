"""What strangers may try gets nothing; all of it: python -m tests.strangers_campaign."""

from __future__ import annotations

import pytest

from tests.strangers_campaign import FORMS, Outcome, try_archives, try_links, try_xml

SLICE = [form for form in FORMS if "rebind" in form or "mapped" in form or "@127" in form]


@pytest.fixture(scope="module")
def links() -> list[Outcome]:
    return list(try_links(SLICE))


def test_no_address_leads_inside(links: list[Outcome]) -> None:
    assert len(links) == 2 * len(SLICE) >= 10
    assert [one for one in links if one.passed] == []


def test_the_campaign_would_notice_one_that_did() -> None:
    outcomes = list(try_links(["http://127.0.0.1:{port}/secret"], private=True))
    assert all(one.passed and "connected to 127.0.0.1" in one.got for one in outcomes)


def test_what_xml_offers_gets_nothing() -> None:
    outcomes = list(try_xml())
    assert len(outcomes) > 20
    assert [one for one in outcomes if one.passed] == []


def test_archives_give_away_nothing() -> None:
    outcomes = []
    for one in try_archives():
        outcomes.append(one)
        if "bomb" in one.attack:
            break
    assert len(outcomes) > 8
    assert [one for one in outcomes if one.passed] == []
