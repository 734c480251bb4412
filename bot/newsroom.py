"""The coverage as the bot's handlers use it: never on the event loop, never too much at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from bot.asking import ANYWHERE, Asked, leave_out
from bot.chats import Conversations
from bot.metrics import QUESTIONS
from bot.threads import in_thread
from index import Desk, QuestionError, Reach

__all__ = ["Newsroom"]

_P = ParamSpec("_P")
_T = TypeVar("_T")

_MOST = 20
"""Citations asked for, whatever is shown of them: so every page is cut from the same answer."""


@dataclass(slots=True)
class Newsroom:
    """What handlers share.

    Attributes:
        desk: The open coverage.
        excerpts: Most citations shown at once where a chat has not set another number.
        conversations: The last question of each.
    """

    desk: Desk
    excerpts: int
    conversations: Conversations = field(default_factory=Conversations)
    _busy: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def ask(
        self,
        question: str,
        after: str = "",
        told: str = "",
        anywhere: bool = False,
        *,
        without: Collection[str] = (),
    ) -> Asked:
        """Return the answer to a question, of at most 20 citations (see `Desk.ask`), and count it.

        Args:
            question: What the reader sent.
            after: The question before it, or "".
            told: The words that answered that, or "".
            anywhere: Whether to look in all the coverage.
            without: Outlets that are not to be cited.
        """
        outcome = "failed"
        try:
            answer = await self.read(
                self.desk.ask, question, after=after, told=told, k=_MOST, anywhere=anywhere
            )
            outcome = "answered" if answer.answered else "refused"
        except QuestionError:
            outcome = "unaskable"
            raise
        finally:
            QUESTIONS.labels(outcome).inc()
        scope = ANYWHERE
        if answer.understood or answer.reason:
            scope = await self.read(self.desk.scope, question, after=after, told=told)
        answer, left_out = leave_out(answer, without)
        return Asked(answer, scope, left_out)

    async def reach(self) -> Reach:
        """Return how far the coverage reaches; that waits for no question but the one in hand."""
        return await in_thread(self.desk.reach)

    async def read(self, method: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Return what a method of the desk returns."""
        async with self._busy:
            return await asyncio.to_thread(method, *args, **kwargs)
