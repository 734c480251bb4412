"""The tables of what readers set and were shown, want to be told of, and are to confirm."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.keeping.database import metadata

__all__ = [
    "feedback",
    "moves",
    "preferences",
    "progress",
    "shown_answers",
    "submissions",
    "watch_hits",
    "watches",
]

preferences = Table(
    "preferences",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False, info={"chat": True}),
    # None where the chat left it to the bot, here and below.
    Column("language", String),
    Column("excerpts", Integer),
    # A list of outlets, as JSON.
    Column("left_out", Text, nullable=False),
)

moves = Table(
    "moves",
    metadata,
    # A supergroup that was a group until lately.
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False, info={"chat": True}),
    # Seconds since 1970, here and below.
    Column("moved_at", Double, nullable=False),
)

shown_answers = Table(
    "shown_answers",
    metadata,
    # A chat that moves leaves its messages behind: under their numbers others stand there.
    Column(
        "chat_id",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        info={"chat": True, "moves": False},
    ),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    # What it is edited by where the bot is no member, or "". Then the chat is the private one of
    # whoever had it inserted, and the message 0.
    Column("inline_id", String, primary_key=True),
    # What feedback on it is kept under.
    Column("key", String, nullable=False),
    Column("question", Text, nullable=False),
    # The question before it and the words that answered that, or "".
    Column("after", Text, nullable=False),
    Column("told", Text, nullable=False),
    Column("anywhere", Boolean, nullable=False),
    Column("answered", Boolean, nullable=False),
    Column("language", String, nullable=False),
    # How many citations the pages before the one shown have, and where the next begins, or 0.
    Column("start", Integer, nullable=False),
    Column("next", Integer, nullable=False),
    # What it shows: a list of number, what of which article, note and marks, as JSON.
    Column("places", Text, nullable=False),
    # Why it refuses, or "", and the notes below it, a list as JSON.
    Column("reason", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("shown_at", Double, nullable=False),
)

Index("ix_shown_answers_shown_at", shown_answers.c.shown_at)

feedback = Table(
    "feedback",
    metadata,
    # The key of the answer; once that is forgotten, it leads to no chat and no person.
    Column("answer", String, primary_key=True),
    # Of the citation that is wrong, 0 where the whole answer is rated, or -1 where the number was
    # not kept yet.
    Column("number", Integer, primary_key=True, autoincrement=False),
    # SHA-256 of the question, shortened.
    Column("question", String, nullable=False),
    # "good", "bad" or "wrong"; the last one is about one citation.
    Column("verdict", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("article", String, nullable=False),
    Column("excerpt", Text, nullable=False),
    Column("given_at", Double, nullable=False),
)

watches = Table(
    "watches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, nullable=False, info={"chat": True}),
    # The topic of a forum that it was asked for in, or 0.
    Column("thread_id", BigInteger, nullable=False),
    Column("topic", Text, nullable=False),
    Column("language", String, nullable=False),
    # When something was last told of it, or begun to be, or 0.
    Column("told_at", Double, nullable=False),
    UniqueConstraint("chat_id", "thread_id", "topic", name="uq_watches_topic"),
    # No id comes again, as in PostgreSQL: the buttons of a watch outlive it.
    sqlite_autoincrement=True,
)

watch_hits = Table(
    "watch_hits",
    metadata,
    Column(
        "watch_id",
        Integer,
        ForeignKey("watches.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("article", String, primary_key=True),
    Column("start", Integer, nullable=False),
    Column("excerpt", Text, nullable=False),
    # "noted", "telling" where that is begun, or "told".
    Column("state", String, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    # The private chat of somebody who runs the bot, and the message that asks them to confirm.
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False, info={"chat": True}),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    # "add", then articles, or "remove", then ids, as JSON.
    Column("kind", String, nullable=False),
    Column("content", Text, nullable=False),
    Column("made_at", Double, nullable=False),
)

progress = Table(
    "progress",
    metadata,
    # Which job, in which coverage (see `Newsroom.coverage`), and how far it has looked.
    Column("job", String, primary_key=True),
    Column("coverage", String, primary_key=True),
    Column("mark", String, nullable=False),
)
