"""Text pasted from a news page → its headline and its body."""

from __future__ import annotations

import re

__all__ = ["recognise"]

_LABEL_WORDS = 3
"""Words in the longest section label, such as 'Tech News'."""

_LABELS = 3
"""Most labels above a headline: 'Home', 'News', 'Technology'."""

_HEADLINE_SIZE = 250
"""Characters in the longest headline; a longer first line is a paragraph."""

# Whole lines that share and comment buttons leave at the end of a copied page.
_BUTTONS = re.compile(
    r"""
    (?:\d[\d,.]*\s+)?comments?(?:\s*\(\d+\))? | (?:leave|add|post|write)\s+a\s+(?:comment|reply)
    | (?:view|show|see|read)\s+(?:all\s+)?(?:\d+\s+)?comments | (?:join|start)\s+the\s+conversation
    | (?:back\s+)?to\s+top | (?:scroll|go)\s+to\s+top | pin\s+it(?:\s+on\s+pinterest)?
    | (?:\d[\d,.]*\s+)?shares?(?:\s+this(?:\s+(?:article|story|post|page))?)? | share\s+article
    | (?:share|tweet|post|pin|follow\s+us|email|send)\s+(?:on|via|by|to)\s+
      (?:facebook|twitter|x|linkedin|pinterest|reddit|whatsapp|telegram|tumblr|e-?mail|bluesky)
    | tweet(?:\s+this)? | facebook | twitter | linkedin | pinterest | reddit | whatsapp
    | e-?mail(?:\s+this)? | print(?:\s+this)? | copy\s+link | bookmark | save\s+(?:article|story)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FINAL = re.compile(r"[.!?…。！？؟।][\"'”’»)\]]*$")
_FULL_STOP = re.compile(r"[.。।][\"'”’»)\]]*$")


def recognise(text: str) -> tuple[str, str]:
    r"""Return the headline, or "" where none stands out, and the body without debris.

    Section labels above the headline and share buttons at the very end belong to neither; the
    body keeps everything else.

    Args:
        text: Lines separated by line breaks, without white space at their ends.

    >>> recognise("Tech News\n\nDurov held in Paris for fraud\n\nHe was.\n\nShare This")
    ('Durov held in Paris for fraud', 'He was.')
    """
    lines = _drop_buttons(text.strip("\n").split("\n"))
    at = _find_headline(lines)
    if at is None:
        return "", "\n".join(lines)
    return lines[at].strip(), "\n".join(lines[at + 1 :]).strip("\n")


def _drop_buttons(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1] or _BUTTONS.fullmatch(lines[end - 1].strip())):
        end -= 1
    return lines[:end]


def _find_headline(lines: list[str]) -> int | None:
    """Return where the headline stands; None where nothing follows it or it is a paragraph."""
    filled = [at for at, line in enumerate(lines) if line]
    if len(filled) < 2 or len(lines[filled[0]]) > _HEADLINE_SIZE:
        return None
    for labels, at in enumerate(filled[: _LABELS + 1]):
        if not _is_label(lines[at]):
            leads = labels == 0 or (_is_headline(lines[at]) and at != filled[-1])
            return at if leads else filled[0]
    return filled[0]


def _is_label(line: str) -> bool:
    return len(line.split()) <= _LABEL_WORDS and not _FINAL.search(line)


def _is_headline(line: str) -> bool:
    return len(line) <= _HEADLINE_SIZE and not _FULL_STOP.search(line)
