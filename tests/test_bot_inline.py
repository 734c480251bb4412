"""Inline mode and guest mode, over the real protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.app import App
from bot.jobs.correcting import follow_corrections
from bot.keeping.shown import ShownAnswer, walk_answers
from bot.metrics import QUESTIONS
from bot.wording import texts
from bot.wording.deeplinks import link_to_question
from bot.wording.speech import ENGLISH
from index import Desk
from tests.botapi import Json
from tests.bots import marked, running
from tests.databases import new_database
from tests.newsstand import QUESTION, SAID, Newsstand
from tests.telegrams import Telegram, buttons, served


@pytest.fixture
async def telegram(stand: Newsstand) -> AsyncIterator[Telegram]:
    async with served(stand) as (telegram, _):
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


async def test_help_says_so_where_the_bot_can_be_asked_in_any_chat(telegram: Telegram) -> None:
    chat = telegram.private()
    help_ = await chat.reply_after(chat.post("/help"))
    assert "In any chat: @clipdesk_bot your question." in help_["text"].split("\n")


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


# What was inserted follows corrections


async def look(app: App) -> None:
    data = app.bot_data
    await follow_corrections(data["database"], data["newsroom"], app.bot, days=30)


async def kept(app: App) -> list[ShownAnswer]:
    return [one async for batch in walk_answers(app.bot_data["database"]) for one in batch]


async def test_what_was_inserted_is_corrected_and_withdrawn(stand: Newsstand, url: str) -> None:
    async with served(stand, database=url) as (telegram, app):
        [result, *_] = (await telegram.type_inline(QUESTION))["results"]
        message = telegram.choose(result, QUESTION)
        await telegram.settled()
        said = result["description"]
        before, id_ = message["text"], f"whales-{SAID.index(said)}"
        await look(app)
        assert message["text"] == before
        new = said.replace("Iceland", "Greenland")
        stand.put(id_, f"The weather was fine that day. {new} A bell rang at noon.")
        stand.publish()
        await look(app)
        assert marked(message, "blockquote") == [new]
        assert message["text"].startswith(f"{new}\nHeadline of {id_} · ")
        assert "· corrected on " in message["text"]
        [address] = buttons(message).values()
        assert address.startswith("https://t.me/clipdesk_bot?start=c")
        assert address != buttons(result)["See the context or ask a question"]
        stand.drop(id_)
        stand.publish()
        await look(app)
        assert message["text"].startswith("Withdrawn on ")
        [address] = buttons(message).values()
        assert address.endswith(f"?start={link_to_question(QUESTION)}")


async def test_what_is_gone_before_it_is_chosen_is_withdrawn(stand: Newsstand) -> None:
    async with served(stand) as (telegram, app):
        changed, removed, *_ = (await telegram.type_inline(QUESTION))["results"]
        ids = [f"whales-{SAID.index(each['description'])}" for each in (changed, removed)]
        stand.put(ids[0], "The weather was fine that day. Nobody counted anything.")
        stand.drop(ids[1])
        stand.publish()
        for result in (changed, removed):
            message = telegram.choose(result, QUESTION)
            await telegram.settled()
            assert message["text"].startswith("Withdrawn on ")
            [address] = buttons(message).values()
            assert address.endswith(f"?start={link_to_question(QUESTION)}")
        assert await kept(app) == []


async def test_what_another_replica_may_have_offered_is_not_withdrawn(
    stand: Newsstand, server: str
) -> None:
    async with served(stand, database=await new_database(server)) as (telegram, _):
        [result, *_] = (await telegram.type_inline(QUESTION))["results"]
        stand.drop(f"whales-{SAID.index(result['description'])}")
        stand.publish()
        message = telegram.choose(result, QUESTION)
        await telegram.settled()
        assert message["text"] == inserted(result)["text"]


async def test_the_nearest_that_was_inserted_stays_the_nearest(stand: Newsstand) -> None:
    async with served(stand) as (telegram, app):
        question = "Who painted the bridge of Ankh in Bern?"
        [result, *_] = (await telegram.type_inline(question))["results"]
        message = telegram.choose(result, question)
        await telegram.settled()
        stand.drop("cheese")
        for at in range(len(SAID)):
            stand.drop(f"whales-{at}")
        stand.put("other", "Something else came in. Nobody asked.")
        stand.publish()
        await look(app)
        assert message["text"].startswith(
            "The coverage does not answer that.\nThe closest coverage:\nWithdrawn on "
        )


async def test_a_guests_answer_is_corrected(stand: Newsstand) -> None:
    async with served(stand) as (telegram, app):
        result = await telegram.summon(f"@clipdesk_bot {QUESTION}")
        [message] = telegram.inserted.values()
        first, *_ = marked(message, "blockquote")
        await telegram.settled()
        stand.drop(f"whales-{SAID.index(first)}")
        stand.publish()
        await look(app)
        assert message["text"].startswith("[1] Withdrawn on ")
        assert "\n[2] " in message["text"]
        assert buttons(message) == buttons(result)


async def test_who_has_something_inserted_may_have_it_forgotten(stand: Newsstand) -> None:
    async with served(stand) as (telegram, app):
        ada, bob = telegram.private("Ada"), telegram.private("Bob")
        for chat in (ada, bob):
            results = (await telegram.type_inline(QUESTION, user=chat.user))["results"]
            for result in results[:2]:
                telegram.choose(result, QUESTION, user=chat.user)
            await telegram.summon(f"@clipdesk_bot {QUESTION}", user=chat.user)
        await telegram.settled()
        assert len(await kept(app)) == 6
        await ada.reply_after(ada.post("/forget"))
        assert [one.chat_id for one in await kept(app)] == [bob.id] * 3


async def test_what_was_not_of_ours_is_not_kept(stand: Newsstand) -> None:
    async with served(stand) as (telegram, app):
        [result, *_] = (await telegram.type_inline(QUESTION))["results"]
        made_up = {"id": "c" + "x" * 24 + "0-9"}, {"id": "?"}, {"id": "n"}, {"reply_markup": None}
        for other in made_up:
            given = {name: one for name, one in (result | other).items() if one}
            telegram.choose(given, QUESTION)
        await telegram.settled()
        assert await kept(app) == []


# Guest mode


async def test_a_guest_question_is_answered_in_its_place(telegram: Telegram) -> None:
    result = await telegram.summon(f"@clipdesk_bot {QUESTION}")
    message = inserted(result)
    assert marked(message, "blockquote")[0] in SAID
    assert "[3] " in message["text"]
    [(_, address)] = buttons(result).items()
    assert address.endswith(f"?start={link_to_question(QUESTION)}")


async def test_a_guest_question_below_a_photo_is_answered(telegram: Telegram) -> None:
    result = await telegram.summon(f"@clipdesk_bot {QUESTION}", photo=True)
    assert marked(inserted(result), "blockquote")[0] in SAID
    [(_, address)] = buttons(result).items()
    assert address.endswith(f"?start={link_to_question(QUESTION)}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "after my name: @clipdesk_bot How many users", id="nothing-asked"),
        pytest.param("According to The Gazette, ", "\nSearched first: The Gazette.", id="outlet"),
        pytest.param("According to Bloomberg, ", "no coverage by Bloomberg.", id="absent"),
    ],
)
async def test_a_guest_is_offered_no_command(telegram: Telegram, text: str, said: str) -> None:
    question = text and f"{text}h{QUESTION[1:]}"
    answer = inserted(await telegram.summon(f"@clipdesk_bot {question}"))
    assert said in answer["text"]
    assert marked(answer, "bot_command") == []


async def test_a_guest_is_apologised_to_where_an_error_kept_the_answer(
    telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret details at line 42")

    monkeypatch.setattr(Desk, "ask", fail)
    result = await telegram.summon(f"@clipdesk_bot {QUESTION}")
    assert inserted(result)["text"] == texts.apology(ENGLISH)
    await telegram.settled()
    assert len(telegram.inserted) == 1


async def test_a_guest_whose_answer_may_have_arrived_gets_no_second(telegram: Telegram) -> None:
    telegram.fail_next("answerGuestQuery", 500, applied=True)
    await telegram.summon(f"@clipdesk_bot {QUESTION}")
    calls = [call.method for call in await telegram.settled()]
    assert calls.count("answerGuestQuery") == 1


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
