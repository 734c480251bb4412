"""Paths → Articles: every path, every encoding, and what always holds of what is read."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.articles import files
from index.articles.fields import KEYS, clean
from index.articles.files import KINDS, read
from index.errors import ArticleError
from index.types import Article

BODY = "Police in Paris held the founder on Monday. He was released on Wednesday."
FRONT = "headline: Founder held in Paris\npublished: 2024-09-03\nlanguage: en\n"
FILES = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def write_markdown(path: Path, front: str = FRONT, body: str = BODY) -> Path:
    return write(path, f"---\n{front}---\n\n{body}\n")


def read_all(*paths: Path) -> tuple[list[Article], list[ArticleError]]:
    found = list(read(paths))
    good = [item for item in found if isinstance(item, Article)]
    return good, [item for item in found if isinstance(item, ArticleError)]


def read_one(path: Path) -> Article:
    (article,), failures = read_all(path)
    assert not failures
    return article


def fail(*paths: Path) -> ArticleError:
    found, (error,) = read_all(*paths)
    assert not found
    assert "\n" not in str(error)
    return error


def as_json(**fields: object) -> str:
    return json.dumps({"headline": "Founder held", "body": BODY} | fields)


def test_a_folder_is_read_by_name_without_what_is_not_an_article(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.md", "a/a.md", "c.MD", ".hidden.md", ".git/x.md", "README.md"):
        write_markdown(tmp_path / name)
    write(tmp_path / "picture.png", b"\0")
    found, failures = read_all(tmp_path)
    assert [article.id for article in found] == ["a", "z", "b", "c"]
    assert not failures


def test_a_readme_named_explicitly_is_read(tmp_path: Path) -> None:
    assert read_one(write_markdown(tmp_path / "README.md")).id == "README"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.md", "no such file or folder"),
        ("missing", "no such file or folder"),
        ("a.docx", "'.docx' are not read; give .md"),
        ("empty", "no article in this folder"),
        ("loop.md", "cannot be read"),
        ("pipe.txt", "neither a file nor a folder"),
    ],
)
def test_a_path_that_gives_nothing_says_why(tmp_path: Path, name: str, reason: str) -> None:
    write(tmp_path / "a.docx", "x")
    write(tmp_path / "empty/notes.csv", "x")
    (tmp_path / "loop.md").symlink_to("loop.md")
    os.mkfifo(tmp_path / "pipe.txt")
    error = fail(tmp_path / name)
    assert reason in error.reason
    assert error.path == str(tmp_path / name)


@pytest.mark.parametrize("method", ["open", "iterdir"])
def test_what_may_not_be_read_is_an_error_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    locked = tmp_path / ("locked" if method == "iterdir" else "locked.md")
    write_markdown(locked / "in.md" if method == "iterdir" else locked)
    write_markdown(tmp_path / "open.md")
    original = getattr(Path, method)

    def refuse(self: Path, *args: object) -> object:
        if self == locked:
            raise PermissionError(13, "Permission denied")
        return original(self, *args)

    monkeypatch.setattr(Path, method, refuse)
    found, (error,) = read_all(tmp_path)
    assert [article.id for article in found] == ["open"]
    assert str(error) == f"{locked}: cannot be read: Permission denied; check its permissions"


def test_links_that_loop_end(tmp_path: Path) -> None:
    write_markdown(tmp_path / "a" / "one.md")
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "b").symlink_to(tmp_path / "a", target_is_directory=True)
    (tmp_path / "self").symlink_to("self")
    assert [article.id for article in read_all(tmp_path)[0]] == ["one"]


def test_a_file_reached_twice_is_read_once(tmp_path: Path) -> None:
    path = write_markdown(tmp_path / "a.md")
    found, failures = read_all(path, tmp_path, tmp_path)
    assert (len(found), failures) == (1, [])


def test_a_second_article_with_an_id_is_refused(tmp_path: Path) -> None:
    first = write_markdown(tmp_path / "1" / "a.md")
    second = write_markdown(tmp_path / "2" / "a.md")
    found, (error,) = read_all(tmp_path)
    assert len(found) == 1
    assert str(error) == f"{second}: id: 'a' is taken by {first}; choose another"


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        pytest.param("b.md", f"---\nheadline: H\nid: a\n---\n{BODY}", "b.md:3", id="line"),
        pytest.param("b.jsonl", f"\n{as_json(id='a')}", "b.jsonl:2", id="line of an object"),
        pytest.param("b.json", f"[{as_json()}, {as_json(id='a')}]", "b.json, item 2", id="item"),
        pytest.param("b.json", as_json(id="a"), "b.json", id="file"),
    ],
)
def test_an_id_taken_names_the_place_of_both(
    tmp_path: Path, name: str, content: str, place: str
) -> None:
    path, other = write(tmp_path / name, content), write_markdown(tmp_path / "a.md")
    *_, after = read([other, path])
    *_, before = read([path, other])
    file, _, item = place.partition(", ")
    start = f"{tmp_path / file}: id: {item and item + ': '}"
    assert str(after) == f"{start}'a' is taken by {other}; choose another"
    assert str(before) == f"{other}: id: 'a' is taken by {tmp_path / place}; choose another"


def test_an_error_stays_on_one_line_whatever_the_name(tmp_path: Path) -> None:
    assert "\ufffd" in str(fail(tmp_path / "a\nb\udcff.md"))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(f"Café news today\n\n{BODY}".encode(), "Café news today", id="UTF-8"),
        pytest.param(b"\xef\xbb\xbf" + f"Café news\n\n{BODY}".encode(), "Café news", id="BOM"),
        pytest.param(f"Café news\n\n{BODY}".encode("utf-16"), "Café news", id="UTF-16"),
        pytest.param(
            "Пресс-секретарь Кремля\r\n\r\nВ Кремле заявили, что переговоров не было. "
            "Об этом сообщил Песков.".encode("cp1251"), "Пресс-секретарь Кремля", id="cp1251",
        ),
    ],
)  # fmt: skip
def test_text_is_decoded(tmp_path: Path, data: bytes, expected: str) -> None:
    assert read_one(write(tmp_path / "a.txt", data)).headline == expected


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0" + bytes(range(256)), id="PNG"),
        pytest.param(b"\x7fELF\2\1\1" + b"\0" * 64, id="program"),
        pytest.param(b"\xff\xfea", id="half a UTF-16 character"),
        pytest.param(f"{BODY * 9}\0".encode(), id="NUL"),
        pytest.param(b"a\x01b\x02c\x03" * 9, id="controls"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_binary_file_is_not_a_text_file(tmp_path: Path, kind: str, data: bytes) -> None:
    assert fail(write(tmp_path / f"a{kind}", data)).reason.startswith("not a text file")


def test_only_pasted_text_and_pages_may_be_in_other_encodings(tmp_path: Path) -> None:
    error = fail(write(tmp_path / "a.md", f"---\n{FRONT}---\nCaf\xe9 {BODY}".encode("latin-1")))
    assert "UTF-8" in error.reason


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content", ["", " \n\t\n", "\ufeff"], ids=["nothing", "space", "BOM"])
def test_an_empty_file_has_no_body(tmp_path: Path, kind: str, content: str) -> None:
    error = fail(write(tmp_path / f"a{kind}", content))
    assert error.field == "body"
    assert "empty" in error.reason


@pytest.mark.parametrize("kind", [".txt", ".json"])
def test_a_file_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(files, "_BOUND", 2**20)
    monkeypatch.setattr(files, "_BOUND_OF_MANY", 2**20)
    error = fail(write(tmp_path / f"a{kind}", b"a" * (2**20 + 1)))
    assert error.reason == "larger than 1 MiB; split it into smaller files"


@FILES
@given(data=st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
@pytest.mark.parametrize("kind", KINDS)
def test_any_bytes_give_an_article_or_an_error(tmp_path: Path, kind: str, data: bytes) -> None:
    for item in read([write(tmp_path / f"a{kind}", data)]):
        check(item)


@FILES
@given(front=st.text(st.sampled_from("ab:-'\"\\{}[]|>&*!%@#?, \n\t~xU0\ud7ff\ufffe")))
def test_any_front_matter_gives_an_article_or_an_error(tmp_path: Path, front: str) -> None:
    for item in read([write_markdown(tmp_path / "a.md", f"headline: H\n{front}\n")]):
        check(item)


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@FILES
@given(fields=st.dictionaries(st.sampled_from(sorted(KEYS)), VALUES))
def test_any_object_gives_an_article_or_an_error(
    tmp_path: Path, fields: dict[str, object]
) -> None:
    for item in read([write(tmp_path / "a.json", as_json(**fields))]):
        check(item)


def check(item: Article | ArticleError) -> None:
    """What always holds of what is read."""
    if isinstance(item, ArticleError):
        assert len(str(item).splitlines()) == 1
        return
    assert item.id
    assert len(item.id) <= 200
    assert not re.search(r"[\s\x00-\x1f\ud800-\udfff]", item.id)
    assert item.headline == " ".join(item.headline.split()) != ""
    assert item.body == clean(item.body).strip("\n")
    assert re.fullmatch("[a-z]{2,3}", item.language)
    assert item.digest


def test_a_thousand_articles_are_read_in_seconds(tmp_path: Path) -> None:
    for number in range(1000):
        write_markdown(tmp_path / f"{number}.md", f"{FRONT}id: n{number}\n", BODY * 20)
    start = time.perf_counter()
    assert len(read_all(tmp_path)[0]) == 1000
    assert time.perf_counter() - start < 20


def test_public_names_are_what_all_says() -> None:
    assert set(files.__all__) == {"KINDS", "count_others", "decode_text", "read"}
    assert set(KINDS) == {".md", ".txt", ".html", ".htm", ".json", ".jsonl"}
