"""Which outlets a question names, and which of them as having reported."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.understanding.naming import Mention, find_outlets, find_reporting
from index.understanding.outlets import Names, fold_name, known_as
from tests.conftest import shared

COVERED = tuple(
    (outlet, 1)
    for outlet in (
        "The Age",
        "TechCrunch",
        "FOX News - Health",
        "FOX News - Lifestyle",
        "Cnbc | World Business News Leader",
        "CBSSports.com",
        "Time",
        "Fortune",
        "The Independent - Life and Style",
        "The New York Times",
        "AP",
        "Yonhap",
        "Le Monde",
        "Andorra Difusió",
        "",
    )
)
FOX = ("FOX News - Health", "FOX News - Lifestyle")


def mentions(text: str) -> list[Mention]:
    return list(find_outlets(text, COVERED))


def named(text: str) -> tuple[str, ...]:
    return tuple(outlet for one in mentions(text) for outlet in one.outlets)


def absent(text: str) -> tuple[str, ...]:
    found = find_reporting(text, mentions(text))
    return tuple(one.name for one in found if not one.outlets)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param("What did the Age say?", ("The Age",), id="the"),
        pytest.param("What did Age say?", ("The Age",), id="without the"),
        pytest.param("'The Age' on Google", ("The Age",), id="quoted"),
        pytest.param("The Age October 22", ("The Age",), id="before a date"),
        pytest.param("what did techcrunch write?", ("TechCrunch",), id="any case"),
        pytest.param("according to the age, who won?", ("The Age",), id="lower case, frame"),
        pytest.param("according to the age who won", ("The Age",), id="lower case, asks on"),
        pytest.param("who won according to fortune", ("Fortune",), id="lower case, at the end"),
        pytest.param("what did the age say about it", ("The Age",), id="lower case, did it say"),
        pytest.param("the age's story on it", ("The Age",), id="lower case, its story"),
        pytest.param("laut der time wer gewann", ("Time",), id="lower case, German"),
        pytest.param("What does Tech Crunch say?", ("TechCrunch",), id="in two words"),
        pytest.param("fox news on influenza", FOX, id="sections by their outlet"),
        pytest.param("FOX News - Health on flu", FOX[:1], id="one section"),
        pytest.param("CNBC on rates", ("Cnbc | World Business News Leader",), id="tagline"),
        pytest.param("CBS Sports on Kelce", ("CBSSports.com",), id="domain in words"),
        pytest.param("cbssports.com on Kelce", ("CBSSports.com",), id="domain"),
        pytest.param("What is new in Time?", ("Time",), id="word with a capital"),
        pytest.param("Fortune reported what?", ("Fortune",), id="word that opens and reports"),
        pytest.param("the Independent", ("The Independent - Life and Style",), id="head"),
        pytest.param("What did the NYT say?", ("The New York Times",), id="abbreviation"),
        pytest.param("nytimes.com on Iran", ("The New York Times",), id="known domain"),
        pytest.param("What did AP say?", ("AP",), id="two letters"),
        pytest.param("연합뉴스는 뭐라고 했나", ("Yonhap",), id="native name with a particle"),
        pytest.param("selon le monde", ("Le Monde",), id="French"),
        pytest.param("andorra difusio on sodium", ("Andorra Difusió",), id="without accents"),
        pytest.param("TechCrunch's and Time’s", ("TechCrunch", "Time"), id="possessive"),
    ],
)
def test_outlet_of_the_coverage_is_found(question: str, expected: tuple[str, ...]) -> None:
    assert named(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("What age is he?", id="word"),
        pytest.param("The age of Durov?", id="word after an opening"),
        pytest.param("Is this the Iron Age?", id="end of a longer name"),
        pytest.param("Who made The Age of Empires?", id="start of a longer name"),
        pytest.param("Which firms make the Fortune 500?", id="with a number"),
        pytest.param("Time Warner and Fortune Brands", id="companies"),
        pytest.param("Time is up for whom?", id="opens a sentence"),
        pytest.param("Does fortune favour the brave? In time?", id="words"),
        pytest.param("Which ap is best?", id="two letters of a word"),
        pytest.param("Was it an independent life?", id="no name"),
        pytest.param("according to the age of the child", id="word in such a frame"),
        pytest.param("according to fortune who wins", id="word that goes on in such a frame"),
        pytest.param("what did time say", id="lower case, without the"),
        pytest.param("what does the age group say", id="beginning of something else"),
        pytest.param("TechCrunchy", id="part of a word"),
        pytest.param("", id="nothing"),
    ],
)
def test_words_are_no_outlets(question: str) -> None:
    assert named(question) == ()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param("According to Reuters, who won?", ("Reuters",), id="according to"),
        pytest.param("as reported by the BBC", ("BBC",), id="reported by"),
        pytest.param("What did Vox report?", ("Vox",), id="did report"),
        pytest.param("Bloomberg says rates fall. Do they?", ("Bloomberg",), id="says"),
        pytest.param("What does a Wired article claim?", ("Wired",), id="article"),
        pytest.param("the WSJ's story on Meta", ("The Wall Street Journal",), id="possessive"),
        pytest.param("a piece by The Washington Post", ("The Washington Post",), id="piece by"),
        pytest.param("as per Forbes", ("Forbes",), id="as per"),
        pytest.param("articles from CNN, Vox and Time", ("CNN", "Vox"), id="row, partly covered"),
        pytest.param("the CNN and Vox reports", ("CNN", "Vox"), id="row of reports"),
        pytest.param("a Time piece and another by Vox", ("Vox",), id="another"),
        pytest.param("a BBC interview with Durov", ("BBC",), id="an interview"),
        pytest.param("a Seattle Tribune report", ("Seattle Tribune",), id="called like one"),
        pytest.param("according to space-facts.org", ("space-facts.org",), id="domain"),
        pytest.param("an article in The Lunar Dial", ("The Lunar Dial",), id="article in The"),
        pytest.param("a Deal Ribbon article on offers", ("Deal Ribbon",), id="article of a name"),
        pytest.param("по данным ТАСС", ("TASS",), id="Russian"),
        pytest.param("laut Spiegel", ("Der Spiegel",), id="German"),
        pytest.param("d'après Le Figaro", ("Le Figaro",), id="French"),
        pytest.param("según El País", ("El País",), id="Spanish"),
        pytest.param("한겨레에 따르면", ("Hankyoreh",), id="Korean"),
        pytest.param("新华社报道", ("Xinhua",), id="Chinese"),
    ],
)
def test_outlet_that_reported_and_is_not_covered_is_absent(
    question: str, expected: tuple[str, ...]
) -> None:
    assert absent(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("Did Telegram respond to Reuters?", id="asked by it"),
        pytest.param("Who owns The Washington Post?", id="owned"),
        pytest.param("How many employees does Bloomberg have?", id="employer"),
        pytest.param("Did the Wall Street Journal sue OpenAI?", id="party to a suit"),
        pytest.param("When was The Guardian first published?", id="history"),
        pytest.param("Was the Guardian mentioned in court?", id="passive"),
        pytest.param("What did the BBC say about its director?", id="of itself"),
        pytest.param("Bloomberg said he would run. Did he?", id="person of that name"),
        pytest.param("Did The Washington Post report a loss?", id="business"),
        pytest.param("What did Hill say?", id="surname"),
        pytest.param("What did he say in the BBC interview?", id="the interview"),
        pytest.param("Was the sun reported to have set?", id="word"),
        pytest.param("What do people say?", id="plural word"),
        pytest.param("How did the rolling stone report end?", id="two words"),
        pytest.param("an article by John Smith", id="author"),
        pytest.param("a Taylor Swift article", id="subject"),
        pytest.param("a South Korean article about deepfakes", id="nationality"),
        pytest.param("an article in The Hague", id="place"),
        pytest.param("According to the Ministry of Defence", id="ministry"),
        pytest.param("What did Time and the NYT report?", id="covered"),
    ],
)
def test_outlet_that_is_talked_about_is_not_absent(question: str) -> None:
    assert absent(question) == ()


@given(st.text() | st.lists(st.sampled_from(sorted(known_as(COVERED).entries))).map(" ".join))
@settings(deadline=None)  # the first one loads dictionaries
def test_mentions_lie_within_the_text_in_order_and_apart(text: str) -> None:
    found = mentions(text)
    assert all(0 <= one.span.start < one.span.end <= len(text) for one in found)
    assert all(one.span.end <= after.span.start for one, after in pairwise(found))
    assert set(find_reporting(text, found)) <= set(found)


@given(st.lists(st.text(), max_size=5))
@settings(deadline=None)  # the first one loads dictionaries
def test_any_outlet_can_be_covered(outlets: list[str]) -> None:
    covered = tuple((outlet, 1) for outlet in outlets)
    for outlet in outlets:
        found = {name for one in find_outlets(f"'{outlet}'", covered) for name in one.outlets}
        assert found <= set(outlets)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("The N.Y. Times", "the n y times", id="dots"),
        pytest.param("L'Équipe", "l equipe", id="accents"),
        pytest.param("Mail & Guardian", "mail and guardian", id="ampersand"),
        pytest.param(" – ", "", id="marks alone"),
    ],
)
def test_folded_name_keeps_words_alone(name: str, expected: str) -> None:
    assert fold_name(name) == expected


@pytest.mark.parametrize(
    ("covered", "expected"),
    [
        pytest.param(["ABC News"], ("ABC News",), id="the only one"),
        pytest.param(["ABC News", "ABC"], ("ABC",), id="another of that very name"),
        pytest.param(["Sky News"], (), id="neither"),
    ],
)
def test_short_name_of_a_news_outlet_is_its_own(
    covered: list[str], expected: tuple[str, ...]
) -> None:
    (found,) = find_outlets("According to ABC, who won?", tuple((one, 1) for one in covered))
    assert found.outlets == expected


def test_lookup_is_made_once_for_a_coverage() -> None:
    names = known_as(COVERED)
    assert isinstance(names, Names)
    assert known_as(tuple(COVERED)) is names


def test_outlets_of_real_questions_are_told_from_those_the_coverage_lacks() -> None:
    folder = shared("data/multihop_rag")
    articles = json.loads((folder / "corpus_subset_70.json").read_text("utf-8"))
    covered = tuple(Counter(article["source"] for article in articles).most_common())

    def lacking(file: str) -> list[bool]:
        queries = [one["query"] for one in json.loads((folder / file).read_text("utf-8"))]
        rows = [(query, find_outlets(query, covered)) for query in queries]
        return [any(not one.outlets for one in find_reporting(q, row)) for q, row in rows]

    assert sum(lacking("covered_queries.json")) == 0
    assert sum(lacking("null_queries.json")) >= 60  # of 71; 65 name an outlet it lacks
