"""A small coverage made in a moment, to be changed by tests at will."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from index import Desk
from index.articles.files import read
from index.ingest import indexer
from index.ingest.progress import Unwatched
from tests.fakes import WordEncoder

QUESTION = "How many whales live near Iceland?"

# Each says something else of the same, so that there is more to show than fits on a page.
SAID = [
    "Some 340 whales live near Iceland in winter.",
    "Near Iceland about 90 blue whales live all year.",
    "Of the whales that live near Iceland, many are old.",
    "How whales live near Iceland is studied by ships.",
    "Whales live near Iceland, say fishermen, in many bays.",
    "Many killer whales live near Iceland as well.",
    "Whales live near Iceland, old books say.",
]


class Newsstand:
    """Articles in a folder, and the index of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.articles = folder / "articles"
        self.articles.mkdir(exist_ok=True)

    def put(self, id_: str, body: str, **fields: str) -> None:
        """Write an article, or another version of it; `publish` makes it known."""
        given = {
            "headline": f"Headline of {id_}",
            "outlet": "The Gazette",
            "published": "2024-09-03",
            "url": f"https://example.org/{id_}",
            "language": "en",
        } | fields
        front = "\n".join(
            f"{name}: {json.dumps(value, ensure_ascii=False)}"
            for name, value in given.items()
            if value
        )
        (self.articles / f"{id_}.md").write_text(f"---\n{front}\n---\n{body}\n", "utf-8")

    def drop(self, id_: str) -> None:
        """Take an article away."""
        (self.articles / f"{id_}.md").unlink()

    def publish(self) -> None:
        """Let the index say what the articles say."""
        changes = indexer.build(
            self.folder / "index",
            read([self.articles]),
            encoder=WordEncoder(),
            progress=Unwatched(),
        )
        assert not changes.errors, list(map(str, changes.errors))

    @contextmanager
    def open(self) -> Iterator[Desk]:
        """Open the coverage."""
        desk = Desk(self.folder / "index", WordEncoder())
        try:
            yield desk
        finally:
            desk.close()


def whales(folder: Path) -> Newsstand:
    """Make a stand with an article for each thing said of whales, and one of something else."""
    shutil.copytree(_template(), folder, dirs_exist_ok=True)
    return Newsstand(folder)


def apart(stand: Newsstand) -> Newsstand:
    """Make a stand of the same articles, indexed by itself, as another replica has it."""
    shutil.copytree(stand.articles, stand.folder / "apart" / "articles")
    other = Newsstand(stand.folder / "apart")
    other.publish()
    return other


@cache
def _template() -> Path:
    """Make that stand once; copies are made in a moment."""
    holder = tempfile.TemporaryDirectory(prefix="clipdesk-newsstand-")
    atexit.register(holder.cleanup)
    stand = Newsstand(Path(holder.name))
    for at, sentence in enumerate(SAID):
        before = "The weather was fine that day. Nobody was on the quay."
        after = "A bell rang at noon. The boats came home."
        body = f"{before}\n\n{sentence}\n\n{after}"
        stand.put(f"whales-{at}", body, published=f"2024-09-0{at + 1}")
    stand.put("cheese", "Cheese got dearer in Bern. Bakers complain.", outlet="Käseblatt")
    stand.publish()
    return stand.folder
