"""schema.org articles in JSON and JSONL exports."""

from __future__ import annotations

import datetime as dt
import doctest
import json
from pathlib import Path
from typing import Any

import pytest

from index.articles import schema_org
from index.types import Article
from tests.test_files import BODY, read_one, write

HELD: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Founder held",
    "articleBody": BODY,
    "author": [{"@type": "Person", "name": "Anna Writer"}, "Ben"],
    "publisher": {"@type": "NewsMediaOrganization", "name": "The Daily"},
    "datePublished": "2024-09-03T23:30:00-07:00",
    "mainEntityOfPage": {"@type": "WebPage", "@id": "https://daily.example/held"},
    "inLanguage": {"@type": "Language", "alternateName": "en"},
    "identifier": {"@type": "PropertyValue", "value": "held-1"},
}


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_an_article_as_schema_org_has_it_is_read(tmp_path: Path, name: str) -> None:
    assert read_one(write(tmp_path / name, json.dumps(HELD))) == Article(
        "held-1", "Founder held", BODY, "The Daily", "Anna Writer, Ben", dt.date(2024, 9, 3),
        "https://daily.example/held", "en",
    )  # fmt: skip


@pytest.mark.parametrize(
    "found",
    [
        {"@type": ["Thing", "ReportageNewsArticle"]},
        {"@type": "http://schema.org/BlogPosting"},
        {"@type": "Article", "@context": {"@vocab": "http://schema.org/"}},
    ],
)
def test_its_kin_are_articles_too(found: dict[str, Any]) -> None:
    assert schema_org.is_article(found)


@pytest.mark.parametrize(
    "found", [{}, {"@type": "Person"}, {"@type": "Article", "@context": "https://other.example"}]
)
def test_other_things_are_not(found: dict[str, Any]) -> None:
    assert not schema_org.is_article(found)


@pytest.mark.parametrize("odd", [None, 3, [], {}, [None], [[1]], {"name": 3}, True])
def test_odd_values_do_no_harm(odd: object) -> None:
    for field in HELD:
        if field not in ("@type", "@context", "articleBody"):
            flat = schema_org.flatten(HELD | {field: odd})
            assert flat["body"] == BODY


def test_examples_are_true() -> None:
    assert doctest.testmod(schema_org).failed == 0
