"""Follow-ups made into questions that stand alone, where it is clear which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.terms import content_terms
from index.understanding.followups import leans, resolve


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        pytest.param(
            "Who is Pavel Durov?", "When was he born?", "When was Pavel Durov born?", id="he"
        ),
        pytest.param(
            "Did Pavel Durov of Telegram leave?", "Who is his lawyer?",
            "Who is Pavel Durov’s lawyer?", id="a person has two names",
        ),
        pytest.param(
            "How many users does Telegram have?", "Who owns it?", "Who owns Telegram?", id="it"
        ),
        pytest.param(
            "Is Telegram free?", "And what is its price?", "And what is Telegram’s price?",
            id="its",
        ),
        pytest.param(
            "How many users had Telegram in 2020?", "And in 2021?",
            "How many users had Telegram in 2021?", id="year",
        ),
        pytest.param(
            "How many cases were taken on this year?", "And how many in 2021?",
            "How many cases were taken on in 2021?", id="year for this year",
        ),
        pytest.param(
            "How many users does Telegram have?", "And last year?",
            "How many users does Telegram have last year?", id="time where there was none",
        ),
        pytest.param(
            "What did Google announce in November?", "And last week?",
            "What did Google announce last week?", id="time from now for a month",
        ),
        pytest.param(
            "What did Google announce last week?", "And in November?",
            "What did Google announce in November?", id="month for a time from now",
        ),
        pytest.param(
            "What happened on 5 October 2023?", "And on 6 October?",
            "What happened on 6 October 2023?", id="day of the same year",
        ),
        pytest.param(
            "What happened on October 5, 2023?", "And in November?",
            "What happened in November 2023?", id="month for a day",
        ),
        pytest.param(
            "How many left in 2020?", "And since 2021?", "How many left since 2021?", id="since"
        ),
        pytest.param(
            "How many left since 2020?", "And 2021?", "How many left since 2021?", id="since again"
        ),
        pytest.param(
            "Who wrote the 2020 report?", "And in 2021?", "Who wrote the 2021 report?",
            id="year of something",
        ),
        pytest.param(
            "What did Durov say?", "In October 2023?", "What did Durov say in October 2023?",
            id="only a time",
        ),
        pytest.param(
            "What did the US do about Google?", "And the EU?", "What did the EU do about Google?",
            id="name with the for such a name",
        ),
        pytest.param(
            "What did the US do?", "And Russia?", "What did Russia do?", id="name without the"
        ),
        pytest.param(
            "How many did Google dismiss?", "Sorry, I meant Microsoft",
            "How many did Microsoft dismiss?", id="I meant",
        ),
        pytest.param(
            "How many left in 2023?", "No, in 2022", "How many left in 2022?", id="no"
        ),
        pytest.param(
            "Who is Sam Altman?", "And who is Greg Brockman?", "Who is Greg Brockman?",
            id="who somebody else is",
        ),
        pytest.param(
            "How many users does Telegram have?", "What about WhatsApp?",
            "How many users does WhatsApp have?", id="name",
        ),
        pytest.param(
            "What did The Verge report?", "And TechCrunch?", "What did TechCrunch report?",
            id="name with an article",
        ),
        pytest.param(
            "Who is Theresa May?", "When was she born?", "When was Theresa May born?",
            id="a name like a month",
        ),
        pytest.param(
            "When did Theresa May resign?", "And Boris Johnson?", "When did Boris Johnson resign?",
            id="name for a name like a month",
        ),
        pytest.param(
            "Who is April Jones?", "Where does she live?", "Where does April Jones live?",
            id="a name that begins like a month",
        ),
        pytest.param(
            "What did Theresa May say in May?", "And June?", "What did Theresa May say in June?",
            id="month beside a name like one",
        ),
        pytest.param(
            "Who is Dmitry Peskov?", "What did he say about Durov?",
            "What did Dmitry Peskov say about Durov?", id="he before a name",
        ),
        pytest.param(
            "What did TechCrunch write in November 2023?", "And in October?",
            "What did TechCrunch write in October 2023?", id="month of the same year",
        ),
        pytest.param(
            "What did Lavrov say on Monday?", "And Macron?", "What did Macron say on Monday?",
            id="name beside a weekday",
        ),
        pytest.param(
            "What did Lavrov say on Thursday?", "And on Friday?", "What did Lavrov say on Friday?",
            id="weekday",
        ),
        pytest.param(
            "Was it on Black Friday?", "And Labor Day?", "Was it on Labor Day?",
            id="a name like a weekday",
        ),
        pytest.param(
            "How many users does Telegram have?", "And in Russia?",
            "How many users does Telegram have in Russia?", id="a place where there was none",
        ),
        pytest.param(
            "How many users does it have in the US?", "And in Russia?",
            "How many users does it have in Russia?", id="a place for a place",
        ),
        pytest.param(
            "What did Meta do in the US in 2023?", "And Google?",
            "What did Google do in the US in 2023?", id="who for who, and not for a place",
        ),
        pytest.param(
            "How many died in South Korea?", "What about Japan?", "How many died in Japan?",
            id="a place where there is no other name",
        ),
        pytest.param(
            "How many users does Telegram have?", "And in the US?",
            "How many users does Telegram have in the US?", id="a place with an article",
        ),
        pytest.param(
            "What did Biden say about Israel?", "What about Ukraine?",
            "What did Biden say about Ukraine?", id="what for what",
        ),
        pytest.param(
            "Did Will Smith divorce?", "When did he marry?", "When did Will Smith marry?",
            id="a name like a verb",
        ),
        pytest.param(
            "Who Is Pavel Durov?", "Where is he?", "Where is Pavel Durov?", id="all capitalised"
        ),
        pytest.param(
            "Who is Ursula von der Leyen?", "How old is she?", "How old is Ursula von der Leyen?",
            id="particles in a name",
        ),
        pytest.param(
            "Tell me about Durov.", "Where was he born?", "Where was Durov born?", id="tell me"
        ),
        pytest.param(
            "I want to know who Durov is", "Where was he born?", "Where was Durov born?", id="I"
        ),
        pytest.param(
            "How many in 2021? And teenagers?", "What about Japan?", None,
            id="the first word of a later sentence",
        ),
        pytest.param(
            "Who is Pavel Durov’s lawyer?", "What does his lawyer say?",
            "What does Pavel Durov’s lawyer say?", id="apostrophe",
        ),
        pytest.param(
            "Who is Conan O'Brien?", "Is he well?", "Is Conan O'Brien well?",
            id="apostrophe in a name",
        ),
        pytest.param(
            "Who freed him?", "And, who is Pavel Durov?", "Who is Pavel Durov?", id="And, comma"
        ),
        pytest.param(
            "How many users in 2020?", "And on Monday?", "How many users on Monday?",
            id="a weekday is of no year",
        ),
        pytest.param(
            "Who met Elon Musk?", "With Sam Altman?", "Who met Elon Musk with Sam Altman?",
            id="a preposition is no name",
        ),
        pytest.param(
            "What did Macron say?", "and what about Merkel?", "What did Merkel say?",
            id="two openings",
        ),
        pytest.param("latest on cricket", "and football?", "latest on football", id="topic"),
        pytest.param(
            "what's new?", "and about sport?", "what's new about sport?", id="topic of news"
        ),
        pytest.param("latest on cricket", "and more?", None, id="no topic"),
        pytest.param("what's new?", "also tell me about sport", None, id="a request"),
        pytest.param("what's new?", "and sport?", None, id="no topic to exchange"),
        pytest.param("Was Durov freed?", "And why?", "Why was Durov freed?", id="why"),
        pytest.param("Where was Durov freed?", "When?", "When was Durov freed?", id="when"),
    ],
)  # fmt: skip
def test_clear_follow_up_is_resolved(earlier: str, question: str, expected: str | None) -> None:
    assert resolve(question, earlier) == expected


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        pytest.param(
            "What did The Verge say about Apple?", "And TechCrunch?",
            "What did TechCrunch say about Apple?", id="outlet for outlet",
        ),
        pytest.param(
            "What did The Verge say about Apple?", "And Google?",
            "What did The Verge say about Google?", id="name for name",
        ),
        pytest.param("Who leads Apple?", "And TechCrunch?", None, id="no outlet to exchange"),
        pytest.param(
            "Who leads Apple?", "According to TechCrunch?",
            "Who leads Apple according to TechCrunch?", id="outlet where there was none",
        ),
        pytest.param(
            "What did The Verge say about Apple?", "According to TechCrunch?",
            "What did TechCrunch say about Apple?", id="according to another",
        ),
        pytest.param(
            "According to TechCrunch, what did Spears write?", "When was she born?",
            "When was Spears born?", id="who is spoken of",
        ),
        pytest.param("What is The Verge?", "Who owns it?", "Who owns The Verge?", id="itself"),
    ],
)  # fmt: skip
def test_who_reports_is_nobody_spoken_of(
    earlier: str, question: str, expected: str | None
) -> None:
    sources = {"The Verge", "TechCrunch"}
    assert resolve(question, earlier, is_source=sources.__contains__) == expected


@pytest.mark.parametrize(
    ("earlier", "told", "question", "expected"),
    [
        pytest.param(
            "Who is Cho Ji-ho?", "South Korean police chief", "What did he say?",
            "What did Cho Ji-ho say?", id="who somebody is",
        ),
        pytest.param(
            "What is Britney Spears’s memoir called?", "The Woman in Me", "When was she born?",
            "When was Britney Spears born?", id="what something is called",
        ),
        pytest.param(
            "Who is Mark Zuckerberg's wife?", "Priscilla Chan", "Where does she live?",
            "Where does Priscilla Chan live?", id="who somebody's wife is",
        ),
        pytest.param(
            "Who is Mark Zuckerberg's wife?", "", "Where does she live?",
            "Where does Mark Zuckerberg's wife live?", id="nobody",
        ),
        pytest.param(
            "Who is the president of Russia?", "Vladimir Putin", "When was he born?",
            "When was Vladimir Putin born?", id="who it is",
        ),
    ],
)  # fmt: skip
def test_the_answer_names_somebody_only_where_that_was_asked(
    earlier: str, told: str, question: str, expected: str
) -> None:
    assert resolve(question, earlier, told) == expected


@pytest.mark.parametrize(
    ("told", "question", "expected"),
    [
        pytest.param("Pavel Durov", "When was he born?", "When was Pavel Durov born?", id="he"),
        pytest.param("Pavel Durov", "His birthday?", "Pavel Durov’s birthday?", id="opening"),
        pytest.param(
            "the entrepreneur Pavel Durov", "Who is his lawyer?", "Who is Pavel Durov’s lawyer?",
            id="his",
        ),
        pytest.param("Pavel Durov", "Who owns it?", "Who owns Telegram?", id="it was asked"),
        pytest.param("Durov", "Is he rich?", "Is Durov rich?", id="by the surname"),
        pytest.param("in 2013", "Is he rich?", "Is Telegram rich?", id="nobody"),
    ],
)  # fmt: skip
def test_whom_the_answer_named_is_meant(told: str, question: str, expected: str) -> None:
    assert resolve(question, "Who founded Telegram?", told) == expected


@pytest.mark.parametrize(
    ("earlier", "question"),
    [
        pytest.param("Who freed Durov?", "Why?", id="who cannot be asked as why"),
        pytest.param("Who is the founder?", "When was he born?", id="no name"),
        pytest.param("Who is Durov?", "Is that true?", id="that"),
        pytest.param("How many people fled Gaza?", "How many of them are women?", id="they"),
        pytest.param("What is the iPhone 15?", "And the price?", id="neither name nor time"),
        pytest.param("Was Durov freed?", "And what does Peskov say?", id="says more"),
        pytest.param("Is it free?", "And WhatsApp?", id="nothing alike"),
        pytest.param("Did Amazon buy iRobot?", "Really?", id="no name"),
        pytest.param("How many fell ill in China?", "Is it dangerous?", id="it is not the place"),
    ],
)
def test_unclear_follow_up_is_not_resolved(earlier: str, question: str) -> None:
    assert resolve(question, earlier) is None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param("In October 2023?", True, id="a time"),
        pytest.param("According to The Age?", True, id="an outlet"),
        pytest.param("In the US?", True, id="a place"),
        pytest.param("In October 2023, who left Twitter?", False, id="a time and a question"),
        pytest.param("Twitter in October 2023", False, id="a topic"),
    ],
)
def test_what_is_only_a_time_or_a_name_leans(question: str, expected: bool) -> None:
    terms = [term.span for term in content_terms(question, "en")]
    assert leans(question, terms) is expected


@given(st.text(), st.text())
def test_any_two_questions_are_resolved_or_not(question: str, earlier: str) -> None:
    resolved = resolve(question, earlier)
    assert resolved is None or resolved.strip()
