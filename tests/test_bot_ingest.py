"""The bot takes in what sources have, and tells who runs it when that fails."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import httpx
import pytest
from telegram.error import NetworkError

from bot.app import App
from bot.jobs import ingest
from bot.jobs.ingest import Ingest, take_in, tell_troubles
from bot.jobs.rounds import go_rounds
from index.ingest.ledger import FOLDER, Ledger
from index.ingest.refreshing import STALLED
from index.storage.derived import writing
from tests.bots import running
from tests.emulator import Chat
from tests.newsstand import Newsstand, whales
from tests.telegrams import Telegram
from tests.test_refreshing import feed, page
from tests.web import Here, Reply, Web, serve


class Room(NamedTuple):
    app: App
    telegram: Telegram
    web: Web
    folder: Path
    ada: Chat
    bob: Chat

    async def go(self, state: Ingest, *, times: int = 1) -> None:
        """Take in so often, every source being due each time."""
        for _ in range(times):
            if Ledger.exists(self.folder):
                with closing(Ledger(self.folder)) as ledger:
                    record = ledger.record("daily")
                    record.tried = 0.0
                    ledger.keep(record)
                    ledger.commit()
            data = self.app.bot_data
            given = data["database"], data["newsroom"], self.app.bot, data["settings"]
            await take_in(state, *given)

    def write(self, text: str = "") -> None:
        own = f'[[feed]]\nname = "daily"\nurl = "{self.web.url("/feed")}"\n'
        (self.folder / "sources.toml").write_text("delay = 0\n" + (text or own))

    def told(self) -> list[str]:
        assert [one["text"] for one in self.ada.sent] == [one["text"] for one in self.bob.sent]
        shown = [one["link_preview_options"] for one in self.ada.sent]
        assert all(one == {"is_disabled": True} for one in shown)
        return [one["text"] for one in self.ada.sent]


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with mock.patch("index.ingest.refreshing.Apart", Here):
        yield


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    stand: Newsstand = whales(tmp_path)
    folder = stand.folder / "index"
    with serve() as web, stand.open() as desk:
        web.pages |= {f"/{n}": Reply(page(n)) for n in range(8)}
        web.pages |= {f"/{n}?utm_source=rss": Reply(page(n)) for n in range(8)}
        web.pages["/feed"] = feed(web, 0, 1)
        async with Telegram() as telegram:
            ada, bob = telegram.private("Ada"), telegram.private("Bob")
            async with running(
                telegram,
                desk,
                data_dir=folder,
                admin_ids={ada.id, bob.id},
                allow_private_addresses=True,
            ) as app:
                room = Room(app, telegram, web, folder, ada, bob)
                room.write()
                yield room


async def test_what_a_source_has_is_taken_in_and_answered_from(room: Room) -> None:
    await room.go(Ingest())
    answer = await room.ada.reply_after(room.ada.post("Who held the founder number 1?"))
    assert "the founder number 1" in answer["text"]
    stats = await room.ada.reply_after(room.ada.post("/stats"))
    assert "• daily: 2 articles, working" in stats["text"]


async def test_a_stalled_source_is_told_once_and_once_when_it_recovers(room: Room) -> None:
    room.web.pages["/feed"] = Reply(status=404)
    state = Ingest()
    await room.go(state, times=STALLED - 1)
    assert room.told() == []
    await room.go(state, times=2)
    assert len(room.told()) == 1
    assert room.told()[0].startswith("⚠️ daily: ")
    assert "404" in room.told()[0]
    await room.go(Ingest())  # as after a restart
    assert len(room.told()) == 1
    stats = await room.ada.reply_after(room.ada.post("/stats"))
    assert "⚠️ • daily: 0 articles, failing" in stats["text"]
    room.web.pages["/feed"] = feed(room.web, 0)
    await room.go(Ingest(), times=2)
    assert [one["text"] for one in room.bob.sent][1:] == ["✅ daily: working again"]


async def test_sources_that_cannot_be_read_at_all_are_told_after_three_rounds(room: Room) -> None:
    room.write("nonsense")
    state = Ingest()
    await room.go(state, times=2)
    assert room.told() == []
    await room.go(state, times=2)
    assert len(room.told()) == 1
    assert room.told()[0].startswith("⚠️ Adding new articles: ")
    room.write()
    await room.go(state, times=2)
    assert room.told()[1:] == ["✅ Adding new articles: working again"]


async def test_replicas_tell_each_of_its_own_troubles(room: Room) -> None:
    data = room.app.bot_data
    given = data["database"], room.app.bot, data["settings"]
    for _ in range(2):
        await tell_troubles(*given, "one", {"source daily": "404"}, ())
        await tell_troubles(*given, "other", {}, ())
    assert len(room.told()) == 1


async def test_who_could_not_look_yet_after_a_restart_tells_of_no_recovery(room: Room) -> None:
    room.web.pages["/feed"] = Reply(status=404)
    await room.go(Ingest(), times=STALLED)
    room.write("nonsense")
    await room.go(Ingest(), times=2)  # the first of them after a restart
    restarted = Ingest()
    await room.go(restarted, times=STALLED)
    told = room.told()
    assert [one.split(":")[0] for one in told] == ["⚠️ daily", "⚠️ Adding new articles"]
    await room.go(Ingest(), times=2)
    assert room.told() == told
    room.write()
    room.web.pages["/feed"] = feed(room.web, 0)
    await room.go(Ingest())
    [over] = room.told()[2:]
    assert sorted(over.splitlines()) == [
        "✅ Adding new articles: working again",
        "✅ daily: working again",
    ]


async def test_most_articles_left_out_is_told_and_that_it_is_over(room: Room) -> None:
    room.web.pages["/feed"] = feed(room.web, *range(6))
    room.web.pages |= {f"/{n}": Reply(status=403) for n in range(8)}
    state = Ingest()
    await room.go(state)
    assert len(room.told()) == 1
    assert room.told()[0].startswith("⚠️ Reading articles from the sources: ")
    await room.go(Ingest(), times=2)  # meets nothing new, and so shows nothing
    assert len(room.told()) == 1
    room.web.pages |= {"/7": Reply(page(7)), "/feed": feed(room.web, 7)}
    await room.go(state)
    assert room.told()[1:] == ["✅ Reading articles from the sources: working again"]


async def test_another_pass_under_way_is_no_trouble(room: Room) -> None:
    state = Ingest()
    (room.folder / FOLDER).mkdir()
    with writing(room.folder / FOLDER):
        await room.go(state, times=4)
    assert (state.failures, room.told()) == (0, [])


async def test_who_cannot_be_told_keeps_nobody_from_being_told(room: Room) -> None:
    room.web.pages["/feed"] = Reply(status=404)
    room.telegram.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
    await room.go(Ingest(), times=4)
    assert (len(room.ada.sent), len(room.bob.sent)) == (0, 1)


async def test_what_certainly_did_not_arrive_is_told_the_next_time(room: Room) -> None:
    room.web.pages["/feed"] = Reply(status=404)
    state = Ingest()
    await room.go(state, times=2)
    with mock.patch.object(
        room.app.bot.request, "do_request", side_effect=NetworkError("no way out")
    ) as refused:
        refused.side_effect.__cause__ = httpx.ConnectError("refused")
        await room.go(state)
    assert room.told() == []
    await room.go(state, times=2)
    assert len(room.told()) == 1


async def test_a_pass_that_hangs_keeps_the_bot_neither_from_answering_nor_from_ending(
    room: Room,
) -> None:
    asked, over = threading.Event(), threading.Event()

    def hang() -> Reply:
        asked.set()
        over.wait(10)
        return Reply(status=404)

    room.web.pages["/feed"] = hang
    data = room.app.bot_data
    given = data["database"], data["newsroom"], room.app.bot, data["settings"]
    rounds = asyncio.create_task(go_rounds(*given))
    with mock.patch.object(ingest, "_GRACE", 0.05):
        assert await asyncio.to_thread(asked.wait, 5)
        answer = await room.ada.reply_after(room.ada.post("How many whales live near Iceland?"))
        assert "whales" in answer["text"]
        rounds.cancel()
        done, _ = await asyncio.wait([rounds], timeout=5)
    over.set()
    assert done == {rounds}
    assert rounds.cancelled()


async def test_without_sources_nothing_is_visited(room: Room) -> None:
    (room.folder / "sources.toml").unlink()
    await room.go(Ingest())
    assert not (room.folder / FOLDER).exists()
