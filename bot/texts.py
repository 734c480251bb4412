"""What the bot says in its own words. Telegram HTML; nothing of an article stands here."""

from __future__ import annotations

from html import escape
from importlib.metadata import version

from index import QuestionError

__all__ = [
    "ABOUT",
    "APOLOGY",
    "COMMANDS",
    "HELP",
    "NEAREST",
    "NOTHING_BEFORE",
    "NO_QUESTION",
    "ONLY_TEXT",
    "REFUSAL",
    "TOO_MANY",
    "unaskable",
]

COMMANDS = {
    "ask": "Ask the coverage a question",
    "everywhere": "Ask the last question again, of all the coverage",
    "sources": "What is covered, and from when to when",
    "help": "How to ask",
    "about": "What this bot is, and your privacy",
}
"""The bot's menu: command → description. `/start` needs no entry; Telegram offers it."""

HELP = """\
<b>Ask me about the news I hold.</b> I answer with excerpts, word for word, each with its \
article – or I tell you that the coverage does not answer.

In this chat: just write your question.
In groups: <code>/ask your question</code>, or reply to one of my messages.
In channels where I am an admin: post <code>/ask your question</code>.

Name an outlet or a time, and I look there: <i>What did The Verge write since Monday?</i> \
/everywhere asks the same again of all I hold.

/sources shows what I hold, /about what I am."""

ABOUT = f"""\
<b>Clipdesk {version("clipdesk")}</b> finds passages in news articles and quotes them. It writes \
nothing itself, so it cannot make anything up.

<b>Privacy:</b> your question is looked up on the machine that runs this bot and is sent to \
nobody else. It is stored only until it is answered, and kept in memory as long as a follow-up \
may refer to it."""

REFUSAL = "<b>The coverage does not answer that.</b>"

NEAREST = "The nearest it has:"

NO_QUESTION = "What would you like to know? Write it behind the command: \
<code>/ask How many users does Telegram have?</code>"

NOTHING_BEFORE = "Which question? In a group, reply to its answer with <code>/everywhere</code>."

ONLY_TEXT = "I can only read text. Write your question, please."

TOO_MANY = "That is more than I can answer at once. I am listening again in a minute."

APOLOGY = "Sorry, that went wrong on my side. Please ask again in a moment."


def unaskable(error: QuestionError) -> str:
    """Return what to say of a question that cannot be asked."""
    reason = str(error)
    return escape(f"{reason[0].upper()}{reason[1:]}.", quote=False)
