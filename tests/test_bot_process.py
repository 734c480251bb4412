"""`python -m bot` as an operator meets it: clear words and exit codes, and no token in the log."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest
from pydantic import SecretStr
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.__main__ import _log_to_stderr, main
from bot.settings import BotSettings
from tests.bots import USERS, check_answer
from tests.conftest import ROOT
from tests.emulator import Emulator
from tests.fault_processes import Home, free_port
from tests.quick_bot import FORKS, LOG, build_quick, ended, run_quick, start_quick

START = 180.0
"""Seconds that a start may take on a busy machine: it imports much and loads the models."""


@pytest.fixture
async def telegram() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        yield emulator


async def start(folder: Path, *arguments: str, **settings: str) -> Process:
    """Start the bot where no .env lies, with nothing but these settings."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DATA_DIR": str(folder)}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", *arguments),
        cwd=folder,
        env=environment | settings,
        stdout=PIPE,
        stderr=STDOUT,
    )


async def read_to_end(process: Process) -> str:
    """Return all that a process says until it ends."""
    said, _ = await asyncio.wait_for(process.communicate(), START)
    return said.decode()


def test_what_people_wrote_is_not_logged_where_an_answer_is_cut_short(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("httpx", "telegram.request.BaseRequest"):  # so that the test leaves them as found
        caplog.set_level(logging.NOTSET, name)
    _log_to_stderr(BotSettings(telegram_bot_token=SecretStr("1:token")))
    with pytest.raises(TelegramError, match="Invalid server response"):
        HTTPXRequest.parse_json_payload(b'{"result": [{"message": {"text": "a secret')
    assert "a secret" not in caplog.text


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        pytest.param({}, ["TELEGRAM_BOT_TOKEN is not set", ".env.example"], id="no-token"),
        pytest.param({"TELEGRAM_BOT_TOKEN": ""}, ["TELEGRAM_BOT_TOKEN is not set"], id="empty"),
        pytest.param({"EXCERPTS": "0"}, ["setting EXCERPTS", "greater", "not '0'"], id="range"),
        pytest.param({"EXCERPTS": "few"}, ["setting EXCERPTS", "not 'few'"], id="no-number"),
        pytest.param({"LOG_LEVEL": "loud"}, ["setting LOG_LEVEL", "not 'loud'"], id="choice"),
        pytest.param({"TELEGRAM_BOT_TOKEN": " \t"}, ["TELEGRAM_BOT_TOKEN is not set"], id="blank"),
        pytest.param(
            {"TELEGRAM_BOT_TOKEN": "AAHq3xWm0nV5rT8y"},
            ["TELEGRAM_BOT_TOKEN has 16 characters that are no token", "@BotFather"],
            id="no-token-at-all",
        ),
        pytest.param(
            {"TELEGRAM_API_URL": "127.0.0.1:8081"},
            ["setting TELEGRAM_API_URL: write the address as in http://127.0.0.1:8081, not "],
            id="no-scheme",
        ),
        pytest.param(
            {"TELEGRAM_API_URL": "http://127.0.0.1:8o81/bot"},
            ["setting TELEGRAM_API_URL", "not 'http://127.0.0.1:8o81/bot'"],
            id="no-port",
        ),
        *(
            pytest.param(
                {name: "ftp://news.example"},
                [f"setting {name}: write an address that begins with https:// or http://, not "],
                id=name,
            )
            for name in ("WEBHOOK_URL", "SOURCE_URL")
        ),
    ],
)
def test_a_setting_that_is_wrong_is_named_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    settings: dict[str, str],
    words: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)  # where no .env lies
    for name in BotSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match="1"):
        main([])
    said, warned = capsys.readouterr()
    assert said == ""
    assert warned.startswith("error: ")
    assert warned.count("\n") == 1
    assert all(word in warned for word in words)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("http://127.0.0.1:8081", "http://127.0.0.1:8081/bot"),
        ("http://127.0.0.1:8081/", "http://127.0.0.1:8081/bot"),
        ("http://127.0.0.1:8081/bot", "http://127.0.0.1:8081/bot"),
        (" https://api.telegram.org/bot/\n", "https://api.telegram.org/bot"),
        ("https://example.org/telegram/bot", "https://example.org/telegram/bot"),
        ("https://[::1]/telegram", "https://[::1]/telegram/bot"),
    ],
)
def test_a_server_of_ones_own_is_named_with_bot_at_the_end_or_without(
    given: str, meant: str
) -> None:
    assert BotSettings(telegram_api_url=given).telegram_api_url == meant


async def test_a_token_and_a_server_are_taken_as_they_are_copied(
    telegram: Emulator, tmp_path: Path
) -> None:
    build_quick(tmp_path)
    process = start_quick(
        telegram,
        tmp_path,
        TELEGRAM_BOT_TOKEN=f" {telegram.token}\n",
        TELEGRAM_API_URL=telegram.base_url.removesuffix("/bot"),
    )
    try:
        chat = telegram.private()
        check_answer(await chat.reply_after(chat.post(USERS[0]), within=30), USERS[1])
    finally:
        process.terminate()
        assert await ended(process) == 0


async def test_the_last_line_does_not_show_the_token_either(
    telegram: Emulator, tmp_path: Path
) -> None:
    build_quick(tmp_path)
    telegram.fail_next("getMe", 400, f"no such page: /bot{telegram.token}/getMe")
    process = start_quick(telegram, tmp_path)
    assert await ended(process) == 1
    last = (tmp_path / LOG).read_text().splitlines()[-1]
    assert last.startswith("error: Telegram cannot be reached")
    assert "/botTELEGRAM_BOT_TOKEN/getMe" in last
    assert telegram.token not in last


def _start_broken(folder: Path, token: str) -> None:
    """Run the bot in this process, where its life ends at once by what nobody foresaw."""
    with mock.patch("bot.__main__.run", side_effect=LookupError(f"/bot{token}/getMe")):
        run_quick(folder, {"DATA_DIR": str(folder), "TELEGRAM_BOT_TOKEN": token})


async def test_nor_does_the_trace_of_what_nobody_foresaw(tmp_path: Path) -> None:
    build_quick(tmp_path)
    token = "1:a-secret"
    process = FORKS.Process(target=_start_broken, args=(tmp_path, token), daemon=True)
    process.start()
    assert await ended(process) == 1
    said = (tmp_path / LOG).read_text()
    assert "CRITICAL bot: the bot ended by a mistake that nobody foresaw\nTraceback" in said
    assert said.splitlines()[-1] == "LookupError: /botTELEGRAM_BOT_TOKEN/getMe"
    assert token not in said


async def test_help_tells_what_it_needs(tmp_path: Path) -> None:
    process = await start(tmp_path, "--help")
    said = await read_to_end(process)
    assert process.returncode == 0
    assert all(word in said for word in ("TELEGRAM_BOT_TOKEN", "index build", "feedback"))


async def test_a_misspelt_command_starts_no_bot(tmp_path: Path) -> None:
    process = await start(tmp_path, "feedbak", TELEGRAM_BOT_TOKEN="1:a")
    assert "No such command" in await read_to_end(process)
    assert process.returncode == 2


async def test_what_only_shows_once_the_model_is_loaded_is_said_last(
    telegram: Emulator, sample_folder: Path, tmp_path: Path
) -> None:
    token = "1:somebody-elses"
    settings = {"TELEGRAM_BOT_TOKEN": token, "TELEGRAM_API_URL": telegram.base_url}
    unknown, empty = await start(sample_folder, **settings), await start(tmp_path, **settings)
    no_bot, no_index = await asyncio.gather(read_to_end(unknown), read_to_end(empty))
    assert unknown.returncode == empty.returncode == 1
    assert no_bot.splitlines()[-1] == (
        "error: Telegram does not know this TELEGRAM_BOT_TOKEN: copy it again from @BotFather"
    )
    last = no_index.splitlines()[-1]
    assert last.startswith("error: nothing is indexed in ")
    assert "python -m index" in last
    assert last.endswith(" build")
    assert token not in no_bot
    assert "Traceback" not in no_bot + no_index


async def test_it_answers_until_it_is_told_to_stop(
    telegram: Emulator, sample_folder: Path
) -> None:
    process = await start(
        sample_folder,
        TELEGRAM_BOT_TOKEN=telegram.token,
        TELEGRAM_API_URL=telegram.base_url,
        LOG_LEVEL="DEBUG",
    )
    await telegram.until(lambda: telegram.polls > 0, "the first poll", within=START)
    chat = telegram.private()
    check_answer(await chat.reply_after(chat.post(USERS[0])), USERS[1])
    await telegram.until(lambda: bool(telegram.commands), "the menu")
    process.send_signal(signal.SIGTERM)
    said = await read_to_end(process)
    assert process.returncode == 0
    assert "8 articles are open to questions" in said
    assert telegram.token not in said
    assert telegram.token.split(":")[1] not in said
    assert "Traceback" not in said


@dataclass(slots=True)
class Nowhere:
    """A Telegram that does not answer."""

    base_url: str
    token: str = "1:token"


@pytest.mark.parametrize("silent", [False, True])
async def test_it_ends_at_once_when_told_to_while_telegram_cannot_be_reached(
    tmp_path: Path, silent: bool
) -> None:
    build_quick(tmp_path)
    called = asyncio.Event()
    log = tmp_path / LOG
    log.touch()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()
        await reader.read()  # until whoever calls has gone
        writer.close()

    async with await asyncio.start_server(keep_silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1] if silent else free_port()
        process = start_quick(Nowhere(f"http://127.0.0.1:{port}/bot"), tmp_path)
        async with asyncio.timeout(START):
            while not (called.is_set() or "cannot reach Telegram" in log.read_text()):
                assert process.is_alive()
                await asyncio.sleep(0.1)
        process.terminate()
        assert await ended(process, within=5) == 0
    assert "error" not in log.read_text().splitlines()[-1]


@pytest.mark.parametrize("settings", ["OPERATION", "WEBHOOK"])
@pytest.mark.parametrize(
    ("host", "words", "wrong"),
    [
        pytest.param("127.0.0.1", "address already in use", "PORT", id="in-use"),
        pytest.param("203.0.113.1", "assign requested address", "HOST", id="another-machine's"),
        pytest.param("nosuch.invalid", "not known", "HOST", id="nobody's"),
        pytest.param(".nosuch", "label", "HOST", id="no-name"),
    ],
)
async def test_an_address_that_cannot_be_had_is_said_with_what_mends_it(
    telegram: Emulator, tmp_path: Path, settings: str, host: str, words: str, wrong: str
) -> None:
    build_quick(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        given = {f"{settings}_HOST": host, f"{settings}_PORT": port}
        if settings == "WEBHOOK":
            given["WEBHOOK_URL"] = "https://example.org/"
        process = Home(tmp_path).start(telegram, **given)
        assert await ended(process) == 1
    last = (tmp_path / LOG).read_text().splitlines()[-1]
    assert last.startswith(f"error: cannot listen on {host!r}, port {port} (")
    assert words in last
    assert last.endswith(f": set another {settings}_{wrong}")
