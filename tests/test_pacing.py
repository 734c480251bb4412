"""Telegram's limits on how fast a bot may write are kept to, on a clock that waits for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from telegram.error import RetryAfter

from bot.sending.outbox import Outbox
from bot.sending.pacing import Pacing
from bot.sending.verdicts import pause_after

Sent = tuple[float, Any, str]
"""Seconds since the beginning, the chat, the method."""

PEACE = 5
"""Seconds for which Telegram wants it where it refuses."""

# PTB warns whenever it makes a RetryAfter, of a type that a later major version will change.
flooded = pytest.mark.filterwarnings(
    "ignore:.*PTB_TIMEDELTA:telegram.warnings.PTBDeprecationWarning"
)

TICK = 1e-4
"""Seconds by which the clock moves on at least, lest it stand still before a tiny wait."""


class Hurried(asyncio.SelectorEventLoop):
    """A loop on which nobody waits: its clock jumps to when something is to be done next."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        selector: Any = self._selector  # type: ignore[attr-defined]  # asyncio's own
        select = selector.select

        def skip(timeout: float | None) -> Any:
            self._now += max(timeout or 0.0, TICK)
            return select(0)

        selector.select = skip

    def time(self) -> float:
        return self._now


def send(calls: Iterable[tuple[str, Any]], *, refuse: int = 0) -> list[Sent]:
    """Make calls (method, chat) all at once; return what was sent, in order.

    Args:
        calls: What to call.
        refuse: How many of them are told, once, to come again later.
    """
    sent: list[Sent] = []

    async def make() -> None:
        loop, left = asyncio.get_running_loop(), refuse
        began = loop.time()
        pacing = Pacing(Outbox(create_async_engine("sqlite+aiosqlite://")))

        def calling(method: str, chat: Any) -> Callable[..., Coroutine[Any, Any, bool]]:
            async def call() -> bool:
                nonlocal left
                left -= 1
                if left >= 0:
                    raise RetryAfter(PEACE)
                sent.append((loop.time() - began, chat, method))
                return True

            return call

        await asyncio.gather(
            *(
                pacing.process_request(
                    calling(method, chat), (), {}, method, {"chat_id": chat}, None
                )
                for method, chat in calls
            )
        )

    with asyncio.Runner(loop_factory=Hurried) as runner:
        runner.run(make())
    return sent


def seconds(sent: list[Sent]) -> list[float]:
    return [at for at, _, _ in sent]


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "copyMessage"])
def test_a_chat_gets_three_messages_at_once_and_then_one_a_second(method: str) -> None:
    sent = send([(method, 7)] * 8)
    assert seconds(sent) == pytest.approx([0, 0, 0, 1, 2, 3, 4, 5], abs=0.05)


def test_a_group_gets_twenty_a_minute_in_the_long_run() -> None:
    assert seconds(send([("sendMessage", -100)] * 80))[-1] >= (80 - 20) * 60 / 20


def test_all_chats_together_get_thirty_a_second() -> None:
    sent = seconds(send([("sendMessage", chat) for chat in range(1, 301)]))
    assert sent[-1] == pytest.approx((300 - 30) / 30, abs=0.05)
    assert all(later - sooner >= 0.8 for sooner, later in zip(sent, sent[60:], strict=False))


def test_a_busy_chat_holds_up_no_other() -> None:
    sent = send([("sendMessage", 7)] * 10 + [("sendMessage", 8)])
    [other] = [at for at, chat, _ in sent if chat == 8]
    assert other < 0.5


def test_typing_neither_waits_nor_holds_up() -> None:
    sent = send([("sendChatAction", 7)] * 50 + [("sendMessage", 7)] * 4 + [("sendChatAction", 7)])
    assert {at < 0.5 for at, _, method in sent if method == "sendChatAction"} == {True}
    assert seconds(sent)[-1] == pytest.approx(1, abs=0.05)


@flooded
def test_a_chat_waits_while_telegram_wants_peace_there_and_no_other_does() -> None:
    sent = send([("sendMessage", chat) for chat in range(1, 6)], refuse=1)
    at = {chat: when for when, chat, _ in sent}
    assert sorted(at) == [1, 2, 3, 4, 5]
    assert at.pop(1) == pytest.approx(PEACE, abs=0.2)
    assert max(at.values()) < 0.5


@flooded
def test_all_that_goes_to_such_a_chat_waits() -> None:
    sent = send([("sendMessage", 7)] * 3, refuse=1)
    assert seconds(sent) == pytest.approx([PEACE] * 3, abs=0.2)


@flooded
def test_whoever_writes_where_telegram_wants_long_peace_is_told_so_and_asks_no_more() -> None:
    async def make() -> None:
        asked = 0
        pacing = Pacing(Outbox(create_async_engine("sqlite+aiosqlite://")))

        async def refuse() -> bool:
            nonlocal asked
            asked += 1
            raise RetryAfter(300)

        given: Any = (), {}, "sendMessage", {"chat_id": 7}, None
        for seconds in (300, 299):
            with pytest.raises(RetryAfter) as refused:
                await pacing.process_request(refuse, *given)
            assert pause_after(refused.value) == pytest.approx(seconds, abs=0.5)
            await asyncio.sleep(1)
        assert asked == 1

    with asyncio.Runner(loop_factory=Hurried) as runner:
        runner.run(make())
