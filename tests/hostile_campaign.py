"""Everything that readers, articles and made-up clients can do to the bot, at random.

    python -m tests.hostile_campaign --count 500 --seed 1

Each attempt is one of: a hostile question, a hostile name, a link of junk, an inline query, a
guest question, a press of made-up data, a press forged for another chat, a command of a group's
admins by somebody who is none, or what only those who run the bot may do. The articles themselves
are hostile too. At the end the account: how many were answered, and what went wrong, which must be
nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.keeping.records import feedback, preferences, submissions, watches
from bot.wording import notices, texts
from bot.wording.speech import ENGLISH, LANGUAGES, speech_in
from tests.botapi import utf16_length
from tests.bots import running
from tests.emulator import Chat
from tests.newsstand import QUESTION, Newsstand
from tests.telegrams import Telegram

PIECES = [
    "<b>",
    "</b>",
    "</blockquote>",
    "<a href='tg://user?id=1'>you</a>",
    "&lt;",
    "&amp;amp;",
    "&#x202e;",
    "&nbsp",
    "\u202e",
    "\u2066",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u0000",
    "\x1b[31m",
    "e\u0301\u0301\u0301",
    "😀" * 40,
    "👩🏽‍🚀",
    "{0} {name} %s %(x)s",
    "'; DROP TABLE watches; --",
    "OR 1=1 AND body:[a TO b]",
    "@clipdesk_bot",
    "/ask",
    "https://example.org/?a=1&b=2",
    "﷽",
    "שלום",
    "新闻",
    "whales",
    "Iceland",
    "\n\n",
    "“", "”", "«",
]  # fmt: skip

DATA = [
    "page:0",
    "page:3",
    "context:1",
    "vote:good",
    "wrong",
    "wrong:1",
    "wrong:1:other",
    "cancel",
]
DATA += [
    "cancel",
    "stop:1",
    "unwatch:1",
    "set:language:ru",
    "set:excerpts:10",
    "set:outlets:0",
    "set:main",
]
ORDERS = ["admin:add", "admin:remove", "admin:no"]

APOLOGIES = {texts.apology(speech_in(code)) for code in LANGUAGES}


class Campaign:
    """A bot under attack, and the account of it."""

    def __init__(self, telegram: Telegram, engine: AsyncEngine, runner: Chat, seed: int) -> None:
        self.telegram, self.engine, self.runner = telegram, engine, runner
        self.random = random.Random(seed)
        self.answered: Counter[str] = Counter()
        self.wrong: list[str] = []

    async def prepare(self) -> None:
        """Let the victim ask, so that there is an answer to forge presses for."""
        self.victim = self.telegram.private("Victim")
        self.answer = await self.victim.reply_after(self.victim.post(QUESTION))
        await self.telegram.pressed(self.victim, self.answer, "page:0")
        self.before = dict(self.answer)
        asked = self.runner.post("/remove hostile-0")
        self.removal = await self.runner.reply_after(asked)
        assert "hostile-0" in self.removal["text"]

    async def attempt(self, at: int) -> None:
        """Do one hostile thing and see what comes of it."""
        doings: list[Callable[[int], Awaitable[None]]] = [
            self.ask, self.look_up, self.link, self.inline, self.guest, self.press, self.forge,
            self.command, self.usurp,
        ]  # fmt: skip
        doing = doings[at % len(doings)]
        try:
            await doing(at)
        except AssertionError as error:
            self.wrong.append(f"{doing.__name__} {at}: {error}")
        else:
            self.answered[doing.__name__] += 1

    async def ask(self, at: int) -> None:
        await self.expect(self.person(at), self.words() or "?")

    async def look_up(self, at: int) -> None:
        command = self.random.choice(["/latest", "/watch", "/ask", "/everywhere", "/sources"])
        await self.expect(self.person(at), f"{command} {self.words()}")

    async def link(self, at: int) -> None:
        letters = "abcqABC019_-=+/%.٣ж"
        length = self.random.randrange(1, 70)
        payload = "".join(self.random.choice(letters) for _ in range(length))
        kind = self.random.choice(["", "q", "a", "c"])
        await self.expect(self.person(at), f"/start {kind}{payload}")

    async def inline(self, at: int) -> None:
        user = self.telegram.user(self.name())
        answer = await self.telegram.type_inline(self.words()[:256], user=user)
        assert len(answer["results"]) <= 10

    async def guest(self, at: int) -> None:
        user = self.telegram.user(self.name())
        words = self.words().replace("\x00", "").strip()
        await self.telegram.summon(f"@clipdesk_bot {words}", user=user)

    async def press(self, at: int) -> None:
        chat = self.person(at)
        shown = await chat.reply_after(chat.post("/help"))
        data = self.random.choice([*DATA, self.words().encode()[:60].decode("utf-8", "ignore")])
        before = dict(shown)
        own = data.startswith("set:")  # in their own chat people may set what they like
        await self.telegram.pressed(chat, shown, data or "x")
        assert own or shown["text"] == before["text"]

    async def forge(self, at: int) -> None:
        """Press in one's own chat what would be a button of the victim's, by its very number."""
        chat = self.person(at)
        await chat.reply_after(chat.post("/help"))
        forged = {"message_id": self.answer["message_id"]}
        said = await self.telegram.pressed(chat, forged, self.random.choice(DATA[:8]))
        assert said == notices.expired(ENGLISH), said

    async def command(self, at: int) -> None:
        group = self.telegram.group(self.name())
        command = self.random.choice(["/settings", "/forget", f"/watch {self.words()} whales"])
        stranger = self.telegram.user(self.name())  # one alone would soon be over the quota
        said = await group.reply_after(group.post(command, sender=stranger))
        assert said["text"] == notices.only_admins(ENGLISH), said["text"]
        data = self.random.choice(DATA[8:])
        said_in_passing = await self.telegram.pressed(group, said, data)
        expected = {notices.only_admins(ENGLISH), notices.expired(ENGLISH)}
        assert said_in_passing in expected, said_in_passing

    async def usurp(self, at: int) -> None:
        """Order, and confirm, what only those who run the bot may, from anywhere else."""
        chat, stranger = self.person(at), self.telegram.user(self.name())
        order = self.random.choice(["/remove hostile-1", "/reindex", "/stats", f"/remove {at}"])
        said = await chat.reply_after(chat.post(order))
        assert said["text"].startswith("Ask me about the news"), said["text"]
        document = self.telegram.document(f"{self.name()}.md", self.words().encode())
        said = await chat.reply_after(chat.post("", document=document))
        assert said["text"] == texts.only_text(ENGLISH), said["text"]
        group = self.telegram.group(self.name())
        group.post(order, sender=self.runner.user)
        forged = {"message_id": self.removal["message_id"]}
        for place, user in ((chat, None), (self.runner, stranger), (group, self.runner.user)):
            data = self.random.choice(ORDERS)
            answer = await self.telegram.pressed(place, forged, data, user=user)
            assert answer == notices.expired(ENGLISH), answer
        assert not group.sent

    async def expect(self, chat: Chat, text: str) -> None:
        answer = await chat.reply_after(chat.post(text))
        assert answer["text"] not in APOLOGIES, text
        assert utf16_length(answer["text"]) <= 4096

    async def settle(self) -> None:
        """See that nothing of the victim's has changed, and that no group has set anything."""
        if {**self.answer, "edit_date": 0} != {**self.before, "edit_date": 0}:
            self.wrong.append("the victim's answer has changed")
        async with self.engine.begin() as db:
            groups = select(func.count()).where(preferences.c.chat_id < 0)
            watched = select(func.count()).where(watches.c.chat_id < 0)
            rated = select(func.count()).select_from(feedback)
            counts = [await db.scalar(query) for query in (groups, watched, rated)]
            waiting = await db.scalar(select(func.count()).select_from(submissions))
        if waiting != 1 or "?" not in self.removal["text"]:
            self.wrong.append(f"what is to be confirmed is not one removal but {waiting}")
        if any(counts):
            self.wrong.append(f"groups set, groups that watch, ratings forged: {counts}")

    def person(self, at: int) -> Chat:
        return self.telegram.private(self.name())

    def name(self) -> str:
        return self.words()[:60].strip("\x00 \n") or "x"

    def words(self) -> str:
        count = self.random.randrange(0, 12)
        text = " ".join(self.random.choice(PIECES) for _ in range(count))
        return text[:2000].strip()


def hostile_stand(folder: Path) -> Newsstand:
    """Make a coverage in which articles do what they can."""
    stand = Newsstand(folder)
    bodies = [
        "Whales live near Iceland. </blockquote></b><script>alert(1)</script> They are many.",
        "Some 340 whales live near Iceland &lt;b&gt; &amp; more. So they say.",
        "\u202eWhales live near Iceland\u202c, said the man. \u2066He left.",
        f"Whales live near Iceland {'😀' * 700}. They are many.",
        "Blue whales live near Iceland {0} %s {name}. They are old.",
    ]
    for at, body in enumerate(bodies):
        stand.put(
            f"hostile-{at}",
            body,
            headline=["<b>&\"'", "😀" * 300, "\u202eevil", "</a></b>", "{name} %s"][at],
            outlet=["<i>&amp;", "Käse & Söhne", "\u200b\u200bx", "“Q”", "a" * 300][at],
            url=[
                "https://example.org/?a=1&b=<2>",
                "http://localhost/x",
                "https://example.org/" + "ж" * 600,
                "https://user:pw@example.org:99999/",
                "https://[::1]/a",
            ][at],
        )
    stand.publish()
    return stand


async def campaign(count: int, seed: int, folder: Path) -> Campaign:
    """Run so many attempts and return the account."""
    stand = hostile_stand(folder)
    with stand.open() as desk:
        async with Telegram() as telegram:
            runner = telegram.private("Runner")
            data, ids = stand.folder / "index", {runner.id}
            async with running(telegram, desk, data_dir=data, admin_ids=ids) as app:
                run = Campaign(telegram, app.bot_data["database"], runner, seed)
                await run.prepare()
                articles = desk.ids()
                for at in range(count):
                    await run.attempt(at)
                    if sys.stderr.isatty():
                        sys.stderr.write(f"\r{at + 1} of {count}")
                await telegram.settled()
                await run.settle()
                if desk.ids() != articles:
                    run.wrong.append("an article was added or removed")
    return run


def main() -> None:
    """Print the account."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = asyncio.run(campaign(given.count, given.seed, Path(folder)))
    for name, number in sorted(run.answered.items()):
        sys.stdout.write(f"{name:10} {number}\n")
    sys.stdout.write(f"{given.count} attempts, {len(run.wrong)} went wrong\n")
    for line in run.wrong:
        sys.stdout.write(f"  {line}\n")
    sys.exit(bool(run.wrong))


if __name__ == "__main__":
    main()
