"""What the bot remembers of a conversation: the last question, in memory only."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from telegram import Message
from telegram.constants import ChatType

__all__ = ["NOTHING", "Before", "Conversations"]

_MOST = 10_000
"""Conversations remembered; the longest silent is forgotten first."""


class Before(NamedTuple):
    """A question that was asked, and the words that answered it (`Answer.text`, `Answer.told`)."""

    question: str
    told: str = ""


NOTHING = Before("")
"""What a first question follows."""


class Conversations:
    """The last question of each conversation.

    In private that is the chat, or each of its topics. Where many people write, each answer opens
    a conversation of its own, which a reply to that answer goes on with.
    """

    def __init__(self) -> None:
        self._questions: OrderedDict[tuple[int, int | None], Before] = OrderedDict()

    def before(self, message: Message) -> Before:
        """Return what this message may follow, or `NOTHING`."""
        return self._questions.get(_key(message, answer=message.reply_to_message), NOTHING)

    def remember(self, question: Before, message: Message, answer: Message) -> None:
        """Keep a question as the last of its conversation.

        Args:
            question: What was asked.
            message: The message that asked it.
            answer: The one that answered it.
        """
        key = _key(message, answer=answer)
        self._questions[key] = question
        self._questions.move_to_end(key)
        if len(self._questions) > _MOST:
            self._questions.popitem(last=False)

    def forget(self, chat_id: int) -> None:
        """Forget the questions of a chat."""
        for key in [key for key in self._questions if key[0] == chat_id]:
            del self._questions[key]


def _key(message: Message, answer: Message | None) -> tuple[int, int | None]:
    if message.chat.type == ChatType.PRIVATE:
        return message.chat_id, message.message_thread_id if message.is_topic_message else None
    return message.chat_id, answer.message_id if answer else None
