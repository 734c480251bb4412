"""Questions that ask for nothing but what is new."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from index.understanding.newest import find_topic
from tests.newsstand import whales

ASKED = dt.date(2024, 9, 10)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        pytest.param("what's the latest on Pavel Durov?", "Pavel Durov", id="latest on"),
        pytest.param("latest on durov", "durov", id="as typed"),
        pytest.param("Is there any news about the strike", "the strike", id="any news about"),
        pytest.param("whats new with telegram", "telegram", id="what is new with"),
        pytest.param("latest telegram news", "telegram", id="topic between"),
        pytest.param("tell me the latest about durov please", "durov", id="please"),
        pytest.param("give me the news", "", id="the news"),
        pytest.param("what's in the news today?", "", id="today's news"),
        pytest.param("What's new?", "", id="what is new"),
        pytest.param("latest news from", "", id="an outlet was taken away"),
        pytest.param("this week's news", "", id="of this week"),
        pytest.param("What are today's top stories?", "", id="top stories"),
        pytest.param("news of the week", "", id="of the week"),
        pytest.param("any news on Durov these days", "Durov", id="these days"),
        pytest.param("telegram news", "telegram", id="topic first"),
        pytest.param("give me Pavel Durov news", "Pavel Durov", id="topic first, asked for"),
        pytest.param("any news on why he left", None, id="a question as topic"),
        pytest.param("Was gibt's Neues zu Telegram?", "Telegram", id="German"),
        pytest.param("Neueste Nachrichten über Durow", "Durow", id="German news"),
        pytest.param("Quoi de neuf sur Telegram ?", "Telegram", id="French"),
        pytest.param("dernières nouvelles d'Amazon", "Amazon", id="French elision"),
        pytest.param("¿Qué hay de nuevo sobre Telegram?", "Telegram", id="Spanish"),
        pytest.param("últimas noticias de Durov", "Durov", id="Spanish news"),
        pytest.param("что нового о Дурове?", "Дурове", id="Russian"),
        pytest.param("последние новости", "", id="Russian news"),
        pytest.param("텔레그램 최신 소식", "텔레그램", id="Korean"),
        pytest.param("두로프 관련 최근 뉴스 알려줘", "두로프", id="Korean news"),
        pytest.param("What's going on with Telegram?", "Telegram", id="going on"),
        pytest.param("what's happening?", "", id="happening"),
        pytest.param("what happened today?", "", id="today"),
        pytest.param("today?", None, id="a time alone"),
        pytest.param("what is the latest version of chatgpt", None, id="the latest of a kind"),
        pytest.param("Who makes the news?", None, id="asks who"),
        pytest.param("What is New York?", None, id="New York"),
        pytest.param("What's new in iOS 17?", None, id="new in a thing"),
        pytest.param("What did News Corp earn?", None, id="News Corp"),
        pytest.param("what happened", None, id="what happened, nothing says when"),
        pytest.param("news about it", None, id="no topic"),
        pytest.param("Neues Rathaus in Köln", None, id="German word"),
        pytest.param("nouvelles règles de Gmail", None, id="French word"),
    ],
)
def test_topic_of_a_question_for_news_is_found(question: str, topic: str | None) -> None:
    assert find_topic(question) == topic


@pytest.mark.parametrize(
    "question", ["what happened", "what did write", "was ist passiert", "что случилось?"]
)
def test_a_time_or_an_outlet_alone_is_enough_to_ask_what_happened(question: str) -> None:
    assert find_topic(question, is_bounded=True) == ""


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param("latest on whales near iceland", [f"whales-{at}" for at in (6, 5, 4)],
                     id="topic"),
        pytest.param("news about whales near Iceland on 3 September 2024",
                     [f"whales-{at}" for at in (4, 3, 2)], id="topic and time"),
        pytest.param("what's new", [f"whales-{at}" for at in (6, 5, 4)], id="everything"),
        pytest.param("What happened on 1 September?", ["whales-2", "cheese", "whales-1"],
                     id="time"),
        pytest.param("What did Käseblatt write?", ["cheese"], id="outlet"),
        pytest.param("What did Käseblatt publish on 3 September?", ["cheese"], id="outlet's day"),
        pytest.param("articles not from The Gazette", ["cheese"], id="not by an outlet"),
        pytest.param("latest from the gazette", [f"whales-{at}" for at in (6, 5, 4)],
                     id="outlet in lower case"),
    ],
)  # fmt: skip
def test_what_is_new_is_answered_with_the_newest_first(
    tmp_path: Path, question: str, expected: list[str]
) -> None:
    with whales(tmp_path).open() as desk:
        answer = desk.ask(question, today=ASKED)
    assert [each.article for each in answer.citations] == expected


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        pytest.param("What did Käseblatt publish yesterday?",
                     "There is no coverage by Käseblatt on 9 Sep 2024.", id="on a day"),
        pytest.param("What did Käseblatt report in August?",
                     "There is no coverage by Käseblatt from 1 Aug to 2 Sep 2024.", id="a month"),
        pytest.param("What happened on Monday?",
                     "There is no coverage from 9 Sep to 10 Sep 2024.", id="by anybody"),
    ],
)  # fmt: skip
def test_news_of_which_there_is_nothing_is_refused_with_that_reason(
    tmp_path: Path, question: str, reason: str
) -> None:
    stand = whales(tmp_path)
    stand.put("cheese", "Cheese got dearer in Bern.", outlet="Käseblatt", published="2024-09-05")
    stand.publish()
    with stand.open() as desk:
        answer = desk.ask(question, today=ASKED)
    assert (answer.answered, answer.reason) == (False, reason)
    if "Käseblatt" in question:
        assert [each.article for each in answer.nearest] == ["cheese"]


def test_what_is_not_dated_may_be_of_the_day_asked_about(tmp_path: Path) -> None:
    stand = whales(tmp_path)
    stand.put("cheese", "Cheese got dearer in Bern.", outlet="Käseblatt", published="")
    stand.publish()
    with stand.open() as desk:
        answer = desk.ask("What did Käseblatt publish yesterday?", today=ASKED)
    assert not answer.reason


def test_news_on_what_nothing_is_on_is_looked_for_like_any_question(tmp_path: Path) -> None:
    with whales(tmp_path).open() as desk:
        answer = desk.ask("any news about Mongolia?", today=ASKED)
    assert not answer.answered
    assert answer.unmentioned == ("Mongolia",)


@pytest.mark.parametrize("question", ["what's new?", "latest news"])
def test_what_is_new_is_no_follow_up(tmp_path: Path, question: str) -> None:
    with whales(tmp_path).open() as desk:
        answer = desk.ask(question, after="Who sells cheese in Bern?", today=ASKED, k=1)
    assert [each.article for each in answer.citations] == ["whales-6"]
