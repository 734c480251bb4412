"""`/settings`: a chat's language, number of excerpts and outlets, chosen with buttons."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from telegram import InlineKeyboardMarkup, Update

from bot.handling.context import Context, message_of, newsroom_of, reader_of
from bot.handling.guarding import Handler
from bot.handling.pressing import Press, pressed_by_admin
from bot.keeping.preferences import Preferences, save_preferences
from bot.sending.delivery import reply
from bot.sending.rights import may_decide
from bot.wording import captions, notices
from bot.wording.buttons import MAX_LABEL, button, in_rows, keyboard
from bot.wording.markup import shorten
from bot.wording.speech import LANGUAGES, Speech, speech_in

__all__ = ["PATTERNS", "settings"]

_COUNTS = (1, 2, 3, 5, 10)
"""Excerpts to choose from."""

_ON_A_PAGE = 8
"""Outlets to choose from at once."""

_MAX_LEFT_OUT = 100
"""Outlets that can be left out."""


async def settings(update: Update, context: Context) -> None:
    """Show what the chat has set, with buttons to change it."""
    message, newsroom = message_of(update), newsroom_of(context)
    reader = await reader_of(update, context)
    if not await may_decide(message):
        await reply(message, notices.only_admins(reader.speech))
        return
    html = _describe(reader.preferences, newsroom.excerpts, reader.speech)
    await reply(message, html, _main(reader.speech))


@pressed_by_admin
async def _choose(press: Press) -> str:
    """Show the choices of one kind."""
    [kind] = press.said
    speech = press.reader.speech
    await _show(press, press.reader.preferences, _main(speech) if kind == "main" else _of(press))
    return ""


@pressed_by_admin
async def _language(press: Press) -> str:
    """Set the language."""
    [code] = press.said
    return await _set(press, replace(press.reader.preferences, language=code.strip("-")))


@pressed_by_admin
async def _excerpts(press: Press) -> str:
    """Set the number of excerpts."""
    [count] = press.said
    return await _set(press, replace(press.reader.preferences, excerpts=int(count)))


@pressed_by_admin
async def _outlets(press: Press) -> str:
    """Show a page of outlets."""
    [page] = press.said
    await _show_outlets(press, press.reader.preferences, int(page))
    return ""


@pressed_by_admin
async def _outlet(press: Press) -> str:
    """Leave an outlet out, or take it in again."""
    page, key = press.said
    chosen, speech = press.reader.preferences, press.reader.speech
    names = await _names(press, chosen)
    name = next((each for each in names if _key(each) == key), None)
    if name is None:
        return notices.changed(speech)
    left_out = tuple(each for each in chosen.left_out if each != name)
    if left_out == chosen.left_out:
        if len(left_out) >= _MAX_LEFT_OUT:
            return notices.too_many_left_out(_MAX_LEFT_OUT, speech)
        left_out = (*left_out, name)
    chosen = replace(chosen, left_out=left_out)
    await _show_outlets(press, chosen, int(page))
    # Last, so that whoever does this again, for that failed, does not take it back.
    await save_preferences(press.engine, press.chat.id, chosen)
    return ""


PATTERNS: Mapping[str, Handler] = MappingProxyType(
    {
        r"^set:(main|language|excerpts)$": _choose,
        rf"^set:language:({'|'.join(LANGUAGES)}|-)$": _language,
        rf"^set:excerpts:({'|'.join(map(str, (0, *_COUNTS)))})$": _excerpts,
        r"^set:outlets:([0-9]{1,4})$": _outlets,
        r"^set:outlet:([0-9]{1,4}):([0-9a-f]{12})$": _outlet,
    }
)
"""What the buttons below `/settings` send → what is done."""


async def _set(press: Press, chosen: Preferences) -> str:
    await save_preferences(press.engine, press.chat.id, chosen)
    speech = speech_in(chosen.language or press.user.language_code)
    await _show(press, chosen, _main(speech), speech)
    return notices.saved(speech)


async def _show(
    press: Press, chosen: Preferences, buttons: InlineKeyboardMarkup, speech: Speech | None = None
) -> None:
    html = _describe(chosen, press.newsroom.excerpts, speech or press.reader.speech)
    await press.edit(html, buttons)


async def _show_outlets(press: Press, chosen: Preferences, page: int) -> None:
    names, speech = await _names(press, chosen), press.reader.speech
    pages = max(1, -(-len(names) // _ON_A_PAGE))
    page = min(page, pages - 1)
    rows = [
        [button(f"{'✕' if name in chosen.left_out else '✓'} {_label(name, speech)}",
                 f"set:outlet:{page}:{_key(name)}")]
        for name in names[page * _ON_A_PAGE :][:_ON_A_PAGE]
    ]  # fmt: skip
    around = [button("◀", f"set:outlets:{page - 1}")] if page else []
    around.append(button(speech.say("Done"), "set:main"))
    around += [button("▶", f"set:outlets:{page + 1}")] if page < pages - 1 else []
    await _show(press, chosen, keyboard([*rows, around]))


async def _names(press: Press, chosen: Preferences) -> list[str]:
    """Return the outlets to choose from, those left out that are gone among them."""
    reach = await press.newsroom.reach()
    return list(dict.fromkeys([*(name for name, _ in reach.outlets), *chosen.left_out]))


def _describe(chosen: Preferences, excerpts: int, speech: Speech) -> str:
    return notices.settings(
        LANGUAGES.get(chosen.language, ""),
        chosen.excerpts or excerpts,
        [_label(name, speech) for name in chosen.left_out[:_ON_A_PAGE]],
        len(chosen.left_out),
        speech,
    )


def _main(speech: Speech) -> InlineKeyboardMarkup:
    return keyboard(
        [
            [button(speech.say("Language"), "set:language")],
            [button(speech.say("Number of excerpts"), "set:excerpts")],
            [button(speech.say("Outlets"), "set:outlets:0")],
        ]
    )


def _of(press: Press) -> InlineKeyboardMarkup:
    """Return the choices of the kind that was pressed."""
    speech = press.reader.speech
    if press.said == ("language",):
        buttons = [button(name, f"set:language:{code}") for code, name in LANGUAGES.items()]
        rows = [*in_rows(buttons, 2), [button(notices.own_language(speech), "set:language:-")]]
    else:
        rows = [[button(str(count), f"set:excerpts:{count}") for count in _COUNTS]]
        rows.append([button(speech.say("Default"), "set:excerpts:0")])
    return keyboard([*rows, [button(speech.say("◀ Back"), "set:main")]])


def _label(outlet: str, speech: Speech) -> str:
    return shorten(outlet, MAX_LABEL) or captions.no_outlet(speech)


def _key(outlet: str) -> str:
    return hashlib.sha256(outlet.encode("utf-8", "surrogatepass")).hexdigest()[:12]
