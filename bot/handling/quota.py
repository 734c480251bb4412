"""How much one person may ask: a flood does not get through, a conversation never notices."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum, auto

__all__ = ["Quota", "Standing"]

_WINDOW = 60.0
"""Seconds."""

_MOST_PEOPLE = 10_000
"""Remembered; whoever began to ask the longest ago is forgotten first."""


class Standing(Enum):
    """Whether somebody may ask."""

    WITHIN = auto()
    JUST_PASSED = auto()
    """No, and that must be said."""
    PASSED = auto()
    """No, and that has been said: silence until the minute is over."""


@dataclass(slots=True)
class _Window:
    began: float
    asked: int = 0


class Quota:
    """Counts what each person asks, or presses and types inline, in memory.

    It counts minute by minute, from a first one on.

    Args:
        most: How many a minute.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._windows: OrderedDict[int, _Window] = OrderedDict()

    def count(self, sender: int, at: float) -> Standing:
        """Count one more; tell whether it is to be answered.

        Args:
            sender: Who asks; somebody anonymous is the chat that they write as.
            at: When it was asked, in seconds. Not when it is read: what has waited for the bot
                is no flood.
        """
        window = self._windows.get(sender)
        if window is None or at >= window.began + _WINDOW:
            window = self._windows[sender] = _Window(at)
            self._windows.move_to_end(sender)
            if len(self._windows) > _MOST_PEOPLE:
                self._windows.popitem(last=False)
        window.asked += 1
        if window.asked <= self._most:
            return Standing.WITHIN
        return Standing.JUST_PASSED if window.asked == self._most + 1 else Standing.PASSED
