"""The emulator checks each call and fails where it is told to, seen through the real client."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from telegram import (
    Bot,
    ReplyParameters,
)
from telegram.error import (
    ChatMigrated,
    EndPointNotFound,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from tests.botapi import Json
from tests.clients import client, send_raw
from tests.emulator import Emulator
from tests.method_table import TABLE_PATH, MethodTable

needs_table = pytest.mark.skipif(
    not TABLE_PATH.exists(), reason="the official method table is not beside the checkout"
)


@pytest.fixture
async def telegram() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        yield emulator


@pytest.fixture
async def bot(telegram: Emulator) -> AsyncIterator[Bot]:
    async with client(telegram) as stock:
        yield stock


async def test_a_wrong_token_is_unauthorized(telegram: Emulator) -> None:
    bot = client(telegram, token="1:somebody-elses")
    with pytest.raises(InvalidToken):
        await bot.initialize()
    await bot.shutdown()
    answer = await send_raw(telegram, "getMe", token="1:somebody-elses")
    assert (answer["error_code"], answer["description"]) == (401, "Unauthorized")


async def test_an_unknown_method_is_not_found(telegram: Emulator, bot: Bot) -> None:
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("flyToTheMoon")
    answer = await send_raw(telegram, "flyToTheMoon")
    assert answer["description"] == "Not Found: method not found"


@pytest.mark.parametrize("form", ["json", "form", "multipart"])
async def test_every_form_of_request_is_understood(telegram: Emulator, form: str) -> None:
    chat = telegram.private()
    options = {"is_disabled": True}
    fields = {"chat_id": str(chat.id), "text": "42", "link_preview_options": json.dumps(options)}
    if form == "json":
        body = {"chat_id": chat.id, "text": "42", "link_preview_options": options}
        answer = await send_raw(telegram, "sendMessage", json=body)
    elif form == "form":
        answer = await send_raw(telegram, "SENDMESSAGE", data=fields)
    else:
        with aiohttp.MultipartWriter("form-data") as parts:
            for name, value in fields.items():
                parts.append(value).set_content_disposition("form-data", name=name)
            answer = await send_raw(telegram, "sendMessage", data=parts)
    assert answer["result"]["text"] == "42"
    assert answer["result"]["link_preview_options"] == options


@needs_table
@pytest.mark.parametrize(
    ("method", "parameters", "words"),
    [
        pytest.param("getMe", {"mood": "fine"}, "getMe: unknown parameter 'mood'", id="unknown"),
        pytest.param("getChat", {}, "getChat: missing parameter 'chat_id'", id="missing"),
        pytest.param("getUpdates", {"limit": "many"}, "is not of type Integer", id="type"),
        pytest.param(
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_parameters": {"message_id": 1, "quot": "x"}},
            "sendMessage.reply_parameters: unknown parameter 'quot'",
            id="nested",
        ),
        pytest.param(
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[{}]]}},
            "missing parameter 'text'",
            id="choice-of-types",
        ),
        pytest.param("sendPhoto", {}, "does not know this method", id="not-emulated"),
    ],
)
async def test_a_call_against_the_method_table_fails_the_test(
    method: str, parameters: Json, words: str
) -> None:
    telegram = await Emulator().__aenter__()
    answer = await send_raw(telegram, method, json=parameters)
    assert answer["ok"] is False
    with pytest.raises(AssertionError, match=words):
        await telegram.close()


async def test_without_the_table_the_emulator_still_works(
    telegram: Emulator, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram, "_table", MethodTable({}, {}))
    chat = telegram.private()
    leave = ReplyParameters(1, allow_sending_without_reply=True)
    message = await bot.send_message(chat.id, "12", reply_parameters=leave, protect_content=True)
    assert message.text == "12"
    assert message.has_protected_content


async def test_a_missing_table_finds_fault_with_nothing(tmp_path: Path) -> None:
    table = MethodTable.load(tmp_path / "none.json")
    assert table.check("sendMessage", {"mood": "fine"}) == []


# PTB warns whenever it makes a RetryAfter, of a type that a later major version will change.
@pytest.mark.filterwarnings("ignore:.*PTB_TIMEDELTA:telegram.warnings.PTBDeprecationWarning")
async def test_flood_control_is_raised_as_retry_after(telegram: Emulator, bot: Bot) -> None:
    chat = telegram.private()
    telegram.fail_next("sendMessage", 429, retry_after=1)
    with pytest.raises(RetryAfter, match="Retry in 1"):
        await bot.send_message(chat.id, "once")
    assert chat.messages == []
    await bot.send_message(chat.id, "once")
    assert len(chat.messages) == 1


async def test_migration_is_raised_with_the_new_chat(telegram: Emulator, bot: Bot) -> None:
    group = telegram.group("Newsroom")
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    telegram.fail_next("sendMessage", 400, words, migrate_to_chat_id=-100123)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(group.id, "hello")
    assert caught.value.new_chat_id == -100123


@pytest.mark.parametrize("applied", [False, True])
async def test_a_reset_is_a_network_error_before_and_after_the_work(
    telegram: Emulator, bot: Bot, applied: bool
) -> None:
    chat = telegram.private()
    telegram.fail_next("sendMessage", "reset", applied=applied)
    with pytest.raises(NetworkError):
        await bot.send_message(chat.id, "once")
    assert len(chat.messages) == applied


async def test_a_hang_times_out_though_the_message_is_kept(telegram: Emulator, bot: Bot) -> None:
    chat = telegram.private()
    telegram.fail_next("sendMessage", "hang", applied=True)
    with pytest.raises(TimedOut):
        await bot.send_message(chat.id, "once", read_timeout=0.1)
    await telegram.until(lambda: len(chat.messages) == 1, "the message")


async def test_a_bad_gateway_answers_in_html(
    telegram: Emulator, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.fail_next("getMe", 502, times=2)
    for _ in range(2):
        with pytest.raises(NetworkError, match="Bad Gateway"):
            await bot.get_me()
    assert "<html>" in caplog.text
    assert (await bot.get_me()).username == "clipdesk_bot"


async def test_a_fault_for_an_unknown_method_is_the_tests_mistake(telegram: Emulator) -> None:
    with pytest.raises(ValueError, match="'sendmessage' is not emulated"):
        telegram.fail_next("sendmessage", 500)
