"""Which question a message follows."""

from __future__ import annotations

from telegram import Update

from bot.chats import Before
from bot.handling.context import Context, engine_of, message_of, newsroom_of, reader_of
from bot.keeping.shown import find_answer

__all__ = ["before_of"]


async def before_of(update: Update, context: Context) -> Before:
    """Return the question of the answer that a message replies to, or else the one before it.

    What another process answered, or this one before it was started again, is looked up among the
    answers shown, and asked again for what is remembered of it.
    """
    message, newsroom = message_of(update), newsroom_of(context)
    remembered = newsroom.conversations.replied_to(message)
    if remembered is not None:
        return remembered
    earlier = message.reply_to_message
    shown = earlier and await find_answer(engine_of(context), message.chat_id, earlier.message_id)
    if not shown:
        return newsroom.conversations.last(message)
    reader = await reader_of(update, context)
    answer = await newsroom.find(
        shown.question,
        shown.after,
        shown.told,
        shown.anywhere,
        without=reader.preferences.left_out,
    )
    return Before(answer.text, answer.told)
