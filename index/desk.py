"""Questions to the coverage, and whatever else is read of it, one after the other."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from index.answers.amending import Amendment, Shown, amend
from index.answers.asking import ask, find, find_newest
from index.answers.browsing import Surroundings, cite_again, open_at, surround
from index.answers.topics import News, look
from index.errors import DamagedStoreError
from index.models import Encoder, Reader
from index.storage.coverage import Coverage
from index.types import Answer, Article, Citation, Hit, Query, Reach, Span
from index.understanding.query import understand
from index.understanding.scope import within

__all__ = ["Desk"]

_LOOKED_AT = 2_000
"""New passages looked at in one go."""


class Desk:
    """Answers questions about what is indexed in one folder.

    May be shared by threads, one question at a time. What writers commit meanwhile is seen by the
    next question.

    Attributes:
        encoder: What it encodes with, for whoever writes from the same process.
    """

    def __init__(self, folder: Path, encoder: Encoder, reader: Reader | None = None) -> None:
        """Open the coverage in `folder`.

        Args:
            folder: Where it was indexed.
            encoder: The one that it was built with.
            reader: Judges passages in English; without one they are judged by their words alone.

        Raises:
            NoCoverageError: Nothing is indexed there.
            StaleIndexError: It was built with another model.
            CoverageError: It cannot be used.
        """
        self.encoder, self._reader = encoder, reader
        self._lock = threading.Lock()
        self._coverage = Coverage(folder, encoder)

    def ask(
        self,
        question: str,
        *,
        after: str = "",
        told: str = "",
        k: int = 3,
        today: dt.date | None = None,
        anywhere: bool = False,
        without: Collection[str] = (),
    ) -> Answer:
        """Return the answer to a question, its excerpts read from the store at this moment.

        Args:
            question: What the reader sent.
            after: The question before it in the conversation (`Answer.text`), or "".
            told: The words that answered that (`Answer.told`), or "".
            k: Most citations, 1 and up.
            today: The day it is asked on; this one where it is not given.
            anywhere: Whether to look in all the coverage, whatever outlet or time it names.
            without: Outlets to leave out: nothing is found of them, and of a question that names
                only such the answer says so.

        Raises:
            QuestionError: The question cannot be asked as it stands.
            CoverageError: The coverage cannot be read.
        """
        if k < 1:
            raise ValueError(f"k must be 1 or more, not {k!r}")
        with self._current() as now:
            return ask(
                now,
                question,
                after=after,
                told=told,
                k=k,
                today=today or _today(),
                anywhere=anywhere,
                without=without,
                reader=self._reader,
            )

    def search(self, query: str, *, k: int = 10) -> list[tuple[Hit, Article]]:
        """Return the `k` passages closest to a query, each with its article, best first.

        Raises:
            QuestionError: There is no word in the query.
            CoverageError: The coverage cannot be read.
        """
        if k < 1:
            raise ValueError(f"k must be 1 or more, not {k!r}")
        with self._current() as now:
            understood = understand(query, reach=now.reach, today=_today())
            hits, articles = find(now, understood, k)
            found = [(hit, articles[hit.passage.article]) for hit in hits]
            return [one for one in found if within(understood.scope, one[1].origin)]

    def reach(self) -> Reach:
        """Return how far the coverage reaches at this moment."""
        with self._current() as now:
            return now.reach

    def latest(
        self, topic: str = "", *, k: int = 10, without: Collection[str] = ()
    ) -> list[Citation]:
        """Return what was published last, latest first: openings, or the best sentence on a topic.

        Args:
            topic: What it is to be on, or "" for whatever there is.
            k: Most citations, each of another article.
            without: Outlets to leave out.
        """
        with self._current() as now:
            return find_newest(now, Query(topic, topic, without=tuple(without)), k)

    def cite(self, shown: Shown, *, question: str = "") -> Citation | None:
        """Return a citation of an excerpt that was shown, read again.

        None where its article is gone, or no longer says it.

        Args:
            shown: The excerpt.
            question: Whose words to mark in it.
        """
        with self._current() as now:
            return cite_again(_article(now, shown.article), shown, question=question)

    def surround(self, shown: Shown, *, question: str = "") -> Surroundings | None:
        """Return an excerpt that was shown, read again, between the sentences around it.

        None where its article is gone, or no longer says it there.
        """
        with self._current() as now:
            return surround(_article(now, shown.article), shown, question=question)

    def open(self, article: str, span: Span | None = None) -> Citation | None:
        """Return a part of an article, by default its opening; None where there is no such."""
        with self._current() as now:
            return open_at(_article(now, article), span)

    def stamp(self) -> str:
        """Return what changes with every change of the coverage, and only then.

        What stands before its ":" is the index's own for as long as it is not built anew.
        """
        with self._current() as now:
            return now.store.stamp

    def ids(self) -> list[str]:
        """Return the id of every article."""
        with self._current() as now:
            return list(now.store.digests())

    def passages(self) -> int:
        """Return how many passages there are."""
        with self._current() as now:
            return len(now.store.passage_ids())

    def news(self, topics: Collection[str], *, since: str) -> News:
        """Return what came in on some topics since a mark; nothing where the mark is "".

        An article that was changed comes in again. After a build with another model, whose marks
        are others, nothing counts as new.

        Args:
            topics: What to look for.
            since: The mark of the look before.
        """
        with self._current() as now:
            return look(
                topics, since, now.store, self.encoder, now.derived.words.rarity, _LOOKED_AT
            )

    def amend(self, shown: Sequence[Shown]) -> list[Amendment]:
        """Return what became of those excerpts that their articles no longer have, in order.

        An excerpt whose words only moved within its article still stands. Of an article that is
        not what was written nothing is known until it is mended.

        Raises:
            CoverageError: The coverage cannot be read.
        """
        found: list[Amendment | None] = []
        with self._current() as now:
            for one in shown:
                with suppress(DamagedStoreError):
                    article = _article(now, one.article)
                    found.append(amend(one, article, now.store.history.of))
        return [one for one in found if one is not None]

    def close(self) -> None:
        """Close the store."""
        with self._lock:
            self._coverage.close()

    @contextmanager
    def _current(self) -> Iterator[Coverage]:
        """Read the coverage as it stands now; other threads wait."""
        with self._lock, self._coverage.unchanging() as now:
            yield now


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _article(now: Coverage, id_: str) -> Article | None:
    return now.store.articles([id_]).get(id_)
