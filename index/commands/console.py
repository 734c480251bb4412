"""How answers, hits and runs look in a terminal, and as JSON for programs."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from index.articles.files import KINDS
from index.ingest.indexer import Changes
from index.storage.history import Change
from index.types import Answer, Article, Citation, Hit, Reach
from index.understanding.scope import deny

__all__ = [
    "answer_as_dict",
    "changes_as_dict",
    "complain",
    "err",
    "history_as_dict",
    "hit_as_dict",
    "out",
    "print_answer",
    "print_changes",
    "print_history",
    "print_hits",
    "print_json",
    "print_others",
    "print_reach",
    "reach_as_dict",
]

out = Console(soft_wrap=False, highlight=False)
err = Console(stderr=True, highlight=False)


def complain(line: str, *, style: str = "") -> None:
    """Print one line on stderr, however long it is."""
    err.print(Text(line, style=style), soft_wrap=True)


def print_json(value: dict[str, Any]) -> None:
    """Print one object on one line."""
    out.file.write(json.dumps(value, ensure_ascii=False) + "\n")


def answer_as_dict(answer: Answer) -> dict[str, Any]:
    """Return an answer as `ask --json` prints it."""
    return {
        "question": answer.question,
        "answered": answer.answered,
        "citations": [_citation_as_dict(citation) for citation in answer.citations],
        "nearest": [_citation_as_dict(citation) for citation in answer.nearest],
        "coverage": reach_as_dict(answer.reach),
        "understood": answer.understood,
        "reason": answer.reason,
        "lacking": list(answer.scope.lacking),
        "unanswered": list(answer.unanswered),
        "unsaid": list(answer.unsaid),
        "unmentioned": list(answer.unmentioned),
        "meant": list(answer.meant),
    }


def reach_as_dict(reach: Reach) -> dict[str, Any]:
    """Return how far the coverage reaches, dates in ISO form."""
    return {"articles": reach.articles, "from": _iso(reach.first), "to": _iso(reach.last)}


def hit_as_dict(hit: Hit, article: Article) -> dict[str, Any]:
    """Return a hit as `search --json` prints it."""
    start, end = hit.passage.span
    return {
        "rank": hit.rank,
        "article": article.id,
        "headline": article.headline,
        "outlet": article.outlet,
        "published": _iso(article.published),
        "url": article.url,
        "passage": article.body[start:end],
        "start": start,
        "end": end,
        "score": round(hit.score, 4),
    }


def changes_as_dict(changes: Changes) -> dict[str, Any]:
    """Return what a run did, as `build --json` prints it."""
    return {
        "added": changes.added,
        "changed": changes.changed,
        "unchanged": len(changes.unchanged),
        "removed": changes.removed,
        "copies": dict(changes.copies),
        "let_in": changes.let_in,
        "damaged": changes.damaged,
        "encoded": changes.encoded,
        "errors": [str(error) for error in changes.errors],
    }


def print_answer(answer: Answer, *, wider: str = "--anywhere") -> None:
    """Print an answer as a reader of the terminal sees it.

    Args:
        answer: What to print.
        wider: How to look in all the coverage from there.
    """
    if not answer.answered:
        out.print("The coverage does not answer that.", style="bold yellow")
        if answer.reason:
            out.print(Text(answer.reason))
        if answer.nearest:
            out.print("The closest coverage:", style="dim")
    for citation in answer.citations or answer.nearest:
        number = f"  [{citation.number}] "
        out.print()
        _print_indented(_marked(citation), "  ")
        _print_indented(Text(_caption(citation), style="dim"), number)
        if citation.link:
            out.print(Text(f"{' ' * len(number)}{citation.link}", style="dim"), soft_wrap=True)
    out.print()
    for note in (*_notes(answer, wider), _reach_line(answer.reach)):
        out.print(Text(note, style="dim"))


def _notes(answer: Answer, wider: str) -> Iterator[str]:
    """Yield what a reader must know of what was asked, and where was searched."""
    if answer.text != answer.question:
        yield f"Understood as: {answer.text}"
    for question in answer.unanswered:
        yield f"The coverage does not answer “{question}”"
    if answer.unsaid:
        yield f"Not found word for word: {', '.join(f'“{phrase}”' for phrase in answer.unsaid)}."
    if answer.unmentioned:
        yield f"No article mentions {', '.join(answer.unmentioned)}."
    if answer.meant:
        yield f"Did you mean {', '.join(answer.meant)}?"
    if answer.scope.lacking:
        yield deny(answer.scope.lacking)
    if answer.understood and not answer.reason:
        yield f"Searched {'only' if answer.scope.is_bound else 'first'}: {answer.understood}"
    if answer.understood or answer.scope.absent:
        yield f"To search everything: {wider}"


def print_hits(hits: Sequence[tuple[Hit, Article]]) -> None:
    """Print passages with their ranks and scores."""
    for hit, article in hits:
        caption = " · ".join(filter(None, [article.headline, article.outlet, article.id]))
        number = f"{hit.rank:>3}  {hit.score:.3f}  "
        _print_indented(Text(caption, style="bold"), number)
        _print_indented(Text(hit.passage.span.of(article.body)), " " * len(number))
        out.print()


def print_reach(reach: Reach) -> None:
    """Print the outlets covered, with the number of their articles."""
    table = Table("outlet", "articles", box=None, pad_edge=False)
    for outlet, count in reach.outlets:
        table.add_row(Text(outlet or "(no outlet given)"), str(count))
    out.print(Text(_reach_line(reach)))
    out.print(table)


def history_as_dict(article: str, changes: Sequence[Change], *, stands: bool) -> dict[str, Any]:
    """Return an article's history as `history --json` prints it."""
    listed = [{**asdict(change), "at": change.at.isoformat()} for change in changes]
    return {"article": article, "stands": stands, "changes": listed}


def print_history(changes: Sequence[Change]) -> None:
    """Print what changed in an article and when, what is gone with − and what is new with +."""
    for change in changes:
        out.print(Text(f"{change.at:%Y-%m-%d %H:%M} UTC", style="bold"))
        if change.removed:
            out.print("  removed")
        for name, before, after in change.fields:
            _print_indented(Text(f"{before or '(none)'} → {after or '(none)'}"), f"  {name}: ")
        for sign, style, texts in (("−", "red", change.gone), ("+", "green", change.new)):
            for text in texts:
                _print_indented(Text(" ".join(text.split()), style=style), f"  {sign} ")


def print_changes(changes: Changes) -> None:
    """Print what a run did, and on stderr what it could not do."""
    for error in changes.errors:
        complain(f"error: {error}", style="red")
    if changes.set_aside:
        complain(f"the damaged store was kept as {changes.set_aside}", style="yellow")
    for id_ in changes.damaged:
        complain(f"article {id_!r} was damaged and was taken out", style="yellow")
    for id_ in changes.let_in:
        complain(f"article {id_!r} had been removed by hand and is in again", style="yellow")
    if changes.kept:
        complain(
            "nothing was removed, because not everything could be read: mend that and run "
            "the same command again",
            style="yellow",
        )
    if changes.ledger:
        complain(
            f"if articles of your sources left, delete {str(changes.ledger)!r}: then they are "
            "fetched anew",
            style="yellow",
        )
    counts = ", ".join(
        f"{len(ids):,} {name}"
        for name, ids in (
            ("added", changes.added),
            ("changed", changes.changed),
            ("unchanged", changes.unchanged),
            ("removed", changes.removed),
        )
    )
    if changes.copies:
        counts += f", {len(changes.copies):,} there under another id"
    out.print(Text(f"articles: {counts}; passages encoded: {changes.encoded:,}"))


def print_others(others: Counter[str]) -> None:
    """Say on stderr of which kinds files were passed over; nothing where none was."""
    if others:
        listed = ", ".join(
            f"{count:,} {kind or 'of no kind'}" for kind, count in others.most_common()
        )
        complain(f"passed over: {listed}; read are {', '.join(KINDS)}", style="yellow")


def _citation_as_dict(citation: Citation) -> dict[str, Any]:
    return {
        "number": citation.number,
        "article": citation.article,
        "headline": citation.headline,
        "outlet": citation.outlet,
        "published": _iso(citation.published),
        "url": citation.url,
        "excerpt": citation.excerpt,
        "start": citation.start,
        "end": citation.end,
        "score": citation.score,
    }


def _print_indented(text: Text, first: str) -> None:
    """Print wrapped text, its first line after `first` and the others below it."""
    for number, line in enumerate(text.wrap(out, max(20, out.width - len(first) - 2))):
        line.rstrip()
        out.print(Text.assemble((" " * len(first) if number else first, text.style), line))


def _marked(citation: Citation) -> Text:
    text = Text(citation.excerpt)
    for start, end in citation.marks:
        text.stylize("bold", start, end)
    return text


def _caption(citation: Citation) -> str:
    parts = [citation.headline, citation.outlet, _iso(citation.published)]
    also = f"also in {len(citation.copies)} more" if citation.copies else ""
    return " · ".join(part for part in [*parts, also] if part)


def _reach_line(reach: Reach) -> str:
    count = f"{reach.articles:,} article{'s' if reach.articles != 1 else ''}"
    if reach.first is None:
        return f"Coverage: {count}, undated"
    if reach.first == reach.last:
        return f"Coverage: {count}, published {reach.first}"
    return f"Coverage: {count}, from {reach.first} to {reach.last}"


def _iso(date: dt.date | None) -> str | None:
    return date.isoformat() if date else None
