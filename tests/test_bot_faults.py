"""What goes wrong on the way: everyone is answered or apologised to once, and the bot goes on."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.handling import guarding, menu
from bot.keeping.preferences import Preferences, save_preferences
from bot.keeping.records import preferences
from bot.keeping.tables import deliveries, updates
from bot.sending import activity, delivery, pacing
from bot.sending.outbox import name_of
from bot.updates import inbox
from bot.updates.inbox import Inbox
from bot.wording import texts
from bot.wording.speech import ENGLISH, speech_in
from index import Desk
from index.errors import DamagedStoreError
from tests.bots import (
    DEEPFAKES,
    PASSPORTS,
    USERS,
    Slow,
    Wrapped,
    answering,
    check_answer,
    running,
)
from tests.emulated_calls import Call
from tests.emulator import Chat, Emulator

# PTB warns whenever it makes a RetryAfter, of a type that a later major version will change.
flooded = pytest.mark.filterwarnings(
    "ignore:.*PTB_TIMEDELTA:telegram.warnings.PTBDeprecationWarning"
)

APOLOGY = texts.apology(ENGLISH)


class Failing(Wrapped):
    """Raises an error for one question."""

    error: Exception = RuntimeError("secret details at line 42")

    def meet(self, question: str) -> None:
        if question == "fail":
            raise self.error


async def check_still_answers(telegram: Emulator) -> None:
    """Check that the next person is answered."""
    chat = telegram.private("Next")
    check_answer(await chat.reply_after(chat.post(USERS[0])), USERS[1])


async def done_by(telegram: Emulator) -> list[Call]:
    """Return all calls, when all is done, but that it types: on slow processors it does."""
    return [call for call in await telegram.settled() if call.method != "sendChatAction"]


def methods(telegram: Emulator) -> set[str]:
    return {call.method for call in telegram.calls}


def said(chat: Chat) -> list[str]:
    return [message["text"] for message in chat.sent]


# Telegram at fault


@flooded
async def test_what_is_too_fast_is_sent_once_when_told(sample: Desk) -> None:
    async with answering(sample) as telegram:
        chat = telegram.private()
        telegram.fail_next("sendMessage", 429, retry_after=1)
        question = chat.post(USERS[0])
        answer = await chat.reply_after(question)
        sends = [call for call in await telegram.settled() if call.method == "sendMessage"]
    check_answer(answer, USERS[1])
    assert len(chat.sent) == 1
    assert len(sends) == 2
    assert sends[1].at - sends[0].at >= 1.0


@flooded
async def test_what_is_too_fast_again_and_again_is_sent_later(
    sample: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_LOOK", 0.05)
    async with answering(sample) as telegram:
        chat = telegram.private()
        telegram.fail_next("sendMessage", 429, retry_after=0.01, times=3)
        telegram.fail_next("sendMessage", 429, retry_after=1)  # after which nothing is tried
        await chat.reply_after(chat.post(USERS[0]))
        sends = [call for call in await telegram.settled() if call.method == "sendMessage"]
        await check_still_answers(telegram)
    assert len(sends) == 5
    assert sends[4].at - sends[3].at >= 1.0
    [answer] = chat.sent
    check_answer(answer, USERS[1])


@flooded
@pytest.mark.parametrize("seconds", [6, 300])
async def test_a_chat_that_telegram_wants_peace_in_stops_no_other(
    sample: Desk, seconds: int
) -> None:
    async with answering(sample) as telegram:
        group, chat = telegram.group("Newsroom"), telegram.private()
        telegram.fail_next("sendMessage", 429, retry_after=seconds)
        group.post("/about")
        await telegram.until(lambda: "sendMessage" in methods(telegram), "the call that fails")
        await chat.reply_after(chat.post("/about"), within=2)
        assert group.sent == []


@flooded
async def test_what_is_too_fast_for_long_is_sent_once_when_told(
    sample: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_LOOK", 0.05)
    monkeypatch.setattr(pacing, "_PATIENCE", 0.5)
    async with answering(sample) as telegram:
        group = telegram.group("Newsroom")
        telegram.fail_next("sendMessage", 429, retry_after=1)
        answer = await group.reply_after(group.post(f"/ask {USERS[0]}"))
        sends = [call for call in await telegram.settled() if call.method == "sendMessage"]
    check_answer(answer, USERS[1])
    assert len(group.sent) == 1
    assert len(sends) == 2
    assert sends[1].at - sends[0].at >= 1.0


@pytest.mark.parametrize("status", ["reset", 500, 502])
async def test_what_may_have_arrived_is_not_sent_again(
    sample: Desk, status: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with answering(sample) as telegram:
        chat = telegram.private()
        telegram.fail_next("sendMessage", status, applied=True)
        chat.post(USERS[0])
        await telegram.settled()
        await check_still_answers(telegram)
    [answer, more] = chat.sent
    check_answer(answer, USERS[1])
    assert more["text"] == texts.may_be_lost(ENGLISH)
    assert "so it is not sent again" in caplog.text


@pytest.mark.parametrize(
    "failures",
    [
        pytest.param([httpx.ConnectError("refused")], id="refused"),
        pytest.param([httpx.ConnectTimeout("late"), httpx.PoolTimeout("busy")], id="late"),
        pytest.param([httpx.ConnectError("refused")] * 5, id="long"),
    ],
)
async def test_what_never_left_is_sent_again(
    sample: Desk,
    monkeypatch: pytest.MonkeyPatch,
    failures: list[httpx.TransportError],
) -> None:
    left = list(failures)
    send = httpx.AsyncHTTPTransport.handle_async_request

    async def fail_first(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        if left and request.url.path.endswith("/sendMessage"):
            raise left.pop(0)
        return await send(self, request)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", fail_first)
    monkeypatch.setattr(delivery, "_PAUSES", (0.01, 0.01, 0.01))
    monkeypatch.setattr(inbox, "_LOOK", 0.05)
    async with answering(sample) as telegram:
        chat = telegram.private()
        await chat.reply_after(chat.post(USERS[0]))
        await telegram.settled()
    [answer] = chat.sent
    check_answer(answer, USERS[1])


async def test_who_blocks_the_bot_is_left_alone(
    sample: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    async with answering(sample) as telegram:
        chat = telegram.private()
        telegram.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
        chat.post(USERS[0])
        calls = await done_by(telegram)
        await check_still_answers(telegram)
    assert [call.method for call in calls] == ["sendMessage"]
    assert "may not write there" in caplog.text


@pytest.mark.parametrize(
    ("times", "expected"),
    [pytest.param(1, [APOLOGY], id="1"), pytest.param(2, [], id="2")],
)
async def test_a_refused_answer_is_apologised_for_once(
    sample: Desk, times: int, expected: list[str]
) -> None:
    async with answering(sample) as telegram:
        chat = telegram.private()
        telegram.fail_next("sendMessage", 400, "Bad Request: can't parse entities", times=times)
        chat.post(USERS[0])
        calls = await done_by(telegram)
        await check_still_answers(telegram)
    assert len(calls) == 2
    assert said(chat) == expected


async def test_a_group_that_moved_is_answered_where_it_is_now(sample: Desk) -> None:
    async with answering(sample) as telegram:
        old, new = telegram.group("Newsroom"), telegram.group("Newsroom")
        words = "Bad Request: group chat was upgraded to a supergroup chat"
        telegram.fail_next("sendMessage", 400, words, migrate_to_chat_id=new.id)
        old.post(f"/ask {USERS[0]}")
        await telegram.until(lambda: bool(new.sent), "the answer")
    check_answer(new.sent[0], USERS[1])
    assert (len(new.sent), old.sent) == (1, [])


async def test_what_the_menu_lacks_for_good_stops_nothing(
    sample: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    async with Emulator() as telegram:
        telegram.fail_next("setMyCommands", 400)
        async with running(telegram, sample, menu=True):
            await telegram.until(lambda: len(telegram.commands) == 17, "the rest of the menu")
            await check_still_answers(telegram)
    assert caplog.text.count("could not publish the menu") == 1


@pytest.mark.parametrize("status", [500, 502, "reset"])
async def test_the_menu_is_whole_though_calls_fail(
    sample: Desk, monkeypatch: pytest.MonkeyPatch, status: Any
) -> None:
    monkeypatch.setattr(menu, "_PAUSES", (0.01, 0.01))
    async with Emulator() as telegram:
        telegram.fail_next("setMyShortDescription", status, times=2)
        telegram.fail_next("setMyCommands", status, times=2)
        async with running(telegram, sample, menu=True):
            await telegram.until(lambda: len(telegram.commands) == 18, "the menu")
    assert len(telegram.descriptions) == 6


async def test_the_menu_goes_on_where_a_call_fails_again_and_again(
    sample: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(menu, "_PAUSES", (0.01, 0.01))
    async with Emulator() as telegram:
        telegram.fail_next("setMyCommands", 502, times=3)
        async with running(telegram, sample, menu=True):
            await telegram.until(lambda: len(telegram.commands) == 17, "the rest of the menu")
    assert caplog.text.count("could not publish the menu") == 1


@flooded
@pytest.mark.parametrize(("status", "parameters"), [("hang", {}), (429, {"retry_after": 30})])
async def test_nobody_waits_for_the_menu(
    sample: Desk, status: Any, parameters: dict[str, Any]
) -> None:
    async with Emulator() as telegram, asyncio.timeout(10):
        telegram.fail_next("setMyShortDescription", status, times=5, **parameters)
        async with running(telegram, sample, menu=True):
            await telegram.until(lambda: "setMyShortDescription" in methods(telegram), "it")
            await check_still_answers(telegram)


@flooded
async def test_the_menu_waits_as_it_is_told(sample: Desk) -> None:
    async with Emulator() as telegram:
        telegram.fail_next("setMyShortDescription", 429, retry_after=1)
        async with running(telegram, sample, menu=True):
            await telegram.until(lambda: len(telegram.commands) == 18, "the menu")
    first, second = [call.at for call in telegram.calls if "ShortDesc" in call.method][:2]
    assert second - first >= 1.0


# What ends the process each time


async def test_an_apology_that_may_be_lost_is_the_last(
    sample: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(guarding, "_MOST_TRIES", -1)  # as if it had
    async with answering(sample) as telegram:
        chat = telegram.private()
        telegram.fail_next("sendMessage", "reset", applied=True)
        chat.post(USERS[0])
        await telegram.settled()
    assert said(chat) == [APOLOGY]
    assert "so it is not sent again" in caplog.text


async def test_who_may_have_been_apologised_to_before_a_death_is_left_alone(
    sample: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarding, "_MOST_TRIES", -1)
    async with Emulator() as telegram, running(telegram, sample) as app:
        before, chat = telegram.private("Before"), telegram.private()
        await before.reply_after(before.post(USERS[0]))
        async with app.bot_data["database"].begin() as db:
            last = await db.scalar(select(func.max(updates.c.update_id)))
            await db.execute(deliveries.insert().values(job=name_of(last + 1), ordinal=0))
        chat.post(USERS[0])
        await telegram.settled()
    assert said(before) == [APOLOGY]
    assert said(chat) == []


# The coverage at fault


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(RuntimeError("secret details at line 42"), id="unexpected"),
        pytest.param(DamagedStoreError("secret details in coverage.sqlite"), id="damaged"),
        pytest.param(OSError("secret details of /var"), id="files-not-the-database"),
    ],
)
async def test_an_error_is_apologised_for_once_and_without_details(
    sample: Desk, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Failing(sample)
    desk.error = error
    async with answering(desk) as telegram:
        chat, group = telegram.private(), telegram.group("Newsroom")
        await chat.reply_after(chat.post("fail"))
        asked = group.post("/ask fail")
        apology = await group.reply_after(asked)
        await check_still_answers(telegram)
        await chat.reply_after(chat.post(DEEPFAKES[0]))
    assert said(chat)[0] == said(group)[0] == APOLOGY
    assert apology["reply_to_message"]["message_id"] == asked["message_id"]
    check_answer(chat.sent[1], DEEPFAKES[1])
    assert "secret details" in caplog.text
    assert "Traceback" in caplog.text


async def test_an_apology_is_in_the_language_of_the_chat_where_that_can_be_read(
    sample: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarding, "_TRIED_FOR", 0.0)
    async with Emulator() as telegram, running(telegram, Failing(sample)) as app:
        chat, database = telegram.private(), app.bot_data["database"]
        await save_preferences(database, chat.id, Preferences("de"))
        apology = await chat.reply_after(chat.post("fail"))
        await telegram.settled()
        async with database.begin() as db:
            await db.run_sync(preferences.drop)
        again = await chat.reply_after(chat.post("fail"))
    assert apology["text"] == texts.apology(speech_in("de"))
    assert again["text"] == APOLOGY


# Typing


async def test_typing_is_shown_while_a_slow_answer_is_awaited(
    sample: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "_FIRST", 0.05)
    monkeypatch.setattr(activity, "_AGAIN", 0.1)
    async with answering(Slow(sample)) as telegram:
        chat, begun = telegram.private(), time.monotonic()
        await chat.reply_after(chat.post(USERS[0]))
        shown, seconds = len(chat.actions), time.monotonic() - begun
        await telegram.settled()
    assert {action.action for action in chat.actions} == {"typing"}
    assert len(chat.actions) == shown
    assert 2 <= shown <= 1 + seconds / 0.1
    assert all(b.at - a.at > 0.09 for a, b in zip(chat.actions, chat.actions[1:], strict=False))


async def test_a_quick_answer_needs_no_typing(
    sample: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "_FIRST", 5.0)
    async with answering(sample) as telegram:
        chat = telegram.private()
        await chat.reply_after(chat.post(USERS[0]))
        await telegram.settled()
    assert chat.actions == []


async def test_typing_is_shown_in_the_topic_asked_in(
    sample: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "_FIRST", 0.05)
    async with answering(Slow(sample)) as telegram:
        forum = telegram.group("Newsroom", forum=True)
        topic = forum.create_topic("Elections")
        await forum.reply_after(forum.post(f"/ask {USERS[0]}", topic=topic))
        await forum.reply_after(forum.post(f"/ask {USERS[0]}"))
    assert [action.thread for action in forum.actions] == [topic, None]


async def test_channels_show_no_typing(sample: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity, "_FIRST", 0.05)
    async with answering(Slow(sample)) as telegram:
        channel = telegram.channel("News")
        await channel.reply_after(channel.post(f"/ask {USERS[0]}"))
        assert "sendChatAction" not in {call.method for call in telegram.calls}


@flooded
@pytest.mark.parametrize(
    ("status", "parameters"),
    [(400, {}), (403, {}), (429, {"retry_after": 30}), (500, {}), ("reset", {}), ("hang", {})],
)
async def test_typing_that_fails_stops_no_answer(
    sample: Desk, monkeypatch: pytest.MonkeyPatch, status: Any, parameters: dict[str, Any]
) -> None:
    monkeypatch.setattr(activity, "_FIRST", 0.05)
    async with answering(Slow(sample)) as telegram:
        telegram.fail_next("sendChatAction", status, **parameters)
        chat = telegram.private()
        check_answer(await chat.reply_after(chat.post(USERS[0]), within=3), USERS[1])


# Much at once


async def test_a_hundred_questions_at_once_are_all_answered_once(sample: Desk) -> None:
    questions = [USERS, DEEPFAKES, PASSPORTS, USERS, DEEPFAKES]
    async with answering(sample) as telegram:
        chats = [telegram.private(f"Reader {at}") for at in range(20)]
        for question, _ in questions:
            for chat in chats:
                chat.post(question)
        await telegram.until(
            lambda: sum(len(chat.sent) for chat in chats) == 100, "all answers", within=90
        )
        await telegram.settled()
    for chat in chats:
        assert len(chat.sent) == len(questions)
        for answer, (_, expected) in zip(chat.sent, questions, strict=True):
            check_answer(answer, expected)


async def test_a_busy_chat_does_not_hold_up_another(sample: Desk) -> None:
    class Unhurried(Slow):
        seconds = 0.1

    async with answering(Unhurried(sample)) as telegram:
        busy = telegram.private("Busy")
        for _ in range(15):
            busy.post(USERS[0])
        quiet = telegram.private("Quiet")
        await quiet.reply_after(quiet.post(USERS[0]), within=2)
        assert len(busy.sent) < 8


async def test_stopping_finishes_what_is_being_answered(sample: Desk) -> None:
    async with Emulator() as telegram:
        async with running(telegram, Slow(sample)) as app:
            chats = [telegram.private() for _ in range(3)]
            for chat in chats:
                chat.post(USERS[0])
            in_hand = app.bot_data["inbox"].in_hand
            await telegram.until(lambda: len(in_hand) == 3, "the questions to be taken up")
        for chat in chats:
            [answer] = chat.sent
            check_answer(answer, USERS[1])


async def test_stopping_while_the_database_is_away_ends_all_the_same(
    sample: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_: Inbox) -> None:
        raise SQLAlchemyError("the disk is full")

    monkeypatch.setattr(Inbox, "close", fail)
    async with answering(sample) as telegram:
        await check_still_answers(telegram)
    assert "cannot store what was handled: the disk is full" in caplog.text


async def test_questions_are_not_logged(sample: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with answering(Failing(sample)) as telegram:
        for question in (USERS[0], "fail", "🤔"):
            chat = telegram.private("Adalbert")
            await chat.reply_after(chat.post(question))
    assert USERS[0] not in caplog.text
    assert "Adalbert" not in caplog.text
