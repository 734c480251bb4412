"""Fit the weights of `scoring.READ`: `python -m index.answers.calibration FOLDER` prints them.

Paragraphs that `training` held out are indexed as articles, among others on the same subjects, and
asked about: with their own questions, answerable and not, and with questions about paragraphs that
are not indexed. The likeliest windows are read, and every sentence in them is an example; it
answers where the answer stands in it. A logistic regression learns from three questions in four;
what it is worth is measured on the fourth. What a threshold lets through is counted on all. It
takes a quarter of an hour on two cores.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from index.answers.judging import HITS, judge
from index.answers.reading import read
from index.answers.retriever import retrieve
from index.models import Encoder, Reader
from index.neural.encoder import SentenceEncoder
from index.neural.examples import Paragraph
from index.neural.reader import TaughtReader
from index.neural.training import SETS, hold_out, learn_from, question_sets
from index.storage.derived import Derived, open_derived
from index.storage.rows import encode
from index.storage.store import Store
from index.types import Article
from index.understanding.query import understand

__all__ = ["main"]

_INDEXED = 300
"""Paragraphs; the others held out are only asked about."""

_OTHERS = 1500
"""Paragraphs beside them, of those that the reader learned from: among few there is little that
only sounds like an answer."""

_READ = 10
"""Windows that are read for a question: more than for an answer, so that some are far-fetched."""

_ABSENT = 400
"""Questions about paragraphs that are not indexed."""

_THRESHOLDS = [at / 100 for at in range(1, 16)]
"""Tried for `judging.THRESHOLD_READ`."""

_SEED = 1
_TODAY = dt.date(2024, 9, 3)


class _Asked(NamedTuple):
    """A question, the article it is about (None for none of the coverage), and its answers."""

    question: str
    article: Article | None
    answers: tuple[str, ...]


class _Row(NamedTuple):
    """A sentence that was read: for which question, what is known of it, whether it answers.

    `weight` is `Judged.weight`, which the fit knows nothing of.
    """

    question: int
    features: tuple[float, ...]
    weight: float
    answers: bool


def main() -> None:
    """Collect the examples, fit, measure, and print the weights."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=question_sets, help="Where the question sets are.")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads to compute with.")
    options = parser.parse_args()
    chance = random.Random(_SEED)
    paragraphs = hold_out(options.folder)
    chance.shuffle(paragraphs)
    asked = list(_ask_about(paragraphs[:_INDEXED], indexed=True))
    absent = list(_ask_about(paragraphs[_INDEXED:], indexed=False))
    asked += chance.sample(absent, min(_ABSENT, len(absent)))
    encoder = SentenceEncoder(threads=options.threads)
    reader = TaughtReader(threads=options.threads)
    others = [one for name in SETS for one in learn_from(options.folder, name)]
    indexed = paragraphs[:_INDEXED] + chance.sample(others, min(_OTHERS, len(others)))
    articles = [_article(at, paragraph) for at, paragraph in enumerate(indexed)]
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Store(Path(folder), writable=True)) as store,
    ):
        derived = _index(Path(folder), store, articles, encoder)
        rows = list(_collect(asked, store, derived, encoder, reader))
    sys.stdout.write(json.dumps(_fit(rows, asked), indent=1) + "\n")


def _article(at: int, paragraph: Paragraph) -> Article:
    return Article(f"p{at}", paragraph.title or "News", paragraph.text)


def _ask_about(paragraphs: Sequence[Paragraph], *, indexed: bool) -> Iterator[_Asked]:
    for at, paragraph in enumerate(paragraphs):
        article = _article(at, paragraph) if indexed else None
        for question in paragraph.questions:
            answers = {span.of(paragraph.text) for span in question.answers} if indexed else set()
            yield _Asked(question.text, article, tuple(answers))


def _index(folder: Path, store: Store, articles: Sequence[Article], encoder: Encoder) -> Derived:
    store.reset(encoder)
    for article in articles:
        store.replace([(article, encode(article, encoder))])
    return open_derived(folder, store)


def _collect(
    asked: Sequence[_Asked], store: Store, derived: Derived, encoder: Encoder, reader: Reader
) -> Iterator[_Row]:
    reach = store.reach()
    for number, (question, article, answers) in enumerate(asked):
        query = understand(question, reach=reach, today=_TODAY, anywhere=True)
        hits = retrieve(
            query, k=HITS, languages=["en"], encoder=encoder, store=store, derived=derived
        )
        held = store.articles({hit.passage.article for hit in hits})
        judged = judge(query, hits, held, derived.words.rarity)
        told = read(reader, query, judged, held, most=_READ, until_sure=False)
        for one in judged:
            if one.place in told:
                passage = one.hit.passage
                text = passage.sentences[one.sentence].of(held[passage.article].body)
                right = article is not None and article.id == passage.article
                yield _Row(
                    number,
                    (*one.signals, *told[one.place].features),
                    one.weight,
                    right and any(answer in text for answer in answers),
                )


def _fit(rows: Sequence[_Row], asked: Sequence[_Asked]) -> dict[str, object]:
    """Return the weights, and what they are worth on questions they were not fitted to."""
    features = np.array([row.features for row in rows])
    answers = np.array([row.answers for row in rows])
    questions = np.array([row.question for row in rows])
    kept = questions % 4 == 0
    model = LogisticRegression(C=10.0, max_iter=1000).fit(features[~kept], answers[~kept])
    likely = model.predict_proba(features)[:, 1]
    weights = np.array([row.weight for row in rows])
    best = [
        (likely[questions == q].max(), answers[questions == q].any())
        for q in np.unique(questions[kept])
    ]
    names = ("nearness", "said", "around", "fits", "answers", "share")
    return {
        "weights": dict(zip(names, model.coef_[0].round(2).tolist(), strict=True)),
        "constant": round(float(model.intercept_[0]), 2),
        "sentences": len(rows),
        "auroc of sentences": round(float(roc_auc_score(answers[kept], likely[kept])), 3),
        "auroc of questions": round(
            float(roc_auc_score([a for _, a in best], [p for p, _ in best])), 3
        ),
        "calibration": _reliability(likely[kept], answers[kept]),
        "thresholds": _trade(likely * weights, questions, asked),
        "thresholds, whatever the year": _trade(likely, questions, asked),
    }


def _reliability(likely: np.ndarray, answers: np.ndarray) -> dict[str, str]:
    """Return, for each tenth of probability, how often such sentences answer, and how many are."""
    tenths = np.minimum((likely * 10).astype(int), 9)
    return {
        f"{tenth / 10:.1f}": f"{answers[tenths == tenth].mean():.2f} of {(tenths == tenth).sum()}"
        for tenth in np.unique(tenths).tolist()
    }


def _trade(likely: np.ndarray, questions: np.ndarray, asked: Sequence[_Asked]) -> dict[str, str]:
    """Return, for each threshold, the shares that have a sentence above it."""
    best = np.zeros(len(asked))
    np.maximum.at(best, questions, likely)
    covered = np.array([bool(one.answers) for one in asked])
    absent = np.array([one.article is None for one in asked])
    return {
        f"{threshold:.2f}": f"{(best[covered] >= threshold).mean():.3f} of the answerable, "
        f"{(best[absent] >= threshold).mean():.3f} of the absent"
        for threshold in _THRESHOLDS
    }


if __name__ == "__main__":
    main()
