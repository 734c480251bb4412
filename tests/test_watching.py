"""`watch` and `sources` as people and programs meet them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.test_cli import Cli, cli, loads
from tests.test_refreshing import feed, page
from tests.web import Here, Reply, Web, serve

__all__ = ["cli", "loads"]  # fixtures


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A feed of two articles on loopback, as the one source."""
    monkeypatch.setattr("index.ingest.refreshing.Apart", Here)
    monkeypatch.setenv("ALLOW_PRIVATE_ADDRESSES", "true")  # they are on loopback
    with serve() as running:
        running.pages |= {f"/{n}": Reply(page(n)) for n in range(3)}
        running.pages["/feed"] = feed(running, 0, 1)
        data = tmp_path / "data"
        data.mkdir()
        url = running.url("/feed")
        (data / "sources.toml").write_text(f'delay = 0\n[[feed]]\nname = "daily"\nurl = "{url}"\n')
        yield running


def test_watch_says_what_it_did(cli: Cli, web: Web) -> None:
    said = "sources: 1 visited, 0 failed; articles: {}; downloads: {}, not modified: {}\n"
    first = said.format("2 added, 0 changed, 0 removed, 0 left out", 3, 0)
    assert cli("watch", "--once") == (0, first, "")
    second = said.format("0 added, 0 changed, 0 removed, 0 left out", 0, 1)
    assert cli("watch", "--once") == (0, second, "")
    assert "Founder" in cli("ask", "Who freed the founder number 1 on bail?").out


def test_one_pass_over_no_source_says_that_it_visited_none(
    cli: Cli, web: Web, tmp_path: Path
) -> None:
    (tmp_path / "data" / "sources.toml").write_text("delay = 0\n")
    assert cli("watch", "--once").out.startswith("sources: 0 visited, 0 failed; ")
    assert cli("watch", "--once", "--json").json["sources"] == 0


def test_a_dry_run_shows_what_would_be_taken(cli: Cli, web: Web) -> None:
    run = cli("watch", "--dry-run")
    assert run.code == 0
    assert run.out.startswith("would take: Founder 0 held (0-")
    assert run.out.endswith("articles: 2 found, 0 left out; downloads: 3, not modified: 0\n")
    assert "nothing is indexed" in cli("stats").err


def test_what_is_left_out_or_fails_is_told(cli: Cli, web: Web) -> None:
    web.pages["/0"] = Reply(status=403)
    run = cli("watch", "--once")
    assert (run.code, run.err) == (
        0,
        f"left out: {web.url('/0')}: the server answers 403 Forbidden\n",
    )
    web.pages["/feed"] = Reply(b"<html>Moved</html>")
    run = cli("watch", "--once")
    assert run.code == 1
    assert run.err.startswith("error: source 'daily': http://127.0.0.1")
    assert "not a feed: it begins with '<html>Moved</html>'" in run.err


def test_programs_get_a_line_for_everything(cli: Cli, web: Web) -> None:
    web.pages["/1"] = Reply(status=403)
    lines = [json.loads(line) for line in cli("watch", "--once", "--json").out.splitlines()]
    assert [line["event"] for line in lines] == ["found", "left_out", "visited", "pass"]
    assert all(line["time"] for line in lines)
    assert lines[0]["headline"] == "Founder 0 held"
    assert lines[1]["place"] == web.url("/1")
    assert (lines[3]["added"], lines[3]["left_out"]) == (1, 1)


def test_sources_shows_how_they_are_doing(
    cli: Cli, web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    assert "new" in cli("sources").out
    cli("watch", "--once")
    run = cli("sources")
    header, row = run.out.splitlines()
    assert header.split()[:4] == ["source", "kind", "articles", "newest"]
    assert row.split()[:4] == ["daily", "feed", "2", "2024-09-02"]
    assert row.split()[-2:] == ["0", "well"]
    web.pages["/feed"] = Reply(b"<html>Moved</html>")
    for _ in range(3):
        cli("watch", "--once")
    assert [line.split(":")[0] for line in caplog.messages] == ["source 'daily' stalls"]
    assert "stalled" in cli("sources").out
    told = cli("sources", "--json").json
    assert (told["name"], told["failures"], told["stalled"]) == ("daily", 3, True)
    assert cli("stats", "--json").json["sources"] == [told]
    assert "stalled" in cli("stats").out


def test_watch_goes_on_until_it_is_stopped(
    cli: Cli, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 1:
            (tmp_path / "data" / "sources.toml").write_text("[[feed]]")
        elif len(waits) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", wait)
    run = cli("watch")
    assert run.code == 130
    assert "2 added" in run.out
    assert "feed 1: name: missing; add it" in run.err


def test_without_sources_it_says_what_to_write(cli: Cli) -> None:
    for command in (("watch", "--once"), ("sources",)):
        assert "sources.toml': write [[feed]]" in cli(*command).error


def test_a_real_pass_reads_in_a_process_of_its_own(web: Web, tmp_path: Path) -> None:
    command = [
        *(sys.executable, "-m", "tests.quick_cli", "--"),
        *("--data", str(tmp_path / "data"), "watch", "--once"),
    ]
    run = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"ALLOW_PRIVATE_ADDRESSES": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert "2 added" in run.stdout
