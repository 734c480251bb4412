"""What the bot says of itself: how to ask, what it keeps, what it offers.

Each function says one thing in a language; those that return HTML say so. The catalogues in
`bot/wording/locale` are brought up to date from here (see CONTRIBUTING.md).
"""

from __future__ import annotations

from importlib.metadata import version

from bot.wording.captions import articles
from bot.wording.speech import Speech
from index import MAX_QUESTION, Reach

__all__ = [
    "about",
    "apology",
    "ask_in_private",
    "commands",
    "forgotten",
    "greeting",
    "help_",
    "may_be_lost",
    "no_guest_question",
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
        "ask": speech.say("Ask a question about the news"),
        "everywhere": speech.say("Ask the last question again, searching everything"),
        "latest": speech.say("The latest articles, overall or on a topic"),
        "watch": speech.say("Get alerts for new coverage of a topic"),
        "watches": speech.say("Topics watched in this chat"),
        "sources": speech.say("Which outlets and dates are covered"),
        "settings": speech.say("Language, number of excerpts, outlets"),
        "help": speech.say("How to ask"),
        "about": speech.say("What this bot is and how current its coverage is"),
        "privacy": speech.say("What is stored and for how long"),
        "forget": speech.say("Delete everything stored about this chat"),
    }


def help_(username: str, speech: Speech, *, inline: bool) -> str:
    """Return how to ask (HTML).

    Args:
        username: The bot's own.
        speech: To say it in.
        inline: Whether it can be asked in any chat.
    """
    places = speech.html(
        "In our private chat: just write your question.\n"
        "In groups: <code>/ask your question</code>, or reply to one of my messages. As a reply "
        "to someone’s question, /ask is enough.\n"
        "In channels where I am an admin: post <code>/ask your question</code>."
    )
    if inline:
        places += "\n" + speech.html(
            "In any chat: <code>@{username} your question</code>.", username=username
        )
    return "\n\n".join(
        [
            speech.html(
                "<b>Ask me about the news.</b> I answer with word-for-word excerpts, each cited "
                "to its article, or tell you that the coverage does not answer."
            ),
            places,
            speech.html(
                "Name an outlet or a time and I will search there first: <i>What has The Verge "
                "written since Monday?</i> To ask again and search everything: /everywhere, in "
                "groups as a reply to my answer."
            ),
            speech.html(
                "/latest lists the newest articles, /watch alerts you to new ones on a topic, "
                "/sources shows what is covered, /settings changes language and length, /about "
                "tells you more about me."
            ),
            speech.html(
                "/watches ends alerts, /privacy says what is stored, /forget deletes it. In "
                "groups, /watch, /settings and /forget are for admins only."
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
            "<b>Privacy:</b> your question is processed on the machine that runs this bot and "
            "goes to no one else. What is stored: /privacy"
        ),
    ]
    return "\n\n".join(lines)


def privacy(days: int, speech: Speech) -> str:
    """Return what is kept, for how long, and how it is deleted (HTML)."""
    kept = speech.count("{number} day", "{number} days", days)
    lines = [
        speech.html("<b>What is stored on the machine that runs this bot:</b>"),
        speech.html("• messages to me, until they are answered;"),
        speech.html("• the last question in each conversation, so that you can follow up on it;"),
        speech.html(
            "• the answers shown here and their questions, for {days}, so that the buttons work "
            "and I can correct an answer when an article changes;",
            days=kept,
        ),
        speech.html(
            "• what you insert into other chats through me, for just as long; /forget in our "
            "private chat deletes it;"
        ),
        speech.html("• this chat’s settings and watched topics, until you remove them;"),
        speech.html(
            "• ratings, with a fingerprint of the question; once the answer is deleted, nothing "
            "links them to this chat;"
        ),
        speech.html("• how much each person asks, in memory only, so that nobody floods me."),
        speech.html(
            "None of this goes to anyone else. /forget deletes everything stored about this chat."
        ),
    ]
    return "\n".join(lines)


def greeting(username: str, speech: Speech) -> str:
    """Return how to ask in a group, for one that the bot has just come to (HTML)."""
    return speech.html(
        "Ask me about the news: <code>/ask@{username} your question</code>. I answer with "
        "word-for-word excerpts, each cited to its article.",
        username=username,
    )


def ask_in_private(speech: Speech) -> str:
    """Return what opens the private chat from inline mode."""
    return speech.say("Ask me directly")


def no_question(speech: Speech) -> str:
    """Return a hint for a command without a question (HTML)."""
    return speech.html(
        "What would you like to know? Put your question after the command: <code>/ask How many "
        "users does Telegram have?</code>"
    )


def no_guest_question(username: str, speech: Speech) -> str:
    """Return a hint for a mere mention where the bot is no member, and has no command (HTML)."""
    return speech.html(
        "What would you like to know? Put your question after my name: <code>@{username} How "
        "many users does Telegram have?</code>",
        username=username,
    )


def nothing_before(speech: Speech) -> str:
    """Return a hint for /everywhere that follows nothing (HTML)."""
    return speech.html(
        "Which question? In a group, reply to my answer with <code>/everywhere</code>."
    )


def only_text(speech: Speech) -> str:
    """Return that a picture or a sticker cannot be answered."""
    return speech.say("I can only read text. Please type your question.")


def apology(speech: Speech) -> str:
    """Return that something went wrong."""
    return speech.say("Sorry, something went wrong on my side. Please ask again in a moment.")


def may_be_lost(speech: Speech) -> str:
    """Return that an answer may not have arrived, and is not sent again."""
    return speech.say("If you cannot see my answer, it got lost on the way: please ask again.")


def unaskable(question: str, speech: Speech) -> str:
    """Return why a question cannot be asked."""
    length = len(" ".join(question.split()))
    if length > MAX_QUESTION:
        return speech.count(
            "That question is too long, at {number} character. Please ask it in a sentence or "
            "two.",
            "That question is too long, at {number} characters. Please ask it in a sentence or "
            "two.",
            length,
        )
    if not any(map(str.isalnum, question)):
        return speech.say("There are no words in that question. Ask about something in the news.")
    return speech.say("I can only answer questions. Ask me about something in the news.")


def too_many(speech: Speech) -> str:
    """Return that somebody asks faster than the bot answers one person."""
    return speech.say("That is more than I can answer at once. Please try again in a minute.")


def forgotten(speech: Speech) -> str:
    """Return that all is deleted."""
    return speech.say("Done. Nothing about this chat is stored any more.")


def short(speech: Speech) -> str:
    """Return what the bot's profile says."""
    return speech.say(
        "Answers questions from news coverage with cited, word-for-word excerpts "
        "– or says it cannot."
    )
