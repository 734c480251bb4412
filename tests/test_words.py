"""The word index: passages by the rare words they share with a question."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.storage.words import CANDIDATES, Entry, WordIndex
from index.text.terms import stems, terms
from index.types import Origin, Scope
from index.understanding.scope import within

TEXTS = {
    1: "Telegram was founded by Pavel Durov, who left Russia.",
    2: "Police in Seoul opened an inquiry into deepfake pornography on Telegram.",
    3: "A judge in Paris freed Durov on bail of five million euros.",
    4: "Weather stayed mild in Gaza on Sunday.",
    5: "東京の警察は男を逮捕した。",
}


def entry(id_: int, text: str) -> Entry:
    return Entry(id_, [term.text for term in terms(text, "en")])


@pytest.fixture
def index(tmp_path: Path) -> WordIndex:
    filled = WordIndex(tmp_path)
    filled.update(remove=[], add=[entry(*item) for item in TEXTS.items()])
    return filled


def ask(index: WordIndex, question: str) -> list[int]:
    return list(index.search(stems(question, "en")))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param("Who founded Telegram?", [1, 2], id="two terms before one"),
        pytest.param("What did the judge in Paris say of Durov?", [3, 1], id="rarer terms"),
        pytest.param("deepfakes", [2], id="stemmed"),
        pytest.param("DUROV’S bail", [3, 1], id="folded"),
        pytest.param("逮捕", [5], id="Japanese"),
        pytest.param("volcano", [], id="unknown"),
        pytest.param("Who was it?", [], id="only frame"),
        pytest.param("", [], id="empty"),
    ],
)
def test_passages_rank_by_the_terms_they_share(
    index: WordIndex, question: str, expected: list[int]
) -> None:
    assert ask(index, question) == expected


def test_only_passages_with_every_term_are_found_where_that_is_asked(index: WordIndex) -> None:
    assert set(index.search(["durov", "bail"])) > set(index.search(["durov", "bail"], every=True))


def test_rare_term_counts_for_more_than_a_common_one(tmp_path: Path) -> None:
    index = WordIndex(tmp_path)
    common = [Entry(id_, ["telegram", f"other{id_}"]) for id_ in range(10, 30)]
    index.update(remove=[], add=[*common, Entry(1, ["peskov", "else"])])
    assert next(iter(index.search(["telegram", "peskov"]))) == 1


def test_scores_fall_and_are_positive(index: WordIndex) -> None:
    scores = list(index.search(["telegram", "durov", "pari"]).values())
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)


def test_outlets_left_out_give_way_to_others_beyond_all_candidates(tmp_path: Path) -> None:
    index = WordIndex(tmp_path)
    many = [Entry(id_, ["durov"], outlet="Daily") for id_ in range(10, 20 + CANDIDATES)]
    index.update(remove=[], add=[*many, Entry(1, ["durov", "else"], outlet="Weekly")])
    assert 1 not in index.search(["durov"])
    assert list(index.search(["durov"], without=["Daily"])) == [1]
    assert list(index.search(["durov"], without=["Daily", "Weekly", "Monthly"])) == []


def test_term_given_twice_counts_once(index: WordIndex) -> None:
    assert index.search(["durov", "durov"]) == index.search(["durov"])


def test_ties_keep_the_order_of_addition(tmp_path: Path) -> None:
    index = WordIndex(tmp_path)
    index.update(remove=[], add=[Entry(id_, ["same"]) for id_ in (5, 3, 9)])
    assert list(index.search(["same"])) == [5, 3, 9]


def test_no_more_than_the_candidates_are_proposed(tmp_path: Path) -> None:
    index = WordIndex(tmp_path)
    index.update(remove=[], add=[Entry(id_, ["same"]) for id_ in range(CANDIDATES + 50)])
    assert len(index.search(["same"])) == CANDIDATES


def test_empty_index_finds_nothing(tmp_path: Path) -> None:
    index = WordIndex(tmp_path)
    assert index.search(["telegram"]) == {}
    assert index.search([]) == {}
    assert index.rarity("telegram") > 0


def test_update_removes_and_adds(index: WordIndex) -> None:
    index.update(remove=[1, 3, 999], add=[entry(6, "Durov spoke in Dubai.")])
    assert ask(index, "Durov") == [6]
    assert ask(index, "Telegram") == [2]


def test_update_replaces_an_entry_with_the_same_id(index: WordIndex) -> None:
    index.update(remove=[4], add=[entry(4, "Storms hit Lisbon.")])
    assert ask(index, "Gaza") == []
    assert ask(index, "storm") == [4]


def test_everything_can_be_removed(index: WordIndex) -> None:
    index.update(remove=TEXTS, add=[])
    assert ask(index, "Durov Telegram Paris Gaza") == []
    assert index.rarity("durov") > 0


def test_opened_again_it_says_the_same(index: WordIndex, tmp_path: Path) -> None:
    again = WordIndex(tmp_path)
    for question in TEXTS.values():
        assert ask(again, question) == ask(index, question)
    assert again.rarity("durov") == index.rarity("durov")


def test_open_index_keeps_its_state_while_another_writes(index: WordIndex, tmp_path: Path) -> None:
    WordIndex(tmp_path).update(remove=[4], add=[])
    assert ask(index, "Gaza") == [4]
    assert ask(WordIndex(tmp_path), "Gaza") == []


@pytest.mark.parametrize(
    "text",
    [
        "IN Gaza",
        "NOT Gaza",
        "AND OR NOT",
        "Gaza AND",
        '"Gaza',
        "“Gaza” 'Sunday'",
        "Gaza:Sunday terms:Gaza id:4",
        "+Gaza -Sunday !mild",
        "(Gaza [TO Sunday} {",
        "Gaza* ?mild /Sun.*/ ~2 ^3",
        "\\Gaza \\",
        "Gaza\x00Sunday",
        "a" * 100_000,
        "  ",
    ],
)
def test_ordinary_text_never_raises(index: WordIndex, text: str) -> None:
    found = ask(index, text)
    assert found == ([4] if "gaza" in text.casefold() else [])


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_no_text_raises(index: WordIndex, text: str) -> None:
    for term in terms(text, "en"):
        assert index.rarity(term.text) > 0
    assert set(ask(index, text)) <= TEXTS.keys()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_passage_is_found_by_each_of_its_own_terms(index: WordIndex, text: str) -> None:
    index.update(remove=[7], add=[entry(7, text)])
    for term in terms(text, "en"):
        assert 7 in index.search([term.text])


def test_rarity_falls_as_a_term_gets_more_common(tmp_path: Path) -> None:
    index = WordIndex(tmp_path)
    index.update(
        remove=[],
        add=[Entry(id_, [f"in{n}" for n in range(1, 21) if id_ < n]) for id_ in range(20)],
    )
    rarities = [index.rarity("in none"), *(index.rarity(f"in{n}") for n in range(1, 21))]
    assert rarities == sorted(rarities, reverse=True)
    assert len(set(rarities)) == len(rarities)
    assert rarities[-1] > 0


def test_rarity_is_above_zero_after_most_passages_left(tmp_path: Path) -> None:
    """It weighs what a sentence says; with a weight below 0 saying it would count against it."""
    index = WordIndex(tmp_path)
    index.update(remove=[], add=[Entry(id_, ["telegram", f"w{id_}"]) for id_ in range(10)])
    index.update(remove=range(9), add=[])
    assert index.rarity("telegram") > 0
    assert index.rarity("w9") > 0


# A part of the coverage

DAYS = [dt.date(2024, 9, day) for day in (1, 2, 3)]
PLACED = [
    Entry(1, ["same", "one"], "The Daily", "Ann Other", DAYS[0]),
    Entry(2, ["same", "two"], "The Daily", "Ben Else", DAYS[1]),
    Entry(3, ["same", "three"], "Weekly", "Ann Other", DAYS[2]),
    Entry(4, ["same", "four"], "", "", None),
    Entry(5, ["same", "five"], "日刊 – «Нов»", "Ann, Ben & 3 others", DAYS[0]),
]
NAMES = ("The Daily", "Weekly", "日刊 – «Нов»", "Ann Other", "Ann, Ben & 3 others", "Monthly")
PARTS = st.builds(
    Scope,
    outlets=st.lists(st.sampled_from(NAMES), max_size=2).map(tuple),
    bylines=st.lists(st.sampled_from(NAMES), max_size=2).map(tuple),
    since=st.none() | st.sampled_from(DAYS),
    until=st.none() | st.sampled_from(DAYS),
)


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> WordIndex:
    """Not to be changed."""
    filled = WordIndex(tmp_path_factory.mktemp("words"))
    filled.update(remove=[], add=PLACED)
    return filled


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        pytest.param(Scope(), [1, 2, 3, 4, 5], id="all"),
        pytest.param(Scope(outlets=("The Daily",)), [1, 2], id="outlet"),
        pytest.param(Scope(outlets=("Weekly", "The Daily")), [1, 2, 3], id="either outlet"),
        pytest.param(Scope(outlets=("日刊 – «Нов»",)), [5], id="outlet of any letters"),
        pytest.param(Scope(outlets=("Daily",)), [], id="half a name"),
        pytest.param(Scope(outlets=("the daily",)), [], id="not as it is spelled"),
        pytest.param(Scope(bylines=("Ann Other",)), [1, 3], id="byline"),
        pytest.param(Scope(bylines=("Ann, Ben & 3 others",)), [5], id="long byline"),
        pytest.param(
            Scope(outlets=("Weekly",), bylines=("Ben Else",)), [2, 3], id="outlet or byline"
        ),
        pytest.param(Scope(since=DAYS[1]), [2, 3], id="since, included"),
        pytest.param(Scope(until=DAYS[1]), [1, 2, 5], id="until, included"),
        pytest.param(Scope(since=DAYS[1], until=DAYS[1]), [2], id="one day"),
        pytest.param(Scope(since=DAYS[2], until=DAYS[0]), [], id="no day"),
        pytest.param(Scope(outlets=("The Daily",), since=DAYS[1]), [2], id="outlet and time"),
        pytest.param(
            Scope(dates=(DAYS[0],), absent=("Monthly",), phrases=("same",)),
            [1, 2, 3, 4, 5],
            id="what is no bound",
        ),
    ],
)
def test_part_of_the_coverage_is_searched(
    placed: WordIndex, part: Scope, expected: list[int]
) -> None:
    assert sorted(placed.search(["same"], within=part)) == expected


@given(PARTS, st.lists(st.sampled_from(["same", "one", "two", "none"]), min_size=1, max_size=3))
def test_passages_of_a_part_score_as_they_do_in_the_whole(
    placed: WordIndex, part: Scope, asked: list[str]
) -> None:
    whole, found = placed.search(asked), placed.search(asked, within=part)
    assert found.items() <= whole.items()
    for entry in PLACED:
        origin = Origin(entry.outlet, entry.byline, entry.published)
        named = entry.outlet in part.outlets or entry.byline in part.bylines
        if not (part.outlets or part.bylines) or named:
            dated = entry.published is not None or not (part.since or part.until)
            held = dated and within(part, origin)
            assert (entry.id in found) == (held and entry.id in whole)


def test_part_is_searched_beyond_the_candidates_of_the_whole(tmp_path: Path) -> None:
    index = WordIndex(tmp_path)
    common = [Entry(id_, ["same"], "The Daily") for id_ in range(CANDIDATES + 50)]
    rare = Entry(9999, ["same", *(f"w{n}" for n in range(50))], "Weekly")
    index.update(remove=[], add=[*common, rare])
    assert 9999 not in index.search(["same"])
    assert list(index.search(["same"], within=Scope(outlets=("Weekly",)))) == [9999]


def test_all_of_a_part_is_found_without_a_term_and_nothing_of_the_whole(
    placed: WordIndex,
) -> None:
    part = Scope(outlets=("The Daily",), since=DAYS[0])
    assert placed.search([], within=part) == dict.fromkeys(placed.search(["same"], within=part), 0)
    assert placed.search([]) == placed.search([], without=["Weekly"]) == {}


def test_outlets_and_bylines_are_no_words_of_a_passage(placed: WordIndex) -> None:
    assert placed.search(["Weekly", "weekly", "Ann", "daily"]) == {}
