"""Damage to any file of an index is noticed, and no damaged text is ever quoted."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT
from tests.damage_campaign import FAILED

PLAN = {"coverage.sqlite": 20, "vectors/*": 3, "words/*": 1}
"""Trials for each file, by pattern: half of all for the truth itself."""


def test_index_cut_short_or_with_a_bit_flipped_misquotes_nothing_and_can_be_mended() -> None:
    """In processes of their own, side by side: they mostly wait for the disk."""
    campaigns = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.damage_campaign", "--files", files, "--count", str(n)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for files, n in PLAN.items()
    ]
    for campaign in campaigns:
        account, _ = campaign.communicate()
        assert campaign.returncode == 0, account
        assert FAILED not in account
        assert "made anew" in account or "mended by a build" in account
