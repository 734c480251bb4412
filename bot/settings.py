"""Settings of the bot: those of `index`, and Telegram's."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from index import IndexSettings

__all__ = ["BotSettings"]


def _split(given: object) -> object:
    """Take a list apart that is written with commas."""
    return [part for part in given.split(",") if part.strip()] if isinstance(given, str) else given


def _strip(given: object) -> object:
    """Take off the white space that is easily copied along."""
    return given.strip() if isinstance(given, str) else given


def _end_with_bot(url: str) -> str:
    """Return the address of a Bot API server up to and with /bot, where that is lacking too."""
    try:
        parts = urlsplit(url)
        readable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        readable = False
    if not readable or parts.query or parts.fragment:
        raise ValueError("write the address as in http://127.0.0.1:8081")
    return url.rstrip("/").removesuffix("/bot") + "/bot"


def _begin_with_http(url: str) -> str:
    """Return an address that leads to a web server, or "" for none."""
    if url and not re.match("https?://.", url):
        raise ValueError("write an address that begins with https:// or http://")
    return url


_Address = Annotated[str, BeforeValidator(_strip), AfterValidator(_begin_with_http)]


class BotSettings(IndexSettings):
    """What can be set; every name stands in `.env.example`, explained."""

    telegram_bot_token: Annotated[SecretStr, BeforeValidator(_strip)] = SecretStr("")
    telegram_api_url: Annotated[str, BeforeValidator(_strip), AfterValidator(_end_with_bot)] = (
        "https://api.telegram.org/bot"
    )
    admin_ids: Annotated[frozenset[int], NoDecode, BeforeValidator(_split)] = frozenset()
    excerpts: int = Field(default=3, ge=1, le=10)
    remember_days: int = Field(default=30, ge=1, le=365)
    source_url: _Address = ""
    questions_per_minute: int = Field(default=20, ge=1)
    database_url: SecretStr = SecretStr("")
    webhook_url: _Address = ""
    webhook_host: str = "127.0.0.1"
    webhook_port: int = Field(default=8080, ge=1, le=65535)
    operation_host: str = "127.0.0.1"
    operation_port: int = Field(default=0, ge=0, le=65535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
