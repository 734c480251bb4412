"""`sources.toml`: what can be written into it, and what is said where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import SourceError
from index.ingest.sources import FeedSource, FilesSource, read_sources

WHOLE = """
contact = "desk@daily.example"
delay = 2

[[feed]]
name = "daily"
url = "https://daily.example/feed"
every = "15m"
outlet = "The Daily"

[[sitemap]]
name = "map"
url = "https://daily.example/news.xml"

[[page]]
name = "live"
url = "https://daily.example/live"
every = "1d"

[[files]]
name = "archive"
path = "export.jsonl"
"""


def write(folder: Path, text: str) -> Path:
    (folder / "sources.toml").write_text(text)
    return folder


def test_all_that_can_be_said_is_read(tmp_path: Path) -> None:
    sources = read_sources(write(tmp_path, WHOLE))
    assert (sources.contact, sources.delay) == ("desk@daily.example", 2)
    assert [(one.kind, one.name, one.every) for one in sources.all] == [
        ("feed", "daily", 900), ("sitemap", "map", 1800), ("page", "live", 86400),
        ("files", "archive", 1800),
    ]  # fmt: skip
    (feed,) = sources.feed
    assert isinstance(feed, FeedSource)
    assert (feed.url, feed.outlet) == ("https://daily.example/feed", "The Daily")
    assert isinstance(sources.all[-1], FilesSource)
    assert sources.all[-1].path == Path("export.jsonl")


def test_no_source_is_fine(tmp_path: Path) -> None:
    assert read_sources(write(tmp_path, "")).all == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("delay = 2", "delay = [", ":"),
        ("delay = 2", 'delay = "fast"', ":3: delay: "),
        ("delay = 2", "delay = 99", ":3: delay: "),
        ("delay = 2", "dealy = 2", ":3: dealy: unknown; check its spelling"),
        ("[[page]]", "[[pages]]", ":15: pages: unknown; check its spelling"),
        ("[[page]]", "[page]", ":"),
        ('every = "15m"', 'every = "15 weeks"', ":8: feed 1: every: not a period"),
        ('every = "15m"', "every = 15", ":8: feed 1: every: not a period"),
        ('every = "15m"', 'ever = "15m"', ":8: feed 1: ever: unknown"),
        ('name = "live"', 'name = "daily"', "two sources are named 'daily'"),
        ('name = "live"', 'name = ""', ":16: page 1: name: "),
        ('name = "live"\n', "", ":15: page 1: name: missing; add it"),
        ("https://daily.example/live", "file:///etc/passwd", ":17: page 1: url: "),
        ("https://daily.example/live", "http://2130706433/", "an address in disguise"),
        ("https://daily.example/news.xml", "", ":13: sitemap 1: url: "),
        ('path = "export.jsonl"', "path = 3", ":22: files 1: path: "),
    ],
)
def test_what_is_wrong_is_told_with_line_table_and_field(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in WHOLE
    with pytest.raises(SourceError) as caught:
        read_sources(write(tmp_path, WHOLE.replace(old, new, 1)))
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'sources.toml'}:")
    assert said in message
    assert "\n" not in message


def test_what_is_no_text_at_all_says_so(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceError, match="not TOML"):
        read_sources(tmp_path)
