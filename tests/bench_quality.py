"""The quality of answers beside three peers: `make bench-quality` prints the table.

Every system gets the same articles, questions and encoder weights, in the same run. What the peers
return are passages, as Clipdesk cuts them, and once more, on XQuAD, runs of sentences that are
about as much to read as what Clipdesk cites; they have no way of refusing, so each is given the
threshold that is best for it on the very questions asked. Clipdesk refuses as it is shipped.

The data lies beside the checkout (../shared) and is not part of the project. The seed article,
MultiHop-RAG and half of the short questions about its articles are development data; the other
half, XQuAD and the second half of the SQuAD 2.0 titles were never learned from or tuned on.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.progress import track

from index.evaluation.evaluate import auroc, rank_gold
from index.evaluation.questions import Question
from tests.conftest import SHARED
from tests.judged import (
    NEWS,
    multihop_questions,
    news_questions,
    paragraphs,
    seed_questions,
    write,
)
from tests.systems import Ask, Clipdesk, Dense, Peer, Txtai, Words, runs

FEW = 10
"""Articles of a small coverage."""


class Outcome(NamedTuple):
    """A judged question and what came of it.

    Attributes:
        question: What was asked.
        ranks: Of its gold strings among what was shown.
        score: How sure the system was.
        answered: Whether it answered.
        length: Code points that a reader has to read in the first three.
    """

    question: Question
    ranks: tuple[int, ...]
    score: float
    answered: bool
    length: int

    @property
    def cited(self) -> tuple[int, ...]:
        return self.ranks if self.answered else (0,) * len(self.ranks)


def outcomes(ask: Ask, questions: Sequence[Question], what: str) -> list[Outcome]:
    """Ask every question."""
    found = []
    for question in track(questions, what, console=Console(stderr=True), transient=True):
        shown = ask(question.text, question.after)
        ranks = tuple(rank_gold(question.gold, shown.excerpts))
        length = sum(map(len, shown.excerpts[:3]))
        found.append(Outcome(question, ranks, shown.score, shown.answered, length))
    return found


def within(found: Sequence[Outcome], most: int, *, nearest: bool = False) -> float:
    """Return the share of the answerable with something right among the first citations.

    Args:
        found: What came of the questions.
        most: So many citations count.
        nearest: Whether what a refusal shows counts as well.
    """
    ranks = [o.ranks if nearest else o.cited for o in found if o.question.answerable]
    return statistics.mean(any(1 <= rank <= most for rank in each) for each in ranks)


def recall(found: Sequence[Outcome]) -> float:
    """Return the mean share of what should be cited that is, over the answerable."""
    right = [sum(rank > 0 for rank in o.cited) / len(o.cited) for o in found if o.ranks]
    return statistics.mean(right)


def refusing(found: Sequence[Outcome], answered: float, *, ours: bool) -> tuple[float, float]:
    """Return the shares answered of the answerable and refused of the unanswerable.

    A peer refuses below the highest threshold that lets it answer the share asked for.
    """
    asked = [o for o in found if o.question.answerable]
    scores = sorted((o.score for o in asked), reverse=True)
    threshold = scores[int(np.ceil(answered * len(scores))) - 1]

    def says(one: Outcome) -> bool:
        return one.answered if ours else one.score >= threshold

    kept = statistics.mean(says(one) for one in asked)
    refused = statistics.mean(not says(one) for one in found if not one.question.answerable)
    return kept, refused


Row = dict[str, str]


def measure(system: Any, *, quick: bool) -> Row:
    """Return a system's line of the table."""
    row: Row = {}
    ours = isinstance(system, Clipdesk)
    with system.over(SHARED / "seeds") as (ask, _):
        found = outcomes(ask, seed_questions(), f"{system.name}: seed article")
        row |= {"seed first": _show(within(found, 1)), "seed three": _show(within(found, 3))}
        row["seed refused"] = _pair(refusing(found, 0.9, ours=ours))
    with system.over(NEWS) as (ask, search):
        found = outcomes(ask, multihop_questions(), f"{system.name}: MultiHop-RAG")
        for name, each in (
            ("ask", found),
            ("search", outcomes(search, multihop_questions(), f"{system.name}: passages")),
        ):
            figures = (within(each, 4), within(each, 10), recall(each))
            row[f"multihop {name}"] = " / ".join(map(_show, figures))
        row["multihop refused"] = _pair(refusing(found, 0.85, ours=ours))
        row |= _news(system, ask, search)
    if not quick:
        row |= _held_out(system)
    return row


def _news(system: Any, ask: Ask, search: Ask) -> Row:
    """Return what short questions about the news get, of all of it and of ten articles only."""
    row: Row = {}
    ours = isinstance(system, Clipdesk)
    for half in ("development", "held_out"):
        questions = news_questions(half)
        found = outcomes(ask, questions, f"{system.name}: news, {half}")
        whole = outcomes(search, questions, f"{system.name}: news, passages")
        few = _asked_of_few(system, questions)
        row |= {
            f"news {half} first": _show(within(found, 1)),
            f"news {half} three": _show(within(found, 3)),
            f"news {half} search first": _show(within(whole, 1)),
            f"news {half} search three": _show(within(whole, 3)),
            f"news {half} refused": _pair(refusing(found, 0.9, ours=ours)),
            f"news {half} of few first": _show(within(few, 1)),
            f"news {half} of few three": _show(within(few, 3)),
            f"news {half} of few refused": _pair(refusing(few, 0.9, ours=ours)),
        }
    return row


def _asked_of_few(system: Any, questions: Sequence[Question]) -> list[Outcome]:
    """Ask each question of ten articles only: those among which is the one that it is about."""
    found = []
    for news, asked in _parted(questions):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "few.json"
            path.write_text(json.dumps(news), "utf-8")
            with system.over(path) as (ask, _):
                found += outcomes(ask, asked, f"{system.name}: ten articles")
    return found


def _parted(questions: Sequence[Question]) -> list[tuple[list[Any], list[Question]]]:
    """Deal the news articles out by ten, as they stand in their file, each ten with its questions.

    A question belongs to the first article by BM25, of those that have its gold if something
    answers it: it is about what that tells of.
    """
    news = json.loads(NEWS.read_text("utf-8"))
    find = Words().index([f"{one['title']}\n{one['body']}" for one in news])

    parts: dict[int, list[Question]] = defaultdict(list)
    for question in questions:
        found = [at for at, _ in find(question.text)]
        if question.gold:
            found = [at for at in found if any(gold in news[at]["body"] for gold in question.gold)]
        parts[found[0] // FEW].append(question)
    return [(news[at * FEW : (at + 1) * FEW], asked) for at, asked in sorted(parts.items())]


def _held_out(system: Any) -> Row:
    """Return what was never learned from or tuned on."""
    asked = paragraphs("xquad.en.json.gz")
    with tempfile.TemporaryDirectory() as folder:
        path = write([article for article, _ in asked], Path(folder) / "xquad.jsonl")
        with system.over(path) as (ask, search):
            questions = [question for _, several in asked for question in several]
            found = outcomes(ask, questions, f"{system.name}: XQuAD")
            whole = outcomes(search, questions, f"{system.name}: XQuAD, passages")
        short = found
        if isinstance(system, Peer):
            with system.over(path, runs) as (ask, _):
                short = outcomes(ask, questions, f"{system.name}: XQuAD, short")
    row = {
        "XQuAD first": _show(within(found, 1)),
        "XQuAD three": _show(within(found, 3)),
        "XQuAD first, nearest too": _show(within(found, 1, nearest=True)),
        "XQuAD three, nearest too": _show(within(found, 3, nearest=True)),
        "XQuAD characters to read": _length(found),
        "XQuAD short first": _show(within(short, 1, nearest=True)),
        "XQuAD short three": _show(within(short, 3, nearest=True)),
        "XQuAD short characters to read": _length(short),
        "XQuAD search first": _show(within(whole, 1)),
        "XQuAD search three": _show(within(whole, 3)),
        "XQuAD search characters to read": _length(whole),
    }
    found = []
    for article, questions in paragraphs("cs224n-half-dev-v2.0.json.gz", second_half=True):
        with tempfile.TemporaryDirectory() as folder:
            path = write([article], Path(folder) / "paragraph.jsonl")
            with system.over(path) as (ask, _):
                found += outcomes(ask, questions, f"{system.name}: {article.id}")
    scores = np.array([(bool(o.question.answerable), o.score) for o in found])
    return row | {"SQuAD 2.0 AUROC": _show(auroc(scores))}


def _length(found: Sequence[Outcome]) -> str:
    return f"{statistics.median(one.length for one in found):.0f}"


def _show(share: float) -> str:
    return f"{share:.2f}".removeprefix("0")


def _pair(shares: tuple[float, float]) -> str:
    kept, refused = shares
    return f"{_show(refused)} ({_show(kept)} answered)"


def main() -> None:
    """Measure every system and print the table, as Markdown where it is not a terminal."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="Only the development data.")
    systems = {"ours": Clipdesk, "dense": Dense, "words": Words, "txtai": Txtai}
    parser.add_argument("--only", choices=systems, help="One system.")
    options = parser.parse_args()
    rows: dict[str, Row] = {}
    for name, system in systems.items():
        if options.only in (None, name):
            begun = time.monotonic()
            one: Any = system()
            rows[one.name] = measure(one, quick=options.quick)
            sys.stderr.write(f"{one.name}: {time.monotonic() - begun:.0f} s\n")
    names = list(next(iter(rows.values())))
    lines = [["", *rows], *([name, *(row[name] for row in rows.values())] for name in names)]
    lines.insert(1, ["---"] * len(lines[0]))
    sys.stdout.write("".join(f"| {' | '.join(line)} |\n" for line in lines))


if __name__ == "__main__":
    main()
