"""The bot put together: which update goes to which handler."""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import BotCommand, Update
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CommandHandler,
    ExtBot,
    MessageHandler,
    filters,
)

from bot import handlers, texts
from bot.addressing import FROM_PERSON
from bot.handlers import Context
from bot.inbox import Inbox
from bot.newsroom import Newsroom
from bot.outbox import Outbox
from bot.pacing import Pacing
from bot.polling import LenientRequest
from bot.quota import Quota
from bot.settings import BotSettings
from bot.turns import InTurn

__all__ = ["ALLOWED_UPDATES", "App", "build_app"]

App = Application[ExtBot[int], Context, dict[Any, Any], dict[Any, Any], dict[Any, Any], None]

ALLOWED_UPDATES = [Update.MESSAGE, Update.CHANNEL_POST]

log = logging.getLogger(__name__)


def build_app(settings: BotSettings, newsroom: Newsroom, engine: AsyncEngine, inbox: Inbox) -> App:
    """Return the application, its handlers wired, ready to handle what the inbox deals."""
    app = (
        ApplicationBuilder()
        .token(settings.telegram_bot_token.get_secret_value())
        .base_url(settings.telegram_api_url)
        .get_updates_request(LenientRequest(connection_pool_size=1))
        .rate_limiter(Pacing(Outbox(engine)))
        .updater(None)
        .update_queue(inbox)
        .concurrent_updates(InTurn(inbox))
        .job_queue(None)
        .post_init(_publish_commands)
        .build()
    )
    app.bot_data |= {
        "newsroom": newsroom,
        "database": engine,
        "inbox": inbox,
        "quota": Quota(settings.questions_per_minute),
    }
    _wire(app)
    return app


def _wire(app: App) -> None:
    """Wire every handler. The first that fits takes the update, so the order is the routing.

    Commands come first, in every kind of chat; then what is said in private; then, in groups,
    what is addressed to the bot. Everything else, edits and other bots among it, is left alone.
    """
    app.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, handlers.moved))
    new = (filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST) & FROM_PERSON
    app.add_handler(CommandHandler("ask", handlers.ask, new))
    app.add_handler(CommandHandler("everywhere", handlers.everywhere, new))
    app.add_handler(CommandHandler(["start", "help"], handlers.help_, new))
    app.add_handler(CommandHandler("sources", handlers.sources, new))
    app.add_handler(CommandHandler("about", handlers.about, new))
    private = new & filters.ChatType.PRIVATE
    app.add_handler(MessageHandler(private & filters.COMMAND, handlers.help_))
    app.add_handler(MessageHandler(private & filters.TEXT, handlers.private_question))
    app.add_handler(MessageHandler(private & ~filters.StatusUpdate.ALL, handlers.only_text))
    group = new & filters.ChatType.GROUPS
    app.add_handler(
        MessageHandler(group & filters.TEXT & ~filters.COMMAND, handlers.group_message)
    )
    app.add_error_handler(handlers.apologise)


async def _publish_commands(app: App) -> None:
    commands = [BotCommand(name, description) for name, description in texts.COMMANDS.items()]
    try:
        await app.bot.set_my_commands(commands)
    except TelegramError as error:
        log.warning("could not publish the menu of commands: %s", error)  # answers matter more
