"""What the bot does to messages: sending, editing, deleting, answering presses."""

from __future__ import annotations

import time

from tests.botapi import Json, bad_request, find_quote, parse_text
from tests.emulated_chat import GENERAL_TOPIC, Action, Chat
from tests.emulated_places import Places

__all__ = ["Messages"]

_ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the"
    " same as a current content and reply markup of the message"
)
_QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class Messages(Places):
    """The methods that change what readers see.

    Attributes:
        callback_queries: callback queries by id; None until answered, then the answer.
    """

    def __init__(self, username: str, *, privacy: bool) -> None:
        """Starts without messages."""
        super().__init__(username, privacy=privacy)
        self.callback_queries: dict[str, Json | None] = {}
        self._methods |= {
            "sendMessage": self._send_message,
            "editMessageText": self._edit_message_text,
            "deleteMessage": self._delete_message,
            "sendChatAction": self._send_chat_action,
            "answerCallbackQuery": self._answer_callback_query,
        }

    def _message(self, given: Json, what: str) -> tuple[Chat, Json]:
        chat = self._chat(given)
        if message := chat.find(given["message_id"]):
            return chat, message
        raise bad_request(f"{what} not found")

    def _send_message(self, given: Json) -> Json:
        content = _content(given)
        chat = self._chat(given)
        thread = chat.thread_of(given.get("message_thread_id"))
        replied, quote = self._replied(chat, given.get("reply_parameters", {}))
        if replied and thread not in (None, replied.get("message_thread_id")):
            self.violations.append("sendMessage: replies across topics are not emulated yet")
        if "inline_keyboard" in given.get("reply_markup", {}):
            content["reply_markup"] = given["reply_markup"]
        if given.get("protect_content"):
            content["has_protected_content"] = True
        return chat.send(content | quote, replied, thread)

    def _replied(self, chat: Chat, reply: Json) -> tuple[Json | None, Json]:
        """The message replied to, if any, and the quote from it."""
        if not reply:
            return None, {}
        if "chat_id" in reply and self._chat(reply) is not chat:
            self.violations.append("sendMessage: replies across chats are not emulated yet")
        message = chat.find(reply["message_id"])
        if message is None:
            if reply.get("allow_sending_without_reply"):
                return None, {}
            raise bad_request("message to be replied not found")
        if not reply.get("quote"):
            return message, {}
        text, _ = parse_text(reply["quote"], reply.get("quote_parse_mode"))
        at = find_quote(message.get("text", ""), text)
        return message, {"quote": {"text": text, "position": at, "is_manual": True}}

    def _edit_message_text(self, given: Json) -> Json:
        content = _content(given)
        chat, message = self._message(given, "message to edit")
        if not chat.sent_by_bot(message):
            raise bad_request("message can't be edited")
        if "reply_markup" in given:
            content["reply_markup"] = given["reply_markup"]
        replaced = ("text", "entities", "link_preview_options", "reply_markup")
        if content == {name: message[name] for name in replaced if name in message}:
            raise bad_request(_NOT_MODIFIED)
        for name in replaced:
            message.pop(name, None)
        message.update(content, edit_date=int(time.time()))
        return message

    def _delete_message(self, given: Json) -> bool:
        chat, message = self._message(given, "message to delete")
        if not (chat.sent_by_bot(message) or chat.admin or chat.info["type"] == "private"):
            raise bad_request("message can't be deleted")
        chat.messages.remove(message)
        return True

    def _send_chat_action(self, given: Json) -> bool:
        if given["action"] not in _ACTIONS:
            raise bad_request("Wrong parameter action in request")
        chat = self._chat(given)
        if chat.info["type"] == "channel":
            raise bad_request("Can't send chat actions to channel chats")
        thread = given.get("message_thread_id")
        if thread != GENERAL_TOPIC:  # unlike messages, actions may name General
            thread = chat.thread_of(thread)
        chat.actions.append(Action(given["action"], thread, time.monotonic()))
        return True

    def _answer_callback_query(self, given: Json) -> bool:
        query = given["callback_query_id"]
        if self.callback_queries.get(query, given) is not None:
            raise bad_request(_QUERY_TOO_OLD)
        self.callback_queries[query] = given
        return True


def _content(given: Json) -> Json:
    """What a text message shows, of what the bot asked for."""
    text, entities = parse_text(given["text"], given.get("parse_mode"), given.get("entities"))
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    if "link_preview_options" in given:
        content["link_preview_options"] = given["link_preview_options"]
    return content
