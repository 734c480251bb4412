"""Who and where: the bot, people, their chats, and the files that they send."""

from __future__ import annotations

from itertools import count

from tests.botapi import Json, bad_request
from tests.emulated_chat import Chat
from tests.emulated_updates import Updates

__all__ = ["Places", "member"]

_RIGHTS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


class Places(Updates):
    """The scene that a test sets.

    Attributes:
        me: the bot; set `can_read_all_group_messages` to switch privacy mode off.
        chats: chats by id.
        files: what people sent, by file id.
        stranger: who posts in groups where nobody else is named.
    """

    def __init__(self, username: str, *, privacy: bool) -> None:
        """Makes a bot with this username, and no chats."""
        super().__init__()
        self.me = _user(7201345, "Clipdesk", username) | {
            "is_bot": True,
            "can_join_groups": True,
            "can_read_all_group_messages": not privacy,
            "supports_inline_queries": False,
        }
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, bytes] = {}
        self.lost_files: set[str] = set()
        self._ids = count(500_000_001)
        self.stranger = self.user("Sam")
        self._methods |= {
            "getMe": lambda _: self.me,
            "getChat": self._get_chat,
            "getFile": self._get_file,
        }

    def user(self, first_name: str, username: str | None = None, **more: object) -> Json:
        """Makes a person, or with `is_bot=True` another bot."""
        return _user(next(self._ids), first_name, username) | {"language_code": "en"} | more

    def private(self, user_name: str = "Ada", username: str | None = None) -> Chat:
        """Makes a person and their private chat with the bot."""
        user = self.user(user_name, username)
        info = {name: user[name] for name in ("id", "first_name", "username") if name in user}
        return self._add(info | {"type": "private"}, user=user)

    def group(self, title: str, *, forum: bool = False, admin: bool = False) -> Chat:
        """Makes a supergroup with the bot in it, by default as an ordinary member."""
        info = {"id": -1_001_000_000_000 - next(self._ids), "type": "supergroup", "title": title}
        return self._add(info | ({"is_forum": True} if forum else {}), admin=admin)

    def channel(self, title: str, username: str | None = None, *, admin: bool = True) -> Chat:
        """Makes a channel, by default with the bot as an administrator."""
        info = {"id": -1_001_000_000_000 - next(self._ids), "type": "channel", "title": title}
        return self._add(info | ({"username": username} if username else {}), admin=admin)

    def add_bot(self, chat: Chat, *, was: str = "left", now: str = "member") -> None:
        """Changes the bot's own membership of a chat."""
        me = {name: self.me[name] for name in ("id", "is_bot", "first_name", "username")}
        change = {
            "chat": chat.info,
            "from": self.stranger,
            "date": 1_800_000_000,
            "old_chat_member": member(was, me),
            "new_chat_member": member(now, me),
        }
        self.enqueue({"my_chat_member": change})

    def document(self, name: str, content: bytes) -> Json:
        """Takes a file from somebody; returns it as it stands in their message."""
        id_ = f"file-{len(self.files)}"
        self.files[id_] = content
        size = len(content)
        return {"file_id": id_, "file_unique_id": id_, "file_name": name, "file_size": size}

    def _add(self, info: Json, *, user: Json | None = None, admin: bool = False) -> Chat:
        chat = Chat(self, info, user=user, admin=admin)
        self.chats[chat.id] = chat
        return chat

    def _chat(self, given: Json) -> Chat:
        wanted = given["chat_id"]
        for chat in self.chats.values():
            if wanted in (chat.id, f"@{chat.info.get('username')}"):
                return chat
        raise bad_request("chat not found")

    def _get_chat(self, given: Json) -> Json:
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
        return self._chat(given).info | {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys((*gifts, "gifts_from_channels"), False),
        }

    def _get_file(self, given: Json) -> Json:
        if given["file_id"] not in self.files:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        path = f"documents/{given['file_id']}"
        return {"file_id": given["file_id"], "file_unique_id": "1", "file_path": path}


def _user(id: int, first_name: str, username: str | None) -> Json:
    user: Json = {"id": id, "is_bot": False, "first_name": first_name}
    return user | ({"username": username} if username else {})


def member(status: str, user: Json) -> Json:
    """Makes somebody's membership of a chat; who is restricted may do all but one thing."""
    made: Json = {"status": status, "user": user}
    if status == "creator":
        made["is_anonymous"] = False
    if status == "kicked":
        made["until_date"] = 0
    if status == "restricted":
        rights = dict.fromkeys(_RIGHTS, True) | {"can_send_polls": False}
        made |= {"is_member": True, "until_date": 0, **rights}
    return made
