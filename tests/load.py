"""How many answers a second the bot gives from a full inbox: `python -m tests.load`.

A real process with the quick encoder, so that what is measured is the bot and not the model;
`--model` measures both. Its pace is Telegram's own, unless `--unpaced` takes that away. Latency is
from the start of the process to an answer, waiting in the queue included. Memory is what the
process holds after its first hundred answers, and at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from index.neural.encoder import SentenceEncoder
from tests.botapi import Json
from tests.conftest import ROOT, build
from tests.emulator import Emulator
from tests.fault_processes import Home, finished, outcomes, stop
from tests.quick_bot import QUESTION, build_quick, start_quick

ASKED = (
    QUESTION,
    "How many deepfake sex crimes did South Korean police count?",
    "Which passports does Durov hold?",
    "What is the capital of Mongolia?",
    "Who founded Telegram?",
    "Why was Durov arrested in France?",
    "What did Lavrov say about Durov?",
)
"""All but one are answered by corpus/."""


async def measure(
    folder: Path, questions: int, chats: int, *, unpaced: bool, model: bool = False
) -> bool:
    """Fill the queue, let the bot empty it, print the figures; tell whether all were answered."""
    home = Home(folder)
    async with Emulator() as telegram:
        times = _watch(telegram)
        people = [telegram.private(f"Reader {at}") for at in range(chats)]
        for at in range(questions):
            people[at % chats].post(ASKED[at % len(ASKED)])
        settings: dict[str, Any] = {"QUESTIONS_PER_MINUTE": str(questions), "LOG_LEVEL": "WARNING"}
        began = time.monotonic()
        process = start_quick(telegram, folder, unpaced=unpaced, model=model, **settings)
        watched = psutil.Process(process.pid)
        first = min(100, questions // 2)
        await telegram.until(lambda: len(times) >= first, "the first answers", within=120)
        start = watched.memory_info().rss
        await finished(telegram, home)
        end = watched.memory_info().rss
        await stop(process)
        answered = sum(len(chat.sent) for chat in people)
    took = times[-1] - times[0]
    waits = sorted(moment - began for moment in times)
    report = {
        "answered": f"{answered:,} of {questions:,} from {chats} chats",
        "throughput": f"{answered / took:.1f} answers/s",
        "p50, p99": f"{waits[len(waits) // 2]:.1f} s, {waits[len(waits) * 99 // 100]:.1f} s",
        "memory": f"{start / 2**20:.0f} MiB → {end / 2**20:.0f} MiB ({end / start - 1:+.1%})",
    }
    for name, figure in report.items():
        print(f"{name:12} {figure}")  # noqa: T201 - a report
    return answered == questions and set((await outcomes(home)).values()) == {"done"}


def _watch(telegram: Emulator) -> list[float]:
    """Return a list that grows by the moment of each message sent."""
    times: list[float] = []
    methods: Any = telegram._methods
    send = methods["sendMessage"]

    def note(given: Json) -> Any:
        times.append(time.monotonic())
        return send(given)

    methods["sendMessage"] = note
    return times


def main() -> None:
    """Measure, and exit with 1 where a question was not answered once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--chats", type=int, default=500)
    parser.add_argument("--unpaced", action="store_true")
    parser.add_argument("--model", action="store_true", help="With the model and the reader.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.model:
            build(folder, [ROOT / "corpus"], SentenceEncoder())
        else:
            build_quick(folder)
        given = {"unpaced": options.unpaced, "model": options.model}
        ok = asyncio.run(measure(folder, options.questions, options.chats, **given))
    sys.exit(not ok)


if __name__ == "__main__":
    main()
