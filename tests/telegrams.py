"""The emulator grown by what readers do besides writing: pressing, typing inline, adding the bot.

Source: tdlib/telegram-bot-api (`Client.cpp`, version 10.0) for order of checks and wording.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from bot.app import App
from tests.botapi import Json, bad_request, parse_text
from tests.bots import running
from tests.emulated_places import member
from tests.emulator import Chat, Emulator
from tests.newsstand import Newsstand

MAX_DATA = 64
MAX_ID = 64
MAX_QUERY = 256
MAX_RESULTS = 50
MAX_TOAST = 200


class Telegram(Emulator):
    """The emulator, with buttons, inline mode, guest mode and members.

    Attributes:
        inline_answers: Answers to inline queries, by the query's id.
        guest_answers: Results given to guest queries, by the query's id.
        inserted: Messages inserted by way of the bot where it is no member, by their ids.
        admins: People who are admins, as (chat id, user id).
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.me |= {"supports_inline_queries": True, "supports_guest_queries": True}
        self.inline_answers: dict[str, Json] = {}
        self.guest_answers: dict[str, Json] = {}
        self.inserted: dict[str, Json] = {}
        self.admins: set[tuple[int, int]] = set()
        self._queries = count(1)
        self._open: set[str] = set()
        self._methods |= {
            "editMessageText": self._edit_text,
            "editMessageReplyMarkup": self._edit_markup,
            "getChatMember": self._get_chat_member,
            "answerInlineQuery": self._answer_inline,
            "answerGuestQuery": self._answer_guest,
        }

    # What people do

    def press(self, chat: Chat, message: Json, data: str, *, user: Json | None = None) -> str:
        """Press a button that sends `data`; return the query's id.

        Nobody checks that the message has such a button: a made-up client may send anything.
        """
        query = str(next(self._queries))
        self.callback_queries[query] = None
        kept = chat.find(message["message_id"])
        shown = kept or {"chat": chat.info, "message_id": message["message_id"], "date": 0}
        update = {
            "id": query,
            "from": user or chat.user or self.stranger,
            "message": {k: v for k, v in shown.items() if k != "reply_to_message"},
            "chat_instance": "1",
            "data": data,
        }
        self.enqueue({"callback_query": update})
        return query

    async def pressed(
        self, chat: Chat, message: Json, data: str, *, user: Json | None = None
    ) -> str:
        """Press a button, wait until the bot answers, and return what it says in passing."""
        query = self.press(chat, message, data, user=user)
        await self.until(lambda: self.callback_queries[query] is not None, "an answer to a press")
        answer = self.callback_queries[query]
        assert answer is not None
        return str(answer.get("text", ""))

    async def type_inline(self, text: str, *, user: Json | None = None) -> Json:
        """Type `@bot text` somewhere and wait for what the bot offers."""
        query = self.send_inline(text, user=user)
        await self.until(lambda: query in self.inline_answers, "an answer to an inline query")
        return self.inline_answers[query]

    def send_inline(self, text: str, *, user: Json | None = None) -> str:
        """Type `@bot text` somewhere, of which 256 characters count; return the query's id."""
        query = str(next(self._queries))
        self._open.add(query)
        sender = user or self.stranger
        typed = text[:MAX_QUERY]
        self.enqueue({"inline_query": {"id": query, "from": sender, "query": typed, "offset": ""}})
        return query

    def choose(self, result: Json, text: str, *, user: Json | None = None) -> Json:
        """Insert what the bot offered for a text; return the message, which edits change.

        The bot is told as where inline feedback is on, at 100 %.
        """
        id_ = self._insert(result)
        chosen = {"result_id": result["id"], "from": user or self.stranger, "query": text}
        if "reply_markup" in result:
            chosen["inline_message_id"] = id_
        self.enqueue({"chosen_inline_result": chosen})
        return self.inserted[id_]

    async def summon(self, text: str, *, user: Json | None = None, photo: bool = False) -> Json:
        """Mention the bot in a chat that it is no member of, and wait for its answer."""
        query = self.send_summons(text, user=user, photo=photo)
        await self.until(lambda: query in self.guest_answers, "an answer to a guest query")
        return self.guest_answers[query]

    def send_summons(self, text: str, *, user: Json | None = None, photo: bool = False) -> str:
        """Mention the bot there, below a photo or without; return the query's id."""
        query = str(next(self._queries))
        self._open.add(query)
        chat = {"id": -1_009_999_999_999, "type": "supergroup", "title": "Elsewhere"}
        entities = [{"type": "mention", "offset": 0, "length": len(text.split()[0])}]
        picture = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
        message = {
            "message_id": 5,
            "date": 1_800_000_000,
            "chat": chat,
            "from": user or self.stranger,
            "guest_query_id": query,
        }
        if photo:
            message |= {"photo": picture, "caption": text, "caption_entities": entities}
        else:
            message |= {"text": text, "entities": entities}
        self.enqueue({"guest_message": message})
        return query

    def upgrade(self, old: Chat, *, joined: int = 2) -> Chat:
        """Make a supergroup of a group; return it.

        The bot is told that it joined there, before, between or after the messages that say it,
        and not that it left here. Source: tdlib/telegram-bot-api#266.
        """
        new = self.group(old.info["title"])
        self.admins |= {(new.id, user) for chat, user in self.admins if chat == old.id}
        told: list[Callable[[], object]] = [
            lambda: old.post("", migrate_to_chat_id=new.id),
            lambda: new.post("", migrate_from_chat_id=old.id),
        ]
        told.insert(joined, lambda: self.add_bot(new))
        for tell in told:
            tell()
        return new

    # Methods

    def _send_message(self, given: Json) -> Json:
        _check_buttons(given.get("reply_markup"))
        return super()._send_message(given)

    def _edit_message_text(self, given: Json) -> Json:
        _check_buttons(given.get("reply_markup"))
        return super()._edit_message_text(given)

    def _answer_callback_query(self, given: Json) -> bool:
        if len(given.get("text", "")) > MAX_TOAST:
            raise bad_request("MESSAGE_TOO_LONG")
        return super()._answer_callback_query(given)

    def _edit_markup(self, given: Json) -> Json:
        _check_buttons(given.get("reply_markup"))
        chat, message = self._message(given, "message to edit")
        if not chat.sent_by_bot(message):
            raise bad_request("message can't be edited")
        if given.get("reply_markup") == message.get("reply_markup"):
            raise bad_request("message is not modified")
        message.pop("reply_markup", None)
        if given.get("reply_markup"):
            message["reply_markup"] = given["reply_markup"]
        return message

    def _get_chat_member(self, given: Json) -> Json:
        chat, user = self._chat(given), given["user_id"]
        person = {"id": user, "is_bot": False, "first_name": "Somebody"}
        is_admin = (chat.id, user) in self.admins
        return member("creator" if is_admin else "member", person)

    def _answer_inline(self, given: Json) -> bool:
        self._close(given["inline_query_id"])
        results = given["results"]
        if len(results) > MAX_RESULTS:
            raise bad_request("RESULTS_TOO_MUCH")
        ids = [each["id"] for each in results]
        if len(set(ids)) < len(ids) or not all(0 < len(id_.encode()) <= MAX_ID for id_ in ids):
            raise bad_request("RESULT_ID_INVALID")
        for result in results:
            _read_result(result)
        if len(given.get("next_offset", "").encode()) > MAX_ID:
            raise bad_request("NEXT_OFFSET_INVALID")
        start = given.get("button", {}).get("start_parameter", "start")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", start):
            raise bad_request("START_PARAM_INVALID")
        self.inline_answers[given["inline_query_id"]] = given
        return True

    def _answer_guest(self, given: Json) -> Json:
        self._close(given["guest_query_id"])
        self.guest_answers[given["guest_query_id"]] = _read_result(given["result"])
        return {"inline_message_id": self._insert(given["result"])}

    def _insert(self, result: Json) -> str:
        content = result["input_message_content"]
        id_ = f"inline-{next(self._queries)}"
        self.inserted[id_] = {
            "text": content["text"],
            "entities": content["entities"],
            "reply_markup": result.get("reply_markup"),
        }
        return id_

    def _edit_text(self, given: Json) -> Json | bool:
        if "inline_message_id" not in given:
            return self._edit_message_text(given)
        _check_buttons(given.get("reply_markup"))
        message = self.inserted.get(given["inline_message_id"])
        if message is None:
            raise bad_request("MESSAGE_ID_INVALID")
        text, entities = parse_text(given["text"], given.get("parse_mode"))
        new = {"text": text, "entities": entities, "reply_markup": given.get("reply_markup")}
        if new == message:
            raise bad_request("message is not modified")
        message.update(new)
        return True

    def _close(self, query: str) -> None:
        """Take an answer once."""
        if query not in self._open:
            raise bad_request(
                "query is too old and response timeout expired or query ID is invalid"
            )
        self._open.discard(query)


@asynccontextmanager
async def served(stand: Newsstand, **settings: Any) -> AsyncIterator[tuple[Telegram, App]]:
    """Run the bot over what a stand has, on such a Telegram of its own."""
    with stand.open() as desk:
        async with Telegram() as telegram, running(telegram, desk, **settings) as app:
            yield telegram, app


def buttons(message: Json) -> dict[str, str]:
    """Return what each button below a message sends or opens, by its label."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return {
        each["text"]: each.get("callback_data") or each.get("url", "")
        for row in rows
        for each in row
    }


def _read_result(result: Json) -> Json:
    """Read what a result inserts as Telegram does; return it with its text and entities."""
    content = result["input_message_content"]
    text, entities = parse_text(content["message_text"], content.get("parse_mode"))
    _check_buttons(result.get("reply_markup"))
    content |= {"text": text, "entities": entities}
    return result


def _check_buttons(markup: Json | None) -> None:
    for row in (markup or {}).get("inline_keyboard", []):
        for button in row:
            data, url = button.get("callback_data"), button.get("url")
            if not button["text"] or (data is None) == (url is None):
                raise bad_request("BUTTON_TYPE_INVALID")
            if data is not None and not 0 < len(data.encode()) <= MAX_DATA:
                raise bad_request("BUTTON_DATA_INVALID")
            if url is not None and (" " in url or not url.startswith(("http://", "https://"))):
                raise bad_request("BUTTON_URL_INVALID")
