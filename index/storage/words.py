"""BM25 over passages, of all the coverage or of a part. The only import of tantivy beside `terms`.

Passages are given as terms already folded and stemmed (see `terms`), so that one tokenizer serves
every language and whatever is found can be shown.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import tantivy

from index.types import Scope

__all__ = ["CANDIDATES", "Entry", "WordIndex"]

CANDIDATES = 200
"""Passages proposed for a query."""

_MEMORY = 50_000_000
"""Bytes a writer may fill before it writes a segment; tantivy wants at least 15 MB a thread."""


class Entry(NamedTuple):
    """A passage as the word index sees it.

    Attributes:
        id: The passage's.
        terms: Its terms in order.
        outlet, byline: Its article's, or "".
        published: Its article's date, if it has one.
    """

    id: int
    terms: Collection[str]
    outlet: str = ""
    byline: str = ""
    published: dt.date | None = None


class WordIndex:
    """Passage ids by the terms they share with a query."""

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`, or make one where it is empty."""
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("id", stored=True, indexed=True, fast=True)
        builder.add_text_field("terms", tokenizer_name="terms", index_option="freq")
        for name in ("outlet", "byline"):
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
        builder.add_integer_field("published", indexed=True, fast=True)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, path=str(folder))
        whitespace = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer("terms", whitespace)
        self._index.config_reader(reload_policy="manual")
        self._index.reload()

    @property
    def size(self) -> int:
        """How many passages there are."""
        return int(self._index.searcher().num_docs)

    def update(self, *, remove: Iterable[int], add: Iterable[Entry]) -> None:
        """Remove passages by id, then add others, in one transaction."""
        writer = self._index.writer(heap_size=_MEMORY, num_threads=1)
        for id_ in remove:
            writer.delete_documents_by_term("id", int(id_))
        for entry in add:
            document = tantivy.Document()
            document.add_integer("id", entry.id)
            document.add_text("terms", " ".join(entry.terms))
            document.add_text("outlet", entry.outlet)
            document.add_text("byline", entry.byline)
            if entry.published:
                document.add_integer("published", entry.published.toordinal())
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def search(
        self,
        terms: Iterable[str],
        *,
        every: bool = False,
        within: Scope | None = None,
        without: Iterable[str] = (),
    ) -> dict[int, float]:
        """Return the passages that share most with `terms`: BM25 score by id, best first.

        Ties keep the order in which the passages were added.

        Args:
            terms: Folded and stemmed; without any, all passages of the part are found.
            every: Only passages that have all of them.
            within: Only passages of one of its outlets or bylines, and of its days; all if None.
            without: No passages of these outlets.
        """
        occur = tantivy.Occur.Must if every else tantivy.Occur.Should
        parts = [(occur, self._is("terms", term)) for term in dict.fromkeys(terms)]
        query = tantivy.Query.boolean_query(parts)
        bounds = [(tantivy.Occur.Must, bound) for bound in self._bounds(within or Scope())]
        bounds += [(tantivy.Occur.MustNot, self._is("outlet", outlet)) for outlet in without]
        if bounds:
            shared = [(tantivy.Occur.Must, query)] if parts else []
            query = tantivy.Query.boolean_query([*shared, *bounds])
        searcher = self._index.searcher()
        hits = searcher.search(query, CANDIDATES).hits
        ids: list[Any] = searcher.fast_field_values("id", [address for _, address in hits])
        return {int(id_): float(score) for (score, _), id_ in zip(hits, ids, strict=True)}

    def has(self, term: str) -> bool:
        """Tell whether a passage has a term."""
        return self._index.searcher().doc_freq("terms", term) > 0

    def near(self, term: str, distance: int, *, most: int) -> list[int]:
        """Return some passages that have a term spelt nearly as another.

        Args:
            term: Folded and stemmed.
            distance: Most letters that may be wrong, lacking, too many or exchanged; 0 to 2.
            most: Passages.
        """
        searcher = self._index.searcher()
        query = tantivy.Query.fuzzy_term_query(self._schema, "terms", term, distance)
        hits = searcher.search(query, most).hits
        ids: list[Any] = searcher.fast_field_values("id", [address for _, address in hits])
        return [int(id_) for id_ in ids]

    def _is(self, field: str, value: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, value, "freq")

    def _bounds(self, scope: Scope) -> Iterator[tantivy.Query]:
        """Yield what a passage must be to lie within a scope; it scores nothing."""
        names = [self._is("outlet", outlet) for outlet in scope.outlets]
        names += [self._is("byline", byline) for byline in scope.bylines]
        if names:
            either = tantivy.Query.boolean_query([(tantivy.Occur.Should, name) for name in names])
            yield tantivy.Query.const_score_query(either, 0.0)
        if scope.since or scope.until:
            days = tantivy.Query.range_query(
                self._schema,
                "published",
                tantivy.FieldType.Integer,
                scope.since.toordinal() if scope.since else None,
                scope.until.toordinal() if scope.until else None,
            )
            yield tantivy.Query.const_score_query(days, 0.0)

    def rarity(self, term: str) -> float:
        """Return the inverse document frequency of a term, above 0; highest for one never met.

        Source: the IDF of BM25, Robertson & Zaragoza 2009, with Lucene's + 1.
        """
        searcher = self._index.searcher()
        total = searcher.num_docs
        # tantivy counts what was deleted among those having a term until its segments are merged.
        having = min(total, searcher.doc_freq("terms", term))
        return math.log(1 + (total - having + 0.5) / (having + 0.5))
