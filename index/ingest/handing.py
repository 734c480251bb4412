"""Articles gathered → the index, so many at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from index.ingest import indexer
from index.ingest.progress import Progress
from index.ingest.removals import removed_by_hand
from index.ingest.taking import LeftOut, Taken, are_of_one_site
from index.models import Encoder
from index.storage.store import FILE_NAME, Store
from index.types import Article

__all__ = ["Handed", "hand_over", "refuse"]

_TWICE = "another one that came with it is the same article; give it an id of its own"
_REMOVED = "it was removed by hand; add it by hand to have it again"


@dataclass(slots=True)
class Handed:
    """What became of a batch: article ids, and what was not taken after all.

    Attributes:
        added, changed, removed: Article ids.
        known_as: The ids of what is indexed under another, by the one that it came with.
        left_out: What was not taken after all.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    known_as: dict[str, str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)


def hand_over(
    folder: Path,
    taken: Collection[Taken],
    gone: Iterable[str],
    *,
    load_encoder: Callable[[], Encoder],
    progress: Progress,
    by_hand: bool = False,
) -> Handed:
    """Index what was taken and remove what is gone; once this returns, it is kept.

    An article is left out whose id is that of one from another site. What is gone under one id
    and was taken under another stays. What was removed by hand and stands all the same, because
    that was cut short or the store was put back as it was before, leaves.

    Args:
        folder: The data folder.
        taken: Articles; of several of one id the first is right.
        gone: Ids of articles.
        load_encoder: Loads the encoder, if there is something to encode.
        progress: Is told how far the indexer has come.
        by_hand: Whether somebody wants just this: then what was removed by hand comes in again,
            and what leaves is kept out.

    Raises:
        CoverageError: As `indexer.add` does.
    """
    handed = Handed()
    held = _held(folder, [one.article.id for one in taken])
    new = []
    met: set[str] = set()
    for article, place in taken:
        earlier = held.get(article.id)
        if article.id in met:
            handed.left_out.append(LeftOut(place, _TWICE))
        elif earlier is not None and (reason := refuse(article, earlier)):
            handed.left_out.append(LeftOut(place, reason))
        elif by_hand or earlier is None or earlier.digest != article.digest:
            new.append(article)
        met.add(article.id)
    if new:
        changes = indexer.add(
            folder, new, encoder=load_encoder(), progress=progress, by_hand=by_hand
        )
        handed.added, handed.changed = changes.added, changes.changed
        handed.known_as = changes.known_as
        handed.left_out += [
            LeftOut(one.place, _REMOVED) for one in taken if one.article.id in changes.kept_out
        ]
    gone = set(gone) - set(handed.known_as.values())
    if not by_hand:
        gone |= removed_by_hand(folder)
    leaving = sorted(gone & _held(folder, gone).keys())
    if leaving:
        handed.removed = indexer.remove(folder, leaving, by_hand=by_hand)
    return handed


def refuse(article: Article, earlier: Article) -> str:
    """Return why an article may not take the place of the one that has its id, or ""."""
    if are_of_one_site(earlier.url, article.url):
        return ""
    return f"its id {article.id!r} is that of {earlier.url or 'an article of a file'}"


def _held(folder: Path, ids: Iterable[str]) -> dict[str, Article]:
    """Return those of the articles that are indexed already."""
    if not (folder / FILE_NAME).exists():
        return {}
    with closing(Store(folder)) as store:
        return dict(store.articles(set(ids)))
