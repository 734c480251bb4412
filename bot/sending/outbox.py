"""What is sent, recorded: nothing twice, whatever happens to this process.

Before a message leaves, its row says so; once Telegram has answered, what it answered. Whoever
dies in between leaves a row without an answer, and nobody can know whether the message arrived:
Telegram has no key by which it would tell a second attempt from a second message. Then it is not
sent again: a reader who is answered twice loses trust. What is said instead, by whoever handles
that error, is a message of its own.

What is done once more after a death goes through its messages from the start: those that had been
answered are not sent, their answers are taken from the record.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from telegram.error import ChatMigrated, TelegramError

from bot.keeping.database import AWAY, insert_into, unbroken
from bot.keeping.forgetting import move_chat
from bot.keeping.tables import deliveries, updates
from bot.sending.verdicts import Verdict, Withheld, judge

__all__ = ["Job", "Outbox", "doing", "finish_jobs", "name_of", "postpone", "sends_message"]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Job:
    """Something that sends messages, one after the other, and must not send them twice.

    Attributes:
        name: What tells it from all others, the same after a restart.
        update_id: The update that it handles, if one.
        replica: Who must have that update in hand.
        sent: Its messages so far.
        unknown: Whether one of them may have arrived, or not.
        postponed: Whether it could not be done now, but can be later.
        wait: Then, how many seconds later at least.
    """

    name: str
    update_id: int | None = None
    replica: str = ""
    sent: int = 0
    unknown: bool = False
    postponed: bool = False
    wait: float = 0.0


_job: ContextVar[Job | None] = ContextVar("job", default=None)


@contextmanager
def doing(job: Job) -> Iterator[Job]:
    """Record what is sent in this block as this job's; then `finish_jobs` clears the record."""
    token = _job.set(job)
    try:
        yield job
    finally:
        _job.reset(token)


def postpone(wait: float = 0.0) -> None:
    """Say that what is being done cannot be done now, and is to be done again later.

    Args:
        wait: How many seconds later at least.
    """
    if job := _job.get():
        job.postponed, job.wait = True, max(job.wait, wait)


def name_of(update_id: int) -> str:
    """Return the name of the job that handles an update."""
    return f"update {update_id}"


async def finish_jobs(db: AsyncConnection, names: list[str]) -> None:
    """Forget what jobs sent: they will not be done again."""
    await db.execute(delete(deliveries).where(deliveries.c.job.in_(names)))


def sends_message(endpoint: str) -> bool:
    """Tell whether a method of the Bot API, called twice, does something twice."""
    makes = endpoint.startswith(("send", "copy", "forward")) or endpoint == "answerGuestQuery"
    return makes and endpoint != "sendChatAction"


class Outbox:
    """The record of what was sent."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def send(
        self, endpoint: str, data: dict[str, Any], call: Callable[[], Awaitable[Any]]
    ) -> Any:
        """Make a call to Telegram, unless it would send what may have been sent before.

        Args:
            endpoint: The method.
            data: Its parameters; changed where a chat has moved.
            call: Makes it, with `data` as it then is.

        Raises:
            Withheld: It was not made.
            TelegramError: What Telegram said.
        """
        job = _job.get()
        if job is None or not sends_message(endpoint):
            return await self._follow(data, call)
        if (answer := await self._begin(job)) is not None:
            job.sent += 1
            return answer
        try:
            answer = await self._follow(data, call)
        except TelegramError as error:
            await self._settle(job, judge(error))
            raise
        await self._record(job, answer)
        job.sent += 1
        return answer

    async def _follow(self, data: dict[str, Any], call: Callable[[], Awaitable[Any]]) -> Any:
        """Make a call, a second time where the chat has moved.

        Raises:
            ChatMigrated: It is about a message that stayed behind.
        """
        try:
            return await call()
        except ChatMigrated as moved:
            await move_chat(self._engine, data["chat_id"], moved.new_chat_id)
            if data.get("message_id") is not None:  # which is another message's number there
                raise
            data["chat_id"] = moved.new_chat_id
            for name in ("reply_parameters", "message_thread_id"):  # there these have other ids
                data.pop(name, None)
            return await call()

    @unbroken
    async def _begin(self, job: Job) -> Any:
        """Record that a message leaves now; return what was answered if it had before."""
        try:
            async with self._engine.begin() as db:
                await self._check_right(db, job)
                row = {"job": job.name, "ordinal": job.sent}
                new = insert_into(db, deliveries).values(row).on_conflict_do_nothing()
                if (await db.execute(new)).rowcount:
                    return None
                answer = await db.scalar(select(deliveries.c.result).where(_is_next_of(job)))
        except AWAY:
            postpone()
            raise
        if answer is None:
            job.sent += 1
            job.unknown = True
            raise Withheld("it may have arrived before a restart")
        return json.loads(answer)

    async def _check_right(self, db: AsyncConnection, job: Job) -> None:
        if job.update_id is None:
            return
        mine = and_(updates.c.update_id == job.update_id, updates.c.owner == job.replica)
        held = select(updates.c.update_id).where(mine, updates.c.outcome.is_(None))
        if await db.scalar(held.with_for_update()) is None:
            postpone()
            raise Withheld("another replica has taken the update over")

    @unbroken
    async def _settle(self, job: Job, verdict: Verdict) -> None:
        """Record that a message did not arrive, if that is known."""
        if verdict is Verdict.UNKNOWN:
            job.sent += 1
            job.unknown = True
            return
        if verdict is Verdict.SHUT_OUT:
            postpone()
        async with self._engine.begin() as db:
            await db.execute(delete(deliveries).where(_is_next_of(job)))

    @unbroken
    async def _record(self, job: Job, answer: Any) -> None:
        try:
            async with self._engine.begin() as db:
                row = deliveries.update().where(_is_next_of(job))
                await db.execute(row.values(result=json.dumps(answer)))
        except AWAY as error:  # it has been sent all the same
            log.warning("could not record that a message was sent: %s", error)


def _is_next_of(job: Job) -> ColumnElement[bool]:
    return and_(deliveries.c.job == job.name, deliveries.c.ordinal == job.sent)
