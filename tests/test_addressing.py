"""Which messages are questions to the bot, and what they ask."""

from __future__ import annotations

import pytest
from telegram import Chat, Message, User

from bot.handling.addressing import (
    FROM_PERSON,
    FirstOfAlbum,
    asked_by_command,
    asked_by_mention,
    asked_outright,
    is_reply_to,
)
from tests.botapi import Json, find_entities

ME = User(7, "Clipdesk", is_bot=True, username="clipdesk_bot")
ADA = User(8, "Ada", is_bot=False)
GROUP = Chat(-1009, "supergroup", title="Newsroom")
WHO = "Who is Durov?"


def message(text: str = "", *, sender: User | None = ADA, **more: object) -> Message:
    """Make a message as Telegram sends it, with the entities that it finds."""
    content: Json = {"message_id": 5, "date": 0, "chat": GROUP.to_dict(), **more}
    if text:
        content |= {"text": text, "entities": find_entities(text)}
    if sender:
        content["from"] = sender.to_dict()
    made = Message.de_json(content, None)
    assert made
    return made


def raw(text: str = "", *, sender: User | None = ADA, **more: object) -> Json:
    """Make a message to reply to."""
    return message(text, sender=sender, **more).to_dict() | {"message_id": 4}


QUOTE = {"text": "Durov", "position": 7, "is_manual": True}
PICTURE = {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}
TOPIC: Json = {"forum_topic_created": {"name": "Elections", "icon_color": 7322096}}


@pytest.mark.parametrize(
    ("asked", "question"),
    [
        pytest.param(message(f"/ask {WHO}"), WHO, id="plain"),
        pytest.param(message(f"/ask@clipdesk_bot {WHO}"), WHO, id="to-the-bot"),
        pytest.param(message(f"/ask\n{WHO}"), WHO, id="next-line"),
        pytest.param(message(f"/ask@clipdesk_bot\n\n{WHO}"), WHO, id="to-the-bot-next-line"),
        pytest.param(message("/ask\nWho is\nDurov?"), "Who is\nDurov?", id="three-lines"),
        pytest.param(message(f"/ask\t{WHO}"), WHO, id="tab"),
        pytest.param(message(f"/ask   {WHO}  \n"), WHO, id="blanks"),
        pytest.param(message(f"/ask: {WHO}"), WHO, id="colon"),
        pytest.param(message("/ask 🗞🗞 who?"), "🗞🗞 who?", id="beyond-16-bits"),
        pytest.param(message(f"/ask /ask {WHO}"), f"/ask {WHO}", id="twice"),
        pytest.param(
            message(caption=f"/ask {WHO}", caption_entities=find_entities("/ask")),
            WHO,
            id="in-a-caption",
        ),
        pytest.param(message("/ask"), "", id="nothing"),
        pytest.param(message("/ask@clipdesk_bot  \n"), "", id="blank"),
        pytest.param(message("/ask ?!"), "", id="no-word"),
        pytest.param(message("/ask", reply_to_message=raw(WHO)), WHO, id="reply"),
        pytest.param(message("/ask ?", reply_to_message=raw(WHO)), WHO, id="reply-with-a-mark"),
        pytest.param(
            message("/ask And he?", reply_to_message=raw(WHO)), "And he?", id="reply-with-text"
        ),
        pytest.param(
            message("/ask", reply_to_message=raw(photo=[PICTURE], caption=WHO)), WHO, id="caption"
        ),
        pytest.param(
            message("/ask", reply_to_message=raw(photo=[PICTURE])), "", id="picture-without"
        ),
        pytest.param(
            message("/ask", reply_to_message=raw(WHO, sender=None)), WHO, id="reply-to-a-post"
        ),
        pytest.param(
            message("/ask", reply_to_message=raw("An answer.", sender=ME)), "", id="reply-to-bot"
        ),
        pytest.param(message("/ask", reply_to_message=raw(**TOPIC)), "", id="topic"),
        pytest.param(
            message("/ask", reply_to_message=raw(WHO), quote=QUOTE), "Durov", id="selection"
        ),
        pytest.param(
            message("/ask", reply_to_message=raw(WHO), quote=QUOTE | {"is_manual": False}),
            WHO,
            id="selection-by-telegram",
        ),
        pytest.param(message("/ask", quote=QUOTE), "Durov", id="selection-elsewhere"),
    ],
)
def test_a_command_asks(asked: Message, question: str) -> None:
    assert asked_by_command(asked, ME) == question


@pytest.mark.parametrize(
    ("said", "question"),
    [
        pytest.param(message(f"@clipdesk_bot {WHO}"), WHO, id="before"),
        pytest.param(message(f"{WHO} @clipdesk_bot"), WHO, id="after"),
        pytest.param(message("Who, @clipdesk_bot, is Durov?"), "Who is Durov?", id="within"),
        pytest.param(message(f"@ClipDesk_BOT: {WHO}"), WHO, id="capitals"),
        pytest.param(message(f"🗞🗞 @clipdesk_bot {WHO}"), f"🗞🗞 {WHO}", id="beyond-16-bits"),
        pytest.param(
            message(f"@clipdesk_botany says @clipdesk_bot {WHO}"),
            f"@clipdesk_botany says {WHO}",
            id="after-a-longer-name",
        ),
        pytest.param(
            message(f"@other_bot @clipdesk_bot {WHO}"), f"@other_bot {WHO}", id="two-bots"
        ),
        pytest.param(message("@clipdesk_bot"), "", id="nothing"),
        pytest.param(message("@clipdesk_bot ?"), "", id="no-word"),
        pytest.param(message("@clipdesk_bot", reply_to_message=raw(WHO)), WHO, id="reply"),
        pytest.param(
            message("@clipdesk_bot", reply_to_message=raw("A.", sender=ME)),
            "",
            id="reply-to-bot",
        ),
        pytest.param(message(WHO), None, id="none"),
        pytest.param(message(f"@other_bot {WHO}"), None, id="another-bot"),
        pytest.param(message(f"@clipdesk_botany {WHO}"), None, id="a-longer-name"),
        pytest.param(message(f"mail@clipdesk_bot.org {WHO}"), None, id="address"),
        pytest.param(message(photo=[PICTURE], caption="@clipdesk_bot"), None, id="caption"),
    ],
)
def test_a_mention_asks(said: Message, question: str | None) -> None:
    assert asked_by_mention(said, ME) == question


@pytest.mark.parametrize(("user", "question"), [(ME, WHO), (ADA, None)], ids=["me", "another"])
def test_a_mention_without_a_username_asks(user: User, question: str | None) -> None:
    entity = {"type": "text_mention", "offset": 0, "length": 8, "user": user.to_dict()}
    said = Message.de_json(raw() | {"text": f"Clipdesk {WHO}", "entities": [entity]}, None)
    assert said
    assert asked_by_mention(said, ME) == question


@pytest.mark.parametrize(
    ("said", "question"),
    [
        pytest.param(message(f"@clipdesk_bot {WHO}"), WHO, id="with-a-mention"),
        pytest.param(message(f"@other_bot {WHO}"), f"@other_bot {WHO}", id="of-another"),
        pytest.param(message(WHO), WHO, id="without"),
        pytest.param(message("@clipdesk_bot"), "", id="alone"),
        pytest.param(message(photo=[PICTURE]), "", id="no-text"),
    ],
)
def test_what_is_only_for_the_bot_asks_without_a_mention(said: Message, question: str) -> None:
    assert asked_outright(said, ME) == question


@pytest.mark.parametrize(
    ("said", "is_reply"),
    [
        pytest.param(message(WHO), False, id="no-reply"),
        pytest.param(message(WHO, reply_to_message=raw("Hm.")), False, id="to-a-person"),
        pytest.param(message(WHO, reply_to_message=raw("Hm.", sender=None)), False, id="a-post"),
        pytest.param(message(WHO, reply_to_message=raw("An answer.", sender=ME)), True, id="me"),
        pytest.param(message(WHO, reply_to_message=raw(sender=ME, **TOPIC)), False, id="my-topic"),
    ],
)
def test_a_reply_to_the_bot_is_told(said: Message, is_reply: bool) -> None:
    assert is_reply_to(said, ME) is is_reply


def test_of_an_album_the_first_is_heard_however_often_and_what_has_a_caption() -> None:
    first = FirstOfAlbum()
    heard = [
        first.filter(message(message_id=at, media_group_id=album, caption=caption))
        for at, album, caption in (
            (5, "a", None),
            (6, "a", None),
            (5, "a", None),  # tried again
            (7, "a", WHO),
            (8, "b", None),
            (9, None, None),
        )
    ]
    assert heard == [True, False, True, True, True, True]


OTHER_BOT = User(9, "Other", is_bot=True, username="other_bot")
NOBODY = User(1087968824, "Group", is_bot=True, username="GroupAnonymousBot")
MASK = User(136817688, "Channel", is_bot=True, username="Channel_Bot")
SERVICE = User(777000, "Telegram", is_bot=False)
CHANNEL = {"id": -1010, "type": "channel", "title": "News"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(message(WHO), True, id="person"),
        pytest.param(message(WHO, sender=None, sender_chat=CHANNEL), True, id="channel-post"),
        pytest.param(message(WHO, sender=OTHER_BOT), False, id="another-bot"),
        pytest.param(message(WHO, sender=ME), False, id="itself"),
        pytest.param(message(WHO, sender=NOBODY, sender_chat=GROUP.to_dict()), True, id="admin"),
        pytest.param(message(WHO, sender=MASK, sender_chat=CHANNEL), True, id="as-a-channel"),
        pytest.param(
            message(WHO, sender=SERVICE, sender_chat=CHANNEL, is_automatic_forward=True),
            False,
            id="copied-from-the-channel",
        ),
    ],
)
def test_people_are_told_from_bots(said: Message, expected: bool) -> None:
    assert FROM_PERSON.filter(said) is expected
