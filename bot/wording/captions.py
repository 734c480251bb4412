"""What the bot says of the coverage and of an answer, in its own words. Nothing of an article."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.wording.speech import Speech
from index import Reach, Scope

__all__ = [
    "articles",
    "copies",
    "corrected",
    "describe",
    "ended",
    "extent",
    "lacking",
    "languages",
    "latest",
    "left_out",
    "look_everywhere",
    "meant",
    "more_articles",
    "more_outlets",
    "nearest",
    "news",
    "no_article",
    "no_coverage",
    "no_excerpt",
    "no_outlet",
    "nothing_latest",
    "old",
    "refusal",
    "refusal_short",
    "searched",
    "some_left_out",
    "unanswered",
    "understood_as",
    "unmentioned",
    "unsaid",
    "withdrawn",
]


def refusal(speech: Speech) -> str:
    """Return that the coverage does not answer (HTML)."""
    return speech.html("<b>The coverage does not answer that.</b>")


def refusal_short(speech: Speech) -> str:
    """Return that the coverage does not answer, for a button."""
    return speech.say("Not answered by the coverage – ask me directly")


def nearest(speech: Speech) -> str:
    """Return what stands before the nearest coverage of a refusal."""
    return speech.say("The closest coverage:")


def articles(count: int, speech: Speech) -> str:
    """Return a number of articles."""
    return speech.count("{number} article", "{number} articles", count)


def more_articles(count: int, speech: Speech) -> str:
    """Return that there are more articles than are listed."""
    return speech.count("and {number} more article", "and {number} more articles", count)


def more_outlets(count: int, speech: Speech) -> str:
    """Return that there are more outlets than are listed."""
    return speech.count("and {number} more outlet", "and {number} more outlets", count)


def no_outlet(speech: Speech) -> str:
    """Return what stands for the outlet of articles without."""
    return speech.say("no outlet given")


def extent(reach: Reach, speech: Speech) -> str:
    """Return how many articles there are, and of which days (HTML)."""
    held = articles(reach.articles, speech)
    first, last = speech.day(reach.first), speech.day(reach.last)
    if not first:
        return speech.html("<b>{articles}</b>", articles=held)
    if first == last:
        return speech.html("<b>{articles}</b>, published {day}", articles=held, day=first)
    return speech.html(
        "<b>{articles}</b>, from {first} to {last}", articles=held, first=first, last=last
    )


def latest(topic: str, speech: Speech) -> str:
    """Return the title of a list of the newest articles (HTML)."""
    if topic:
        return speech.html("<b>The latest on “{topic}”</b>", topic=topic)
    return speech.html("<b>The latest</b>")


def nothing_latest(topic: str, speech: Speech) -> str:
    """Return that there is no article, on a topic or at all (HTML)."""
    if topic:
        return speech.html("The coverage has nothing on “{topic}”.", topic=topic)
    return speech.html("There are no articles yet.")


def news(topic: str, speech: Speech) -> str:
    """Return the title of what is new on a topic that is watched (HTML)."""
    return speech.html("🔔 <b>New on “{topic}”</b>", topic=topic)


def no_article(speech: Speech) -> str:
    """Return that a link leads to what is not there any more."""
    return speech.say("That article is no longer in the coverage.")


def no_excerpt(speech: Speech) -> str:
    """Return that a link leads to an excerpt that its article no longer has."""
    return speech.say("The article has changed and no longer says this. It now begins:")


def languages(codes: Sequence[str], speech: Speech) -> str:
    """Return which languages the articles are in."""
    return speech.say("Language of the articles: {languages}.", languages=speech.languages(codes))


def copies(count: int, speech: Speech) -> str:
    """Return in how many further articles an excerpt stands, or ""."""
    if not count:
        return ""
    return speech.count("also in {number} other article", "also in {number} other articles", count)


def describe(scope: Scope, speech: Speech) -> str:
    """Return the part of the coverage that a question names, as a list."""
    parts = [", ".join([*scope.outlets, *scope.bylines]), _between(scope, speech)]
    if scope.unwanted:
        parts.append(speech.say("without {names}", names=", ".join(scope.unwanted)))
    parts.append(", ".join(speech.day(day) for day in scope.dates))
    return " · ".join(part for part in parts if part)


def unanswered(question: str, speech: Speech) -> str:
    """Return that of several questions one is not answered."""
    return speech.say("The coverage does not answer “{question}”", question=question)


def unsaid(phrases: Sequence[str], speech: Speech) -> str:
    """Return that nothing has what a question puts in quotation marks."""
    named = ", ".join(f"“{phrase}”" for phrase in phrases)
    return speech.say("Not found word for word: {phrases}.", phrases=named)


def unmentioned(names: Sequence[str], speech: Speech) -> str:
    """Return that no article has some names that a question has."""
    return speech.say("No article mentions {names}.", names=", ".join(names))


def meant(words: Sequence[str], speech: Speech) -> str:
    """Return which words of the coverage a reader may have meant."""
    return speech.say("Did you mean {words}?", words=", ".join(words))


def no_coverage(outlets: Sequence[str], speech: Speech) -> str:
    """Return that there is no coverage by outlets that a question names."""
    return speech.say("There is no coverage by {names}.", names=", ".join(outlets))


def lacking(scope: Scope, speech: Speech) -> str:
    """Return what of the part that a question names is not there to be searched."""
    if scope.absent:
        return no_coverage(scope.absent, speech)
    if scope.is_left_out:
        return left_out(scope.left_out, speech)
    time = _between(scope, speech)
    if names := ", ".join([*scope.outlets, *scope.bylines]):
        return speech.say(
            "There is no coverage by {names} from that time: {time}.", names=names, time=time
        )
    return speech.say("There is no coverage from that time: {time}.", time=time)


def searched(scope: Scope, speech: Speech) -> str:
    """Return where was looked first, or, where only a time is asked about, at all."""
    where = describe(scope, speech)
    if scope.is_bound:
        return speech.say("Searched only: {where}.", where=where)
    return speech.say("Searched first: {where}.", where=where)


def understood_as(question: str, speech: Speech) -> str:
    """Return as what question a follow-up was understood."""
    return speech.say("Understood as: {question}", question=question)


def look_everywhere(speech: Speech, *, private: bool) -> str:
    """Return how to look in all the coverage; where many ask, a reply tells of which question."""
    if private:
        return speech.say("To search everything: /everywhere")
    return speech.say("To search everything, reply to this message with /everywhere")


def old(day: dt.date, speech: Speech) -> str:
    """Return that the first excerpt is old."""
    return speech.say("Note the date: the first excerpt is from {day}.", day=speech.day(day))


def ended(day: dt.date, speech: Speech) -> str:
    """Return where the coverage ends."""
    return speech.say("The latest article is from {day}.", day=speech.day(day))


def left_out(outlets: Sequence[str], speech: Speech) -> str:
    """Return that the chat left out outlets that the question names."""
    names = ", ".join(outlets)
    return speech.say("Left out in /settings, so not searched: {names}.", names=names)


def some_left_out(speech: Speech) -> str:
    """Return that the chat left out outlets, which might have answered."""
    return speech.say("Outlets left out in /settings were not searched.")


def corrected(day: dt.date, speech: Speech) -> str:
    """Return the mark of an excerpt that follows its article."""
    return speech.say("corrected on {day}", day=speech.day(day))


def withdrawn(day: dt.date, speech: Speech) -> str:
    """Return what stands in the place of an excerpt that its article no longer says."""
    return speech.say(
        "Withdrawn on {day}: the article no longer says this or has been removed.",
        day=speech.day(day),
    )


def _between(scope: Scope, speech: Speech) -> str:
    since, until = speech.day(scope.since), speech.day(scope.until)
    if since and until:
        return since if since == until else f"{since} – {until}"
    if since:
        return speech.say("since {day}", day=since)
    return speech.say("until {day}", day=until) if until else ""
