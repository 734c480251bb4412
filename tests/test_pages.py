"""Saved web pages → articles, and pages that hold none."""

from __future__ import annotations

import datetime as dt
import socket
from pathlib import Path

import pytest

from index.types import Article
from tests.test_articles import BODY, fail, read_one, write

PAGE = """<!DOCTYPE html><html lang="{lang}"><head><title>Daily</title>
<meta property="og:title" content="Founder held in Paris - The Daily">
<meta property="og:site_name" content="The Daily"><meta name="author" content="Anna Writer">
<meta property="article:published_time" content="2024-09-03T23:30:00-07:00">
<link rel="canonical" href="{url}"></head>
<body><nav><a href="/">Home</a></nav><article><h1>Founder held in Paris</h1>
<p>{body}</p><p>{body} Again, the police said.</p></article><footer>Privacy</footer></body></html>
"""


def write_page(path: Path, *, url: str = "https://daily.example/held", lang: str = "en") -> Path:
    return write(path, PAGE.format(url=url, lang=lang, body=f"{BODY} {BODY}"))


@pytest.mark.parametrize("kind", [".html", ".htm", ".HTML"])
def test_a_page_gives_its_article(tmp_path: Path, kind: str) -> None:
    assert read_one(write_page(tmp_path / f"held{kind}")) == Article(
        "held", "Founder held in Paris", f"{BODY} {BODY}\n\n{BODY} {BODY} Again, the police said.",
        "The Daily", "Anna Writer", dt.date(2024, 9, 3), "https://daily.example/held", "en",
    )  # fmt: skip


def test_a_page_is_believed_neither_its_language_nor_an_odd_address(tmp_path: Path) -> None:
    article = read_one(write_page(tmp_path / "a.html", url="javascript:alert(1)", lang="de"))
    assert (article.url, article.language) == ("", "en")


def test_reading_a_page_opens_no_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert read_one(write_page(tmp_path / "a.html"))


@pytest.mark.parametrize(
    "content",
    [
        "<html><body></body></html>",
        "<",
        "<div>" * 5000,
        "<html><head><title>T</title></html>",
    ],
    ids=["no text", "no page", "deep", "title only"],
)
def test_a_page_without_an_article_says_so(tmp_path: Path, content: str) -> None:
    assert "no article found" in fail(write(tmp_path / "a.html", content)).reason


def write_paragraph(path: Path, body: str) -> Path:
    return write(path, f"<html><head><title>T</title></head><body><p>{body}</p></body></html>")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("Log in or create a free account to continue reading.", id="log-in"),
        pytest.param("We value your privacy. We use cookies. Accept all", id="consent"),
        pytest.param(" ".join(["word"] * 19), id="one word too few"),
        pytest.param("続きを読むにはログインしてください。", id="Japanese log-in"),
    ],
)
def test_a_page_of_fewer_than_twenty_words_has_no_article(tmp_path: Path, body: str) -> None:
    error = fail(write_paragraph(tmp_path / "a.html", body))
    assert error.field == "body"
    assert error.reason == "no article found in this page; save its text as .txt"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(" ".join(["word"] * 20), id="twenty words"),
        pytest.param(
            "警察は月曜日にパリで創業者を拘束した。"
            "水曜日の夕方に保釈され、パリの裁判所がその理由を発表した。",
            id="a script without spaces",
        ),
    ],
)
def test_a_page_of_twenty_words_has_an_article(tmp_path: Path, body: str) -> None:
    assert read_one(write_paragraph(tmp_path / "a.html", body)).body == body


def test_a_page_that_breaks_the_parser_has_no_article(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise AttributeError

    monkeypatch.setattr("trafilatura.bare_extraction", break_down)
    assert "no article found" in fail(write_page(tmp_path / "a.html")).reason
