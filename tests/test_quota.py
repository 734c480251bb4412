"""A flood is told once and then not heard; a conversation never notices."""

from __future__ import annotations

from pathlib import Path

from bot.handling.quota import Quota, Standing
from bot.wording import notices, texts
from bot.wording.speech import ENGLISH
from index import Desk
from tests.bots import USERS, Wrapped, running
from tests.emulator import Emulator
from tests.newsstand import QUESTION, whales
from tests.telegrams import Telegram


def test_only_the_first_question_too_many_is_told_so() -> None:
    quota = Quota(2)
    standings = [quota.count(7, at) for at in (0.0, 1.0, 2.0, 3.0, 59.0)]
    assert standings == [Standing.WITHIN] * 2 + [Standing.JUST_PASSED] + [Standing.PASSED] * 2
    assert quota.count(7, 60.0) is Standing.WITHIN


def test_people_do_not_share_a_quota() -> None:
    quota = Quota(1)
    assert [quota.count(person, 0.0) for person in (1, 2, 3)] == [Standing.WITHIN] * 3


def test_what_has_waited_for_the_bot_is_no_flood() -> None:
    quota = Quota(1)
    assert {quota.count(7, 100.0 * at) for at in range(20)} == {Standing.WITHIN}


async def test_in_a_group_only_what_is_addressed_counts(sample: Desk) -> None:
    async with (
        Emulator(privacy=False) as telegram,
        running(telegram, sample, questions_per_minute=2) as _,
    ):
        group = telegram.group("Newsroom")
        for _ in range(5):
            group.post("Just talk.")
        for _ in range(5):
            group.post(f"/ask {USERS[0]}")
        await telegram.settled()
        assert [each["text"] == texts.too_many(ENGLISH) for each in group.sent] == [
            False,
            False,
            True,
        ]
        other = group.post(f"/ask {USERS[0]}", sender=telegram.user("Another"))
        assert (await group.reply_after(other))["text"] != texts.too_many(ENGLISH)


async def test_a_flood_of_pressed_buttons_is_told_so_and_does_nothing(tmp_path: Path) -> None:
    with whales(tmp_path).open() as desk:
        async with Telegram() as telegram, running(telegram, desk, questions_per_minute=1):
            chat, other = telegram.private(), telegram.user("Another")
            answer = await chat.reply_after(chat.post(QUESTION))
            said = [await telegram.pressed(chat, answer, "page:0") for _ in range(7)]
            assert said == [""] * 5 + [texts.too_many(ENGLISH)] * 2
            assert sum(call.method == "editMessageText" for call in telegram.calls) == 5
            thanks = await telegram.pressed(chat, answer, "vote:good", user=other)
            assert thanks == notices.thanks(ENGLISH)


async def test_a_flood_of_inline_queries_is_offered_nothing_for_a_moment(tmp_path: Path) -> None:
    with whales(tmp_path).open() as desk:
        asked = Wrapped(desk)
        async with Telegram() as telegram, running(telegram, asked, questions_per_minute=1):
            answers = [await telegram.type_inline(QUESTION) for _ in range(7)]
            assert [bool(each["results"]) for each in answers] == [True] * 5 + [False] * 2
            assert [each["cache_time"] for each in answers] == [300] * 5 + [10] * 2
            assert len(asked.asked) == 5
            other = telegram.user("Another")
            assert (await telegram.type_inline(QUESTION, user=other))["results"]
            chat = telegram.private()  # and questions are counted for themselves
            assert (await chat.reply_after(chat.post(QUESTION)))["text"] != texts.too_many(ENGLISH)


async def test_who_presses_a_lot_notices_nothing(tmp_path: Path) -> None:
    with whales(tmp_path).open() as desk:
        async with Telegram() as telegram, running(telegram, desk):
            chat = telegram.private()
            answer = await chat.reply_after(chat.post(QUESTION))
            said = {await telegram.pressed(chat, answer, "vote:good") for _ in range(60)}
            assert said == {notices.thanks(ENGLISH)}
