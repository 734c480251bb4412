"""What readers set, look up and forget; links; the bot's coming to groups; its menu."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.keeping.database import metadata
from bot.keeping.preferences import Preferences, load_preferences, save_preferences
from bot.keeping.records import feedback
from bot.updates import inbox
from bot.wording import deeplinks, notices, texts
from bot.wording.deeplinks import article_key, link_to_citation, link_to_question
from bot.wording.speech import ENGLISH, LANGUAGES, speech_in
from index import Shown
from tests.botapi import Json
from tests.bots import excerpts, links, marked, running
from tests.emulated_faults import FaultKind
from tests.emulator import Chat
from tests.newsstand import QUESTION, SAID, Newsstand
from tests.telegrams import Telegram, buttons, served

ONLY_ADMINS = notices.only_admins(ENGLISH)
START = len("The weather was fine that day. Nobody was on the quay.\n\n")


@pytest.fixture
async def telegram(stand: Newsstand) -> AsyncIterator[Telegram]:
    async with served(stand) as (telegram, app):
        telegram.engine = app.bot_data["database"]  # type: ignore[attr-defined]
        yield telegram


async def said(chat: Chat, text: str, **more: object) -> Json:
    return await chat.reply_after(chat.post(text, **more))  # type: ignore[arg-type]


# Looking up


async def test_the_latest_are_listed_with_links(telegram: Telegram) -> None:
    answer = await said(telegram.private(), "/latest")
    lines = answer["text"].split("\n")
    assert lines[0] == "The latest"
    assert lines[1] == "• Headline of whales-6 · The Gazette · 7 Sep 2024"
    assert len(lines) == 9
    assert all(link.startswith("https://example.org/") for link in links(answer))


async def test_the_latest_on_a_topic_are_only_those(telegram: Telegram) -> None:
    answer = await said(telegram.private(), "/latest cheese <b>")
    assert answer["text"] == "The coverage has nothing on “cheese <b>”."
    answer = await said(telegram.private(), "/latest cheese")
    assert answer["text"].startswith("The latest on “cheese”\n• Headline of cheese")


async def test_about_tells_how_fresh_the_coverage_is_and_where_the_code_is(
    telegram: Telegram,
) -> None:
    answer = await said(telegram.private(), "/about")
    assert "Coverage: 8 articles. The newest is from 7 Sep 2024." in answer["text"]
    assert "Source code: free software under Apache-2.0." in answer["text"]


async def test_about_tells_where_the_code_is_if_that_is_set(stand: Newsstand) -> None:
    with stand.open() as desk:
        async with Telegram() as telegram:
            address = "https://example.org/clipdesk?a=1&b=2"
            async with running(telegram, desk, source_url=address):
                answer = await said(telegram.private(), "/about")
    assert f"Source code: {address} (Apache-2.0)" in answer["text"]


async def test_privacy_tells_for_how_long(telegram: Telegram) -> None:
    answer = await said(telegram.private(), "/privacy")
    assert "for 30 days" in answer["text"]


async def test_a_rating_leads_to_no_chat_once_its_answer_is_forgotten(telegram: Telegram) -> None:
    chat = telegram.private()
    answer = await said(chat, QUESTION)
    await telegram.pressed(chat, answer, "vote:good")
    await said(chat, "/forget")
    engine: AsyncEngine = telegram.engine  # type: ignore[attr-defined]
    async with engine.begin() as db:
        [rating] = (await db.execute(select(feedback))).all()
        kept = [(await db.execute(select(table))).all() for table in metadata.sorted_tables]
    assert rating.verdict == "good"
    assert str(kept).count(rating.answer) == 1


# Settings


async def test_a_private_chat_sets_its_language_in_place(telegram: Telegram) -> None:
    chat = telegram.private()
    panel = await said(chat, "/settings")
    assert panel["text"] == (
        "Settings for this chat\nLanguage: each reader’s own\n"
        "Excerpts per answer: up to 3\nOutlets left out: –"
    )
    await telegram.pressed(chat, panel, buttons(panel)["Language"])
    await telegram.pressed(chat, panel, buttons(panel)["Deutsch"])
    assert panel["text"].startswith("Einstellungen dieses Chats\nSprache: Deutsch")
    assert (await said(chat, "/latest"))["text"].startswith("Das Neueste")
    await telegram.pressed(chat, panel, "set:language:-")
    assert (await said(chat, "/latest"))["text"].startswith("The latest")


async def test_a_chat_sets_how_many_excerpts_it_wants(telegram: Telegram) -> None:
    chat = telegram.private()
    panel = await said(chat, "/settings")
    await telegram.pressed(chat, panel, buttons(panel)["Number of excerpts"])
    await telegram.pressed(chat, panel, buttons(panel)["5"])
    assert "up to 5" in panel["text"]
    assert len(excerpts(await said(chat, QUESTION))) == 5
    assert len(excerpts(await said(telegram.private("Bob"), QUESTION))) == 3


async def test_an_outlet_left_out_is_not_cited(telegram: Telegram) -> None:
    chat = telegram.private()
    panel = await said(chat, "/settings")
    await telegram.pressed(chat, panel, buttons(panel)["Outlets"])
    await telegram.pressed(chat, panel, buttons(panel)["✓ The Gazette"])
    assert "Outlets left out: The Gazette" in panel["text"]
    answer = await said(chat, QUESTION)
    assert answer["text"].startswith("The coverage does not answer that.\n")
    assert "Outlets left out in /settings were not searched." in answer["text"]
    assert not set(excerpts(answer)) & set(SAID)
    answer = await said(chat, f"What does The Gazette say of how {QUESTION[4:]}")
    assert answer["text"].startswith(
        "The coverage does not answer that.\n"
        "Left out in /settings, so not searched: The Gazette.\n"
    )
    assert "whales" not in (await said(chat, "/latest"))["text"]
    await telegram.pressed(chat, panel, buttons(panel)["✕ The Gazette"])
    assert excerpts(await said(chat, QUESTION))


async def test_who_leaves_out_as_many_outlets_as_can_be_is_told_so(telegram: Telegram) -> None:
    chat, db = telegram.private(), telegram.engine  # type: ignore[attr-defined]
    left_out = tuple(f"Outlet {at}" for at in range(100))
    await save_preferences(db, chat.id, Preferences(left_out=left_out))
    panel = await said(chat, "/settings")
    await telegram.pressed(chat, panel, buttons(panel)["Outlets"])
    tap = buttons(panel)["✓ The Gazette"]
    assert await telegram.pressed(chat, panel, tap) == notices.too_many_left_out(100, ENGLISH)
    assert (await load_preferences(db, chat.id)).left_out == left_out
    await telegram.pressed(chat, panel, buttons(panel)["✕ Outlet 0"])
    assert await telegram.pressed(chat, panel, tap) == ""
    assert (await load_preferences(db, chat.id)).left_out == (*left_out[1:], "The Gazette")


@pytest.mark.parametrize("applied", [True, False])
async def test_an_outlet_is_left_out_once_though_telegram_fails_to_say_that_it_is_shown(
    telegram: Telegram, applied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_LOOK", 0.05)
    chat = telegram.private()
    panel = await said(chat, "/settings")
    await telegram.pressed(chat, panel, buttons(panel)["Outlets"])
    telegram.fail_next("editMessageText", 502, applied=applied)
    await telegram.pressed(chat, panel, buttons(panel)["✓ The Gazette"])
    assert "✕ The Gazette" in buttons(panel)
    kept = await load_preferences(telegram.engine, chat.id)  # type: ignore[attr-defined]
    assert kept.left_out == ("The Gazette",)


@pytest.mark.parametrize("command", ["/settings", "/forget", "/watch whales"])
async def test_only_admins_decide_for_a_group(telegram: Telegram, command: str) -> None:
    group, boss = telegram.group("Newsroom"), telegram.user("Boss")
    telegram.admins.add((group.id, boss["id"]))
    assert (await said(group, command))["text"] == ONLY_ADMINS
    assert (await said(group, command, sender=boss))["text"] != ONLY_ADMINS
    anonymous = telegram.user("Group", "GroupAnonymousBot", is_bot=True)
    answer = await said(group, command, sender=anonymous, sender_chat=group.info)
    assert answer["text"] != ONLY_ADMINS
    mask = telegram.user("Channel", "Channel_Bot", is_bot=True)
    channel = telegram.channel("Elsewhere")
    answer = await said(group, command, sender=mask, sender_chat=channel.info)
    assert answer["text"] == ONLY_ADMINS


@pytest.mark.parametrize(
    "data", ["set:main", "set:language", "set:language:ru", "set:excerpts:10", "set:outlets:0"]
)
async def test_only_admins_press_the_buttons_of_settings(telegram: Telegram, data: str) -> None:
    group, boss = telegram.group("Newsroom"), telegram.user("Boss")
    telegram.admins.add((group.id, boss["id"]))
    panel = await said(group, "/settings", sender=boss)
    before = dict(panel)
    assert await telegram.pressed(group, panel, data) == ONLY_ADMINS
    assert panel["text"] == before["text"]
    assert await telegram.pressed(group, panel, data, user=boss) != ONLY_ADMINS


async def test_where_telegram_does_not_say_who_is_an_admin_nobody_is(telegram: Telegram) -> None:
    group, boss = telegram.group("Newsroom"), telegram.user("Boss")
    telegram.admins.add((group.id, boss["id"]))
    telegram.fail_next("getChatMember", 400, "Bad Request: member list is inaccessible")
    assert (await said(group, "/settings", sender=boss))["text"] == ONLY_ADMINS


@pytest.mark.parametrize("status", [500, 502, "reset"])
async def test_where_telegram_fails_to_say_who_is_an_admin_it_is_asked_again(
    telegram: Telegram, status: FaultKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_LOOK", 0.05)
    group, boss = telegram.group("Newsroom"), telegram.user("Boss")
    telegram.admins.add((group.id, boss["id"]))
    telegram.fail_next("getChatMember", status)
    panel = await said(group, "/settings", sender=boss)
    assert panel["text"].startswith("Settings for this chat")
    telegram.fail_next("getChatMember", status)
    assert await telegram.pressed(group, panel, "set:language:de", user=boss) != ONLY_ADMINS
    assert panel["text"].startswith("Einstellungen dieses Chats")
    assert group.sent == [panel]


async def test_a_group_speaks_to_each_in_their_own_language_unless_it_is_set(
    telegram: Telegram,
) -> None:
    group, boss = telegram.group("Newsroom"), telegram.user("Boss")
    telegram.admins.add((group.id, boss["id"]))
    marie = telegram.user("Marie", language_code="fr")
    assert (await said(group, "/latest", sender=marie))["text"].startswith("Les derniers articles")
    panel = await said(group, "/settings", sender=boss)
    await telegram.pressed(group, panel, "set:language:ko", user=boss)
    assert (await said(group, "/latest", sender=marie))["text"].startswith("최신 기사")


# Forgetting


async def test_a_command_that_was_forwarded_is_not_carried_out(telegram: Telegram) -> None:
    chat, group = telegram.private(), telegram.group("Newsroom")
    origin = {"type": "hidden_user", "sender_user_name": "Eve", "date": 1_725_350_400}
    await said(chat, "/watch whales")
    help_ = await said(chat, "/forget", forward_origin=origin)
    assert help_["text"].startswith("Ask me about the news.")
    assert "whales" in str(buttons(await said(chat, "/watches")))
    group.post(f"/ask {QUESTION}", forward_origin=origin)
    assert await telegram.settled() == []


async def test_forget_leaves_nothing_of_a_chat_in_any_table(telegram: Telegram) -> None:
    chat = telegram.private()
    await said(chat, QUESTION)
    panel = await said(chat, "/settings")
    await telegram.pressed(chat, panel, "set:language:en")
    await said(chat, "/watch whales")
    answer = await said(chat, "/forget")
    assert answer["text"] == texts.forgotten(ENGLISH)
    await telegram.settled()
    engine: AsyncEngine = telegram.engine  # type: ignore[attr-defined]
    async with engine.begin() as db:
        for table in metadata.sorted_tables:
            for column in table.columns:
                if column.info.get("chat"):
                    rows = select(func.count()).where(column == chat.id)
                    assert await db.scalar(rows) == 0, table.name
            rows_of_all = (await db.execute(select(table))).all()
            assert QUESTION not in str(rows_of_all), table.name
    for path in Path(str(engine.url.database)).parent.iterdir():
        assert QUESTION.encode() not in path.read_bytes(), path.name
    follow_up = await said(chat, "/everywhere")
    assert follow_up["text"] == "Which question? In a group, reply to my answer with /everywhere."


# Links


async def test_a_link_asks_a_question(telegram: Telegram) -> None:
    answer = await said(telegram.private(), f"/start {link_to_question(QUESTION)}")
    assert len(excerpts(answer)) == 3


async def test_a_link_opens_a_citation_in_its_context(
    telegram: Telegram, stand: Newsstand
) -> None:
    payload = link_to_citation(Shown("whales-0", SAID[0], START))
    answer = await said(telegram.private(), f"/start {payload}")
    assert marked(answer, "bold") == [SAID[0]]
    assert "Nobody was on the quay." in answer["text"]
    stand.put("whales-0", "There never were any whales at all. Sorry.")
    stand.publish()
    answer = await said(telegram.private(), f"/start {payload}")
    assert answer["text"].startswith("The article has changed and no longer says this.")
    assert SAID[0] not in answer["text"]
    stand.drop("whales-0")
    stand.publish()
    answer = await said(telegram.private(), f"/start {payload}")
    assert answer["text"] == "That article is no longer in the coverage."


async def test_the_article_of_a_link_is_never_looked_for_on_the_event_loop(
    telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed_in: list[threading.Thread] = []

    def note(article: str) -> str:
        hashed_in.append(threading.current_thread())
        return article_key(article)

    payloads = [
        link_to_citation(Shown("whales-0", SAID[0], START)),
        link_to_citation(Shown("whales-0", "It says this no more.", START)),
    ]
    monkeypatch.setattr(deeplinks, "article_key", note)
    for payload in payloads:
        await said(telegram.private(), f"/start {payload}")
    assert hashed_in
    assert threading.current_thread() not in hashed_in


@pytest.mark.parametrize("payload", ["x", "q", "q__8", "a" + "A" * 16, "c" + "A" * 24 + "1-1"])
async def test_a_link_of_junk_is_harmless(telegram: Telegram, payload: str) -> None:
    answer = await said(telegram.private(), f"/start {payload}")
    assert answer["text"].startswith(("Ask me about", "That article is no longer"))


# Coming and going


async def test_a_group_is_greeted_once_and_shortly(telegram: Telegram) -> None:
    group = telegram.group("Newsroom")
    telegram.add_bot(group)
    await telegram.until(lambda: bool(group.sent), "a greeting")
    telegram.add_bot(group, was="member", now="creator")
    await telegram.settled()
    [greeting] = group.sent
    assert greeting["text"] == (
        "Ask me about the news: /ask@clipdesk_bot your question. "
        "I answer with word-for-word excerpts, each cited to its article."
    )
    assert marked(greeting, "code") == ["/ask@clipdesk_bot your question"]
    assert greeting["link_preview_options"] == {"is_disabled": True}


@pytest.mark.parametrize("kind", ["private", "channel"])
async def test_nothing_else_is_greeted(telegram: Telegram, kind: str) -> None:
    chat = telegram.private() if kind == "private" else telegram.channel("News")
    telegram.add_bot(chat, was="kicked" if kind == "private" else "left")
    await telegram.settled()
    assert chat.sent == []


async def test_who_puts_the_bot_out_hears_no_more(telegram: Telegram) -> None:
    group = telegram.group("Newsroom")
    telegram.add_bot(group, was="member", now="left")
    assert await telegram.settled() == []


# The menu


async def test_the_menu_is_there_for_each_kind_of_chat_in_each_language(
    stand: Newsstand,
) -> None:
    with stand.open() as desk:
        async with Telegram() as telegram, running(telegram, desk, menu=True):
            await telegram.until(lambda: len(telegram.commands) == 18, "the menu")

    def menu(scope: str, language: str) -> dict[str, str]:
        found = telegram.commands[json.dumps({"type": scope}), language]
        return {each["command"]: each["description"] for each in found}

    for code in LANGUAGES:
        language = "" if code == "en" else code
        shown = telegram.descriptions["short_description", language]
        assert shown == texts.short(speech_in(code))
        everything = texts.commands(speech_in(code))
        assert menu("all_private_chats", language) == everything
        members, admins = (
            menu("all_group_chats", language),
            menu("all_chat_administrators", language),
        )
        assert "settings" not in members
        assert members.items() < admins.items() <= everything.items()
        assert {"settings", "forget", "watch"} <= admins.keys()


# Channels and the groups linked to them


async def test_a_comment_asks_what_the_channels_post_says(telegram: Telegram) -> None:
    group, channel = telegram.group("Discussion"), telegram.channel("News")
    service = telegram.user("Telegram")
    post = group.post(
        QUESTION, sender=service, sender_chat=channel.info, is_automatic_forward=True
    )
    answer = await group.reply_after(group.post("/ask", reply_to=post))
    assert len(excerpts(answer)) == 3
    again = await group.reply_after(group.post("And old ones?", reply_to=answer))
    assert again["reply_to_message"]["text"] == "And old ones?"


async def test_the_buttons_of_a_channels_answer_work_for_its_readers(telegram: Telegram) -> None:
    channel = telegram.channel("News")
    answer = await channel.reply_after(channel.post(f"/ask {QUESTION}"))
    before = excerpts(answer)
    await telegram.pressed(channel, answer, "page:3")
    assert not set(before) & set(excerpts(answer))
    panel = await channel.reply_after(channel.post("/settings"))
    assert await telegram.pressed(channel, panel, "set:language:ru") == ONLY_ADMINS
