"""Ingest killed with SIGKILL at any moment: nothing is lost, nothing needs repair by hand.

`python -m tests.kill_campaign --count N` ingests the saved pages of the extraction benchmark N
times, each time in a process that is killed, and prints the account. Every other time the index
holds earlier versions of them before. The moments are spread evenly over what an undisturbed run
takes. After each kill `index verify` must find nothing, and the same command run again must end
with the rows of the undisturbed run.

The pages are extracted once; what is killed is all that comes after reading them.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import datasketch  # noqa: F401 - here, so that not every process has to
from rich.console import Console
from rich.progress import track

from index import ClipdeskError, Desk
from index.articles.files import read
from index.errors import NoCoverageError
from index.ingest import indexer
from index.ingest.progress import Unwatched
from index.storage.audit import audit
from index.storage.derived import open_derived
from index.storage.store import Store
from index.types import Article
from tests.conftest import ids_in
from tests.damage_campaign import CORPUS, FAILED, run_apart
from tests.fakes import WordEncoder
from tests.pages import articles_of_pages

TRANSACTION = 16
"""Passages committed at once, so that there is much to be killed in the middle of."""

QUESTION = "Who said what on Monday?"


class Trial(NamedTuple):
    """When a run was killed, in seconds after its beginning, and what came of it."""

    after: float
    outcome: str


def of_corpus() -> list[Article]:
    """Return the sample articles."""
    return [item for item in read([CORPUS]) if isinstance(item, Article)]


def earlier_versions(articles: Sequence[Article]) -> Iterator[Article]:
    """Yield what the index holds before: some of the articles as they were, and some that left."""
    for number, article in enumerate(articles):
        if number % 3 == 0:
            yield article
        elif number % 3 == 1:
            yield replace(article, body=f"It was said otherwise at first.\n\n{article.body}")
        else:
            yield replace(
                article,
                id=f"left-{number}",
                headline=f"{article.headline}, once",
                url="",
                body=f"This was taken down since. {article.body[::-1]}",
            )


def write(path: Path, articles: Iterator[Article] | Sequence[Article]) -> Path:
    """Write an export."""
    lines = (json.dumps(asdict(article), default=str) for article in articles)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def ingest(folder: Path, export: Path) -> str:
    """Make the index say what the export says; return what went wrong."""
    indexer._TRANSACTION = TRANSACTION
    changes = indexer.build(folder, read([export]), encoder=WordEncoder(), progress=Unwatched())
    return f"{FAILED}{changes.errors[0]}" if changes.errors else ""


def kill(work: Callable[[], object], after: float) -> bool:
    """Do `work` in a process of its own and kill it so many seconds later; was it still at it?"""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    time.sleep(after)  # what is tried is the clock itself
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def verify(folder: Path) -> str:
    """Return what state a killed run left, or what is wrong with it."""
    try:
        with closing(Store(folder)) as store:
            if problems := audit(folder, store):
                return f"{FAILED}{problems}"
            held = len(store.digests())
        with closing(Desk(folder, WordEncoder())) as desk:
            desk.ask(QUESTION)
    except NoCoverageError:
        return "killed before the first commit"
    except ClipdeskError as error:
        return f"{FAILED}{error}"
    return "killed before the first article" if not held else "killed with articles committed"


def rows(folder: Path) -> dict[str, Any]:
    """Return all that an index holds but for moments and for numbers given in passing."""
    with closing(Store(folder)) as store:
        ids = sorted(store.digests())
        wanted = store.passage_ids()
        vectors, recent, words = ids_in(folder)
        return {
            "problems": audit(folder, store),
            "articles": store.articles(ids),
            "passages": {
                id_: [(p.passage.sentences, p.vectors.tobytes()) for p in store.passages_of(id_)]
                for id_ in ids
            },
            "groups": store.kin.groups(ids),
            "versions": {
                id_: [v.article for v in store.history.of(id_)]
                for id_ in sorted(store.history.ids())
            },
            "found by words": words == wanted.tolist(),
            "found by vectors": set(wanted.tolist()) <= {*vectors, *recent},
            "built with": {
                k: v for k, v in store.meta.items() if k not in ("identity", "generation")
            },
        }


def keep_rows(folder: Path, path: Path) -> str:
    """Write down what an index holds."""
    with closing(Store(folder)) as store:
        open_derived(folder, store)
    path.write_bytes(pickle.dumps(rows(folder)))
    return ""


def compare(folder: Path, expected: dict[str, Any]) -> str:
    """Return in what an index differs from what it should hold."""
    found = rows(folder)
    differing = [name for name in expected if found[name] != expected[name]]
    return f"{FAILED}another end: {', '.join(differing)}" if differing else ""


def prepare(work: Path, articles: Sequence[Article]) -> float:
    """Make what all trials need in `work`; return the seconds an undisturbed run takes."""
    export = write(work / "export.jsonl", articles)
    before = write(work / "before.jsonl", earlier_versions(articles))
    # Neither FAISS nor tantivy may run in this process: a fork would lack their threads.
    said = run_apart(lambda: ingest(work / "base-1", before))
    (work / "base-0").mkdir()
    seconds = []
    for base in ("base-0", "base-1"):
        folder = shutil.copytree(work / base, work / f"{base}-end")
        begun = time.monotonic()
        said = said or run_apart(lambda folder=folder: ingest(folder, export))  # type: ignore[misc]  # bound now
        seconds.append(time.monotonic() - begun)
        rows_of = work / f"{base}.rows"
        said = said or run_apart(lambda folder=folder, rows_of=rows_of: keep_rows(folder, rows_of))  # type: ignore[misc]  # likewise
    if said:
        raise RuntimeError(said)
    return max(seconds)


def run(work: Path, articles: Sequence[Article], count: int, seed: int) -> Iterator[Trial]:
    """Yield `count` trials in which the run was killed before its end."""
    span, chance, done = prepare(work, articles), random.Random(seed), 0
    export = work / "export.jsonl"
    expected = [pickle.loads((work / f"base-{n}.rows").read_bytes()) for n in (0, 1)]
    while done < count:
        after = span * (done + chance.random()) / count
        folder = shutil.copytree(work / f"base-{done % 2}", work / "trial")
        if kill(lambda folder=folder: ingest(folder, export), after):  # type: ignore[misc]  # bound now
            yield Trial(after, _judge(folder, export, expected[done % 2]))
            done += 1
        else:
            span *= 0.97  # it had ended: the machine is quicker than it was
        shutil.rmtree(folder)


def _judge(folder: Path, export: Path, expected: dict[str, Any]) -> str:
    seen = run_apart(lambda: verify(folder))
    if seen.startswith(FAILED):
        return seen
    again = run_apart(lambda: ingest(folder, export) or compare(folder, expected))
    return again or seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300, help="Kills.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--few", action="store_true", help="Of corpus/ only, not of the pages.")
    options = parser.parse_args()
    articles = of_corpus() if options.few else articles_of_pages()
    with tempfile.TemporaryDirectory(prefix="clipdesk-") as work:
        found = run(Path(work), articles, options.count, options.seed)
        bar = Console(stderr=True)
        trials = list(track(found, "Killing", total=options.count, console=bar, transient=True))
    lines = [f"{len(articles)} articles; {len(trials)} runs killed"]
    for outcome, count in Counter(trial.outcome.split(":")[0] for trial in trials).most_common():
        lines.append(f"{count:>6}  {outcome}")
    lines += [
        f"after {t.after:.3f} s: {t.outcome}" for t in trials if t.outcome.startswith(FAILED)
    ]
    print("\n".join(lines))  # noqa: T201 - a report on stdout is what it is for
    sys.exit(any(trial.outcome.startswith(FAILED) for trial in trials))


if __name__ == "__main__":
    main()
