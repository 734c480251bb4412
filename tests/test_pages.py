"""Saved web pages → articles, and pages that hold none."""

from __future__ import annotations

import datetime as dt
import socket
from pathlib import Path

import pytest

from index.types import Article
from tests.test_files import BODY, fail, read_one, write

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


@pytest.mark.parametrize(
    ("first", "byline"),
    [
        pytest.param("By Kate Moss", "Kate Moss", id="one"),
        pytest.param("By J.K. O’Hara, Ann de-Vries and Bo Å. Berg", None, id="a small letter"),
        pytest.param("By J.K. O’Hara, Ann Vries and Bo Berg", "J.K. O’Hara, Ann Vries and Bo Berg",
                     id="three"),
        pytest.param("By Tuesday Everyone Had Left.", None, id="a sentence"),
        pytest.param("By noon it was over", None, id="other words"),
        pytest.param("By " + "A" * 50_000, None, id="hostile"),
        pytest.param("By " + "Aa " * 50_000, None, id="hostile, too"),
    ],
)  # fmt: skip
def test_paragraph_that_is_a_byline_is_no_text(
    tmp_path: Path, first: str, byline: str | None
) -> None:
    page = f"<html><head><title>Mine closed</title></head><body><article><p>{first}</p>"
    text = f"<p>{BODY} {BODY}</p><p>{BODY} {BODY} Again.</p>"
    article = read_one(write(tmp_path / "a.html", f"{page}{text}</article></body></html>"))
    assert article.byline == (byline or "")
    assert article.body.startswith("Police" if byline else "By ")


def test_a_page_that_breaks_the_parser_has_no_article(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise AttributeError

    monkeypatch.setattr("trafilatura.bare_extraction", break_down)
    assert "no article found" in fail(write_page(tmp_path / "a.html")).reason


LONG = " ".join(f"{BODY} It was said so {n} times." for n in range(30))


def write_news(path: Path, *, head: str = "", body: str = LONG) -> Path:
    page = PAGE.format(url="https://daily.example/held", lang="en", body=body)
    return write(path, page.replace("<head>", f"<head>{head}"))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta property="article:modified_time" content="2024-09-05T08:00:00Z">', (2024, 9, 5)),
        ('<meta property="og:updated_time" content="2024-09-04T08:00:00Z">', (2024, 9, 4)),
        ('<meta property="article:modified_time" content="2024-09-03T23:59:00Z">', None),
        ("", None),
    ],
    ids=["modified", "updated", "the same day", "none"],
)
def test_a_page_tells_when_it_was_last_changed(
    tmp_path: Path, head: str, expected: tuple[int, int, int] | None
) -> None:
    article = read_one(write_news(tmp_path / "a.html", head=head))
    assert article.published == dt.date(2024, 9, 3)
    assert article.updated == (dt.date(*expected) if expected else None)


FOR_SUBSCRIBERS = [
    '<script type="application/ld+json">{"isAccessibleForFree": false}</script>',
    '<script type="application/ld+json">{"isAccessibleForFree":"False"}</script>',
    '<meta itemprop="isAccessibleForFree" content="false">',
]


@pytest.mark.parametrize("head", FOR_SUBSCRIBERS, ids=["boolean", "text", "microdata"])
def test_beginning_of_an_article_for_subscribers_is_left_out(tmp_path: Path, head: str) -> None:
    error = fail(write_news(tmp_path / "a.html", head=head, body=BODY))
    assert "for subscribers" in error.reason
    assert read_one(write_news(tmp_path / "b.html", head=head)).body.startswith(BODY)


def test_article_that_is_free_is_taken_however_short(tmp_path: Path) -> None:
    head = FOR_SUBSCRIBERS[0].replace("false", "true")
    assert read_one(write_news(tmp_path / "a.html", head=head, body=BODY))


def test_part_of_an_article_is_left_out_where_the_page_says_how_long_it_is(
    tmp_path: Path,
) -> None:
    head = '<script type="application/ld+json">{{"wordCount": {}}}</script>'
    words = len(LONG.split()) * 2
    assert read_one(write_news(tmp_path / "a.html", head=head.format(words)))
    error = fail(write_news(tmp_path / "b.html", head=head.format(words * 2)))
    assert f"of the article's {words * 2:,} words" in error.reason


@pytest.mark.parametrize(
    "body",
    [
        "We and our 842 partners store and access personal data, like cookies, on your device. "
        "With your consent we may use it. You can accept, reject or manage your preferences at "
        "any time; see our privacy policy for more on cookies and on what our vendors do.",
        "Wir und unsere Partner verwenden Cookies und verarbeiten personenbezogene Daten. Mit "
        "Ihrer Einwilligung zeigen wir Werbung. Sie können zustimmen oder ablehnen, alles steht "
        "im Datenschutz und in der Liste unserer Partner, die Cookies setzen.",
    ],
    ids=["English", "German"],
)
def test_request_for_consent_is_left_out(tmp_path: Path, body: str) -> None:
    assert "request for consent" in fail(write_paragraph(tmp_path / "a.html", body)).reason


def test_article_on_consent_is_taken(tmp_path: Path) -> None:
    body = (
        "Regulators in Paris fined the company on Monday for the way it asks its users to accept "
        "cookies. The button to refuse them stood on the third page, the decision says, while "
        "one tap was enough to agree. The company said it would appeal, and that it had long "
        "changed the page. Lawyers expect that other firms will follow before the year ends, "
        "because fines grow with each month that passes without a change."
    )
    assert read_one(write_paragraph(tmp_path / "a.html", body))
