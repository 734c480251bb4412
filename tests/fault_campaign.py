"""A bot killed at random points under load, and met with every fault Telegram has for it.

`python -m tests.fault_campaign --kills N` prints the account, with `--database postgresql` that of
a bot which keeps its database in a server. Accepted is every question that the
bot could fetch. What must hold in the end: accepted = answered + apologised + unknown, and none is
answered or apologised to twice. A message that was on its way when the bot was killed, or whose
answer from Telegram was lost, may have arrived or not, and Telegram gives no way to ask. It is not
sent again, and a line says that it may be lost, which is an apology; where it had arrived, the
account counts it as needless. Unknown is only what is interrupted once more at that line.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

from bot.wording import texts
from bot.wording.speech import ENGLISH
from tests.botapi import Json
from tests.databases import new_database, postgresql
from tests.emulator import Chat, Emulator
from tests.fault_processes import Home, finished, outcomes, stop
from tests.fault_rows import ROWS
from tests.quick_bot import QUESTION, build_quick, ended

__all__ = ["Account", "account", "kill_at_random", "meet"]

QUESTIONS = 8
"""Asked in the life of each process."""

LONGEST = 0.8
"""Seconds that a process lives at most, once it has said hello."""

MOMENTS = [
    (method, when)
    for method in ("getUpdates", "sendMessage", "sendMessage", "sendMessage")
    for when in ("before", "after")
]
"""Calls at which a process is killed, before or after Telegram has done what they ask."""


_APOLOGIES = (texts.apology(ENGLISH), texts.may_be_lost(ENGLISH))


@dataclass
class Account:
    """What came of all questions.

    Attributes:
        accepted: Questions asked.
        answered: Answered once.
        apologised: Apologised to once.
        needless: Of the answered, those told as well that the answer may be lost.
        unknown: Not heard of again, as the bot says that it cannot know.
        duplicates: Answered or apologised to more than once.
        lost: None of these: must be 0.
        kills: By where the process was.
    """

    accepted: int = 0
    answered: int = 0
    apologised: int = 0
    needless: int = 0
    unknown: int = 0
    duplicates: int = 0
    lost: int = 0
    kills: Counter[str] = field(default_factory=Counter)

    @property
    def holds(self) -> bool:
        """Whether nothing was lost or repeated."""
        heard = self.answered + self.apologised + self.unknown
        return self.accepted == heard and self.lost == self.duplicates == 0

    def __str__(self) -> str:
        lines = [
            f"accepted    {self.accepted:6}",
            f"answered    {self.answered:6}",
            f"apologised  {self.apologised:6}",
            f"needless    {self.needless:6}   of the answered: told that the answer may be lost",
            f"unknown     {self.unknown:6}   lost on their way, and so was the line that says so",
            f"duplicates  {self.duplicates:6}",
            f"lost        {self.lost:6}",
        ]
        kills = [f"killed {count:4} times {where}" for where, count in self.kills.most_common()]
        return "\n".join([*kills, *lines, "holds" if self.holds else "DOES NOT HOLD"])


def account(telegram: Emulator, told: dict[int, str | None]) -> Account:
    """Compare what was asked with what came back.

    Args:
        telegram: With at most one question in each private chat.
        told: What the bot says, as `outcomes` reads it.
    """
    total = Account()
    for update in telegram.history:
        message = update["message"]
        replies = _replies(telegram.chats[message["chat"]["id"]], message)
        total.accepted += 1
        apologies = [each for each in replies if each in _APOLOGIES]
        answers = len(replies) - len(apologies)
        if answers > 1 or len(apologies) > 1:
            total.duplicates += 1
        elif answers:
            total.answered += 1
            total.needless += len(apologies)
        elif apologies:
            total.apologised += 1
        elif told.get(update["update_id"]) == "unknown":
            total.unknown += 1
        else:
            total.lost += 1
    return total


def _replies(chat: Chat, message: Json) -> list[str]:
    if chat.user:
        return [each["text"] for each in chat.sent]
    return [
        each["text"]
        for each in chat.sent
        if each.get("reply_to_message", {}).get("message_id") == message["message_id"]
    ]


async def kill_at_random(home: Home, kills: int, seed: int = 0) -> Account:
    """Kill a bot under load again and again, then let it finish.

    Args:
        home: Where it lives.
        kills: How often.
        seed: Of the points.
    """
    dice = random.Random(seed)
    killed: Counter[str] = Counter()
    async with Emulator() as telegram:
        for _ in range(kills):
            killed[await _live_and_die(telegram, home, dice)] += 1
        process = home.start(telegram)
        await finished(telegram, home)
        assert await stop(process) == 0
        total = account(telegram, await outcomes(home))
    total.kills = killed
    return total


async def _live_and_die(telegram: Emulator, home: Home, dice: random.Random) -> str:
    """Run a process that is asked things until it is killed; return at what."""
    process = home.start(telegram)
    load = asyncio.create_task(_ask(telegram, dice))
    if dice.random() < 0.5:
        where = await _kill_at_call(telegram, process, dice)
    else:
        where = "at some moment"
        await asyncio.sleep(dice.uniform(0.05, LONGEST))
        process.kill()
    assert await ended(process) == -signal.SIGKILL
    await load
    return where


async def _kill_at_call(telegram: Emulator, process: BaseProcess, dice: random.Random) -> str:
    moment = dice.choice(MOMENTS)
    left = dice.randint(1, 5)
    dead = asyncio.Event()

    def interrupt(method: str, when: str) -> bool:
        nonlocal left
        left -= (method, when) == moment
        if left == 0 and not dead.is_set():
            process.kill()
            dead.set()
        return dead.is_set()

    telegram.interrupt = interrupt
    try:
        await asyncio.wait_for(dead.wait(), 5)
    except TimeoutError:  # it had nothing to do so often
        process.kill()
    await asyncio.to_thread(process.join)  # what it sent last is not to be answered either
    telegram.interrupt = lambda _method, _when: False
    return f"{moment[1]} {moment[0]}"


async def _ask(telegram: Emulator, dice: random.Random) -> None:
    """Ask some questions, in private chats and in a group, over the life of a process."""
    group = telegram.group("Newsroom")
    for _ in range(QUESTIONS):
        await asyncio.sleep(dice.uniform(0, LONGEST / QUESTIONS))
        if dice.random() < 0.2:
            group.post(f"/ask {QUESTION}", sender=telegram.user("Reader"))
        else:
            telegram.private().post(QUESTION)


def meet(name: str, index: Path, server: str = "", lease: float = 0.0) -> str:
    """Let a new bot meet one fault; return what went wrong, or "".

    Args:
        name: Of the fault.
        index: Copied for it.
        server: The URL of a PostgreSQL server to keep its database in; "" for SQLite.
        lease: See `Home`.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "data"
        shutil.copytree(index, folder)
        try:
            asyncio.run(_meet(name, folder, server, lease))
        except (AssertionError, TimeoutError) as error:
            return f"{type(error).__name__}: {error}"
    return ""


async def _meet(name: str, folder: Path, server: str, lease: float) -> None:
    database = await new_database(server) if server else ""
    await ROWS[name](Home(folder, database, lease))


async def _kill(folder: Path, server: str, kills: int, seed: int) -> Account:
    database = await new_database(server) if server else ""
    return await kill_at_random(Home(folder, database), kills, seed)


def main() -> None:
    """Run the campaigns and print what came of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    wrong = 0
    with (
        tempfile.TemporaryDirectory() as temporary,
        postgresql() if options.database == "postgresql" else nullcontext("") as server,
    ):
        folder = Path(temporary)
        build_quick(folder)
        for name in ROWS:
            trouble = meet(name, folder, server)
            wrong += bool(trouble)
            print(f"{name:40} {trouble or 'survived'}", flush=True)  # noqa: T201 - a report
        total = asyncio.run(_kill(folder, server, options.kills, options.seed))
    print(total)  # noqa: T201 - a report
    sys.exit(wrong > 0 or not total.holds)


if __name__ == "__main__":
    main()
