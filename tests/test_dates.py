"""Times of publication that a question asks for, and those that are its subject."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.understanding.dates import Times, read_times, tells_of
from index.understanding.moments import find_moments

TODAY = dt.date(2024, 9, 4)  # a Wednesday
LANGUAGES = ("de", "en", "es", "fr", "ko", "ru")


def times(question: str, outlets: int = 0, languages: tuple[str, ...] = LANGUAGES) -> Times:
    found = read_times(question, today=TODAY, languages=languages, outlets=outlets)
    return found._replace(spans=())


def bounds(since: str, until: str) -> Times:
    first, last = (dt.date.fromisoformat(day) if day else None for day in (since, until))
    return Times(first, last)


def days(*written: str) -> Times:
    return Times(days=tuple(dt.date.fromisoformat(day) for day in written))


@pytest.mark.parametrize(
    ("question", "last", "since", "until"),
    [
        pytest.param("Who left in July?", "2024-08-30", "2024-07-01", "2024-08-02", id="fresh"),
        pytest.param("Who left in July?", "2024-03-01", "2024-07-01", "2024-08-02", id="stalled"),
        pytest.param("Who left in July?", "2023-08-30", "2023-07-01", "2023-08-02", id="archive"),
        pytest.param(
            "Who left in July?", "2023-03-01", "2022-07-01", "2022-08-02", id="before it"
        ),
        pytest.param("left in July 2024?", "2022-05-01", "2024-07-01", "2024-08-02", id="year"),
        pytest.param("Who left last month?", "2022-05-01", "2024-08-01", "2024-09-02", id="ago"),
    ],
)
def test_month_without_a_year_is_one_that_an_archive_reaches(
    question: str, last: str, since: str, until: str
) -> None:
    newest = dt.date.fromisoformat(last)
    found = read_times(question, today=TODAY, languages=["en"], outlets=0, last=newest)
    assert found._replace(spans=()) == bounds(since, until)


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        pytest.param("What happened last week?", "2024-08-26", "2024-09-03", id="last week"),
        pytest.param("arrests last month", "2024-08-01", "2024-09-02", id="last month"),
        pytest.param("Who resigned last year?", "2023-01-01", "2024-01-02", id="last year"),
        pytest.param("Who left last May?", "2024-05-01", "2024-06-02", id="last May"),
        pytest.param("last September", "2023-09-01", "2023-10-02", id="a month that goes on"),
        pytest.param("arrests since last July", "2024-07-01", "", id="since last July"),
        pytest.param("arrests since last Friday", "2024-08-30", "", id="since last Friday"),
        pytest.param("What did he say yesterday?", "2024-09-03", "2024-09-04", id="yesterday"),
        pytest.param("said the day before yesterday", "2024-09-02", "2024-09-04", id="day before"),
        pytest.param("arrests two days ago", "2024-09-02", "2024-09-04", id="days ago"),
        pytest.param("What was said a week ago?", "2024-08-25", "2024-09-02", id="a week ago"),
        pytest.param("deals 3 months ago", "2024-06-01", "2024-07-02", id="months ago"),
        pytest.param("What did he write since Monday?", "2024-09-02", "", id="since Monday"),
        pytest.param("in the last 3 days", "2024-09-01", "", id="last days"),
        pytest.param("in the last 48 hours", "2024-09-02", "", id="last hours"),
        pytest.param("news from the last 36 hours", "2024-09-02", "", id="hours and a half"),
        pytest.param("What happened last night?", "2024-09-03", "2024-09-04", id="last night"),
        pytest.param("over the weekend", "2024-08-31", "2024-09-03", id="weekend"),
        pytest.param("yesterday's news", "2024-09-03", "2024-09-04", id="yesterday's news"),
        pytest.param("last week’s headlines", "2024-08-26", "2024-09-03", id="last week's"),
        pytest.param("from Monday to Friday", "2024-08-26", "2024-08-30", id="weekdays"),
        pytest.param("on Friday, October 13", "2023-10-13", "2023-10-15", id="day with weekday"),
        pytest.param("on Friday 13 October 2023", "2023-10-13", "2023-10-15", id="weekday first"),
        pytest.param("on 12/15/2023", "2023-12-15", "2023-12-17", id="slashes, American"),
        pytest.param("on 15/12/2023", "2023-12-15", "2023-12-17", id="slashes, European"),
        pytest.param("over the past two weeks", "2024-08-21", "", id="past weeks in words"),
        pytest.param("during the past month", "2024-08-04", "", id="past month"),
        pytest.param("deals since August", "2024-08-01", "", id="since a month"),
        pytest.param("deals since December", "2023-12-01", "", id="month of the year before"),
        pytest.param("deals since 1 September", "2024-09-01", "", id="since a day"),
        pytest.param("deals since the 1st of September", "2024-09-01", "", id="since the 1st"),
        pytest.param("before September 2023", "", "2023-08-31", id="before a month"),
        pytest.param("before September 2, 2023", "", "2023-09-01", id="before a day"),
        pytest.param("after August 2024", "2024-09-01", "", id="after a month"),
        pytest.param("until 3 May 2024", "", "2024-05-03", id="until"),
        pytest.param("said on 2 September 2024?", "2024-09-02", "2024-09-04", id="on a day"),
        pytest.param("on September 2nd, 2024?", "2024-09-02", "2024-09-04", id="American"),
        pytest.param("on 2024-09-02", "2024-09-02", "2024-09-04", id="ISO"),
        pytest.param("in August 2024", "2024-08-01", "2024-09-02", id="in a month"),
        pytest.param("at the end of August", "2024-08-01", "2024-09-02", id="end of a month"),
        pytest.param("in mid-August", "2024-08-01", "2024-09-02", id="mid-"),
        pytest.param("from late August 2024", "2024-08-01", "2024-09-02", id="from late"),
        pytest.param("since the beginning of July", "2024-07-01", "", id="since a beginning"),
        pytest.param("since early July", "2024-07-01", "", id="since early"),
        pytest.param("since the last two weeks of July", "2024-07-01", "", id="since weeks of"),
        pytest.param("until the end of July", "", "2024-07-31", id="until an end"),
        pytest.param("before the end of July", "", "2024-07-31", id="before an end"),
        pytest.param("before the start of July", "", "2024-06-30", id="before a start"),
        pytest.param("after the end of July", "2024-08-01", "", id="after an end"),
        pytest.param("after mid-July", "2024-07-01", "", id="after the middle"),
        pytest.param("not before mid-July", "2024-07-01", "", id="not before the middle"),
        pytest.param("What did May say in May?", "2024-05-01", "2024-06-02", id="May in May"),
        pytest.param("on 29 February", "2024-02-29", "2024-03-02", id="leap day"),
        pytest.param(
            "between 26 August and 3 September 2024", "2024-08-26", "2024-09-03", id="between"
        ),
        pytest.param(
            "from December 26 to January 3, 2024", "2023-12-26", "2024-01-03", id="over new year"
        ),
        pytest.param("since 1 May 2024 until 3 May 2024", "2024-05-01", "2024-05-03", id="dash"),
        pytest.param(
            "from October 2023 to December 2023", "2023-10-01", "2023-12-31", id="from month"
        ),
        pytest.param(
            "from September to November 2023", "2023-09-01", "2023-11-30", id="year once"
        ),
        pytest.param("from October 2022 to January", "2022-10-01", "2023-01-31", id="year first"),
        pytest.param("from May to July 2023", "2023-05-01", "2023-07-31", id="from May"),
        pytest.param(
            "What happened, October to December 2022?",
            "2022-10-01",
            "2022-12-31",
            id="without from",
        ),
        pytest.param("May–July 2023", "2023-05-01", "2023-07-31", id="months and a dash"),
        pytest.param("What may to us in July 2023 seem", "2023-07-01", "2023-08-02", id="may"),
        pytest.param("news from October", "2023-10-01", "2023-11-02", id="from a month, no year"),
        pytest.param("articles from October 2023", "2023-10-01", "2023-11-02", id="of a month"),
        pytest.param("not before November 2023", "2023-11-01", "", id="not before"),
        pytest.param("no earlier than 3 May 2024", "2024-05-03", "", id="no earlier"),
        pytest.param("not after 3 May 2024", "", "2024-05-03", id="not after"),
        pytest.param("said from 13 October 2023 on?", "2023-10-13", "", id="from a day on"),
        pytest.param("from 13 October 2023 onwards", "2023-10-13", "", id="onwards"),
        pytest.param("From October 2023 on, who left?", "2023-10-01", "", id="from a month on"),
        pytest.param(
            "from 13 October 2023 on Spears", "2023-10-13", "2023-10-15", id="on a subject"
        ),
    ],
)
def test_english_times_bound_publication(question: str, since: str, until: str) -> None:
    assert times(question) == bounds(since, until)
    assert times(question, languages=()) == bounds(since, until)


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        pytest.param(
            "Что сказал Песков 29 августа 2024 года?", "2024-08-29", "2024-08-31", id="ru"
        ),
        pytest.param("Что было 2 дня назад?", "2024-09-02", "2024-09-04", id="ru ago"),
        pytest.param("Qu'a-t-il dit il y a 2 jours ?", "2024-09-02", "2024-09-04", id="fr ago"),
        pytest.param("Was geschah vor 2 Tagen?", "2024-09-02", "2024-09-04", id="de ago"),
        pytest.param("¿Qué pasó hace 2 días?", "2024-09-02", "2024-09-04", id="es ago"),
        pytest.param("2일 전에 무슨 일이 있었나?", "2024-09-02", "2024-09-04", id="ko ago"),
        pytest.param("Что было вчера?", "2024-09-03", "2024-09-04", id="ru yesterday"),
        pytest.param("Что было позавчера?", "2024-09-02", "2024-09-04", id="ru day before"),
        pytest.param("Was geschah vorgestern?", "2024-09-02", "2024-09-04", id="de day before"),
        pytest.param("Qu'a-t-il dit avant-hier ?", "2024-09-02", "2024-09-04", id="fr day before"),
        pytest.param("¿Qué pasó anteayer?", "2024-09-02", "2024-09-04", id="es day before"),
        pytest.param("그저께 무슨 일이 있었나?", "2024-09-02", "2024-09-04", id="ko day before"),
        pytest.param("Что было на прошлой неделе?", "2024-08-26", "2024-09-03", id="ru week"),
        pytest.param("Что было в августе 2024 года?", "2024-08-01", "2024-09-02", id="ru month"),
        pytest.param("за последние 3 дня", "2024-09-01", "", id="ru last days"),
        pytest.param("с 26 августа по 3 сентября 2024", "2024-08-26", "2024-09-03", id="ru range"),
        pytest.param("Qu'a dit Macron le 26 août 2024 ?", "2024-08-26", "2024-08-28", id="fr"),
        pytest.param("Et la semaine dernière ?", "2024-08-26", "2024-09-03", id="fr week"),
        pytest.param("depuis le 1er septembre", "2024-09-01", "", id="fr since"),
        pytest.param("ces 3 derniers jours", "2024-09-01", "", id="fr last days"),
        pytest.param("Was geschah am 2. September 2024?", "2024-09-02", "2024-09-04", id="de"),
        pytest.param("Was geschah letzte Woche?", "2024-08-26", "2024-09-03", id="de week"),
        pytest.param("seit dem 1. September", "2024-09-01", "", id="de since"),
        pytest.param("am 02.09.2024", "2024-09-02", "2024-09-04", id="de in digits"),
        pytest.param("¿Qué pasó el 2 de septiembre de 2024?", "2024-09-02", "2024-09-04", id="es"),
        pytest.param("¿Qué pasó ayer?", "2024-09-03", "2024-09-04", id="es yesterday"),
        pytest.param("en los últimos 3 días", "2024-09-01", "", id="es last days"),
        pytest.param("2024년 9월 2일에 무슨 일이 있었나?", "2024-09-02", "2024-09-04", id="ko"),
        pytest.param("지난주에 무슨 일이 있었나?", "2024-08-26", "2024-09-03", id="ko week"),
        pytest.param("2024년 8월 이후", "2024-08-01", "", id="ko since"),
        pytest.param("von Oktober bis Dezember 2023", "2023-10-01", "2023-12-31", id="de months"),
        pytest.param("vom 13. Oktober 2023 an", "2023-10-13", "", id="de from on"),
        pytest.param("im letzten Juli", "2024-07-01", "2024-08-02", id="de last July"),
        pytest.param("seit Anfang Juli", "2024-07-01", "", id="de since a beginning"),
        pytest.param("bis Ende Juli", "", "2024-07-31", id="de until an end"),
        pytest.param("ab Oktober 2023", "2023-10-01", "", id="de from"),
        pytest.param("nicht vor November 2023", "2023-11-01", "", id="de not before"),
        pytest.param("de mars à mai 2023", "2023-03-01", "2023-05-31", id="fr months"),
        pytest.param("d'octobre à décembre 2023", "2023-10-01", "2023-12-31", id="fr elided"),
        pytest.param("du 1er mars au 3 mai 2023", "2023-03-01", "2023-05-03", id="fr days"),
        pytest.param("depuis la mi-juillet", "2024-07-01", "", id="fr since mid-"),
        pytest.param("jusqu'à fin juillet", "", "2024-07-31", id="fr until an end"),
        pytest.param("à partir du 13 octobre 2023", "2023-10-13", "", id="fr from"),
        pytest.param("pas avant novembre 2023", "2023-11-01", "", id="fr not before"),
        pytest.param(
            "de septiembre a noviembre de 2023", "2023-09-01", "2023-11-30", id="es months"
        ),
        pytest.param(
            "desde octubre de 2022 hasta diciembre", "2022-10-01", "2022-12-31", id="es since"
        ),
        pytest.param("desde principios de julio", "2024-07-01", "", id="es since a beginning"),
        pytest.param("no antes de noviembre de 2023", "2023-11-01", "", id="es not before"),
        pytest.param("с октября по декабрь 2023 года", "2023-10-01", "2023-12-31", id="ru months"),
        pytest.param("с начала июля", "2024-07-01", "", id="ru since a beginning"),
        pytest.param("не раньше ноября 2023 года", "2023-11-01", "", id="ru not before"),
        pytest.param("octobre à décembre 2022", "2022-10-01", "2022-12-31", id="fr without from"),
        pytest.param("2022년 10월 3일부터 5일까지", "2022-10-03", "2022-10-07", id="ko days"),
        pytest.param("2022년 10월부터 12월까지", "2022-10-01", "2022-12-31", id="ko months"),
    ],
)
def test_times_are_read_in_the_languages_of_the_coverage(
    question: str, since: str, until: str
) -> None:
    assert times(question) == bounds(since, until)


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("How many cases were there in 2021?", id="bare year"),
        pytest.param("Who published the 2023 report?", id="year of a report"),
        pytest.param("Who won the 2024 European Championship?", id="year of an event"),
        pytest.param("How many cases this year, this month, this week?", id="this"),
        pytest.param("What is the weather like today, and now?", id="today"),
        pytest.param("Who is under 30 and met 2 men for 3 hours at 10:30?", id="numbers"),
        pytest.param("What may happen in the second march?", id="words"),
        pytest.param("What did Theresa May say?", id="surname"),
        pytest.param("Who read the letter from May to Corbyn?", id="letter from May"),
        pytest.param("¿Quién ganó las elecciones de octubre?", id="es of a month"),
        pytest.param("Who was behind the September 11 attacks?", id="event"),
        pytest.param("What was Black Monday?", id="weekday of a name"),
        pytest.param("Who called on 03/04/2023?", id="slashes that may be either"),
        pytest.param("What were yesterday's results?", id="yesterday's what"),
        pytest.param("Who plays at the weekend's final?", id="weekend's what"),
        pytest.param("Who hosts on Monday's show?", id="weekday's"),
        pytest.param("Who plays on Monday Night Football?", id="weekday of a show"),
        pytest.param("What changed after the September 11 attacks?", id="after an event"),
        pytest.param("Who led before the January 6 riot?", id="before an event"),
        pytest.param("What was last year's report about?", id="possessive"),
        pytest.param("the last 3 months of the war", id="part of something"),
        pytest.param("Who died on 31 September 2024 or 2024-13-45?", id="no such day"),
        pytest.param("Wie viele Menschen leben hier?", id="German, not French"),
        pytest.param("since the start and before the end", id="events"),
    ],
)
def test_subjects_bound_nothing(question: str) -> None:
    assert times(question) == Times()


@pytest.mark.parametrize(
    ("question", "outlets", "expected"),
    [
        pytest.param(
            "on October 22, 2023 and November 6, 2023",
            0,
            days("2023-10-22", "2023-11-06"),
            id="two days",
        ),
        pytest.param("on 2 September 2024", 1, days("2024-09-02"), id="with an outlet"),
        pytest.param("after 2 September 2024", 2, days("2024-09-02"), id="after, two outlets"),
        pytest.param("since 2 September 2024", 2, bounds("2024-09-02", ""), id="since, outlets"),
        pytest.param("last week", 1, bounds("2024-08-26", "2024-09-03"), id="week, outlet"),
        pytest.param(
            "between 1 May 2024 and 3 May 2024", 1, bounds("2024-05-01", "2024-05-03"), id="range"
        ),
        pytest.param(
            "their November 6, 2023, article", 1, days("2023-11-06"), id="day of an article"
        ),
    ],
)
def test_days_of_several_articles_are_preferred_and_bound_nothing(
    question: str, outlets: int, expected: Times
) -> None:
    assert times(question, outlets) == expected


@pytest.mark.parametrize(
    ("question", "said"),
    [
        pytest.param("What did he say last week?", ["last week"], id="week"),
        pytest.param(
            "What did Bush say last week about the September 11 attacks?", ["last week"],
            id="and an event",
        ),
        pytest.param("What did he say last Friday?", ["last Friday"], id="weekday"),
        pytest.param("WHAT DID HE SAY ON MONDAY NIGHT?", ["MONDAY NIGHT"], id="part of a day"),
        pytest.param("What fell from 1 May to 3 May 2023?", ["1 May", "3 May 2023"], id="range"),
        pytest.param("Who remembers the September 11 attacks?", [], id="an event"),
        pytest.param("What was founded in 2021?", [], id="a year"),
    ],
)  # fmt: skip
def test_where_the_question_says_when_is_told(question: str, said: list[str]) -> None:
    found = read_times(question, today=TODAY, languages=LANGUAGES, outlets=0)
    assert [span.of(question) for span in found.spans] == said


def test_day_of_a_month_that_is_a_word_is_a_day_in_small_letters_too() -> None:
    assert times("What happened on march 3 ?") == times("What happened on March 3 ?") != Times()


@pytest.mark.parametrize("day", ["FRİDAY", "3 MARİCH", "APRİL 2024"])
def test_dotted_capital_is_no_error(day: str) -> None:
    assert times(f"WHAT HAPPENED ON {day}?", languages=("tr", "en")) in (
        Times(),
        times(f"What happened on {day.replace('İ', 'i').capitalize()}?"),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("In August 2022 she left.", True, id="the month"),
        pytest.param("On 3 August 2022 she left.", True, id="a day of it"),
        pytest.param("She left in August.", False, id="the month of another year"),
        pytest.param("In September 2022 she left.", False, id="another month"),
        pytest.param("She left in 2022.", False, id="only the year"),
    ],
)
def test_text_tells_of_a_time_that_it_names(text: str, expected: bool) -> None:
    since, until = dt.date(2022, 8, 1), dt.date(2022, 9, 2)
    assert tells_of(text, since, until, today=TODAY, languages=["en"]) is expected


WORDS = st.sampled_from(
    """
    since before between and 1 2 31 2024 0000 9999 May august 29 февраля last week 지난 9월 30일 of
    - yesterday the past three days until , 2024-09-02 0001-01-01 9999-12-31 31.12.9999
    """.split()
)


@given(st.text() | st.lists(WORDS).map(" ".join), st.dates(), st.integers(0, 3))
@settings(deadline=None)  # the first one loads dictionaries
def test_any_text_on_any_day_has_times_or_none(text: str, today: dt.date, outlets: int) -> None:
    found = read_times(text, today=today, languages=LANGUAGES, outlets=outlets)
    assert not (found.since and found.until) or found.since <= found.until
    assert not found.days or not (found.since or found.until)


@given(st.lists(WORDS).map(" ".join), st.dates())
@settings(deadline=None)  # the first one loads dictionaries
def test_moments_lie_within_the_text(text: str, today: dt.date) -> None:
    for moment in find_moments(text, today=today, languages=LANGUAGES):
        assert 0 <= moment.span.start < moment.span.end <= len(text)


@pytest.mark.parametrize("languages", [("xx",), ("zh-Hans", ""), ("../os",), ("ja", "zh")])
def test_languages_without_a_dictionary_leave_english(languages: tuple[str, ...]) -> None:
    assert times("deals since August", languages=languages) == bounds("2024-08-01", "")


@pytest.mark.parametrize(
    ("question", "day"),
    [
        pytest.param("What did he say on Monday?", "2024-09-02", id="on Monday"),
        pytest.param("What did he say on Wednesday?", "2024-09-04", id="today"),
        pytest.param("said last Wednesday", "2024-08-28", id="last Wednesday"),
        pytest.param("What did he say on Monday night?", "2024-09-02", id="Monday night"),
        pytest.param("Что было в понедельник?", "2024-09-02", id="ru"),
        pytest.param("Was geschah am Montag?", "2024-09-02", id="de"),
        pytest.param("¿Qué pasó el lunes?", "2024-09-02", id="es"),
        pytest.param("월요일에 무슨 일이 있었나?", "2024-09-02", id="ko"),
    ],
)
def test_day_of_the_week_is_where_to_look_first(question: str, day: str) -> None:
    """Which one is meant may stand in the article alone."""
    assert times(question) == days(day)
