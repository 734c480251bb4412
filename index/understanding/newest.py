"""Questions that ask for nothing but what is new, of everything or on a topic.

"latest on Telegram" asks for what came last, not for what is most like it.
"""

from __future__ import annotations

import regex

from index.text.terms import stems
from index.understanding.grammar import NEWS

__all__ = ["find_topic"]

_I = regex.IGNORECASE

_TELL = (
    r"(?:(?:give|show|tell|send)\s+me\s+|(?:is|are)\s+there\s+|do\s+you\s+have\s+"
    r"|what(?:\s+is|\s+are|['’]?s)\s+(?:in\s+)?)?(?:(?:the|any|some|all|your)\s+)*"
    r"(?:(?:today|the\s+(?:day|week|month)|(?:this|last)\s+(?:week|month))['’]?s\s+)?"
)
_LAST = r"(?:latest|newest|(?:most\s+)?recent|breaking|top|main|biggest)"
_FRAMES = (
    (
        rf"{_TELL}(?:(?:latest|newest)|(?:{_LAST}\s+|new\s+)?{NEWS})",
        r"on|about|of|from|by|in|at|for|with|regarding|concerning",
    ),
    (
        r"(?:what(?:\s+is|['’]?s)|(?:is\s+there\s+)?anything)\s+new",
        r"on|about|from|at|with|regarding|concerning",
    ),
    (r"what(?:\s+is|['’]?s)\s+(?:happening|going\s+on)", r"in|at|with|around|on|about"),
    (
        r"(?:was\s+gibt(?:\s+e|['’]?)s\s+neues|was\s+ist\s+neu|gibt\s+es\s+(?:et)?was\s+neues"
        r"|neues|(?:gibt\s+es\s+|die\s+)?(?:(?:neueste|aktuelle|letzte|neue)n?\s+)?"
        r"(?:nachrichten|meldungen|neuigkeiten))",
        r"zu[mr]?|über|von|vom|aus|bei|um",
    ),
    (
        r"(?:quoi\s+de\s+neuf|(?:quelles\s+sont\s+)?(?:les\s+)?(?:dernières\s+)?"
        r"(?:nouvelles|actualités|infos))",
        r"sur|de|du|des|d['’]|chez|concernant|à\s+propos\s+de",
    ),
    (
        r"(?:qué\s+hay\s+de\s+nuevo|lo\s+último|(?:hay\s+|cuáles\s+son\s+)?(?:las\s+)?"
        r"(?:últimas\s+)?(?:noticias|novedades))",
        r"sobre|del?|acerca\s+del?|con",
    ),
    (
        r"(?:что\s+нового|(?:какие\s+|есть\s+)?(?:последние\s+|свежие\s+)?новости)",
        r"об?|про|по|из|от|у|за",
    ),
)
"""How news is asked for, and what leads on to the topic, in en, de, fr, es, ru."""

_ASKS = regex.compile(
    "|".join(
        rf"{frame}(?:\s+(?:{leads})(?:(?<=['’])|\b\s*)(?P<topic>.*))?" for frame, leads in _FRAMES
    )
    + rf"|(?:{_TELL})(?:latest|newest|breaking)\s+(?P<topic>.+?)\s+{NEWS}"
    rf"|(?:{_TELL})(?!(?:is|are|was|were|do|does|did)\b)"
    r"(?P<topic>\p{L}[\w'’-]*(?:\s+[\w'’-]+){,2})\s+news"
    r"|(?P<topic>.*?)\s*(?:에\s*대한|관련)?\s*(?:최신|최근|새로운)\s*(?:소식|뉴스|기사)\p{Hangul}*"
    r"(?:\s+(?:있어|있나|알려|보여|뭐)\p{Hangul}*)?",
    _I,
)

_ANYTHING = regex.compile(
    r"(?:(?:show|give|tell|send|find)\s+me\s+)?(?:(?:the|any|all|some)\s+)*"
    r"(?:articles?|reports?|stories|pieces?|reporting|coverage|news|anything|everything|all)?"
    r"|what\s+(?:(?:has|was|were)\s+)?(?:happen(?:ed|ing)|reported|published|written|new)"
    r"|what\s+(?:did|does|has|have)(?:\s+(?:report|write|publish|say|said|written|reported|published))?"
    r"|was\s+(?:ist\s+|war\s+)?(?:passiert|geschehen|geschah|los)|was\s+schreibt"
    r"|que\s+s['’]est[ -]il\s+passé|qué\s+(?:pasó|ha\s+pasado)|что\s+(?:случилось|произошло)"
    r"|무슨\s*일(?:이)?\s*있었\p{Hangul}*",
    _I,
)
"""What asks for no more than there is, beside an outlet or a time."""

_QUESTION = regex.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how|whether)\b", _I)
"""What a topic is not, but a question of its own."""

_NOW = regex.compile(
    r"(?:^|\s+)(?:(?:right\s+)?now|today|lately|recently|so\s+far|(?:of|for)\s+(?:today|the\s+"
    r"(?:day|week|month))|(?:this|these)\s+(?:week|month|morning|days)"
    r"|heute|aktuell|aujourd['’]hui|hoy|сегодня|сейчас)$",
    _I,
)
_OPENING = regex.compile(r"^[\s¿¡]*(?:please\s+)?", _I)
_CLOSING = regex.compile(r"(?<![\s?!.,])(?:[\s?!.,]|\bplease\b)++$", _I)


def find_topic(question: str, *, is_bounded: bool = False) -> str | None:
    """Return on what a question asks for news, "" for everything; None where it asks no such.

    Example:
        >>> find_topic("what's the latest on Pavel Durov?")
        'Pavel Durov'
        >>> find_topic("give me the news")
        ''

    Args:
        question: On one line, without the outlet and the time that it names.
        is_bounded: Whether it names any, so that it may ask just what happened.
    """
    said = _CLOSING.sub("", _OPENING.sub("", question))
    asked = _NOW.sub("", said)
    if (is_bounded or (asked and asked != said)) and _ANYTHING.fullmatch(asked):
        return ""
    match = _ASKS.fullmatch(asked)
    if match is None:
        return None
    topic = (match["topic"] or "").strip()
    if not topic:
        return ""
    return topic if stems(topic, "en") and not _QUESTION.search(topic) else None
