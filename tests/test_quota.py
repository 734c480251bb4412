"""A flood is told once and then not heard; a conversation never notices."""

from __future__ import annotations

from bot import texts
from bot.quota import Quota, Standing
from bot.speech import ENGLISH
from index import Desk
from tests.bots import USERS, running
from tests.emulator import Emulator


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
