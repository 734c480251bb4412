"""What is rendered is what Telegram's parser reads: verbatim, marked, linked, and in bounds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wording import captions
from bot.wording.buttons import watch_buttons
from bot.wording.listing import render_reach
from bot.wording.markup import MAX_UNITS
from bot.wording.render import render_answer
from bot.wording.speech import ENGLISH, speech_in
from index import Answer, Citation, Reach, Scope, Span
from tests.botapi import MAX_ENTITIES, MAX_RAW_TEXT, Json, parse_text, utf16_length
from tests.bots import excerpts, links, marked

LAST = dt.date(2024, 9, 3)
REACH = Reach(articles=8, first=LAST, last=LAST, outlets=(("Samples", 8),))
URL = "https://example.org/a"
FRAGMENT = ":~:text=Telegram%20has%20nearly%201%20billion%20users."
LINK = f"{URL}#{FRAGMENT}"
EXCERPT = "Telegram has nearly 1 billion users."
ONE = Citation(
    number=1,
    article="a",
    headline="Pavel Durov",
    outlet="Samples",
    published=LAST,
    url=URL,
    excerpt=EXCERPT,
    start=0,
    end=len(EXCERPT),
    score=0.9,
    marks=(Span(0, 8), Span(30, 35)),
    body=EXCERPT,
)

ANYWHERE = Scope()
NEAREST = captions.nearest(ENGLISH)


def answer(*citations: Citation, reach: Reach = REACH) -> Answer:
    numbered = tuple(replace(each, number=at) for at, each in enumerate(citations, start=1))
    return Answer("Who?", numbered, (), reach, text="Who?")


def refusal(*nearest: Citation) -> Answer:
    return Answer("Who?", (), tuple(nearest), REACH, text="Who?")


def rendered(given: Answer, today: dt.date = LAST, scope: Scope = ANYWHERE) -> Json:
    """Render, and read it as Telegram does, which refuses what is too long or badly marked up."""
    scoped, wider = replace(given, scope=scope), captions.look_everywhere(ENGLISH, private=True)
    return read(render_answer(scoped, ENGLISH, today=today, k=20, wider=wider).html)


def read(html: str) -> Json:
    assert len(html.encode()) <= MAX_RAW_TEXT
    text, entities = parse_text(html, "HTML")
    assert utf16_length(text) <= MAX_UNITS
    assert len([each for each in entities if each["type"] in OURS]) < MAX_ENTITIES
    return {"text": text, "entities": entities}


OURS = {"bold", "text_link", "blockquote", "expandable_blockquote"}


# What is shown


def test_an_answer_reads_as_it_should() -> None:
    further = replace(ONE, excerpt="It is popular.", marks=(), copies=("b", "c"))
    message = rendered(answer(ONE, further))
    assert message["text"] == (
        "Telegram has nearly 1 billion users.\n"
        "[1] Pavel Durov · Samples · 3 Sep 2024\n"
        "It is popular.\n"
        "[2] Pavel Durov · Samples · 3 Sep 2024 · also in 2 other articles"
    )
    assert marked(message, "bold") == ["Telegram", "users"]
    assert marked(message, "blockquote") == [EXCERPT]
    assert marked(message, "text_link") == ["Pavel Durov"] * 2
    assert links(message) == [LINK] * 2
    assert excerpts(message) == [EXCERPT, "It is popular."]


def test_a_refusal_shows_the_nearest_as_such() -> None:
    message = rendered(refusal(ONE))
    assert message["text"].startswith(f"The coverage does not answer that.\n{NEAREST}\n")
    assert excerpts(message) == [EXCERPT]
    assert marked(message, "blockquote") == []


def test_a_refusal_without_anything_near_says_no_more() -> None:
    assert rendered(refusal())["text"] == "The coverage does not answer that."


@pytest.mark.parametrize(
    ("given", "caption"),
    [
        pytest.param(replace(ONE, outlet=""), "[1] Pavel Durov · 3 Sep 2024", id="no-outlet"),
        pytest.param(replace(ONE, published=None), "[1] Pavel Durov · Samples", id="no-date"),
        pytest.param(replace(ONE, outlet="", published=None), "[1] Pavel Durov", id="neither"),
        pytest.param(
            replace(ONE, copies=("b",)),
            "[1] Pavel Durov · Samples · 3 Sep 2024 · also in 1 other article",
            id="copy",
        ),
    ],
)
def test_a_caption_says_what_is_known(given: Citation, caption: str) -> None:
    assert rendered(answer(given))["text"].split("\n")[1:] == [caption]


def test_an_article_without_address_is_cited_without_link() -> None:
    message = rendered(answer(replace(ONE, url="")))
    assert "[1] Pavel Durov" in message["text"]
    assert marked(message, "text_link") == []


@pytest.mark.parametrize(
    ("published", "last", "today", "notes"),
    [
        pytest.param(LAST, LAST, LAST, [], id="fresh"),
        pytest.param(LAST, LAST, LAST + dt.timedelta(days=14), [], id="two-weeks"),
        pytest.param(
            LAST,
            LAST,
            LAST + dt.timedelta(days=15),
            ["The latest article is from 3 Sep 2024."],
            id="stale",
        ),
        pytest.param(
            LAST - dt.timedelta(days=181),
            LAST,
            LAST,
            ["Note the date: the first excerpt is from 6 Mar 2024."],
            id="old",
        ),
        pytest.param(LAST - dt.timedelta(days=180), LAST, LAST, [], id="half-a-year"),
        pytest.param(
            dt.date(2020, 1, 1),
            LAST,
            dt.date(2026, 1, 1),
            [
                "Note the date: the first excerpt is from 1 Jan 2020.",
                "The latest article is from 3 Sep 2024.",
            ],
            id="old-and-stale",
        ),
        pytest.param(None, None, dt.date(2026, 1, 1), [], id="undated"),
        pytest.param(None, LAST, LAST, [], id="undated-excerpt"),
    ],
)
def test_old_excerpts_and_stale_coverage_are_said(
    published: dt.date | None, last: dt.date | None, today: dt.date, notes: list[str]
) -> None:
    given = answer(replace(ONE, published=published), reach=Reach(1, last, last))
    assert rendered(given, today)["text"].split("\n")[2:] == notes


def test_a_refusal_says_that_the_coverage_is_stale() -> None:
    message = rendered(refusal(ONE), dt.date(2026, 1, 1))
    assert message["text"].endswith("\nThe latest article is from 3 Sep 2024.")


@pytest.mark.parametrize("nearest", [(), (ONE,)], ids=["alone", "with-the-nearest"])
def test_a_refusal_says_why_before_the_nearest(nearest: tuple[Citation, ...]) -> None:
    reason = "There is no coverage by <The> A&B Monthly."
    scope = Scope(absent=("<The> A&B Monthly",))
    message = rendered(replace(refusal(*nearest), reason="so"), scope=scope)
    lines = [
        "The coverage does not answer that.",
        reason,
        *[NEAREST] * len(nearest),
    ]
    assert message["text"].split("\n")[: len(lines)] == lines
    assert len(excerpts(message)) == len(nearest)


def test_a_refusal_says_of_whom_there_is_nothing_from_a_time() -> None:
    scope = Scope(outlets=("A & <B>",), since=LAST, until=LAST)
    message = rendered(replace(refusal(ONE), reason="so", understood="so"), scope=scope)
    reason = "There is no coverage by A & <B> from that time: 3 Sep 2024."
    assert message["text"].split("\n")[1:3] == [reason, NEAREST]


def test_who_was_not_wanted_is_a_note_and_not_laid_to_the_settings() -> None:
    given = replace(refusal(ONE), without=("A & <B>",), understood="so")
    message = rendered(given, scope=Scope(unwanted=("A & <B>",)))
    note = "Searched only: without A & <B>. To search everything: /everywhere"
    assert message["text"].endswith(note)
    both = rendered(replace(given, without=("A & <B>", "C")), scope=Scope(unwanted=("A & <B>",)))
    assert both["text"].endswith("Outlets left out in /settings were not searched.")


@pytest.mark.parametrize("given", [answer(ONE), refusal(ONE), refusal()])
def test_what_was_looked_for_first_is_a_note_before_the_age(given: Answer) -> None:
    scope = Scope(outlets=("A & <B>",), since=dt.date(2023, 9, 1))
    message = rendered(replace(given, understood="so"), dt.date(2026, 1, 1), scope)
    assert message["text"].split("\n")[-2:] == [
        "Searched first: A & <B> · since 1 Sep 2023. To search everything: /everywhere",
        "The latest article is from 3 Sep 2024.",
    ]


def test_what_was_looked_for_first_is_said_of_undated_coverage_too() -> None:
    given = replace(answer(ONE, reach=Reach(1, None, None)), understood="so")
    message = rendered(given, scope=Scope(bylines=("A",)))
    assert message["text"].endswith("Searched first: A. To search everything: /everywhere")


def test_where_alone_was_searched_is_said_where_only_a_time_is_asked_about() -> None:
    message = rendered(
        replace(answer(ONE), understood="so"), scope=Scope(until=dt.date(2024, 9, 2))
    )
    note = "Searched only: until 2 Sep 2024. To search everything: /everywhere"
    assert message["text"].endswith(note)


@pytest.mark.parametrize(
    ("given", "languages", "noted"),
    [
        pytest.param(refusal(ONE), ("en", "fr"), True, id="refusal"),
        pytest.param(refusal(ONE), ("de", "en"), False, id="in the reader's language too"),
        pytest.param(refusal(ONE), (), False, id="no articles"),
        pytest.param(answer(ONE), ("en", "fr"), False, id="answer"),
    ],
)
def test_a_refusal_in_another_language_than_the_articles_says_in_which_these_are(
    given: Answer, languages: tuple[str, ...], noted: bool
) -> None:
    given = replace(given, reach=replace(given.reach, languages=languages))
    message = read(render_answer(given, speech_in("de"), today=LAST, k=3, wider="").html)
    assert message["text"].endswith("\nSprache der Artikel: Englisch, Französisch.") == noted


def test_what_no_article_mentions_and_what_may_be_meant_are_notes() -> None:
    given = replace(refusal(ONE), unmentioned=("A <B>", "C"), meant=("D&E",))
    assert rendered(given)["text"].split("\n")[-2:] == [
        "No article mentions A <B>, C.",
        "Did you mean D&E?",
    ]


def test_a_phrase_that_nothing_has_is_a_note() -> None:
    message = rendered(replace(answer(ONE), unsaid=("a <b> c", "d e")))
    assert message["text"].endswith("Not found word for word: “a <b> c”, “d e”.")


def test_which_of_several_questions_are_not_answered_are_notes() -> None:
    message = rendered(replace(answer(ONE), unanswered=("Is <b> c?", "Is d?")))
    assert message["text"].split("\n")[-2:] == [
        "The coverage does not answer “Is <b> c?”",
        "The coverage does not answer “Is d?”",
    ]


def test_a_refusal_for_a_time_shows_the_nearest_and_how_to_search_everything() -> None:
    given = replace(refusal(ONE), understood="so", reason="so")
    lines = rendered(given, scope=Scope(until=dt.date(2013, 2, 2)))["text"].split("\n")
    assert lines[1:3] == ["There is no coverage from that time: until 2 Feb 2013.", NEAREST]
    assert lines[3] == EXCERPT
    assert lines[-1] == "To search everything: /everywhere"


@pytest.mark.parametrize("given", [answer(ONE), refusal(ONE)], ids=["answer", "refusal"])
def test_an_outlet_lacking_among_others_asked_about_is_a_note(given: Answer) -> None:
    scope = Scope(outlets=("Samples",), lacking=("A & <B>",))
    lines = rendered(replace(given, understood="so"), scope=scope)["text"].split("\n")
    assert lines[-2:] == [
        "There is no coverage by A & <B>.",
        "Searched first: Samples. To search everything: /everywhere",
    ]


LEFT_OUT = "Left out in /settings, so not searched: A & <B>."


@pytest.mark.parametrize("nearest", [(), (ONE,)], ids=["alone", "with-the-nearest"])
def test_a_question_about_outlets_left_out_is_told_so_once(nearest: tuple[Citation, ...]) -> None:
    given = replace(refusal(*nearest), reason="so", without=("A & <B>", "C"))
    text = rendered(given, scope=Scope(left_out=("A & <B>",)))["text"]
    assert text.startswith(f"The coverage does not answer that.\n{LEFT_OUT}")
    assert "/settings" not in text.replace(LEFT_OUT, "")


@pytest.mark.parametrize("given", [answer(ONE), refusal(ONE)], ids=["answer", "refusal"])
def test_outlets_left_out_among_others_asked_about_are_a_note(given: Answer) -> None:
    given = replace(given, without=("A & <B>",))
    text = rendered(given, scope=Scope(outlets=("Samples",), left_out=("A & <B>",)))["text"]
    assert text.split("\n")[-1] == LEFT_OUT


def test_a_refusal_admits_that_outlets_were_left_out() -> None:
    note = "Outlets left out in /settings were not searched."
    assert rendered(replace(refusal(ONE), without=("C",)))["text"].endswith(note)
    assert note not in rendered(replace(answer(ONE), without=("C",)))["text"]


# What must not break


def test_a_topic_is_shortened_on_its_button_and_turns_nothing_there() -> None:
    [[one], [other]] = watch_buttons([(1, "\u202eTelegram"), (2, "x" * 50)]).inline_keyboard
    assert (one.text, other.text) == ("✕ Telegram", f"✕ {'x' * 39}…")


@pytest.mark.parametrize("steering", ["\u202e", "\u2066", "\u200f", "\u202b"])
def test_a_headline_turns_nothing_around_it(steering: str) -> None:
    given = replace(ONE, headline=f"{steering}Durov", outlet=f"S{steering}")
    message = rendered(answer(given))
    assert message["text"].endswith("[1] Durov · S · 3 Sep 2024")


def test_an_excerpt_is_verbatim_whatever_it_steers() -> None:
    given = replace(ONE, excerpt="\u202eTelegram has\u202c users.", marks=())
    assert excerpts(rendered(answer(given))) == [given.excerpt]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "&lt;b&gt; &amp; &quot; &#39; &nbsp;",
        "</blockquote></b></a>",
        "\"double\" 'single' <'\">",
        "a < b > c & d",
        "<!-- no --> <![CDATA[no]]>",
        "👩🏽‍🚀 🏳️‍🌈 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ﷽",
        "שלום مرحبا",
        "e\u0301 a\u0308",
    ],
)
def test_text_of_articles_is_shown_as_it_is(text: str) -> None:
    given = replace(ONE, excerpt=text, headline=text, outlet=text, marks=(Span(0, 1),))
    message = rendered(answer(given, given))
    assert excerpts(message) == [text, text]
    assert marked(message, "text_link") == [text, text]
    assert marked(message, "bold") == [text[0]] * 2
    assert message["text"].count(f"{text} · {text} · 3 Sep 2024") == 2


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a?b=1&c=2#d",
        "https://example.org/\"quoted\"'single'<tag>",
        "https://example.org/a?b=&amp;c=&lt;",
        "https://example.org/статья?q=新闻",
    ],
)
def test_links_are_kept_as_they_are(url: str) -> None:
    given = replace(ONE, url=url)
    assert given.link.startswith(f"{url}#:~:text=" if "#" not in url else f"{url}:~:text=")
    assert links(rendered(answer(given))) == [given.link]


@pytest.mark.parametrize(
    ("body", "url", "expected"),
    [
        pytest.param("ж" * 450, URL, [URL], id="long-fragment"),
        pytest.param(EXCERPT, URL + "x" * 9000, [], id="long-address"),
        pytest.param(EXCERPT, URL + "#" + "&" * 400, [f"{URL}#{'&' * 400}{FRAGMENT}"],
                     id="to-be-escaped"),
        pytest.param(EXCERPT, URL + "#" + "ж" * 1250, [f"{URL}#{'ж' * 1250}{FRAGMENT}"],
                     id="two-bytes"),
    ],
)  # fmt: skip
def test_a_link_costs_no_citation(body: str, url: str, expected: list[str]) -> None:
    message = rendered(answer(*[replace(ONE, url=url, body=body, end=len(body))] * 3))
    assert len(excerpts(message)) == 3
    assert links(message) == expected * 3


EXTREME = replace(
    ONE,
    excerpt="😀" * 800,
    headline="&" * 5000,
    outlet="<" * 5000,
    body="😀" * 800,
    end=800,
    copies=("b",) * 1_000_000,
    marks=tuple(Span(at, at + 1) for at in range(0, 800, 2)),
)


@pytest.mark.parametrize(
    "given", [answer(*[EXTREME] * 10), refusal(*[EXTREME] * 10)], ids=["answer", "refusal"]
)
def test_ten_extreme_citations_stay_in_bounds(given: Answer) -> None:
    message = rendered(given, dt.date(2026, 1, 1))
    assert excerpts(message) == [EXTREME.excerpt]
    assert "…" in message["text"]
    assert links(message) == [URL]


@pytest.mark.parametrize("name", ["😀" * 5000, "&" * 5000, "A, " * 5000], ids=["😀", "&", "names"])
@pytest.mark.parametrize("given", [answer, refusal], ids=["answer", "refusal"])
def test_long_reasons_and_notes_are_shortened_before_a_citation_is_lost(
    given: Callable[..., Answer], name: str
) -> None:
    scope = Scope(outlets=(name,), lacking=(name,))
    extreme = replace(EXTREME, headline="😀" * 5000, outlet="😀" * 5000)
    long = replace(given(*[extreme] * 10), understood="so", unsaid=(name,))
    message = rendered(long, dt.date(2026, 1, 1), scope)
    assert excerpts(message) == [extreme.excerpt]
    assert "… To search everything: /everywhere\n" in message["text"]
    plain = replace(given(*[ONE] * 10), understood="so", unsaid=(name,))
    assert len(excerpts(rendered(plain, scope=scope))) == 10


def test_the_best_citations_are_kept_where_not_all_fit() -> None:
    given = [replace(ONE, excerpt=f"{at}" + "x" * 799, marks=()) for at in range(10)]
    message = rendered(answer(*given))
    shown = excerpts(message)
    assert shown == [each.excerpt for each in given[: len(shown)]]
    assert len(shown) == 4


def test_marks_beyond_what_telegram_takes_are_left_out_at_the_end() -> None:
    marks = tuple(Span(at, at + 1) for at in range(0, 800, 3))
    given = replace(ONE, excerpt="a b" * 266 + "aa", marks=marks)
    message = rendered(answer(given, replace(given, excerpt=EXCERPT, marks=())))
    assert marked(message, "bold") == ["a"] * 80
    assert len(links(message)) == 2


def test_marks_with_nothing_but_space_between_are_one() -> None:
    given = replace(ONE, marks=(Span(0, 8), Span(9, 12), Span(10, 19)))
    assert marked(rendered(answer(given)), "bold") == ["Telegram has nearly"]


texts_ = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)


@st.composite
def citations(draw: st.DrawFn) -> Citation:
    """Draw a citation as `index` makes them: an excerpt is trimmed, marks are in order."""
    excerpt = draw(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
    excerpt = excerpt.strip() or "x"
    cuts = draw(st.lists(st.integers(0, len(excerpt)), max_size=20, unique=True).map(sorted))
    marks = [Span(*ends) for ends in list(pairwise(cuts))[::2]]
    return replace(
        ONE,
        excerpt=excerpt,
        headline=draw(texts_),
        outlet=draw(texts_),
        url=draw(st.sampled_from([URL, ""])),
        marks=tuple(mark for mark in marks if mark.of(excerpt).strip()),
    )


@given(st.lists(citations(), min_size=1, max_size=10), st.booleans())
def test_whatever_is_cited_is_verbatim_and_marked(given: list[Citation], answers: bool) -> None:
    message = rendered(answer(*given) if answers else refusal(*given))
    for citation in given:
        assert citation.excerpt in message["text"]
    if answers:
        assert marked(message, "blockquote") == [given[0].excerpt]
        assert excerpt_bold(message, given[0].excerpt) == covered(given[0])


def covered(citation: Citation) -> set[int]:
    """Return the places in an excerpt that are marked, or between marks with only space there."""
    places = {at for mark in citation.marks for at in range(*mark)}
    for one, other in pairwise(citation.marks):
        if not citation.excerpt[one.end : other.start].strip():
            places.update(range(one.end, other.start))
    return places


def excerpt_bold(message: Json, excerpt: str) -> set[int]:
    """Return the places in the first excerpt that Telegram shows in bold."""
    units = [at for at, char in enumerate(excerpt) for _ in range(utf16_length(char))]
    return {
        units[at]
        for each in message["entities"]
        if each["type"] == "bold" and each["offset"] < len(units)
        for at in range(each["offset"], each["offset"] + each["length"])
    }


# What is covered


@pytest.mark.parametrize(
    ("reach", "text"),
    [
        pytest.param(
            Reach(8, LAST, LAST, (("Samples", 7), ("", 1))),
            "8 articles, published 3 Sep 2024\n• Samples: 7\n• no outlet given: 1",
            id="one-day",
        ),
        pytest.param(
            Reach(12_345, dt.date(2020, 1, 31), LAST, (("A & <B>", 12_345),)),
            "12,345 articles, from 31 Jan 2020 to 3 Sep 2024\n• A & <B>: 12,345",
            id="years",
        ),
        pytest.param(Reach(1, None, None, (("A", 1),)), "1 article\n• A: 1", id="undated"),
        pytest.param(Reach(0, None, None), "0 articles", id="nothing"),
    ],
)
def test_the_reach_is_told(reach: Reach, text: str) -> None:
    message = read(render_reach(reach, ENGLISH))
    assert message["text"] == text
    assert marked(message, "bold") == [text.split("\n")[0].split(", ")[0]]


@pytest.mark.parametrize("name", ["The Daily & Sunday <Post>", "😀" * 5000, "&" * 200])
def test_a_thousand_outlets_stay_in_bounds(name: str) -> None:
    outlets = tuple((f"{at} {name}", 10_000_000 - at) for at in range(1000))
    message = read(render_reach(Reach(10**10, LAST, LAST, outlets), ENGLISH))
    lines = message["text"].split("\n")
    assert lines[1].startswith("• 0 ")
    assert len(lines) == 27
    assert lines[-1] == "• and 975 more outlets"
