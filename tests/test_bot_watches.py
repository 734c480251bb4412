"""Watches: told once, in one message, and quietly; ended by a button; dropped with their chat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from unittest import mock

import httpx
import pytest
from sqlalchemy import select, update
from telegram.error import NetworkError

from bot.app import App
from bot.jobs.rounds import go_round
from bot.jobs.telling import look_for_news
from bot.keeping.records import watches
from bot.keeping.tables import deliveries
from bot.newsroom import Newsroom
from bot.sending import pacing
from bot.sending.outbox import Outbox
from bot.updates import inbox
from bot.wording import notices
from bot.wording.speech import ENGLISH
from index import ClipdeskError
from tests.botapi import Json
from tests.bots import links, marked, running
from tests.databases import new_database
from tests.emulator import Chat
from tests.newsstand import Newsstand, apart
from tests.telegrams import Telegram, buttons, served

NEWS = "It is spring. Whales have come back to Norway. People are glad."


@pytest.fixture
async def both(stand: Newsstand) -> AsyncIterator[tuple[Telegram, App]]:
    async with served(stand) as pair:
        yield pair


async def look(app: App, newsroom: Newsroom | None = None, *, later: bool = False) -> None:
    """Go round once; `later`, when the hour is over in which more is only collected."""
    engine = app.bot_data["database"]
    if later:
        async with engine.begin() as db:
            await db.execute(update(watches).values(told_at=0.0))
    newsroom = newsroom or app.bot_data["newsroom"]
    await go_round(engine, newsroom, app.bot, app.bot_data["settings"])


async def watch(chat: Chat, topic: str = "whales", **more: object) -> Json:
    return await chat.reply_after(chat.post(f"/watch {topic}", **more))  # type: ignore[arg-type]


async def jobs(app: App) -> list[str]:
    """Return which watches the bot keeps a record of what it sent for."""
    query = select(deliveries.c.job).where(deliveries.c.job.startswith("watch"))
    async with app.bot_data["database"].begin() as db:
        return list((await db.execute(query)).scalars())


async def test_new_coverage_is_told_once_with_its_excerpt(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    answer = await watch(chat)
    assert answer["text"].startswith(
        "I will let you know here when there is new coverage of “whales”."
    )
    await look(app)
    assert len(chat.sent) == 1  # what was there before is not new
    stand.put("spring", NEWS)
    stand.publish()
    await look(app)
    await look(app, later=True)
    [_, told] = chat.sent
    assert told["text"].startswith("🔔 New on “whales”\nWhales have come back to Norway.\n")
    assert marked(told, "blockquote") == ["Whales have come back to Norway."]
    assert list(buttons(told)) == ["Stop watching"]


async def test_what_cannot_be_corrected_holds_up_no_news(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    await watch(chat)
    await look(app)
    stand.put("spring", NEWS)
    stand.publish()
    failing = mock.patch(
        "bot.jobs.rounds.follow_corrections", side_effect=ClipdeskError("damaged")
    )
    with failing, pytest.raises(ExceptionGroup, match="the minute's work"):
        await look(app)
    assert len(chat.sent) == 2


async def test_a_watch_that_cannot_be_told_of_holds_up_no_other(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chats = telegram.private("First"), telegram.private("Second")
    for chat in chats:
        await watch(chat)
    await look(app)
    stand.put("spring", NEWS)
    stand.publish()
    newsroom: Newsroom = app.bot_data["newsroom"]
    read, failures = newsroom.desk.cite, [ClipdeskError("damaged")]

    def fail_first(*given: Any, **more: Any) -> Any:
        if failures:
            raise failures.pop()
        return read(*given, **more)

    with mock.patch.object(newsroom.desk, "cite", fail_first):
        await look(app)
    assert [len(chat.sent) for chat in chats] == [1, 2]
    await look(app)
    assert [len(chat.sent) for chat in chats] == [2, 2]


async def test_several_replicas_tell_once_from_one_database(stand: Newsstand, url: str) -> None:
    with stand.open() as desk:
        async with Telegram() as telegram, running(telegram, desk, database=url) as app:
            chat = telegram.private()
            await watch(chat)
            await look(app)
            stand.put("spring", NEWS)
            stand.publish()
            await asyncio.gather(look(app), look(app), look(app))
            await look(app, later=True)
            assert len(chat.sent) == 2


async def test_replicas_with_coverages_of_their_own_miss_nothing(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    await watch(chat)
    other = apart(stand)
    with other.open() as desk:
        there = Newsroom(desk, 3)
        await look(app)
        await look(app, there)
        for at, one in enumerate((stand, other, stand)):
            one.put(f"new-{at}", f"Whales have come to harbour {at}. People are glad.")
            one.publish()
            await look(app, there, later=True)
            await look(app, later=True)
        assert len(chat.sent) == 4
        other.put("new-0", "Whales have come to harbour 0. People are glad.")
        other.publish()
        await look(app, there, later=True)
    assert len(chat.sent) == 4


async def test_many_at_once_are_one_digest(both: tuple[Telegram, App], stand: Newsstand) -> None:
    telegram, app = both
    chat = telegram.private()
    await watch(chat)
    await look(app)
    for at in range(12):
        stand.put(f"new-{at}", f"Whales have come to harbour {at}. People are glad.")
    stand.publish()
    await look(app)
    [_, told] = chat.sent
    assert len(links(told)) == 10
    assert told["text"].split("\n")[-1] == "• and 2 more articles"


async def test_more_within_the_hour_is_collected(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    await watch(chat)
    await look(app)
    for at in range(3):
        stand.put(f"new-{at}", f"Whales have come to harbour {at}. People are glad.")
        stand.publish()
        await look(app)
    assert len(chat.sent) == 2
    await look(app, later=True)
    assert len(chat.sent) == 3
    assert len(links(chat.sent[-1])) == 2


async def test_what_only_touches_a_topic_is_not_told(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    await watch(chat, "whales in Norway")
    await look(app)
    stand.put("ships", "Norway builds ships. Trade is good.")
    stand.put("other", "Whales were painted on a wall in Bern. People like it.")
    stand.publish()
    await look(app)
    assert len(chat.sent) == 1


async def test_a_changed_article_is_not_told_again(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    await watch(chat)
    await look(app)
    stand.put("spring", NEWS)
    stand.publish()
    await look(app)
    stand.put("spring", f"{NEWS} Update: still there.")
    stand.publish()
    await look(app, later=True)
    assert len(chat.sent) == 2


async def test_what_is_gone_before_it_is_told_is_not_told(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    await watch(chat)
    await look(app)
    stand.put("one", "Whales have come to Oslo. People are glad.")
    stand.publish()
    await look(app)
    stand.put("two", "Whales have come to Bergen. People are glad.")
    stand.publish()
    await look(app)
    stand.drop("two")
    stand.publish()
    await look(app, later=True)
    assert len(chat.sent) == 2


async def shown(chat: Chat, app: App, stand: Newsstand, how: str) -> Json:
    """Return a message with a button that ends a watch for whales: what it told, or the list."""
    await look(app)
    if how == "list":
        return await chat.reply_after(chat.post("/watches"))
    stand.put("spring", NEWS)
    stand.publish()
    await look(app)
    return chat.sent[-1]


@pytest.mark.parametrize("how", ["below", "list"])
async def test_a_button_ends_a_watch(
    both: tuple[Telegram, App], stand: Newsstand, how: str
) -> None:
    telegram, app = both
    chat = telegram.private()
    await watch(chat)
    message = await shown(chat, app, stand, how)
    [data] = buttons(message).values()
    assert await telegram.pressed(chat, message, data) == "No longer watched: whales"
    assert buttons(message) == {}
    said = len(chat.sent)
    stand.put("more", "Whales have come to Oslo. People are glad.")
    stand.publish()
    await look(app, later=True)
    assert len(chat.sent) == said
    assert await telegram.pressed(chat, message, data) == ""
    assert buttons(message) == {}


@pytest.mark.filterwarnings("ignore:.*retry_after")
@pytest.mark.parametrize("status", [429, 502])
@pytest.mark.parametrize("how", ["below", "list"])
async def test_a_button_that_ended_a_watch_goes_though_telegram_took_no_edit_at_first(
    both: tuple[Telegram, App],
    stand: Newsstand,
    how: str,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inbox, "_LOOK", 0.05)
    monkeypatch.setattr(pacing, "_PATIENCE", 0.5)
    telegram, app = both
    chat = telegram.private()
    await watch(chat)
    message = await shown(chat, app, stand, how)
    method = {"below": "editMessageReplyMarkup", "list": "editMessageText"}[how]
    telegram.fail_next(method, status, retry_after=1)  # which comes with a 429 alone
    [data] = buttons(message).values()
    assert await telegram.pressed(chat, message, data) == ""
    assert buttons(message) == {}
    listed = await chat.reply_after(chat.post("/watches"))
    assert listed["text"] == notices.watches(0, ENGLISH)


async def test_a_topic_that_is_watched_no_more_leaves_every_list(
    both: tuple[Telegram, App],
) -> None:
    telegram, _ = both
    chat = telegram.private()
    await watch(chat)
    await watch(chat, "seals")
    lists = [await chat.reply_after(chat.post("/watches")) for _ in range(2)]
    data = buttons(lists[0])["✕ whales"]
    said = [await telegram.pressed(chat, each, data) for each in lists]
    assert said == ["No longer watched: whales", ""]
    assert [list(buttons(each)) for each in lists] == [["✕ seals"], ["✕ seals"]]


async def test_the_button_of_a_watch_that_ended_ends_no_later_one(
    both: tuple[Telegram, App],
) -> None:
    telegram, _ = both
    chat = telegram.private()
    await watch(chat)
    message = await chat.reply_after(chat.post("/watches"))
    [data] = buttons(message).values()
    assert await telegram.pressed(chat, message, data) == "No longer watched: whales"
    await watch(chat, "seals")
    assert await telegram.pressed(chat, message, data) == ""
    assert list(buttons(message)) == ["✕ seals"]


async def test_a_watch_of_another_chat_cannot_be_ended(both: tuple[Telegram, App]) -> None:
    telegram, app = both
    chat, eve = telegram.private(), telegram.private("Eve")
    await watch(chat)
    theirs = await eve.reply_after(eve.post("/help"))
    for data in ("stop:1", "unwatch:1"):
        assert await telegram.pressed(eve, theirs, data) == notices.expired(ENGLISH)
    async with app.bot_data["database"].begin() as db:
        assert len((await db.execute(select(watches))).all()) == 1


async def test_only_admins_end_the_watches_of_a_group(both: tuple[Telegram, App]) -> None:
    telegram, _ = both
    group, boss = telegram.group("Newsroom"), telegram.user("Boss")
    telegram.admins.add((group.id, boss["id"]))
    await watch(group, sender=boss)
    listed = await group.reply_after(group.post("/watches"))
    [data] = buttons(listed).values()
    assert await telegram.pressed(group, listed, data) == notices.only_admins(ENGLISH)
    said = await telegram.pressed(group, listed, data, user=boss)
    assert said == "No longer watched: whales"


async def test_a_blocked_chat_is_dropped(both: tuple[Telegram, App], stand: Newsstand) -> None:
    telegram, app = both
    chat, other = telegram.private(), telegram.private("Bob")
    await watch(chat)
    await watch(other)
    await look(app)
    stand.put("spring", NEWS)
    stand.publish()
    telegram.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
    await look(app)
    async with app.bot_data["database"].begin() as db:
        assert (await db.execute(select(watches.c.chat_id))).scalars().all() == [other.id]
    assert len(other.sent) == 2


async def test_a_message_that_certainly_did_not_arrive_is_sent_the_next_time(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    await watch(chat)
    await look(app)
    stand.put("spring", NEWS)
    stand.publish()
    with mock.patch.object(
        app.bot.request, "do_request", side_effect=NetworkError("no way out")
    ) as refused:
        refused.side_effect.__cause__ = httpx.ConnectError("refused")
        await look(app)
    assert len(chat.sent) == 1
    await look(app)
    assert len(chat.sent) == 2


@pytest.mark.parametrize(
    ("status", "words", "stays"),
    [
        (400, "Bad Request: message thread not found", False),
        (400, "Bad Request: can't parse entities", True),
        (500, "Internal Server Error", True),
    ],
)
async def test_a_watch_ends_only_where_its_chat_is_closed(
    both: tuple[Telegram, App], stand: Newsstand, status: int, words: str, stays: bool
) -> None:
    telegram, app = both
    await watch(telegram.private())
    await look(app)
    stand.put("spring", NEWS)
    stand.publish()
    telegram.fail_next("sendMessage", status, words)
    await look(app)
    async with app.bot_data["database"].begin() as db:
        assert len((await db.execute(select(watches))).all()) == stays


async def test_a_message_that_may_have_arrived_is_not_sent_again(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    await watch(chat)
    await look(app)
    stand.put("spring", NEWS)
    stand.publish()
    telegram.fail_next("sendMessage", "reset", applied=True)
    await look(app)
    await look(app, later=True)
    assert len(chat.sent) == 2


async def test_what_is_noted_when_the_bot_dies_is_told_by_the_next(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    await watch(chat)
    await look(app)
    stand.put("spring", NEWS)
    stand.publish()
    with (
        mock.patch.object(Outbox, "send", side_effect=asyncio.CancelledError),
        pytest.raises(asyncio.CancelledError),
    ):
        await look(app)
    await look(app, later=True)
    await look(app, later=True)
    [_, told] = chat.sent
    assert "Whales have come back to Norway." in told["text"]


async def test_what_may_have_been_told_when_the_bot_died_is_not_told_again(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    await watch(chat)
    await look(app)
    stand.put("spring", NEWS)
    stand.publish()
    with (
        mock.patch.object(app.bot.request, "do_request", side_effect=asyncio.CancelledError),
        pytest.raises(asyncio.CancelledError),
    ):
        await look(app)
    stand.put("one", "Whales have come to Oslo. People are glad.")
    stand.publish()
    await look(app, later=True)
    assert len(chat.sent) == 1
    await look(app, later=True)
    [_, told] = chat.sent
    assert marked(told, "blockquote") == ["Whales have come to Oslo."]


async def test_nothing_stays_of_what_was_told_of_a_watch_when_the_bot_died(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat, other = telegram.private(), telegram.private("Another")
    await watch(chat)
    await watch(other)
    await look(app)
    stand.put("spring", NEWS)
    stand.publish()
    with (
        mock.patch("bot.jobs.telling.finish_jobs", side_effect=asyncio.CancelledError),
        pytest.raises(asyncio.CancelledError),
    ):
        await look(app)
    assert await jobs(app) == ["watch 1"]
    await chat.reply_after(chat.post("/forget"))
    await look(app)
    assert await jobs(app) == []


async def test_what_is_told_of_one_topic_holds_up_no_other(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    chat = telegram.private()
    await watch(chat)
    await watch(chat, "ships")
    await look(app)
    for id_, body in (("spring", NEWS), ("ships", "Ships are built in Bergen. Trade is good.")):
        stand.put(id_, body)
        stand.publish()
        await look(app)
    assert [told["text"].split("\n")[0] for told in chat.sent[2:]] == [
        "🔔 New on “whales”",
        "🔔 New on “ships”",
    ]


async def test_what_a_replica_does_not_have_yet_another_tells(
    stand: Newsstand, server: str
) -> None:
    database, other = await new_database(server), apart(stand)
    with stand.open() as desk, other.open() as behind:
        async with Telegram() as telegram, running(telegram, desk, database=database) as app:
            chat = telegram.private()
            await watch(chat)
            await look(app)
            stand.put("spring", NEWS)
            stand.publish()
            await look_for_news(app.bot_data["database"], app.bot_data["newsroom"])
            await look(app, Newsroom(behind, 3))
            assert len(chat.sent) == 1
            await look(app)
            assert len(chat.sent) == 2


async def test_a_watch_asked_for_in_a_topic_is_told_there(
    both: tuple[Telegram, App], stand: Newsstand
) -> None:
    telegram, app = both
    forum, boss = telegram.group("Newsroom", forum=True), telegram.user("Boss")
    telegram.admins.add((forum.id, boss["id"]))
    topic = forum.create_topic("Seas")
    answer = await forum.reply_after(forum.post("/watch whales", topic=topic, sender=boss))
    assert answer["message_thread_id"] == topic
    await look(app)
    stand.put("spring", NEWS)
    stand.publish()
    await look(app)
    assert forum.sent[-1]["message_thread_id"] == topic


@pytest.mark.parametrize(
    ("topic", "opening"),
    [
        ("", "What should I watch for?"),
        ("?!", "What should I watch for?"),
        ("x" * 101, "A topic can have at most 100 characters"),
        ("<b>&amp;", "I will let you know here when there is new coverage of “<b>&amp;”."),
    ],
)
async def test_what_is_no_topic_is_said(
    both: tuple[Telegram, App], topic: str, opening: str
) -> None:
    telegram, _ = both
    assert (await watch(telegram.private(), topic))["text"].startswith(opening)


async def test_a_chat_watches_no_more_than_twenty_topics(both: tuple[Telegram, App]) -> None:
    telegram, app = both
    chat = telegram.private()
    place = {"chat_id": chat.id, "thread_id": 0, "language": "en", "told_at": 0.0}
    async with app.bot_data["database"].begin() as db:
        await db.execute(watches.insert(), [{"topic": str(at), **place} for at in range(20)])
    assert (await watch(chat))["text"].startswith("A chat can watch up to 20 topics.")
    again = await watch(chat, "19")  # which it watches: as after a death, before that was said
    assert again["text"].startswith("I will let you know")
