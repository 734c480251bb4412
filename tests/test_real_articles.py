"""What only real articles show; here together, for to index them takes a minute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index import Desk
from index.articles.files import read
from index.ingest import indexer
from index.ingest.progress import Unwatched
from index.neural.encoder import SentenceEncoder
from index.neural.reader import TaughtReader
from tests.conftest import shared
from tests.judged import multihop_questions
from tests.test_quality import check
from tests.test_verbatim import check_verbatim

ARTICLES = "data/multihop_rag/corpus_subset_70.json"


@pytest.fixture(scope="module")
def folder(encoder: SentenceEncoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of 70 articles."""
    articles = shared(ARTICLES)
    folder = tmp_path_factory.mktemp("real")
    indexer.build(folder, read([articles]), encoder=encoder, progress=Unwatched())
    return folder


@pytest.fixture(scope="module")
def desk(folder: Path, encoder: SentenceEncoder, reader: TaughtReader) -> Iterator[Desk]:
    """The desk over these."""
    with closing(Desk(folder, encoder, reader)) as desk:
        yield desk


@pytest.mark.parametrize("questions", ["multihop", "news"])
def test_they_are_answered_as_well_as_ever(
    folder: Path, encoder: SentenceEncoder, reader: TaughtReader, questions: str
) -> None:
    check(questions, folder, encoder, reader)


def test_every_excerpt_of_a_hundred_answers_over_them_is_verbatim(desk: Desk) -> None:
    judged = [question.text for question in multihop_questions()]
    check_verbatim(desk, [shared(ARTICLES)], judged)
