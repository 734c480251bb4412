"""Ingest that is killed at any moment loses nothing and needs no repair."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT
from tests.damage_campaign import FAILED


def test_killed_ingest_ends_like_an_undisturbed_one_when_run_again() -> None:
    """In a process of its own, which forks before FAISS and tantivy have threads."""
    found = subprocess.run(
        [sys.executable, "-m", "tests.kill_campaign", "--count", "6", "--few"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert "6 runs killed" in found.stdout
    assert FAILED not in found.stdout
