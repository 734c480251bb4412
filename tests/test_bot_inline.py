"""Inline mode and guest mode, over the real protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import texts
from bot.deeplinks import link_to_question
from bot.metrics import QUESTIONS
from bot.speech import ENGLISH
from tests.botapi import Json
from tests.bots import marked, running
from tests.newsstand import QUESTION, SAID, Newsstand, whales
from tests.telegrams import Telegram, buttons


@pytest.fixture
def stand(tmp_path: Path) -> Newsstand:
    return whales(tmp_path)


@pytest.fixture
async def telegram(stand: Newsstand) -> AsyncIterator[Telegram]:
    with stand.open() as desk:
        async with Telegram() as telegram, running(telegram, desk):
            yield telegram


def inserted(result: Json) -> Json:
    content: Json = result["input_message_content"]
    return content


async def test_a_question_is_offered_its_citations(telegram: Telegram) -> None:
    answer = await telegram.type_inline(QUESTION)
    results = answer["results"]
    assert {each["description"] for each in results} == set(SAID)
    for each in results:
        assert marked(inserted(each), "blockquote") == [each["description"]]
        assert inserted(each)["text"].startswith(f"{each['description']}\n{each['title']} · ")
        assert inserted(each)["link_preview_options"] == {"is_disabled": True}
        [(label, address)] = buttons(each).items()
        assert label == "See the context or ask a question"
        assert address == f"https://t.me/clipdesk_bot?start={each['id']}"
    assert answer["cache_time"] == 300
    assert answer["is_personal"]
    assert answer["button"] == {
        "text": "Ask me directly",
        "start_parameter": link_to_question(QUESTION),
    }


async def test_only_what_is_asked_counts_as_a_question(telegram: Telegram) -> None:
    def count() -> float:
        return sum(
            sample.value
            for metric in QUESTIONS.collect()
            for sample in metric.samples
            if sample.name == "clipdesk_questions_total"
        )

    before, chat = count(), telegram.private()
    await telegram.type_inline(QUESTION)
    await telegram.type_inline("?")
    assert count() == before
    answer = await chat.reply_after(chat.post(QUESTION))
    assert count() == before + 1
    await telegram.pressed(chat, answer, buttons(answer)["More ▶"])
    await telegram.pressed(chat, answer, buttons(answer)["◀ First"])
    assert count() == before + 1


async def test_what_was_inserted_leads_to_its_context(telegram: Telegram) -> None:
    [first, *_] = (await telegram.type_inline(QUESTION))["results"]
    chat = telegram.private()
    answer = await chat.reply_after(chat.post(f"/start {first['id']}"))
    assert marked(answer, "bold") == [first["description"]]


async def test_nothing_typed_is_offered_the_latest(telegram: Telegram) -> None:
    answer = await telegram.type_inline("  ")
    assert len(answer["results"]) == 8
    assert answer["results"][0]["title"] == "Headline of whales-6"
    assert answer["button"]["start_parameter"] == "inline"


async def test_what_is_not_answered_is_offered_as_the_nearest_only(telegram: Telegram) -> None:
    answer = await telegram.type_inline("Who painted the bridge of Ankh in Bern?")
    assert answer["button"]["text"].startswith("Not answered by the coverage –")
    for each in answer["results"]:
        assert inserted(each)["text"].startswith(
            "The coverage does not answer that.\nThe closest coverage:\n"
        )


@pytest.mark.parametrize("text", ["?", "👋", "ü" * 256, "<b>&lt;", "'; DROP TABLE", "a" * 256])
async def test_whatever_is_typed_is_answered(telegram: Telegram, text: str) -> None:
    answer = await telegram.type_inline(text)
    assert len(answer["results"]) <= 10


async def test_who_types_on_gets_only_the_last_answer(telegram: Telegram) -> None:
    for at in range(5, len(QUESTION)):
        telegram.send_inline(QUESTION[:at])
    await telegram.type_inline(QUESTION)
    assert len(telegram.inline_answers) == 1


async def test_an_answer_that_comes_too_late_disturbs_nobody(telegram: Telegram) -> None:
    words = "query is too old and response timeout expired or query ID is invalid"
    telegram.fail_next("answerInlineQuery", 400, f"Bad Request: {words}")
    telegram.send_inline(QUESTION)
    await telegram.settled(quiet=0.6)
    assert all(not chat.sent for chat in telegram.chats.values())


async def test_captions_are_in_the_language_of_who_types(telegram: Telegram) -> None:
    result = (await telegram.type_inline("", user=telegram.user("K", language_code="ko")))[
        "results"
    ][0]
    assert inserted(result)["text"].endswith("2024년 9월 7일")


# Guest mode


async def test_a_guest_question_is_answered_in_its_place(telegram: Telegram) -> None:
    result = await telegram.summon(f"@clipdesk_bot {QUESTION}")
    message = inserted(result)
    assert marked(message, "blockquote")[0] in SAID
    assert "[3] " in message["text"]
    [(_, address)] = buttons(result).items()
    assert address.endswith(f"?start={link_to_question(QUESTION)}")


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("@clipdesk_bot", "What would you like to know?"),
        ("@clipdesk_bot Who painted the Ankh?", "The coverage does not answer that."),
        ("@clipdesk_bot " + "why " * 500, "That question is too long, at 1,999 characters"),
    ],
)
async def test_a_guest_is_always_answered(telegram: Telegram, text: str, opening: str) -> None:
    assert inserted(await telegram.summon(text))["text"].startswith(opening)


async def test_a_guest_who_asks_too_much_is_told_so_once(stand: Newsstand) -> None:
    with stand.open() as desk:
        async with Telegram() as telegram, running(telegram, desk, questions_per_minute=1):
            await telegram.summon(f"@clipdesk_bot {QUESTION}")
            result = await telegram.summon(f"@clipdesk_bot {QUESTION}")
            assert inserted(result)["text"] == texts.too_many(ENGLISH)
