"""Text of a file → drafts: Markdown and JSON, and where in them what is wrong stands."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from index.articles import formats
from index.articles.files import KINDS
from index.types import Article
from tests.conftest import shared
from tests.test_files import (
    BODY,
    as_json,
    fail,
    read_all,
    read_one,
    write,
    write_markdown,
)


def test_markdown_gives_every_field(tmp_path: Path) -> None:
    front = (
        "id: held\nheadline: 'Founder held: why'\noutlet: The Daily\nbyline: A. Writer\n"
        "published: 2024-09-03\nurl: https://example.org/held\nlanguage: EN-us\ntags: [a, b]\n"
    )
    assert read_one(write_markdown(tmp_path / "a.md", front)) == Article(
        "held", "Founder held: why", BODY, "The Daily", "A. Writer", dt.date(2024, 9, 3),
        "https://example.org/held", "en",
    )  # fmt: skip


def test_markdown_without_an_id_is_known_by_its_file(tmp_path: Path) -> None:
    article = read_one(write_markdown(tmp_path / "founder held.md"))
    assert (article.id, article.outlet, article.byline, article.url) == (
        "founder-held",
        "",
        "",
        "",
    )


@pytest.mark.parametrize(
    ("front", "field", "expected"),
    [
        pytest.param("id: 007\nheadline: H\n", "id", "007", id="number with zeros"),
        pytest.param("headline: 1984\n", "headline", "1984", id="numeric headline"),
        pytest.param("headline: Yes\n", "headline", "Yes", id="YAML's true"),
        pytest.param("headline: 2024-09-03\n", "headline", "2024-09-03", id="date as headline"),
        pytest.param("headline: H\nbyline: [A, B]\n", "byline", "A, B", id="two authors"),
        pytest.param("headline: H\nbyline: null\n", "byline", "", id="null"),
        pytest.param("headline: >\n  Two\n  lines\n", "headline", "Two lines", id="folded"),
        pytest.param("headline: 'a\u202eb \u200e c'\n", "headline", "ab c", id="bidi controls"),
        pytest.param("headline: H\nid: ' a b '\n", "id", "a-b", id="white space in an id"),
        pytest.param("title: T\n", "headline", "T", id="other name"),
        pytest.param("title: T\nheadline: H\n", "headline", "H", id="proper name first"),
    ],
)
def test_front_matter_is_taken_as_its_text(
    tmp_path: Path, front: str, field: str, expected: str
) -> None:
    assert getattr(read_one(write_markdown(tmp_path / "a.md", front)), field) == expected


@pytest.mark.parametrize(
    ("front", "line", "field", "reason"),
    [
        pytest.param(
            "headline: H\npublished: yesterday\n", 3, "published",
            "not a date: 'yesterday'; write it like 2024-09-03", id="date",
        ),
        pytest.param(
            "date: 2024-09-03\nheadline: H\npublished: soon\n", 4, "published", "'soon'",
            id="two names of a field",
        ),
        pytest.param("headline: a: b\n", 2, "headline", "not YAML", id="colon"),
        pytest.param("id: x\n\nheadline: 'open\n", 4, "headline", "not YAML", id="open quote"),
        pytest.param("id: x\n\theadline: H\n", 3, "headline", "not YAML", id="tab"),
        pytest.param("headline: H\nurl: ftp://x.org\n", 3, "url", "'ftp://x.org'", id="url"),
        pytest.param("headline: H\nurl: https://[\n", 3, "url", "'https://['", id="broken url"),
        pytest.param("headline: H\nlanguage: Latin\n", 3, "language", "'Latin'", id="language"),
        pytest.param("headline:\nid: x\n", 2, "headline", "missing", id="blank headline"),
        pytest.param("id: x\n", None, "headline", "missing", id="no headline"),
        pytest.param("headline: {a: b}\n", 2, "headline", "not text", id="mapping"),
        pytest.param(f"headline: H\nid: {'x' * 201}\n", 3, "id", "200 characters", id="long id"),
        pytest.param("- headline\n", 2, None, "not front matter", id="list"),
    ],
)  # fmt: skip
def test_broken_front_matter_names_file_line_and_field(
    tmp_path: Path, front: str, line: int | None, field: str | None, reason: str
) -> None:
    path = write_markdown(tmp_path / "a.md", front)
    error = fail(path)
    assert (error.path, error.line, error.field) == (str(path), line, field)
    assert reason in error.reason


def test_lines_are_counted_from_the_top_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.md", f"\r\n\r\n---\r\nheadline: H\r\ndate: soon\r\n---\r\n{BODY}")
    assert str(fail(path)).startswith(f"{path}:5: published: not a date: 'soon'")


def test_markdown_without_front_matter_says_how_to_begin(tmp_path: Path) -> None:
    error = fail(write(tmp_path / "a.md", f"# Headline\n\n{BODY}"))
    assert (error.line, error.field) == (1, "headline")
    assert "---" in error.reason


def test_a_rule_in_the_body_stays_in_the_body(tmp_path: Path) -> None:
    body = "One.\n\n---\n\n\tTwo — “three”.\n\n- four"
    assert read_one(write_markdown(tmp_path / "a.md", body=body)).body == body


def test_an_object_is_one_article(tmp_path: Path) -> None:
    fields = {"id": 7, "outlet": "D", "byline": ["A", "B"], "published": "Sept. 3, 2024"}
    article = read_one(write(tmp_path / "a.json", as_json(**fields, url="http://e.org/x")))
    assert article == Article(
        "7", "Founder held", BODY, "D", "A, B", dt.date(2024, 9, 3), "http://e.org/x", "en"
    )


def test_other_names_of_fields_are_known(tmp_path: Path) -> None:
    fields = {
        "title": "T", "source": "S", "author": None, "published_at": "2023-11-27T08:45:59+00:00",
        "text": BODY, "lang": "fr-CA", "category": "x",
    }  # fmt: skip
    article = read_one(write(tmp_path / "a.json", b"\xef\xbb\xbf" + json.dumps(fields).encode()))
    assert (article.headline, article.outlet, article.byline) == ("T", "S", "")
    assert (article.published, article.body, article.language) == (
        dt.date(2023, 11, 27), BODY, "fr",
    )  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(
            {
                "id": 7, "date": "2024-09-03T10:00:00", "link": "https://example.org/a",
                "title": {"rendered": "Tea &#038; cake"}, "author": 5,
                "content": {"rendered": f"<p>{BODY}</p>", "protected": False},
            }, id="WordPress",
        ),
        pytest.param(
            {
                "source": {"id": None, "name": "The Daily"}, "author": None, "title": "Tea & cake",
                "url": "https://example.org/a", "publishedAt": "2024-09-03T10:00:00Z",
                "content": BODY,
            }, id="NewsAPI",
        ),
        pytest.param(
            {
                "headline": "Tea & cake", "link": "https://example.org/a", "date": "2024-09-03",
                "author": [{"name": "A. Writer"}, {"name": "B. Editor"}], "text": BODY,
            }, id="authors as objects",
        ),
    ],
)  # fmt: skip
def test_exports_are_read_as_they_come(tmp_path: Path, fields: dict[str, object]) -> None:
    article = read_one(write(tmp_path / "a.json", json.dumps([fields])))
    assert (article.headline, article.body) == ("Tea & cake", BODY)
    assert article.published == dt.date(2024, 9, 3)
    assert article.url == "https://example.org/a"
    assert article.outlet == ("The Daily" if "source" in fields else "")
    assert article.byline == ("A. Writer, B. Editor" if "headline" in fields else "")


def test_multihop_articles_are_all_read() -> None:
    path = shared("data/multihop_rag/corpus_subset_70.json")
    found, failures = read_all(path)
    assert (len(found), failures) == (70, [])
    sources = json.loads(path.read_text("utf-8-sig"))
    assert [article.headline for article in found] == [item["title"].strip() for item in sources]
    assert all(article.published and article.outlet and article.url for article in found)
    assert {article.language for article in found} == {"en"}


def test_an_array_goes_on_after_a_bad_item(tmp_path: Path) -> None:
    items = [as_json(id="a"), "3", as_json(published="soon"), as_json(id="b"), as_json(body=[1])]
    found, failures = read_all(write(tmp_path / "a.json", f"[{','.join(items)}]"))
    assert [article.id for article in found] == ["a", "b"]
    assert [(error.field, error.reason[:16]) for error in failures] == [
        (None, "item 2: not an o"), ("published", "item 3: not a da"),
        ("body", "item 5: not text"),
    ]  # fmt: skip


def test_json_lines_go_on_after_a_bad_line(tmp_path: Path) -> None:
    lines = [as_json(id="a"), "", "{", "[]", as_json(url="x"), as_json(id="b\u2028c")]
    found, failures = read_all(write(tmp_path / "a.jsonl", "\r\n".join(lines)))
    assert [article.id for article in found] == ["a", "b-c"]
    assert [(error.line, error.field) for error in failures] == [(3, None), (4, None), (5, "url")]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        pytest.param('{"headline": "H",\n "body": }', 2, id="syntax"),
        pytest.param("[" * 100_000, None, id="nested too deeply"),
        pytest.param(f'{{"id": {"9" * 5000}}}', None, id="number too long"),
        pytest.param("[]", None, id="empty array"),
        pytest.param('"text"', None, id="string"),
    ],
)
def test_broken_json_is_reported(tmp_path: Path, content: str, line: int | None) -> None:
    assert fail(write(tmp_path / "a.json", content)).line == line


HTML = (
    "<p>There were 17&nbsp;geese &amp; <b>4</b> goats.</p>\n<p>They left&#8230;<br/>Why?</p>"
    "<ul><li>Cold</li></ul><script>alert(1)</script>"
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            HTML, "There were 17 geese & 4 goats.\n\nThey left…\n\nWhy?\n\n- Cold", id="HTML"
        ),
        pytest.param("<p>Short.</p>", "Short.", id="one sentence of HTML"),
        pytest.param("R&amp;D &#8220;grew&#x201d;, AT&T.", "R&D “grew”, AT&T.", id="entities"),
        pytest.param("If a < b & c > d: <b> &c; &notes.", None, id="signs"),
    ],
)
def test_html_in_an_export_becomes_text(tmp_path: Path, body: str, expected: str | None) -> None:
    line = as_json(headline="Geese &amp; goats", byline="M. M&uuml;ller", body=body)
    article = read_one(write(tmp_path / "a.jsonl", line))
    assert (article.headline, article.byline) == ("Geese & goats", "M. Müller")
    assert article.body == (expected or body)


def test_html_without_text_is_reported_where_it_stands(tmp_path: Path) -> None:
    lines = [as_json(), as_json(body="<p><img src='a.png'></p>")]
    _, (error,) = read_all(write(tmp_path / "a.jsonl", "\n".join(lines)))
    assert (error.line, error.field) == (2, "body")
    _, (error,) = read_all(write(tmp_path / "b.json", f"[{','.join(lines)}]"))
    assert error.reason.startswith("item 2: no text in this HTML")


def test_entities_in_markdown_are_the_characters_that_they_stand_for(tmp_path: Path) -> None:
    path = write(tmp_path / "a.md", "---\nheadline: H\n---\nM&uuml;ller &amp; S&ouml;hne")
    assert read_one(path).body == "Müller & Söhne"


def test_ids_do_not_depend_on_the_order_in_the_file(tmp_path: Path) -> None:
    items = [as_json(headline=f"H {number}", body=f"{BODY} {number}") for number in range(9)]
    forth, _ = read_all(write(tmp_path / "a.json", f"[{','.join(items)}]"))
    back, _ = read_all(write(tmp_path / "a.json", f"[{','.join(reversed(items))}]"))
    assert len({article.id for article in forth}) == 9
    assert forth == back[::-1]


def test_there_is_a_reader_for_each_kind() -> None:
    assert tuple(formats.READERS) == KINDS
