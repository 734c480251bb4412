"""What the bot says when a button is pressed, something is set, or a topic is watched."""

from __future__ import annotations

from collections.abc import Sequence

from bot.wording.speech import Speech

__all__ = [
    "changed",
    "expired",
    "no_topic",
    "only_admins",
    "own_language",
    "saved",
    "settings",
    "thanks",
    "too_many_left_out",
    "too_many_watches",
    "topic_too_long",
    "unwatched",
    "watches",
    "watching",
]


def expired(speech: Speech) -> str:
    """Return that a button has lost what it was for."""
    return speech.say("This button no longer works. Please ask again.")


def changed(speech: Speech) -> str:
    """Return that the coverage is not what it was when the answer was shown."""
    return speech.say("The coverage has changed since then. Please ask again.")


def thanks(speech: Speech) -> str:
    """Return that a rating is kept."""
    return speech.say("Thanks for the feedback.")


def only_admins(speech: Speech) -> str:
    """Return that only admins may do that."""
    return speech.say("Only admins of this chat can do that.")


def settings(
    language: str, excerpts: int, left_out: Sequence[str], count: int, speech: Speech
) -> str:
    """Return what a chat has set (HTML).

    Args:
        language: What it is called, or "".
        excerpts: Most in an answer.
        left_out: Some outlets that are not cited.
        count: How many there are of those.
        speech: To say it in.
    """
    names = ", ".join(left_out) + (", …" if count > len(left_out) else "")
    return "\n".join(
        [
            speech.html("<b>Settings for this chat</b>"),
            speech.html("Language: {language}", language=language or own_language(speech)),
            speech.html("Excerpts per answer: up to {number}", number=excerpts),
            speech.html("Outlets left out: {names}", names=names or "–"),
        ]
    )


def own_language(speech: Speech) -> str:
    """Return what stands for no language set."""
    return speech.say("each reader’s own")


def saved(speech: Speech) -> str:
    """Return that a setting is kept."""
    return speech.say("Saved.")


def too_many_left_out(most: int, speech: Speech) -> str:
    """Return that no more outlets can be left out."""
    return speech.count(
        "A chat can leave out up to {number} outlet. Tap one marked ✕ first to include it again.",
        "A chat can leave out up to {number} outlets. Tap one marked ✕ first to include it again.",
        most,
    )


def no_topic(speech: Speech) -> str:
    """Return a hint for /watch without a topic (HTML)."""
    return speech.html(
        "What should I watch for? Put the topic after the command: <code>/watch Telegram</code>"
    )


def topic_too_long(most: int, speech: Speech) -> str:
    """Return that a topic is too long."""
    return speech.count(
        "A topic can have at most {number} character. Name it in a few words.",
        "A topic can have at most {number} characters. Name it in a few words.",
        most,
    )


def watching(topic: str, speech: Speech) -> str:
    """Return that a topic is watched from now on (HTML)."""
    return speech.html(
        "I will let you know here when there is new coverage of “{topic}”. To stop: /watches",
        topic=topic,
    )


def too_many_watches(most: int, speech: Speech) -> str:
    """Return that no more topics can be watched."""
    return speech.count(
        "A chat can watch up to {number} topic. Remove one first: /watches",
        "A chat can watch up to {number} topics. Remove one first: /watches",
        most,
    )


def watches(count: int, speech: Speech) -> str:
    """Return what stands above the topics watched."""
    if not count:
        return speech.say(
            "No topics are being watched in this chat. To add one: /watch and the topic"
        )
    return speech.say("Topics watched in this chat. Tap one to stop:")


def unwatched(topic: str, speech: Speech) -> str:
    """Return that a topic is watched no more."""
    return speech.say("No longer watched: {topic}", topic=topic)
