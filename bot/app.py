"""The bot put together: which update goes to which handler."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    Defaults,
    ExtBot,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.handling import (
    adding,
    callbacks,
    choices,
    commands,
    handlers,
    inline,
    membership,
    upkeep,
    watching,
)
from bot.handling.addressing import FROM_PERSON, CaptionCommand, FirstOfAlbum
from bot.handling.admins import FromRunner
from bot.handling.context import Context
from bot.handling.guarding import apologise, limited, moved
from bot.handling.quota import Quota
from bot.newsroom import Newsroom
from bot.sending.outbox import Outbox
from bot.sending.pacing import Pacing
from bot.settings import BotSettings
from bot.updates.inbox import Inbox
from bot.updates.polling import LenientRequest
from bot.updates.turns import InTurn

__all__ = ["ALLOWED_UPDATES", "App", "build_app"]

_TAPS = 5
"""Buttons pressed, and as many inline queries, for each question that one may ask: whoever types
slowly sends a query a letter."""

App = Application[ExtBot[int], Context, dict[Any, Any], dict[Any, Any], dict[Any, Any], None]

ALLOWED_UPDATES = [
    Update.MESSAGE,
    Update.CHANNEL_POST,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.CHOSEN_INLINE_RESULT,
    Update.GUEST_MESSAGE,
    Update.MY_CHAT_MEMBER,
]

_DEFAULTS = Defaults(ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True))
"""How everything is sent that the bot says."""

_COMMANDS = {
    "ask": handlers.ask,
    "everywhere": handlers.everywhere,
    "latest": commands.latest,
    "watch": watching.watch,
    "watches": watching.watches_,
    "sources": commands.sources,
    "settings": choices.settings,
    "start": commands.start,
    "help": commands.help_,
    "about": commands.about,
    "privacy": commands.privacy,
    "forget": commands.forget,
}


def build_app(settings: BotSettings, newsroom: Newsroom, engine: AsyncEngine, inbox: Inbox) -> App:
    """Return the application, its handlers wired, ready to handle what the inbox deals."""
    app = (
        ApplicationBuilder()
        .token(settings.telegram_bot_token.get_secret_value())
        .base_url(settings.telegram_api_url)
        .base_file_url(settings.telegram_api_url.removesuffix("/bot") + "/file/bot")
        .defaults(_DEFAULTS)
        .get_updates_request(LenientRequest(connection_pool_size=1))
        .rate_limiter(Pacing(Outbox(engine)))
        .updater(None)
        .update_queue(inbox)
        .concurrent_updates(InTurn(inbox))
        .job_queue(None)
        .build()
    )
    app.bot_data |= {
        "newsroom": newsroom,
        "database": engine,
        "inbox": inbox,
        "quota": Quota(settings.questions_per_minute),
        "taps": Quota(_TAPS * settings.questions_per_minute),
        "settings": settings,
    }
    _wire(app, settings)
    return app


def _wire(app: App, settings: BotSettings) -> None:
    """Wire every handler. The first that fits takes the update, so the order is the routing.

    Commands come first, in every kind of chat; then what those who run the bot may send, which
    for anybody else is what it would be without them; then what is asked below a picture by a
    command; then what is said in private; then, in groups, what is addressed to the bot; then what
    is no message. Everything else, edits and other bots among it, is left alone.

    A forwarded command is no order of whoever forwards it: in private it gets help, as one that
    there is not, elsewhere nothing.
    """
    app.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, moved))
    new = (filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST) & FROM_PERSON
    own = new & ~filters.FORWARDED
    for name, handler in _COMMANDS.items():
        app.add_handler(CommandHandler(name, limited(handler), own))
    runner = FromRunner(settings.admin_ids)
    for name, order in upkeep.COMMANDS.items():
        app.add_handler(CommandHandler(name, limited(order), own & runner))
    app.add_handler(MessageHandler(new & runner & adding.SUBMITTED, limited(adding.submitted)))
    heard = new & FirstOfAlbum()
    asked = heard & ~filters.FORWARDED & CaptionCommand("ask")
    app.add_handler(MessageHandler(asked, limited(handlers.ask)))
    command, words = filters.COMMAND | CaptionCommand(), filters.TEXT | filters.CAPTION
    private = heard & filters.ChatType.PRIVATE
    app.add_handler(MessageHandler(private & command, limited(commands.help_)))
    app.add_handler(MessageHandler(private & words, limited(handlers.private_question)))
    app.add_handler(
        MessageHandler(private & ~filters.StatusUpdate.ALL, limited(handlers.only_text))
    )
    group = heard & filters.ChatType.GROUPS
    app.add_handler(MessageHandler(group & words & ~command, handlers.group_message))
    app.add_handler(MessageHandler(filters.UpdateType.GUEST_MESSAGE, inline.guest))
    app.add_handler(InlineQueryHandler(inline.inline))
    app.add_handler(ChosenInlineResultHandler(inline.chosen))
    buttons = {**callbacks.PATTERNS, **choices.PATTERNS, **watching.PATTERNS, **adding.PATTERNS}
    for pattern, press in buttons.items():
        app.add_handler(CallbackQueryHandler(press, pattern))
    app.add_handler(CallbackQueryHandler(callbacks.unknown))
    app.add_handler(
        ChatMemberHandler(membership.membership_changed, ChatMemberHandler.MY_CHAT_MEMBER)
    )
    app.add_error_handler(apologise)
