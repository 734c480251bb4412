"""Progress bars, on stderr."""

from __future__ import annotations

from typing import Self

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from index.commands.console import err

__all__ = ["PassBar", "RunBar"]


class RunBar:
    """A progress bar with rate and time left, on stderr (see `progress.Progress`)."""

    def __init__(self) -> None:
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _RateColumn(),
            TimeRemainingColumn(),
            console=err,
            transient=True,
            disable=not err.is_terminal,
        )
        self._task = self._bar.add_task("Reading articles", total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def reading(self, articles: int) -> None:
        """So many articles were read."""
        self._bar.update(self._task, completed=articles)

    def encoding(self, done: int, total: int) -> None:
        """So many passages of so many were encoded and stored."""
        if done == 0:
            self._bar.reset(self._task, description="Encoding passages")
        self._bar.update(self._task, completed=done, total=total)

    def sealing(self) -> None:
        """Everything is stored; the derived indexes are brought up to date."""
        self._bar.reset(self._task, description="Updating the indexes", total=None)


class PassBar(RunBar):
    """A progress bar over the sources, on stderr (see `progress.PassProgress`)."""

    def visiting(self, source: str, done: int, total: int) -> None:
        """So many sources of so many are done; this one is next."""
        self._bar.reset(self._task, description=f"Visiting {source} ({done + 1}/{total})")

    def looking(self, items: int) -> None:
        """So many articles of this source were looked at."""
        self._bar.update(self._task, completed=items)


class _RateColumn(ProgressColumn):
    """Items a second."""

    def render(self, task: Task) -> Text:
        """Return the rate, or nothing while it is unknown."""
        return Text(f"{task.speed:,.0f}/s" if task.speed else "", style="dim")
