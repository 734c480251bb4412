"""What several test files share."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
import tantivy
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.keeping.database import open_database
from bot.settings import BotSettings
from index import Desk
from index.articles.files import read
from index.ingest import indexer
from index.ingest.progress import Unwatched
from index.models import Encoder
from index.neural.encoder import SentenceEncoder
from index.neural.reader import TaughtReader
from index.storage.derived import NAMES
from index.storage.vectors import VectorIndex
from index.storage.words import WordIndex
from tests.databases import new_database, postgresql
from tests.fakes import WordEncoder
from tests.newsstand import Newsstand, whales

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


LONGEST = "test_real_articles.py"
"""The file whose tests take minutes."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Let one process more run than there are cores: many tests wait for sockets."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what takes longest begin first, so that no core waits for it in the end."""
    items.sort(key=lambda item: item.path.name != LONGEST)


@pytest.fixture
def stand(tmp_path: Path) -> Newsstand:
    return whales(tmp_path)


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests must not depend on the environment or a .env file."""
    for name in BotSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    """The embedded model itself; loading it takes seconds."""
    return SentenceEncoder(threads=1)  # two wait for each other where the machine is busy


@pytest.fixture(scope="session")
def reader() -> TaughtReader:
    """The reader that is shipped."""
    return TaughtReader()


@pytest.fixture
def words() -> WordEncoder:
    return WordEncoder()


@pytest.fixture(scope="session")
def sample_folder(encoder: SentenceEncoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of corpus/, made with the embedded model; not to be changed."""
    folder = tmp_path_factory.mktemp("sample")
    changes = indexer.build(folder, read([ROOT / "corpus"]), encoder=encoder, progress=Unwatched())
    assert not changes.errors
    return folder


@pytest.fixture(scope="session")
def sample(sample_folder: Path, encoder: SentenceEncoder, reader: TaughtReader) -> Iterator[Desk]:
    """The desk over corpus/."""
    with closing(Desk(sample_folder, encoder, reader)) as desk:
        yield desk


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server, by its URL."""
    with postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest) -> str:
    """An empty database: "" for SQLite, or the URL of one in PostgreSQL."""
    if request.param == "sqlite":
        return ""
    return await new_database(request.getfixturevalue("server"))


@pytest.fixture
async def engine(url: str, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """The bot's database, of either kind."""
    async with open_database(tmp_path, url) as engine:
        yield engine


def shared(path: str) -> Path:
    """Return a file of the real data that lies beside the checkout; skip without it."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"needs ../shared/{path}, which is not here")
    return found


def ids_in(folder: Path) -> list[list[int]]:
    """Return the ids of the passages that each derived index in a folder holds, ascending."""
    held = []
    for name in NAMES[:2]:
        index = VectorIndex.load(folder / name)
        held.append(np.unique(faiss.vector_to_array(index._index.id_map) // 256).tolist())
    searcher = WordIndex(folder / NAMES[2])._index.searcher()
    found = searcher.search(tantivy.Query.all_query(), 10**6).hits
    words: list[Any] = searcher.fast_field_values("id", [address for _, address in found])
    return [*held, sorted(words)]


def build(folder: Path, paths: Sequence[Path], encoder: Encoder) -> indexer.Changes:
    """Build an index with a quick encoder."""
    return indexer.build(folder, read(paths, beside=folder), encoder=encoder, progress=Unwatched())
