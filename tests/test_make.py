"""What `make` does, but for setting up and what the commands themselves do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.newsstand import whales


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """An environment that is ready, whose Python writes down what it is asked and runs `stats`."""
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n'
        f'[ "$3" != stats ] || exec {sys.executable} "$@"\n'
    )
    python.chmod(0o755)
    (tmp_path / "venv" / ".ready").touch()
    return tmp_path / "venv"


@pytest.mark.parametrize("indexed", [False, True])
def test_running_indexes_the_samples_in_the_place_of_nothing_else(
    tmp_path: Path, venv: Path, indexed: bool
) -> None:
    if indexed:
        whales(tmp_path)
    subprocess.run(
        ["make", "run", f"VENV={venv}"],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(tmp_path / "index"), "TELEGRAM_BOT_TOKEN": "1:x"},
        check=True,
        timeout=60,
    )
    wanted = ["-m index stats", *([] if indexed else ["-m index build"]), "-m bot"]
    assert (tmp_path / "asked").read_text().splitlines() == wanted
