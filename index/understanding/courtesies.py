"""What people say to a bot that asks nothing: thanks, greetings, yes and no."""

from __future__ import annotations

import regex

__all__ = ["is_courtesy"]

_WORD = regex.compile(r"[\p{L}\p{M}'’]+")

_COURTESIES = frozenset(
    "thanks thank thx ty cheers hello hi hey bye goodbye yes no ok okay great cool wow sorry"
    " please lol nice perfect brilliant awesome excellent helpful"
    " спасибо привет здравствуйте пока да нет ок окей"
    " 감사합니다 고맙습니다 고마워요 고마워 안녕하세요 안녕 네 아니요"
    " merci bonjour bonsoir salut oui non"
    " gracias hola adiós sí vale"
    " danke hallo tschüss ja nein".split()
)

_AROUND = frozenset(
    "you very much so a lot again all there bot good day today doing that that's that’s this was"
    " is it for your the my really job work answer answers help info information everyone"
    " большое вам beaucoup muchas vielen schön".split()
)
"""Words that make no question of a courtesy."""

_IDIOM = regex.compile(
    r"\b(?:(?:can|could|may)\s+(?:you\s+(?:please\s+)?help|i\s+ask)(?:\s+(?:me|you))?"
    r"(?:\s+(?:please|(?:with\s+)?something|a\s+question))?"
    r"|good\s+(?:morning|afternoon|evening|night)|(?:good|great|nice)\s+(?:job|work|answer)"
    r"|guten?\s+(?:morgen|tag|abend|nacht)|buen[oa]s\s+(?:días|tardes|noches)|bonne\s+\p{L}+"
    r"|добр(?:ый\s+(?:день|вечер)|ое\s+утро)|좋은\s+(?:아침|하루|저녁)\p{Hangul}*"
    r"|how\s+(?:are\s+(?:you|things)|do\s+you\s+do|is\s+it\s+going)|what['’]?s\s+up"
    r"|wie\s+geht\s*(?:es|['’]?s)(?:\s+(?:dir|ihnen))?|(?:comment\s+)?ça\s+va|qué\s+tal"
    r"|comment\s+allez[\s-]vous|who\s+are\s+you|what\s+(?:can|do)\s+you\s+do"
    r"|how\s+do(?:es)?\s+(?:this|it|you)\s+work|cómo\s+estás?|как\s+(?:дела|поживаете))\b|잘\s*지내\p{Hangul}*",
    regex.IGNORECASE,
)


def is_courtesy(text: str) -> bool:
    """Tell whether a text is nothing but a courtesy, in one of the languages of the bot."""
    words = {word.casefold() for word in _WORD.findall(_IDIOM.sub("hello", text))}
    return bool(words & _COURTESIES) and words <= _COURTESIES | _AROUND
