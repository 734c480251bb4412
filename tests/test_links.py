"""Links that open an article at the very excerpt, followed as a browser follows them."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import pytest
import regex
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from index.links import link_to
from index.text.passages import sentences

URL = "https://example.org/a"
FREED = "A judge in Paris freed the founder of Telegram on bail on Wednesday."

# Few words, so that the same run of words often stands in several places.
WORD = st.sampled_from(["the", "The", "police", "said", "that", "well-known", "he", "left,", "5%"])
SENTENCE = st.lists(WORD, min_size=1, max_size=16).map(lambda found: " ".join(found) + ".")
BODY = st.lists(st.tuples(SENTENCE, st.sampled_from([" ", "\n", "\n\n"])), min_size=1, max_size=8)


def directive(link: str) -> list[str]:
    """Return the decoded parts of a link's text directive."""
    _, _, text = link.partition(":~:text=")
    return [unquote(part, errors="strict") for part in text.split(",")]


def fold(text: str) -> str:
    """As a browser compares: white space collapsed, case ignored, paragraphs kept apart."""
    return re.sub(r"[ \t\r\n]+", " ", re.sub(r"\n\s*\n", "\0", text)).casefold()


def find(text: str, body: str, start: int = 0) -> re.Match[str] | None:
    """Return the first match at bounds of words, from `start` on."""
    return re.compile(rf"(?<!\w){re.escape(fold(text))}(?!\w)").search(body, start)


def follow(link: str, body: str) -> tuple[int, int] | None:
    """Return where a browser goes in the folded body; None where it finds nothing."""
    begin, *end = directive(link)
    first = find(begin, body)
    if first is None or not end:
        return first and first.span()
    last = find(end[0], body, first.end())
    return last and (first.start(), last.end())


def leads_to(body: str, start: int, end: int) -> str | None:
    """Return what a browser shows of `body` for the link to an excerpt, or why that is wrong."""
    found = follow(link_to(URL, body, start, end), fold(body))
    place = len(fold(body[:start] + "x")) - 1
    if found is None:
        return None
    return fold(body)[slice(*found)] if found[0] == place else f"another place: {found}"


def link(body: str, excerpt: str, *, url: str = URL) -> str:
    start = body.rindex(excerpt)
    return link_to(url, body, start, start + len(excerpt))


def test_no_url_gives_no_link() -> None:
    assert link_to("", "He left.", 0, 8) == ""


def test_short_excerpt_is_named_whole() -> None:
    assert link("One two. Three four.", "Three four.") == f"{URL}#:~:text=Three%20four."


def test_long_excerpt_is_named_by_its_ends() -> None:
    assert directive(link(FREED, FREED)) == ["A judge in Paris", "on bail on Wednesday."]


@pytest.mark.parametrize(
    ("excerpt", "encoded"),
    [
        pytest.param("well-known", "well%2Dknown", id="hyphen"),
        pytest.param("Yes, no", "Yes%2C%20no", id="comma"),
        pytest.param("A & B", "A%20%26%20B", id="ampersand"),
        pytest.param("50% #1", "50%25%20%231", id="percent and hash"),
        pytest.param("naïve — so", "na%C3%AFve%20%E2%80%94%20so", id="dash and accent"),
        pytest.param("東京。", "%E6%9D%B1%E4%BA%AC%E3%80%82", id="Japanese"),
        pytest.param("😀", "%F0%9F%98%80", id="astral"),
        pytest.param(
            "“So?” + 'no'/=", "%E2%80%9CSo%3F%E2%80%9D%20%2B%20%27no%27%2F%3D", id="rest"
        ),
        pytest.param("two\n lines", "two%20lines", id="white space"),
    ],
)
def test_excerpt_is_encoded(excerpt: str, encoded: str) -> None:
    assert link(excerpt, excerpt) == f"{URL}#:~:text={encoded}"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://a.org/b", "https://a.org/b#:~:text=Left.", id="plain"),
        pytest.param("https://a.org/b?c=d&e", "https://a.org/b?c=d&e#:~:text=Left.", id="query"),
        pytest.param("https://a.org/b#part", "https://a.org/b#part:~:text=Left.", id="fragment"),
        pytest.param("https://a.org/b#", "https://a.org/b#:~:text=Left.", id="empty fragment"),
    ],
)
def test_link_keeps_the_url(url: str, expected: str) -> None:
    assert link("Left.", "Left.", url=url) == expected


def test_url_with_a_text_fragment_of_its_own_leads_to_the_excerpt() -> None:
    """The first directive is followed, so that of the excerpt must be it."""
    url = "https://a.org/b#:~:text=Somewhere%20else"
    found = link("Somewhere else. Left.", "Left.", url=url)
    assert urlsplit(found).fragment.split(":~:")[1:] == ["text=Left."]


@pytest.mark.parametrize(
    ("body", "excerpt"),
    [
        pytest.param(f"A judge in Paris left. {FREED}", FREED, id="begins as another does"),
        pytest.param(f"He said a judge in Paris left. {FREED}", FREED, id="but for its case"),
        pytest.param(f"A judge\nin Paris left. {FREED}", FREED, id="but for a line break"),
        pytest.param(
            "the police said that he left the. The police said that he left on bail on bail.",
            "The police said that he left on bail on bail.",
            id="one word from the end",
        ),
        pytest.param(
            "A b c d e f g. A b c d e f h i j. X h i j.",
            "A b c d e f h i j.",
            id="unlike another only near its end",
        ),
        pytest.param(
            f"{FREED[:-1]}, and on bail on Wednesday. He left.",
            f"{FREED[:-1]}, and on bail on Wednesday.",
            id="ends as it goes on",
        ),
    ],
)
def test_link_leads_to_the_excerpt(body: str, excerpt: str) -> None:
    start = body.rindex(excerpt)
    assert leads_to(body, start, start + len(excerpt)) == fold(excerpt)


def test_excerpt_far_behind_the_same_words_is_told_apart_in_time() -> None:
    """Of one line as long as a book: to try every word before it would take minutes."""
    body = f"{FREED} {'A word or two. ' * 20_000}{FREED}"
    start = body.rindex(FREED)
    assert "-," in link_to("https://example.org/a", body, start, start + len(FREED))


@pytest.mark.parametrize(
    ("body", "excerpt"),
    [
        pytest.param("He left. She stayed. He left.", "He left.", id="short, word for word"),
        pytest.param("She said he left. He left.", "He left.", id="short, within another"),
        pytest.param(f"{FREED} He left. {FREED}", FREED, id="long, word for word"),
    ],
)
def test_excerpt_that_stands_earlier_too_is_told_apart(body: str, excerpt: str) -> None:
    """By what stands before it: `text=prefix-,start,end`."""
    start = body.rindex(excerpt)
    _, _, text = link_to(URL, body, start, start + len(excerpt)).partition(":~:text=")
    prefix = re.match(r"([^,]+)-,", text)
    assert prefix is not None
    before = fold(unquote(prefix[1]))
    assert fold(body[:start]).rstrip(" \0").endswith(before)
    assert fold(body).count(f"{before} {fold(excerpt)}") == 1


@settings(max_examples=150, deadline=None)
@given(BODY, st.integers(0, 7), st.integers(1, 3))
def test_link_leads_to_any_excerpt_that_stands_nowhere_before(
    parts: list[tuple[str, str]], first: int, count: int
) -> None:
    body = "".join(sentence + gap for sentence, gap in parts).strip()
    spans = sentences(body, "en")
    run = spans[first : first + count]
    assume(run)
    start, end = run[0].start, run[-1].end
    assume("\n\n" not in body[start:end])
    earliest = find(body[start:end], fold(body))
    assume(earliest is not None and earliest.start() == len(fold(body[:start] + "x")) - 1)
    assert leads_to(body, start, end) == fold(body[start:end])


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip))
def test_any_excerpt_is_encoded_so_that_it_decodes(excerpt: str) -> None:
    found = link_to(URL, excerpt, 0, len(excerpt))
    assert found.isascii()
    assert not regex.search(r"[\s\"<>]", found)
    parts = directive(found)
    assert all(part in " ".join(excerpt.split()) for part in parts)
    assert "-" not in found.partition(":~:")[2]
