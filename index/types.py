"""The nouns of `index`: frozen values that every other module speaks in.

Every offset counts code points of an article's body, half-open: `body[start:end]`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

from index.links import link_to

__all__ = [
    "Answer",
    "Article",
    "Citation",
    "Hit",
    "Origin",
    "Passage",
    "Query",
    "Reach",
    "Scope",
    "Span",
    "Version",
]


class Span(NamedTuple):
    """A half-open range of code points."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the characters it covers in `text`."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Article:
    """One news item.

    Attributes:
        id: Unique in the coverage; by default the name of its file.
        headline: As printed, on one line.
        body: Paragraphs separated by line breaks; never blank.
        outlet: The publication, or "".
        byline: The author line, or "".
        published: The date printed, in the outlet's own time zone; None where none is given.
        url: Where it can be read, http(s), or "".
        language: ISO 639 code, such as "en".
        updated: The date on which the outlet says that it last changed it, or None.
    """

    id: str
    headline: str
    body: str
    outlet: str = ""
    byline: str = ""
    published: dt.date | None = None
    url: str = ""
    language: str = "en"
    updated: dt.date | None = None

    @property
    def origin(self) -> Origin:
        """Where it comes from."""
        return Origin(self.outlet, self.byline, self.published)

    @property
    def digest(self) -> str:
        """SHA-256 over every field, in hexadecimal: equal only for the same article."""
        fields = json.dumps(asdict(self), default=str, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(fields.encode("utf-8", "surrogatepass")).hexdigest()


class Version(NamedTuple):
    """An article as it stood before it was changed or removed, which was at `until`, in UTC."""

    article: Article
    until: dt.datetime


class Origin(NamedTuple):
    """Where an article comes from: its outlet, byline and date of publication."""

    outlet: str
    byline: str
    published: dt.date | None


@dataclass(frozen=True, slots=True)
class Passage:
    """An indexed run of whole sentences of one article.

    Attributes:
        article: The article's id.
        sentences: Its sentences in order, at least one, none overlapping.
        id: The store's number for it; never used again for another. 0 until stored.
    """

    article: str
    sentences: tuple[Span, ...]
    id: int = 0

    @property
    def span(self) -> Span:
        """From the first sentence's start to the last one's end."""
        return Span(self.sentences[0].start, self.sentences[-1].end)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of the coverage a question asks about, as far as it says so.

    Attributes:
        outlets: Outlets that it names, as the coverage spells them, in the order named.
        bylines: Authors that it names, likewise.
        absent: Outlets that it names as having reported, none of which the coverage has.
        lacking: Likewise, beside others that it has, or quoted by others in what answers.
        left_out: Outlets that it names and that are not to be looked in (`Query.without`).
        unwanted: Outlets that it asks to leave out: "other than The Verge".
        since, until: First and last date of publication asked about, both included.
        dates: Single days that it names; a preference, not a bound.
        phrases: What it puts in quotation marks; likewise.
    """

    outlets: tuple[str, ...] = ()
    bylines: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    dates: tuple[dt.date, ...] = ()
    phrases: tuple[str, ...] = ()

    @property
    def is_left_out(self) -> bool:
        """Whether whom it names are all left out."""
        return bool(self.left_out) and not self.outlets and not self.bylines

    @property
    def is_bound(self) -> bool:
        """Whether it is only a bound, so that nothing else is looked in."""
        is_bounded = bool(self.since or self.until or self.unwanted)
        return is_bounded and not (self.outlets or self.bylines or self.dates)


@dataclass(frozen=True, slots=True)
class Query:
    """What the retriever gets.

    Attributes:
        text: The question so that it stands alone: a follow-up carries what it follows.
        question: What the reader sent, cleaned.
        stands_alone: Whether the text is one question, no follow-up put behind what it follows.
        clauses: The parts of a long question, each of which may be answered elsewhere; or none.
        scope: The part of the coverage it asks about.
        about: The text without what only names that part, or "" where that is all of the text.
        topic: On what it asks for what is newest, "" for anything; None where it asks no such.
        without: Outlets of which nothing is to be found.
    """

    text: str
    question: str
    stands_alone: bool = True
    clauses: tuple[str, ...] = ()
    scope: Scope = Scope()
    about: str = ""
    topic: str | None = None
    without: tuple[str, ...] = ()

    @property
    def sought(self) -> str:
        """What to look for."""
        return self.about or self.text


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found.

    Attributes:
        passage: What was found.
        score: Fused, 0 to 1; higher is closer, and never higher than that of the rank before.
        rank: 1-based.
        closeness: Cosine of the query with each of its sentences, -1 to 1.
        parts: The same for each clause of the query.
    """

    passage: Passage
    score: float
    rank: int
    closeness: tuple[float, ...]
    parts: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered pointer to an article, with the characters shown.

    Attributes:
        number: 1-based place in the answer.
        article: The article's id.
        headline, outlet, published, url: The article's own.
        excerpt: The article's body at [start, end), verbatim.
        start, end: Its offsets.
        score: How well it answers, 0 to 1; higher is better.
        marks: Where the answer stands in it, or else the question's words: spans of it, in order.
        copies: Ids of other articles that carry it, or much the same in a copy of the story.
        body: The article's body.
    """

    number: int
    article: str
    headline: str
    outlet: str
    published: dt.date | None
    url: str
    excerpt: str
    start: int
    end: int
    score: float
    marks: tuple[Span, ...] = ()
    copies: tuple[str, ...] = ()
    body: str = field(default="", repr=False, compare=False)

    @property
    def link(self) -> str:
        """`url` leading to this very excerpt, or "". Made when wanted: it takes milliseconds."""
        return link_to(self.url, self.body, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the coverage reaches.

    Attributes:
        articles: How many there are.
        first, last: Earliest and latest date published; None where no article is dated.
        outlets: Articles by outlet, most first; "" stands for none given.
        languages: Of the articles, sorted.
        bylines: Of the articles, each once.
    """

    articles: int
    first: dt.date | None
    last: dt.date | None
    outlets: tuple[tuple[str, int], ...] = ()
    languages: tuple[str, ...] = ()
    bylines: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out: citations, or a refusal with the nearest coverage.

    Attributes:
        question: What the reader sent, cleaned.
        citations: Best first, none overlapping another; empty when it refuses.
        nearest: The same, when it refuses; empty when it answers.
        reach: The coverage it was looked for in.
        text: The question so that it stands alone, for what may follow it.
        told: The words that answer it, as far as the reader tells, likewise; or "".
        scope: The part of the coverage that it was understood to ask about.
        understood: That part as far as it was preferred, in words, or "".
        reason: Why it refuses, where that is known: what is named is lacking or left out.
        unanswered: Of several questions asked at once those that the coverage does not answer.
        without: Outlets that were left out.
        unsaid: What it puts in quotation marks and was found nowhere word for word.
        unmentioned: Names in it that no article has, where it refuses.
        meant: Words of the coverage that are spelt nearly as such words of it.
    """

    question: str
    citations: tuple[Citation, ...]
    nearest: tuple[Citation, ...]
    reach: Reach
    text: str = ""
    told: str = ""
    scope: Scope = Scope()
    understood: str = ""
    reason: str = ""
    unanswered: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    unmentioned: tuple[str, ...] = ()
    meant: tuple[str, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether the coverage answers; False is a refusal."""
        return bool(self.citations)
