"""A group that becomes a supergroup goes on there: Telegram says so in a message of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.rounds import go_round
from tests.bots import marked, running
from tests.newsstand import Newsstand, whales
from tests.telegrams import Telegram, buttons

NEWS = "It is spring. Whales have come back to Norway. People are glad."


@pytest.fixture
def stand(tmp_path: Path) -> Newsstand:
    return whales(tmp_path)


async def test_a_group_takes_its_watches_along(stand: Newsstand) -> None:
    with stand.open() as desk:
        async with Telegram() as telegram, running(telegram, desk) as app:
            old, new = telegram.group("Newsroom"), telegram.group("Newsroom")
            boss = telegram.user("Boss")
            telegram.admins |= {(old.id, boss["id"]), (new.id, boss["id"])}
            await old.reply_after(old.post("/watch whales", sender=boss))
            old.post("", migrate_to_chat_id=new.id)
            new.post("", migrate_from_chat_id=old.id)
            assert await telegram.settled() == []
            stand.put("spring", NEWS)
            stand.publish()
            bot, settings = app.bot, app.bot_data["settings"]
            await go_round(app.bot_data["database"], app.bot_data["newsroom"], bot, settings)
            [told], [_] = new.sent, old.sent
            assert marked(told, "blockquote") == ["Whales have come back to Norway."]
            [data] = buttons(told).values()
            said = await telegram.pressed(new, told, data, user=boss)
    assert said == "No longer watched: whales"
