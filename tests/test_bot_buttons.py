"""The buttons below an answer, over the real protocol: paging, context, ratings, forgeries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from unittest import mock

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.keeping.feedback import hashed
from bot.keeping.records import feedback, shown_answers
from bot.updates import inbox
from bot.wording import notices
from bot.wording.speech import ENGLISH, speech_in
from tests.botapi import Json
from tests.bots import excerpts, links, marked, running
from tests.emulated_faults import FaultKind
from tests.emulator import Chat
from tests.newsstand import QUESTION, SAID, Newsstand
from tests.telegrams import Telegram, buttons, served

EXPIRED = notices.expired(ENGLISH)
CHANGED = notices.changed(ENGLISH)
THANKS = notices.thanks(ENGLISH)


@pytest.fixture
async def telegram(stand: Newsstand) -> AsyncIterator[Telegram]:
    async with served(stand) as (telegram, app):
        telegram.engine = app.bot_data["database"]  # type: ignore[attr-defined]
        yield telegram


def engine(telegram: Telegram) -> AsyncEngine:
    found: AsyncEngine = telegram.engine  # type: ignore[attr-defined]
    return found


async def ask(telegram: Telegram, question: str = QUESTION) -> tuple[Chat, Json]:
    chat = telegram.private()
    return chat, await chat.reply_after(chat.post(question))


async def kept(telegram: Telegram) -> list[tuple[str, str, str, str]]:
    table = feedback.c
    query = select(table.question, table.verdict, table.reason, table.article)
    async with engine(telegram).begin() as db:
        return [tuple(row) for row in await db.execute(query)]


async def test_an_answer_has_buttons_that_name_what_they_do(telegram: Telegram) -> None:
    _, answer = await ask(telegram)
    below = buttons(answer)
    assert list(below) == [
        "Context [1]",
        "[2]",
        "[3]",
        "Open article",
        "More ▶",
        "👍",
        "👎",
        "Wrong citation",
    ]
    assert below["Open article"] == links(answer)[0]


async def test_further_pages_show_further_excerpts_in_place(telegram: Telegram) -> None:
    chat, answer = await ask(telegram)
    seen = excerpts(answer)
    assert len(seen) == 3
    for _ in range(2):
        assert await telegram.pressed(chat, answer, buttons(answer)["More ▶"]) == ""
        page = excerpts(answer)
        assert not set(page) & set(seen)
        seen += page
    assert "More ▶" not in buttons(answer)
    assert set(seen) == set(SAID)
    assert await telegram.pressed(chat, answer, buttons(answer)["◀ First"]) == ""
    assert excerpts(answer) == seen[:3]
    assert "[1] " in answer["text"]
    assert len(chat.sent) == 1


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("status", [500, 502, "reset"])
async def test_a_page_that_may_have_been_turned_is_turned_again_and_kept(
    telegram: Telegram, status: FaultKind, applied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_LOOK", 0.05)
    chat, answer = await ask(telegram)
    telegram.fail_next("editMessageText", status, applied=applied)
    assert await telegram.pressed(chat, answer, buttons(answer)["More ▶"]) == ""
    assert "[4] " in answer["text"]
    async with engine(telegram).begin() as db:
        assert await db.scalar(select(shown_answers.c.start)) == 3
    assert len(chat.sent) == 1


async def test_the_first_page_in_a_group_says_again_to_reply_with_everywhere(
    telegram: Telegram,
) -> None:
    group = telegram.group("Newsroom")
    asked = group.post(f"/ask According to The Gazette, h{QUESTION[1:]}")
    answer = await group.reply_after(asked)
    before = answer["text"]
    assert "reply to this message with /everywhere" in before
    for label in ("More ▶", "◀ First"):
        await telegram.pressed(group, answer, buttons(answer)[label])
    assert answer["text"] == before


async def test_the_context_is_shown_in_place_and_put_back(telegram: Telegram) -> None:
    chat, answer = await ask(telegram)
    before, second = answer["text"], excerpts(answer)[1]
    assert await telegram.pressed(chat, answer, buttons(answer)["[2]"]) == ""
    [quoted] = marked(answer, "blockquote")
    assert quoted == (
        "The weather was fine that day. Nobody was on the quay.\n\n"
        f"{second}\n\nA bell rang at noon. The boats came home."
    )
    assert marked(answer, "bold") == [second]
    assert list(buttons(answer)) == ["◀ Back", "Open article"]
    await telegram.pressed(chat, answer, buttons(answer)["◀ Back"])
    assert answer["text"] == before


async def test_back_shows_the_same_again_and_asks_nothing(stand: Newsstand) -> None:
    with stand.open() as desk:
        async with Telegram() as telegram, running(telegram, desk):
            chat, _ = await ask(telegram)
            answer = await chat.reply_after(chat.post("And the old?"))  # marked by both questions
            before = answer["text"], answer["entities"], buttons(answer)
            assert answer["text"].splitlines()[-1].startswith("The latest article is from")
            with mock.patch.object(desk, "ask", wraps=desk.ask) as asked:
                await telegram.pressed(chat, answer, "context:2")
                assert answer["text"] != before[0]
                await telegram.pressed(chat, answer, buttons(answer)["◀ Back"])
    assert (answer["text"], answer["entities"], buttons(answer)) == before
    assert asked.call_count == 0


async def test_the_context_of_a_later_page_leads_back_to_it(telegram: Telegram) -> None:
    chat, answer = await ask(telegram)
    await telegram.pressed(chat, answer, buttons(answer)["More ▶"])
    second_page = answer["text"]
    await telegram.pressed(chat, answer, buttons(answer)["[5]"])
    await telegram.pressed(chat, answer, buttons(answer)["◀ Back"])
    assert answer["text"] == second_page


# When the coverage has changed meanwhile


async def test_what_was_removed_is_shown_by_no_button(
    telegram: Telegram, stand: Newsstand
) -> None:
    chat, answer = await ask(telegram)
    gone = excerpts(answer)[1]
    stand.drop(f"whales-{SAID.index(gone)}")
    stand.publish()
    assert await telegram.pressed(chat, answer, "context:2") == CHANGED
    assert "◀ Back" not in buttons(answer)
    await telegram.pressed(chat, answer, "page:0")
    assert gone not in answer["text"]


async def test_a_page_that_is_no_more_leads_to_the_first(
    telegram: Telegram, stand: Newsstand
) -> None:
    chat, answer = await ask(telegram)
    data = buttons(answer)["More ▶"]
    for at in range(1, len(SAID)):
        stand.drop(f"whales-{at}")
    stand.publish()
    assert await telegram.pressed(chat, answer, data) == CHANGED
    assert excerpts(answer) == [SAID[0]]


async def test_a_sentence_that_moved_keeps_its_context(
    telegram: Telegram, stand: Newsstand
) -> None:
    chat, answer = await ask(telegram)
    first = excerpts(answer)[0]
    id_ = f"whales-{SAID.index(first)}"
    stand.put(id_, f"It rained. It poured. {first} Then it stopped.")
    stand.publish()
    assert await telegram.pressed(chat, answer, "context:1") == ""
    assert marked(answer, "blockquote") == [f"It rained. It poured. {first} Then it stopped."]


# Ratings


async def test_ratings_are_kept_with_the_questions_hash_and_the_last_one_counts(
    telegram: Telegram,
) -> None:
    chat, answer = await ask(telegram)
    assert await telegram.pressed(chat, answer, "vote:good") == THANKS
    assert await telegram.pressed(chat, answer, "vote:bad") == THANKS
    assert await kept(telegram) == [(hashed(QUESTION), "bad", "", "")]


async def test_a_wrong_citation_is_reported_with_its_reason(telegram: Telegram) -> None:
    chat, answer = await ask(telegram)
    before = buttons(answer)
    text, second = answer["text"], excerpts(answer)[1]
    await telegram.pressed(chat, answer, before["Wrong citation"])
    await telegram.pressed(chat, answer, buttons(answer)["[2]"])
    reasons = buttons(answer)
    assert await telegram.pressed(chat, answer, reasons["Out of date"]) == THANKS
    assert buttons(answer) == before
    assert answer["text"] == text
    article = f"whales-{SAID.index(second)}"
    assert await kept(telegram) == [(hashed(QUESTION), "wrong", "outdated", article)]


async def test_neither_a_vote_nor_a_report_replaces_a_report_on_another_citation(
    telegram: Telegram,
) -> None:
    group = telegram.group("Newsroom")
    answer = await group.reply_after(group.post(f"/ask {QUESTION}"))
    for data in ("vote:bad", "wrong:1:misquoted", "wrong:2:outdated", "vote:good"):
        assert await telegram.pressed(group, answer, data) == THANKS
    assert await telegram.pressed(group, answer, "wrong:2:other") == THANKS
    rated = {(verdict, reason) for _, verdict, reason, _ in await kept(telegram)}
    assert rated == {("good", ""), ("wrong", "misquoted"), ("wrong", "other")}


async def test_a_report_can_be_cancelled(telegram: Telegram) -> None:
    chat, answer = await ask(telegram)
    before = buttons(answer)
    await telegram.pressed(chat, answer, "wrong")
    await telegram.pressed(chat, answer, buttons(answer)["Cancel"])
    assert buttons(answer) == before
    assert await kept(telegram) == []


async def test_buttons_are_put_back_with_one_look_at_the_coverage(stand: Newsstand) -> None:
    with stand.open() as desk:
        async with Telegram() as telegram, running(telegram, desk):
            chat, answer = await ask(telegram)
            before = buttons(answer)
            await telegram.pressed(chat, answer, "wrong")
            with (
                mock.patch.object(desk, "cite", wraps=desk.cite) as cite,
                mock.patch.object(desk, "surround", wraps=desk.surround) as surround,
            ):
                await telegram.pressed(chat, answer, "cancel")
    assert (cite.call_count, surround.call_count) == (1, 0)
    assert buttons(answer) == before


async def test_a_refusal_can_be_rated_too(telegram: Telegram) -> None:
    chat, answer = await ask(telegram, "Who painted the bridge of Ankh?")
    assert answer["text"].startswith("The coverage does not answer that.")
    assert await telegram.pressed(chat, answer, buttons(answer)["👎"]) == THANKS


async def test_feedback_names_nobody(telegram: Telegram) -> None:
    chat, answer = await ask(telegram)
    await telegram.pressed(chat, answer, "vote:good")
    async with engine(telegram).begin() as db:
        [row] = (await db.execute(select(feedback))).all()
    assert str(chat.id) not in str(tuple(row))
    assert QUESTION not in str(tuple(row))


# What must not work


@pytest.mark.parametrize(
    "data",
    [
        "page:99",
        "page:-1",
        "page:000",
        "context:0",
        "context:99",
        "context:1:2",
        "wrong:9",
        "wrong:1:because",
        "vote:great",
        "stop:1",
        "unwatch:999999999",
        "set:language:xx",
        "set:outlet:0:0123456789ab",
        "../../etc/passwd",
        "page:٣",
        "💥" * 16,
        "x" * 64,
    ],
)
async def test_made_up_data_is_answered_and_does_nothing(telegram: Telegram, data: str) -> None:
    chat, answer = await ask(telegram)
    before = dict(answer)
    said = await telegram.pressed(chat, answer, data)
    assert said in (EXPIRED, CHANGED, "")
    if data not in ("page:99", "unwatch:999999999"):  # to the first page, and to what is watched
        assert answer["text"] == before["text"]
    assert await kept(telegram) == []


async def test_a_press_in_another_chat_reaches_nothing_of_this_one(telegram: Telegram) -> None:
    chat, answer = await ask(telegram)
    other = telegram.private("Eve")
    theirs = await other.reply_after(other.post("/help"))
    assert answer["message_id"] != theirs["message_id"] or chat.id != other.id
    before = theirs["text"]
    for data in ("page:3", "context:1", "vote:good", "wrong", "wrong:1:other", "cancel"):
        assert await telegram.pressed(other, theirs, data) == EXPIRED
    assert theirs["text"] == before
    assert await kept(telegram) == []


async def test_an_answer_that_is_forgotten_has_buttons_that_say_so(telegram: Telegram) -> None:
    chat, answer = await ask(telegram)
    await telegram.pressed(chat, answer, "page:0")
    async with engine(telegram).begin() as db:
        await db.execute(shown_answers.delete())
    for data in ("page:3", "context:1", "vote:good", "wrong", "cancel"):
        assert await telegram.pressed(chat, answer, data) == EXPIRED


async def test_a_press_below_a_message_too_old_to_be_shown_is_answered(
    telegram: Telegram,
) -> None:
    chat, answer = await ask(telegram)
    chat.messages.remove(answer)
    assert await telegram.pressed(chat, answer, "context:1") == ""
    assert await telegram.pressed(chat, answer, "vote:good") == THANKS


async def test_a_press_that_telegram_no_longer_waits_for_does_its_work(
    telegram: Telegram,
) -> None:
    chat, answer = await ask(telegram)
    words = "query is too old and response timeout expired or query ID is invalid"
    telegram.fail_next("answerCallbackQuery", 400, f"Bad Request: {words}")
    telegram.press(chat, answer, "vote:good")
    await telegram.settled()
    assert len(await kept(telegram)) == 1
    assert len(chat.sent) == 1


async def test_pressing_twice_changes_nothing(telegram: Telegram) -> None:
    chat, answer = await ask(telegram)
    for _ in range(2):
        assert await telegram.pressed(chat, answer, "page:0") == ""
    assert len(chat.sent) == 1


async def test_answers_and_buttons_are_in_the_readers_language(telegram: Telegram) -> None:
    chat = telegram.private("Анна")
    assert chat.user
    chat.user["language_code"] = "ru"
    answer = await chat.reply_after(chat.post(QUESTION))
    assert "Последний материал от" in answer["text"]
    assert "Ещё ▶" in buttons(answer)
    russian = speech_in("ru")
    assert await telegram.pressed(chat, answer, "vote:good") == notices.thanks(russian)
    await telegram.pressed(chat, answer, "page:3")
    assert "◀ К началу" in buttons(answer)
