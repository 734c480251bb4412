"""Which new articles are there already under another id."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from index.articles.identity import keys, place
from index.ingest.taking import are_of_one_site
from index.storage.store import Store
from index.text.likeness import ALIKE, likeness, sign
from index.types import Article

__all__ = ["find_same"]


def find_same(
    article: Article, store: Store, taken: Mapping[str, Article], renewed: Collection[str]
) -> str | None:
    """Return the id of the same article under another id, or None.

    It is the same where outlet, headline and text are equal, or where it stands in the same place
    and has the same headline or much the same text: two may share an address and nothing else.
    On another site it never is: whoever copies an article does not take its place.

    Args:
        article: One whose id is new.
        store: Holds the articles that were there before.
        taken: Those about to be stored, by every key that they are known by.
        renewed: Their ids. What the store holds under one counts no more: the article may be just
            that, moved to an id of its own.
    """
    holders = [id_ for id_ in store.kin.holders(article) if id_ not in renewed]
    held = store.articles(holders).values()
    fresh = [taken[key] for key in keys(article) if key in taken]
    return next((one.id for one in [*fresh, *held] if _is_same(article, one)), None)


def _is_same(one: Article, other: Article) -> bool:
    """Tell whether two articles with a key in common are the same."""
    if not _may_be_same(one.url, other.url):
        return False
    if one.headline.casefold() == other.headline.casefold():
        return True
    return likeness(sign(one.body), sign(other.body)) >= ALIKE


def _may_be_same(one: str, other: str) -> bool:
    """Tell whether two addresses, where both are known, are of one place or one site."""
    known = one and other and place(one) != place(other)
    return not known or are_of_one_site(one, other)
