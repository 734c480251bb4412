"""Corrections follow: what the bot has said is edited when it is no longer true."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing

import pytest
from sqlalchemy import select, update

from bot.app import App
from bot.jobs.rounds import go_round
from bot.keeping.records import shown_answers
from bot.keeping.shown import ShownAnswer, walk_answers
from bot.newsroom import Newsroom
from bot.wording.speech import ENGLISH
from index.storage.store import FILE_NAME
from tests.botapi import Json
from tests.bots import excerpts, running
from tests.databases import new_database
from tests.emulator import Chat
from tests.newsstand import QUESTION, SAID, Newsstand, apart
from tests.telegrams import Telegram, buttons, served

TODAY = ENGLISH.day(dt.datetime.now(dt.UTC).date())
BEFORE = "The weather was fine that day. Nobody was on the quay. "


@pytest.fixture
async def both(stand: Newsstand) -> AsyncIterator[tuple[Telegram, App]]:
    async with served(stand) as pair:
        yield pair


async def look(app: App, newsroom: Newsroom | None = None) -> None:
    engine, settings = app.bot_data["database"], app.bot_data["settings"]
    await go_round(engine, newsroom or app.bot_data["newsroom"], app.bot, settings)


async def ask(telegram: Telegram, chat: Chat) -> tuple[Json, str]:
    """Ask; return the answer and the id of the article that its second citation is of."""
    answer = await chat.reply_after(chat.post(QUESTION))
    await telegram.pressed(chat, answer, "vote:good")  # when that is done, the answer is kept
    return answer, f"whales-{SAID.index(excerpts(answer)[1])}"


def edits(telegram: Telegram) -> int:
    return sum(call.method == "editMessageText" for call in telegram.calls)


async def test_a_corrected_article_corrects_the_answer(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    answer, article = await ask(telegram, chat)
    await look(app)
    first, second, third = excerpts(answer)
    new = second.replace("Iceland", "Greenland")
    stand.put(article, f"{BEFORE}{new} A bell rang at noon. The boats came home.")
    stand.publish()
    await look(app)
    assert excerpts(answer) == [first, new, third]
    assert f"· corrected on {TODAY}" in answer["text"]
    assert len(chat.sent) == 1
    assert edits(telegram) == 1
    await look(app)
    assert edits(telegram) == 1


async def test_an_answer_that_also_cites_a_damaged_article_waits_until_that_is_mended(
    both: tuple[Telegram, App], stand: Newsstand, caplog: pytest.LogCaptureFixture
) -> None:
    def rewrite(old: str, new: str) -> None:
        with closing(sqlite3.connect(stand.folder / "index" / FILE_NAME)) as db, db:
            db.execute("UPDATE article SET body = replace(body, ?, ?)", (old, new))

    telegram, app = both
    answer, article = await ask(telegram, telegram.private())
    await look(app)
    first, second, third = excerpts(answer)
    new = second.replace("Iceland", "Greenland")
    stand.put(article, f"{BEFORE}{new} A bell rang at noon.")
    stand.publish()
    rewrite(first, "Lost.")
    await look(app)
    assert excerpts(answer) == [first, second, third]
    assert "before that is mended" in caplog.text
    rewrite("Lost.", first)
    await look(app)
    assert excerpts(answer) == [first, new, third]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (QUESTION, "\nThe latest article is from 7 Sep 2024."),
        (f"According to Bloomberg, h{QUESTION[1:]}", "\nThere is no coverage by Bloomberg.\n"),
    ],
    ids=["notes", "reason"],
)
async def test_a_corrected_answer_says_the_rest_as_before(
    both: tuple[Telegram, App], stand: Newsstand, question: str, said: str
) -> None:
    telegram, app = both
    chat = telegram.private()
    answer = await chat.reply_after(chat.post(question))
    await telegram.pressed(chat, answer, "vote:good")
    [_, second, _] = excerpts(answer)
    before = answer["text"]
    assert said in before
    stand.drop(f"whales-{SAID.index(second)}")
    stand.publish()
    await look(app)
    [cited, withdrawn] = [
        next(line for line in text.split("\n") if line.startswith("[2]"))
        for text in (before, answer["text"])
    ]
    assert withdrawn.startswith("[2] Withdrawn on")
    assert answer["text"] == before.replace(f"{second}\n{cited}", withdrawn)


async def test_a_corrected_answer_still_names_copies(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    body = (stand.articles / "whales-0.md").read_text("utf-8").split("---\n", 2)[2].strip()
    stand.put("copy", body, outlet="The Herald")
    stand.publish()
    answer, article = await ask(telegram, chat)
    assert "also in 1 other article" in answer["text"]
    stand.drop(article)
    stand.publish()
    await look(app)
    assert "Withdrawn on" in answer["text"]
    assert "also in 1 other article" in answer["text"]


async def test_what_postgresql_remembers_is_corrected_too(stand: Newsstand, url: str) -> None:
    with stand.open() as desk:
        async with Telegram() as telegram, running(telegram, desk, database=url) as app:
            answer, article = await ask(telegram, telegram.private())
            stand.drop(article)
            stand.publish()
            await look(app)
            assert answer["text"].count("Withdrawn on") == 1


async def test_what_a_replica_does_not_have_yet_is_another_replicas(
    stand: Newsstand, server: str
) -> None:
    database = await new_database(server)
    other = apart(stand)
    with stand.open() as desk, other.open() as behind:
        async with Telegram() as telegram, running(telegram, desk, database=database) as app:
            new = "About 70 sharks swim near Greenland, says a new count."
            stand.put("count", f"{BEFORE}{new}")
            stand.publish()
            chat = telegram.private()
            answer = await chat.reply_after(chat.post("How many sharks swim near Greenland?"))
            await telegram.pressed(chat, answer, "vote:good")
            assert new in answer["text"]
            await look(app)
            other.drop("cheese")
            other.publish()
            await look(app, Newsroom(behind, 3))
            assert edits(telegram) == 0
            stand.drop("count")
            stand.publish()
            await look(app)
            assert new not in answer["text"]


async def test_a_removed_article_withdraws_the_excerpt(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    answer, article = await ask(telegram, chat)
    first, second, third = excerpts(answer)
    stand.drop(article)
    stand.publish()
    await look(app)
    assert second not in answer["text"]
    assert first in answer["text"]
    assert third in answer["text"]
    words = f"[2] Withdrawn on {TODAY}: the article no longer says this or has been removed."
    assert words in answer["text"]
    assert [label for label in buttons(answer) if "[" in label] == ["Context [1]", "[3]"]


async def test_an_answer_of_which_nothing_is_left_says_so(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    answer, _ = await ask(telegram, chat)
    for at in range(len(SAID)):
        stand.drop(f"whales-{at}")
    stand.publish()
    await look(app)
    assert answer["text"].count("Withdrawn on") == 3
    assert not any(said in answer["text"] for said in SAID)


async def test_what_still_stands_is_left_alone(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    answer, article = await ask(telegram, chat)
    before = answer["text"]
    said = excerpts(answer)[1]
    stand.put(article, f"Another beginning. {said} Another end.")
    stand.put("other", "Something else came in. Nobody asked.")
    stand.publish()
    await look(app)
    assert answer["text"] == before
    assert edits(telegram) == 0


async def test_a_correction_telegram_does_not_take_now_is_tried_again(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    answer, article = await ask(telegram, chat)
    stand.drop(article)
    stand.publish()
    telegram.fail_next("editMessageText", 502)
    await look(app)
    assert "Withdrawn" not in answer["text"]
    await look(app)
    assert "Withdrawn" in answer["text"]


@pytest.mark.parametrize(
    "words", ["message to edit not found", "message can't be edited", "CHAT_WRITE_FORBIDDEN"]
)
async def test_what_can_no_longer_be_changed_is_not_tried_again(
    both: tuple[Telegram, App], stand: Newsstand, words: str
) -> None:
    telegram, app = both
    chat = telegram.private()
    _, article = await ask(telegram, chat)
    stand.drop(article)
    stand.publish()
    telegram.fail_next("editMessageText", 400, f"Bad Request: {words}")
    for _ in range(2):
        await look(app)
    assert edits(telegram) == 1


def meanwhile(telegram: Telegram, act: Callable[[], Awaitable[object]]) -> None:
    """Let somebody act while Telegram has the next edit in hand."""
    edit, acts = telegram._methods["editMessageText"], [act]

    async def act_and_edit(given: Json) -> Json:
        if acts:
            await acts.pop()()
        edited: Json = edit(given)
        return edited

    telegram._methods["editMessageText"] = act_and_edit


async def kept(app: App) -> list[ShownAnswer]:
    return [one async for batch in walk_answers(app.bot_data["database"]) for one in batch]


async def test_what_is_forgotten_meanwhile_stays_forgotten(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    _, article = await ask(telegram, chat)
    stand.drop(article)
    stand.publish()
    meanwhile(telegram, lambda: chat.reply_after(chat.post("/forget")))
    await look(app)
    assert edits(telegram) == 1
    assert await kept(app) == []


async def test_a_page_turned_meanwhile_is_what_the_message_shows(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    answer, article = await ask(telegram, chat)
    first_page = excerpts(answer)
    stand.drop(article)
    stand.publish()
    meanwhile(telegram, lambda: telegram.pressed(chat, answer, "page:3"))
    await look(app)
    [shown] = await kept(app)
    assert shown.start == 3
    assert excerpts(answer) == [place.shown.excerpt for place in shown.places if place.shown]
    assert not set(excerpts(answer)) & set(first_page)


async def test_a_correction_telegram_never_takes_is_not_tried_again(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    _, article = await ask(telegram, telegram.private())
    stand.drop(article)
    stand.publish()
    telegram.fail_next("editMessageText", 400, "Bad Request: can't parse entities")
    for _ in range(2):
        await look(app)
    assert edits(telegram) == 1


async def test_answers_are_remembered_only_so_long(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    _, article = await ask(telegram, chat)
    engine = app.bot_data["database"]
    async with engine.begin() as db:
        long_ago = time.time() - 31 * 86_400
        await db.execute(update(shown_answers).values(shown_at=long_ago))
    stand.drop(article)
    stand.publish()
    await look(app)
    assert edits(telegram) == 0
    async with engine.begin() as db:
        assert (await db.execute(select(shown_answers))).all() == []
