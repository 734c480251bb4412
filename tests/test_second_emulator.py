"""The bot as a process on an emulator that others wrote: a second opinion on updates and calls.

That one knows less than ours: it forgets what was sent and parses no markup, so that only what it
keeps to itself is tried here: long polling, webhooks, 409, and the shape of each call. Where the
Bot API is newer than it, `Second` says so; all else that it refuses fails the test.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from lo_bot_api_emulator import LoBotApiEmulator

from bot.wording import texts
from bot.wording.speech import ENGLISH
from tests.botapi import Json, find_entities
from tests.clients import send_raw
from tests.fault_processes import Home, free_port, said, stop
from tests.quick_bot import QUESTION, build_quick, ended
from tests.telegrams import buttons

PATIENCE = 30.0
ADA = {"id": 501, "is_bot": False, "first_name": "Ada", "language_code": "en"}
PRIVATE = {"id": ADA["id"], "type": "private", "first_name": "Ada"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Newsroom"}
EXCERPT = "nearly 1 billion"


class Second(LoBotApiEmulator):  # type: ignore[misc]  # it has no annotations
    """The other emulator, and what the bot did there.

    Attributes:
        token: the bot's.
        base_url: set by `second_opinion`.
        done: each method by which the bot did something, with the message or parameters.
        has_menu: set once the bot published its commands.
    """

    token = "7201345:AAHq3xWm0nV5rT8yZ1cJ4kP6uE9sB2dF7gL"
    base_url = ""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.done: asyncio.Queue[tuple[str, Json]] = asyncio.Queue()
        self.has_menu = asyncio.Event()
        self._message_ids = iter(range(1001, 2000))

    def validate(self, method: str, fields: Json, uploads: Json) -> Any:
        for newer in ("link_preview_options", "button"):  # came with Bot API 7.0 and 6.7
            fields.pop(newer, None)
        if "allowed_updates" in fields:  # "guest_message" came with Bot API 10.0
            asked = json.loads(fields["allowed_updates"])
            fields["allowed_updates"] = json.dumps([each for each in asked if "guest" not in each])
        if method == "setMyShortDescription":  # which it knows of and does not emulate
            return True
        result = super().validate(method, fields, uploads)
        if method == "getMe":
            return result | {"username": "clipdesk_bot"}
        if method == "setMyCommands":
            self.has_menu.set()
        if method.startswith(("send", "edit", "answer")) and method != "sendChatAction":
            self.done.put_nowait((method, result if isinstance(result, dict) else fields))
        return result

    async def say(self, text: str, chat: Json) -> None:
        """Let Ada write something."""
        message = {
            "message_id": next(self._message_ids),
            "date": 1_800_000_000,
            "chat": chat,
            "from": ADA,
            "text": text,
            "entities": find_entities(text),
        }
        await self.enqueue_update({"message": message}, token=self.token)

    async def press(self, message: Json, data: str) -> None:
        """Let her press a button."""
        shown = message | {"chat": PRIVATE}
        query = {"id": "77", "from": ADA, "message": shown, "chat_instance": "1", "data": data}
        await self.enqueue_update({"callback_query": query}, token=self.token)

    async def next(self, method: str) -> Json:
        """Wait for what the bot does next, which must be a call of this method."""
        async with asyncio.timeout(PATIENCE):
            called, what = await self.done.get()
        assert called == method
        return what


@asynccontextmanager
async def second_opinion(**more: Any) -> AsyncIterator[Second]:
    """Serve the other emulator; in the end it must have refused nothing but a second poller."""
    second = Second(**more)
    runner = web.AppRunner(second.app())
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        second.base_url = "http://{}:{}/bot".format(*runner.addresses[0][:2])
        yield second
    finally:
        await runner.cleanup()
    assert second.requests
    refused = [each for each in second.requests if each["status"] != 200]
    assert [each for each in refused if each["status"] != 409] == []


@pytest.fixture
def home(tmp_path: Path) -> Home:
    build_quick(tmp_path)
    return Home(tmp_path)


@asynccontextmanager
async def living(second: Second, home: Home, **settings: str) -> AsyncIterator[None]:
    """Run the bot until the block ends; it must then end as told to."""
    process = home.start(second, **settings)
    try:
        yield
        assert await stop(process) == 0
    finally:
        process.kill()


async def test_it_answers_in_private_and_in_groups_and_to_presses(home: Home) -> None:
    async with second_opinion() as second, living(second, home):
        await second.say("/start", PRIVATE)
        help_ = await second.next("sendMessage")
        assert help_["text"] == texts.help_("clipdesk_bot", ENGLISH, inline=False)
        await second.say(QUESTION, PRIVATE)
        answer = await second.next("sendMessage")
        assert (answer["chat"]["id"], EXCERPT in answer["text"]) == (PRIVATE["id"], True)
        await second.say(f"@clipdesk_bot {QUESTION}", GROUP)
        there = await second.next("sendMessage")
        assert (there["chat"]["id"], EXCERPT in there["text"]) == (GROUP["id"], True)
        context = next(data for data in buttons(answer).values() if data.startswith("context"))
        await second.press(answer, context)
        around = await second.next("editMessageText")
        assert around["message_id"] == answer["message_id"]
        assert EXCERPT in around["text"] != answer["text"]
        assert (await second.next("answerCallbackQuery"))["callback_query_id"] == "77"
        await asyncio.wait_for(second.has_menu.wait(), PATIENCE)


async def test_it_offers_what_is_typed_inline(home: Home) -> None:
    query = {"id": "5", "from": ADA, "query": QUESTION, "offset": ""}
    async with second_opinion() as second, living(second, home):
        await second.enqueue_update({"inline_query": query}, token=second.token)
        answer = await second.next("answerInlineQuery")
        [first, *_] = json.loads(answer["results"])
        assert EXCERPT in first["input_message_content"]["message_text"]


async def test_it_gives_way_to_another_poller(home: Home) -> None:
    async with second_opinion() as second:
        poller = asyncio.create_task(send_raw(second, "getUpdates", json={"timeout": 50}))
        process = home.start(second)
        try:
            assert await ended(process) == 1
        finally:
            process.kill()
            poller.cancel()
        assert 409 in {each["status"] for each in second.requests}
    assert "another instance is running with this TELEGRAM_BOT_TOKEN" in said(home)


async def test_it_takes_what_is_brought_to_its_webhook(home: Home) -> None:
    port = free_port()
    settings = {"WEBHOOK_URL": f"http://127.0.0.1:{port}/", "WEBHOOK_PORT": str(port)}
    opinion = second_opinion(allow_insecure_loopback_webhooks=True)
    async with opinion as second, living(second, home, **settings):
        await second.say(QUESTION, PRIVATE)  # before it has said where to bring it
        assert EXCERPT in (await second.next("sendMessage"))["text"]
        await second.say(QUESTION, PRIVATE)
        assert EXCERPT in (await second.next("sendMessage"))["text"]
        info = await send_raw(second, "getWebhookInfo")
        assert info["result"]["pending_update_count"] == 0
        assert "getUpdates" not in {each["method"] for each in second.requests}
