"""Which outlets a question names, and which of them as having reported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import regex

from index.types import Span
from index.understanding.outlets import Names, Token, end_of_name, fold_name, known_as, tokens

__all__ = [
    "ASKED",
    "DONE",
    "WORK",
    "Mention",
    "find_listed",
    "find_outlets",
    "find_reporting",
    "group",
]

_I = regex.IGNORECASE

# What may stand between names in a row.
_IN_ROW = regex.compile(
    r"['’\"”»]*\s*,?\s*(?:and|or|und|oder|et|ou|y|o|и|или)?\s*(?:both\s+|the\s+)*['‘\"“«]*", _I
)
_MONTH = regex.compile(r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)")
_SENTENCE = regex.compile(r"(?:^|[.!?:;])[\s\"'“‘«(¿¡]*$")
_QUOTED = "\"'“”‘’«»„"

# What outlets bring out, and what they are said to do.
WORK = (
    r"(?:articles?|reports?|stor(?:y|ies)|pieces?|reviews?|editorials?|columns?|op-eds?"
    r"|analys[ie]s|coverage|reporting|Artikel|Bericht|rapport|reportage)"
)
DONE = (
    r"(?:reported|published|mentioned|discussed|outlined|described|covered|detailed|noted|claimed"
    r"|cited|quoted|revealed|highlighted|presented|written|printed|documented|stated|explained"
    r"|analy[sz]ed|portrayed|said|seen|read)"
)
_DO = (
    r"(?:report|say|write|claim|suggest|describe|mention|state|argue|note|cover|publish|allege"
    r"|reveal|portray|characteri[sz]e|quote)"
)
_DOES = (
    r"(?:report(?:s|ed)|says|said|writes|wrote|claim(?:s|ed)|suggest(?:s|ed)|describe[sd]"
    r"|mention(?:s|ed)|state[sd]|argue[sd]|note[sd]|allege[sd]|reveal(?:s|ed)|cover(?:s|ed)"
    r"|publishes|berichtete?t?|schreibt|écrit|rapporte|informa|сообща\w+|пиш\w+)"
)
# What an outlet says of itself, or of its business, makes it the subject.
_NO_BUSINESS = r"(?!\s+(?:\w+\s+){0,2}(?:profits?|loss(?:es)?|revenues?|earnings|results)\b)"
_ITSELF = (
    rf"{_NO_BUSINESS}(?!\s+(?:that\s+)?(?:it|they|he|she)\s+\w)"
    r"(?!\s+(?:about\s+|on\s+|that\s+)?(?:its|their|his|her)\b)"
)
_BEFORE = regex.compile(
    rf"(?:\b(?:according\s+to|as\s+per|per|based\s+on|citing|laut|selon|d['’]après|según"
    rf"|по\s+данным|по\s+информации|по\s+сообщению|пишет|сообщает|dice|informa|berichtet|schreibt"
    rf"|écrit|rapporte)"
    rf"|\b(?:{WORK}|information|news|latest|another|\w+thing)\s+(?:\w+ed\s+)?(?:by|from|in)"
    rf"|\b{DONE}\s+(?:\w+ly\s+)?(?:by|in))"
    rf"\s+(?:both\s+|either\s+)?(?:the\s+|der\s+|dem\s+|die\s+)?['‘\"“«]*$",
    _I,
)
_OWNED = r"['’\"”»]*(?:['’]s)?['’\"”»]*"
_MAKES = regex.compile(
    rf"{_OWNED}\s+(?:(?:news|recent|latest|new|own|second|\w+ly)\s+){{0,2}}{WORK}\b(?!\s+section)"
    rf"{_NO_BUSINESS}|['’\"”»]*(?:에 따르면|[은는이가]? 보도|报道|報道|によると)",
    _I,
)
_SAYS = regex.compile(
    rf"{_OWNED}\s+(?:also\s+|first\s+|has\s+|have\s+|\w+ly\s+)*{_DOES}\b{_ITSELF}", _I
)
_INTERVIEW = regex.compile(r"['’\"”»]*\s+interview\b", _I)
ASKED = regex.compile(r"\b(?:did|didn['’]t|does|do)\s+(?:both\s+)?(?:the\s+)?['‘\"“«]*$", _I)
_ACTS = regex.compile(rf"['’\"”»]*\s+(?:\w+ly\s+|also\s+|ever\s+|not\s+)?{_DO}\b{_ITSELF}", _I)
_ENDS = regex.compile(r"['’\"”»]*\s*(?:$|[,.:;?!])")
_ASKS_ON = regex.compile(
    r"\s+(?:who\w*|what|which|when|where|why|how|did|do|does|is|are|was|were|has|have|had"
    r"|wer|wen|wann|wo|warum|wie|welche\w*|hat|ist|qui|que|quand|où|pourquoi|comment|combien"
    r"|quién\w*|qué|cuándo|dónde|cómo|cuánt\w+|кто|что|когда|где|почему|как|сколько)\b",
    _I,
)
_DER = regex.compile(r"\bde[rm]\s+$", _I)
_PASSIVE = regex.compile(r"\b(?:was|were|is|are|be|been|being)\s+(?:the\s+)?$", _I)
_INDEFINITE = regex.compile(r"\b(?:an?|another)\s+['‘\"“«]*$", _I)

# Names of outlets that stand in no list. A capital that opens a question is no name.
_CAP = r"\p{Lu}[\p{L}\p{N}&'’.-]*"
_NOT_OPENING = (
    r"(?!(?:According|After|An?|And|Are|As|Based|Before|Between|Did|Do|Does|For|From|Has|Have|How"
    r"|If|In|Is|On|The|Was|Were|Wh\w+)\b)"
)
_LIKE = regex.compile(
    rf"\b(?P<name>(?:{_NOT_OPENING}{_CAP}\s+(?:of\s+|and\s+|the\s+)?){{1,4}}"
    r"(?:Bulletin|Chronicle|Courier|Daily|Dispatch|Examiner|Gazette|Herald|Inquirer|Journal"
    r"|Magazine|News|Observer|Post|Sentinel|Telegraph|Times|Tribune|Weekly|Zeitung)"
    rf"|Journal\s+of(?:\s+(?:the\s+|and\s+)?{_CAP})+"
    r"|[\p{L}\p{N}-]+\.(?:com|org|net|news|co\.uk))(?!\s+\p{Lu}|[\p{L}\p{N}])"
)
_ARTICLE = regex.compile(
    rf"\b(?:an?|another)\s+['‘\"“]?(?P<name>(?:{_CAP}(?:\s+(?:of\s+)?{_CAP}){{1,3}}"
    r"(?<!an|ish|ese|ch)|\p{Lu}\p{Ll}+\p{Lu}\p{L}+))['’\"”]?\s+articles?\s+"
    r"(?=on|about|that|which|from|of|\p{Ll}+(?:ing|ed)\b)"
)
_IN_THE = regex.compile(
    r"\barticles?\s+(?:published\s+)?(?:(?:in|from|by)\s+"
    rf"(?P<name>The\s+(?!Hague|Gambia|Bahamas|Netherlands){_CAP}(?:\s+{_CAP}){{0,4}})"
    rf"|(?:on|from)\s+the\s+(?P<name>{_CAP}(?:\s+{_CAP}){{0,4}})\s+(?:website|site|blog|app))"
)


class Mention(NamedTuple):
    """An outlet named.

    Attributes:
        span: Where, in the text.
        outlets: What the coverage has of it, as it spells them; empty where it has nothing.
        name: Its usual name.
        bare: Whether its name is an ordinary word and stands without the "The" that goes with it.
        reports: Whether it can be here only as having reported.
    """

    span: Span
    outlets: tuple[str, ...]
    name: str
    bare: bool = False
    reports: bool = False


@lru_cache(maxsize=8)  # of one question they are looked for again and again
def find_outlets(text: str, covered: tuple[tuple[str, int], ...]) -> tuple[Mention, ...]:
    """Return the outlets that a text names, in order, none overlapping another.

    Those that are listed, and what looks like one that is not: it is called like one (`the Seattle
    Times`, `space.com`), or an article of it is spoken of (`a Deal Stripe article on …`).

    Args:
        text: Any text.
        covered: The outlets of the coverage, as in `Reach.outlets`.
    """
    listed = find_listed(text, covered)
    return tuple(sorted([*listed, *_unlisted(text, listed)]))


def find_listed(text: str, covered: tuple[tuple[str, int], ...]) -> list[Mention]:
    """Return the outlets of the coverage, and the well-known ones, that a text names, in order.

    Args:
        text: Any text.
        covered: As in `Reach.outlets`.
    """
    names = known_as(covered)
    words = tokens(text)
    found, at = [], 0
    while at < len(words):
        size, mention = _longest(text, words, at, names)
        found += [mention] if mention else []
        at += size
    found += _clinging(text, names, found)
    return sorted(found)


def _unlisted(text: str, listed: Sequence[Mention]) -> list[Mention]:
    found: list[Mention] = []
    for pattern in (_LIKE, _ARTICLE, _IN_THE):
        for match in pattern.finditer(text):
            span = Span(*match.span("name"))
            if not _overlaps(span, [*listed, *found]):
                found.append(Mention(span, (), span.of(text), reports=pattern is not _LIKE))
    return found


def _overlaps(span: Span, mentions: Sequence[Mention]) -> bool:
    return any(one.span.start < span.end and span.start < one.span.end for one in mentions)


def _longest(text: str, words: list[Token], at: int, names: Names) -> tuple[int, Mention | None]:
    """Return the longest name that begins with a token, and how many tokens to pass over."""
    for end in range(end_of_name(text, words, at, names.longest), at, -1):
        entry = names.entries.get(" ".join(token.text for token in words[at:end]))
        span = Span(words[at].span.start, words[end - 1].span.end)
        if entry and (
            not entry.is_word
            or _is_name(text, words, at, end)
            or (entry.outlets and _is_said_to_report(text, span))
        ):
            bare = entry.is_word and entry.name.startswith("The ") and words[at].text != "the"
            return end - at, Mention(span, entry.outlets, entry.name, bare)
    return 1, None


def _is_name(text: str, words: list[Token], at: int, end: int) -> bool:
    """Tell whether ordinary words are written as a name: with capitals, and in full."""
    core = [token for token in words[at:end] if token.text not in {"the", "of", "and"}]
    written = [token.span.of(text) for token in core]
    if not all(word[0].isupper() for word in written):
        return False
    if len(core) == 1 and len(written[0]) <= 2 and not written[0].isupper():
        return False
    first, last = words[at].span.start, words[end - 1].span.end
    if text[first - 1 : first] in {*_QUOTED} and text[last : last + 1] in {*_QUOTED}:
        return True
    if _runs_on(text, words[end : end + 1], last):
        return False
    if words[at].text == "the":
        return True
    if _SENTENCE.search(text[:first]):
        return _speaks(text, last)
    return not _runs_up(text, words[max(0, at - 1) : at], first)


def _is_said_to_report(text: str, span: Span) -> bool:
    """Tell whether ordinary words in lower case can only be an outlet, for what stands around.

    `according to the verge, who …` and `what did the verge say`, but not `according to the
    independent report` and not `what did people say`.
    """
    before = text[max(0, span.start - 80) : span.start]
    is_whole = " " in span.of(text) or bool(_DER.search(before))
    if _BEFORE.search(before):
        ends = _ENDS.match(text, span.end)
        return bool(ends or (is_whole and _ASKS_ON.match(text, span.end)))
    return is_whole and (_is_framed(before, text, span.end) or _speaks(text, span.end))


def _runs_on(text: str, after: list[Token], last: int) -> bool:
    """Tell whether a name goes on: Fortune 500, The Age of Empires, Time Warner."""
    if not after or text[last : after[0].span.start] not in {" ", "-"}:
        return False
    word = after[0].span.of(text)
    follows = word[0].isupper() or word[0].isdigit() or word == "of"
    return follows and not _MONTH.match(word) and not _speaks(text, last)


def _runs_up(text: str, before: list[Token], first: int) -> bool:
    """Tell whether a name began earlier: Iron Age, Jonah Hill."""
    if not before or text[before[0].span.end : first] not in {" ", "-"}:
        return False
    start = before[0].span.start
    return text[start].isupper() and not _SENTENCE.search(text[:start])


def _clinging(text: str, names: Names, found: list[Mention]) -> Iterator[Mention]:
    for match in names.unspaced.finditer(text):
        span = Span(*match.span())
        if not _overlaps(span, found):
            entry = names.entries[fold_name(match.group())]
            yield Mention(span, entry.outlets, entry.name)


def group(mentions: Sequence[Mention], text: str) -> list[list[Mention]]:
    """Return mentions in rows such as "A, B and C"."""
    rows: list[list[Mention]] = []
    for one in mentions:
        if rows and _IN_ROW.fullmatch(text, rows[-1][-1].span.end, one.span.start):
            rows[-1].append(one)
        else:
            rows.append([one])
    return rows


def find_reporting(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions of outlets as having reported, not as what is talked about.

    `according to A`, `reports from A, B and C`, `A's article`; but not `Who owns A?`.
    """
    found: list[Mention] = []
    for row in group(mentions, text):
        before = text[max(0, row[0].span.start - 80) : row[0].span.start]
        last = row[-1].span.end
        if _MAKES.match(text, last):
            found += row
        elif _is_framed(before, text, last):
            found += [one for one in row if not one.bare]
        else:
            found += [one for one in row if one.reports]
    return found


def _is_framed(before: str, text: str, last: int) -> bool:
    if _BEFORE.search(before):
        return True
    if ASKED.search(before):
        return bool(_ACTS.match(text, last))
    if _INDEFINITE.search(before) and _INTERVIEW.match(text, last):
        return True
    return bool(_SAYS.match(text, last)) and not _PASSIVE.search(before)


def _speaks(text: str, last: int) -> bool:
    """Tell whether what ends at `last` is followed by what only an outlet brings out or says."""
    return bool(_MAKES.match(text, last) or _SAYS.match(text, last))
