"""Groups, topics and channels: the bot answers what is meant for it, there, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.wording import texts
from bot.wording.speech import ENGLISH
from index import Desk
from tests.botapi import Json, find_entities
from tests.bots import (
    ABSENT,
    DEEPFAKES,
    FOLLOW_UP,
    LACKING,
    PASSPORTS,
    USERS,
    Wrapped,
    answering,
    check_answer,
    running,
)
from tests.emulator import Chat, Emulator

HINT = "What would you like to know?"


@pytest.fixture
def desk(sample: Desk) -> Wrapped:
    return Wrapped(sample)


@pytest.fixture
async def telegram(desk: Wrapped) -> AsyncIterator[Emulator]:
    """In privacy mode."""
    async with answering(desk) as emulator:
        yield emulator


@pytest.fixture
async def open_telegram(desk: Wrapped) -> AsyncIterator[Emulator]:
    """With privacy mode off, so that the bot hears whatever is said."""
    async with answering(desk, privacy=False) as emulator:
        yield emulator


def replied_to(answer: Json) -> int:
    return int(answer["reply_to_message"]["message_id"])


async def check_silence(telegram: Emulator, chat: Chat, *, after: int) -> None:
    """Check that the bot, which said so much before, made no call since."""
    assert await telegram.settled() == []
    assert len(chat.sent) == after


# Groups in privacy mode


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("/ask {}", id="command"),
        pytest.param("/ask@clipdesk_bot {}", id="to-this-bot"),
        pytest.param("/ASK@ClipDesk_Bot {}", id="capitals"),
        pytest.param("/ask\n{}", id="next-line"),
        pytest.param("/ask, {}", id="comma"),
    ],
)
async def test_a_command_in_a_group_is_answered_as_a_reply(telegram: Emulator, text: str) -> None:
    group = telegram.group("Newsroom")
    question = group.post(text.format(USERS[0]))
    answer = await group.reply_after(question)
    check_answer(answer, USERS[1])
    assert replied_to(answer) == question["message_id"]


@pytest.mark.parametrize(
    "text", [f"/ask@other_bot {USERS[0]}", f"/other {USERS[0]}", USERS[0], "@other_bot who?"]
)
async def test_what_is_for_others_gets_no_answer(telegram: Emulator, text: str) -> None:
    group = telegram.group("Newsroom", admin=True)  # an admin hears everything
    group.post(text)
    await check_silence(telegram, group, after=0)


async def test_a_reply_to_the_bot_is_answered(telegram: Emulator, desk: Wrapped) -> None:
    group = telegram.group("Newsroom")
    first = await group.reply_after(group.post(f"/ask {DEEPFAKES[0]}"))
    follow_up = group.post(FOLLOW_UP, reply_to=first)
    answer = await group.reply_after(follow_up)
    check_answer(answer, "156 cases")
    assert replied_to(answer) == follow_up["message_id"]
    assert desk.asked[-1] == (FOLLOW_UP, DEEPFAKES[0])


async def test_what_somebody_inserts_inline_as_a_reply_is_no_question(telegram: Emulator) -> None:
    group = telegram.group("Newsroom")
    first = await group.reply_after(group.post(f"/ask {DEEPFAKES[0]}"))
    group.post(USERS[0], reply_to=first, via_bot=telegram.me)
    await check_silence(telegram, group, after=1)


async def test_a_follow_up_follows_the_answer_it_replies_to(
    telegram: Emulator, desk: Wrapped
) -> None:
    group = telegram.group("Newsroom")
    first = await group.reply_after(group.post(f"/ask {DEEPFAKES[0]}"))
    other = telegram.user("Kim")
    await group.reply_after(group.post(f"/ask {PASSPORTS[0]}", sender=other))
    await group.reply_after(group.post(FOLLOW_UP, reply_to=first))
    await group.reply_after(group.post(f"/ask {FOLLOW_UP}", reply_to=first))
    assert [after for _, after in desk.asked] == ["", "", DEEPFAKES[0], DEEPFAKES[0]]


async def test_a_command_of_its_own_follows_nothing(telegram: Emulator, desk: Wrapped) -> None:
    group = telegram.group("Newsroom")
    await group.reply_after(group.post(f"/ask {DEEPFAKES[0]}"))
    await group.reply_after(group.post(f"/ask {FOLLOW_UP}"))
    talk = group.post("Nobody knows.")
    await group.reply_after(group.post(f"/ask {FOLLOW_UP}", reply_to=talk))
    assert desk.asked[1:] == [(FOLLOW_UP, "")] * 2


async def test_a_reply_to_another_person_gets_no_answer(telegram: Emulator) -> None:
    group = telegram.group("Newsroom", admin=True)
    talk = group.post("Who is that?")
    group.post(USERS[0], reply_to=talk)
    await check_silence(telegram, group, after=0)


async def test_a_command_in_reply_to_a_question_takes_that(telegram: Emulator) -> None:
    group = telegram.group("Newsroom")
    question = group.post(USERS[0])
    answer = await group.reply_after(group.post("/ask", reply_to=question))
    check_answer(answer, USERS[1])


async def test_a_command_in_reply_to_a_picture_takes_its_caption(telegram: Emulator) -> None:
    group = telegram.group("Newsroom")
    picture = {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}
    photo = group.post("", photo=[picture], caption=USERS[0])
    check_answer(await group.reply_after(group.post("/ask", reply_to=photo)), USERS[1])


async def test_a_command_with_a_selected_quotation_takes_that(
    telegram: Emulator, desk: Wrapped
) -> None:
    group = telegram.group("Newsroom")
    talk = group.post(f"I wonder. {USERS[0]} Anybody?")
    quote = {"text": USERS[0], "position": 10, "is_manual": True}
    await group.reply_after(group.post("/ask", reply_to=talk, quote=quote))
    assert desk.asked == [(USERS[0], "")]


async def test_a_command_alone_gets_a_hint(telegram: Emulator) -> None:
    group = telegram.group("Newsroom")
    first = await group.reply_after(group.post("/ask"))
    assert first["text"].startswith(HINT)
    again = await group.reply_after(group.post("/ask", reply_to=first))
    assert again["text"].startswith(HINT)


@pytest.mark.parametrize("command", ["help", "start", "about", "sources"])
async def test_the_other_commands_work_in_groups(telegram: Emulator, command: str) -> None:
    group = telegram.group("Newsroom")
    asked = group.post(f"/{command}@clipdesk_bot")
    assert replied_to(await group.reply_after(asked)) == asked["message_id"]


@pytest.mark.parametrize("make", [Emulator.group, Emulator.channel])
async def test_help_promises_no_answers_where_the_bot_keeps_silent(
    open_telegram: Emulator, make: Callable[[Emulator, str], Chat]
) -> None:
    place = make(open_telegram, "Newsroom")
    help_ = await place.reply_after(place.post("/help"))
    place.post(USERS[0])
    await open_telegram.settled()
    assert len(place.sent) == 1
    assert "In our private chat: just write your question.\n" in help_["text"]
    assert "In any chat" not in help_["text"]  # as BotFather has it from the start
    assert "In this chat" not in help_["text"]


async def test_an_answer_to_a_deleted_question_is_sent_all_the_same(desk: Wrapped) -> None:
    async with Emulator() as telegram:
        group = telegram.group("Newsroom")
        question = group.post(f"/ask {USERS[0]}")
        group.messages.remove(question)
        async with running(telegram, desk):
            answer = await group.reply_after(question)
    check_answer(answer, USERS[1])
    assert "reply_to_message" not in answer


async def test_an_anonymous_admin_is_answered(telegram: Emulator) -> None:
    group = telegram.group("Newsroom")
    nobody = telegram.user("Group", "GroupAnonymousBot", is_bot=True)
    asked = group.post(f"/ask {USERS[0]}", sender=nobody, sender_chat=group.info)
    check_answer(await group.reply_after(asked), USERS[1])


async def test_who_writes_as_a_channel_is_answered(telegram: Emulator) -> None:
    group, channel = telegram.group("Newsroom"), telegram.channel("News")
    mask = telegram.user("Channel", "Channel_Bot", is_bot=True)
    asked = group.post(f"/ask {USERS[0]}", sender=mask, sender_chat=channel.info)
    check_answer(await group.reply_after(asked), USERS[1])


async def test_a_channels_post_is_not_answered_again_in_its_group(telegram: Emulator) -> None:
    group, channel = telegram.group("Newsroom"), telegram.channel("News")
    service = telegram.user("Telegram")
    group.post(
        f"/ask {USERS[0]}", sender=service, sender_chat=channel.info, is_automatic_forward=True
    )
    await check_silence(telegram, group, after=0)


async def test_a_follow_up_of_a_follow_up_follows_both(telegram: Emulator, desk: Wrapped) -> None:
    group = telegram.group("Newsroom")
    first = await group.reply_after(group.post(f"/ask {DEEPFAKES[0]}"))
    second = await group.reply_after(group.post(FOLLOW_UP, reply_to=first))
    await group.reply_after(group.post(f"/ask {PASSPORTS[0]}"))
    await group.reply_after(group.post("And why?", reply_to=second))
    resolved = f"{DEEPFAKES[0].removesuffix('?')} in 2021?"
    assert desk.asked[-1] == ("And why?", resolved)


# Everywhere, in groups, topics and channels


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("/everywhere", id="command"),
        pytest.param("/everywhere@clipdesk_bot", id="to-this-bot"),
        pytest.param("/EVERYWHERE@ClipDesk_Bot", id="capitals"),
    ],
)
async def test_everywhere_in_reply_to_a_refusal_answers_its_question(
    telegram: Emulator, command: str
) -> None:
    group = telegram.group("Newsroom")
    refusal = await group.reply_after(group.post(f"/ask {ABSENT}"))
    assert LACKING in refusal["text"].split("\n")
    await group.reply_after(group.post(f"/ask {PASSPORTS[0]}"))
    again = group.post(command, reply_to=refusal, sender=telegram.user("Kim"))
    answer = await group.reply_after(again)
    check_answer(answer, DEEPFAKES[1])
    assert LACKING not in answer["text"]
    assert replied_to(answer) == again["message_id"]
    follow_up = await group.reply_after(group.post(FOLLOW_UP, reply_to=answer))
    assert follow_up["text"] != texts.nothing_before(ENGLISH)


@pytest.mark.parametrize("make", [Emulator.group, Emulator.channel])
async def test_everywhere_does_what_an_answer_offers_where_many_ask(
    telegram: Emulator, make: Callable[[Emulator, str], Chat]
) -> None:
    place = make(telegram, "Newsroom")
    note = "Searched first: Clipdesk Samples. To search everything, reply to this message with"
    asked = place.post(f"/ask According to Clipdesk Samples, {USERS[0]}")
    answer = await place.reply_after(asked)
    assert f"{note} /everywhere" in answer["text"].split("\n")
    again = await place.reply_after(place.post("/everywhere", reply_to=answer))
    check_answer(again, USERS[1])
    assert note not in again["text"]


async def test_everywhere_that_replies_to_no_answer_asks_which(
    telegram: Emulator, desk: Wrapped
) -> None:
    group = telegram.group("Newsroom")
    question = group.post(f"/ask {ABSENT}")
    await group.reply_after(question)
    help_ = await group.reply_after(group.post("/help"))
    for message in (None, question, help_):
        answer = await group.reply_after(group.post("/everywhere", reply_to=message))
        assert answer["text"].startswith("Which question? In a group, reply to my answer")
    assert len(desk.asked) == 1


async def test_everywhere_for_another_bot_gets_no_answer(telegram: Emulator) -> None:
    group = telegram.group("Newsroom", admin=True)
    refusal = await group.reply_after(group.post(f"/ask {ABSENT}"))
    group.post("/everywhere@other_bot", reply_to=refusal)
    await check_silence(telegram, group, after=1)


async def test_everywhere_in_a_topic_takes_the_answer_it_replies_to(telegram: Emulator) -> None:
    forum = telegram.group("Newsroom", forum=True)
    topic = forum.create_topic("Elections")
    refusal = await forum.reply_after(forum.post(f"/ask {ABSENT}", topic=topic))
    alone = await forum.reply_after(forum.post("/everywhere", topic=topic))
    assert alone["text"].startswith("Which question?")
    answer = await forum.reply_after(forum.post("/everywhere", topic=topic, reply_to=refusal))
    check_answer(answer, DEEPFAKES[1])
    assert answer["message_thread_id"] == topic


async def test_everywhere_in_a_channel_answers_the_post_it_replies_to(telegram: Emulator) -> None:
    channel = telegram.channel("News")
    refusal = await channel.reply_after(channel.post(f"/ask {ABSENT}"))
    assert LACKING in refusal["text"].split("\n")
    answer = await channel.reply_after(channel.post("/everywhere", reply_to=refusal))
    check_answer(answer, DEEPFAKES[1])


async def test_everywhere_asks_what_stands_behind_it(telegram: Emulator, desk: Wrapped) -> None:
    group = telegram.group("Newsroom")
    refusal = await group.reply_after(group.post(f"/ask {ABSENT}"))
    answer = await group.reply_after(group.post(f"/everywhere {USERS[0]}", reply_to=refusal))
    check_answer(answer, USERS[1])
    assert [question for question, _ in desk.asked] == [ABSENT, USERS[0]]
    assert desk.anywhere == [False, True]


@pytest.mark.parametrize("make", [Emulator.private, partial(Emulator.group, title="Newsroom")])
async def test_a_reply_is_understood_after_a_restart(
    sample: Desk, make: Callable[[Emulator], Chat], tmp_path: Path
) -> None:
    async with Emulator() as telegram:
        chat = make(telegram)
        async with running(telegram, sample, folder=tmp_path):
            refusal = await chat.reply_after(chat.post(f"/ask {ABSENT}"))
            await chat.reply_after(chat.post(f"/ask {PASSPORTS[0]}"))
        async with running(telegram, Wrapped(sample), folder=tmp_path):
            answer = await chat.reply_after(chat.post("/everywhere", reply_to=refusal))
            check_answer(answer, DEEPFAKES[1])
        desk = Wrapped(sample)
        async with running(telegram, desk, folder=tmp_path):
            await chat.reply_after(chat.post(FOLLOW_UP, reply_to=answer))
    assert desk.asked[-1][0] == FOLLOW_UP
    assert "deepfake" in desk.asked[-1][1]


# What is said to /latest and /watch


@pytest.mark.parametrize("command", ["/latest", "/watch"])
async def test_a_message_replied_to_is_no_topic(telegram: Emulator, command: str) -> None:
    chat = telegram.private()
    alone = await chat.reply_after(chat.post(command))
    question = chat.post(DEEPFAKES[0])
    await chat.reply_after(question)
    replying = await chat.reply_after(chat.post(command, reply_to=question))
    assert replying["text"] == alone["text"]


# Groups with privacy mode off


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("@clipdesk_bot {}", id="before"),
        pytest.param("@ClipDesk_Bot: {}", id="capitals"),
        pytest.param("{} @clipdesk_bot", id="after"),
    ],
)
async def test_a_mention_is_answered(open_telegram: Emulator, desk: Wrapped, text: str) -> None:
    group = open_telegram.group("Newsroom")
    asked = group.post(text.format(USERS[0]))
    answer = await group.reply_after(asked)
    check_answer(answer, USERS[1])
    assert replied_to(answer) == asked["message_id"]
    [(question, _)] = desk.asked
    assert "@clipdesk_bot " not in f"{question} "


async def test_a_mention_in_reply_to_a_question_takes_that(open_telegram: Emulator) -> None:
    group = open_telegram.group("Newsroom")
    question = group.post(USERS[0])
    answer = await group.reply_after(group.post("@clipdesk_bot?", reply_to=question))
    check_answer(answer, USERS[1])


async def test_a_mention_alone_gets_a_hint(open_telegram: Emulator) -> None:
    group = open_telegram.group("Newsroom")
    answer = await group.reply_after(group.post("@clipdesk_bot"))
    assert answer["text"].startswith(HINT)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(USERS[0], id="chatter"),
        pytest.param(f"@other_bot {USERS[0]}", id="another-bot"),
        pytest.param(f"mail@clipdesk_bot.example {USERS[0]}", id="no-mention"),
        pytest.param("/other@clipdesk_bot", id="unknown-command"),
    ],
)
async def test_chatter_gets_no_answer(open_telegram: Emulator, text: str) -> None:
    group = open_telegram.group("Newsroom")
    group.post(text)
    await check_silence(open_telegram, group, after=0)


# Topics


async def test_an_answer_lands_in_the_topic_of_its_question(telegram: Emulator) -> None:
    forum = telegram.group("Newsroom", forum=True)
    topic, other = forum.create_topic("Elections"), forum.create_topic("Sports")
    in_topic = await forum.reply_after(forum.post(f"/ask {USERS[0]}", topic=topic))
    in_other = await forum.reply_after(forum.post(f"/ask {USERS[0]}", topic=other))
    in_general = await forum.reply_after(forum.post(f"/ask {USERS[0]}"))
    for answer in (in_topic, in_other, in_general):
        check_answer(answer, USERS[1])
    assert in_topic["message_thread_id"] == topic
    assert in_other["message_thread_id"] == other
    assert "message_thread_id" not in in_general


async def test_a_command_alone_in_a_topic_gets_a_hint(telegram: Emulator) -> None:
    forum = telegram.group("Newsroom", forum=True)
    topic = forum.create_topic("Elections")
    answer = await forum.reply_after(forum.post("/ask", topic=topic))
    assert answer["text"].startswith(HINT)


async def test_a_follow_up_does_not_leak_to_another_topic(
    telegram: Emulator, desk: Wrapped
) -> None:
    forum = telegram.group("Newsroom", forum=True)
    topic, other = forum.create_topic("Elections"), forum.create_topic("Sports")
    first = await forum.reply_after(forum.post(f"/ask {DEEPFAKES[0]}", topic=topic))
    await forum.reply_after(forum.post(f"/ask {FOLLOW_UP}", topic=other))
    await forum.reply_after(forum.post(f"/ask {FOLLOW_UP}"))
    await forum.reply_after(forum.post(FOLLOW_UP, reply_to=first))
    assert [after for _, after in desk.asked] == ["", "", "", DEEPFAKES[0]]


async def test_a_topic_that_the_bot_opened_makes_its_posts_no_replies(
    open_telegram: Emulator,
) -> None:
    forum = open_telegram.group("Newsroom", forum=True)
    topic = forum.create_topic("Questions", sender=open_telegram.me)
    post = forum.post(USERS[0], topic=topic)
    assert post["reply_to_message"]["from"]["id"] == open_telegram.me["id"]
    await check_silence(open_telegram, forum, after=0)


async def test_a_topic_in_which_the_bot_spoke_stays_quiet(open_telegram: Emulator) -> None:
    forum = open_telegram.group("Newsroom", forum=True)
    topic = forum.create_topic("Elections")
    first = await forum.reply_after(forum.post(f"/ask {DEEPFAKES[0]}", topic=topic))
    forum.post("Interesting!", topic=topic)
    await check_silence(open_telegram, forum, after=1)
    check_answer(await forum.reply_after(forum.post(FOLLOW_UP, reply_to=first)), "156 cases")


# Channels


async def test_a_command_in_a_channel_is_answered_as_a_reply(telegram: Emulator) -> None:
    channel = telegram.channel("News")
    asked = channel.post(f"/ask {USERS[0]}")
    answer = await channel.reply_after(asked)
    check_answer(answer, USERS[1])
    assert replied_to(answer) == asked["message_id"]


@pytest.mark.parametrize("text", [USERS[0], f"@clipdesk_bot {USERS[0]}", "/unheard_of"])
async def test_other_posts_in_a_channel_get_no_answer(telegram: Emulator, text: str) -> None:
    channel = telegram.channel("News")
    channel.post(text)
    await check_silence(telegram, channel, after=0)


# Captions


def post_picture(chat: Chat, caption: str, **more: Any) -> Json:
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    entities = find_entities(caption)
    return chat.post("", photo=photo, caption=caption, caption_entities=entities, **more)


@pytest.mark.parametrize(
    "caption", [USERS[0], f"/ask@other_bot {USERS[0]}", f"/unheard_of @clipdesk_bot {USERS[0]}"]
)
async def test_pictures_in_groups_and_channels_get_no_answer(
    open_telegram: Emulator, caption: str
) -> None:
    for chat in (open_telegram.group("Newsroom"), open_telegram.channel("News")):
        post_picture(chat, caption)
        await check_silence(open_telegram, chat, after=0)


async def test_captions_ask_where_texts_do(open_telegram: Emulator) -> None:
    group, channel = open_telegram.group("Newsroom"), open_telegram.channel("News")
    for chat, caption in (
        (group, f"/ask {USERS[0]}"),
        (group, f"@clipdesk_bot {USERS[0]}"),
        (channel, f"/ASK@Clipdesk_Bot {USERS[0]}"),
    ):
        asked = post_picture(chat, caption)
        answer = await chat.reply_after(asked)
        check_answer(answer, USERS[1])
        assert replied_to(answer) == asked["message_id"]
    reply = post_picture(group, DEEPFAKES[0], reply_to=group.sent[0])
    check_answer(await group.reply_after(reply), DEEPFAKES[1])
    forwarded = {"type": "hidden_user", "sender_user_name": "Eve", "date": 1_725_350_400}
    post_picture(group, f"/ask {USERS[0]}", forward_origin=forwarded)
    await check_silence(open_telegram, group, after=3)


def test_the_hint_is_the_one_looked_for() -> None:
    assert texts.no_question(ENGLISH).startswith(HINT)
