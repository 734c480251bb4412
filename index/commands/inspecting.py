"""The commands that look at an index and change nothing: `stats`, `history` and `verify`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from index.commands import console, process, watching
from index.commands.options import AsJson
from index.errors import StaleIndexError
from index.ingest.vitals import health_if_any
from index.storage.audit import audit
from index.storage.connection import spell_build
from index.storage.history import recount
from index.storage.rows import FORMAT
from index.storage.store import Store
from index.types import Scope

__all__ = ["history", "stats", "verify"]


def stats(context: typer.Context, as_json: AsJson = False) -> None:
    """Show what is indexed, what is newest, how far it reaches and what it was built with."""
    folder = context.obj.data_dir
    with _opened(folder) as store:
        reach, facts = store.reach(), _facts(store, folder)
    states = health_if_any(folder)
    if as_json:
        outlets = dict(reach.outlets)
        sources = [watching.health_as_dict(state) for state in states]
        listed = {"outlets": outlets, "sources": sources}
        console.print_json({**console.reach_as_dict(reach), **listed, **facts})
        return
    console.print_reach(reach)
    watching.print_health(states)
    for line in _lines(facts):
        console.out.print(line, markup=False)


def history(
    context: typer.Context,
    article: Annotated[str, typer.Argument(help="An article id, as `search` shows them.")],
    as_json: AsJson = False,
) -> None:
    """Show what changed in an article since it was first indexed, and when."""
    with _opened(context.obj.data_dir) as store:
        now, versions = store.articles([article]).get(article), store.history.of(article)
    if now is None and not versions:
        process.fail(f"no such article: {article!r}")
    changes = recount(versions, now)
    if as_json:
        console.print_json(console.history_as_dict(article, changes, stands=now is not None))
    elif changes:
        console.print_history(changes)
    else:
        console.out.print("nothing changed since it was indexed")


def verify(context: typer.Context, as_json: AsJson = False) -> None:
    """Check every hash, offset and vector; exit with 1 and a list where anything is off."""
    folder = context.obj.data_dir
    with _opened(folder) as store:
        problems = audit(folder, store)
    if as_json:
        console.print_json({"sound": not problems, "problems": problems})
    elif problems:
        for line in problems:
            console.out.print(line, markup=False, soft_wrap=True)
    else:
        console.out.print("everything is as it was written")
    if problems:
        process.fail(f"{len(problems)} problem(s): {spell_build(folder)} PATH…")


@contextmanager
def _opened(folder: Path) -> Iterator[Store]:
    with closing(Store(folder)) as store:
        if (found := store.meta.get("format", FORMAT)) != FORMAT:
            raise StaleIndexError(
                f"the index in {str(folder)!r} is of format {found!r}, not {FORMAT!r}: "
                f"{spell_build(folder)} PATH…"
            )
        yield store


def _facts(store: Store, folder: Path) -> dict[str, Any]:
    """Return what is indexed, by name, ready for JSON: dates in ISO form, None for none."""
    meta = store.meta
    newest = next((one for one in store.newest(1, (), Scope()) if one.published), None)
    articles, versions, last = store.history.count()
    published = newest.published.isoformat() if newest and newest.published else None
    return {
        "newest": newest
        and {"article": newest.id, "headline": newest.headline, "published": published},
        "history": {
            "articles": articles,
            "versions": versions,
            "last": last.isoformat() if last else None,
        },
        "passages": len(store.passage_ids()),
        "model": meta.get("model"),
        "dimension": int(meta["dimension"]) if meta.get("dimension", "").isdigit() else None,
        "bytes": sum(map(_size, folder.rglob("*"))),
        "folder": str(folder),
    }


def _lines(facts: dict[str, Any]) -> list[str]:
    """Return the same as lines to read."""
    newest, kept = facts["newest"], facts["history"]
    lines = dict(facts)
    lines["newest"] = "none is dated"
    if newest:
        lines["newest"] = f"{newest['headline']} · {newest['published']}"
    lines["history"] = f"{kept['versions']:,} earlier versions of {kept['articles']:,} articles"
    if kept["last"]:
        lines["history"] += f", the last until {kept['last']}"
    return [f"{name}: {value}" for name, value in lines.items()]


def _size(path: Path) -> int:
    """Return the bytes of a file, 0 of what is none or was taken away just now."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:
        return 0
