"""The commands `watch` and `sources`: what people see, and what programs do."""

from __future__ import annotations

import datetime as dt
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from index.commands import console
from index.commands.bars import PassBar
from index.commands.options import AsJson
from index.errors import LockedError, SourceError
from index.ingest.refreshing import Refreshed, refresh
from index.ingest.vitals import Health, health
from index.models import Encoder
from index.settings import IndexSettings

__all__ = ["health_as_dict", "print_health", "sources", "watch"]

_TICK = 10.0
"""Seconds from one look at which sources are due to the next."""


def watch(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Visit every source now, then end.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be taken; change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Visit the sources in `sources.toml`, each as often as it says, and index what is new.

    Ends with Ctrl-C, or after one pass with `--once` or `--dry-run`: then with 1 where a source
    could not be read.
    """
    settings: IndexSettings = context.obj

    @cache
    def load() -> Encoder:
        return settings.load_encoder(threads=os.cpu_count() or 1)

    with _logged(as_json):
        if once or dry_run:
            done = _run(settings, load, as_json, everything=True, dry_run=dry_run)
            if done.failed:
                raise typer.Exit(1)
            return
        _run(settings, load, as_json)
        while True:
            time.sleep(_TICK)
            try:
                _run(settings, load, as_json)
            except (LockedError, SourceError) as error:  # may be mended while we wait
                console.complain(f"error: {error}")


def sources(context: typer.Context, as_json: AsJson = False) -> None:
    """Show how each source is doing: its newest article, its last visit, its failures in a row."""
    settings: IndexSettings = context.obj
    states = health(settings.data_dir)
    if as_json:
        for state in states:
            console.print_json(health_as_dict(state))
    else:
        print_health(states)


def print_health(states: tuple[Health, ...]) -> None:
    """Print a table of the sources, and under it why they fail."""
    if not states:
        return
    table = Table(
        "source", "kind", "articles", "newest", "last read (UTC)", "failures", "state",
        box=None, pad_edge=False,
    )  # fmt: skip
    for one in states:
        table.add_row(
            Text(one.name),
            one.kind,
            f"{one.articles:,}",
            one.newest.isoformat() if one.newest else "",
            f"{one.succeeded:%Y-%m-%d %H:%M}" if one.succeeded else "never",
            str(one.failures),
            Text(*_state_of(one)),
        )
    console.out.print(table)
    for one in states:
        if one.reason:
            console.out.print(Text(f"{one.name}: {one.reason}", style="red"), soft_wrap=True)


def health_as_dict(state: Health) -> dict[str, Any]:
    """Return a source's health as `sources --json` prints it, times in ISO form."""
    dates = {
        "newest": state.newest.isoformat() if state.newest else None,
        "succeeded": state.succeeded.isoformat(timespec="seconds") if state.succeeded else None,
    }
    return asdict(state) | dates


def _state_of(state: Health) -> tuple[str, str]:
    """Return a word and its colour."""
    if state.stalled:
        return "stalled", "bold red"
    if state.failures:
        return "failing", "yellow"
    return ("well", "green") if state.succeeded else ("new", "dim")


def _run(
    settings: IndexSettings,
    load: Callable[[], Encoder],
    as_json: bool,
    *,
    everything: bool = False,
    dry_run: bool = False,
) -> Refreshed:
    with PassBar() as bar:
        done = refresh(
            settings, load_encoder=load, watching=bar, everything=everything, dry_run=dry_run
        )
    if as_json and (done.visited or everything):
        console.print_json({"event": "pass", "time": _now(), **_counts(done)})
    elif done.visited or everything:
        _print(done, dry_run=dry_run)
    return done


def _print(done: Refreshed, *, dry_run: bool) -> None:
    for place, reason in done.left_out:
        said = reason if place in reason else f"{place}: {reason}"
        console.complain(f"left out: {said}", style="yellow")
    for name, reason in done.failed.items():
        console.complain(f"error: source {name!r}: {reason}", style="red")
    counts, told = _counts(done), ["added", "changed", "removed", "left_out"]
    if dry_run:
        told = ["found", "left_out"]
        for id_, headline in done.found.items():
            console.out.print(Text(f"would take: {headline} ({id_})"), soft_wrap=True)
    articles = ", ".join(f"{counts[name]:,} {name.replace('_', ' ')}" for name in told)
    console.out.print(
        f"sources: {counts['sources']:,} visited, {counts['failed']:,} failed; "
        f"articles: {articles}; downloads: {done.bodies:,}, not modified: {done.unchanged:,}",
        soft_wrap=True,
    )


def _counts(done: Refreshed) -> dict[str, int]:
    return {
        "sources": len(done.visited),
        "failed": len(done.failed),
        "found": len(done.found),
        "added": len(done.added),
        "changed": len(done.changed),
        "removed": len(done.removed),
        "left_out": len(done.left_out),
        "downloads": done.bodies,
        "not_modified": done.unchanged,
    }


class _JsonLines(logging.Handler):
    """Prints what `index` logs of a pass as JSON, one object a line."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one line."""
        facts = getattr(record, "facts", {"event": "log"})
        line = {"time": _now(), "level": record.levelname, "message": record.getMessage()}
        console.print_json(line | facts)
        console.out.file.flush()


@contextmanager
def _logged(as_json: bool) -> Iterator[None]:
    """Print what is logged as JSON, if that is asked for."""
    log, handler = logging.getLogger("index"), _JsonLines()
    before = log.level
    if as_json:
        log.addHandler(handler)
        log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
