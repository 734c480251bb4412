"""ZIP and WARC archives of pages → articles."""

from __future__ import annotations

import gzip
import stat
import zipfile
from pathlib import Path

import brotli
import pytest

from index.errors import ArticleError
from index.ingest import archives
from index.types import Article
from index.web.fetching import PAGE
from tests.test_refreshing import page


def read(path: Path) -> tuple[list[Article], list[ArticleError]]:
    found = list(archives.read(path))
    articles = [item for item in found if isinstance(item, Article)]
    return articles, [item for item in found if isinstance(item, ArticleError)]


def pack(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def record(path: Path, *pages: tuple[str, bytes, dict[str, str]], status: str = "200 OK") -> Path:
    """Write a WARC/1.1 file of the answers to requests for these URLs."""
    with path.open("wb") as file:
        for url, body, headers in pages:
            named = {"Content-Type": "text/html; charset=utf-8"} | headers
            lines = [f"HTTP/1.1 {status}", *(f"{k}: {v}" for k, v in named.items()), "", ""]
            block = "\r\n".join(lines).encode() + body
            top = [
                "WARC/1.1", "WARC-Type: response", f"WARC-Target-URI: {url}",
                "WARC-Record-ID: <urn:uuid:12345678-feed-beef-cafe-123456789012>",
                "WARC-Date: 2024-09-03T10:00:00Z", f"Content-Length: {len(block)}",
                "Content-Type: application/http; msgtype=response", "", "",
            ]  # fmt: skip
            whole = "\r\n".join(top).encode() + block + b"\r\n\r\n"
            file.write(gzip.compress(whole) if path.name.endswith(".gz") else whole)
    return path


def test_the_pages_and_exports_of_a_zip_are_read(tmp_path: Path) -> None:
    line = b'{"id": "n1", "headline": "N1", "body": "Police held the founder."}\n'
    path = pack(
        tmp_path / "a.zip",
        {
            "pages/held.html": page(0),
            "export.jsonl": line,
            "README.md": b"nothing",
            ".hidden.html": page(1),
            "picture.png": b"\x89PNG",
            "./": b"",
        },
    )
    articles, errors = read(path)
    assert [article.id for article in articles] == ["held", "n1"]
    assert errors == []


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_a_text_about_encodings_is_not_read_in_one_of_them(tmp_path: Path, name: str) -> None:
    body = 'Write <meta charset="windows-1251"> on top, said Зоя.'
    top = "---\nheadline: Größe\n---\n" if name == "a.md" else "Größe\n\n"
    articles, errors = read(pack(tmp_path / "a.zip", {name: f"{top}{body}".encode()}))
    assert [(one.headline, one.body) for one in articles] == [("Größe", body)]
    assert errors == []


def test_what_is_wrong_in_an_array_of_a_zip_is_named_by_its_item(tmp_path: Path) -> None:
    sound = b'{"id": "n1", "headline": "N1", "body": "Police held the founder."}'
    path = pack(tmp_path / "a.zip", {"a.json": b'[%s, {"body": "Nobody."}, 7]' % sound})
    articles, errors = read(path)
    assert [article.id for article in articles] == ["n1"]
    assert [str(error).partition(";")[0] for error in errors] == [
        f"{path}:a.json: headline: item 2: missing",
        f"{path}:a.json: item 3: not an object: 7",
    ]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_the_pages_of_a_warc_are_read_where_they_stood(tmp_path: Path, name: str) -> None:
    chunked = f"{len(page(2)):x}\r\n".encode() + page(2) + b"\r\n0\r\n\r\n"
    path = record(
        tmp_path / name,
        ("https://daily.example/0", page(0), {}),
        ("https://daily.example/1", gzip.compress(page(1)), {"Content-Encoding": "gzip"}),
        ("https://daily.example/2", chunked, {"Transfer-Encoding": "chunked"}),
        ("https://daily.example/3", brotli.compress(page(3)), {"Content-Encoding": "br"}),
        ("https://daily.example/4.png", b"\x89PNG", {"Content-Type": "image/png"}),
    )
    articles, errors = read(path)
    assert [article.url for article in articles] == [
        f"https://daily.example/{number}" for number in range(4)
    ]
    assert errors == []


def test_a_warc_whose_record_names_no_address_says_so(tmp_path: Path) -> None:
    path = record(tmp_path / "a.warc", ("https://daily.example/0", page(0), {}))
    whole = path.read_bytes()
    path.write_bytes(whole + whole.replace(b"WARC-Target-URI: https://daily.example/0\r\n", b""))
    articles, errors = read(path)
    assert [article.url for article in articles] == ["https://daily.example/0"]
    assert ["make the archive anew" in str(error) for error in errors] == [True]


def test_what_a_server_refused_is_no_article(tmp_path: Path) -> None:
    path = record(tmp_path / "a.warc", ("https://a.example/", page(0), {}), status="403 Forbidden")
    articles, errors = read(path)
    assert articles == []
    assert "no page in this archive" in str(errors[0])


@pytest.mark.parametrize(
    "name",
    ["../../etc/a.html", "/etc/a.html", "a/../../b.html", "..\\a.html", "C:/a.html"],
)
def test_a_member_whose_name_leads_out_is_left_out(tmp_path: Path, name: str) -> None:
    path = pack(tmp_path / "a.zip", {name: page(0), "b.html": page(1)})
    articles, errors = read(path)
    assert [article.id for article in articles] == ["b"]
    assert "leads out of the archive" in str(errors[0])


def test_a_link_is_left_out(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.html")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "it is a link" in str(read(tmp_path / "a.zip")[1][0])


def test_bombs_are_left_out_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pack(tmp_path / "a.zip", {"bomb.html": b"\0" * 10 * 2**20, "b.html": page(1)})
    articles, errors = read(path)
    assert [article.id for article in articles] == ["b"]
    assert "larger than 8,388,608 bytes" in str(errors[0])
    for coding, packed in (("gzip", gzip.compress), ("br", brotli.compress)):
        bomb = packed(b"\0" * 10 * 2**20)
        headers = {"Content-Encoding": coding}
        path = record(tmp_path / "b.warc.gz", ("https://a.example/", bomb, headers))
        assert "larger than" in str(read(path)[1][0])
    monkeypatch.setattr(archives, "_LARGEST", 1000)
    many = pack(tmp_path / "c.zip", {f"{n}.html": page(n) for n in range(4)})
    articles, errors = read(many)
    assert len(articles) < 4
    assert "split it" in str(errors[-1])


@pytest.mark.parametrize(
    ("size", "end"),
    [
        pytest.param(PAGE * 2, None, id="too large"),
        pytest.param(PAGE - 2**17, -1, id="cut off"),
    ],
)
def test_bombs_count_as_what_came_out_of_an_archive(
    size: int, end: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb, headers = brotli.compress(b"\0" * size)[:end], {"Content-Encoding": "br"}
    bombs = [(f"https://a.example/{n}", bomb, headers) for n in range(4)]
    path = record(tmp_path / "a.warc.gz", *bombs)
    monkeypatch.setattr(archives, "_LARGEST", 2 * PAGE)
    _, errors = read(path)
    assert ["split it" in str(error) for error in errors] == [False, False, True]


def test_members_that_are_too_large_are_not_even_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pack(tmp_path / "a.zip", {"bomb.html": b"\0" * 10 * 2**20, "b.html": page(1)})
    monkeypatch.setattr(archives, "_read_all", lambda stream: stream.read(2**20))
    articles, (error,) = read(path)
    assert [article.id for article in articles] == ["b"]
    assert "larger than 8,388,608 bytes" in str(error)


def test_a_member_that_is_damaged_is_left_out_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for n in range(3):
            archive.writestr(f"{n}.html", page(n))
        at = archive.infolist()[1].header_offset
    data = bytearray(path.read_bytes())
    data[at + 45 : at + 60] = b"\xff" * 15  # behind its header and its properties
    path.write_bytes(data)
    articles, errors = read(path)
    assert [article.id for article in articles] == ["0", "2"]
    assert len(errors) == 1


@pytest.mark.parametrize("name", ["a.zip", "a.warc", "a.warc.gz"])
def test_what_is_no_archive_says_so(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"this is nothing of the kind, in many words" * 10)
    (error,) = read(tmp_path / name)[1]
    assert ("cannot be read" if name == "a.zip" else "no page in this archive") in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize("cut", [0.3, 0.9])
@pytest.mark.parametrize("name", ["a.zip", "a.warc.gz"])
def test_half_an_archive_gives_no_half_article(tmp_path: Path, name: str, cut: float) -> None:
    whole: list[tuple[str, bytes, dict[str, str]]] = [
        ("https://a.example/0", page(0), {}),
        ("https://a.example/1", page(1), {}),
    ]
    if name == "a.zip":
        path = pack(tmp_path / name, {"0.html": page(0), "1.html": page(1)})
    else:
        path = record(tmp_path / name, *whole)
    full = {article.body for article in read(path)[0]}
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    articles, errors = read(path)
    assert {article.body for article in articles} <= full
    assert errors
