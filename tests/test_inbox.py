"""Updates in the database: none lost, none handled twice, each chat's in order."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Bot, Update

from bot.keeping.tables import updates
from bot.updates import inbox as inbox_module
from bot.updates import leasing
from bot.updates.inbox import Inbox

BOT = Bot("1:nobody")


def said(update_id: int, chat: int = 1) -> Update:
    info = {"id": chat, "type": "private", "first_name": "Ada"}
    person = {"id": chat, "is_bot": False, "first_name": "Ada"}
    message = {"message_id": 7, "date": 0, "chat": info, "from": person, "text": "a secret"}
    return Update.de_json({"update_id": update_id, "message": message}, BOT)


@asynccontextmanager
async def dealing(inbox: Inbox) -> AsyncIterator[None]:
    task = asyncio.create_task(inbox.deal(BOT))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def take(inbox: Inbox, count: int) -> list[int]:
    """Return the ids of the next updates dealt."""
    async with asyncio.timeout(20):
        dealt = [await inbox.get() for _ in range(count)]
    return [one.update_id for one in dealt if isinstance(one, Update)]


async def rows(engine: AsyncEngine) -> Sequence[tuple[int, str | None, str | None]]:
    columns = updates.c.update_id, updates.c.content, updates.c.outcome
    async with engine.begin() as db:
        found = await db.execute(select(*columns).order_by(updates.c.update_id))
        return [(row.update_id, row.content, row.outcome) for row in found]


async def nothing_more(inbox: Inbox) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(inbox.get(), 0.1)


async def test_what_is_put_is_stored_before_put_returns(engine: AsyncEngine) -> None:
    await Inbox(engine).put(said(1))
    [(update_id, content, outcome)] = await rows(engine)
    assert (update_id, outcome) == (1, None)
    assert content
    assert Update.de_json(json.loads(content), BOT) == said(1)


async def test_an_update_that_comes_again_is_dealt_once(engine: AsyncEngine) -> None:
    inbox = Inbox(engine)
    await inbox.put(said(1))
    await inbox.put(said(1))
    async with dealing(inbox):
        assert await take(inbox, 1) == [1]
        inbox.finish(1, "done")
        await inbox.put(said(1))
        await nothing_more(inbox)


async def test_what_was_handled_leaves_only_its_id(engine: AsyncEngine) -> None:
    inbox = Inbox(engine)
    await inbox.accept([said(1), said(2, chat=2)])
    async with dealing(inbox):
        await take(inbox, 2)
        inbox.finish(1, "done")
    await inbox.close()
    [first, second] = await rows(engine)
    assert first == (1, None, "done")
    assert second[1]
    assert second[2] is None
    assert await inbox.count_waiting() == 1


async def test_of_a_chat_one_update_is_in_hand_and_then_the_next(engine: AsyncEngine) -> None:
    inbox = Inbox(engine)
    await inbox.accept([said(1), said(2), said(3, chat=2), said(4)])
    async with dealing(inbox):
        assert await take(inbox, 2) == [1, 3]
        await nothing_more(inbox)
        inbox.finish(1, "done")
        assert await take(inbox, 1) == [2]


async def test_only_so_many_are_in_hand(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "AT_ONCE", 2)
    inbox = Inbox(engine)
    await inbox.accept([said(at, chat=at) for at in (1, 2, 3)])
    async with dealing(inbox):
        assert await take(inbox, 2) == [1, 2]
        await nothing_more(inbox)
        inbox.finish(2, "done")
        assert await take(inbox, 1) == [3]


async def test_what_was_in_hand_at_a_death_is_dealt_again(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "_LEASE", 0.2)
    monkeypatch.setattr(inbox_module, "_LOOK", 0.05)
    dead, heir = Inbox(engine), Inbox(engine)
    await dead.accept([said(1), said(2)])
    async with dealing(dead):
        assert await take(dead, 1) == [1]
    async with dealing(heir):
        assert await take(heir, 1) == [1]
        assert heir.in_hand[1].claims == 2
        heir.finish(1, "done")
        assert await take(heir, 1) == [2]
        assert heir.in_hand[2].claims == 1


async def test_what_a_slow_replica_has_in_hand_stays_its_own(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "_LEASE", 2.0)  # longer than a busy machine halts
    monkeypatch.setattr(inbox_module, "_LOOK", 0.05)
    slow, other = Inbox(engine), Inbox(engine)
    await slow.accept([said(1)])
    async with dealing(slow):
        assert await take(slow, 1) == [1]
        if engine.dialect.name == "sqlite":  # has no others: whoever comes is the heir
            return
        async with dealing(other):
            # Were its lease to end, whichever looks first would be dealt it.
            gets = [asyncio.create_task(inbox.get()) for inbox in (slow, other)]
            dealt, waiting = await asyncio.wait(gets, timeout=3.0)
            for get in waiting:
                get.cancel()
            assert not dealt


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)  # SQLite's folder has one bot
async def test_replicas_share_the_work(engine: AsyncEngine) -> None:
    replicas = [Inbox(engine) for _ in range(4)]
    handled: list[int] = []

    async def work(inbox: Inbox) -> None:
        while True:
            dealt = await inbox.get()
            assert isinstance(dealt, Update)
            handled.append(dealt.update_id)
            inbox.finish(dealt.update_id, "done")

    for inbox in replicas:  # each is told of the same updates, as by a webhook called twice
        await inbox.accept([said(at, chat=at % 7) for at in range(100)])
    tasks = [asyncio.create_task(work(inbox)) for inbox in replicas]
    tasks += [asyncio.create_task(inbox.deal(BOT)) for inbox in replicas]
    async with asyncio.timeout(30):
        while await replicas[0].count_waiting():  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert sorted(handled) == list(range(100))
    for chat in range(7):
        mine = [one for one in handled if one % 7 == chat]
        assert mine == sorted(mine)


async def test_what_is_postponed_is_dealt_again_to_whoever_has_room(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "_LOOK", 0.05)
    first, second = Inbox(engine), Inbox(engine)
    await first.accept([said(1), said(2)])
    async with dealing(first):
        assert await take(first, 1) == [1]
        await first.count_try(1)
        first.postpone(1)
        assert await take(first, 1) == [1]
        assert (first.in_hand[1].claims, first.in_hand[1].tries) == (1, 0)
        first.postpone(1)
        async with asyncio.timeout(20):
            while first._given_back:  # noqa: ASYNC110 - the database tells nobody
                await asyncio.sleep(0.01)
    async with dealing(second):
        assert await take(second, 1) == [1]
        assert second.in_hand[1].claims == 1
        second.finish(1, "done")
        assert await take(second, 1) == [2]


async def test_what_fails_again_and_again_waits_longer(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "_LOOK", 0.05)
    inbox = Inbox(engine)
    await inbox.put(said(1))
    times = []
    async with dealing(inbox):
        for _ in range(4):
            await take(inbox, 1)
            times.append(time.monotonic())
            inbox.postpone(1)
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert pauses[2] > 1.5 * pauses[1] > 0.05


async def test_what_is_given_back_is_no_attempt(engine: AsyncEngine) -> None:
    first, second = Inbox(engine), Inbox(engine)
    await first.put(said(1))
    async with dealing(first):
        await take(first, 1)
    await first.close()
    async with dealing(second):
        await take(second, 1)
        assert second.in_hand[1].claims == 1


async def test_a_row_that_cannot_be_read_is_left_out(
    engine: AsyncEngine, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = Inbox(engine)
    await inbox.accept([said(1), said(2)])
    async with engine.begin() as db:
        await db.execute(updates.update().where(updates.c.update_id == 1).values(content="{"))
    async with dealing(inbox):
        assert await take(inbox, 1) == [2]
    await inbox.close()
    assert (await rows(engine))[0] == (1, None, "unreadable")
    assert "update 1 cannot be read" in caplog.text


async def test_ids_are_forgotten_when_telegram_will_not_send_them_again(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox(engine)
    await inbox.accept([said(1), said(2)])
    async with dealing(inbox):
        await take(inbox, 1)
        inbox.finish(1, "done")
        await take(inbox, 1)
    await inbox.close()
    monkeypatch.setattr(inbox_module, "_REMEMBER", 0.0)
    async with dealing(Inbox(engine)):
        async with asyncio.timeout(20):
            while len(await rows(engine)) > 1:  # noqa: ASYNC110 - nor when it forgets
                await asyncio.sleep(0.01)
    assert [row[0] for row in await rows(engine)] == [2]  # which is not handled


async def test_a_database_that_fails_holds_up_but_ends_nothing(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(inbox_module, "_LOOK", 0.05)
    inbox = Inbox(engine)
    await inbox.put(said(1))
    claim = leasing.claim
    failures = [SQLAlchemyError("the disk is full")]

    async def fail_first(*args: Any, **options: Any) -> list[leasing.Dealt]:
        if failures:
            raise failures.pop()
        return await claim(*args, **options)

    monkeypatch.setattr(inbox_module, "claim", fail_first)
    async with dealing(inbox):
        assert await take(inbox, 1) == [1]
        assert inbox.sound
    assert "cannot reach the bot's database, trying again: the disk is full" in caplog.text
