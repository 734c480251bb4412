"""Damage done to an index: every file of it cut short or with one bit flipped, at random.

`python -m tests.damage_campaign --count N` damages each file of an index of corpus/ N times, each
time in a fresh copy, and prints the account. Every trial runs in a process of its own, so that a
crash is seen as the signal it is. What must never happen: a crash, a hang, an exception that is
not ours, a wrong quotation, a change that nobody notices, a message that does not help.
"""

from __future__ import annotations

import argparse
import logging
import os
import pickle
import random
import shutil
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

from index import ClipdeskError, Desk
from index.articles.files import read
from index.errors import ArticleError
from index.ingest import indexer
from index.ingest.progress import Unwatched
from index.storage.audit import audit
from index.storage.store import FILE_NAME, Store
from tests.conftest import ROOT
from tests.fakes import WordEncoder

CORPUS = ROOT / "corpus"

QUESTIONS = (
    "How many users does Telegram have?",
    "Who is Peskov?",
    "How is South Korea reacting to deepfake pornography?",
    "What is the capital of Mongolia?",
)

HANG = 60
"""Seconds after which a trial is given up as hung."""

LONGEST = 400
"""Characters in a message that can be read at a glance."""

FAILED = "FAILED: "
"""How an outcome begins that must not occur."""


class Trial(NamedTuple):
    """What was done to which file, and what came of it."""

    damage: str
    outcome: str


@dataclass
class Seen:
    """What an index says of itself.

    Attributes:
        answers: For each question what is quoted, and how far the coverage reaches.
        errors: Of the questions: how they were refused.
        problems: What an audit lists afterwards.
        content: All articles and passages, or why they cannot be read.
    """

    answers: list[Any] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    content: Any = None


def look(folder: Path) -> Seen:
    """Ask an index, audit it and read all of it; errors of ours are what is seen, too."""
    seen = Seen()
    with _noting(seen.errors), closing(Desk(folder, WordEncoder())) as desk:
        for question in QUESTIONS:
            with _noting(seen.errors):
                seen.answers.append(_quote(desk, question))
    with _noting(seen.problems), closing(Store(folder)) as store:
        seen.problems += audit(folder, store)
        seen.content = _read_all(store)
    return seen


@contextmanager
def _noting(errors: list[str]) -> Iterator[None]:
    try:
        yield
    except ClipdeskError as error:
        errors.append(str(error))


def _quote(desk: Desk, question: str) -> Any:
    answer = desk.ask(question)
    desk.search(question, k=5)
    shown = answer.citations + answer.nearest
    return [(c.article, c.start, c.end, c.excerpt) for c in shown], answer.answered, answer.reach


def _read_all(store: Store) -> Any:
    """Return every article with its passages, which are compared without their numbers."""
    passages = {
        id_: [(p.passage.sentences, p.vectors.tobytes()) for p in store.passages_of(id_)]
        for id_ in store.digests()
    }
    return store.articles(passages), passages


def find_misquotation(seen: Seen, bodies: dict[str, str]) -> str:
    """Return an excerpt that is not what stands in the original at its offsets, or ""."""
    for quoted, *_ in seen.answers:
        for article, start, end, excerpt in quoted:
            if not excerpt or bodies.get(article, "")[start:end] != excerpt:
                return f"{article} [{start}:{end}] is not {excerpt!r}"
    return ""


def damage(file: Path, chance: random.Random) -> str:
    """Cut a file short or flip one bit of it, often near its start; return what was done."""
    data = bytearray(file.read_bytes())
    at = chance.randrange(min(len(data), 200) if chance.random() < 0.25 else len(data))
    if chance.random() < 1 / 3:
        file.write_bytes(data[:at])
        return f"cut at {at}"
    bit = chance.randrange(8)
    data[at] ^= 1 << bit
    file.write_bytes(data)
    return f"bit {bit} of byte {at} flipped"


def judge(folder: Path, expected: Seen, bodies: dict[str, str], *, derived: bool) -> str:
    """Look at a damaged index, mend it as the messages say, and name the outcome."""
    said: list[str] = []
    _keep_log(said)
    seen = look(folder)
    if misquotation := find_misquotation(seen, bodies):
        return f"{FAILED}misquoted: {misquotation}"
    if derived:
        if seen != expected or not any("making it anew" in line for line in said):
            return f"{FAILED}not mended by a question: {seen.errors} {seen.problems} {said}"
        return "said in the log and made anew; answered right"
    if not seen.errors and not seen.problems:
        return "nothing lost; answered right" if seen == expected else f"{FAILED}unnoticed"
    unclear = [line for line in seen.errors + seen.problems if not _is_clear(line)]
    unclear += [line for line in seen.errors if "python -m index" not in line]
    if unclear:
        return f"{FAILED}unclear: {unclear[0]!r}"
    indexer.build(folder, read([CORPUS]), encoder=WordEncoder(), progress=Unwatched())
    mended = look(folder)
    if mended.content != expected.content or mended.errors or mended.problems:
        return f"{FAILED}not mended by a build: {mended.errors} {mended.problems}"
    # What it answers may differ at the threshold: tantivy counts passages that left until it
    # merges its segments.
    if misquotation := find_misquotation(mended, bodies):
        return f"{FAILED}misquoted once mended: {misquotation}"
    if seen.errors:
        return "refused with a message; mended by a build"
    return "listed by verify; mended by a build"


def _is_clear(line: str) -> bool:
    return line.isprintable() and len(line) <= LONGEST


def _keep_log(lines: list[str]) -> None:
    """Append to `lines` what `index` logs, instead of showing it."""
    log = logging.getLogger("index")
    log.propagate = False
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    log.addHandler(handler)


def run_apart(work: Callable[[], str]) -> str:
    """Return what `work` returns in a process of its own, or how that ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(HANG)
        try:
            said = work()
        except BaseException:
            said = FAILED + traceback.format_exc()
        with os.fdopen(writing, "w") as pipe:
            pipe.write(said)
        os._exit(0)  # no clean-up: a crash on the way out would be another matter
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return f"{FAILED}signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else said


def run(work: Path, count: int, seed: int, files: str) -> Iterator[Trial]:
    """Yield the trials: `count` for each file of the index whose name fits the pattern."""
    base = work / "base"
    # Neither FAISS nor tantivy may run in this process: a fork would lack their threads.
    if said := run_apart(lambda: _build(base, work)):
        raise RuntimeError(said)
    expected = pickle.loads((work / "expected").read_bytes())
    bodies = {a.id: a.body for a in read([CORPUS]) if not isinstance(a, ArticleError)}
    names = [str(path.relative_to(base)) for path in sorted(base.rglob("*"), key=_by_kind)]
    for name in names:
        if fnmatch(name, files) and (base / name).is_file() and (base / name).stat().st_size:
            for number in range(count):
                chance = random.Random(f"{seed} {_by_kind(base / name)} {number}")
                yield _try(shutil.copytree(base, work / "copy"), name, chance, expected, bodies)


def _build(base: Path, work: Path) -> str:
    """Build an index and write down what a copy of it says."""
    indexer.build(base, read([CORPUS]), encoder=WordEncoder(), progress=Unwatched())
    seen = look(shutil.copytree(base, work / "sound"))
    (work / "expected").write_bytes(pickle.dumps(seen))
    return "" if not seen.errors + seen.problems else f"{FAILED}{seen.errors} {seen.problems}"


def _by_kind(path: Path) -> tuple[str, str]:
    """Return what of a path is the same in every run: tantivy's names are random."""
    return path.parent.name, path.name if len(path.stem) < 32 else path.suffix


def _try(
    copy: Path, name: str, chance: random.Random, expected: Seen, bodies: dict[str, str]
) -> Trial:
    done = f"{name}: {damage(copy / name, chance)}"
    outcome = run_apart(lambda: judge(copy, expected, bodies, derived=name != FILE_NAME))
    shutil.rmtree(copy)
    return Trial(done, outcome)


def account(trials: list[Trial]) -> Iterator[str]:
    """Yield the lines of the account: how often each outcome came, then every failure."""
    counts = Counter(trial.outcome.split(":")[0] for trial in trials)
    for outcome, count in counts.most_common():
        yield f"{count:>6}  {outcome}"
    for trial in trials:
        if trial.outcome.startswith(FAILED):
            yield f"{trial.damage}: {trial.outcome}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="Trials for each file.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", default="*", help="Which files, such as 'vectors/*'.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clipdesk-") as work:
        trials = list(run(Path(work), options.count, options.seed, options.files))
    print("\n".join(account(trials)))  # noqa: T201 - a report on stdout is what it is for
    sys.exit(any(trial.outcome.startswith(FAILED) for trial in trials))


if __name__ == "__main__":
    main()
