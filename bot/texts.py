"""What the bot says in its own words. Nothing of an article stands here.

Each function says one thing in a language; those that return HTML say so. The catalogues in
`bot/locale` are brought up to date from here (see CONTRIBUTING.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from importlib.metadata import version

from bot.speech import Speech
from index import Reach, Scope

__all__ = [
    "about",
    "apology",
    "articles",
    "commands",
    "copies",
    "corrected",
    "describe",
    "ended",
    "forgotten",
    "greeting",
    "help_",
    "lacking",
    "latest",
    "look_everywhere",
    "looked_first",
    "more_articles",
    "more_outlets",
    "nearest",
    "news",
    "no_article",
    "no_outlet",
    "no_question",
    "nothing_before",
    "nothing_latest",
    "old",
    "only_text",
    "outlets_left_out",
    "period",
    "privacy",
    "refusal",
    "short",
    "unaskable",
    "withdrawn",
]


def commands(speech: Speech) -> dict[str, str]:
    """Return the bot's menu: command → description. `/start` needs no entry."""
    return {
        "ask": speech.say("Ask the coverage a question"),
        "everywhere": speech.say("Ask the last question again, of all the coverage"),
        "latest": speech.say("The newest articles, of all or on a topic"),
        "watch": speech.say("Be told of new coverage on a topic"),
        "watches": speech.say("The topics that are watched"),
        "sources": speech.say("What is covered, and from when to when"),
        "settings": speech.say("Language, number of excerpts, outlets"),
        "help": speech.say("How to ask"),
        "about": speech.say("What this bot is, and how fresh its coverage"),
        "privacy": speech.say("What is kept, and for how long"),
        "forget": speech.say("Delete what is kept of this chat"),
    }


def help_(username: str, speech: Speech) -> str:
    """Return how to ask (HTML)."""
    return "\n\n".join(
        [
            speech.html(
                "<b>Ask me about the news I hold.</b> I answer with excerpts, word for word, "
                "each with its article – or I tell you that the coverage does not answer."
            ),
            speech.html(
                "In this chat: just write your question.\n"
                "In groups: <code>/ask your question</code>, or reply to one of my messages.\n"
                "In channels where I am an admin: post <code>/ask your question</code>.\n"
                "In any chat: <code>@{username} your question</code>.",
                username=username,
            ),
            speech.html(
                "Name an outlet or a time, and I look there: "
                "<i>What did The Verge write since Monday?</i> "
                "/everywhere asks the same again of all I hold."
            ),
            speech.html(
                "/latest shows the newest articles, /watch tells you of new ones on a topic, "
                "/sources shows what I hold, /settings is for language and length, "
                "/about says what I am."
            ),
        ]
    )


def about(reach: Reach, source: str, speech: Speech) -> str:
    """Return what this is, how fresh, and where its code is (HTML)."""
    lines = [
        speech.html(
            "<b>Clipdesk {version}</b> finds passages in news articles and quotes them. It writes "
            "nothing itself, so it cannot make anything up.",
            version=version("clipdesk"),
        ),
        speech.html(
            "<b>Coverage:</b> {articles}. The newest is from {day}.",
            articles=articles(reach.articles, speech),
            day=speech.day(reach.last) or "–",
        ),
        speech.html("<b>Source code:</b> {source} (Apache-2.0)", source=source),
        speech.html(
            "<b>Privacy:</b> your question is looked up on the machine that runs this bot and is "
            "sent to nobody else. /privacy says what is kept."
        ),
    ]
    return "\n\n".join(lines)


def privacy(days: int, speech: Speech) -> str:
    """Return what is kept, for how long, and how it is deleted (HTML)."""
    kept = speech.count("{number} day", "{number} days", days)
    lines = [
        speech.html("<b>What is kept, on the machine that runs this bot:</b>"),
        speech.html("• a message to me, until it is answered;"),
        speech.html("• the last question of each conversation, so that you can follow it up;"),
        speech.html(
            "• the answers shown here with their questions, for {days}, so that their buttons "
            "work and I can correct them when an article changes;",
            days=kept,
        ),
        speech.html("• the settings and watched topics of this chat, until you remove them;"),
        speech.html(
            "• ratings, with a fingerprint of the question; not who gave them, nor where."
        ),
        speech.html("It is sent to nobody else. /forget deletes all that is kept of this chat."),
    ]
    return "\n".join(lines)


def greeting(username: str, speech: Speech) -> str:
    """Return how to ask in a group, for one that the bot has just come to (HTML)."""
    return speech.html(
        "Ask me about the news: <code>/ask@{username} your question</code>. I answer with cited "
        "excerpts, word for word.",
        username=username,
    )


def refusal(speech: Speech) -> str:
    """Return that the coverage does not answer (HTML)."""
    return speech.html("<b>The coverage does not answer that.</b>")


def nearest(speech: Speech) -> str:
    """Return what stands before the nearest coverage of a refusal."""
    return speech.say("The nearest it has:")


def no_question(speech: Speech) -> str:
    """Return a hint for a command without a question (HTML)."""
    return speech.html(
        "What would you like to know? Write it behind the command: "
        "<code>/ask How many users does Telegram have?</code>"
    )


def nothing_before(speech: Speech) -> str:
    """Return a hint for /everywhere that follows nothing (HTML)."""
    return speech.html(
        "Which question? In a group, reply to its answer with <code>/everywhere</code>."
    )


def only_text(speech: Speech) -> str:
    """Return that a picture or a sticker cannot be answered."""
    return speech.say("I can only read text. Write your question, please.")


def apology(speech: Speech) -> str:
    """Return that something went wrong."""
    return speech.say("Sorry, that went wrong on my side. Please ask again in a moment.")


def unaskable(question: str, speech: Speech) -> str:
    """Return why a question cannot be asked."""
    if any(map(str.isalnum, question)):
        return speech.count(
            "That question has {number} character, which is too long. "
            "Ask it in a sentence or two.",
            "That question has {number} characters, which is too long. "
            "Ask it in a sentence or two.",
            len(" ".join(question.split())),
        )
    return speech.say("There is no word in that question. Ask about something in the news.")


def forgotten(speech: Speech) -> str:
    """Return that all is deleted."""
    return speech.say("Done. Nothing is kept of this chat any more.")


# Of the coverage


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


def period(reach: Reach, speech: Speech) -> str:
    """Return what follows the number of articles: their days."""
    if reach.first is None or reach.last is None:
        return ""
    first, last = speech.day(reach.first), speech.day(reach.last)
    if first == last:
        return speech.say(", of {day}", day=first)
    return speech.say(", from {first} to {last}", first=first, last=last)


def latest(topic: str, speech: Speech) -> str:
    """Return the title of a list of the newest articles (HTML)."""
    if topic:
        return speech.html("<b>The latest on “{topic}”</b>", topic=topic)
    return speech.html("<b>The latest</b>")


def nothing_latest(topic: str, speech: Speech) -> str:
    """Return that there is no article, on a topic or at all (HTML)."""
    if topic:
        return speech.html("The coverage has nothing on “{topic}”.", topic=topic)
    return speech.html("The coverage has no article yet.")


def news(topic: str, speech: Speech) -> str:
    """Return the title of what is new on a topic that is watched (HTML)."""
    return speech.html("🔔 <b>New on “{topic}”</b>", topic=topic)


def no_article(speech: Speech) -> str:
    """Return that a link leads to what is not there any more."""
    return speech.say("That article is no longer in the coverage.")


# Of an answer


def copies(count: int, speech: Speech) -> str:
    """Return in how many further articles an excerpt stands, or ""."""
    if not count:
        return ""
    return speech.count("also in {number} article", "also in {number} articles", count)


def describe(scope: Scope, speech: Speech) -> str:
    """Return the part of the coverage that a question names, as a list."""
    parts = [", ".join([*scope.outlets, *scope.bylines]), _between(scope, speech)]
    parts.append(", ".join(speech.day(day) for day in scope.dates))
    return " · ".join(part for part in parts if part)


def lacking(scope: Scope, speech: Speech) -> str:
    """Return what of the part that a question names the coverage does not have."""
    if scope.absent:
        return speech.say("There is no coverage by {names}.", names=", ".join(scope.absent))
    return speech.say("There is no coverage of that time: {time}.", time=_between(scope, speech))


def looked_first(where: str, speech: Speech) -> str:
    """Return where was looked first."""
    return speech.say("Looked first at: {where}. Without that: /everywhere", where=where)


def look_everywhere(speech: Speech) -> str:
    """Return how to look in all the coverage."""
    return speech.say("To look in all the coverage: /everywhere")


def old(day: dt.date, speech: Speech) -> str:
    """Return that the first excerpt is old."""
    return speech.say("Mind the date: the first excerpt is from {day}.", day=speech.day(day))


def ended(day: dt.date, speech: Speech) -> str:
    """Return where the coverage ends."""
    return speech.say("The coverage ends on {day}.", day=speech.day(day))


def outlets_left_out(outlets: Sequence[str], speech: Speech) -> str:
    """Return that only outlets answer which the chat left out."""
    names = ", ".join(outlets)
    return speech.say("Only outlets that /settings leaves out answer that: {names}.", names=names)


def corrected(day: dt.date, speech: Speech) -> str:
    """Return the mark of an excerpt that follows its article."""
    return speech.say("corrected on {day}", day=speech.day(day))


def withdrawn(day: dt.date, speech: Speech) -> str:
    """Return what stands in the place of an excerpt that its article no longer says."""
    return speech.say(
        "Withdrawn on {day}: the article no longer says this, or is gone.", day=speech.day(day)
    )


def _between(scope: Scope, speech: Speech) -> str:
    since, until = speech.day(scope.since), speech.day(scope.until)
    if since and until:
        return since if since == until else f"{since} – {until}"
    if since:
        return speech.say("since {day}", day=since)
    return speech.say("until {day}", day=until) if until else ""


# Short descriptions, shown in the bot's profile


def short(speech: Speech) -> str:
    """Return what the bot's profile says."""
    return speech.say("Answers from news coverage, word for word and cited – or says it cannot.")
