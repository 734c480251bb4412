"""The official table of the Bot API's methods and types, and what of a request goes against it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiohttp import web

from tests.botapi import Json

__all__ = ["TABLE_PATH", "MethodTable"]

TABLE_PATH = Path(__file__).resolve().parents[2] / "shared" / "botapi" / "api-10.0.json"
_PRIMITIVES: dict[str, tuple[type, ...]] = {
    "String": (str,),
    "Integer": (int,),
    "Float": (int, float),
    "Boolean": (bool,),
}
# Parameters that are text even where no method table says so.
_TEXTS = {"text", "parse_mode", "action", "callback_query_id", "url", "language_code"} | {
    "description",
    "short_description",
}


@dataclass(frozen=True, slots=True)
class MethodTable:
    """The official table of methods and types; empty where its file is absent.

    `methods[name]["fields"]` and `types[name]["fields"]` list `name`, `types` and `required`;
    a type that is a choice has `subtypes` instead.
    """

    methods: Json
    types: Json

    @classmethod
    @cache
    def load(cls, path: Path = TABLE_PATH) -> MethodTable:
        """Reads the table, or gives an empty one, which finds fault with nothing."""
        if not path.exists():
            return cls({}, {})
        table = json.loads(path.read_text(encoding="utf-8"))
        return cls(table["methods"], table["types"])

    def decode(self, method: str, raw: Json) -> Json:
        """Decodes the parameters of `method`, which forms send as strings of JSON."""
        fields = self.methods.get(method, {}).get("fields", [])
        kinds = {field["name"]: field["types"] for field in fields}
        return {name: _decode(name, value, kinds.get(name)) for name, value in raw.items()}

    def check(self, method: str, parameters: Json) -> list[str]:
        """Says what is wrong with a request, one line each; nothing if the table lacks it."""
        if method not in self.methods:
            return []
        return self._check_fields(parameters, self.methods[method].get("fields", []), method)

    def check_type(self, value: object, kind: str, where: str) -> list[str]:
        """Says what keeps `value` from being a `kind`, such as `Array of MessageEntity`."""
        if kind.startswith("Array of ") and isinstance(value, list):
            item = kind.removeprefix("Array of ")
            return [
                fault
                for at, each in enumerate(value)
                for fault in self.check_type(each, item, f"{where}[{at}]")
            ]
        if kind in _PRIMITIVES and isinstance(value, _PRIMITIVES[kind]):
            return [] if kind == "Boolean" or not isinstance(value, bool) else [f"{where}: bool"]
        if kind == "InputFile" and isinstance(value, str | web.FileField):
            return []
        if kind in self.types and isinstance(value, dict):
            described = self.types[kind]
            if "subtypes" in described:
                return self._check_choice(value, described["subtypes"], where)
            return self._check_fields(value, described.get("fields", []), where)
        return [f"{where}: {value!r} is not of type {kind}"]

    def _check_choice(self, value: object, kinds: list[str], where: str) -> list[str]:
        return min((self.check_type(value, kind, where) for kind in kinds), key=len)

    def _check_fields(self, value: Json, fields: list[Json], where: str) -> list[str]:
        known = {field["name"]: field for field in fields}
        required = {name for name, field in known.items() if field["required"]}
        faults = [f"{where}: unknown parameter {name!r}" for name in value.keys() - known.keys()]
        faults += [f"{where}: missing parameter {name!r}" for name in required - value.keys()]
        for name in value.keys() & known.keys():
            faults += self._check_choice(value[name], known[name]["types"], f"{where}.{name}")
        return sorted(faults)


def _decode(name: str, value: object, kinds: list[str] | None) -> object:
    if kinds is None:
        kinds = ["String"] if name in _TEXTS else ["Integer"]
    if not isinstance(value, str) or ("String" in kinds and not _is_number_for(value, kinds)):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _is_number_for(value: str, kinds: list[str]) -> bool:
    return "Integer" in kinds and re.fullmatch(r"-?\d+", value) is not None
