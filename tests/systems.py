"""Clipdesk and three peers: over the same articles, asked in the same way.

The peers find passages; they have no way of refusing.
"""

from __future__ import annotations

import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from index import Desk
from index.articles.files import read
from index.evaluation.evaluate import CITATIONS
from index.ingest import indexer
from index.ingest.progress import Unwatched
from index.neural.encoder import SentenceEncoder
from index.neural.reader import TaughtReader
from index.neural.weights import embedded_path
from index.text.passages import sentences, split
from index.types import Article, Span

__all__ = ["Ask", "Clipdesk", "Dense", "Peer", "Txtai", "Words", "runs"]


class Found(NamedTuple):
    """What a system shows, best first, and how sure it is that this answers.

    What it shows when it refuses is only the nearest coverage.
    """

    excerpts: list[str]
    score: float
    answered: bool = True


SHORT = 240
"""Code points of the runs that peers are given beside passages: three are about as much to read as
what Clipdesk cites."""

Ask = Callable[[str, str], Found]
"""Question and the question before it → what is shown."""


def runs(article: Article) -> list[str]:
    """Cut an article into runs of whole sentences, each as long as fits into `SHORT`."""
    found: list[Span] = []
    for sentence in sentences(article.body, article.language):
        if found and sentence.end - found[-1].start <= SHORT:
            found[-1] = Span(found[-1].start, sentence.end)
        else:
            found.append(sentence)
    return [span.of(article.body) for span in found]


def passages(article: Article) -> list[str]:
    """Cut an article as Clipdesk does."""
    return [passage.span.of(article.body) for passage in split(article)]


class Clipdesk:
    """Ours, as it is shipped."""

    name = "Clipdesk"

    def __init__(self) -> None:
        self._encoder = SentenceEncoder(threads=2)
        self._reader = TaughtReader(threads=2)

    @contextmanager
    def over(self, path: Path) -> Iterator[tuple[Ask, Ask]]:
        """Index a file and yield how to ask, and how to search, it."""
        with tempfile.TemporaryDirectory() as folder:
            indexer.build(Path(folder), read([path]), encoder=self._encoder, progress=Unwatched())
            with closing(Desk(Path(folder), self._encoder, self._reader)) as desk:

                def ask(question: str, after: str) -> Found:
                    answer = desk.ask(question, after=after, k=CITATIONS)
                    shown = answer.citations or answer.nearest
                    score = max((c.score for c in shown), default=0.0)
                    return Found([c.excerpt for c in shown], score, answer.answered)

                def search(question: str, _: str) -> Found:
                    hits = desk.search(question, k=CITATIONS)
                    return Found([h.passage.span.of(a.body) for h, a in hits], 0.0)

                yield ask, search


class Peer(ABC):
    """A system that finds passages."""

    name = ""

    @abstractmethod
    def index(self, passages: list[str]) -> Callable[[str], Sequence[tuple[int, float]]]:
        """Index passages and return how to search them: places and scores, best first."""

    @contextmanager
    def over(
        self, path: Path, cut: Callable[[Article], list[str]] = passages
    ) -> Iterator[tuple[Ask, Ask]]:
        """Index a file and yield how to ask it; searching is the same."""
        articles = [item for item in read([path]) if isinstance(item, Article)]
        texts = [text for article in articles for text in cut(article)]
        search = self.index(texts)

        def ask(question: str, after: str) -> Found:
            found = search(f"{after} {question}".strip())
            return Found([texts[at] for at, _ in found], found[0][1] if found else 0.0)

        yield ask, ask


class Dense(Peer):
    """What a tutorial builds: sentence-transformers and a flat FAISS index."""

    name = "dense (FAISS)"

    def __init__(self) -> None:
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(str(embedded_path()), device="cpu")

    def index(self, passages: list[str]) -> Callable[[str], Sequence[tuple[int, float]]]:
        import faiss

        index: Any = faiss.IndexFlatIP(384)
        index.add(self._encode(passages))

        def search(question: str) -> list[tuple[int, float]]:
            scores, places = index.search(self._encode([question]), CITATIONS)
            pairs = zip(places[0].tolist(), scores[0].tolist(), strict=True)
            return [(at, score) for at, score in pairs if at >= 0]

        return search

    def _encode(self, texts: list[str]) -> np.ndarray:
        return np.asarray(
            self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        )


class Words(Peer):
    """BM25 by bm25s, with its English stop words and the Snowball stemmer."""

    name = "BM25 (bm25s)"

    def index(self, passages: list[str]) -> Callable[[str], Sequence[tuple[int, float]]]:
        import bm25s
        import Stemmer

        stemmer = Stemmer.Stemmer("english")

        def tokens(texts: list[str]) -> Any:
            return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)

        index = bm25s.BM25()
        index.index(tokens(passages), show_progress=False)

        def search(question: str) -> list[tuple[int, float]]:
            k = min(CITATIONS, len(passages))
            places, scores = index.retrieve(tokens([question]), k=k, show_progress=False)
            return list(zip(places[0].tolist(), scores[0].tolist(), strict=True))

        return search


class Txtai(Peer):
    """txtai's hybrid of dense and sparse vectors."""

    name = "txtai hybrid"

    def index(self, passages: list[str]) -> Callable[[str], Sequence[tuple[int, float]]]:
        from txtai import Embeddings

        index = Embeddings(path=str(embedded_path()), hybrid=True, gpu=False)
        index.index(passages)
        return lambda question: list(index.search(question, CITATIONS))
