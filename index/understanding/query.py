"""Question → query: cleaned, made to stand alone, and what it says about where to look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

import regex

from index.errors import QuestionError
from index.text.terms import content_terms, stems
from index.types import Query, Reach, Scope, Span
from index.understanding.bylines import find_authors, find_bylines, is_author
from index.understanding.clauses import split_clauses, strip_frames
from index.understanding.courtesies import is_courtesy
from index.understanding.dates import Times, read_times
from index.understanding.excluding import find_excluded
from index.understanding.followups import leans, resolve
from index.understanding.grammar import PART
from index.understanding.naming import Mention, find_listed, find_outlets, find_reporting
from index.understanding.newest import find_topic
from index.understanding.outlets import fold_name
from index.understanding.scope import bound

__all__ = ["MAX_QUESTION", "clean", "describe", "understand", "unique"]

_T = TypeVar("_T")

MAX_QUESTION = 1000
"""Code points; beyond that it is a text, not a question about one."""

# Controls, surrogates and everything that only steers display order or width.
_UNSEEN = regex.compile(r"[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]+")
_SPACE = regex.compile(r"\s+")
_LETTER = regex.compile(r"[\p{L}\p{N}]")
_ASKED = regex.compile(r"(?<=[?？])\s+")
_ENDS = (".", "!", "?", "？")
_PHRASE = regex.compile(r'[“„"«「『](?P<phrase>[^“”„"«»「」『』]+)[”“"»」』]')
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}'’-]+")
_WHEN = regex.compile(
    r",?\s*\b(?:on|in|at|since|before|after|until|till|from|between|and|to|during|dated)\s*"
    rf"(?:\bthe\s+)?(?:\b{PART}-?\s*)?$",
    regex.IGNORECASE,
)


def understand(
    question: str,
    *,
    reach: Reach,
    today: dt.date,
    after: str = "",
    told: str = "",
    anywhere: bool = False,
    without: Collection[str] = (),
    write: Callable[[str], str] = str,
) -> Query:
    """Return the query that a question stands for.

    Args:
        question: What the reader sent.
        reach: Of the coverage that is asked.
        today: The day it is asked on.
        after: The question before it in the conversation, so that it stands alone, or "".
        told: The words that answered that, or "".
        anywhere: Whether to look in all the coverage, whatever part the question names.
        without: Outlets of which nothing is to be found, whatever it names.
        write: How the coverage writes the names in a text; asked of a follow-up, for who means
            which is told by names.

    Raises:
        QuestionError: There is nothing in it to look for, or too much.
    """
    cleaned = clean(question)
    _check(cleaned)
    room = MAX_QUESTION - len(cleaned) - 2  # so that the two can be asked again as one
    follows = room > 0 and _leans(cleaned) and find_topic(cleaned) is None
    earlier = clean(after)[-max(0, room) :].strip() if follows else ""
    resolved: str | None = cleaned
    if earlier:
        is_source = partial(_is_source, reach=reach)
        before = write(earlier)
        resolved = resolve(write(cleaned), before, clean(told), is_source)
        resolved = resolved and _changed(resolved, before)
    if resolved and len(resolved) > MAX_QUESTION:  # it could not be asked again
        resolved = None
    text = resolved or _put_behind(cleaned, earlier)
    named = [resolved] if resolved else [cleaned, *reversed(_ASKED.split(earlier))]
    scope = _read_scope(named, reach, today)
    clauses = split_clauses(text, find_outlets(text, reach.outlets))
    if clauses:  # it asks what each of the outlets says, to compare
        scope = replace(scope, absent=(*scope.absent, *scope.lacking), lacking=())
    is_scoped = scope != Scope() and not clauses  # clauses are stripped each by itself
    times = not anywhere and _is_covered(scope, reach)  # where not, articles may tell of them
    rest = _strip_scope(text, reach, today, times=times) if is_scoped else text
    scope = Scope(phrases=scope.phrases) if anywhere else _leave_out(scope, without)
    topic = find_topic(rest, is_bounded=scope != Scope())
    return Query(
        text=text,
        question=cleaned,
        stands_alone=resolved is not None,
        clauses=clauses,
        scope=scope if topic is None else bound(scope, today),
        about=rest if rest != text and stems(rest, "en") else "",
        topic=topic,
        without=unique([*without, *scope.unwanted]),
    )


def clean(text: str) -> str:
    """Return `text` on one line, without characters that nobody sees."""
    visible = _UNSEEN.sub("", _SPACE.sub(" ", text))
    return _SPACE.sub(" ", visible).strip()


def describe(scope: Scope, *, between: str = ", ") -> str:
    """Return where a question asks to look, in words, or "" where it does not say.

    `coverage by The Verge and TechCrunch, since 1 Sep 2023`. Not what is absent, and no phrases.

    Args:
        scope: Where it asks to look.
        between: What stands between who and when.
    """
    parts = []
    if names := unique([*scope.outlets, *scope.bylines]):
        parts.append(f"by {_enumerate(names)}")
    if scope.unwanted:
        parts.append(f"not by {_enumerate(scope.unwanted)}")
    if scope.since or scope.until:
        parts.append(_between(scope.since, scope.until))
    if scope.dates:
        parts.append(f"around {_enumerate([_written(day) for day in scope.dates])}")
    return f"coverage {between.join(parts)}" if parts else ""


def unique(found: Iterable[_T]) -> tuple[_T, ...]:
    """Return each of what was found once, in order."""
    return tuple(dict.fromkeys(found))


def _check(question: str) -> None:
    if not _LETTER.search(question):
        raise QuestionError("there is no word in that question: ask about something in the news")
    if is_courtesy(question):
        raise QuestionError("that asks nothing: ask about something in the news")
    if len(question) > MAX_QUESTION:
        raise QuestionError(
            f"that question has {len(question):,} characters, and {MAX_QUESTION:,} is the most: "
            "ask it in a sentence or two"
        )


def _leans(question: str) -> bool:
    return leans(question, [term.span for term in content_terms(question, "en")])


def _changed(resolved: str, earlier: str) -> str:
    """Return, of several questions that a follow-up was put into, the one that it changed."""
    before = _ASKED.split(earlier)
    changed = [one for one in _ASKED.split(resolved) if one not in before]
    return changed[0] if len(changed) == 1 and not _leans(changed[0]) else resolved


def _put_behind(question: str, earlier: str) -> str:
    """Return a question behind those that it follows: of these the first and the last.

    The first says what it is all about; with every other a conversation would soon be asked whole.
    """
    first, *others = _ASKED.split(earlier)
    kept = " ".join((first, *others[-1:]))
    return f"{kept}{'' if kept.endswith(_ENDS) else '?'} {question}"


def _is_source(name: str, reach: Reach) -> bool:
    if find_listed(name, reach.outlets) or is_author(name, reach.bylines):
        return True
    # An ordinary word is no outlet by itself; but one of the coverage, where it is spoken of.
    return any(one.outlets for one in find_listed(f"by {name}", reach.outlets))


def _read_scope(questions: Iterable[str], reach: Reach, today: dt.date) -> Scope:
    """Return the scope of the first of some questions that names one."""
    scopes = (_scope(question, reach, today) for question in questions)
    return next((scope for scope in scopes if scope != Scope()), Scope())


def _is_covered(scope: Scope, reach: Reach) -> bool:
    """Tell whether something may have been published in the time asked about."""
    is_early = scope.until and reach.first and scope.until < reach.first
    is_late = scope.since and reach.last and reach.last < scope.since
    return not (is_early or is_late)


def _leave_out(scope: Scope, without: Collection[str]) -> Scope:
    kept = tuple(outlet for outlet in scope.outlets if outlet not in without)
    left_out = tuple(outlet for outlet in scope.outlets if outlet in without)
    return replace(scope, outlets=kept, left_out=left_out)


def _strip_scope(text: str, reach: Reach, today: dt.date, *, times: bool) -> str:
    """Return a text without what only says who reported it and, if wanted, when."""
    mentions = find_outlets(text, reach.outlets)
    when = _times(text, mentions, _phrases(text, mentions, reach), reach, today).spans
    unwanted = [span for span, _ in _excluded(text, mentions)]
    stripped = text
    for start, end in sorted([*unwanted, *(when if times else ())], reverse=True):
        stripped = _WHEN.sub("", stripped[:start]) + stripped[end:]
    reporting = find_reporting(stripped, find_outlets(stripped, reach.outlets))
    if writing := sorted([*reporting, *_authors(stripped, reach)]):
        stripped = strip_frames(stripped, writing)
    return _SPACE.sub(" ", stripped).strip()


def _scope(text: str, reach: Reach, today: dt.date) -> Scope:
    mentions: Sequence[Mention] = find_outlets(text, reach.outlets)
    phrases = _phrases(text, mentions, reach)
    times = _times(text, mentions, phrases, reach, today)
    unwanted = [one for _, row in _excluded(text, mentions) for one in row]
    mentions = [one for one in mentions if one not in unwanted]
    reporting = find_reporting(text, mentions)
    unknown = (one.name for one in reporting if not one.outlets)
    lacking = unique(name for name in unknown if not is_author(name, reach.bylines))
    is_had = any(one.outlets for one in reporting)
    return Scope(
        outlets=unique(outlet for one in mentions for outlet in one.outlets),
        bylines=find_bylines(text, reach.bylines),
        absent=() if is_had else lacking,
        lacking=lacking if is_had else (),
        unwanted=unique(outlet for one in unwanted for outlet in one.outlets),
        since=times.since,
        until=times.until,
        dates=times.days,
        phrases=unique(span.of(text).strip() for span in phrases),
    )


def _excluded(text: str, mentions: Sequence[Mention]) -> list[tuple[Span, list[Mention]]]:
    """Return the outlets to leave out; a long question compares what all of them say."""
    found = find_excluded(text, mentions)
    return [] if found and split_clauses(text, mentions) else found


def _phrases(text: str, mentions: Sequence[Mention], reach: Reach) -> list[Span]:
    found = [Span(*match.span("phrase")) for match in _PHRASE.finditer(text)]
    return [span for span in found if _is_phrase(span.of(text), mentions, reach)]


def _times(
    text: str, mentions: Sequence[Mention], phrases: Sequence[Span], reach: Reach, today: dt.date
) -> Times:
    said = _mask(text, [*phrases, *(one.span for one in mentions)])
    outlets = len({one.name for one in mentions})
    known = reach.languages
    return read_times(said, today=today, last=reach.last, languages=known, outlets=outlets)


def _authors(text: str, reach: Reach) -> list[Mention]:
    """Return who is named as having written, but for those that are called like an outlet."""
    found = (author.span for author in find_authors(text, reach.bylines))
    named = (Mention(span, (), span.of(text)) for span in found)
    return [one for one in named if not find_listed(one.name, reach.outlets)]


def _is_phrase(phrase: str, mentions: Sequence[Mention], reach: Reach) -> bool:
    key = fold_name(phrase)
    names = {fold_name(name) for one in mentions for name in (one.name, *one.outlets)}
    return (
        len(_WORD.findall(phrase)) > 1
        and key not in names
        and not is_author(phrase, reach.bylines)
    )


def _mask(text: str, spans: Iterable[Span]) -> str:
    for start, end in spans:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def _enumerate(names: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _between(since: dt.date | None, until: dt.date | None) -> str:
    if since is None or until is None:
        return f"since {_written(since)}" if since else f"until {_written(until)}" if until else ""
    if since == until:
        return f"on {_written(since)}"
    year = "" if since.year == until.year else f" {since.year}"
    return f"from {since.day} {since:%b}{year} to {_written(until)}"


def _written(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
