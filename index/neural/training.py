"""Teach the reader: `python -m index.neural.training FOLDER` makes `reader.safetensors` anew.

FOLDER holds the question sets (in SQuAD's format) that `SETS` names. All six layers of the
embedded encoder learn; its embeddings stay as they are. Each of `_RATES` is one pass over the
examples, which are drawn anew for it. What a paragraph of XQuAD or of the second half of the
SQuAD 2.0 titles says is left out: these are for evaluation only.

The same files, seed, machine and number of threads give the same weights.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.nn import functional

from index.neural.encoder import computes_bfloat16
from index.neural.examples import Example, Paragraph, examples, read_paragraphs
from index.neural.network import Network, load, save
from index.neural.reader import WEIGHTS_FILE
from index.neural.weights import embedded_path

__all__ = ["SETS", "hold_out", "learn_from", "main", "question_sets"]

SETS = {
    "du-split-test-v1.1.json.gz": 1,
    "squadshifts-new_wiki_v1.0.json.gz": 1,
    "squadshifts-reddit_v1.0.json.gz": 3,
    "cs224n-half-dev-v2.0.json.gz": 1,
}
"""Files to learn from, and which share of their paragraphs is taken: one in so many."""

_HUMAN = "cs224n-half-dev-v2.0.json.gz"
_HUMAN_TIMES = 2
"""How often its paragraphs are shown, each time in other windows: nothing teaches more."""

_EVALUATED = "xquad.en.json.gz"
_HELD_OUT = 12
"""One paragraph in so many is kept to measure with."""

_RATES = (2e-4, 1e-4)
"""Highest learning rate of each pass."""

_BATCH = 32
_DECAY = 0.01
_WARM = 0.1
_SPAN_WEIGHT = 0.5
_SEED = 20240903


def main() -> None:
    """Learn, measure on what was held out, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=question_sets, help="Where the question sets are.")
    parser.add_argument(
        "--out", type=Path, default=WEIGHTS_FILE, help="What to write the weights to."
    )
    parser.add_argument(
        "--begin", type=Path, help="Weights that the first pass made: go on with the second."
    )
    parser.add_argument("--threads", type=int, default=2, help="CPU threads to compute with.")
    options = parser.parse_args()
    torch.manual_seed(_SEED)
    torch.set_num_threads(options.threads)
    network = Network(embedded_path())
    if options.begin:
        load(network, options.begin)
    for turn in range(1 if options.begin else 0, len(_RATES)):
        _teach(network, options.folder, turn)
        save(network, options.out)


def question_sets(folder: str) -> Path:
    """Return the path of a folder that has the question sets; for `argparse`.

    Raises:
        argparse.ArgumentTypeError: One is missing.
    """
    path = Path(folder)
    if missing := [name for name in (*SETS, _EVALUATED) if not (path / name).is_file()]:
        raise argparse.ArgumentTypeError(f"{folder!r} does not have {', '.join(missing)}")
    return path


def _teach(network: Network, folder: Path, turn: int) -> None:
    """Learn from one pass, and tell what it was worth."""
    lessons = _collect(folder, seed=_SEED + 100 * turn)
    _say(examples=len(lessons), answerable=sum(e.answer is not None for e in lessons))
    _learn(network, lessons, _RATES[turn])
    _say(**_measure(network, examples(hold_out(folder), seed=_SEED)))


def hold_out(folder: Path) -> list[Paragraph]:
    """Return the paragraphs that are kept to measure with."""
    return [one for name in SETS for one in _paragraphs(folder, name)[::_HELD_OUT]]


def learn_from(folder: Path, name: str) -> list[Paragraph]:
    """Return the paragraphs of a set that are learned from: all others."""
    return [one for at, one in enumerate(_paragraphs(folder, name)) if at % _HELD_OUT]


def _collect(folder: Path, *, seed: int) -> list[Example]:
    """Return the examples to learn from in one pass."""
    lessons: list[Example] = []
    for name in SETS:
        shown = learn_from(folder, name)
        for turn in range(_HUMAN_TIMES if name == _HUMAN else 1):
            lessons += examples(shown, seed=seed + turn)
    random.Random(seed).shuffle(lessons)
    return lessons


def _paragraphs(folder: Path, name: str) -> list[Paragraph]:
    """Return what may be learned from a file: nothing that is for evaluation only."""
    evaluated = {paragraph.text for paragraph in read_paragraphs(folder / _EVALUATED)}
    found = [p for p in read_paragraphs(folder / name) if p.text not in evaluated]
    return _first_half(found) if name == _HUMAN else found[:: SETS[name]]


def _first_half(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    titles = sorted({paragraph.title for paragraph in paragraphs})
    return [p for p in paragraphs if p.title in titles[: len(titles) // 2]]


def _learn(network: Network, lessons: Sequence[Example], rate: float) -> None:
    """One pass of AdamW over the examples, its rate rising and then falling to nothing."""
    taught = [weight for weight in network.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(taught, lr=rate, weight_decay=_DECAY)
    batches = _batches(lessons)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=rate, total_steps=len(batches), pct_start=_WARM
    )
    network.train()
    begun, losses = time.monotonic(), []
    for step, batch in enumerate(batches, start=1):
        loss = _loss(network, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(taught, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
        if step % 50 == 0:
            left = (time.monotonic() - begun) / step * (len(batches) - step)
            _say(step=step, of=len(batches), loss=round(float(np.mean(losses[-50:])), 4),
                 minutes_left=round(left / 60, 1))  # fmt: skip


def _batches(lessons: Sequence[Example]) -> list[list[Example]]:
    """Return batches of examples of like length, in random order."""
    chance = random.Random(_SEED)
    pool = _BATCH * 64
    found = []
    for at in range(0, len(lessons), pool):
        near = sorted(lessons[at : at + pool], key=lambda e: len(e.window) + len(e.question))
        found += [near[n : n + _BATCH] for n in range(0, len(near), _BATCH)]
    chance.shuffle(found)
    return found


def _loss(network: Network, batch: Sequence[Example]) -> Tensor:
    """Return the cross entropy of whether, and of where it does, from where to where."""
    tokens = _tokenize(network, batch)
    with torch.autocast("cpu", torch.bfloat16, enabled=computes_bfloat16()):
        answers, starts, ends = network(tokens)
    whether = torch.tensor([float(e.answer is not None) for e in batch])
    loss = functional.binary_cross_entropy_with_logits(answers, whether)
    places = [_place(tokens, at, example) for at, example in enumerate(batch)]
    rows = [at for at, place in enumerate(places) if place]
    if rows:
        wanted = torch.tensor([place for place in places if place])
        where = functional.cross_entropy(starts[rows], wanted[:, 0])
        where = where + functional.cross_entropy(ends[rows], wanted[:, 1])
        loss = loss + _SPAN_WEIGHT * where / 2
    return loss


def _tokenize(network: Network, batch: Sequence[Example]) -> Any:
    return network.tokenize([e.question for e in batch], [e.frame + e.window for e in batch])


def _place(tokens: Any, at: int, example: Example) -> tuple[int, int] | None:
    """Return the first and last token of the answer; None where there is none or it is cut off."""
    if example.answer is None:
        return None
    start, end = (len(example.frame) + offset for offset in example.answer)
    first, last = tokens.char_to_token(at, start, 1), tokens.char_to_token(at, end - 1, 1)
    return None if first is None or last is None else (first, last)


@torch.inference_mode()
def _measure(network: Network, held_out: Sequence[Example]) -> dict[str, float]:
    """Return how well examples are told apart (AUROC), and how often the span is exact."""
    network.eval()
    scores, exact = [], []
    for batch in _chunks(held_out):
        tokens = _tokenize(network, batch)
        answers, starts, ends = network(tokens)
        scores += answers.tolist()
        for at, example in enumerate(batch):
            place = _place(tokens, at, example)
            if place:
                exact.append((int(starts[at].argmax()), int(ends[at].argmax())) == place)
    whether = [e.answer is not None for e in held_out]
    return {
        "held_out": len(held_out),
        "auroc": round(float(roc_auc_score(whether, scores)), 4),
        "exact": round(sum(exact) / max(1, len(exact)), 4),
    }


def _chunks(found: Sequence[Example]) -> Iterator[Sequence[Example]]:
    for at in range(math.ceil(len(found) / 64)):
        yield found[at * 64 : at * 64 + 64]


def _say(**facts: object) -> None:
    sys.stderr.write(json.dumps(facts) + "\n")


if __name__ == "__main__":
    main()
