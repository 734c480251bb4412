"""How well a sentence answers: three signals, one probability, and no headings."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.answers.judging import THRESHOLD, Judged, judge, rejudge
from index.answers.scoring import LEAST_SHARE, Signals, Told, probability
from index.text.passages import split
from index.types import Article, Hit, Query, Scope, Span

UNIT = st.floats(0, 1)
SIGNALS = st.builds(Signals, st.floats(-1, 1), UNIT, UNIT, UNIT)

ARTICLE = Article(
    "app",
    "Founder freed",
    "Telegram was founded by Durov.\n\nA heading\n\nThe app has a billion users. It is free.",
    outlet="Daily Mirror",
    byline="Ann Other",
)


def even(_: str) -> float:
    return 1.0


def hits(*articles: Article, nearness: float = 0.5) -> list[Hit]:
    return [
        Hit(passage, 1.0, rank, (nearness,) * len(passage.sentences))
        for rank, passage in enumerate([p for a in articles for p in split(a)], start=1)
    ]


def ask(question: str, *articles: Article, text: str = "", nearness: float = 0.5) -> list[Judged]:
    held = articles or (ARTICLE,)
    query = Query(text=text or question, question=question)
    return judge(query, hits(*held, nearness=nearness), {a.id: a for a in held}, even)


def said(judged: Judged, article: Article = ARTICLE) -> str:
    return judged.hit.passage.sentences[judged.sentence].of(article.body)


@given(SIGNALS)
def test_probability_is_one(signals: Signals) -> None:
    assert 0 < probability(signals) < 1


@given(SIGNALS, st.sampled_from(Signals._fields), UNIT)
def test_probability_never_falls_when_a_signal_rises(
    signals: Signals, name: str, rise: float
) -> None:
    raised = signals._replace(**{name: min(1.0, getattr(signals, name) + rise)})
    assert probability(raised) >= probability(signals)


@pytest.mark.parametrize(
    ("signals", "answers"),
    [
        pytest.param(Signals(0.8, 1.0, 1.0, 1.0), True, id="near, and says it all"),
        pytest.param(Signals(0.8, 0.0, 0.0, 1.0), False, id="near, but says nothing of it"),
        pytest.param(Signals(0.0, 1.0, 1.0, 1.0), True, id="says all of it, but is not near"),
        pytest.param(Signals(-1.0, 1.0, 1.0, 1.0), False, id="says it all of something else"),
        pytest.param(Signals(0.0, 0.0, 0.0, 1.0), False, id="nothing"),
    ],
)
def test_refusing_begins_at_one_half(signals: Signals, answers: bool) -> None:
    assert (probability(signals) >= THRESHOLD) == answers


def test_sentence_that_says_what_is_asked_comes_first() -> None:
    first, *_ = ask("How many users has the app?")
    assert said(first) == "The app has a billion users."
    assert first.signals.said == pytest.approx(1)


def test_shares_are_of_the_terms_asked_about() -> None:
    by_text = {said(one): one.signals for one in ask("Durov, users and volcanoes?")}
    assert by_text["Telegram was founded by Durov."].said == pytest.approx(1 / 3)
    assert by_text["It is free."].said == 0
    assert all(signals.around == pytest.approx(2 / 3) for signals in by_text.values())


@pytest.mark.parametrize("question", ["Founder freed?", "Daily Mirror?", "Ann Other?"])
def test_headline_outlet_and_byline_surround_a_sentence(question: str) -> None:
    assert ask(question)[-1].signals.around == pytest.approx(1)


def test_rarer_terms_weigh_more() -> None:
    query = Query("Durov or users?", "Durov or users?")
    weigh = {"durov": 3.0, "user": 1.0}
    judged = judge(query, hits(ARTICLE), {"app": ARTICLE}, lambda term: weigh[term])
    shares = {said(one): one.signals.said for one in judged}
    assert shares["Telegram was founded by Durov."] == pytest.approx(0.75)
    assert shares["The app has a billion users."] == pytest.approx(0.25)


def test_terms_of_an_earlier_question_count_half() -> None:
    judged = ask("Any users?", text="Where is Durov? Any users?")
    shares = {said(one): one.signals.said for one in judged}
    assert shares["The app has a billion users."] == pytest.approx(1 / 1.5)
    assert shares["Telegram was founded by Durov."] == pytest.approx(0.5 / 1.5)


def test_long_question_need_not_be_repeated_whole() -> None:
    long = "Durov Telegram founded " + " ".join(f"other{n}" for n in range(20))
    (first, *_) = ask(long)
    assert first.signals.said == pytest.approx(3 / 5)


def test_question_without_a_term_has_no_shares() -> None:
    assert {one.signals[1:3] for one in ask("Who is he?")} == {(0.0, 0.0)}


def test_best_comes_first_and_ties_as_ranked() -> None:
    judged = ask("Who is he?")
    assert [one.probability for one in judged] == sorted(
        (one.probability for one in judged), reverse=True
    )
    assert [(one.hit.rank, one.sentence) for one in judged] == sorted(
        (one.hit.rank, one.sentence) for one in judged
    )


@pytest.mark.parametrize(
    ("line", "says_nothing"),
    [
        pytest.param("What users say", True, id="heading"),
        pytest.param("Users, in figures:", True, id="colon"),
        pytest.param("Users say so.", False, id="full stop"),
        pytest.param("Why users?", True, id="question"),
        pytest.param("“Why users?”", False, id="question quoted"),
        pytest.param("“Users left.”", False, id="quotation"),
        pytest.param("Users left…", False, id="ellipsis"),
        pytest.param("利用者は十億人だ。", False, id="Japanese"),
        pytest.param("Users " + "and users " * 10, False, id="long line"),
    ],
)
def test_headings_and_questions_are_not_judged(line: str, says_nothing: bool) -> None:
    article = Article("app", "Users", f"{line}\n\nNothing else is said here.")
    texts = [said(one, article) for one in ask("users", article)]
    assert (line.strip() not in texts) == says_nothing


def test_headings_are_judged_where_there_is_nothing_else() -> None:
    article = Article("app", "Users", "Users in figures")
    assert [said(one, article) for one in ask("users", article)] == ["Users in figures"]


def test_passages_of_articles_that_left_meanwhile_are_passed_over() -> None:
    query = Query("users", "users")
    assert judge(query, hits(ARTICLE), {}, even) == []
    assert judge(query, [], {"app": ARTICLE}, even) == []


def test_each_article_is_read_in_its_own_language() -> None:
    french = Article("fr", "Titre", "Les utilisateurs partent.", language="fr")
    (one,) = ask("utilisateur", french)
    assert one.signals.said == pytest.approx(1)


# Questions that ask for several things

CLAUSES = ("Who founded Telegram?", "How many users has the app?")


def ask_several(question: str, *clauses: str, nearness: float = 0.5) -> dict[str, Judged]:
    found = [
        replace(hit, parts=tuple(hit.closeness for _ in clauses))
        for hit in hits(ARTICLE, nearness=nearness)
    ]
    query = Query(question, question, clauses=clauses)
    return {said(one): one for one in judge(query, found, {"app": ARTICLE}, even)}


def test_sentence_that_answers_one_clause_is_worth_more_than_its_probability() -> None:
    whole = "Who founded Telegram, how many users has the app, and which judges freed whom where?"
    judged = ask_several(whole, *CLAUSES)
    for text in ("Telegram was founded by Durov.", "The app has a billion users."):
        assert judged[text].worth > judged[text].probability
        assert judged[text].worth > judged["It is free."].worth


def test_sentence_is_worth_its_probability_where_one_thing_is_asked() -> None:
    assert all(one.worth == one.probability for one in ask("Who founded Telegram?"))


def test_worth_is_never_below_the_probability() -> None:
    judged = ask_several("Who founded Telegram?", "Where is the volcano?", "Who spoke in Seoul?")
    assert all(one.worth >= one.probability for one in judged.values())


# Questions that name a part of the coverage

DAY = dt.date(2024, 9, 3)
NEWS = [
    Article("daily", "News", "Durov was freed. Durov left Paris.", "Daily", "Ann Other"),
    Article("weekly", "News", "Durov flew. It rained.", "Weekly", "Ben Else", DAY),
]


def ask_in(question: str, *articles: Article, **scope: object) -> list[str]:
    """Return what is judged, best first."""
    query = Query(question, question, scope=Scope(**scope))  # type: ignore[arg-type]  # by name
    held = {article.id: article for article in articles}
    judged = judge(query, hits(*articles), held, even)
    return [said(one, held[one.hit.passage.article]) for one in judged]


QUESTION = "Was Durov freed?"
PLAIN = ["Durov was freed.", "Durov left Paris.", "Durov flew.", "It rained."]


@pytest.mark.parametrize(
    ("scope", "first"),
    [
        pytest.param({}, "Durov was freed.", id="nothing"),
        pytest.param({"outlets": ("Weekly",)}, "Durov flew.", id="outlet"),
        pytest.param({"outlets": ("Monthly",)}, "Durov was freed.", id="outlet without coverage"),
        pytest.param({"phrases": ("nobody said so",)}, "Durov was freed.", id="phrase not there"),
    ],
)
def test_likeliest_sentence_of_what_is_named_comes_first(
    scope: dict[str, object], first: str
) -> None:
    assert ask_in(QUESTION, *NEWS, **scope)[0] == first


@pytest.mark.parametrize(
    "scope",
    [
        pytest.param({"bylines": ("Ben Else",)}, id="byline"),
        pytest.param({"dates": (DAY,)}, id="day"),
        pytest.param({"phrases": ("DUROV flew",)}, id="phrase"),
    ],
)
def test_of_two_as_likely_the_one_that_is_named_comes_first(scope: dict[str, object]) -> None:
    same = replace(NEWS[1], body="Durov left Paris. Durov flew.")
    plain, named = ask_in("Durov?", NEWS[0], same), ask_in("Durov?", NEWS[0], same, **scope)
    assert plain[-1] == "Durov flew."
    assert named.index("Durov flew.") <= 1


def test_each_outlet_that_is_named_is_heard_before_one_is_heard_twice() -> None:
    found = ask_in(QUESTION, *NEWS, outlets=("Daily", "Weekly"))
    assert found[:2] == ["Durov was freed.", "Durov flew."]
    assert sorted(found) == sorted(PLAIN)


def test_what_is_preferred_is_no_likelier() -> None:
    """So that naming an outlet does not turn a refusal into an answer."""
    query = Query(QUESTION, QUESTION, scope=Scope(outlets=("Weekly",), dates=(DAY,)))
    held = {article.id: article for article in NEWS}
    plain = judge(Query(QUESTION, QUESTION), hits(*NEWS), held, even)
    assert set(judge(query, hits(*NEWS), held, even)) == set(plain)


# What the reader made of sentences


def told(answers: float, share: float) -> Told:
    return Told(answers, share, Span(0, 1))


@given(SIGNALS, st.floats(-20, 20), UNIT)
def test_probability_of_what_was_read_is_one(
    signals: Signals, answers: float, share: float
) -> None:
    assert 0 < probability(signals, told(answers, share)) < 1


@given(SIGNALS, st.floats(-20, 20), UNIT, st.floats(0, 5), UNIT)
def test_probability_never_falls_with_what_the_reader_says(
    signals: Signals, answers: float, share: float, rise: float, more: float
) -> None:
    plain = probability(signals, told(answers, share))
    assert probability(signals, told(answers + rise, share)) >= plain
    assert probability(signals, told(answers, max(share, more))) >= plain


def test_it_does_not_matter_how_unlikely_a_sentence_is_to_hold_the_answer() -> None:
    signals = Signals(0.5, 0.5, 0.5, 1.0)
    tiny = [told(1.0, share) for share in (0.0, LEAST_SHARE / 9, LEAST_SHARE)]
    assert len({probability(signals, one) for one in tiny}) == 1


@pytest.mark.parametrize(
    ("language", "answers", "counts"),
    [
        pytest.param("en", 15.0, 0.5, id="what was not read, for another surely answers"),
        pytest.param("en", 5.0, 0.2, id="what comes behind what does not"),
        pytest.param("de", 15.0, 0.5, id="what cannot be read"),
    ],
)
def test_only_what_was_read_is_judged_by_the_reader(
    language: str, answers: float, counts: float
) -> None:
    app = replace(ARTICLE, language=language)
    other = Article("other", "News", "Durov spoke. He left.")
    held = {"app": app, "other": other}
    numbered = [
        replace(hit, passage=replace(hit.passage, id=hit.rank)) for hit in hits(app, other)
    ]
    query = Query("Who is he?", "Who is he?")
    plain = judge(query, numbered, held, even)
    found = rejudge(query, plain, held, {(2, 0): told(answers, 0.01), (2, 1): told(answers, 0.99)})
    assert [said(one, other) for one in found[:1]] == ["He left."]
    assert found[0].told == told(answers, 0.99)
    unread = {said(one): one.probability for one in found if one.hit.rank == 1}
    likely = {said(one): one.probability for one in plain if one.hit.rank == 1}
    assert unread == pytest.approx({text: share * counts for text, share in likely.items()})
