"""A small slice of the hostile campaign; `python -m tests.hostile_campaign` runs more."""

from __future__ import annotations

from pathlib import Path

from tests.hostile_campaign import campaign


async def test_nothing_that_is_hostile_does_harm_or_goes_unanswered(tmp_path: Path) -> None:
    run = await campaign(48, 20, tmp_path)
    assert run.wrong == []
    assert sum(run.answered.values()) == 48
