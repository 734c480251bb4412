"""Whether a message is a question to the bot, and which."""

from __future__ import annotations

from telegram import Message, MessageEntity, User
from telegram.ext import filters

__all__ = [
    "FROM_PERSON",
    "CaptionCommand",
    "FirstOfAlbum",
    "asked_by_command",
    "asked_by_mention",
    "asked_outright",
    "is_reply_to",
    "said_to_command",
]

_AROUND = " \t\n,:"
"""What people put between a command or a mention and the question."""

_MANY = 1024
"""Albums remembered."""


class _FromPerson(filters.MessageFilter):
    """Whoever is no bot; a channel's post that Telegram copies into its group is none of these.

    Anonymous admins and people who write as a channel come as bots of Telegram's own, but with
    the chat they write as. A citation that a person inserted inline comes from them, but in the
    words of this bot.
    """

    def filter(self, message: Message) -> bool:
        """Tell whether a person, or a channel, wrote it."""
        if message.is_automatic_forward or _is_inserted(message):
            return False
        is_bot = message.from_user is not None and message.from_user.is_bot
        return not is_bot or message.sender_chat is not None


FROM_PERSON = _FromPerson()


class CaptionCommand(filters.MessageFilter):
    """A caption that begins with a command, which `CommandHandler` and `COMMAND` do not see."""

    def __init__(self, name: str = "") -> None:
        """Take any command, or only this one, and that where it is for this bot."""
        super().__init__()
        self._name = name

    def filter(self, message: Message) -> bool:
        """Tell whether a caption begins with it."""
        first = next(iter(message.caption_entities), None)
        if first is None or first.type != MessageEntity.BOT_COMMAND or first.offset:
            return False
        command = (message.caption or "")[1 : first.length].casefold()
        name, _, bot = command.partition("@")
        is_own = bot in ("", message.get_bot().username.casefold())
        return not self._name or (name == self._name and is_own)


class FirstOfAlbum(filters.MessageFilter):
    """All but the later pictures of an album that say nothing themselves: each is a message."""

    def __init__(self) -> None:
        super().__init__()
        self._first: dict[tuple[int, str], int] = {}

    def filter(self, message: Message) -> bool:
        """Tell whether a message is to be heard, however often it is asked of the same one."""
        if message.media_group_id is None:
            return True
        album = message.chat_id, message.media_group_id
        first = self._first.setdefault(album, message.message_id)
        if len(self._first) > _MANY:
            del self._first[next(iter(self._first))]
        return first == message.message_id or message.caption is not None


def said_to_command(message: Message) -> str:
    """Return what stands behind a command, of a text or a caption, or ""."""
    entities = message.entities or message.caption_entities
    length = entities[0].length  # a command's characters are one UTF-16 unit each
    return _question((message.text or message.caption or "")[length:])


def asked_by_command(message: Message, me: User) -> str:
    """Return what stands behind a command; if nothing, the message replied to; or ""."""
    return said_to_command(message) or _replied_to(message, me)


def asked_by_mention(message: Message, me: User) -> str | None:
    """Return the question of a message, or of a caption, that mentions the bot, without that.

    Returns:
        None where the bot is not mentioned; "" where nothing is asked.
    """
    text = message.text or message.caption or ""
    for entity, mention in _mentions(message).items():
        by_name = mention.casefold() == f"@{me.username}".casefold()
        by_id = entity.user is not None and entity.user.id == me.id
        if by_name or by_id:
            return _question(_without(entity, text)) or _replied_to(message, me)
    return None


def asked_outright(message: Message, me: User) -> str:
    """Return the question of a message that can only be for the bot, which need not be mentioned.

    Returns:
        All that it says, without a mention of the bot; "" where nothing is asked.
    """
    question = asked_by_mention(message, me)
    return (message.text or message.caption or "") if question is None else question


def is_reply_to(message: Message, me: User) -> bool:
    """Tell whether a message answers one of the bot's.

    In a topic every message counts as a reply to the one that opened the topic; that is none.
    """
    earlier = message.reply_to_message
    return earlier is not None and _is_from(earlier, me) and earlier.forum_topic_created is None


def _mentions(message: Message) -> dict[MessageEntity, str]:
    kinds: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]
    if message.text:
        return message.parse_entities(kinds)
    return message.parse_caption_entities(kinds) if message.caption else {}


def _question(text: str) -> str:
    """Return what is asked, or "" where there is no letter or digit, as in a mere "?"."""
    return text.strip(_AROUND) if any(map(str.isalnum, text)) else ""


def _without(entity: MessageEntity, text: str) -> str:
    """Cut an entity out of the text around it."""
    raw = text.encode("utf-16-le")
    before = raw[: 2 * entity.offset].decode("utf-16-le").strip(_AROUND)
    after = raw[2 * (entity.offset + entity.length) :].decode("utf-16-le").strip(_AROUND)
    return f"{before} {after}"


def _replied_to(message: Message, me: User) -> str:
    """Return what another's message replied to says: the part selected from it, or all of it."""
    earlier = message.reply_to_message
    if message.quote and message.quote.is_manual:
        return message.quote.text
    if earlier is None or _is_from(earlier, me):
        return ""
    return earlier.text or earlier.caption or ""


def _is_inserted(message: Message) -> bool:
    """Tell whether this bot offered it inline; what other bots offered is as good as typed."""
    return message.via_bot is not None and message.via_bot.id == message.get_bot().id


def _is_from(message: Message, user: User) -> bool:
    return message.from_user is not None and message.from_user.id == user.id
