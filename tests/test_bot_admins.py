"""Those who run the bot change its coverage from their private chats; nobody else, ever."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest
from sqlalchemy import func, select, update
from telegram import Update

from bot.app import App
from bot.handling.admins import FromRunner
from bot.jobs.rounds import go_round
from bot.keeping.records import submissions
from bot.settings import BotSettings
from bot.updates import inbox
from bot.wording import notices, texts
from bot.wording.speech import ENGLISH
from index.storage.store import Store
from tests.botapi import Json, utf16_length
from tests.bots import running
from tests.emulated_faults import FaultKind
from tests.emulator import Chat
from tests.newsstand import Newsstand, whales
from tests.telegrams import Telegram, buttons
from tests.test_refreshing import page
from tests.web import Here, Reply, fetcher, serve

BODY = (
    "Herring have come back to Norway this spring, fishermen in Bergen say. "
    "The ministry of fisheries counted them in April and found twice as many as last year. "
    "Boats leave the harbour every night. A ban on small nets stays in force until the autumn."
)
ARTICLE = f"Herring return to Norway\n\n{BODY}\n\n{BODY.replace('Norway', 'Denmark')}"
FILE = json.dumps({"headline": "Herring return", "outlet": "Fisch", "body": BODY}).encode()
CHANNEL = {"id": -1_001_234, "type": "channel", "title": "Fish Daily", "username": "fishdaily"}
FORWARDED = {"type": "channel", "chat": CHANNEL, "message_id": 7, "date": 1_725_350_400}


class Room(NamedTuple):
    telegram: Telegram
    app: App
    stand: Newsstand
    ada: Chat  # who runs the bot

    def ids(self) -> set[str]:
        with closing(Store(self.stand.folder / "index")) as store:
            return set(store.digests())

    async def waiting(self) -> int:
        async with self.app.bot_data["database"].begin() as db:
            return await db.scalar(select(func.count()).select_from(submissions)) or 0

    async def say(self, text: str, **more: object) -> Json:
        return await self.ada.reply_after(self.ada.post(text, **more))  # type: ignore[arg-type]

    async def press(self, message: Json, data: str) -> str:
        return await self.telegram.pressed(self.ada, message, data)

    def shown(self, message: Json) -> str:
        found = self.ada.find(message["message_id"])
        assert found
        return str(found["text"])


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    """No process of its own, no pause: these have tests elsewhere."""
    with mock.patch("index.ingest.submitting.Apart", Here):
        yield


@asynccontextmanager
async def open_room(folder: Path, *, menu: bool = False) -> AsyncIterator[Room]:
    stand = whales(folder)
    with stand.open() as desk:
        async with Telegram() as telegram:
            ada = telegram.private("Ada")
            given = {"data_dir": stand.folder / "index", "admin_ids": {ada.id}, "menu": menu}
            async with running(telegram, desk, **given) as app:  # type: ignore[arg-type]
                yield Room(telegram, app, stand, ada)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as room:
        yield room


async def test_a_link_is_shown_and_indexed_only_when_it_is_confirmed(room: Room) -> None:
    before = room.ids()
    with (
        serve() as web,
        mock.patch("index.ingest.submitting._open_fetcher", return_value=fetcher()),
    ):
        web.pages["/1"] = Reply(page(1))
        preview = await room.say(web.url("/1"))
    assert preview["text"].startswith("📄 Founder 1 held · ")
    assert "2 Sep 2024" in preview["text"]
    assert "characters" in preview["text"]
    assert "Police in Paris held the founder number 1" in preview["text"]
    assert preview["text"].endswith("It is part 3.")
    assert list(buttons(preview)) == ["Add it", "Discard"]
    assert room.ids() == before
    await room.press(preview, "admin:add")
    [new] = room.ids() - before
    assert room.shown(preview) == f"✅ Added: {new}"
    assert buttons(room.ada.find(preview["message_id"]) or {}) == {}
    assert await room.waiting() == 0
    answer = await room.say("Who held the founder number 1 in Paris?")
    assert "Police in Paris held the founder number 1" in answer["text"]


async def test_a_link_that_leads_inside_is_not_followed(room: Room) -> None:
    answer = await room.say("http://127.0.0.1/secret")
    assert "not public" in answer["text"]
    assert buttons(answer) == {}


async def test_a_file_that_is_discarded_changes_nothing(room: Room) -> None:
    before = room.ids()
    document = room.telegram.document("herring.json", FILE)
    preview = await room.say("", document=document)
    assert "Herring return · Fisch · no date given" in preview["text"]
    await room.press(preview, "admin:no")
    assert room.shown(preview) == "Discarded. Nothing was changed."
    assert await room.press(preview, "admin:add") == notices.expired(ENGLISH)
    assert room.ids() == before


@pytest.mark.parametrize("status", [502, "reset"])
async def test_a_file_that_telegram_fails_to_hand_out_is_asked_for_again(
    room: Room, status: FaultKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_LOOK", 0.05)
    room.telegram.fail_next("getFile", status)
    preview = await room.say("", document=room.telegram.document("herring.json", FILE))
    assert "Herring return · Fisch · no date given" in preview["text"]
    assert list(buttons(preview)) == ["Add it", "Discard"]
    await room.telegram.settled()
    assert room.ada.sent == [preview]


async def test_a_file_that_telegram_has_lost_is_asked_for_and_does_not_end_the_bot(
    room: Room,
) -> None:
    document = room.telegram.document("herring.json", FILE)
    room.telegram.lost_files.add(document["file_id"])
    answer = await room.say("", document=document)
    assert "herring.json: Telegram does not have it any more; send it again" in answer["text"]
    assert (await room.say("/help"))["text"].startswith("Ask")


async def test_a_file_that_finds_no_place_to_be_read_holds_up_nothing(
    room: Room, tmp_path: Path
) -> None:
    gone = str(tmp_path / "gone")
    with mock.patch("tempfile.tempdir", gone):
        answer = await room.say("", document=room.telegram.document("herring.json", FILE))
    assert "this machine does not let that be done" in answer["text"]
    assert gone in answer["text"]
    assert (await room.say("/help"))["text"].startswith("Ask me about the news.")


async def test_what_is_done_cannot_be_discarded_any_more(room: Room) -> None:
    before = room.ids()
    preview = await room.say(ARTICLE, forward_origin=FORWARDED)
    room.telegram.press(room.ada, preview, "admin:add")
    assert await room.press(preview, "admin:no") == notices.expired(ENGLISH)  # a moment too late
    [new] = room.ids() - before
    assert room.shown(preview) == f"✅ Added: {new}"
    asked = await room.say("/remove cheese")
    room.telegram.press(room.ada, asked, "admin:remove")
    assert await room.press(asked, "admin:no") == notices.expired(ENGLISH)
    assert "cheese" not in room.ids()
    assert room.shown(asked) == "✅ 1 article removed: cheese"


async def test_an_article_stays_when_its_removal_is_discarded(room: Room) -> None:
    before = room.ids()
    asked = await room.say("/remove cheese")
    await room.press(asked, "admin:no")
    assert room.shown(asked) == "Discarded. Nothing was changed."
    assert await room.press(asked, "admin:remove") == notices.expired(ENGLISH)
    assert room.ids() == before


async def test_files_of_many_articles_and_of_none_say_so(room: Room) -> None:
    lines = [json.dumps({"headline": f"Herring {n}", "body": f"{BODY} {n}."}) for n in range(5)]
    many = room.telegram.document("many.jsonl", "\n".join([*lines, "{"]).encode())
    preview = await room.say("", document=many)
    assert preview["text"].count("📄") == 3
    assert "and 2 more articles" in preview["text"]
    assert "⚠️ many.jsonl:6: not JSON" in preview["text"]
    before = room.ids()
    await room.press(preview, "admin:add")
    assert len(room.ids() - before) == 5
    none = room.telegram.document("program.exe", b"MZ")
    assert "files named '.exe' are not read" in (await room.say("", document=none))["text"]
    large = room.telegram.document("a.txt", b"") | {"file_size": 9_000_000}
    assert "larger than 8 MiB" in (await room.say("", document=large))["text"]


async def test_a_preview_of_whatever_there_is_fits_into_a_message(room: Room) -> None:
    wide = {"outlet": "😀" * 300, "body": f"{'😀' * 900}a. {'🐋' * 900}b."}
    lines = [json.dumps(wide | {"headline": f"{n}<&>{'😀' * 300}", "id": f"{n}" * 200})
             for n in range(4)]  # fmt: skip
    document = room.telegram.document(
        "😀" * 100 + ".jsonl", "\n".join([*lines, "{", "{", "["]).encode()
    )
    for _ in range(2):
        preview = await room.say("", document=document)
        assert utf16_length(preview["text"]) <= 4096
        assert preview["text"].startswith("📄 0<&>😀")
        await room.press(preview, "admin:add")
        later = json.loads(lines[0]) | {"body": f"{wide['body']} It is corrected."}
        document = room.telegram.document("a.json", json.dumps(later).encode())
    assert "✅ Updated" in room.shown(preview)


async def test_a_forwarded_article_keeps_where_it_comes_from(room: Room) -> None:
    preview = await room.say(ARTICLE, forward_origin=FORWARDED)
    assert "Herring return to Norway · Fish Daily · 3 Sep 2024" in preview["text"]
    await room.press(preview, "admin:add")
    with closing(Store(room.stand.folder / "index")) as store:
        [found] = [one for one in store.articles(store.digests()).values() if "Fish" in one.outlet]
    assert found.url == "https://t.me/fishdaily/7"
    assert found.published == dt.date(2024, 9, 3)
    again = await room.say(ARTICLE, forward_origin=FORWARDED)
    assert "Already in the coverage, unchanged." in again["text"]
    assert buttons(again) == {}


async def test_a_pasted_article_tells_what_it_would_take_the_place_of(room: Room) -> None:
    first = await room.say(ARTICLE + " " + BODY)
    await room.press(first, "admin:add")
    told = {"id": "whales-1", "headline": "Whales, corrected", "body": BODY}
    told |= {"url": "https://example.org/whales-1"}
    document = room.telegram.document("x.json", json.dumps(told).encode())
    preview = await room.say("", document=document)
    assert "Replaces: Headline of whales-1 · The Gazette" in preview["text"]
    await room.press(preview, "admin:add")
    assert room.shown(preview) == "✅ Updated: whales-1"


async def test_an_article_is_removed_when_that_is_confirmed(room: Room) -> None:
    asked = await room.say("/remove whales-1")
    assert "Headline of whales-1" in asked["text"]
    assert "whales-1" in room.ids()
    await room.press(asked, "admin:remove")
    assert room.shown(asked) == "✅ 1 article removed: whales-1"
    assert "whales-1" not in room.ids()
    by_url = await room.say("/remove https://example.org/whales-2?utm_source=x")
    await room.press(by_url, "admin:no")
    assert "whales-2" in room.ids()
    assert "No article has" in (await room.say("/remove whales-1"))["text"]
    assert "/remove ID" in (await room.say("/remove"))["text"]


async def test_all_that_an_address_takes_out_is_counted(room: Room) -> None:
    page = "https://example.org/live"
    for town in ("Bergen", "Lyon", "Turin", "Porto", "Ghent"):
        room.stand.put(town.lower(), f"{town} won in {town} by {len(town)} goals.", url=page)
    room.stand.publish()
    before = room.ids()
    asked = await room.say(f"/remove {page}")
    title, *shown, more = asked["text"].splitlines()
    assert (title, len(shown)) == ("Remove 5 articles from the coverage?", 3)
    assert more == "and 2 more articles"
    await room.press(asked, "admin:remove")
    assert len(before - room.ids()) == 5
    assert room.shown(asked).startswith("✅ 5 articles removed: ")
    assert room.shown(asked).endswith(", …")


async def test_a_button_does_only_what_its_message_says(room: Room) -> None:
    preview = await room.say("", document=room.telegram.document("herring.json", FILE))
    assert await room.press(preview, "admin:remove") == notices.expired(ENGLISH)
    other = await room.say("How many whales live near Iceland?")
    for data in ("admin:add", "admin:remove"):
        assert await room.press(other, data) == notices.expired(ENGLISH)


async def test_what_nobody_confirms_is_forgotten_after_a_week(room: Room) -> None:
    data = room.app.bot_data
    await room.say("/remove whales-1")
    await go_round(data["database"], data["newsroom"], room.app.bot, data["settings"])
    assert await room.waiting() == 1
    async with data["database"].begin() as db:
        await db.execute(update(submissions).values(made_at=time.time() - 7 * 86_400 - 1))
    await go_round(data["database"], data["newsroom"], room.app.bot, data["settings"])
    assert await room.waiting() == 0


async def test_the_index_is_mended_and_told_of(room: Room) -> None:
    assert (await room.say("/reindex"))["text"] == "✅ The index is up to date."
    (room.stand.folder / "index" / "words" / "meta.json").unlink()
    assert "1 index was rebuilt." in (await room.say("/reindex"))["text"]
    answer = await room.say("How many whales live near Iceland?")
    await room.press(answer, "vote:good")
    lines = (await room.say("/stats"))["text"].split("\n")
    assert lines[:3] == ["8 articles", "8 passages", "2 outlets"]
    assert lines[3] == "Newest: Headline of whales-6 · 7 Sep 2024"
    assert lines[4:] == ["Feedback: 👍 1, 👎 0, wrong citations: 0", "0 updates waiting"]


async def test_a_command_that_was_forwarded_is_no_order(room: Room) -> None:
    answer = await room.say("/remove whales-1", forward_origin=FORWARDED)
    assert "from the coverage?" not in answer["text"]
    assert await room.waiting() == 0
    article = await room.say(f"/latest {ARTICLE}", forward_origin=FORWARDED)
    assert set(buttons(article).values()) == {"admin:add", "admin:no"}


async def test_nobody_else_reaches_any_of_it_from_a_private_chat(room: Room) -> None:
    before, eve = room.ids(), room.telegram.private("Eve")
    document = room.telegram.document("herring.json", FILE)
    help_ = ENGLISH.html("<b>Ask me about the news.</b>").split(">")[1].split("<")[0]
    for text in ("/remove whales-1", "/reindex", "/stats"):
        answer = await eve.reply_after(eve.post(text))
        assert answer["text"].startswith(help_)  # as to any command that there is not
    answer = await eve.reply_after(eve.post("", document=document))
    assert answer["text"] == texts.only_text(ENGLISH)
    for text, more in (
        ("https://example.org/whales-1", {}),
        (ARTICLE, {"forward_origin": FORWARDED}),
        ("/stats", {"forward_origin": FORWARDED}),
        (ARTICLE + ARTICLE, {}),
        ("/remove whales-1", {"via_bot": {"id": 1, "is_bot": True, "first_name": "X"}}),
    ):
        answer = await eve.reply_after(eve.post(text, **more))  # type: ignore[arg-type]
        assert not set(buttons(answer).values()) & {"admin:add", "admin:remove", "admin:no"}
    assert not any(call.method == "getFile" for call in room.telegram.calls)
    assert (room.ids(), await room.waiting()) == (before, 0)


GROUP_BOT = {"id": 1087968824, "is_bot": True, "first_name": "Group"}


async def test_in_groups_and_channels_nobody_reaches_it_not_even_who_runs_the_bot(
    room: Room,
) -> None:
    before = room.ids()
    group, channel = room.telegram.group("News", admin=True), room.telegram.channel("Wire")
    room.telegram.admins.add((group.id, room.ada.id))
    texts_ = ("/remove whales-1", "/reindex@clipdesk_bot", "/stats", "https://example.org/1")
    for text in (*texts_, ARTICLE):
        group.post(text, sender=room.ada.user)
        group.post(text, sender=GROUP_BOT, sender_chat=group.info)  # an anonymous admin
        channel.post(text)
    group.post("", sender=room.ada.user, document=room.telegram.document("a.json", FILE))
    await room.telegram.settled()
    assert (group.sent, channel.sent) == ([], [])
    assert (room.ids(), await room.waiting()) == (before, 0)


async def test_a_forged_button_is_one_that_nobody_knows(room: Room) -> None:
    telegram = room.telegram
    preview = await room.say("", document=telegram.document("herring.json", FILE))
    removal = await room.say("/remove whales-1")
    before, eve, group = room.ids(), telegram.private("Eve"), telegram.group("News")
    own = await eve.reply_after(eve.post("How many whales live near Iceland?"))
    posted = await group.reply_after(group.post("/ask How many whales live near Iceland?"))
    expired = notices.expired(ENGLISH)
    for data in ("admin:add", "admin:remove", "admin:no"):
        for message in (preview, removal):
            forged = {"message_id": message["message_id"]}
            assert await telegram.pressed(eve, forged, data) == expired
            assert await telegram.pressed(room.ada, message, data, user=eve.user) == expired
            assert await telegram.pressed(group, forged, data, user=room.ada.user) == expired
        assert await telegram.pressed(eve, own, data) == expired
        assert await telegram.pressed(eve, own, data, user=room.ada.user) == expired
        assert await telegram.pressed(group, posted, data, user=room.ada.user) == expired
    assert room.ids() == before
    assert await room.waiting() == 2
    await room.press(removal, "admin:remove")  # which still works for who may
    assert room.ids() == before - {"whales-1"}


ADA = {"id": 7, "is_bot": False, "first_name": "Ada"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Ada"}
MESSAGE = {"message_id": 1, "date": 1, "chat": PRIVATE, "from": ADA, "text": "/stats"}


@pytest.mark.parametrize(
    ("update", "fits"),
    [
        pytest.param({"message": MESSAGE}, True, id="who runs it"),
        pytest.param({"edited_message": MESSAGE | {"edit_date": 2}}, False, id="edited"),
        pytest.param({"channel_post": MESSAGE}, False, id="posted"),
        pytest.param({"business_message": MESSAGE}, False, id="business"),
        pytest.param({"guest_message": MESSAGE}, False, id="guest"),
        pytest.param(
            {"message": MESSAGE | {"business_connection_id": "b"}}, False, id="for a business"
        ),
        pytest.param({"message": MESSAGE | {"sender_chat": PRIVATE}}, False, id="as a chat"),
        pytest.param({"message": MESSAGE | {"from": ADA | {"id": 8}}}, False, id="another"),
        pytest.param({"message": MESSAGE | {"from": ADA | {"is_bot": True}}}, False, id="a bot"),
        pytest.param({"message": MESSAGE | {"chat": PRIVATE | {"id": 8}}}, False, id="elsewhere"),
        pytest.param(
            {"message": MESSAGE | {"chat": {"id": 7, "type": "group", "title": "7"}}},
            False,
            id="a group of the same number",
        ),
        pytest.param(
            {"message": {k: v for k, v in MESSAGE.items() if k != "from"}}, False, id="nobody"
        ),
    ],
)
def test_only_a_new_message_of_who_runs_the_bot_fits(update: Json, fits: bool) -> None:
    read = Update.de_json({"update_id": 1, **update}, None)
    assert bool(FromRunner({7}).filter(read)) is fits
    assert not FromRunner(()).filter(read)


@pytest.mark.parametrize(
    ("given", "ids"), [("", set()), ("7", {7}), ("7, 8,", {7, 8}), (" 12 ", {12})]
)
def test_admins_are_numbers_with_commas_between(
    given: str, ids: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADMIN_IDS", given)
    assert BotSettings().admin_ids == ids


@pytest.mark.parametrize("given", ["@ada", "7;8", "7.5"])
def test_what_is_no_number_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_IDS", given)
    with pytest.raises(ValueError, match="valid integer"):
        BotSettings()


async def test_the_menu_offers_it_in_their_private_chats_only(tmp_path: Path) -> None:
    async with open_room(tmp_path, menu=True) as room:
        await room.telegram.until(lambda: len(room.telegram.commands) == 24, "the menu")
        offered = {
            scope: {each["command"] for each in commands}
            for (scope, _), commands in room.telegram.commands.items()
        }
    own = json.dumps({"chat_id": room.ada.id, "type": "chat"})
    assert offered.pop(own) > {"ask", "remove", "reindex", "stats"}
    assert offered
    assert all(not {"remove", "reindex", "stats"} & each for each in offered.values())
