"""The command line: `python -m bot`."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from collections.abc import Sequence
from types import TracebackType

import typer
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, TelegramError

from bot.keeping.feedback import list_feedback
from bot.newsroom import Newsroom
from bot.running import run
from bot.settings import BotSettings
from index import ClipdeskError, Desk

log = logging.getLogger("bot")

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
"""Telegram's have 35 characters behind the colon, other servers' may have as many as they like."""

_ExcInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


app = typer.Typer(
    name="python -m bot",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Run the bot on Telegram, until SIGTERM or Ctrl-C.

    It needs an index (`python -m index build`) and a TELEGRAM_BOT_TOKEN. Settings are read from
    the environment or `.env`; `.env.example` explains each.
    """
    if context.invoked_subcommand is None:
        _run(BotSettings.read())


@app.command()
def feedback() -> None:
    """List what readers think of answers, oldest first; also beside a running bot.

    A line each: when, a hash of the question, the verdict, and of a wrong citation why and which.
    """
    asyncio.run(list_feedback(BotSettings.read()))


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what is asked; what a person can mend is one line on stderr and exit 1.

    Args:
        arguments: Instead of those that the process was started with.
    """
    try:
        app(arguments)
    except (ClipdeskError, OSError) as error:
        _fail(str(error))


def _run(settings: BotSettings) -> None:
    token = settings.telegram_bot_token.get_secret_value()
    _check_form(token)
    _log_to_stderr(settings)
    desk = Desk(settings.data_dir, settings.load_encoder(), settings.load_reader())
    desk.ask("What is the news of the day?", k=1)  # the first question should not wait for caches
    log.info("%d articles are open to questions", desk.reach().articles)
    try:
        asyncio.run(run(settings, Newsroom(desk, settings.excerpts)))
    except TelegramError as error:
        _fail(_hide(token, _explain(error)))
    except (ClipdeskError, OSError):
        raise
    except Exception:  # logged, and not left to Python: what it says may show the token
        log.critical("the bot ended by a mistake that nobody foresaw", exc_info=True)
        sys.exit(1)


def _check_form(token: str) -> None:
    if not token:
        _fail(
            "TELEGRAM_BOT_TOKEN is not set: get one from @BotFather and put it into .env "
            "(see .env.example), or try the bot here with: python -m index chat"
        )
    if not _TOKEN.fullmatch(token):
        _fail(
            f"TELEGRAM_BOT_TOKEN has {len(token)} characters that are no token (digits, a colon, "
            "then letters, digits, _ and -): copy it again from @BotFather"
        )


def _explain(error: TelegramError) -> str:
    """Return what ended the bot, and what mends that."""
    if isinstance(error, InvalidToken):
        return "Telegram does not know this TELEGRAM_BOT_TOKEN: copy it again from @BotFather"
    if isinstance(error, Conflict):
        return "another instance is running with this TELEGRAM_BOT_TOKEN: stop one of them"
    return f"Telegram cannot be reached ({error}): check the network, then start again"


def _hide(token: str, said: str) -> str:
    """Return what is said without the token, which PTB and httpx show."""
    return said.replace(token, "TELEGRAM_BOT_TOKEN")


class _Discreet(logging.Formatter):
    """Lines without the token, and without stacks where a network is at fault."""

    def __init__(self, token: str) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return _hide(self._token, super().format(record))

    def formatException(self, ei: _ExcInfo) -> str:
        """Return what went wrong."""
        error = ei[1]
        if isinstance(error, InvalidToken | NetworkError) and not isinstance(error, BadRequest):
            return f"{type(error).__name__}: {error}"
        return super().formatException(ei)


def _log_to_stderr(settings: BotSettings) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(_Discreet(settings.telegram_bot_token.get_secret_value()))
    logging.basicConfig(handlers=[handler], level=settings.log_level)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for every poll
    # An answer that is cut short is told with all that people wrote; the error itself says enough.
    logging.getLogger("telegram.request.BaseRequest").setLevel(logging.CRITICAL)


def _fail(message: str) -> None:
    sys.stderr.write(f"error: {message}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
