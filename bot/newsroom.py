"""The coverage as the bot's handlers use it: never on the event loop, never too much at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.chats import Conversations
from bot.metrics import QUESTIONS
from index import Answer, Desk, QuestionError, Reach

__all__ = ["Newsroom"]


@dataclass(slots=True)
class Newsroom:
    """What handlers share.

    Attributes:
        desk: The open coverage.
        excerpts: Most citations in an answer.
        conversations: The last question of each.
    """

    desk: Desk
    excerpts: int
    conversations: Conversations = field(default_factory=Conversations)
    _busy: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def ask(self, question: str, *, after: str = "", anywhere: bool = False) -> Answer:
        """Return the answer to a question (see `Desk.ask`), and count it."""
        outcome = "failed"
        try:
            async with self._busy:
                answer = await asyncio.to_thread(
                    self.desk.ask, question, after=after, k=self.excerpts, anywhere=anywhere
                )
            outcome = "answered" if answer.answered else "refused"
        except QuestionError:
            outcome = "unaskable"
            raise
        finally:
            QUESTIONS.labels(outcome).inc()
        return answer

    async def reach(self) -> Reach:
        """Return how far the coverage reaches."""
        async with self._busy:
            return await asyncio.to_thread(self.desk.reach)
