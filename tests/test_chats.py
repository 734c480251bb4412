"""What the bot remembers, and of whom."""

from __future__ import annotations

import pytest
from telegram import Message

from bot import chats
from bot.chats import NOTHING, Before, Conversations
from tests.botapi import Json

ADA: Json = {"id": 8, "type": "private", "first_name": "Ada"}
BEN: Json = {"id": 9, "type": "private", "first_name": "Ben"}
GROUP: Json = {"id": -1009, "type": "supergroup", "title": "Newsroom"}
OTHER: Json = {"id": -1010, "type": "supergroup", "title": "Kitchen"}
WHO = "Who is Durov?"


def message(
    chat: Json, id: int = 5, *, topic: int | None = None, reply_to: int | None = None
) -> Message:
    content: Json = {"message_id": id, "date": 0, "chat": chat}
    if topic:
        content |= {"message_thread_id": topic, "is_topic_message": True}
    if reply_to:
        content["reply_to_message"] = {"message_id": reply_to, "date": 0, "chat": chat}
    made = Message.de_json(content, None)
    assert made
    return made


@pytest.mark.parametrize(
    ("asked", "later", "expected"),
    [
        pytest.param(message(ADA), message(ADA, 7), WHO, id="private"),
        pytest.param(message(ADA), message(ADA, 7, reply_to=6), WHO, id="private-reply"),
        pytest.param(message(ADA), message(ADA, 7, reply_to=2), WHO, id="private-other-reply"),
        pytest.param(message(ADA), message(BEN, 7), "", id="other-person"),
        pytest.param(message(ADA), message(ADA, 7, topic=3), "", id="private-topic"),
        pytest.param(message(ADA, topic=3), message(ADA, 7, topic=3), WHO, id="same-topic"),
        pytest.param(message(ADA, topic=3), message(ADA, 7, topic=4), "", id="other-topic"),
        pytest.param(message(ADA, topic=3), message(ADA, 7), "", id="outside-the-topic"),
        pytest.param(message(GROUP), message(GROUP, 7), "", id="group"),
        pytest.param(message(GROUP), message(GROUP, 7, reply_to=6), WHO, id="reply-to-answer"),
        pytest.param(message(GROUP), message(GROUP, 7, reply_to=5), "", id="reply-to-question"),
        pytest.param(message(GROUP), message(OTHER, 7, reply_to=6), "", id="other-group"),
        pytest.param(
            message(GROUP, topic=3), message(GROUP, 7, topic=3, reply_to=6), WHO, id="forum"
        ),
        pytest.param(
            message(GROUP, topic=3), message(GROUP, 7, topic=3, reply_to=3), "", id="topic-start"
        ),
    ],
)
def test_a_message_follows_the_question_before_it(
    asked: Message, later: Message, expected: str
) -> None:
    conversations = Conversations()
    assert before(conversations, later) == NOTHING
    conversations.remember(Before(WHO, "Peskov"), asked, answer=message(asked.chat.to_dict(), 6))
    assert before(conversations, later) == (Before(expected, "Peskov") if expected else NOTHING)


def before(conversations: Conversations, message: Message) -> Before:
    """Return what a message follows, as far as that is remembered."""
    return conversations.replied_to(message) or conversations.last(message)


def test_the_last_question_counts() -> None:
    conversations = Conversations()
    for question in (WHO, "And Peskov?"):
        conversations.remember(Before(question), message(ADA), message(ADA, 6))
    assert conversations.last(message(ADA, 7)) == Before("And Peskov?")


@pytest.mark.parametrize("chat", [ADA, GROUP])
def test_a_reply_follows_the_answer_it_replies_to_and_not_the_last(chat: Json) -> None:
    conversations = Conversations()
    conversations.remember(Before(WHO), message(chat), message(chat, 6))
    conversations.remember(Before("And Peskov?"), message(chat, 7), message(chat, 8))
    assert conversations.replied_to(message(chat, 9, reply_to=6)) == Before(WHO)


def test_what_was_asked_first_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chats, "_MOST", 4)
    conversations = Conversations()
    for id_ in (1, 2, 1, 3):
        chat = ADA | {"id": id_}
        conversations.remember(Before(f"{id_}?"), message(chat), message(chat, 6))
    known = [conversations.last(message(ADA | {"id": id_})) for id_ in (1, 2, 3)]
    assert [one.question for one in known] == ["1?", "", "3?"]
