"""A question in a private chat, a cited answer out: the whole bot, from HTTP to the index."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest

from bot.wording import captions, texts
from bot.wording.speech import ENGLISH
from index import Desk
from tests.botapi import Json, find_entities
from tests.bots import (
    ABSENT,
    DEEPFAKES,
    FOLLOW_UP,
    LACKING,
    PASSPORTS,
    UNCOVERED,
    USERS,
    Wrapped,
    answering,
    check_answer,
    check_citations,
    excerpts,
    marked,
    running,
)
from tests.emulator import Emulator

APOLOGY = texts.apology(ENGLISH)
NEAREST = captions.nearest(ENGLISH)
RESOLVED = f"{DEEPFAKES[0].removesuffix('?')} in 2021?"
"""What `FOLLOW_UP` asks after `DEEPFAKES`."""
FILE: Json = {"file_id": "f", "file_unique_id": "u"}
PICTURE: Json = FILE | {"width": 1, "height": 1}
STICKER: Json = PICTURE | {"type": "regular", "is_animated": False, "is_video": False}


def picture(caption: str) -> Json:
    """Return the content of a picture, with a caption or ""."""
    below: Json = {"caption": caption, "caption_entities": find_entities(caption)}
    return {"photo": [PICTURE], **(below if caption else {})}


@pytest.fixture
async def telegram(sample: Desk) -> AsyncIterator[Emulator]:
    async with answering(sample) as emulator:
        yield emulator


async def ask(telegram: Emulator, question: str) -> Json:
    chat = telegram.private()
    return await chat.reply_after(chat.post(question))


@pytest.mark.parametrize(("question", "expected"), [USERS, DEEPFAKES, PASSPORTS])
async def test_a_question_is_answered_with_cited_excerpts(
    telegram: Emulator, question: str, expected: str
) -> None:
    answer = await ask(telegram, question)
    check_answer(answer, expected)
    assert "reply_to_message" not in answer


async def test_an_answer_shows_what_answers_headline_outlet_and_dates(
    telegram: Emulator,
) -> None:
    answer = await ask(telegram, USERS[0])
    lines = answer["text"].split("\n")
    assert lines[0] == (
        f"{USERS[1]} Telegram is widely popular in Ukraine, Russia and other countries of the"
        " former Soviet Union."
    )
    assert lines[1] == (
        "[1] Pavel Durov: the Russian-born Telegram chief with French and UAE passports"
        " · Clipdesk Samples · 3 Sep 2024"
    )
    assert lines[-1] == "The latest article is from 3 Sep 2024."
    assert marked(answer, "bold")[0] == "1 billion"
    assert marked(answer, "text_link")[0] == lines[1][4:].split(" · ")[0]
    assert len(excerpts(answer)) == 3
    assert len(marked(answer, "expandable_blockquote")) == 1


async def test_an_answer_is_one_message_and_comes_at_once(telegram: Emulator) -> None:
    chat = telegram.private()
    begun = time.monotonic()
    await chat.reply_after(chat.post(DEEPFAKES[0]))
    assert time.monotonic() - begun < 2.0
    await telegram.settled()
    assert len(chat.sent) == 1


async def test_what_the_coverage_does_not_answer_is_refused(telegram: Emulator) -> None:
    refusal = await ask(telegram, UNCOVERED)
    assert refusal["text"].startswith(f"The coverage does not answer that.\n{NEAREST}\n")
    assert marked(refusal, "bold")[0] == "The coverage does not answer that."
    assert marked(refusal, "blockquote") == []
    check_citations(refusal)


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        pytest.param("/start", "Ask me about the news.", id="start"),
        pytest.param("/start from-a-link", "Ask me about the news.", id="deep-link"),
        pytest.param("/help", "Ask me about the news.", id="help"),
        pytest.param("/unheard_of", "Ask me about the news.", id="unknown-command"),
        pytest.param("/about", "Clipdesk ", id="about"),
        pytest.param(
            "/sources", "8 articles, published 3 Sep 2024\n• Clipdesk Samples: 8", id="sources"
        ),
        pytest.param("/ask", "What would you like to know?", id="ask-nothing"),
        pytest.param("/ask   \n ", "What would you like to know?", id="ask-blanks"),
        pytest.param("👋🏽 🗞", "There are no words in that question", id="only-emoji"),
        pytest.param("Thank you! 🙏", "I can only answer questions.", id="thanks"),
        pytest.param(
            "why " * 1024, "That question is too long, at 4,095 characters", id="very-long"
        ),
    ],
)
async def test_what_is_no_question_gets_an_answer_too(
    telegram: Emulator, text: str, opening: str
) -> None:
    answer = await ask(telegram, text)
    assert answer["text"].startswith(opening)
    assert marked(answer, "blockquote") == []


async def test_a_mention_is_no_part_of_a_question_in_private(sample: Desk) -> None:
    desk = Wrapped(sample)
    async with answering(desk) as telegram:
        check_answer(await ask(telegram, f"@clipdesk_bot {USERS[0]}"), USERS[1])
        hint = await ask(telegram, "@clipdesk_bot")
    assert desk.asked == [(USERS[0], "")]
    assert hint["text"].startswith("What would you like to know?")


async def test_ask_works_in_private_too(telegram: Emulator) -> None:
    check_answer(await ask(telegram, f"/ask {USERS[0]}"), USERS[1])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"sticker": STICKER}, id="sticker"),
        pytest.param({"photo": [PICTURE]}, id="photo"),
        pytest.param({"voice": FILE | {"duration": 3}}, id="voice"),
    ],
)
async def test_what_is_no_text_gets_a_hint(telegram: Emulator, content: Json) -> None:
    chat = telegram.private()
    answer = await chat.reply_after(chat.post("", **content))
    assert answer["text"] == texts.only_text(ENGLISH)


@pytest.mark.parametrize("before", ["", "/ask ", "/ask@clipdesk_bot\n", "@clipdesk_bot "])
async def test_a_caption_asks_as_a_text_does(telegram: Emulator, before: str) -> None:
    chat = telegram.private()
    answer = await chat.reply_after(chat.post("", **picture(before + USERS[0])))
    check_answer(answer, USERS[1])


async def test_a_command_below_a_picture_gets_help_as_one_that_there_is_not(
    telegram: Emulator,
) -> None:
    chat = telegram.private()
    for command in ("/latest", "/ask@other_bot Who?"):
        answer = await chat.reply_after(chat.post("", **picture(command)))
        assert answer["text"].startswith("Ask me about the news.")


@pytest.mark.parametrize("caption", ["", USERS[0], f"/ask {USERS[0]}"])
async def test_an_album_is_answered_once(sample: Desk, caption: str) -> None:
    async with Emulator() as telegram, running(telegram, sample, questions_per_minute=2):
        chat = telegram.private()
        for at in range(4):
            chat.post("", **picture(caption if at == 0 else ""), media_group_id="7")
        await telegram.settled()
        [answer] = chat.sent
        other = await chat.reply_after(chat.post("", **picture(""), media_group_id="8"))
    if caption:
        check_answer(answer, USERS[1])
    else:
        assert answer["text"] == texts.only_text(ENGLISH)
    assert other["text"] == texts.only_text(ENGLISH)


async def test_service_messages_are_left_alone(telegram: Emulator) -> None:
    telegram.private().post("", write_access_allowed={})
    assert await telegram.settled() == []


@pytest.mark.parametrize(
    "question",
    [
        pytest.param('How many users does "Telegram" have? <&>', id="html"),
        pytest.param("How many users \u202edoes\u202c \u200bTelegram\u2066 have?", id="unseen"),
        pytest.param("How many users\x00 does Telegram have?", id="nul"),
        pytest.param("How  many\n\nusers does\tTelegram have", id="spaces"),
        pytest.param("HOW MANY USERS DOES TELEGRAM HAVE", id="capitals"),
    ],
)
async def test_hostile_text_is_still_a_question(telegram: Emulator, question: str) -> None:
    check_answer(await ask(telegram, question), USERS[1])


@pytest.mark.parametrize(
    "question",
    [
        pytest.param('<b>&"', id="open-tag"),
        pytest.param("</blockquote><a href='tg://user?id=1'>you</a>", id="closing-tag"),
        pytest.param("&lt;script&gt;alert(1)&lt;/script&gt;", id="entities"),
        pytest.param("' OR 1=1; DROP TABLE articles; --", id="sql"),
        pytest.param('title:"x" AND (body:[a TO b] OR *', id="query-language"),
        pytest.param("ü" * 1000, id="one-long-word"),
        pytest.param("%s %d {0} \\n", id="formats"),
    ],
)
async def test_hostile_text_never_breaks_an_answer(telegram: Emulator, question: str) -> None:
    answer = await ask(telegram, question)
    assert answer["text"] != APOLOGY
    assert "<b>" not in answer["text"]


# Conversations


async def test_a_follow_up_is_understood(telegram: Emulator) -> None:
    chat = telegram.private()
    check_answer(await chat.reply_after(chat.post(DEEPFAKES[0])), DEEPFAKES[1])
    answer = await chat.reply_after(chat.post(FOLLOW_UP))
    assert f"Understood as: {RESOLVED}" in answer["text"].split("\n")
    check_answer(answer, "156 cases")
    assert excerpts(answer)[0].startswith("In all of 2021")
    assert "156" in marked(answer, "bold")[0]


async def test_a_follow_up_does_not_leak_to_another_chat(sample: Desk) -> None:
    desk = Wrapped(sample)
    async with answering(desk) as telegram:
        await ask(telegram, DEEPFAKES[0])
        await ask(telegram, FOLLOW_UP)
    assert desk.asked == [(DEEPFAKES[0], ""), (FOLLOW_UP, "")]


async def test_a_follow_up_sent_before_the_answer_is_understood(sample: Desk) -> None:
    async with Emulator() as telegram:
        chat = telegram.private()
        chat.post(DEEPFAKES[0])
        last = chat.post(FOLLOW_UP)
        desk = Wrapped(sample)
        async with running(telegram, desk):
            await chat.reply_after(last)
            await telegram.until(lambda: len(chat.sent) == 2, "both answers")
    assert desk.asked == [(DEEPFAKES[0], ""), (FOLLOW_UP, DEEPFAKES[0])]
    check_answer(chat.sent[1], "156 cases")


async def test_what_cannot_be_asked_is_not_followed_up(sample: Desk) -> None:
    desk = Wrapped(sample)
    async with answering(desk) as telegram:
        chat = telegram.private()
        for text in (DEEPFAKES[0], "🤔", "/ask", "/help", FOLLOW_UP):
            await chat.reply_after(chat.post(text))
    assert desk.asked[-1] == (FOLLOW_UP, DEEPFAKES[0])


async def test_a_follow_up_of_a_follow_up_is_understood(sample: Desk) -> None:
    desk = Wrapped(sample)
    async with answering(desk) as telegram:
        chat = telegram.private()
        for text in (DEEPFAKES[0], FOLLOW_UP, "And why?"):
            answer = await chat.reply_after(chat.post(text))
    assert desk.asked[-1] == ("And why?", RESOLVED)
    assert "deepfake" in answer["text"]


# Whatever outlet or time is named


async def test_what_an_absent_outlet_reported_is_refused_until_asked_everywhere(
    telegram: Emulator,
) -> None:
    chat = telegram.private()
    refusal = await chat.reply_after(chat.post(ABSENT))
    opening = f"The coverage does not answer that.\n{LACKING}\n{NEAREST}\n"
    assert refusal["text"].startswith(opening)
    answer = await chat.reply_after(chat.post("/everywhere"))
    check_answer(answer, DEEPFAKES[1])
    assert LACKING not in answer["text"]


async def test_what_was_looked_for_first_is_said_and_asked_without_everywhere(
    telegram: Emulator,
) -> None:
    chat = telegram.private()
    note = "Searched first: Clipdesk Samples. To search everything: /everywhere"
    question = f"According to Clipdesk Samples, {USERS[0]}"
    answer = await chat.reply_after(chat.post(question))
    check_answer(answer, USERS[1])
    assert note in answer["text"].split("\n")
    assert marked(answer, "bot_command") == ["/everywhere"]
    again = await chat.reply_after(chat.post("/everywhere"))
    check_answer(again, USERS[1])
    assert note not in again["text"]


@pytest.mark.parametrize(
    "before",
    [
        pytest.param([], id="nothing"),
        pytest.param(["/help"], id="command"),
        pytest.param(["🤔"], id="no-question"),
        pytest.param(["/everywhere"], id="everywhere"),
    ],
)
async def test_everywhere_without_a_question_before_it_asks_which(
    telegram: Emulator, before: list[str]
) -> None:
    chat = telegram.private()
    for text in before:
        await chat.reply_after(chat.post(text))
    answer = await chat.reply_after(chat.post("/everywhere"))
    assert answer["text"].startswith("Which question? In a group, reply to my answer")


async def test_everywhere_takes_the_question_of_its_own_chat(telegram: Emulator) -> None:
    await ask(telegram, ABSENT)
    other = await ask(telegram, "/everywhere")
    assert other["text"].startswith("Which question?")


async def test_everywhere_asks_what_a_follow_up_stands_for_and_is_followed_up(
    sample: Desk,
) -> None:
    desk = Wrapped(sample)
    async with answering(desk) as telegram:
        chat = telegram.private()
        for text in (DEEPFAKES[0], FOLLOW_UP, "/everywhere", "/everywhere", "And why?"):
            await chat.reply_after(chat.post(text))
    assert desk.asked[2:] == [(RESOLVED, ""), (RESOLVED, ""), ("And why?", RESOLVED)]
    assert desk.anywhere == [False, False, True, True, False]


async def test_everywhere_after_a_conversation_of_long_questions_is_no_question_too_long(
    telegram: Emulator,
) -> None:
    chat = telegram.private()
    for text in (f"{DEEPFAKES[0]} {'word ' * 150}", f"And {'that ' * 100}?", "/everywhere"):
        answer = await chat.reply_after(chat.post(text))
        assert "characters" not in answer["text"]
        check_citations(answer)


async def test_the_topics_of_a_private_chat_are_conversations_of_their_own(sample: Desk) -> None:
    desk = Wrapped(sample)
    async with answering(desk) as telegram:
        chat = telegram.private()
        first, second = chat.create_topic("One"), chat.create_topic("Two")
        for topic, question in ((first, DEEPFAKES[0]), (second, FOLLOW_UP), (first, FOLLOW_UP)):
            answer = await chat.reply_after(chat.post(question, topic=topic))
            assert answer["message_thread_id"] == topic
    assert [after for _, after in desk.asked] == ["", "", DEEPFAKES[0]]


# What is not a new message from a person


async def test_edits_are_left_alone(sample: Desk) -> None:
    async with Emulator() as telegram:
        chat = telegram.private()
        message = {**chat.post(USERS[0]), "edit_date": int(time.time())}
        telegram.updates.clear()
        telegram.enqueue({"edited_message": message})  # the bot has not yet said what it wants
        telegram.enqueue({"edited_channel_post": message})
        async with running(telegram, sample):
            await telegram.settled()
        assert chat.sent == []


async def test_what_somebody_inserted_inline_is_no_question(telegram: Emulator) -> None:
    chat = telegram.private()
    chat.post(USERS[0], via_bot=telegram.me)
    assert await telegram.settled() == []
    other = telegram.user("Other", "other_bot", is_bot=True)
    check_answer(await chat.reply_after(chat.post(USERS[0], via_bot=other)), USERS[1])


async def test_other_bots_are_left_alone(telegram: Emulator) -> None:
    chat = telegram.private()
    other = telegram.user("Other", "other_bot", is_bot=True)
    message = chat.post("Hello?", sender=telegram.stranger)
    await chat.reply_after(message)
    telegram.enqueue({"message": {**message, "message_id": 99, "from": other}})
    telegram.enqueue({"message": {**message, "message_id": 100, "from": telegram.me}})
    assert await telegram.settled() == []
