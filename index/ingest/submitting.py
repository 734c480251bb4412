"""A link, a file or a text that somebody sends → articles to look at before they are indexed."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path

from index.articles import files, pasted
from index.articles.fields import Fault, clean, compose, name_fields, one_line
from index.articles.identity import place
from index.errors import ArticleError, SourceError
from index.ingest.handing import refuse
from index.ingest.recognising import find_same
from index.ingest.sources import FILE_NAME as SOURCES
from index.ingest.sources import read_sources
from index.ingest.taking import read_page
from index.settings import IndexSettings
from index.storage.store import FILE_NAME, Store
from index.text.decoding import decode
from index.text.passages import split
from index.types import Article
from index.web.apart import Apart
from index.web.fetching import Fetcher

__all__ = ["Proposal", "Proposed", "look_up", "propose_file", "propose_link", "propose_text"]

_LONGEST_HEADLINE = 100
"""Characters of a text's beginning that serve as its headline where it has none."""

_END = 2_000
"""Characters in which the first or last sentence is looked for: the whole may take long."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An article that could be indexed.

    Attributes:
        article: Under the id that it would have.
        earlier: The one whose place it would take, or None.
    """

    article: Article
    earlier: Article | None = None

    @property
    def ends(self) -> tuple[str, str]:
        """Its first sentence and its last."""
        body = self.article.body
        return self._sentences(body[:_END])[0], self._sentences(body[-_END:])[-1]

    @property
    def is_there(self) -> bool:
        """Whether the very same is indexed already."""
        return self.earlier is not None and self.earlier.digest == self.article.digest

    def _sentences(self, text: str) -> list[str]:
        passages = split(replace(self.article, body=text))
        return [one.of(text) for passage in passages for one in passage.sentences] or [text]


@dataclass(frozen=True, slots=True)
class Proposed:
    """What was made of something sent: articles, and what is wrong with the rest of it."""

    found: tuple[Proposal, ...] = ()
    wrong: tuple[str, ...] = ()


def propose_link(
    settings: IndexSettings,
    url: str,
    *,
    fetcher: Fetcher | None = None,
    apart: Apart | None = None,
) -> Proposed:
    """Return the article of a page; blocks for as long as its server takes.

    Args:
        settings: Where the index lives, and whether private addresses are allowed.
        url: As a stranger may have written it.
        fetcher: Fetches; made from the settings where it is not given. It is closed at the end.
        apart: Reads what was fetched, in a process of its own; likewise.

    Raises:
        CoverageError: The index cannot be read.
    """
    with (
        closing(fetcher or _open_fetcher(settings)) as fetcher,
        closing(apart or Apart()) as apart,
    ):
        try:
            fetched = fetcher.get(url)
            if fetched.status != HTTPStatus.OK:
                return Proposed(wrong=(f"{url}: the server answers {fetched.status}",))
            text = decode(fetched.body, fetched.content_type)
            found = apart.call(read_page, text, fetched.url, {})
        except (Fault, SourceError) as error:
            return Proposed(wrong=(str(error),))
    return _compare(settings, [found], [])


def propose_file(
    settings: IndexSettings, name: str, content: bytes, *, apart: Apart | None = None
) -> Proposed:
    """Return the articles of a file, as `index add` reads it.

    Args:
        settings: Where the index lives.
        name: The file's; its ending says how to read it.
        content: What is in it.
        apart: Reads it, in a process of its own; made where it is not given, closed at the end.

    Raises:
        CoverageError: The index cannot be read.
    """
    with closing(apart or Apart()) as apart, tempfile.TemporaryDirectory() as folder:
        path = Path(folder, _base(name))
        path.write_bytes(content)
        try:
            found, wrong = apart.call(_read_file, path)
        except SourceError as error:
            return Proposed(wrong=(str(error),))
    return _compare(settings, found, [line.replace(f"{folder}/", "") for line in wrong])


def propose_text(settings: IndexSettings, text: str, told: Mapping[str, object]) -> Proposed:
    """Return the article of a text as it was pasted or forwarded.

    Args:
        settings: Where the index lives.
        text: Its headline, if one stands out, and its body.
        told: What else is known of it, by field.

    Raises:
        CoverageError: The index cannot be read.
    """
    headline, body = pasted.recognise(clean(text))
    begins = one_line(body)
    if len(begins) > _LONGEST_HEADLINE:
        begins = begins[:_LONGEST_HEADLINE].rpartition(" ")[0] + "…"
    try:
        fields = name_fields({**told, "headline": headline or begins, "body": body})
        found = compose(fields, "")
    except Fault as fault:
        return Proposed(wrong=(str(fault),))
    return _compare(settings, [found], [])


def look_up(folder: Path, sought: str) -> list[Article]:
    """Return the article of this id, or those that stand at this address.

    Raises:
        CoverageError: The index cannot be read.
    """
    with closing(Store(folder)) as store:
        found = store.articles([sought])
        if not found and (at := place(sought)):
            known = store.articles(store.kin.holders(Article("", "", "", url=sought)))
            found = {id_: one for id_, one in known.items() if place(one.url) == at}
        return list(found.values())


def _open_fetcher(settings: IndexSettings) -> Fetcher:
    """Return one that is as polite as the sources say, where there are any."""
    fetcher = Fetcher(private=settings.allow_private_addresses)
    if (settings.data_dir / SOURCES).exists():
        sources = read_sources(settings.data_dir)
        fetcher.contact, fetcher.delay = sources.contact, sources.delay
    return fetcher


def _base(name: str) -> str:
    """Return a file's name as it may stand in a folder of ours."""
    base = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable())
    stem, dot, ending = base[-60:].rpartition(".")
    return f"{stem.lstrip('.') or 'article'}{dot}{ending.lower()}"


def _read_file(path: Path) -> tuple[list[Article], list[str]]:
    """Read a file; errors come as lines, for they must travel from one process to another."""
    read = list(files.read([path]))
    return (
        [one for one in read if isinstance(one, Article)],
        [str(one) for one in read if isinstance(one, ArticleError)],
    )


def _compare(settings: IndexSettings, found: list[Article], wrong: list[str]) -> Proposed:
    """Say of each article what it would take the place of, or why it may not."""
    if not (settings.data_dir / FILE_NAME).exists():
        return Proposed(tuple(map(Proposal, found)), tuple(wrong))
    proposals = []
    with closing(Store(settings.data_dir)) as store:
        held = store.articles([article.id for article in found])
        for article in found:
            earlier = held.get(article.id)
            if earlier is not None and (reason := refuse(article, earlier)):
                wrong.append(f"{article.headline}: {reason}")
                continue
            if earlier is None and (same := find_same(article, store, {}, ())):
                earlier = store.articles([same])[same]
                article = replace(article, id=same)
            proposals.append(Proposal(article, earlier))
    return Proposed(tuple(proposals), tuple(wrong))
