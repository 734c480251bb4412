"""Settings of the bot: those of `index`, and Telegram's."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from index import IndexSettings

__all__ = ["BotSettings"]


def _split(given: object) -> object:
    """Take a list apart that is written with commas."""
    return [part for part in given.split(",") if part.strip()] if isinstance(given, str) else given


class BotSettings(IndexSettings):
    """What can be set; every name stands in `.env.example`, explained."""

    telegram_bot_token: SecretStr = Field(default=SecretStr(""))
    telegram_api_url: str = Field(default="https://api.telegram.org/bot", pattern="^https?://.+")
    admin_ids: Annotated[frozenset[int], NoDecode, BeforeValidator(_split)] = Field(
        default=frozenset()
    )
    excerpts: int = Field(default=3, ge=1, le=10)
    remember_days: int = Field(default=30, ge=1, le=365)
    source_url: str = Field(default="", pattern="^(https?://.+)?$")
    questions_per_minute: int = Field(default=20, ge=1)
    database_url: SecretStr = Field(default=SecretStr(""))
    webhook_url: str = Field(default="", pattern="^(https?://.+)?$")
    webhook_host: str = Field(default="127.0.0.1")
    webhook_port: int = Field(default=8080, ge=1, le=65535)
    operation_host: str = Field(default="127.0.0.1")
    operation_port: int = Field(default=0, ge=0, le=65535)
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
