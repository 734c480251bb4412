"""A small coverage made in a moment, to be changed by tests at will."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from index import Desk, indexer
from tests.conftest import Silent
from tests.fakes import WordEncoder

WHALES = "Whales live near Iceland."
QUESTION = "How many whales live near Iceland?"

# Each says something else of the same, so that there is more to show than fits on a page.
SAID = [
    "Some 340 whales live near Iceland in winter.",
    "Near Iceland about 90 blue whales live all year.",
    "Of the whales that live near Iceland, many are old.",
    "How whales live near Iceland is studied by ships.",
    "Whales live near Iceland, say fishermen, in many bays.",
    "Many killer whales live near Iceland as well.",
    "That whales live near Iceland is known of old.",
]


class Newsstand:
    """Articles in a folder, and the index of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.articles = folder / "articles"
        self.articles.mkdir()

    def put(self, id_: str, body: str, **fields: str) -> None:
        """Write an article, or another version of it; `publish` makes it known."""
        given = {
            "headline": f"Headline of {id_}",
            "outlet": "The Gazette",
            "published": "2024-09-03",
            "url": f"https://example.org/{id_}",
            "language": "en",
        } | fields
        front = "\n".join(f"{name}: {value!r}" for name, value in given.items() if value)
        (self.articles / f"{id_}.md").write_text(f"---\n{front}\n---\n{body}\n", "utf-8")

    def drop(self, id_: str) -> None:
        """Take an article away."""
        (self.articles / f"{id_}.md").unlink()

    def publish(self) -> None:
        """Let the index say what the articles say."""
        changes = indexer.build(
            self.folder / "index", [self.articles], encoder=WordEncoder(), progress=Silent()
        )
        assert not changes.errors

    @contextmanager
    def open(self) -> Iterator[Desk]:
        """Open the coverage."""
        desk = Desk(self.folder / "index", WordEncoder())
        try:
            yield desk
        finally:
            desk.close()


def whales(folder: Path, said: Mapping[str, str] | None = None) -> Newsstand:
    """Make a stand with an article for each thing said of whales, and one of something else."""
    stand = Newsstand(folder)
    for at, sentence in enumerate(SAID):
        before = "The weather was fine that day. Nobody was on the quay."
        after = "A bell rang at noon. The boats came home."
        stand.put(f"whales-{at}", f"{before} {sentence} {after}", published=f"2024-09-0{at + 1}")
    stand.put("cheese", "Cheese got dearer in Bern. Bakers complain.", outlet="Käseblatt")
    for id_, body in (said or {}).items():
        stand.put(id_, body)
    stand.publish()
    return stand
