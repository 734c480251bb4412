"""Settings of the bot: those of `index`, and Telegram's."""

from __future__ import annotations

from pydantic import Field, SecretStr

from index import IndexSettings

__all__ = ["BotSettings"]


class BotSettings(IndexSettings):
    """What can be set; every name stands in `.env.example`, explained."""

    telegram_bot_token: SecretStr = Field(default=SecretStr(""))
    telegram_api_url: str = Field(default="https://api.telegram.org/bot")
    excerpts: int = Field(default=3, ge=1, le=10)
    remember_days: int = Field(default=30, ge=1, le=365)
    source_url: str = Field(default="https://pypi.org/project/clipdesk/")
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
