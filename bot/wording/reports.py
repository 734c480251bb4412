"""What the bot says to those who run it: what was extracted, what was done, how it goes (HTML)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.wording.captions import articles, more_articles, no_outlet
from bot.wording.markup import MAX_UNITS, plain, quote, shorten, units
from bot.wording.speech import Speech
from index import Article, Citation, Handed, Health, Mended, Proposal, Proposed, Reach

__all__ = [
    "added",
    "alert",
    "commands",
    "discarded",
    "failed",
    "mended",
    "nothing_such",
    "preview",
    "removal",
    "removed",
    "state",
]

_MOST = 3
"""Articles described, and errors told, in a message."""

_SOURCES = 15
_LINE = 120
"""Sources told of, and code points of a name or reason there."""


def commands(speech: Speech) -> dict[str, str]:
    """Return what stands in the menu of those who run the bot, besides the other commands."""
    return {
        "remove": speech.say("Remove an article from the coverage"),
        "reindex": speech.say("Update the index and repair any damage"),
        "stats": speech.say("Status of the coverage, the sources and the bot"),
    }


def preview(proposed: Proposed, speech: Speech) -> str:
    """Return what was extracted of something sent, and what it would take the place of."""
    for most in range(_MOST, 0, -1):
        html = _preview(proposed, most, speech)
        if units(html) <= MAX_UNITS:
            break
    return html


def added(handed: Handed, speech: Speech) -> str:
    """Return what became of articles that were confirmed."""
    lines = []
    if handed.added:
        lines.append(speech.html("✅ Added: {ids}", ids=_names(handed.added)))
    if handed.changed:
        lines.append(speech.html("✅ Updated: {ids}", ids=_names(handed.changed)))
    lines += [_wrong(item.reason) for item in handed.left_out[:_MOST]]
    return "\n".join(lines) or speech.html("Already in the coverage, unchanged.")


def discarded(speech: Speech) -> str:
    """Return that nothing was done."""
    return speech.html("Discarded. Nothing was changed.")


def failed(reason: str) -> str:
    """Return why something could not be done."""
    return _wrong(reason)


def removal(found: Sequence[Article], speech: Speech) -> str:
    """Return which articles are about to be removed."""
    title = speech.count("<b>Remove {number} article from the coverage?</b>",
                         "<b>Remove {number} articles from the coverage?</b>",
                         len(found))  # fmt: skip
    lines = [title, *(_line(article, speech) for article in found[:_MOST])]
    if len(found) > _MOST:
        lines.append(more_articles(len(found) - _MOST, speech))
    return "\n".join(lines)


def nothing_such(sought: str, speech: Speech) -> str:
    """Return that no article has an id or address, or how to name one."""
    if not sought:
        return speech.html("Which one? Put its ID or address after the command: /remove ID")
    return speech.html("No article has the ID or address {sought}.", sought=shorten(sought))


def removed(ids: Collection[str], speech: Speech) -> str:
    """Return which articles were removed."""
    if not ids:
        return speech.html("That article is already gone.")
    said = speech.count("{number} article removed", "{number} articles removed", len(ids))
    return plain(f"✅ {said}: {_names(ids)}").html


def mended(found: Mended, speech: Speech) -> str:
    """Return what was damaged, and what became of it."""
    lines = [speech.html("✅ The index is up to date.")]
    if found.indexes:
        made = speech.count("{number} index was rebuilt.", "{number} indexes were rebuilt.",
                            len(found.indexes))  # fmt: skip
        lines.append(made)
    if found.encoded:
        lines.append(speech.html("Re-encoded: {ids}", ids=_names(found.encoded)))
    if found.lost:
        lines.append(
            speech.html(
                "Damaged and no longer quoted: {ids}. Send them again or /remove them.",
                ids=_names(found.lost),
            )
        )
    return "\n".join(lines)


def state(
    reach: Reach,
    passages: int,
    newest: Citation | None,
    sources: Sequence[Health],
    verdicts: Mapping[str, int],
    waiting: int,
    speech: Speech,
) -> str:
    """Return how the coverage, the sources and the bot are doing."""
    lines = [
        f"<b>{articles(reach.articles, speech)}</b>",
        speech.count("{number} passage", "{number} passages", passages),
        speech.count("{number} outlet", "{number} outlets", len(reach.outlets)),
    ]
    if newest:
        newest_line = f"{shorten(newest.headline, _LINE)} · {speech.day(newest.published) or '–'}"
        lines.append(speech.html("Newest: {article}", article=newest_line))
    lines.append(
        speech.html(
            "Feedback: 👍 {good}, 👎 {bad}, wrong citations: {wrong}",
            good=verdicts.get("good", 0),
            bad=verdicts.get("bad", 0),
            wrong=verdicts.get("wrong", 0),
        )
    )
    lines.append(speech.count("{number} update waiting", "{number} updates waiting", waiting))
    lines += [_source(each, speech) for each in sources[:_SOURCES]]
    return "\n".join(lines)


def alert(new: Mapping[str, str], over: Collection[str], speech: Speech) -> str:
    """Return which troubles of ingest began, each with its reason, and which are over."""
    lines = []
    for name, reason in sorted(new.items()):
        title = shorten(_title(name, speech), _LINE)
        lines.append(plain(f"⚠️ {title}: {shorten(reason, _LINE)}").html)
    for name in sorted(over):
        title = shorten(_title(name, speech), _LINE)
        lines.append(speech.html("✅ {name}: working again", name=title))
    more = len(lines) - _SOURCES
    return "\n".join(lines[:_SOURCES] + (["…"] if more > 0 else []))


def _title(name: str, speech: Speech) -> str:
    """Return what a trouble is called: `source NAME`, `ingest` or `errors`."""
    if name == "ingest":
        return speech.say("Adding new articles")
    if name == "errors":
        return speech.say("Reading articles from the sources")
    return name.removeprefix("source ")


def _preview(proposed: Proposed, most: int, speech: Speech) -> str:
    parts = [_describe(one, speech) for one in proposed.found[:most]]
    if len(proposed.found) > most:
        parts.append(more_articles(len(proposed.found) - most, speech))
    parts += [_wrong(reason) for reason in proposed.wrong[:_MOST]]
    return "\n\n".join(parts)


def _describe(proposal: Proposal, speech: Speech) -> str:
    article, (first, last) = proposal.article, proposal.ends
    length = speech.count("{number} character", "{number} characters", len(article.body))
    lines = [
        _line(article, speech),
        length,
        quote(plain(f"{shorten(first)}\n…\n{shorten(last)}")).html,
    ]  # fmt: skip
    if proposal.is_there:
        lines.append(speech.html("Already in the coverage, unchanged."))
    elif proposal.earlier:
        earlier = _summarise(proposal.earlier, speech)
        lines.append(speech.html("Replaces: {article}", article=earlier))
    return "\n".join(lines)


def _line(article: Article, speech: Speech) -> str:
    return plain(f"📄 {_summarise(article, speech)}").html


def _summarise(article: Article, speech: Speech) -> str:
    outlet = shorten(article.outlet, _LINE) or no_outlet(speech)
    day = speech.day(article.published) or speech.say("no date given")
    return f"{shorten(article.headline)} · {outlet} · {day} · {shorten(article.id, _LINE)}"


def _wrong(reason: str) -> str:
    return plain(f"⚠️ {shorten(' '.join(reason.split()))}").html


def _names(ids: Collection[str]) -> str:
    shown = [shorten(one, _LINE) for one in list(ids)[:_MOST]]
    return ", ".join(shown) + (", …" if len(ids) > _MOST else "")


def _source(health: Health, speech: Speech) -> str:
    name, held = shorten(health.name, _LINE), articles(health.articles, speech)
    if not health.failures:
        return speech.html("• {name}: {articles}, working", name=name, articles=held)
    line = speech.html("• {name}: {articles}, failing: {reason}",
                       name=name, articles=held, reason=shorten(health.reason, _LINE))  # fmt: skip
    return f"⚠️ {line}" if health.stalled else line
