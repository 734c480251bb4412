"""What the bot says of itself before anybody asks: its commands and descriptions."""

from __future__ import annotations

import json
import re

from tests.botapi import Json, bad_request
from tests.emulated_messages import Messages

__all__ = ["Profile"]

MAX_COMMANDS = 100


class Profile(Messages):
    """The methods with which a bot is described.

    Attributes:
        commands: bot commands by (scope as JSON, language code).
        descriptions: (short) descriptions by (method, language code).
    """

    def __init__(self, username: str, *, privacy: bool) -> None:
        """Starts without a menu."""
        super().__init__(username, privacy=privacy)
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.descriptions: dict[tuple[str, str], str] = {}
        self._methods |= {
            "setMyCommands": self._set_my_commands,
            "getMyCommands": lambda given: self.commands.get(_command_scope(given), []),
            "setMyDescription": lambda given: self._describe("description", given),
            "setMyShortDescription": lambda given: self._describe("short_description", given),
        }

    def _set_my_commands(self, given: Json) -> bool:
        if len(given["commands"]) > MAX_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
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


def _command_scope(given: Json) -> tuple[str, str]:
    scope = given.get("scope", {"type": "default"})
    return json.dumps(scope, sort_keys=True), given.get("language_code", "")
