"""Query → ranked hits: both rankings fused, every hit as the store has it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Desk
from index.answers.retriever import DENSE_WEIGHT, fuse, retrieve
from index.storage.derived import Derived, open_derived
from index.storage.rows import encode
from index.storage.store import Store
from index.types import Article, Hit, Query, Scope
from tests.fakes import WordEncoder

ARTICLES = [
    Article("founder", "Founder freed", "A judge in Paris freed Durov. He paid bail."),
    Article("users", "An app in figures", "Telegram has a billion users. It is free."),
    Article("seoul", "Deepfakes", "Police in Seoul opened an inquiry into Telegram."),
    Article("paris", "Wetter", "Les utilisateurs parisiens partent.", language="fr"),
    *(Article(f"filler{n}", "Weather", f"It rained on day {n}.") for n in range(10)),
]
SCORES = st.lists(st.tuples(st.floats(-1, 1), st.floats(0, 50)), min_size=1, max_size=20)


class Coverage(NamedTuple):
    """Everything that hits come from."""

    store: Store
    derived: Derived

    def find(self, text: str, k: int = 5, languages: tuple[str, ...] = ("en", "fr")) -> list[Hit]:
        return self.answer(Query(text, text), k, languages)

    def answer(
        self, query: Query, k: int = 5, languages: tuple[str, ...] = ("en", "fr")
    ) -> list[Hit]:
        encoder, (store, derived) = WordEncoder(), self
        return retrieve(
            query, k=k, languages=languages, encoder=encoder, store=store, derived=derived
        )


@contextmanager
def cover(folder: Path, articles: Iterable[Article]) -> Iterator[Coverage]:
    words = WordEncoder()
    with closing(Store(folder, writable=True)) as store:
        store.reset(words)
        for article in articles:
            store.replace([(article, encode(article, words))])
        yield Coverage(store, open_derived(folder, store))


@pytest.fixture
def coverage(tmp_path: Path) -> Iterator[Coverage]:
    with cover(tmp_path, ARTICLES) as held:
        yield held


@pytest.mark.parametrize(
    ("question", "article"),
    [
        pytest.param("Who freed Durov in Paris?", "founder", id="words of the text"),
        pytest.param("How many users has Telegram?", "users", id="several words"),
        pytest.param("deepfake", "seoul", id="a word of the headline"),
        pytest.param("Où partent les utilisateurs ?", "paris", id="another language"),
    ],
)
def test_closest_passage_comes_first(coverage: Coverage, question: str, article: str) -> None:
    first, *_ = coverage.find(question)
    assert first.passage.article == article


def test_hits_are_ranked_from_one_with_falling_scores(coverage: Coverage) -> None:
    hits = coverage.find("Telegram in Paris?", k=20)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("k", [1, 3, 14, 100])
def test_no_more_than_k_are_returned_and_fewer_only_where_there_are_no_more(
    coverage: Coverage, k: int
) -> None:
    assert len(coverage.find("Telegram?", k=k)) == min(k, len(ARTICLES))


def test_fewer_hits_are_the_first_of_more(coverage: Coverage) -> None:
    assert coverage.find("Telegram in Paris?", k=2) == coverage.find("Telegram in Paris?", k=9)[:2]


def test_hit_says_how_close_each_of_its_sentences_is(coverage: Coverage) -> None:
    hit = coverage.find("Is the app free?")[0]
    (stored,) = coverage.store.passages([hit.passage.id])
    assert hit.passage == stored.passage
    expected = stored.vectors[1:] @ WordEncoder().encode_queries(["Is the app free?"])[0]
    assert hit.closeness == pytest.approx(expected.tolist(), abs=1e-6)


def test_ties_are_ranked_by_passage_id(coverage: Coverage) -> None:
    hits = coverage.find("volcano", k=20)
    by_score: dict[float, list[int]] = {}
    for hit in hits:
        by_score.setdefault(hit.score, []).append(hit.passage.id)
    assert any(len(ids) > 1 for ids in by_score.values())
    assert all(ids == sorted(ids) for ids in by_score.values())


def test_passages_removed_meanwhile_are_not_found(coverage: Coverage) -> None:
    coverage.store.remove(["founder"])
    assert "founder" not in {hit.passage.article for hit in coverage.find("Durov Paris", k=20)}


def test_empty_coverage_has_no_hits(coverage: Coverage) -> None:
    coverage.store.remove([article.id for article in ARTICLES])
    assert coverage.find("Telegram?") == []


@given(SCORES)
def test_fused_scores_are_zero_to_one(scores: list[tuple[float, float]]) -> None:
    fused = fuse(*np.array(scores).T)
    assert len(fused) == len(scores)
    assert ((fused >= 0) & (fused <= 1 + 1e-9)).all()


@given(SCORES)
def test_what_is_best_in_both_rankings_is_best_when_fused(
    scores: list[tuple[float, float]],
) -> None:
    dense, lexical = np.array(scores).T
    fused = fuse(dense, lexical)
    for at in range(len(scores)):
        if dense[at] == dense.max() and lexical[at] == lexical.max():
            assert fused[at] == fused.max()


@pytest.mark.parametrize(
    ("dense", "lexical", "fused"),
    [
        pytest.param([], [], [], id="none"),
        pytest.param([0.5], [3.0], [0.0], id="one"),
        pytest.param([0.2, 0.4], [1.0, 1.0], [0.0, DENSE_WEIGHT], id="words say nothing"),
        pytest.param([0.4, 0.4], [0.0, 9.0], [0.0, 1 - DENSE_WEIGHT], id="vectors say nothing"),
        pytest.param([0.0, 0.5, 1.0], [0.0, 1.0, 2.0], [0.0, 0.5, 1.0], id="both agree"),
    ],
)
def test_fuse(dense: list[float], lexical: list[float], fused: list[float]) -> None:
    assert fuse(np.array(dense), np.array(lexical)).tolist() == pytest.approx(fused)


def test_passage_that_shares_no_word_is_found_by_its_meaning(sample: Desk) -> None:
    """With the embedded model; the coverage says "detained", "arrested", "detention"."""
    ((hit, article), *_) = sample.search("taken into custody", k=1)
    assert re.search("arrest|detain|detention", hit.passage.span.of(article.body))


# Questions that name a part of the coverage, or ask for several things

DAYS = [dt.date(2024, 9, day) for day in (1, 2, 3)]
PLACED = [
    Article("d1", "Bail", "Durov was freed on bail.", "Daily", "Ann Other", DAYS[0]),
    Article("d2", "Bail", "Durov was freed on bail at last.", "Daily", "Ben Else", DAYS[1]),
    Article("w1", "Bail", "Durov, it was said, was freed.", "Weekly", "Ann Other", DAYS[2]),
    Article("n1", "Bail", "Durov spoke of his app.", "", "", None),
    Article("w2", "Users", "Telegram has a billion users.", "Weekly", "", DAYS[0]),
    Article("d3", "Seoul", "Police in Seoul opened an inquiry.", "Daily", "", DAYS[0]),
]


@pytest.fixture
def placed(tmp_path: Path) -> Iterator[Coverage]:
    with cover(tmp_path, PLACED) as held:
        yield held


def articles_of(hits: list[Hit]) -> list[str]:
    return [hit.passage.article for hit in hits]


def scoped(text: str, **scope: object) -> Query:
    return Query(text, text, scope=Scope(**scope))  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("since", "until", "lacking"),
    [
        pytest.param(DAYS[1], None, {"d1", "w2", "d3"}, id="since"),
        pytest.param(None, DAYS[1], {"w1"}, id="until"),
        pytest.param(DAYS[1], DAYS[1], {"d1", "w1", "w2", "d3"}, id="one day"),
    ],
)
def test_what_lies_out_of_the_time_asked_about_is_not_found(
    placed: Coverage, since: dt.date | None, until: dt.date | None, lacking: set[str]
) -> None:
    """What has no date may be of any time."""
    found = placed.answer(scoped("Was Durov freed on bail?", since=since, until=until), k=20)
    assert set(articles_of(found)) == {article.id for article in PLACED} - lacking


@pytest.mark.parametrize(
    "phrase",
    [
        pytest.param("free as the air", id="as written"),
        pytest.param("Free as the AIR", id="case"),
        pytest.param("free, as the air", id="marks"),
        pytest.param("Said so", id="headline"),
    ],
)
def test_what_stands_in_quotation_marks_is_found_first(tmp_path: Path, phrase: str) -> None:
    """However many others share all its words, and more of the question."""
    others = [
        Article(f"other{n}", "Durov", f"The air is free for Durov, and so he said it {n} times.")
        for n in range(40)
    ]
    said = Article("said", "Said so", "Birds are as free as the air of the sea is.")
    with cover(tmp_path, [*others, said]) as held:
        first, *_ = held.answer(scoped(f"What did Durov say is “{phrase}”?", phrases=(phrase,)))
        assert first.passage.article == "said"


def test_what_is_of_the_time_asked_about_is_found_though_it_shares_no_word(
    tmp_path: Path,
) -> None:
    """However much else is nearer."""
    day = dt.date(2024, 9, 3)
    quake = Article("quake", "Tremor", "Houses fell in Lisbon.", published=day)
    old = [
        Article(
            f"old{n}", "News", f"What happened, happened {n} times.", published=dt.date(2020, 1, 1)
        )
        for n in range(500)
    ]
    query = scoped("What happened on 3 September?", since=day, until=day)
    with cover(tmp_path, [*old, quake]) as coverage:
        assert articles_of(coverage.answer(query)) == ["quake"]
        left_out = replace(query, without=("",))
        assert coverage.answer(left_out) == []


def test_for_a_time_without_coverage_the_nearest_of_all_times_is_found(tmp_path: Path) -> None:
    with cover(tmp_path, [article for article in PLACED if article.published]) as placed:
        query = scoped("Durov", since=dt.date(2030, 1, 1))
        assert placed.answer(query) == placed.answer(scoped("Durov"))
        elsewhere = placed.answer(replace(query, without=("Daily",)))
        assert elsewhere
        assert not {"d1", "d2", "d3"} & {*articles_of(elsewhere)}


@pytest.mark.parametrize(
    ("scope", "first"),
    [
        pytest.param({}, ["d1"], id="nothing"),
        pytest.param({"outlets": ("Weekly",)}, ["w1"], id="outlet"),
        pytest.param({"outlets": ("Weekly", "Daily")}, ["d1", "w1"], id="each of two outlets"),
        pytest.param({"bylines": ("Ben Else",)}, ["d2"], id="byline"),
        pytest.param({"dates": (DAYS[1],)}, ["d2"], id="day"),
    ],
)
def test_what_the_question_names_comes_first(
    placed: Coverage, scope: dict[str, object], first: list[str]
) -> None:
    found = articles_of(placed.answer(scoped("Was Durov freed on bail?", **scope), k=20))
    assert found[: len(first)] == first
    assert set(found) == {article.id for article in PLACED}  # preferred, not required


def test_outlet_that_is_named_is_searched_beyond_all_candidates(tmp_path: Path) -> None:
    many = [Article(f"d{n}", "Bail", "Durov was freed on bail.", "Daily") for n in range(450)]
    rare = Article("w", "Storm", "Durov, whose app has users in every country there is.", "Weekly")
    asked = "Was Durov freed on bail?"
    with cover(tmp_path, [*many, rare]) as placed:
        assert "w" not in articles_of(placed.answer(Query(asked, asked), k=500))
        assert "w" in articles_of(placed.answer(scoped(asked, outlets=("Weekly",)), k=500))


def test_nothing_is_found_of_outlets_left_out_however_much_of_it_there_is(tmp_path: Path) -> None:
    many = [Article(f"d{n}", "Bail", "Durov was freed on bail.", "Daily") for n in range(450)]
    rare = Article("w", "Storm", "Durov, whose app has users in every country there is.", "Weekly")
    asked = "Was Durov freed on bail?"
    with cover(tmp_path, [*many, rare]) as placed:
        assert articles_of(placed.answer(Query(asked, asked, without=("Daily",)), k=500)) == ["w"]


SEVERAL = Query(
    "Was Durov freed on bail, how many users has Telegram, and did Seoul open an inquiry?",
    "Was Durov freed on bail, how many users has Telegram, and did Seoul open an inquiry?",
    clauses=("Was Durov freed on bail", "how many users has Telegram", "Seoul open an inquiry"),
)


def test_each_clause_is_answered_before_any_is_answered_twice(placed: Coverage) -> None:
    first = articles_of(placed.answer(SEVERAL, k=3))
    assert set(first) >= {"w2", "d3"}
    assert len(set(first) & {"d1", "d2", "w1", "n1"}) == 1


def test_hits_of_several_clauses_are_ranked_with_scores_that_never_rise(placed: Coverage) -> None:
    hits = placed.answer(SEVERAL, k=20)
    assert [hit.rank for hit in hits] == list(range(1, len(PLACED) + 1))
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_hit_says_how_close_each_sentence_is_to_each_clause(coverage: Coverage) -> None:
    query = Query("Is the app free?", "Is the app free?", clauses=("the app", "billion users"))
    for hit in coverage.answer(query, k=3):
        (stored,) = coverage.store.passages([hit.passage.id])
        assert len(hit.parts) == 2
        for part, clause in zip(hit.parts, query.clauses, strict=True):
            expected = stored.vectors[1:] @ WordEncoder().encode_queries([clause])[0]
            assert part == pytest.approx(expected.tolist(), abs=1e-6)


def test_question_without_clauses_has_no_parts(coverage: Coverage) -> None:
    assert {hit.parts for hit in coverage.find("Telegram?")} == {()}
