"""A long question → its clauses, each of which may be answered elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import regex

from index.text.terms import stems, terms
from index.understanding.naming import DONE, WORK, Mention, group

__all__ = ["split_clauses", "strip_frames"]

_LONG = 18
"""Words; a question of no more is asked as a whole."""

_CONTENT = 2
"""Content terms that a clause has at least: whom it is about, and what of them. What has fewer
stays with what stands before it."""

_I = regex.IGNORECASE
_OUTLETS = "\ue000"  # stands for a row of outlets while their frame is taken away
_QUOTE = r"['’‘\"“”«»]*"
_ROW = rf"{_QUOTE}{_OUTLETS}{_QUOTE}(?:['’]s)?"
_OF = r"(?:(?:an?|the|both|another|separate|articles?|reports?|from|by|in)\s+)*"
_FRAMES = (
    regex.compile(
        rf",?\s*\b(?:as\s+|previously\s+|also\s+)*(?:according\s+to|as\s+per|per|{DONE}\s+(?:by|in|on))"
        rf"\s+{_OF}{_ROW}(?:\s+{WORK}\b)?",
        _I,
    ),
    regex.compile(
        rf"\b(?:(?:the|an?|another|separate|subsequent|both)\s+)*(?:{WORK}|another)\s+(?:from|by|in)"
        rf"\s+{_OF}{_ROW}",
        _I,
    ),
    regex.compile(rf"(?<!\w)(?:(?:the|an?|another|second)\s+)*{_ROW}\s+(?:\w+ed\s+)?{WORK}\b", _I),
    regex.compile(rf"(?:\b(?:from|by)\s+)?{_ROW}", _I),
)
_PARTS = regex.compile(
    r"\s*[,;:]\s+|\s+(?=(?:while|whereas|who|whose|which|compared)\b)"
    r"|(?<!\b(?:agree|alleg|argu|claim|confirm|impl|indicat|not|report|reveal|say|show|stat|suggest)"
    r"\w*)\s+(?=that\b)"
    r"|\s+(?=and\s+(?:also|an?|another|are|can|could|did|do|does|had|has|have|her|his|is|its|recently"
    r"|that|the|their|then|was|were|whether|which|who|will|would|\w+ed)\b)",
    _I,
)
_EDGE = regex.compile(r"^(?:(?:and|but|or|while|whereas)\b|[\s,;:.?!])+|[\s,;:.?!]+$", _I)
_ASKED = regex.compile(r"\w+")
_REPORTING = frozenset(
    term.text
    for term in terms(
        "according article allege argue claim consider describe detail discuss from information"
        " mention note outline piece publish report respectively review state story suggest",
        "en",
    )
)


def split_clauses(text: str, outlets: Sequence[Mention]) -> tuple[str, ...]:
    """Return the clauses of a long question without what says who reported it, or none.

    One that cannot be split has a single clause where it names outlets, and otherwise none.

    `Who, according to A, left X, while B's report says that Y came?` → `Who left X`, `says that Y
    came`.

    Args:
        text: The question.
        outlets: Those that it names.
    """
    if len(_ASKED.findall(text)) <= _LONG:
        return ()
    clauses = [_EDGE.sub("", clause) for clause in _join(strip_frames(text, outlets))]
    return tuple(clauses) if len(clauses) > 1 or outlets else ()


def strip_frames(text: str, outlets: Sequence[Mention]) -> str:
    """Return `text` without outlets and the frames around them."""
    for row in reversed(group(outlets, text)):
        text = f"{text[: row[0].span.start]}{_OUTLETS}{text[row[-1].span.end :]}"
    for frame in _FRAMES:
        text = frame.sub(" ", text)
    return regex.sub(r"\s+(?=[,;?.])|(?<=\s)\s+", "", text).strip()


def _join(text: str) -> list[str]:
    """Return the parts of `text`, those that say too little joined to their neighbours."""
    cuts = [*(match.end() for match in _PARTS.finditer(text)), len(text)]
    clauses: list[str] = []
    start = 0
    for at, end in pairwise(cuts):
        if _says_enough(text[start:at]) and _says_enough(text[at:end]):
            clauses.append(text[start:at])
            start = at
    return [one for one in (*clauses, text[start:]) if _says_enough(one)]


def _says_enough(text: str) -> bool:
    return len(set(stems(text, "en")) - _REPORTING) >= _CONTENT
