"""Pasted text → headline and body: labels and debris go, no sentence is lost."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import pasted
from index.articles.fields import clean
from tests.conftest import shared
from tests.test_files import BODY, read_one, write


def test_seed_article_is_read_without_label_and_debris() -> None:
    article = read_one(next(shared("seeds").glob("*.txt")))
    assert article.headline == (
        "Russia Says Telegram CEO Uses a “Too Open” Approach In Managing The Social Media"
    )
    assert article.body.startswith("Russia’s Foreign Minister Sergei Lavrov stated")
    assert article.body.endswith("a criminal act.")
    assert "\n\n  • Lavrov emphasised" not in article.body
    assert "\n  • Lavrov emphasised" in article.body
    assert (article.language, article.published, article.url) == ("en", None, "")


LONG = "Founder of Telegram held in Paris"


@pytest.mark.parametrize(
    ("text", "headline", "body"),
    [
        pytest.param(f"{LONG}\n\n{BODY}", LONG, BODY, id="headline and body"),
        pytest.param(f"Tech News\n\n{LONG}\n\n{BODY}", LONG, BODY, id="label"),
        pytest.param(f"Home\nNews\nTech\n{LONG}\n{BODY}", LONG, BODY, id="three labels"),
        pytest.param(f"Durov held\n\n{BODY}\n\nEnd.", "Durov held", f"{BODY}\n\nEnd.", id="short"),
        pytest.param("Durov held\n\nby police", "Durov held", "by police", id="short, short body"),
        pytest.param(f"{LONG}\n{BODY}", LONG, BODY, id="one paragraph"),
        pytest.param(BODY, "a", BODY, id="one line"),
        pytest.param(f"{LONG}\n\nComments", "a", LONG, id="headline and debris"),
        pytest.param(f"{'x ' * 200}\n\n{BODY}", "a", f"{('x ' * 200).strip()}\n\n{BODY}",
                     id="no headline"),
        pytest.param(f"{LONG}\n\n{BODY}\n\n12 Comments\nTweet\nShare on Facebook\nBack to top",
                     LONG, BODY, id="debris"),
        pytest.param(f"{LONG}\n\n{BODY}\n\nShare this.", LONG, f"{BODY}\n\nShare this.",
                     id="a sentence is no debris"),
        pytest.param(f"{LONG}\n\nComments\n\n{BODY}", LONG, f"Comments\n\n{BODY}",
                     id="debris only at the end"),
        pytest.param(f"{LONG}\n\n{BODY}\n\nShares fell", LONG, f"{BODY}\n\nShares fell",
                     id="words like debris"),
        pytest.param(f"{LONG}\n\n  • one\n  • two", LONG, "  • one\n  • two", id="bullets"),
    ],
)  # fmt: skip
def test_pasted_text_is_parted_into_headline_and_body(
    tmp_path: Path, text: str, headline: str, body: str
) -> None:
    article = read_one(write(tmp_path / "a.txt", text))
    assert (article.id, article.headline, article.body) == ("a", headline, body)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=60), max_size=8))
def test_no_sentence_of_pasted_text_is_lost(lines: list[str]) -> None:
    text = clean("\n".join([*lines, "The last sentence stays."]))
    headline, body = pasted.recognise(text)
    assert body in text
    sentences = [line for line in text.split("\n") if line.endswith(".")]
    assert all(line in body or line.strip() == headline for line in sentences)


def test_examples_in_docstrings_hold() -> None:
    tested = doctest.testmod(pasted)
    assert tested.attempted
    assert not tested.failed
