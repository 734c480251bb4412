"""What the bot says of itself: how to ask, what it keeps, what it offers.

Each function says one thing in a language; those that return HTML say so. The catalogues in
`bot/locale` are brought up to date from here (see CONTRIBUTING.md).
"""

from __future__ import annotations

from importlib.metadata import version

from bot.captions import articles
from bot.speech import Speech
from index import Reach

__all__ = [
    "about",
    "apology",
    "ask_in_private",
    "commands",
    "forgotten",
    "greeting",
    "help_",
    "no_question",
    "nothing_before",
    "only_text",
    "privacy",
    "short",
    "too_many",
    "unaskable",
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
    """Return what this is, how fresh, and where its code is, if that is known (HTML)."""
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
        speech.html("<b>Source code:</b> {source} (Apache-2.0)", source=source)
        if source
        else speech.html("<b>Source code:</b> free software under Apache-2.0."),
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
        speech.html(
            "• what you insert into other chats with my help, as long; /forget in our private "
            "chat deletes it;"
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


def ask_in_private(speech: Speech) -> str:
    """Return what opens the private chat from inline mode."""
    return speech.say("Ask me directly")


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


def too_many(speech: Speech) -> str:
    """Return that somebody asks faster than the bot answers one person."""
    return speech.say("That is more than I can answer at once. I am listening again in a minute.")


def forgotten(speech: Speech) -> str:
    """Return that all is deleted."""
    return speech.say("Done. Nothing is kept of this chat any more.")


def short(speech: Speech) -> str:
    """Return what the bot's profile says."""
    return speech.say("Answers from news coverage, word for word and cited – or says it cannot.")
