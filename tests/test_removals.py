"""What was taken out by hand is kept out, whatever it is called next time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.articles.identity import keys
from index.errors import CoverageError
from index.ingest.removals import keep_out, kept_out, let_in, removed_by_hand
from index.types import Article

HELD = Article("held", "Founder held", "A founder was held.", url="https://daily.example/held")
OTHER = Article("other", "Schools reopen", "Schools reopen on Monday.")


@pytest.mark.parametrize(
    "again",
    [
        HELD,
        replace(HELD, body="Other words.", url=""),
        replace(HELD, id="new", headline="Freed", url="https://www.daily.example/held?utm_id=7"),
        replace(HELD, id="new", url="https://daily.example/moved"),
    ],
    ids=["the same", "its id", "its place", "its text"],
)
def test_an_article_is_kept_out_until_it_is_let_in(tmp_path: Path, again: Article) -> None:
    assert kept_out(tmp_path, [again]) == []
    keep_out(tmp_path, {HELD.id: keys(HELD)})
    assert kept_out(tmp_path, [again, OTHER]) == [again.id]
    assert let_in(tmp_path, [OTHER]) == []
    assert kept_out(tmp_path, [again]) == [again.id]
    assert removed_by_hand(tmp_path) == {HELD.id}
    assert let_in(tmp_path, [again]) == [HELD.id]
    assert kept_out(tmp_path, [again, HELD]) == []


@pytest.mark.parametrize("content", ["", "[1]", '{"held": 7}', "\x00"])
def test_a_damaged_file_says_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / "removed.json").write_text(content)
    with pytest.raises(CoverageError, match="delete it"):
        kept_out(tmp_path, [HELD])
