"""A chat seen from outside the bot: people post in it, tests read it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from tests.botapi import Json, bad_request, find_entities

__all__ = ["GENERAL_TOPIC", "PATIENCE", "Action", "Chat", "Surroundings"]

GENERAL_TOPIC = 1
PATIENCE = 30.0  # seconds a test waits for the bot before it fails: the machine may be busy


@dataclass(frozen=True, slots=True)
class Action:
    """One chat action the bot showed. `at` is in seconds of the monotonic clock."""

    action: str
    thread: int | None
    at: float


class Surroundings(Protocol):
    """What a chat needs of Telegram.

    Attributes:
        me: the bot.
        stranger: somebody, where nobody else is named.
    """

    me: Json
    stranger: Json

    def enqueue(self, update: Json, *, valid: bool = True) -> None:
        """Sends an update to the bot."""

    async def until(
        self, condition: Callable[[], bool], what: str = "it", *, within: float = PATIENCE
    ) -> None:
        """Waits until the bot makes `condition` true."""


class Chat:
    """A chat and everything said in it.

    Attributes:
        info: the chat as the Bot API writes it.
        messages: every message, oldest first, as the bot sees or would see it; edits show here.
        actions: the chat actions the bot showed, oldest first.
        topics: ids of a forum's topics, General not among them.
        user: the person on the other side of a private chat.
        admin: whether the bot is an administrator here.
    """

    def __init__(
        self, telegram: Surroundings, info: Json, *, user: Json | None = None, admin: bool = False
    ) -> None:
        """Starts without messages; `Emulator.private`, `group` and `channel` make chats."""
        self.telegram = telegram
        self.info = info
        self.user = user
        self.admin = admin
        self.messages: list[Json] = []
        self.actions: list[Action] = []
        self.topics: set[int] = set()
        self._ids = count(GENERAL_TOPIC + 1)
        self._by_bot: set[int] = set()

    @property
    def id(self) -> int:
        """The chat's id: positive for people, negative for groups and channels."""
        return int(self.info["id"])

    @property
    def sent(self) -> list[Json]:
        """The bot's own messages, oldest first."""
        return [message for message in self.messages if self.sent_by_bot(message)]

    def sent_by_bot(self, message: Json | None) -> bool:
        """Whether a message of this chat is the bot's own."""
        return message is not None and message["message_id"] in self._by_bot

    def find(self, message_id: int | None) -> Json | None:
        """The message of this id, or None if there is none (any more)."""
        return next((each for each in self.messages if each["message_id"] == message_id), None)

    def post(
        self,
        text: str,
        *,
        sender: Json | None = None,
        reply_to: Json | None = None,
        topic: int | None = None,
        via_bot: Json | None = None,
        date: int | None = None,
        **more: object,
    ) -> Json:
        """Posts as a person (or, in a channel, the channel) and tells the bot if Telegram would.

        Args:
            text: plain text; entities are found in it as Telegram finds them. "" for a message
                without, such as a sticker.
            sender: who posts; by default the person of a private chat, else one stranger.
            reply_to: a message of this chat; the new one goes into its topic.
            topic: id of a forum topic, as `create_topic` gave it; None is General.
            via_bot: the bot through whose inline mode the message came.
            date: Unix time, by default now.
            more: further fields of the message, as the Bot API writes them.
        """
        if topic is not None and topic not in self.topics:
            raise ValueError(f"no topic {topic!r} here: open one with create_topic")
        content: Json = {"text": text, **more} if text else dict(more)
        if entities := find_entities(text):
            content["entities"] = entities
        if via_bot:
            content["via_bot"] = via_bot
        if date is not None:
            content["date"] = date
        return self._tell_bot(self._keep(content, self._sender(sender), reply_to, topic))

    def create_topic(self, name: str, *, sender: Json | None = None) -> int:
        """Opens a topic in a forum, which tells the bot, and gives the topic's id."""
        content = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        message = self._keep(content, self._sender(sender), None, None)
        message.update(message_thread_id=message["message_id"], is_topic_message=True)
        self.topics.add(message["message_id"])
        return int(self._tell_bot(message)["message_id"])

    async def reply_after(self, message: Json, *, within: float = PATIENCE) -> Json:
        """Waits up to `within` seconds for the bot's first message after `message`."""

        def later() -> list[Json]:
            return [each for each in self.sent if each["message_id"] > message["message_id"]]

        await self.telegram.until(lambda: bool(later()), "the bot's reply", within=within)
        return later()[0]

    def send(self, content: Json, reply_to: Json | None, topic: int | None) -> Json:
        """Adds a message of the bot."""
        me = {name: self.telegram.me[name] for name in ("id", "is_bot", "first_name", "username")}
        message = self._keep(content, me, reply_to, topic)
        self._by_bot.add(message["message_id"])
        return message

    def _keep(self, content: Json, sender: Json, reply_to: Json | None, topic: int | None) -> Json:
        """Adds a message, completed with what Telegram says of its place in the chat."""
        is_channel = self.info["type"] == "channel"
        origin = {"sender_chat": self.info} if is_channel else {"from": sender}
        message = {
            "message_id": next(self._ids),
            "date": int(time.time()),
            "chat": self.info,
            **origin,
            **self._place(reply_to, topic),
            **content,
        }
        self.messages.append(message)
        return message

    def thread_of(self, message_thread_id: int | None) -> int | None:
        """The topic a bot may send to by this id.

        Raises:
            ApiError: there is no such topic, or it is General, which bots must not name.
        """
        takes_topics = self.info.get("is_forum") or self.info["type"] == "private"
        if not message_thread_id or not takes_topics:
            return None
        if message_thread_id not in self.topics:
            raise bad_request("message thread not found")
        return message_thread_id

    def _place(self, reply_to: Json | None, topic: int | None) -> Json:
        """Where a message stands: its thread, its topic and what it replies to."""
        if topic is None and reply_to and reply_to.get("is_topic_message"):
            topic = reply_to["message_thread_id"]
        place: Json = {}
        if topic:
            place.update(message_thread_id=topic, is_topic_message=True)
            reply_to = reply_to or self.find(topic)  # Telegram names the topic's first message
        elif reply_to and self.info["type"] == "supergroup" and not self.info.get("is_forum"):
            place["message_thread_id"] = reply_to.get("message_thread_id", reply_to["message_id"])
        if reply_to:
            inner = {name: each for name, each in reply_to.items() if name != "reply_to_message"}
            place["reply_to_message"] = inner
        return place

    def _sender(self, sender: Json | None) -> Json:
        return sender or self.user or self.telegram.stranger

    def _tell_bot(self, message: Json) -> Json:
        kind = "channel_post" if self.info["type"] == "channel" else "message"
        if self._reaches_bot(message):
            self.telegram.enqueue({kind: message})
        return message

    def _reaches_bot(self, message: Json) -> bool:
        """Whether Telegram tells the bot: all it may read, or in privacy mode what is for it.

        Source: core.telegram.org/bots/features#privacy-mode
        """
        if self.info["type"] == "channel" or self.admin:
            return self.admin
        if message["from"]["is_bot"] and "sender_chat" not in message:  # else a person after all
            return False
        if self.info["type"] == "private" or self.telegram.me["can_read_all_group_messages"]:
            return True
        return (
            "text" not in message
            or self._commands_bot(message)
            or self.sent_by_bot(message.get("reply_to_message"))
            or message.get("via_bot", {}).get("id") == self.telegram.me["id"]
        )

    def _commands_bot(self, message: Json) -> bool:
        first = next(iter(message.get("entities", [])), None)
        if first is None or first["type"] != "bot_command" or first["offset"] != 0:
            return False
        _, at, username = message["text"][: first["length"]].partition("@")
        return not at or username.lower() == self.telegram.me["username"].lower()
