"""Question → query: what is cleaned away, what cannot be asked, what leans on what was before."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import QuestionError
from index.types import Query, Reach, Scope
from index.understanding.query import MAX_QUESTION, clean, describe, understand
from tests.conftest import shared

BEFORE = "How many users does Telegram have?"
TODAY = dt.date(2024, 9, 4)
REACH = Reach(
    articles=9,
    first=dt.date(2023, 1, 1),
    last=TODAY,
    outlets=(("The Verge", 4), ("TechCrunch", 3), ("The Age", 1), ("", 1)),
    languages=("de", "en", "es", "fr", "ru"),
    bylines=frozenset({"Sarah Perez", "By Laura Hampson and Meredith Clark", "Reuters", ""}),
)
LONG = (
    "Who is the founder of the exchange that, according to articles from TechCrunch and The Age, "
    "misused customer funds, while The Verge's report says that he lost control of its growth?"
)


def ask(question: str, *, after: str = "", **options: Any) -> Query:
    return understand(question, after=after, reach=REACH, today=TODAY, **options)


def scope(question: str, *, after: str = "", **options: Any) -> Scope:
    return ask(question, after=after, **options).scope


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("  Who is\tDurov?\n", "Who is Durov?", id="white space"),
        pytest.param("Who\r\nis\u2028Durov?", "Who is Durov?", id="line breaks"),
        pytest.param("Who\u00a0is\u3000Durov?", "Who is Durov?", id="other spaces"),
        pytest.param("Who\x00 is Du\x07rov?", "Who is Durov?", id="controls"),
        pytest.param("\u202eWho\u202c is \u2066Durov\u2069?", "Who is Durov?", id="bidi"),
        pytest.param("Who is Du\u00adro\u200bv?\ufeff", "Who is Durov?", id="zero width"),
        pytest.param("Who \x00 is", "Who is", id="control between spaces"),
        pytest.param("Who is \ud83d Durov?", "Who is Durov?", id="lone surrogate"),
        pytest.param("Who is \ue000Durov\U000e0041?", "Who is Durov?", id="private and tags"),
        pytest.param("Où est Macron\u0301 ? 東京 😀", "Où est Macron\u0301 ? 東京 😀", id="kept"),
        pytest.param("<b>Who?</b> & 'so' $1", "<b>Who?</b> & 'so' $1", id="markup is text"),
        pytest.param("", "", id="empty"),
        pytest.param("\u200b\x00", "", id="nothing to be seen"),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(st.text())
def test_cleaned_text_is_one_trimmed_line_of_what_is_seen(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == cleaned.strip()
    assert "  " not in cleaned
    assert clean(cleaned) == cleaned
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"} for c in cleaned)


@given(st.text())
def test_clean_keeps_every_letter_and_digit(text: str) -> None:
    assert [c for c in clean(text) if c.isalnum()] == [c for c in text if c.isalnum()]


@pytest.mark.parametrize(
    "said",
    [
        "Thanks",
        "thank you so much!",
        "Hello there",
        "OK 👍",
        "Спасибо большое",
        "안녕하세요!",
        "Merci",
        "Sí",
        "Danke",
        "How are you?",
        "Hi, how are you doing today?",
        "What's up",
        "Hi, can you help me?",
        "May I ask you something?",
        "Wie geht es Ihnen?",
        "Comment ça va ?",
        "¿Qué tal?",
        "Как дела?",
        "잘 지내세요?",
        "Good morning",
        "Guten Tag",
        "Добрый день",
        "Thanks, that's helpful",
        "thank you so much for your help",
        "Great answer!",
        "What can you do?",
    ],
)
def test_courtesies_ask_nothing(said: str) -> None:
    with pytest.raises(QuestionError, match="asks nothing"):
        ask(said, after=BEFORE)


@pytest.mark.parametrize(
    "said",
    [
        "Who said thanks?",
        "Hello Kitty",
        "no deal",
        "you there",
        "Can I ask ChatGPT?",
        "Was it good for you?",
        "Good morning America",
        "Who are you rooting for?",
    ],
)
def test_what_is_more_than_a_courtesy_is_asked(said: str) -> None:
    assert ask(said).question == said


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("", id="empty"),
        pytest.param(" \n ", id="blank"),
        pytest.param("???", id="marks"),
        pytest.param("😀🇫🇷👩‍👩‍👧", id="only emoji"),
        pytest.param("\x00\u202e\u200b", id="only what nobody sees"),
        pytest.param("\ud83d", id="lone surrogate"),
    ],
)
@pytest.mark.parametrize("after", ["", BEFORE])
def test_question_without_a_word_cannot_be_asked(question: str, after: str) -> None:
    with pytest.raises(QuestionError, match="no word"):
        ask(question, after=after)


def test_question_that_is_too_long_says_how_long_it_may_be() -> None:
    assert ask("a" * MAX_QUESTION).question == "a" * MAX_QUESTION
    with pytest.raises(QuestionError, match="10,000 characters, and 1,000 is the most"):
        ask("a" * 10_000)


def test_length_is_that_of_the_cleaned_question() -> None:
    assert ask("a" + "\x00 " * 10_000 + "b").question == "a b"


@pytest.mark.parametrize("question", ["Q", "5", "東", "Ω?", "e\u0301"])
def test_one_letter_or_digit_is_enough(question: str) -> None:
    assert ask(question).question == question


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("And the price?", id="and"),
        pytest.param("Why?", id="why"),
        pytest.param("Why not?", id="why not"),
        pytest.param("When did they say that?", id="pronouns"),
        pytest.param("Since when?", id="next to nothing"),
        pytest.param("when was that?", id="when was that"),
        pytest.param("who else?", id="who else"),
        pytest.param("how so?", id="how so"),
        pytest.param("and their lawyer?", id="and their lawyer"),
        pytest.param("What do they say about Durov?", id="they before a name"),
        pytest.param("А в 2021?", id="Russian"),
        pytest.param("Et en 2021 ?", id="French"),
        pytest.param("Und der Preis?", id="German"),
        pytest.param("¿Y en 2021?", id="Spanish"),
    ],
)
def test_follow_up_carries_the_question_before(question: str) -> None:
    query = ask(question, after=BEFORE)
    assert query.text == f"{BEFORE} {question}"
    assert query.question == question
    assert not query.stands_alone


@pytest.mark.parametrize(
    ("question", "text"),
    [
        pytest.param("And WhatsApp?", "How many users does WhatsApp have?", id="name"),
        pytest.param("And in 2021?", "How many users does Telegram have in 2021?", id="time"),
        pytest.param("Who owns it?", "Who owns Telegram?", id="pronoun"),
    ],
)
def test_follow_up_that_is_clear_becomes_a_question(question: str, text: str) -> None:
    query = ask(question, after=BEFORE)
    assert (query.text, query.question, query.stands_alone) == (text, question, True)


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("Who is Dmitry Peskov?", id="name"),
        pytest.param("What did Durov say about his arrest?", id="name and pronoun"),
        pytest.param("Where was the founder of the app arrested?", id="whole"),
        pytest.param("Which Andorran outlets report on sodium?", id="begins like another"),
        pytest.param("Why is Durov under investigation in France?", id="why, about a name"),
        pytest.param("Why are house prices rising?", id="why, about a thing"),
        pytest.param("who is macron?", id="a name in small letters"),
        pytest.param("Is it true that most are teenagers?", id="it that is nothing"),
        pytest.param("how many people were laid off this year?", id="this year"),
        pytest.param("How long does it take to fly to Paris?", id="it before a name"),
        pytest.param("What happened in May?", id="a month"),
    ],
)
def test_question_that_stands_alone_stays_alone(question: str) -> None:
    assert ask(question, after=BEFORE).text == question


@pytest.mark.parametrize("after", ["", " ", "\n"])
def test_first_question_stands_alone(after: str) -> None:
    assert ask("And why?", after=after).text == "And why?"


def test_question_before_is_cleaned_too() -> None:
    assert ask("Why?", after="\u202eWho\x00 left?\n").text == "Who left? Why?"


def test_follow_ups_that_stay_unclear_do_not_pile_up() -> None:
    text = "who was charged"
    for question in ("how many of them were fraud", "did they plead", "what else was said"):
        text = ask(question, after=text).text
    assert text == "who was charged? did they plead? what else was said"


@given(st.text(), st.text())
@settings(deadline=None)  # the first one loads dictionaries
def test_any_question_is_understood_or_refused(question: str, after: str) -> None:
    with suppress(QuestionError):
        query = ask(question, after=after)
        assert query.question == clean(question)
        assert query.stands_alone or query.text.endswith(query.question)


def test_follow_up_of_a_follow_up_carries_both() -> None:
    first = ask("And the price?", after=BEFORE)
    assert ask("Why?", after=first.text).text == f"{BEFORE} And the price? Why?"


def test_conversation_never_outgrows_a_question() -> None:
    text = "word " * 10_000
    for question in ("Why?", "And " + "why " * 249, "Why?"):
        text = ask(question, after=text).text
        assert text.endswith(question.strip())
        assert ask(text).text == text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param(
            "What did The Verge say since 1 Sep 2023?",
            Scope(outlets=("The Verge",), since=dt.date(2023, 9, 1)),
            id="outlet and time",
        ),
        pytest.param(
            "What did TechCrunch and the Age say?",
            Scope(outlets=("TechCrunch", "The Age")),
            id="two outlets in order",
        ),
        pytest.param("What did Bloomberg report?", Scope(absent=("Bloomberg",)), id="absent"),
        pytest.param(
            "What did Bloomberg and The Verge report?",
            Scope(outlets=("The Verge",), lacking=("Bloomberg",)),
            id="one of two lacking",
        ),
        pytest.param(
            "What did Bloomberg report about The Verge?",
            Scope(outlets=("The Verge",), absent=("Bloomberg",)),
            id="absent, of another",
        ),
        pytest.param("articles by Sarah Perez", Scope(bylines=("Sarah Perez",)), id="byline"),
        pytest.param(
            "Who left, according to Sarah Perez?",
            Scope(bylines=("Sarah Perez",)),
            id="according to an author",
        ),
        pytest.param("Sarah Perez's column", Scope(bylines=("Sarah Perez",)), id="her column"),
        pytest.param(
            "Did Meredith Clark write it?",
            Scope(bylines=("By Laura Hampson and Meredith Clark",)),
            id="one of several authors",
        ),
        pytest.param("Who is Sarah Perez?", Scope(), id="author as subject"),
        pytest.param("a piece by Sarah", Scope(), id="half a name"),
        pytest.param(
            "an article by Sarah Perez", Scope(bylines=("Sarah Perez",)), id="article by"
        ),
        pytest.param('Who said "too free"?', Scope(phrases=("too free",)), id="straight quotes"),
        pytest.param("Who said “too free”?", Scope(phrases=("too free",)), id="curly quotes"),
        pytest.param(
            "Кто сказал «слишком свободен»?", Scope(phrases=("слишком свободен",)), id="ru"
        ),
        pytest.param("Wer sagte „zu frei“?", Scope(phrases=("zu frei",)), id="de"),
        pytest.param("Who said “free”?", Scope(), id="one word quoted"),
        pytest.param(
            "What did “The Verge” say?", Scope(outlets=("The Verge",)), id="outlet quoted"
        ),
        pytest.param(
            "Who said “since August 2024”?",
            Scope(phrases=("since August 2024",)),
            id="time quoted",
        ),
        pytest.param(
            "What did The Age say of Durov on 2 September 2024?",
            Scope(outlets=("The Age",), dates=(dt.date(2024, 9, 2),)),
            id="day of an outlet",
        ),
        pytest.param(
            "What did The Age publish on 2 September 2024?",
            Scope(outlets=("The Age",), since=dt.date(2024, 9, 2), until=dt.date(2024, 9, 2)),
            id="day of an outlet's news",
        ),
        pytest.param(
            "What happened on Monday?",
            Scope(since=dt.date(2024, 9, 2), until=dt.date(2024, 9, 4)),
            id="weekday of news",
        ),
        pytest.param(
            "What do outlets other than The Verge and TechCrunch say?",
            Scope(unwanted=("The Verge", "TechCrunch")),
            id="outlets that are not wanted",
        ),
        pytest.param(
            "What did The Age say, but not The Verge?",
            Scope(outlets=("The Age", "The Verge")),
            id="not from, but not",
        ),
        pytest.param(
            "Who was once compared to a banker, but not by TechCrunch?",
            Scope(outlets=("TechCrunch",)),
            id="who did not do something",
        ),
        pytest.param(
            f"{LONG} Who, apart from The Verge, reported it?",
            Scope(outlets=("TechCrunch", "The Age", "The Verge")),
            id="long question",
        ),
        pytest.param("How many in 2021?", Scope(), id="nothing"),
    ],
)
def test_scope_is_what_the_question_names(question: str, expected: Scope) -> None:
    assert scope(question) == expected


def test_anywhere_lifts_all_but_phrases() -> None:
    question = 'Did The Verge, Vox reports and Sarah Perez\'s article say "too free" last week?'
    assert scope(question).outlets
    assert scope(question, anywhere=True) == Scope(phrases=("too free",))


@pytest.mark.parametrize(
    ("question", "about"),
    [
        pytest.param(
            "What did The Verge say about whales?", "What did say about whales?", id="who"
        ),
        pytest.param(
            "What did Sarah Perez write about whales?", "What did write about whales?", id="author"
        ),
        pytest.param("An article by Sarah Perez on whales", "on whales", id="by an author"),
        pytest.param("Who is Sarah Perez?", "", id="an author whom it is about"),
        pytest.param(
            "What was said of whales since 1 May?", "What was said of whales?", id="when"
        ),
        pytest.param("Who owns The Verge?", "", id="what it is about"),
        pytest.param(
            "What was said last week about the September 11 attacks?",
            "What was said about the September 11 attacks?",
            id="one time of two",
        ),
        pytest.param("Who left in 2021?", "", id="a year"),
        pytest.param(
            "Who left in the first week of May?", "Who left?", id="when, a part of a month"
        ),
        pytest.param("Who left in May 2013?", "", id="before the coverage begins"),
        pytest.param("Musk news, but not from The Verge", "Musk news,", id="who is not wanted"),
        pytest.param("Latest Musk news from The Verge", "Latest Musk news", id="from whom"),
    ],
)
def test_what_only_says_where_to_look_is_not_looked_for(question: str, about: str) -> None:
    assert ask(question).about == about


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        pytest.param("articles by The Verge", "", id="articles by an outlet"),
        pytest.param("Sarah Perez's articles", "", id="an author's articles"),
        pytest.param("What did TechCrunch report last month?", "", id="what it reported"),
        pytest.param("What did The Age say?", "", id="what it said"),
        pytest.param("show me everything by The Age", "", id="everything"),
        pytest.param("Latest Musk news from The Verge", "Musk", id="a topic"),
        pytest.param("Musk news, but not from The Verge", "Musk", id="a topic, not from"),
        pytest.param("Who wrote for The Age?", None, id="who wrote"),
        pytest.param("Who owns The Verge?", None, id="what it is about"),
        pytest.param("everything", None, id="of nothing"),
    ],
)
def test_what_asks_for_no_more_than_there_is_asks_for_news(
    question: str, topic: str | None
) -> None:
    assert ask(question).topic == topic


def test_outlets_that_are_not_wanted_are_left_out_but_where_all_is_asked() -> None:
    question = "Apart from The Verge, who reported on Musk?"
    assert ask(question, without=["The Age"]).without == ("The Age", "The Verge")
    assert ask(question, without=["The Age"], anywhere=True).without == ("The Age",)


def test_when_is_looked_for_where_all_the_coverage_is_asked() -> None:
    question = "Who won in May 2023, according to The Verge?"
    assert ask(question).about == "Who won?"
    assert ask(question, anywhere=True).about == "Who won in May 2023?"


def test_outlets_left_out_are_told_apart_from_the_others_named() -> None:
    question = "What did The Verge and TechCrunch say last week?"
    named = scope(question)
    found = ask(question, without=("TechCrunch", "The Age"))
    assert found.scope == replace(named, outlets=("The Verge",), left_out=("TechCrunch",))
    assert found.without == ("TechCrunch", "The Age")
    assert found.about == ask(question).about
    assert scope(question, anywhere=True, without=("TechCrunch",)) == Scope()


def test_follow_up_keeps_the_scope_of_the_question_before() -> None:
    before = "What did The Verge report since 1 September 2023?"
    assert scope("Why?", after=before) == scope(before)


def test_follow_up_that_names_another_outlet_changes_that_alone() -> None:
    before = "What did The Verge report since 1 September 2023?"
    expected = Scope(outlets=("TechCrunch",), since=dt.date(2023, 9, 1))
    text = ask("And TechCrunch?", after=before).text
    assert scope("And TechCrunch?", after=before) == expected
    assert scope("Why?", after=text) == expected


def test_follow_up_that_says_more_has_the_scope_that_it_names() -> None:
    before = "What did The Verge report since 1 September 2023?"
    assert scope("And what did TechCrunch say?", after=before) == Scope(outlets=("TechCrunch",))


def test_question_that_stands_alone_has_no_scope_from_before() -> None:
    assert scope("Who is Dmitry Peskov?", after="What did The Verge report?") == Scope()


@pytest.mark.parametrize(
    ("understood", "expected"),
    [
        pytest.param(Scope(), "", id="nothing"),
        pytest.param(
            Scope(outlets=("The Verge", "TechCrunch"), since=dt.date(2023, 9, 1)),
            "coverage by The Verge and TechCrunch, since 1 Sep 2023",
            id="outlets since",
        ),
        pytest.param(
            Scope(since=dt.date(2024, 8, 26), until=dt.date(2024, 9, 3)),
            "coverage from 26 Aug to 3 Sep 2024",
            id="range",
        ),
        pytest.param(
            Scope(since=dt.date(2023, 12, 26), until=dt.date(2024, 1, 3)),
            "coverage from 26 Dec 2023 to 3 Jan 2024",
            id="range over new year",
        ),
        pytest.param(Scope(until=dt.date(2024, 9, 3)), "coverage until 3 Sep 2024", id="until"),
        pytest.param(
            Scope(since=dt.date(2024, 9, 3), until=dt.date(2024, 9, 3)),
            "coverage on 3 Sep 2024",
            id="on",
        ),
        pytest.param(
            Scope(outlets=("A", "B"), bylines=("C D", "A"), dates=(dt.date(2024, 9, 3),)),
            "coverage by A, B and C D, around 3 Sep 2024",
            id="authors and days",
        ),
        pytest.param(
            Scope(unwanted=("A", "B"), since=dt.date(2024, 9, 3)),
            "coverage not by A and B, since 3 Sep 2024",
            id="not wanted",
        ),
        pytest.param(Scope(absent=("Vox",), phrases=("a b",)), "", id="nothing to look in"),
    ],
)
def test_scope_is_described_in_words(understood: Scope, expected: str) -> None:
    assert describe(understood) == expected


def test_comparison_lacks_an_answer_where_it_lacks_an_outlet() -> None:
    scope = ask(LONG.replace("The Verge", "Bloomberg")).scope
    assert (scope.absent, scope.lacking) == (("Bloomberg",), ())


def test_clauses_of_a_long_question_leave_out_who_reported() -> None:
    assert ask(LONG).clauses == (
        "Who is the founder of the exchange that",
        "misused customer funds",
        "says that he lost control of its growth",
    )


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("Who left, which firm failed, and why did the police search it?", id="short"),
        pytest.param(" ".join(["Who", *["really"] * 30, "left?"]), id="one clause"),
        pytest.param("Who was it, " * 10 + "and why?", id="clauses that say nothing"),
    ],
)
def test_question_that_is_short_or_whole_has_no_clauses(question: str) -> None:
    assert ask(question).clauses == ()


@given(st.lists(st.sampled_from([*LONG.split(), "and", ",", "“", "'", "since May"]), min_size=19))
@settings(deadline=None)  # the first one loads dictionaries
def test_clauses_name_no_outlets_and_are_trimmed(words: list[str]) -> None:
    with suppress(QuestionError):
        for clause in ask(" ".join(words)[:MAX_QUESTION]).clauses:
            assert "TechCrunch" not in clause.split()
            assert clause == clause.strip() != ""
            assert "\ue000" not in clause


def test_real_questions_name_the_outlets_of_their_evidence() -> None:
    folder = shared("data/multihop_rag")
    articles = json.loads((folder / "corpus_subset_70.json").read_text("utf-8"))
    reach = Reach(70, None, None, tuple({one["source"]: 1 for one in articles}.items()), ("en",))
    queries = json.loads((folder / "covered_queries.json").read_text("utf-8"))
    found = 0
    for one in queries:
        query = understand(one["query"], reach=reach, today=TODAY)
        found += {part["source"] for part in one["evidence_list"]} <= {*query.scope.outlets}
        assert not query.scope.absent
        assert query.scope.since is None
    assert found >= 68  # of 73; the others do not name them all


def test_follow_up_that_would_be_too_long_as_a_question_is_put_behind_the_one_before() -> None:
    question = f"Why did he leave? {'word ' * 190}"
    query = ask(question, after="Who?", told="Pavel Durov " + "Durov " * 30)
    assert len(query.text) <= MAX_QUESTION
