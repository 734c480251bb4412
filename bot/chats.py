"""What the bot remembers of conversations: their last questions, in memory only."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from telegram import Message
from telegram.constants import ChatType

__all__ = ["NOTHING", "Before", "Conversations"]

_MOST = 20_000
"""Questions remembered; the oldest is forgotten first."""


class Before(NamedTuple):
    """A question that was asked, and the words that answered it (`Answer.text`, `Answer.told`)."""

    question: str
    told: str = ""


NOTHING = Before("")
"""What a first question follows."""


class Conversations:
    """The questions that others may follow.

    A reply to an answer follows its question. In private any other message follows the last
    question of the chat, or of its topic; where many people write it follows none.
    """

    def __init__(self) -> None:
        self._questions: OrderedDict[tuple[int, int | None], Before] = OrderedDict()

    def replied_to(self, message: Message) -> Before | None:
        """Return the question of the answer that a message replies to, if it is remembered."""
        earlier = message.reply_to_message
        return self._questions.get((message.chat_id, earlier.message_id)) if earlier else None

    def last(self, message: Message) -> Before:
        """Return the last question of the conversation that a message is in, or `NOTHING`."""
        return self._questions.get(_conversation(message), NOTHING)

    def remember(self, question: Before, message: Message, answer: Message) -> None:
        """Keep a question.

        Args:
            question: What was asked.
            message: The message that asked it.
            answer: The one that answered it.
        """
        keys: list[tuple[int, int | None]] = [(message.chat_id, answer.message_id)]
        if message.chat.type == ChatType.PRIVATE:
            keys.append(_conversation(message))
        for key in keys:
            self._questions[key] = question
            self._questions.move_to_end(key)
        while len(self._questions) > _MOST:
            self._questions.popitem(last=False)

    def forget(self, chat_id: int) -> None:
        """Forget the questions of a chat."""
        for key in [key for key in self._questions if key[0] == chat_id]:
            del self._questions[key]


def _conversation(message: Message) -> tuple[int, int | None]:
    """Return what tells a chat, or a topic of it, from all others and from any answer."""
    topic = message.message_thread_id if message.is_topic_message else None
    return message.chat_id, -topic if topic else None
