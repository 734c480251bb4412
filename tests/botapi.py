"""What the Bot API makes of one request: its parameters, its text, and its words of refusal.

Nothing here remembers anything from one request to the next; `tests.emulator` does.
"""

import json
import re
from typing import Any

import tdjson
from aiohttp import web

Json = dict[str, Any]

MAX_TEXT = 4096  # UTF-16 code units, after parsing
MAX_RAW_TEXT = 1 << 15  # UTF-8 bytes, before parsing
MAX_ENTITIES = 100
# Bytes of all entities together, about: github.com/tdlib/telegram-bot-api/issues/165
MAX_ENTITY_BYTES = 9500

# TDLib's entity types, as the Bot API names them. Types without a Bot API name are left out.
_ENTITY_TYPES = {
    "Mention": "mention",
    "Hashtag": "hashtag",
    "Cashtag": "cashtag",
    "BotCommand": "bot_command",
    "Url": "url",
    "EmailAddress": "email",
    "PhoneNumber": "phone_number",
    "Bold": "bold",
    "Italic": "italic",
    "Underline": "underline",
    "Strikethrough": "strikethrough",
    "Spoiler": "spoiler",
    "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "expandable_blockquote",
    "Code": "code",
    "Pre": "pre",
    "PreCode": "pre",
    "TextUrl": "text_link",
    "MentionName": "text_mention",
    "CustomEmoji": "custom_emoji",
    "DateTime": "date_time",
}
_BLOCKQUOTES = {"blockquote", "expandable_blockquote"}
# Entities inside which Telegram still finds links and mentions by itself.
_TRANSPARENT = {"bold", "italic", "underline", "strikethrough", "spoiler"} | _BLOCKQUOTES
_PARSE_MODES: dict[str, Json] = {
    "html": {"@type": "textParseModeHTML"},
    "markdown": {"@type": "textParseModeMarkdown", "version": 1},
    "markdownv2": {"@type": "textParseModeMarkdown", "version": 2},
}


class ApiError(Exception):
    """A refusal, answered as `{"ok": false, ...}`.

    Args:
        status: the HTTP status, which is also `error_code`.
        description: Telegram's words, such as `Unauthorized`.
        parameters: what the client should act on, such as `retry_after` (seconds).
    """

    def __init__(self, status: int, description: str, **parameters: object) -> None:
        """Composes the body of the answer."""
        super().__init__(description)
        self.status = status
        self.body: Json = {"ok": False, "error_code": status, "description": description}
        if parameters:
            self.body["parameters"] = parameters


def bad_request(message: str) -> ApiError:
    """Puts a message into the form of the Bot API server: prefixed, first letter lowered.

    Server codes such as `QUOTE_TEXT_INVALID` keep their case.
    Source: `Client::fail_query_with_error` in tdlib/telegram-bot-api.
    """
    if not (message[1] == "_" or message[1].isupper()):
        message = message[0].lower() + message[1:]
    return ApiError(400, f"Bad Request: {message}")


async def read_parameters(request: web.Request) -> Json:
    """Reads a query string together with a JSON, form or multipart body, values undecoded.

    Files sent beside the parameters and named by `attach://NAME` are left out.
    """
    raw: Json = dict(request.query)
    if request.content_type == "application/json":
        raw.update(await request.json())
    else:
        raw.update(await request.post())
    attached = set(re.findall(r"attach://(\w+)", " ".join(map(str, raw.values()))))
    return {name: value for name, value in raw.items() if name not in attached}


def utf16_length(text: str) -> int:
    """Counts UTF-16 code units, in which Telegram measures text and offsets."""
    return len(text.encode("utf-16-le")) // 2


def find_entities(text: str) -> list[Json]:
    """Finds what Telegram finds in plain text: commands, mentions, links, hashtags."""
    found = _execute({"@type": "getTextEntities", "text": text})
    return _entities_of(found["entities"])


def parse_text(
    text: str, parse_mode: str | None = None, entities: list[Json] | None = None
) -> tuple[str, list[Json]]:
    """Makes of a bot's text what Telegram makes of it.

    Args:
        text: as the bot sent it.
        parse_mode: `HTML`, `MarkdownV2` or `Markdown`, in any case; wins over `entities`.
        entities: as the Bot API writes them, in UTF-16 offsets.

    Returns:
        The text without markup and surrounding whitespace, and at most 100 entities ordered by
        offset, Telegram's own findings among them.

    Raises:
        ApiError: the text is empty, too long or badly marked up.
    """
    if not text:
        raise bad_request("Message text is empty")
    if len(text.encode()) > MAX_RAW_TEXT:
        raise bad_request("Text is too long")
    given = list(entities or [])
    if parse_mode and parse_mode.lower() != "none":
        text, given = _parse_markup(text, parse_mode.lower())
    text, given = _trim(text, _flatten_blockquotes(given))
    if not text:
        raise bad_request("Text must be non-empty")
    if utf16_length(text) > MAX_TEXT:
        raise bad_request("Message is too long")
    if sum(12 + len(entity.get("url", "").encode()) for entity in given) > MAX_ENTITY_BYTES:
        raise bad_request("ENTITIES_TOO_LONG")
    return text, _merge(given[:MAX_ENTITIES], find_entities(text))[:MAX_ENTITIES]


def find_quote(text: str, quote: str) -> int:
    """Finds a quote in the message it is taken from.

    Returns:
        Its first position, in UTF-16 code units.

    Raises:
        ApiError: the quote is not an exact part of the text.
    """
    at = text.find(quote)
    if at < 0:
        raise bad_request("QUOTE_TEXT_INVALID")
    return utf16_length(text[:at])


def _execute(query: Json) -> Json:
    answer = tdjson.td_execute(json.dumps(query).encode())
    assert answer is not None, f"TDLib does not answer {query['@type']!r} at once"
    decoded: Json = json.loads(answer)
    return decoded


def _parse_markup(text: str, parse_mode: str) -> tuple[str, list[Json]]:
    if parse_mode not in _PARSE_MODES:
        raise bad_request("Unsupported parse_mode")
    mode = _PARSE_MODES[parse_mode]
    parsed = _execute({"@type": "parseTextEntities", "text": text, "parse_mode": mode})
    if parsed["@type"] == "error":
        raise bad_request(parsed["message"])
    return parsed["text"], _entities_of(parsed["entities"])


def _entities_of(entities: list[Json]) -> list[Json]:
    return [
        {"type": name, "offset": entity["offset"], "length": entity["length"], **_details(kind)}
        for entity in entities
        for kind in [entity["type"]]
        if (name := _ENTITY_TYPES.get(kind["@type"].removeprefix("textEntityType")))
    ]


def _details(kind: Json) -> Json:
    if "user_id" in kind:
        return {"user": {"id": kind["user_id"], "is_bot": False, "first_name": ""}}
    kept = ("url", "language", "custom_emoji_id", "unix_time")
    return {name: kind[name] for name in kept if kind.get(name)}


def _overlap(one: Json, other: Json) -> bool:
    ends = (each["offset"] + each["length"] for each in (one, other))
    return bool(max(one["offset"], other["offset"]) < min(ends))


def _flatten_blockquotes(entities: list[Json]) -> list[Json]:
    """Drops blockquotes within blockquotes: TDLib parses them and then lets the outer one win."""
    kept: list[Json] = []
    for entity in entities:
        quotes = [each for each in kept if each["type"] in _BLOCKQUOTES]
        if entity["type"] in _BLOCKQUOTES and any(_overlap(entity, each) for each in quotes):
            continue
        kept.append(entity)
    return kept


def _trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Trims whitespace, on the left only up to the first entity, and cuts entities to fit."""
    text = text.rstrip()
    leading = len(text) - len(text.lstrip(" \n"))
    leading = min([leading, *(entity["offset"] for entity in entities)])
    end = utf16_length(text)
    fitted = [
        {
            **entity,
            "offset": entity["offset"] - leading,
            "length": min(entity["length"], end - entity["offset"]),
        }
        for entity in entities
        if entity["offset"] < end
    ]
    return text[leading:], fitted


def _merge(given: list[Json], found: list[Json]) -> list[Json]:
    solid = [entity for entity in given if entity["type"] not in _TRANSPARENT]
    new = [each for each in found if not any(_overlap(each, entity) for entity in solid)]
    return sorted(given + new, key=lambda entity: (entity["offset"], -entity["length"]))


_execute({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})  # TDLib logs to stderr
