"""Hits → answer: verbatim, whole sentences, none twice, or a refusal with the nearest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Answer, Citation, Reach
from index.answers.answering import compose, report
from index.answers.judging import (
    CERTAIN,
    THRESHOLD,
    THRESHOLD_READ,
    THRESHOLD_UNREAD,
    is_certain,
    judge,
    rejudge,
    threshold_read,
)
from index.answers.scoring import Told
from index.text.passages import framed, sentences, split
from index.text.terms import stems
from index.types import Article, Hit, Query, Scope, Span
from tests.fakes import WordEncoder

REACH = Reach(1, None, None)
QUESTION = "Who freed Durov on bail in Paris?"
RAIN = "Rain " + "fell and " * 42 + "fell."
"""Too long to fill an excerpt up with, and short enough to be one."""

# Few words in few sentences, so that articles copy, contradict and lean on one another.
POOL = (
    "A judge in Paris freed Durov on bail.",
    "Durov was freed in Paris.",
    "He paid five million euros.",
    "Bail was set by a judge in Paris.",
    "“He is free.”",
    "That was on Wednesday.",
    "and then he left Paris.",
    "Weather stayed mild.",
    "Durov on bail",
    "A judge in Paris freed Durov on bail!",
    "Paris said " + "that Durov was freed on bail and " * 8 + "left.",
    "パリの判事は彼を釈放した。",
    "Durov 😀 “bail”…",
)
BODIES = st.lists(
    st.tuples(st.sampled_from(POOL), st.sampled_from([" ", " ", "\n", "\n\n"])),
    min_size=1,
    max_size=10,
).map(lambda parts: "".join(text + gap for text, gap in parts).strip())
QUESTIONS = st.sampled_from(
    [QUESTION, "Durov?", "Was bail set by a judge?", "Who left?", "Volcano?", "釈放"]
)
COVERAGE = st.lists(BODIES, max_size=5)


def coverage(*bodies: str, **fields: str) -> list[Article]:
    return [
        Article(f"a{n}", fields.get("headline", "News"), body, url=fields.get("url", ""))
        for n, body in enumerate(bodies, start=1)
    ]


def find(question: str, articles: Iterable[Article]) -> list[Hit]:
    """Return every passage, numbered, as a hit, as near as the words it shares make it."""
    encoder = WordEncoder()
    vector = encoder.encode_queries([question])[0]
    found: list[Hit] = []
    for article in articles:
        for passage in split(article):
            (rows,) = encoder.encode_passages([framed(article, passage)])
            numbered = replace(passage, id=len(found) + 1)
            nearness = tuple((rows[1:] @ vector).tolist())
            found.append(Hit(numbered, float(rows[0] @ vector), 1, nearness))
    return sorted(found, key=lambda hit: -hit.score)


def answer(question: str, articles: list[Article], *, k: int = 3) -> Answer:
    return composed(Query(question, question), find(question, articles), articles, k=k)


def composed(
    query: Query,
    hits: Iterable[Hit],
    articles: Iterable[Article],
    *,
    k: int = 3,
    reach: Reach = REACH,
) -> Answer:
    held = {article.id: article for article in articles}
    return compose(
        query,
        judge(query, hits, held, lambda _: 1.0),
        held,
        k=k,
        reach=reach,
        passages=1,
        groups={},
    )


def excerpts(question: str, *bodies: str, k: int = 3) -> list[str]:
    found = answer(question, coverage(*bodies), k=k)
    return [citation.excerpt for citation in found.citations]


def shown(found: Answer) -> tuple[Citation, ...]:
    return found.citations + found.nearest


def test_answer_cites_the_sentence_that_answers() -> None:
    body = f"{RAIN} A judge in Paris freed Durov on bail. {RAIN}"
    found = answer(QUESTION, coverage(body))
    (citation,) = found.citations
    assert found.answered
    assert found.question == QUESTION
    assert found.reach is REACH
    assert citation.excerpt == "A judge in Paris freed Durov on bail."
    assert body[citation.start : citation.end] == citation.excerpt
    assert (citation.number, citation.article) == (1, "a1")


def test_citation_says_where_it_is_from() -> None:
    article = Article(
        "a",
        "Founder freed",
        POOL[0],
        outlet="Daily",
        published=dt.date(2024, 8, 28),
        url="https://example.org/a",
    )
    (citation,) = answer(QUESTION, [article]).citations
    assert citation.headline == "Founder freed"
    assert citation.outlet == "Daily"
    assert citation.published == dt.date(2024, 8, 28)
    assert citation.url == "https://example.org/a"
    assert citation.link == (
        "https://example.org/a#:~:text=A%20judge%20in%20Paris%20freed%20Durov%20on%20bail."
    )
    assert 0.5 <= citation.score <= 1


def test_no_link_is_made_before_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr("index.types.link_to", lambda url, *_: made.append(url))
    article = Article("a", "Founder freed", POOL[0], url="https://example.org/a")
    (citation,) = answer(QUESTION, [article]).citations
    assert made == []
    _ = citation.link
    assert made == [article.url]


def test_article_without_url_has_no_link() -> None:
    (citation,) = answer(QUESTION, coverage(POOL[0])).citations
    assert (citation.url, citation.link) == ("", "")


def test_refusal_has_the_nearest_and_no_citation() -> None:
    found = answer("Where is the volcano in Paris?", coverage("Paris is large.", "Rain fell."))
    assert not found.answered
    assert found.citations == ()
    assert [citation.number for citation in found.nearest] == [1, 2]
    assert found.nearest[0].excerpt == "Paris is large."


def test_nothing_found_is_a_refusal_without_anything_near() -> None:
    found = answer("Volcano?", [])
    assert (found.citations, found.nearest, found.answered) == ((), (), False)


def test_hits_of_articles_removed_meanwhile_are_not_quoted() -> None:
    hits = find(QUESTION, coverage(POOL[0]))
    query = Query(QUESTION, QUESTION)
    found = composed(query, hits, [])
    assert shown(found) == ()


@pytest.mark.parametrize("k", [1, 2, 3, 5])
@pytest.mark.parametrize("question", [QUESTION, "Where is the volcano?"])
def test_no_more_than_k_are_shown(question: str, k: int) -> None:
    bodies = [f"A judge in Paris freed Durov on bail, said {name}." for name in "ABCD"]
    assert len(shown(answer(question, coverage(*bodies), k=k))) == min(k, 4)


def test_sentences_that_add_nothing_are_left_out_of_an_answer() -> None:
    assert excerpts(QUESTION, POOL[0], "Weather stayed mild.") == [POOL[0]]


@pytest.mark.parametrize(
    ("before", "leaning"),
    [
        pytest.param("Durov flew in.", "He was freed on bail in Paris.", id="pronoun"),
        pytest.param("Durov flew in.", "But Durov was freed on bail in Paris.", id="but"),
        pytest.param("Durov flew in.", "This freed Durov on bail in Paris.", id="this"),
        pytest.param("Peskov spoke.", "“Durov was freed on bail in Paris.”", id="quotation"),
        pytest.param("Peskov spoke…", "so Durov was freed on bail in Paris.", id="lower case"),
    ],
)
def test_sentence_that_leans_brings_the_one_before(before: str, leaning: str) -> None:
    assert excerpts(QUESTION, f"{RAIN} {before} {leaning}") == [f"{before} {leaning}"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"{RAIN} Italy freed Durov on bail in Paris.", id="begins like one"),
        pytest.param("Rain fell.\n\nHe was freed on bail in Paris.", id="paragraph between"),
        pytest.param("Rain fell.\nHe was freed on bail in Paris.", id="line between"),
        pytest.param(
            "Rain " + "fell and " * 70 + "fell. He was freed on bail in Paris.", id="long"
        ),
        pytest.param("He was freed on bail in Paris.", id="nothing before"),
    ],
)
def test_sentence_stands_alone_where(body: str) -> None:
    (excerpt,) = excerpts("Who was freed on bail in Paris?", body)
    assert excerpt == body[excerpt_start(body) :]


def excerpt_start(body: str) -> int:
    return max(body.rfind("He was"), body.rfind("Italy"))


def test_neighbours_that_answer_as_well_are_one_excerpt() -> None:
    both = "Durov was freed on bail in Paris. Paris freed Durov on bail."
    assert excerpts(QUESTION, f"{RAIN} {both} {RAIN}") == [both]


def test_short_excerpts_bring_what_stands_around_them() -> None:
    body = "Weather stayed mild. A judge in Paris freed Durov on bail. Nobody else left."
    assert excerpts(QUESTION, f"{RAIN} {body}") == [body]


def test_neighbours_across_a_paragraph_are_two_excerpts() -> None:
    body = "Durov was freed on bail in Paris.\n\nParis freed Durov on bail."
    assert sorted(excerpts(QUESTION, body)) == sorted(body.split("\n\n"))


def test_headings_are_not_quoted() -> None:
    body = "Who freed Durov on bail in Paris\n\nA judge freed Durov on bail in Paris."
    assert excerpts(QUESTION, body) == ["A judge freed Durov on bail in Paris."]


@pytest.mark.parametrize("k", [1, 3])
def test_copies_are_folded_into_one_citation(k: int) -> None:
    found = answer(QUESTION, coverage(POOL[0], POOL[0].upper(), f"Rain fell. {POOL[0]}"), k=k)
    (citation,) = found.citations
    assert {citation.article, *citation.copies} == {"a1", "a2", "a3"}
    assert len(citation.copies) == 2


def test_sentence_repeated_in_its_own_article_is_no_copy() -> None:
    (citation,) = answer(QUESTION, coverage(f"{POOL[0]}\n\nRain fell.\n\n{POOL[0]}")).citations
    assert citation.copies == ()


PAID = "Who paid five million euros in Paris for Durov to leave on bail?"
LEANING = "He paid five million euros in Paris to leave."


def test_article_that_says_only_half_of_an_excerpt_is_no_copy_of_it() -> None:
    """`copies` are told to readers as carrying the same excerpt."""
    (citation, *_) = answer(PAID, coverage(f"{POOL[0]} {LEANING}", LEANING)).citations
    assert citation.excerpt == f"{POOL[0]} {LEANING}"
    assert citation.copies == ()


def test_same_report_in_two_outlets_is_quoted_once() -> None:
    found = answer(PAID, coverage(f"{POOL[0]} {LEANING}", f"{POOL[0]} {LEANING}"))
    assert [citation.excerpt for citation in found.citations] == [f"{POOL[0]} {LEANING}"]
    assert [citation.copies for citation in found.citations] == [("a2",)]


def test_marks_are_the_words_of_the_question() -> None:
    (citation,) = answer(QUESTION, coverage(POOL[0])).citations
    assert [mark.of(citation.excerpt) for mark in citation.marks] == [
        "Paris", "freed", "Durov", "bail",
    ]  # fmt: skip


def test_best_comes_first() -> None:
    found = excerpts(QUESTION, "Durov was freed.", POOL[0], "Durov was freed on bail.")
    assert found[0] == POOL[0]


@settings(max_examples=100, deadline=None)
@given(COVERAGE, QUESTIONS, st.integers(1, 5))
def test_every_excerpt_is_verbatim_and_made_of_whole_sentences(
    bodies: list[str], question: str, k: int
) -> None:
    articles = {article.id: article for article in coverage(*bodies)}
    for citation in shown(answer(question, [*articles.values()], k=k)):
        body = articles[citation.article].body
        assert citation.excerpt == body[citation.start : citation.end]
        spans = sentences(body, "en")
        assert citation.start in {span.start for span in spans}
        assert citation.end in {span.end for span in spans}
        assert "\n\n" not in citation.excerpt


@settings(max_examples=100, deadline=None)
@given(COVERAGE, QUESTIONS, st.integers(1, 5))
def test_no_two_citations_overlap_or_are_more_than_k(
    bodies: list[str], question: str, k: int
) -> None:
    found = shown(answer(question, coverage(*bodies), k=k))
    assert [citation.number for citation in found] == list(range(1, len(found) + 1))
    assert len(found) <= k
    places = sorted((citation.article, citation.start, citation.end) for citation in found)
    for (article, _, end), (other, start, _) in pairwise(places):
        assert article != other or end <= start


@settings(max_examples=100, deadline=None)
@given(COVERAGE, QUESTIONS, st.integers(1, 5))
def test_answers_are_ranked_and_refusals_show_what_there_is(
    bodies: list[str], question: str, k: int
) -> None:
    found = answer(question, coverage(*bodies), k=k)
    scores = [citation.score for citation in shown(found)]
    assert scores == sorted(scores, reverse=True)
    assert not (found.citations and found.nearest)
    assert found.answered == any(score >= 0.5 for score in scores)
    assert bool(bodies) == bool(scores)


@settings(max_examples=100, deadline=None)
@given(COVERAGE, QUESTIONS)
def test_marks_are_inside_the_excerpt_and_in_order(bodies: list[str], question: str) -> None:
    asked = set(stems(question, "en"))
    for citation in shown(answer(question, coverage(*bodies))):
        assert list(citation.marks) == sorted(citation.marks)
        for mark in citation.marks:
            assert 0 <= mark.start < mark.end <= len(citation.excerpt)
            assert set(stems(mark.of(citation.excerpt), "en")) <= asked


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(POOL), min_size=1, unique_by=str.casefold), QUESTIONS)
def test_nothing_is_shown_twice_of_a_report_in_two_outlets(
    parts: list[str], question: str
) -> None:
    body = " ".join(parts)
    found = [" ".join(c.excerpt.split()) for c in shown(answer(question, coverage(body, body)))]
    assert not any(one in other for at, one in enumerate(found) for other in found[:at])


# Questions that name a part of the coverage

DATED = Reach(1, dt.date(2023, 1, 1), dt.date(2024, 9, 3), (("Daily", 1),))
SEPTEMBER = dt.date(2024, 9, 1)


def answer_in(scope: Scope, *bodies: str, reach: Reach = DATED) -> Answer:
    articles = coverage(*bodies)
    query = Query(QUESTION, QUESTION, scope=scope)
    return composed(query, find(QUESTION, articles), articles, reach=reach)


@pytest.mark.parametrize(
    ("scope", "reason"),
    [
        pytest.param(Scope(absent=("Monthly",)), "There is no coverage by Monthly.", id="one"),
        pytest.param(
            Scope(absent=("Monthly", "Yearly")), "There is no coverage by Monthly or Yearly.",
            id="two",
        ),
        pytest.param(
            Scope(absent=("Monthly",), since=SEPTEMBER), "There is no coverage by Monthly.",
            id="and a time",
        ),
    ],
)  # fmt: skip
def test_what_an_absent_outlet_reported_is_refused_with_the_reason(
    scope: Scope, reason: str
) -> None:
    """Even where another outlet says the very thing."""
    found = answer_in(scope, POOL[0])
    assert not found.answered
    assert found.reason == reason
    assert [citation.excerpt for citation in found.nearest] == [POOL[0]]


@pytest.mark.parametrize(
    ("phrase", "headline", "unsaid"),
    [
        pytest.param("freed Durov on bail", "News", (), id="said"),
        pytest.param("freed, DUROV on bail", "News", (), id="otherwise written"),
        pytest.param("freed for good", "Freed for good", (), id="in the headline"),
        pytest.param("freed for good", "News", ("freed for good",), id="unsaid"),
    ],
)
def test_a_phrase_that_is_found_nowhere_is_told(
    phrase: str, headline: str, unsaid: tuple[str, ...]
) -> None:
    articles = coverage(POOL[0], headline=headline)
    query = Query(QUESTION, QUESTION, scope=Scope(phrases=(phrase,)))
    found = composed(query, find(QUESTION, articles), articles)
    assert (found.answered, found.unsaid) == (True, unsaid)


def test_where_a_phrase_stands_is_answered_with_what_has_it_and_nothing_else() -> None:
    """Though it is no whole sentence, and others say more of what is asked."""
    said = 'Who wrote "a mild day"?'
    bodies = ("A mild day at last", "Who wrote it? A day in Paris wrote it. It was mild all day.")
    query = Query(said, said, scope=Scope(phrases=("a mild day",)))
    articles = coverage(*bodies)
    found = composed(query, find(said, articles), articles)
    assert [(one.excerpt, one.score) for one in found.citations] == [(bodies[0], CERTAIN)]


def test_what_is_certain_is_known_though_another_is_preferred() -> None:
    """Else it would be read, and its place be taken by what was made of that."""
    said = 'Who wrote "a mild day"?'
    query = Query(said, said, scope=Scope(phrases=("a mild day",)))
    articles = coverage("It was a mild day.", "Rain fell in Paris.")
    held = {article.id: article for article in articles}
    judged = judge(query, find(said, articles), held, lambda _: 1.0)
    assert is_certain(judged)
    assert is_certain(reversed(judged))
    assert not is_certain(judged[1:])


def test_what_others_quote_of_an_absent_outlet_is_answered_from_them() -> None:
    quoted = "A judge in Paris freed Durov on bail, Reuters reported."
    found = answer_in(Scope(absent=("Reuters",)), POOL[0], quoted)
    assert (found.answered, found.reason) == (True, "")
    assert [citation.excerpt for citation in found.citations] == [quoted]
    assert (found.scope.absent, found.scope.lacking) == ((), ("Reuters",))


def test_what_others_quote_is_an_answer_though_another_surely_answers() -> None:
    quoted = "A judge in Paris freed Durov on bail, Reuters reported."
    articles = coverage(POOL[0], quoted)
    held = {article.id: article for article in articles}
    query = Query(QUESTION, QUESTION, scope=Scope(absent=("Reuters",)))
    judged = judge(query, find(QUESTION, articles), held, lambda _: 1.0)
    read = next(one for one in judged if one.hit.passage.article == "a1")
    told = {read.place: Told(9.0, 1.0, Span(0, 5))}
    found = compose(
        query, rejudge(query, judged, held, told), held, k=3, reach=DATED, passages=1, groups={}
    )
    assert [citation.excerpt for citation in found.citations] == [quoted]


@pytest.mark.parametrize(
    ("absent", "body"),
    [
        pytest.param(("Reuters",), "Reuters reported from the Moon.", id="on something else"),
        pytest.param(
            ("Reuters", "Axios"), "Durov was freed on bail in Paris, says Axios.", id="one of two"
        ),
    ],
)
def test_what_others_quote_beside_the_question_is_no_answer(
    absent: tuple[str, ...], body: str
) -> None:
    found = answer_in(Scope(absent=absent), POOL[0], body)
    assert (found.answered, found.reason[:24]) == (False, "There is no coverage by ")
    assert found.scope.absent == absent


@pytest.mark.parametrize(
    ("scope", "reason"),
    [
        pytest.param(Scope(since=SEPTEMBER), "There is no coverage since 1 Sep 2024.", id="since"),
        pytest.param(Scope(until=SEPTEMBER), "There is no coverage until 1 Sep 2024.", id="until"),
        pytest.param(
            Scope(since=SEPTEMBER, until=SEPTEMBER), "There is no coverage on 1 Sep 2024.", id="on"
        ),
        pytest.param(
            Scope(outlets=("Daily",), since=SEPTEMBER),
            "There is no coverage by Daily since 1 Sep 2024.",
            id="and an outlet",
        ),
        pytest.param(Scope(outlets=("Daily",)), "", id="no time"),
    ],
)
def test_nothing_found_of_the_time_asked_about_is_the_reason(scope: Scope, reason: str) -> None:
    found = answer_in(scope)
    assert (found.answered, found.nearest, found.reason) == (False, (), reason)


def test_time_of_which_an_outlet_may_be_left_out_is_no_reason() -> None:
    query = Query(QUESTION, QUESTION, scope=Scope(since=SEPTEMBER), without=("Daily",))
    assert composed(query, [], [], reach=DATED).reason == ""


def test_coverage_without_dates_is_no_reason() -> None:
    assert answer_in(Scope(since=SEPTEMBER), reach=REACH).reason == ""


@pytest.mark.parametrize(
    "scope",
    [
        pytest.param(Scope(), id="nothing"),
        pytest.param(Scope(outlets=("Daily",), since=SEPTEMBER), id="part"),
        pytest.param(Scope(outlets=("Daily",), lacking=("Monthly",)), id="one outlet of two"),
        pytest.param(Scope(phrases=("freed on bail",)), id="phrase"),
    ],
)
def test_what_is_found_of_the_part_asked_about_is_answered_without_a_reason(scope: Scope) -> None:
    found = answer_in(scope, POOL[0])
    assert (found.answered, found.reason) == (True, "")


@pytest.mark.parametrize(
    ("scope", "reason"),
    [
        pytest.param(Scope(left_out=("Daily", "Weekly")),
                     "Coverage by Daily and Weekly is left out.", id="all that it names"),
        pytest.param(Scope(left_out=("Daily",), since=SEPTEMBER),
                     "Coverage by Daily is left out.", id="and a time"),
        pytest.param(Scope(left_out=("Daily",), outlets=("Weekly",)), "", id="but one"),
        pytest.param(Scope(left_out=("Daily",), bylines=("A. Author",)), "", id="but an author"),
    ],
)  # fmt: skip
def test_question_that_names_only_outlets_left_out_is_refused_for_that(
    scope: Scope, reason: str
) -> None:
    found = answer_in(scope, POOL[0])
    assert (found.reason, found.answered) == (reason, not reason)


@pytest.mark.parametrize("published", [dt.date(2024, 9, 3), None])
def test_a_day_of_which_nothing_was_found_is_not_said_to_be_looked_at(
    published: dt.date | None,
) -> None:
    (article,) = coverage("A judge in Paris freed Durov on bail.")
    days = (dt.date(2024, 9, 3), dt.date(2024, 9, 8))
    query = Query(QUESTION, QUESTION, scope=Scope(dates=days))
    found = composed(query, find(QUESTION, [article]), [replace(article, published=published)])
    assert found.answered
    assert found.scope.dates == days[: 1 if published else 0]
    assert found.understood == ("coverage around 3 Sep 2024" if published else "")
    reported = report(query, found.citations, reach=REACH)
    assert (reported.scope, reported.understood) == (found.scope, found.understood)


@pytest.mark.parametrize(
    ("scope", "understood"),
    [
        pytest.param(Scope(), "", id="nothing"),
        pytest.param(
            Scope(phrases=("on bail",), absent=("Monthly",)), "", id="nothing to look in"
        ),
        pytest.param(
            Scope(outlets=("Daily",), since=SEPTEMBER),
            "coverage by Daily, since 1 Sep 2024",
            id="outlet and time",
        ),
    ],
)
def test_answer_says_which_part_was_understood(scope: Scope, understood: str) -> None:
    for found in (answer_in(scope, POOL[0]), answer_in(scope)):
        assert (found.scope, found.understood) == (scope, understood)


# Questions that ask for several things

SEVERAL = "Who freed Durov on bail in Paris, and how many users has Telegram in the north?"
CLAUSES = ("Who freed Durov on bail in Paris", "how many users has Telegram in the north")


def answer_several(*bodies: str, k: int = 3) -> Answer:
    articles = coverage(*bodies)
    encoder = WordEncoder()
    vectors = encoder.encode_queries(CLAUSES)
    found: list[Hit] = []
    for hit in find(SEVERAL, articles):
        body = articles[int(hit.passage.article[1:]) - 1].body
        texts = [span.of(body) for span in hit.passage.sentences]
        rows = encoder.encode_queries(texts)
        parts = tuple(tuple(float(row @ vector) for row in rows) for vector in vectors)
        found.append(replace(hit, rank=len(found) + 1, parts=parts))
    return composed(Query(SEVERAL, SEVERAL, clauses=CLAUSES), found, articles, k=k)


def test_each_thing_asked_is_cited_from_a_passage_of_its_own() -> None:
    users = "Telegram has a billion users in the north."
    found = answer_several(POOL[0], users)
    assert found.answered
    assert {citation.excerpt for citation in found.citations} == {POOL[0], users}


@settings(max_examples=60, deadline=None)
@given(st.lists(BODIES, max_size=4), st.integers(1, 4))
def test_excerpts_for_several_things_are_verbatim_and_never_overlap(
    bodies: list[str], k: int
) -> None:
    found = shown(answer_several(*bodies, k=k))
    assert [citation.number for citation in found] == list(range(1, len(found) + 1))
    assert len(found) <= k
    for citation in found:
        body = bodies[int(citation.article[1:]) - 1]
        assert citation.excerpt == body[citation.start : citation.end]
    places = sorted((citation.article, citation.start, citation.end) for citation in found)
    for (article, _, end), (other, start, _) in pairwise(places):
        assert article != other or end <= start


# What the reader made of the sentences


def answer_read(answers: float, start: int = 8, end: int = 13, *, passages: int = 1) -> Answer:
    """Answer with what a reader made of the first sentence."""
    (article,) = coverage("A judge let him go. Rain fell.")
    held = {article.id: article}
    query = Query(QUESTION, QUESTION)
    judged = judge(query, find(QUESTION, [article]), held, lambda _: 1.0)
    told = {
        (1, 0): Told(answers, 0.99, Span(start, end)),
        (1, 1): Told(answers, 0.01, Span(20, 24)),
    }
    return compose(
        query,
        rejudge(query, judged, held, told),
        held,
        k=3,
        reach=REACH,
        passages=passages,
        groups={},
    )


def test_the_more_there_is_the_likelier_an_answer_must_be() -> None:
    assert threshold_read(1) == threshold_read(500) == THRESHOLD_READ
    grown = [threshold_read(passages) for passages in (500, 501, 1000, 1500, 10**6, 10**9)]
    assert grown == sorted(grown)
    assert grown[0] < grown[1] < grown[2] < grown[3] == grown[-1] < THRESHOLD_UNREAD
    (near,) = [at / 10 for at in range(-90, 90) if answer_read(at / 10).answered][:1]
    assert not answer_read(near, passages=10_000).answered
    assert answer_read(15.0, passages=10**9).answered


@pytest.mark.parametrize(("answers", "answered"), [(9.0, True), (-9.0, False)])
def test_reader_decides_where_it_is_sure(answers: float, answered: bool) -> None:
    found = answer_read(answers)
    assert found.answered == answered
    assert shown(found)[0].excerpt.startswith("A judge let him go.")


@pytest.mark.parametrize(
    ("language", "read", "likely", "answers"),
    [
        pytest.param("de", -9.0, THRESHOLD_READ * 2, False, id="it needs more than what was read"),
        pytest.param("de", -9.0, THRESHOLD - 0.01, False, id="so much"),
        pytest.param("de", -9.0, THRESHOLD, True, id="and no more"),
        pytest.param("en", -9.0, 1.0, False, id="what comes behind what was read in vain"),
    ],
)
def test_what_was_not_read_answers_where_it_was_not_read_in_vain_before(
    language: str, read: float, likely: float, answers: bool
) -> None:
    (english,) = coverage("A judge let him go. Rain fell.")
    other = replace(english, id="other", language=language)
    held = {english.id: english, other.id: other}
    query = Query(QUESTION, QUESTION)
    hits = find(QUESTION, [english, other])
    judged = [
        one._replace(weight=0.0)
        if one.hit.passage.article == english.id
        else one._replace(probability=likely)
        for one in judge(query, hits, held, lambda _: 1.0)
    ]
    was_read = [one.place for one in judged if one.hit.passage.article == english.id]
    told = dict.fromkeys(was_read, Told(read, 1.0, Span(0, 5)))
    judged = rejudge(query, judged, held, told)
    found = compose(query, judged, held, k=3, reach=REACH, passages=1, groups={})
    assert found.answered == answers
    assert shown(found)


def test_what_answers_comes_before_what_was_not_read_and_only_adds_to_it() -> None:
    read, other = coverage("A judge let him go.", "Rain fell.")
    held = {read.id: read, other.id: other}
    query = Query(QUESTION, QUESTION)
    judged = [
        one._replace(probability=THRESHOLD_UNREAD - 0.01)
        if one.hit.passage.article == other.id
        else one._replace(probability=THRESHOLD_READ, told=Told(0.0, 1.0, Span(2, 7)))
        for one in judge(query, find(QUESTION, [read, other]), held, lambda _: 1.0)
    ]
    likeliest = sorted(judged, key=lambda one: -one.probability)
    found = compose(query, likeliest, held, k=3, reach=REACH, passages=1, groups={})
    assert [one.article for one in found.citations] == [read.id, other.id]


def test_what_was_not_read_is_cited_behind_what_surely_answers() -> None:
    read, other = coverage("A judge let him go.", "Rain fell.")
    held = {read.id: read, other.id: other}
    query = Query(QUESTION, QUESTION)
    hits = find(QUESTION, [read, other])
    judged = [
        one._replace(probability=THRESHOLD) for one in judge(query, hits, held, lambda _: 1.0)
    ]
    (was_read,) = (one for one in judged if one.hit.passage.article == read.id)
    judged = rejudge(query, judged, held, {was_read.place: Told(15.0, 1.0, Span(2, 7))})
    found = compose(query, judged, held, k=3, reach=REACH, passages=1, groups={})
    assert [one.article for one in found.citations] == [read.id, other.id]


@given(st.floats(-9, 9))
def test_an_answer_cites_and_a_refusal_shows_what_is_near(answers: float) -> None:
    assert shown(answer_read(answers))


def test_what_the_reader_takes_for_the_answer_is_marked() -> None:
    found = answer_read(9.0, 2, 7)
    assert [mark.of(found.citations[0].excerpt) for mark in found.citations[0].marks] == ["judge"]
    assert found.told == "judge"
    assert answer_read(-9.0, 2, 7).told == ""


def test_words_of_the_question_are_marked_where_the_reader_saw_no_answer() -> None:
    (citation, *_) = answer_read(9.0, 0, 0).citations
    assert citation.marks == ()
