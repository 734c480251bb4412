"""The coverage as the bot's handlers use it: never on the event loop, never too much at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from bot.chats import Conversations
from bot.metrics import QUESTIONS
from bot.threads import in_thread, told_apart
from bot.wording.deeplinks import Link, find_article
from index import Answer, Citation, Desk, Encoder, QuestionError, Reach, Span

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
    ) -> Answer:
        """Return the answer to what a reader asks (see `find`), and count it."""
        outcome = "failed"
        try:
            answer = await self.find(question, after, told, anywhere, without=without)
            outcome = "answered" if answer.answered else "refused"
        except QuestionError:
            outcome = "unaskable"
            raise
        finally:
            QUESTIONS.labels(outcome).inc()
        return answer

    async def find(
        self,
        question: str,
        after: str = "",
        told: str = "",
        anywhere: bool = False,
        *,
        without: Collection[str] = (),
    ) -> Answer:
        """Return the answer to a question, of at most 20 citations (see `Desk.ask`).

        Not counted: one that is shown another page of, or that is still being typed.

        Args:
            question: What the reader sent.
            after: The question before it, or "".
            told: The words that answered that, or "".
            anywhere: Whether to look in all the coverage.
            without: Outlets to leave out.
        """
        return await self.read(
            self.desk.ask,
            question,
            after=after,
            told=told,
            k=_MOST,
            anywhere=anywhere,
            without=without,
        )

    def encoder(self) -> Encoder:
        """Return what the coverage is encoded with: one in memory is enough."""
        return self.desk.encoder

    async def reach(self) -> Reach:
        """Return how far the coverage reaches; that waits for no question but the one in hand."""
        return await in_thread(self.desk.reach)

    async def open(self, link: Link) -> Citation | None:
        """Return the excerpt that a link leads to, where it still stands."""
        if not link.length:
            return None
        article = await self.locate(link)
        span = Span(link.start, link.start + link.length)
        cited = await self.read(self.desk.open, article, span)
        return cited if cited and link.is_of(cited.excerpt) else None

    async def locate(self, link: Link) -> str:
        """Return the id of the article that a link leads to, or "" where it is gone.

        Every id is hashed, which takes seconds among a million: no question waits for that.
        """
        ids = await self.read(self.desk.ids)
        return await in_thread(find_article, link.article, ids) or ""

    async def coverage(self) -> str:
        """Return what tells this coverage from those of other replicas."""
        stamp = await self.read(self.desk.stamp)
        return stamp.partition(":")[0]

    async def read(self, method: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Return what a method of the desk returns; an OSError of it is a `WorkError`."""
        async with self._busy:
            with told_apart():
                return await asyncio.to_thread(method, *args, **kwargs)
