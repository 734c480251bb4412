"""A question → one much like it that the same text does not answer.

Source: SQuAD 2.0, Rajpurkar et al. 2018, arXiv:1806.03822, table 2, for what people do to a
question so that it has no answer: negation, antonyms, entity swaps, mutual exclusion.
Asking for another thing is ours.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence

import regex

__all__ = ["Things", "ask_for", "asked_for", "oppose", "swap"]

_ELSEWHERE = 0.5
"""How often a question is made to name something that the text shown does not."""

_ANTONYM = 0.75
"""How often a word is turned into its opposite, where there is one, and not denied."""

_AFTER_SUBJECT = 0.5
"""How often "not" stands after the subject, where it may: "did Durov not leave"."""

# A name's full stop is within it or after an initial, never the end of a sentence.
_CAPITALISED = r"\p{Lu}(?:[\p{L}\p{M}'’-]|\.(?=\p{L})|(?<=\b\p{Lu})\.)*"
_NAME = regex.compile(rf"(?<!^)(?<![.?!]\s)\b{_CAPITALISED}(?:\s+{_CAPITALISED})*")
_NUMBER = regex.compile(r"\b\d[\d,.]*\b")
_OPPOSITES = """
first/last earliest/latest oldest/newest oldest/youngest largest/smallest biggest/smallest
highest/lowest longest/shortest most/least best/worst more/fewer more/less before/after
north/south northern/southern east/west eastern/western northeast/southwest northwest/southeast
increase/decrease increased/decreased increasing/decreasing rise/fall rose/fell grew/shrank
win/lose won/lost allowed/forbidden allow/forbid permitted/prohibited accept/reject
accepted/rejected approve/reject approved/rejected support/oppose supported/opposed
begin/end began/ended start/stop started/stopped open/close opened/closed opening/closing
join/leave joined/left enter/leave arrive/depart arrived/departed buy/sell bought/sold
born/buried birth/death married/divorced attack/defend attacked/defended ally/enemy allies/enemies
male/female men/women boys/girls man/woman king/queen father/mother son/daughter brother/sister
husband/wife uncle/aunt rich/poor strong/weak stronger/weaker young/old new/old early/late
earlier/later high/low higher/lower large/small larger/smaller long/short longer/shorter
fast/slow faster/slower hot/cold warm/cool dry/wet inside/outside internal/external
internally/externally public/private legal/illegal common/rare commonly/rarely often/rarely
frequently/rarely always/never usually/rarely easy/difficult simple/complex major/minor
majority/minority maximum/minimum positive/negative success/failure successful/unsuccessful
direct/indirect directly/indirectly formal/informal active/passive modern/ancient urban/rural
upper/lower left/right with/without include/exclude included/excluded known/unknown
horizontal/vertical import/export imported/exported gain/loss gained/lost
""".split()
_OPPOSITE = {
    word: other for pair in _OPPOSITES for word, other in (pair.split("/"), pair.split("/")[::-1])
}
_WORD = regex.compile(r"\b\p{L}+\b")
_BEFORE_SUBJECT = "did does do can could will would should must".split()
_VERB = regex.compile(rf"\b(?:is|are|was|were|has|have|had|{'|'.join(_BEFORE_SUBJECT)})\b")
_SUBJECT = regex.compile(r"\s+(?:the |a |an )?[\p{L}\p{M}'’-]+")
_DENIED = regex.compile(r"\b(?:not|never)\b|n['’]t\b")
_THING = regex.compile(
    r"\b(?P<how>how many|how much|what|which)\s+(?P<what>\p{Ll}{3,})|"
    r"\b(?P<how>who)\s+(?P<what>\p{Ll}{3,}ed)\b",
    regex.IGNORECASE,
)
_NO_THING = frozenset(
    "new are was were did does has had have can could will would should must may might the kind "
    "type sort form name other two three been being happens happened percentage percent".split()
)

Things = Mapping[str, Sequence[str]]
"""What questions ask for, by how they ask: "how many" → "people", "times", … each as often."""

_SHORT = {"can": "can't", "will": "won't"}
"""Short forms that are not the verb with "n't" behind it."""


def swap(question: str, texts: Iterable[str], shown: str, chance: random.Random) -> str | None:
    """Name another entity, number or year; None where there is none other to name.

    Args:
        question: What is asked.
        texts: Where to take names and numbers from.
        shown: The text that answers the question.
        chance: What decides.
    """
    told = list(texts)
    for pattern in chance.sample([_NAME, _NUMBER], 2):
        named = list(pattern.finditer(question))
        if not named:
            continue
        one = chance.choice(named)
        others = {match.group() for text in told for match in pattern.finditer(text)}
        others = {o for o in others if o not in question and one.group() not in o}
        if chance.random() < _ELSEWHERE:
            others = {o for o in others if o not in shown} or others
        if others:
            return _put(question, one, chance.choice(sorted(others)))
    return None


def asked_for(questions: Iterable[str]) -> Things:
    """Return what questions ask for (English)."""
    found: dict[str, list[str]] = {}
    for question in questions:
        for match in _THING.finditer(question):
            if match["what"] not in _NO_THING:
                found.setdefault(match["how"].lower(), []).append(match["what"])
    return found


def ask_for(question: str, things: Things, shown: str, chance: random.Random) -> str | None:
    """Ask for another thing, in the same way, that `shown` does not name; None without any."""
    match = next((m for m in _THING.finditer(question) if m["what"] not in _NO_THING), None)
    if match is None:
        return None
    known = (question + shown).casefold()
    others = chance.choices(things[match["how"].lower()], k=8)
    fit = [other for other in others if other.rstrip("s") not in known]
    return (
        f"{question[: match.start('what')]}{fit[0]}{question[match.end('what') :]}"
        if fit
        else None
    )


def oppose(question: str, chance: random.Random) -> str | None:
    """Ask for the opposite, by an antonym or a denial; None where neither can be had (English)."""
    words = [match for match in _WORD.finditer(question) if match.group() in _OPPOSITE]
    if words and chance.random() < _ANTONYM:
        one = chance.choice(words)
        return _put(question, one, _OPPOSITE[one.group()])
    verb = _VERB.search(question)
    return _deny(question, verb, chance) if verb and not _DENIED.search(question) else None


def _deny(question: str, verb: regex.Match[str], chance: random.Random) -> str:
    word = verb.group()
    subject = _SUBJECT.match(question, verb.end()) if word in _BEFORE_SUBJECT else None
    if subject and chance.random() < _AFTER_SUBJECT:
        return f"{question[: subject.end()]} not{question[subject.end() :]}"
    denials = [f"{word} not", _SHORT.get(word, f"{word}n't"), f"{word} never"]
    return _put(question, verb, chance.choice(denials))


def _put(text: str, place: regex.Match[str], other: str) -> str:
    return text[: place.start()] + other + text[place.end() :]
