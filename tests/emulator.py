"""A Bot API server on loopback that remembers chats, so that a real client can be tested offline.

`Chat` is a chat seen from outside the bot: people post in it, tests read it. `Emulator` is the
server: it hands out updates, checks and answers the bot's calls, and fails where told to.
The rules that need no memory are in `tests.botapi`.

Source: tdlib/telegram-bot-api (`Client.cpp`, version 10.0) for order of checks and wording.
"""

import asyncio
import inspect
import json
import re
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count
from types import TracebackType
from typing import Any, Literal, Self

from aiogram.types import Update
from aiohttp import web

from tests.botapi import (
    ApiError,
    Json,
    MethodTable,
    bad_request,
    find_entities,
    find_quote,
    parse_text,
    read_parameters,
)
from tests.webhooks import Webhook

GENERAL_TOPIC = 1
PATIENCE = 10.0  # seconds a test waits for the bot before it fails
# Updates sent only to bots that ask for them by name.
_UNSOLICITED = {"chat_member", "message_reaction", "message_reaction_count"}
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
_SECOND_POLLER = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is"
    " running"
)
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete"
    " the webhook first"
)
_BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head></html>"


FaultKind = int | Literal["reset", "hang", "cut"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call the bot made. `at` is in seconds of the monotonic clock."""

    method: str
    parameters: Json
    at: float


@dataclass(frozen=True, slots=True)
class Action:
    """One chat action the bot showed. `at` is in seconds of the monotonic clock."""

    action: str
    thread: int | None
    at: float


@dataclass(frozen=True, slots=True)
class Fault:
    """What becomes of one call: an error answer, a reset, or no answer at all."""

    status: FaultKind
    description: str
    parameters: Json
    applied: bool


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
        self, telegram: "Emulator", info: Json, *, user: Json | None = None, admin: bool = False
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


class Emulator:
    """Telegram, as far as one bot can tell.

    Attributes:
        me: the bot; set `can_read_all_group_messages` to switch privacy mode off.
        token: the bot's token.
        calls: every call the bot made, but for getUpdates, oldest first.
        violations: what was wrong with the bot's calls; closing fails unless it is empty.
        chats: chats by id.
        commands: bot commands by (scope as JSON, language code).
        descriptions: (short) descriptions by (method, language code).
        callback_queries: callback queries by id; None until answered, then the answer.
        updates: updates not yet acknowledged by the bot, oldest first.
        polls: how many long polls found nothing and began to wait.
        history: every update ever sent, oldest first.
        webhook: what the bot asked for, and what was delivered.
        revoked: whether the token is no longer valid.
        interrupt: called with each call's method and "before" or "after" it is applied; if it
            returns True, the connection is closed there without an answer.
        files: what people sent, by file id.
        unfinished: how many updates the bot has acknowledged and not handled yet, if it tells.
    """

    def __init__(self, *, username: str = "clipdesk_bot", privacy: bool = True) -> None:
        """Makes a bot with this username, by default in privacy mode, and no chats."""
        self.token = "7201345:AAHq3xWm0nV5rT8yZ1cJ4kP6uE9sB2dF7gL"
        self.me = _user(7201345, "Clipdesk", username) | {
            "is_bot": True,
            "can_join_groups": True,
            "can_read_all_group_messages": not privacy,
            "supports_inline_queries": False,
        }
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.chats: dict[int, Chat] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.descriptions: dict[tuple[str, str], str] = {}
        self.callback_queries: dict[str, Json | None] = {}
        self.updates: list[Json] = []
        self._table = MethodTable.load()
        self._allowed: set[str] = set()
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._ids = count(500_000_001)
        self._update_ids = count(810_000_001)
        self._calls_before_update = 0
        self.polls = 0
        self.history: list[Json] = []
        self.webhook = Webhook()
        self.revoked = False
        self.interrupt: Callable[[str, str], bool] = lambda _method, _when: False
        self._deliveries: set[asyncio.Task[None]] = set()
        self.unfinished: Callable[[], Awaitable[int]] = _nothing
        self._closing = False
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.files: dict[str, bytes] = {}
        self.stranger = self.user("Sam")
        self._methods: dict[str, Callable[[Json], Any]] = {
            "getMe": lambda _: self.me,
            "getUpdates": self._get_updates,
            "deleteWebhook": self._delete_webhook,
            "setWebhook": self._set_webhook,
            "getWebhookInfo": self._get_webhook_info,
            "setMyCommands": self._set_my_commands,
            "getMyCommands": lambda given: self.commands.get(_command_scope(given), []),
            "setMyDescription": lambda given: self._describe("description", given),
            "setMyShortDescription": lambda given: self._describe("short_description", given),
            "sendMessage": self._send_message,
            "editMessageText": self._edit_message_text,
            "deleteMessage": self._delete_message,
            "sendChatAction": self._send_chat_action,
            "getChat": self._get_chat,
            "answerCallbackQuery": self._answer_callback_query,
            "getFile": self._get_file,
        }

    # Running

    async def __aenter__(self) -> Self:
        """Starts listening on a free port of 127.0.0.1."""
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._serve_file)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes; see `close`."""
        await self.close()

    async def close(self) -> None:
        """Ends open polls and stops listening.

        Raises:
            AssertionError: some call of the bot broke the official method table.
        """
        self._closing = True
        self._notify()
        for delivery in self._deliveries:
            delivery.cancel()
        if self._runner:
            await self._runner.cleanup()
        assert not self.violations, "calls against the Bot API:\n" + "\n".join(self.violations)

    @property
    def base_url(self) -> str:
        """What `ApplicationBuilder.base_url` wants."""
        assert self._runner, "the emulator is not running: use `async with`"
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}/bot"

    # Setting the scene

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

    def enqueue(self, update: Json, *, valid: bool = True) -> None:
        """Sends an update, without its `update_id`, unless the bot did not ask for its kind.

        Raises:
            AssertionError: it is no update Telegram sends; `valid=False` lets it pass.
        """
        kind = next(iter(update))
        if kind not in self._allowed if self._allowed else kind in _UNSOLICITED:
            return
        update = json.loads(json.dumps({"update_id": next(self._update_ids), **update}))
        if valid:
            Update.model_validate(update)
            faults = self._table.methods and self._table.check_type(update, "Update", "update")
            assert not faults, faults
        self._calls_before_update = len(self.calls)
        self.updates.append(update)
        self.history.append(update)
        self._deliver(update)
        self._notify()

    def fail_next(
        self,
        method: str,
        status: FaultKind = 500,
        description: str = "",
        *,
        applied: bool = False,
        times: int = 1,
        **parameters: object,
    ) -> None:
        """Makes the next calls of a method fail, in the order of being told so.

        Args:
            method: such as `sendMessage`.
            status: an HTTP status (502 comes as HTML), `reset` for a connection closed without
                an answer, `hang` for one held open without an answer, or `cut` for an answer of
                which only the beginning comes.
            description: Telegram's words; by default the status's own.
            applied: whether the call does its work before it fails.
            times: how many calls fail so.
            parameters: for the client, such as `retry_after` or `migrate_to_chat_id`.
        """
        if method not in self._methods:
            raise ValueError(f"{method!r} is not emulated: use one of {sorted(self._methods)}")
        self._faults[method].extend([Fault(status, description, parameters, applied)] * times)

    # Watching

    async def until(
        self, condition: Callable[[], bool], what: str = "it", *, within: float = PATIENCE
    ) -> None:
        """Waits up to `within` seconds until something the bot does makes `condition` true.

        Raises:
            AssertionError: it did not become true in time.
        """
        if not await self._wait(condition, within):
            recent = [(call.method, call.parameters) for call in self.calls[-3:]]
            raise AssertionError(f"waited {within} s for {what} in vain; last calls: {recent}")

    async def settled(self, quiet: float = 0.3, *, within: float = PATIENCE) -> list[Call]:
        """Waits until the bot has acknowledged every update and made no call for `quiet` seconds.

        Returns:
            The calls made since the newest update was sent: none if the bot kept silent.
        """
        await self.until(lambda: not self.updates, "an acknowledgement", within=within)
        seen = -1
        while seen != len(self.calls) or await self.unfinished():
            seen = len(self.calls)
            await asyncio.sleep(quiet)
        return self.calls[self._calls_before_update :]

    # Answering

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        try:
            return web.json_response({"ok": True, "result": await self._answer(request)})
        except ApiError as error:
            return web.json_response(error.body, status=error.status)
        except ConnectionResetError:
            if request.transport:
                request.transport.abort()
            return web.Response()
        finally:
            self._notify()

    async def _answer(self, request: web.Request) -> object:
        if request.match_info["token"] != self.token or self.revoked:
            raise ApiError(401, "Unauthorized")
        method = self._name_of(request.match_info["method"])
        parameters = self._check(method, await read_parameters(request))
        fault = self._faults[method].popleft() if self._faults[method] else None
        if self.interrupt(method, "before"):
            raise ConnectionResetError
        if fault and not fault.applied:
            await self._fail(fault)
        result = self._methods[method](parameters)
        if inspect.isawaitable(result):
            result = await result
        if fault:
            await self._fail(fault)
        if self.interrupt(method, "after"):
            raise ConnectionResetError
        return result

    async def _serve_file(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self.token:
            raise web.HTTPNotFound
        return web.Response(body=self.files[request.match_info["path"].removeprefix("documents/")])

    def _get_file(self, given: Json) -> Json:
        if given["file_id"] not in self.files:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        path = f"documents/{given['file_id']}"
        return {"file_id": given["file_id"], "file_unique_id": "1", "file_path": path}

    def document(self, name: str, content: bytes) -> Json:
        """Takes a file from somebody; returns it as it stands in their message."""
        id_ = f"file-{len(self.files)}"
        self.files[id_] = content
        size = len(content)
        return {"file_id": id_, "file_unique_id": id_, "file_name": name, "file_size": size}

    def _name_of(self, method: str) -> str:
        """The method as documented: Telegram takes it in any case."""
        for name in (*self._methods, *self._table.methods):
            if name.lower() == method.lower():
                if name in self._methods:
                    return name
                self.violations.append(f"{name}: the emulator does not know this method yet")
        raise ApiError(404, "Not Found: method not found")

    def _check(self, method: str, raw: Json) -> Json:
        parameters = self._table.decode(method, raw)
        if method != "getUpdates":
            self.calls.append(Call(method, parameters, time.monotonic()))
        if faults := self._table.check(method, parameters):
            self.violations += faults
            raise ApiError(400, f"Bad Request: {faults[0]}")
        return parameters

    async def _fail(self, fault: Fault) -> None:
        if fault.status == "hang":
            await self._wait(lambda: False, None)
        if fault.status == "cut":
            raise web.HTTPOk(text='{"ok":true,"resu', content_type="application/json")
        if isinstance(fault.status, str):
            raise ConnectionResetError
        description = fault.description or HTTPStatus(fault.status).phrase
        if fault.status == HTTPStatus.BAD_GATEWAY:
            raise web.HTTPBadGateway(text=_BAD_GATEWAY, content_type="text/html")
        if "retry_after" in fault.parameters and not fault.description:
            description += f": retry after {fault.parameters['retry_after']}"
        raise ApiError(fault.status, description, **fault.parameters)

    def _add(self, info: Json, *, user: Json | None = None, admin: bool = False) -> Chat:
        chat = Chat(self, info, user=user, admin=admin)
        self.chats[chat.id] = chat
        return chat

    def _notify(self) -> None:
        """Wakes everyone who waits, to look again."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _wait(self, condition: Callable[[], bool], seconds: float | None) -> bool:
        """Waits for `condition`, at most so long and never past closing; says whether it holds."""
        try:
            async with asyncio.timeout(seconds):
                while not condition() and not self._closing:
                    await self._changed.wait()
        except TimeoutError:
            pass
        return condition()

    # Methods

    async def _get_updates(self, given: Json) -> list[Json]:
        if "allowed_updates" in given:
            self._allowed = set(given["allowed_updates"])
        if self.webhook.url:
            raise ApiError(409, _WEBHOOK_ACTIVE)
        offset = given.get("offset", 0)
        if offset < 0:
            self.updates = self.updates[offset:]
        else:
            self.updates = [each for each in self.updates if each["update_id"] >= offset]
        if not self.updates and given.get("timeout"):
            await self._wait_for_updates(given["timeout"])
        return self.updates[: given.get("limit", 100)]

    async def _wait_for_updates(self, seconds: float) -> None:
        """Polls until there are updates; whoever polls later ends this poll."""
        self.polls += 1
        mine = self.polls
        self._notify()
        await self._wait(lambda: bool(self.updates) or self.polls != mine, seconds)
        if self.polls != mine:
            raise ApiError(409, _SECOND_POLLER)

    def _delete_webhook(self, given: Json) -> bool:
        if given.get("drop_pending_updates"):
            self.updates.clear()
        self.webhook.url = ""
        return True

    def _set_webhook(self, given: Json) -> bool:
        if "allowed_updates" in given:
            self._allowed = set(given["allowed_updates"])
        self.webhook.url, self.webhook.secret = given["url"], given.get("secret_token", "")
        for update in self.updates:
            self._deliver(update)
        return True

    def _deliver(self, update: Json) -> None:
        """Calls the webhook, if there is one, until it takes an update."""

        def taken() -> None:
            if update in self.updates:
                self.updates.remove(update)
            self._notify()

        if self.webhook.url:
            task = asyncio.create_task(self.webhook.deliver(update, taken))
            self._deliveries.add(task)
            task.add_done_callback(self._deliveries.discard)

    def _get_webhook_info(self, given: Json) -> Json:
        error = {"last_error_message": self.webhook.last_error} if self.webhook.last_error else {}
        return error | {
            "url": self.webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates),
        }

    def _set_my_commands(self, given: Json) -> bool:
        for command in given["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[_command_scope(given)] = given["commands"]
        return True

    def _describe(self, kind: str, given: Json) -> bool:
        self.descriptions[kind, given.get("language_code", "")] = given.get(kind, "")
        return True

    def _chat(self, given: Json) -> Chat:
        wanted = given["chat_id"]
        for chat in self.chats.values():
            if wanted in (chat.id, f"@{chat.info.get('username')}"):
                return chat
        raise bad_request("chat not found")

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

    def _get_chat(self, given: Json) -> Json:
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
        return self._chat(given).info | {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys((*gifts, "gifts_from_channels"), False),
        }

    def _answer_callback_query(self, given: Json) -> bool:
        query = given["callback_query_id"]
        if self.callback_queries.get(query, given) is not None:
            raise bad_request(_QUERY_TOO_OLD)
        self.callback_queries[query] = given
        return True


def _user(id: int, first_name: str, username: str | None) -> Json:
    user: Json = {"id": id, "is_bot": False, "first_name": first_name}
    return user | ({"username": username} if username else {})


async def _nothing() -> int:
    return 0


def _command_scope(given: Json) -> tuple[str, str]:
    scope = given.get("scope", {"type": "default"})
    return json.dumps(scope, sort_keys=True), given.get("language_code", "")


def _content(given: Json) -> Json:
    """What a text message shows, of what the bot asked for."""
    text, entities = parse_text(given["text"], given.get("parse_mode"), given.get("entities"))
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    if "link_preview_options" in given:
        content["link_preview_options"] = given["link_preview_options"]
    return content
