"""Articles in: what is new or changed is split, encoded and stored; what is gone leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from index.articles.identity import keys
from index.errors import ArticleError, DamagedStoreError
from index.ingest.ledger import FOLDER
from index.ingest.progress import Progress
from index.ingest.recognising import find_same
from index.ingest.removals import keep_out, kept_out, let_in
from index.models import Encoder, Vectors
from index.storage.audit import find_damaged_articles, find_damaged_versions
from index.storage.connection import nothing_in
from index.storage.derived import bring_up_to_date, open_to_write, writing
from index.storage.rows import StoredPassage
from index.storage.store import FILE_NAME, Store
from index.text.passages import framed, split
from index.types import Article, Passage

__all__ = ["Articles", "Changes", "add", "build", "remove"]

_TRANSACTION = 256
"""Passages encoded and committed at once: what a kill can cost."""


Articles: TypeAlias = Iterable[Article | ArticleError]
"""Each id once, and what could not be read, to be told of."""


@dataclass(slots=True)
class Changes:
    """What a run did, article ids in the order met.

    Attributes:
        added, changed, unchanged, removed: Article ids.
        copies: Ids of articles that were there under another id, with that other id.
        known_as: The id under which an article is indexed, by the one that it came with, where
            that is another: of `copies`, and of later versions.
        kept_out: Ids of articles that were removed by hand, and not added by hand since.
        let_in: Ids under which articles had been removed by hand that were now added by hand.
        damaged: Ids of articles that were not as written and were taken out to be read anew.
        encoded: Passages encoded.
        errors: What could not be read; the rest was indexed all the same.
        kept: Whether articles that did not come again were left in because of `errors`.
        set_aside: Where a damaged store was moved to, if one was.
        ledger: What remembers the articles that sources brought, where some that were there left:
            it keeps them from being taken again.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    copies: list[tuple[str, str]] = field(default_factory=list)
    known_as: dict[str, str] = field(default_factory=dict)
    kept_out: list[str] = field(default_factory=list)
    let_in: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    encoded: int = 0
    errors: list[ArticleError] = field(default_factory=list)
    kept: bool = False
    set_aside: Path | None = None
    ledger: Path | None = None


def build(folder: Path, articles: Articles, *, encoder: Encoder, progress: Progress) -> Changes:
    """Make the index in `folder` hold exactly these articles.

    Unchanged articles are not encoded again. What was removed by hand and is there all the same
    comes in again. Where something could not be read, nothing is removed: it may be what would
    have been kept. An index built with another model is emptied first, a damaged one set aside.

    Raises:
        CoverageError: The folder cannot be written to, or another process is writing.
    """
    changes = Changes()
    with writing(folder):
        changes.set_aside = _set_aside_if_damaged(folder)
        with closing(open_to_write(folder)) as store:
            emptied = bool(store.meta) and not store.is_built_with(encoder)
            if emptied or not store.meta:
                store.reset(encoder)
            for id_ in find_damaged_articles(store):
                store.remove([id_])
                changes.damaged.append(id_)
            for id_ in find_damaged_versions(store):
                store.history.forget(id_)
            _take_in(store, articles, encoder, progress, changes)
            held = {*changes.added, *changes.changed, *changes.unchanged}
            gone = [id_ for id_ in store.digests() if id_ not in held]
            changes.kept = bool(gone and changes.errors)
            if gone and not changes.errors:
                changes.removed = store.remove(gone)
            if emptied or changes.removed or changes.set_aside:
                changes.ledger = folder / FOLDER if (folder / FOLDER).exists() else None
            progress.sealing()
            bring_up_to_date(folder, store)
    return changes


def add(
    folder: Path, articles: Articles, *, encoder: Encoder, progress: Progress, by_hand: bool = True
) -> Changes:
    """Put articles in, in the place of earlier ones with the same ids.

    Args:
        folder: Where the index lives.
        articles: What is to be in it.
        encoder: The one that the index is built with.
        progress: Is told how far it has come.
        by_hand: Whether somebody wants just these, though they may have been removed before.

    Raises:
        StaleIndexError: The index was built with another model.
        CoverageError: As for `build`.
    """
    changes = Changes()
    with writing(folder), closing(open_to_write(folder)) as store:
        if not store.meta:
            store.reset(encoder)
        store.check_built_with(encoder)
        _take_in(store, articles, encoder, progress, changes, by_hand=by_hand)
        progress.sealing()
        bring_up_to_date(folder, store)
    return changes


def remove(folder: Path, ids: Collection[str], *, by_hand: bool = True) -> list[str]:
    """Take articles out; return the ids that were there, sorted.

    Args:
        folder: Where the index lives.
        ids: Of the articles.
        by_hand: Whether somebody wants them out, so that no source may bring them back.

    Raises:
        NoCoverageError: Nothing is indexed in `folder`.
        CoverageError: As for `build`.
    """
    with closing(Store(folder)) as made:  # makes none
        if not made.meta:  # whoever made it died at once
            raise nothing_in(folder)
    with writing(folder), closing(open_to_write(folder)) as store:
        if by_hand:  # first: where this is cut short, the next pass over the sources does the rest
            held = {id_ for id_ in ids if store.digest(id_)}
            keep_out(folder, {id_: store.kin.known_by(id_) for id_ in held})
        removed = store.remove(ids)
        bring_up_to_date(folder, store)
    return removed


def _take_in(
    store: Store,
    articles: Articles,
    encoder: Encoder,
    progress: Progress,
    changes: Changes,
    *,
    by_hand: bool = True,
) -> None:
    pending, folder = _read_new(store, articles, progress, changes), store.path.parent
    if by_hand:
        changes.let_in = let_in(folder, pending, changes.unchanged)
    else:
        changes.kept_out = kept_out(folder, pending)
        pending = [article for article in pending if article.id not in changes.kept_out]
    pending = _choose(store, pending, changes)
    cut = [(article, split(article)) for article in pending]
    total = sum(len(passages) for _, passages in cut)
    done = 0
    progress.encoding(done, total)
    for group in _groups(cut):
        store.replace(_encode(group, encoder, store, changes))
        done += sum(len(passages) for _, passages in group)
        progress.encoding(done, total)


def _read_new(
    store: Store, articles: Articles, progress: Progress, changes: Changes
) -> list[Article]:
    pending = []
    for count, item in enumerate(articles, start=1):
        progress.reading(count)
        if isinstance(item, ArticleError):
            changes.errors.append(item)
        elif store.digest(item.id) == item.digest:
            changes.unchanged.append(item.id)
        else:
            pending.append(item)
    return pending


def _choose(store: Store, pending: Sequence[Article], changes: Changes) -> list[Article]:
    """Return the articles to be stored, under the ids that they are to have.

    One that is there under another id is left out where this run has that other one too; where
    it has not, it is its later version.
    """
    met = {*changes.unchanged, *(article.id for article in pending)}
    renewed = {article.id for article in pending if store.digest(article.id)}
    taken = {key: one for one in pending if one.id in renewed for key in keys(one)}
    chosen = []
    for article in pending:
        same = None if store.digest(article.id) else find_same(article, store, taken, renewed)
        if same is not None:
            changes.known_as[article.id] = same
        if same is not None and same in met:
            changes.copies.append((article.id, same))
            continue
        if same is not None:
            article = replace(article, id=same)
            met.add(same)
        held = store.digest(article.id)
        if held == article.digest:
            changes.unchanged.append(article.id)
            continue
        (changes.changed if held else changes.added).append(article.id)
        taken |= dict.fromkeys(keys(article), article)
        renewed.add(article.id)
        chosen.append(article)
    return chosen


_Cut = tuple[Article, list[Passage]]


def _groups(cut: Iterable[_Cut]) -> Iterator[list[_Cut]]:
    """Yield articles in groups of about `_TRANSACTION` passages."""
    group: list[_Cut] = []
    for item in cut:
        group.append(item)
        if sum(len(passages) for _, passages in group) >= _TRANSACTION:
            yield group
            group = []
    if group:
        yield group


def _encode(
    group: Sequence[_Cut], encoder: Encoder, store: Store, changes: Changes
) -> Iterator[tuple[Article, list[StoredPassage]]]:
    """Yield articles with their passages; what reads as before keeps its vectors."""
    kept = {article.id: _find_vectors(article, passages, store) for article, passages in group}
    frames = [
        framed(article, passage)
        for article, passages in group
        if not kept[article.id]
        for passage in passages
    ]
    encoded = iter(encoder.encode_passages(frames) if frames else [])
    changes.encoded += len(frames)
    for article, passages in group:
        vectors = iter(kept[article.id]) if kept[article.id] else encoded
        yield article, [StoredPassage(passage, next(vectors)) for passage in passages]


def _find_vectors(article: Article, passages: Sequence[Passage], store: Store) -> list[Vectors]:
    """Return the vectors that the store has for an article's passages, in order, or none."""
    held = store.articles([article.id]).get(article.id)
    if held is None or _encoded_of(held) != _encoded_of(article):
        return []
    stored = list(store.passages_of(article.id))
    if [one.passage.sentences for one in stored] != [one.sentences for one in passages]:
        return []  # cut as they were cut before
    return [one.vectors for one in stored]


def _encoded_of(article: Article) -> tuple[str, str, str]:
    """Return what of an article its passages and their vectors depend on."""
    return article.headline, article.body, article.language


def _set_aside_if_damaged(folder: Path) -> Path | None:
    """Move a store that cannot be read out of the way; return where it is now."""
    try:
        with closing(Store(folder, writable=True)) as store:
            if not store.check_pages():
                return None
    except DamagedStoreError:
        pass
    aside = folder / f"{FILE_NAME}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    for suffix in ("", "-wal", "-shm"):
        file = folder / f"{FILE_NAME}{suffix}"
        if file.exists():
            file.rename(f"{aside}{suffix}")
    return aside
