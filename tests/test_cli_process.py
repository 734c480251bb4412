"""The command line in a process of its own: terminals, signals, permissions, a full disk."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from index.errors import ClipdeskError
from index.storage.store import FILE_NAME, Store
from tests.clis import BODIES, QUESTION, Run, write
from tests.conftest import ROOT


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user may enter."""
    with tempfile.TemporaryDirectory(prefix="clipdesk-") as folder:
        Path(folder).chmod(0o755)
        write(Path(folder) / "news", BODIES)
        yield Path(folder)


@contextmanager
def start(
    place: Path,
    *words: object,
    options: tuple[str, ...] = (),
    module: str = "tests.quick_cli",
    **streams: Any,
) -> Iterator[subprocess.Popen[str]]:
    """Start a command where no .env lies, with a quick encoder unless another module is named."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(
        [sys.executable, "-m", module, *options, *map(str, words)],
        cwd=place,
        env={**environment, "COLUMNS": "80", "LC_ALL": "C.UTF-8", **streams.pop("env", {})},
        text=True,
        **{**pipes, **streams},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def run_apart(place: Path, *words: object, options: tuple[str, ...] = (), **more: Any) -> Run:
    typed = more.pop("typed", None)
    with start(place, "--", *words, options=options, **more) as process:
        out, err = process.communicate(typed, timeout=60)
        return Run(process.returncode, out, err)


class Terminal:
    """A terminal of its own for a process, of which a test sees what is shown."""

    def __init__(self) -> None:
        self._ours, self.theirs = pty.openpty()
        self.shown, self._read = "", 0

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def read_until(self, text: str) -> None:
        """Read on until a text is shown that was not yet waited for."""
        while (at := self.shown.find(text, self._read)) < 0:
            self.shown += self._more()
        self._read = at + len(text)

    def read_to_end(self) -> None:
        """Read on until the process has ended."""
        os.close(self.theirs)
        with suppress(OSError):  # how Linux says that nobody has the other end open
            while more := self._more():
                self.shown += more
        os.close(self._ours)

    def _more(self) -> str:
        ready, _, _ = select.select([self._ours], [], [], 60)
        assert ready, f"nothing more was shown after {self.shown}"
        return os.read(self._ours, 4096).decode(errors="replace")


def test_data_goes_before_the_environment(place: Path) -> None:
    env = {"DATA_DIR": "set"}
    assert run_apart(place, "build", "news", env=env).code == 0
    assert run_apart(place, "--data", "given", "build", "news", env=env).code == 0
    assert run_apart(place, "build", "news").code == 0
    for name in ("set", "given", "var"):
        assert (place / name / FILE_NAME).exists()


def test_page_without_an_article_is_told_by_us_alone(place: Path) -> None:
    feed = "<?xml version='1.0'?><rss><channel><title>Daily</title></channel></rss>"
    (place / "news" / "feed.html").write_text(feed)
    told, count = run_apart(place, "build", "news").err.splitlines()
    assert told.startswith("error: news/feed.html: body: no article found")
    assert count.startswith("error: 1 article(s) could not be read")


def test_command_that_mends_can_be_copied_as_it_stands(place: Path) -> None:
    said = run_apart(place, "--data", "our news", "stats").error
    assert said.endswith("yet: python -m index --data 'our news' build\n")


def test_progress_is_shown_on_a_terminal_alone_and_ctrl_c_ends_a_build_in_a_line(
    place: Path,
) -> None:
    terminal = Terminal()
    command = ("--", "build", "news")
    with start(place, *command, options=("--slow", "30"), stderr=terminal.theirs) as process:
        terminal.read_until("Encoding passages")
        process.send_signal(signal.SIGINT)
        terminal.read_to_end()
        assert process.wait(20) == 130
    assert "interrupted; what was stored is kept\r\n" in terminal.shown
    assert "Traceback" not in terminal.shown
    assert run_apart(place, "build", "news", options=("--slow", "0.5")).err == ""


def test_ctrl_c_while_the_model_is_loaded_ends_it_in_a_line(place: Path) -> None:
    """With the real model: libraries swallow the interrupt while they are imported."""
    terminal = Terminal()
    with start(place, "build", "news", module="index", stderr=terminal.theirs) as process:
        terminal.read_until("Loading the model")
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        terminal.read_to_end()
        assert process.wait(20) == 130
    assert "interrupted" in terminal.shown  # if it was quicker: "what was stored is kept", too
    assert "Traceback" not in terminal.shown


def test_build_that_is_killed_keeps_what_it_stored_and_the_next_one_completes_it(
    place: Path,
) -> None:
    bodies = {f"n{number:03}": f"Item {number} is news. " * 30 for number in range(200)}
    write(place / "news", bodies)
    stored = 0
    with start(place, "--", "build", "news", options=("--slow", "1")) as process:
        while not stored and process.poll() is None:
            with suppress(ClipdeskError), closing(Store(place / "var")) as store:
                stored = len(store.digests())
            time.sleep(0.05)
        process.kill()
    assert stored
    again = run_apart(place, "build", "news", "--json").json
    assert again["unchanged"] >= stored
    assert len(again["added"]) == len(BODIES) + len(bodies) - again["unchanged"]
    assert again["added"]
    assert run_apart(place, "verify").code == 0


def test_chat_on_a_terminal_prompts_and_ends_with_the_input(place: Path) -> None:
    assert run_apart(place, "build", "news").code == 0
    terminal = Terminal()
    tty = terminal.theirs
    with start(place, "--", "chat", stdin=tty, stdout=tty, stderr=tty) as process:
        terminal.read_until("› ")
        terminal.type(f"{QUESTION}\n")
        terminal.read_until("Coverage: 3 articles")
        terminal.read_until("› ")
        terminal.type("\x04")
        terminal.read_to_end()
        assert process.wait(20) == 0
    assert "freed" in terminal.shown
    assert "Ctrl-D ends" in terminal.shown


def test_chat_reads_bytes_that_are_no_text(place: Path) -> None:
    assert run_apart(place, "build", "news").code == 0
    typed = f"\udcff\0 {QUESTION}\n"
    run = run_apart(place, "chat", typed=typed, errors="surrogateescape")
    assert (run.code, run.err) == (0, "")
    assert BODIES["freed"] in run.out


@pytest.mark.parametrize("words", [("ask", QUESTION), ("ask", "--json", QUESTION), ("stats",)])
def test_reader_of_the_output_may_leave_early(place: Path, words: tuple[str, ...]) -> None:
    assert run_apart(place, "build", "news").code == 0
    with start(place, "--", *words) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_folder_that_is_read_only_answers_and_refuses_changes(place: Path) -> None:
    assert run_apart(place, "build", "news").code == 0
    for path in [*(place / "var").rglob("*"), place / "var"]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    nobody = ("--nobody",)
    for words in (["build", "news"], ["add", "news"], ["remove", "rain"]):
        error = run_apart(place, *words, options=nobody).error
        assert error == "error: cannot write to 'var' (Permission denied): choose another --data\n"
    asked = run_apart(place, "ask", QUESTION, options=nobody)
    assert asked.code == 0
    assert BODIES["freed"] in asked.out
    (place / "var").chmod(0o700)  # for whoever cleans up


def test_folders_that_may_not_be_entered_are_named(place: Path) -> None:
    locked = write(place / "locked", {"secret": "Nobody may read this."})
    locked.chmod(0o700 if os.getuid() == 0 else 0o000)
    (place / "open").mkdir()
    (place / "open").chmod(0o777)
    nobody = ("--nobody",)
    run = run_apart(place, "--data", "open/var", "build", "locked", "news", options=nobody)
    assert run.code == 1
    assert "3 added" in run.out
    assert "locked: cannot be read: Permission denied" in run.err
    assert "'locked" in run_apart(place, "--data", "locked/var", "stats", options=nobody).error
    locked.chmod(0o700)


def test_index_that_may_not_be_read_is_named_for_what_it_is(place: Path) -> None:
    assert run_apart(place, "build", "news").code == 0
    (place / "var" / FILE_NAME).chmod(0o600 if os.getuid() == 0 else 0o000)
    error = run_apart(place, "stats", options=("--nobody",)).error
    assert error.startswith(f"error: cannot open 'var/{FILE_NAME}' (")
    assert error.endswith("): check its permissions, or choose another --data\n")


def test_disk_that_is_full_is_an_error_in_a_line_and_loses_nothing(place: Path) -> None:
    assert run_apart(place, "build", "news").code == 0
    size = (place / "var" / FILE_NAME).stat().st_size
    more = {f"more-{number}": "Snow fell on Monday. " * 50 for number in range(50)}
    write(place / "more", more)
    error = run_apart(place, "add", "more", options=("--largest", str(size))).error
    assert "free some space there" in error
    assert BODIES["freed"] in run_apart(place, "ask", QUESTION).out
    assert run_apart(place, "verify").code == 0
    assert len(run_apart(place, "add", "more", "--json").json["errors"]) == 0
